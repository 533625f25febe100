#pragma once
// Who runs next: the ring of ready fibers, the timer heap, and the one place where an isolate waits.
//
// Fibers become ready in the order their waits ended and run in that order. Timers are a 4-ary heap of 24-byte entries; equal
// deadlines fire in order of creation. Other sources of wake-ups (descriptors, pools, other isolates) plug in as the
// `EventSource`: it is polled at least every kPollInterval fibers and waits when nothing is ready.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/vm/fiber.h"
#include "core/vm/run_counters.h"

namespace ruff::vm {

class Vm;
class Trace;

/// Nanoseconds of a monotonic clock.
using Instant = std::int64_t;
inline constexpr Instant kNever = INT64_MAX;
[[nodiscard]] Instant monotonic_now();

/// Completions from outside the isolate: set by the runtime when the first of them is needed.
class EventSource {
public:
    virtual ~EventSource() = default;
    /// Delivers what has completed, waiting for something until `deadline` of the real clock (0: do not wait; kNever: as long
    /// as it takes).
    virtual void poll(Vm& vm, Instant deadline) = 0;
    /// True while some operation may still complete: then waiting is no deadlock.
    [[nodiscard]] virtual bool has_outstanding() const = 0;
    /// The program ends without freeing anything: what would outlive it, such as a process it started, is ended.
    virtual void shut_down() {}
    /// Adds what was done outside the isolate, and in other isolates that have told.
    virtual void add_counters(RunCounters& counters) const { (void)counters; }
    /// What other isolates did, as Trace::events gives it; each is given once.
    [[nodiscard]] virtual std::vector<std::string> take_traces() { return {}; }
};

/// Called when its deadline has come. Embedded in its owner.
struct Timer {
    std::uint32_t slot = 0;                              ///< position in the heap + 1; 0: not armed
    bool is_background = false;                          ///< alone it keeps no program alive
    void (*fire)(Vm& vm, Timer& timer) = nullptr;
};

class Scheduler {
public:
    /// Puts a waiting fiber into the ready ring with what its wait gave.
    void make_ready(Fiber* fiber, Value delivered, bool is_error);
    [[nodiscard]] bool has_ready() const { return head_ != tail_; }
    [[nodiscard]] Fiber* take_ready();
    /// Nothing is ready any more: the fibers that were go elsewhere.
    void forget_ready();

    void arm(Timer& timer, Instant deadline);
    void disarm(Timer& timer);

    /// Monotonic time; with a virtual clock, the time that sleeping fibers see.
    [[nodiscard]] Instant now() const;
    void use_virtual_clock() { virtual_now_ = 1; }
    /// What the virtual clock has jumped over so far: a clock that measures shows it, too.
    [[nodiscard]] Instant skipped() const { return skipped_; }

    /// The next fiber to run. Waits for timers and events as needed; null when nothing is ready and nothing can become so.
    [[nodiscard]] Fiber* next(Vm& vm);
    [[nodiscard]] bool has_timers() const { return !heap_.empty(); }
    /// Of the timer that is due first; kNever without timers.
    [[nodiscard]] Instant next_deadline() const { return heap_.empty() ? kNever : heap_[0].deadline; }

    std::unique_ptr<EventSource> events;                 ///< made by the runtime at the first need

    Trace* trace = nullptr;                              ///< not owned; null: nothing is traced

    struct Counters {
        std::uint64_t timers_armed = 0;
        std::uint64_t switches = 0;                      ///< fibers taken from the ring
        std::uint32_t fibers_alive = 0;
        std::uint32_t most_fibers = 0;                   ///< alive at once
    };
    Counters counters;

    static constexpr std::uint32_t kPollInterval = 128;

private:
    struct Entry {
        Instant deadline;
        std::uint64_t sequence;
        Timer* timer;
    };
    static bool before(const Entry& a, const Entry& b) {
        return a.deadline != b.deadline ? a.deadline < b.deadline : a.sequence < b.sequence;
    }
    void sift_up(std::size_t i);
    void sift_down(std::size_t i);
    void place(std::size_t i, const Entry& entry);
    void fire_due(Vm& vm);
    [[nodiscard]] bool keeps_alive() const { return heap_.size() > 1 || (!heap_.empty() && !heap_[0].timer->is_background); }
    /// Real work is under way: virtual time passes as the real one does.
    void wait_on_virtual_clock(Vm& vm);

    std::vector<Fiber*> ring_ = std::vector<Fiber*>(64);
    std::size_t head_ = 0, tail_ = 0;                    ///< positions modulo the ring's size, a power of two
    std::vector<Entry> heap_;
    std::uint64_t sequence_ = 0;
    std::uint32_t until_poll_ = kPollInterval;
    Instant virtual_now_ = 0;                            ///< 0: the real clock
    Instant skipped_ = 0;
};

}  // namespace ruff::vm
