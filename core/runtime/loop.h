#pragma once
// The event loop of an isolate: where its thread sleeps, and how anything outside wakes it.
//
//     other threads ──post──▶ Mailbox ─┐
//     descriptors ───────────▶ Watch ──┼──▶ Loop::poll ──▶ settle promises, resume fibers ──▶ ready ring of the scheduler
//     gathered work ────────▶ Service ─┘
//
// The scheduler (core/vm/scheduler.h) keeps fibers and timers; the loop brings what completes elsewhere. It is made at the first
// need: a program that never waits for anything outside opens no descriptor and starts no thread.
//
// Threads: a Loop, its services and its watches belong to the isolate's thread. A Mailbox may be used by any.

#include <functional>
#include <memory>
#include <vector>

#include "core/vm/scheduler.h"

namespace ruff::runtime {

/// Something that happened elsewhere and is acted on by the isolate's thread.
class Completion {
public:
    virtual ~Completion() = default;
    /// Settles promises, resumes fibers, starts more; runs no Ruff code.
    virtual void deliver(vm::Vm& vm) = 0;
};

/// Where other threads leave completions for an isolate. It may outlive the isolate. Thread-safe.
class Mailbox {
public:
    /// Wakes the isolate; completions are delivered in the order of their posts. False when the isolate has ended: the
    /// completion is destroyed on this thread.
    bool post(std::unique_ptr<Completion> completion);

private:
    friend class Loop;
    struct State;
    explicit Mailbox(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

/// A part of the runtime that belongs to one loop: it gathers work while fibers run and starts it in one go.
class Service {
public:
    virtual ~Service() = default;
    /// Around every poll: starts what was gathered, acts on what is due. `is_idle`: no fiber is ready.
    virtual void turn(vm::Vm& vm, bool is_idle) = 0;
    /// When it wants its next turn at the latest, on the real clock; vm::kNever when nothing is due.
    [[nodiscard]] virtual vm::Instant deadline() const { return vm::kNever; }
    /// The program ends: what would outlive it is ended.
    virtual void shut_down() {}
    virtual void add_counters(vm::RunCounters& counters) const { (void)counters; }
    /// See vm::EventSource.
    virtual void take_traces(std::vector<std::string>& traces) { (void)traces; }
    /// True while it keeps the program alive, besides the operations it has begun.
    [[nodiscard]] virtual bool has_outstanding() const { return false; }
    /// Around a sleep of the thread. `deadline`: when it ends at the latest.
    virtual void before_wait(vm::Instant) {}
    virtual void after_wait() {}
};

class Loop final : public vm::EventSource {
public:
    /// The loop of the isolate, made when it is asked for first. Throws std::runtime_error with the system's words when it refuses
    /// the descriptors that a loop or a service needs: for a builtin, the VM turns that into an error of the program.
    [[nodiscard]] static Loop& of(vm::Vm& vm);
    ~Loop() override;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// For other threads to keep.
    [[nodiscard]] Mailbox mailbox() const;

    /// Between the two an operation is under way that will complete: the program goes on, and waiting for it is no deadlock.
    void begin_operation() { ++outstanding_; }
    void end_operation() { --outstanding_; }
    [[nodiscard]] std::uint64_t outstanding() const { return outstanding_; }
    /// What may wake a fiber but does not keep the program alive, such as a handler of signals.
    void begin_listening() { ++listening_; }
    void end_listening() { --listening_; }
    [[nodiscard]] bool is_listening() const { return listening_ > 0; }

    /// The loop's one service of this type, made when it is asked for first. T is constructed from (Vm&, Loop&).
    template <typename T>
    [[nodiscard]] T& service() {
        static constexpr char key = 0;
        if (Service* found = find_service(&key)) return static_cast<T&>(*found);
        auto made = std::make_unique<T>(vm_, *this);
        T& made_reference = *made;
        add_service(&key, std::move(made));
        return made_reference;
    }

    void poll(vm::Vm& vm, vm::Instant deadline) override;
    [[nodiscard]] bool has_outstanding() const override;
    void shut_down() override;
    void add_counters(vm::RunCounters& counters) const override;
    [[nodiscard]] std::vector<std::string> take_traces() override;

private:
    friend class Watch;
    struct Impl;
    explicit Loop(vm::Vm& vm);
    [[nodiscard]] Service* find_service(const void* key) const;
    void add_service(const void* key, std::unique_ptr<Service> service);
    void give_turns(vm::Vm& vm);

    vm::Vm& vm_;
    std::uint64_t outstanding_ = 0;
    std::uint64_t listening_ = 0;
    std::unique_ptr<Impl> impl_;
    struct Entry {
        const void* key;
        std::unique_ptr<Service> service;
    };
    std::vector<Entry> services_;
};

/// Waits until a descriptor (a pipe, a pidfd, an epoll set; not a regular file) is ready. It does not own the descriptor, which
/// must stay open as long as the watch lives.
class Watch {
public:
    Watch(Loop& loop, int descriptor);
    /// A wait under way is forgotten: its callback is not called any more.
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Calls `ready` once, from the loop, when the descriptor can be read (or has an error). One wait a direction at a time.
    void wait_readable(std::function<void()> ready);
    void wait_writable(std::function<void()> ready);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace ruff::runtime
