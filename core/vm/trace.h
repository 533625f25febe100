#pragma once
// A record of what fibers did and when, in the Chrome trace format (chrome://tracing, ui.perfetto.dev): `ruff run --trace FILE`.
//
// Every fiber is a row ("thread") with one span from its start to its end; inside lie the spans of its waits, which never overlap:
//
//     fetch #3   |──────────────── fetch ────────────────|
//                    |── async_http_get ──|  |─ sleep ─|
//
// Operations that run beside the fibers (a request, a job of the file pool) are asynchronous spans of their own, with phases inside:
//
//     trace::Span span = trace::begin(vm, "http", "GET example.org");   // nothing happens when nothing is traced
//     trace::phase(vm, span, "connect", began, ended);
//     trace::end(vm, span);
//
// Events are kept in a ring: of a long run the last kMaxEvents stay. While nothing is traced the cost is one test of `Scheduler::trace` a
// switch. Threads: that of the isolate.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/vm/fiber.h"
#include "core/vm/scheduler.h"

namespace ruff::vm {

class Trace {
public:
    static constexpr std::size_t kMaxEvents = 500'000;

    /// `isolate` tells the isolates' events apart: the process id of the format. 1 is the main one.
    explicit Trace(std::uint32_t isolate = 1) : isolate_(isolate) {}

    void fiber_started(const Vm& vm, const Fiber& fiber);
    void fiber_ended(const Vm& vm, const Fiber& fiber);
    void wait_began(const Vm& vm, const Fiber& fiber);
    /// The wait is over; the fiber may still stand in the queue.
    void became_ready(const Vm& vm, const Fiber& fiber);
    void resumed(const Vm& vm, const Fiber& fiber);

    void operation_began(const Vm& vm, std::uint64_t id, const char* category, std::string name);
    void operation_phase(std::uint64_t id, const char* category, std::string name, Instant began, Instant ended);
    void operation_ended(const Vm& vm, std::uint64_t id, const char* category, std::string name);
    [[nodiscard]] std::uint64_t next_operation_id() { return ++operation_count_; }

    /// The events as the elements of a JSON array, separated by commas, what is still under way ended now.
    [[nodiscard]] std::string events(const Vm& vm) const;
    /// The same, and begins anew.
    [[nodiscard]] std::string take_events(const Vm& vm);

private:
    struct Event {
        char phase;                  ///< 'X' a span, 'b' and 'e' the ends of an asynchronous one
        const char* category;
        std::string name;
        std::uint64_t row;           ///< id of the fiber, or of the operation
        Instant began;
        Instant duration;
        Instant queued;              ///< of a wait: from being ready to running; -1: none
        std::string place;           ///< where the program waited; empty: unknown
    };
    struct LiveFiber {
        std::string name;
        Instant began;
        Instant wait_began = -1;     ///< -1: it runs
        Instant ready = -1;
        std::string waits_for;
        std::string place;
    };
    void add(Event event);
    void append(const Event& event, std::string& out) const;

    std::uint32_t isolate_;
    std::uint64_t operation_count_ = 0;
    std::uint64_t added_ = 0;        ///< events ever; the ring's next place is this modulo its size
    std::vector<Event> ring_;
    std::unordered_map<std::uint64_t, LiveFiber> live_;
    std::unordered_map<std::uint64_t, std::string> names_;
};

namespace trace {

/// An operation under way; id 0 while nothing is traced.
struct Span {
    std::uint64_t id = 0;
    const char* category = "";
    std::string name;
};

[[nodiscard]] Span begin(const Vm& vm, const char* category, std::string_view name);
/// A part of it that is over: "resolve", "connect", "first byte".
void phase(const Vm& vm, const Span& span, std::string_view name, Instant began, Instant ended);
void end(const Vm& vm, Span& span);

}  // namespace trace

/// A whole trace file of the events of some isolates.
[[nodiscard]] std::string chrome_trace(const std::vector<std::string>& events_of_isolates);

}  // namespace ruff::vm
