#pragma once
// What an isolate is to the others of its program: the part of its loop that takes deliveries, counts what it waits for from other
// isolates, and tells the pool when it is about to sleep.
//
// Threads: belongs to the isolate's thread, except `pool()` and `mailbox()`, which never change once the isolate runs.

#include <memory>
#include <string>

#include "core/runtime/loop.h"

namespace ruff::runtime {

class TaskPool;

class Isolate final : public Service {
public:
    Isolate(vm::Vm& vm, Loop& loop);
    ~Isolate() override;

    [[nodiscard]] static Isolate& of(vm::Vm& vm) { return Loop::of(vm).service<Isolate>(); }
    /// The tasks of the program. The isolate that asks first, and has none yet, is the program's main one.
    [[nodiscard]] TaskPool& pool();
    /// Before anything else: this isolate runs tasks of `pool`.
    void join(TaskPool& pool) { pool_ = &pool; }
    [[nodiscard]] const Mailbox& mailbox() const { return mailbox_; }
    [[nodiscard]] vm::Vm& vm() { return vm_; }

    /// Between the two some fiber waits for what only another isolate can do.
    void begin_wait();
    void end_wait();

    /// Nothing anywhere can go on: waiting for other isolates has no purpose any more. `places`: where the others wait; nothing when
    /// none of their fibers does, but a promise that came with a message stays pending. Then the program is at its end.
    void give_up(std::string places);

    // --- for the loop
    void turn(vm::Vm&, bool) override {}
    [[nodiscard]] bool has_outstanding() const override;
    void shut_down() override;
    void add_counters(vm::RunCounters& counters) const override;
    void take_traces(std::vector<std::string>& traces) override;
    void before_wait(vm::Instant deadline) override;
    void after_wait() override;

private:
    vm::Vm& vm_;
    Loop& loop_;
    Mailbox mailbox_;
    TaskPool* pool_ = nullptr;   ///< the main isolate's own; never destroyed once it has threads, which may be on their way out
    bool owns_pool_ = false;
    bool has_given_up_ = false;
    std::uint64_t waits_ = 0;
};

/// Something that one isolate does to another. While it is under way nothing is a deadlock.
class Delivery : public Completion {
public:
    ~Delivery() override;
    void deliver(vm::Vm& vm) final;
    /// On the receiving isolate's thread.
    virtual void act(vm::Vm& vm) = 0;

private:
    friend class TaskPool;
    TaskPool* pool_ = nullptr;
};

}  // namespace ruff::runtime
