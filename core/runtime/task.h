#pragma once
// A task: a function that runs once, in an isolate of the pool.

#include <memory>
#include <string>

#include "core/runtime/remote_promise.h"

namespace ruff::runtime {

class TaskPool;
class TaskWorker;

/// How a task's call is carried out.
enum class TaskEntry : std::uint8_t {
    Call,    ///< a function, or an array of one and its arguments
    Share,   ///< a ParallelShare, of a job that other tasks work on, too
};

class Task final : public RemotePromise {
public:
    Task(TaskPool& pool, vm::Message call, TaskEntry entry = TaskEntry::Call);

    const TaskEntry entry;
    const std::uint64_t number;     ///< of the program's tasks, from 1, in the order in which they were spawned

    /// True when the task was still running: it will end as cancelled, whatever it does until it notices.
    bool cancel();
    void request_cancel() override { (void)cancel(); }
    /// "running" (or waiting for its turn), "completed", "failed", "cancelled".
    [[nodiscard]] std::string_view status() const;

    [[nodiscard]] std::string headline(vm::Vm& vm) const override;

    // --- for the worker that runs it
    /// False: it was cancelled before its turn came.
    [[nodiscard]] bool begin(TaskWorker& worker);
    [[nodiscard]] vm::Message take_call() { return std::move(call_); }
    /// The function has ended; what it left running goes on.
    void end(State state, vm::Message outcome);
    /// Nothing of it runs any more.
    void leave_worker();

    vm::StackEntry spawned_at{};    ///< set before it starts

private:
    vm::Message call_;              ///< until it starts
    // Guarded by mutex_:
    TaskWorker* worker_ = nullptr;      ///< while it runs
    bool is_cancelled_ = false;
    bool is_ended_ = false;
};

/// A program's handle of a task.
class TaskHandle final : public vm::Handle {
public:
    explicit TaskHandle(std::shared_ptr<Task> task) : task_(std::move(task)) { task_->add_handle(); }
    TaskHandle(const TaskHandle&) = delete;
    TaskHandle& operator=(const TaskHandle&) = delete;
    ~TaskHandle() override;
    [[nodiscard]] Task& task() { return *task_; }

    [[nodiscard]] std::string describe() const override {
        return "taskhandle " + std::to_string(task_->number) + " " + std::string(task_->status());
    }
    [[nodiscard]] const void* identity() const override { return task_.get(); }
    [[nodiscard]] std::unique_ptr<vm::Transfer> send(vm::Vm& vm) override;
    [[nodiscard]] vm::PromiseObject* promise(vm::Vm& vm) override;

private:
    std::shared_ptr<Task> task_;
    vm::PromiseObject* promise_ = nullptr;   ///< owned, once somebody has asked for it
};

/// False: this embedder has no tasks (NativeTable::spawn), and that was raised.
[[nodiscard]] bool may_spawn(vm::Vm& vm);
/// Starts a task that calls `call`, a function or an array of a function and its arguments. False: raised.
[[nodiscard]] bool spawn(vm::Vm& vm, vm::Value call, vm::Value& handle);

}  // namespace ruff::runtime
