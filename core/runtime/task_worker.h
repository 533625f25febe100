#pragma once
// An isolate that runs tasks, one at a time, on a thread of its own.

#include <memory>

#include "core/runtime/task.h"
#include "core/vm/vm.h"

namespace ruff::runtime {

class TaskPool;

class TaskWorker {
public:
    TaskWorker(TaskPool& pool, std::shared_ptr<Task> first) : pool_(pool), next_(std::move(first)) {}

    /// Starts the thread. Gives 0, or the system's error when it refuses another one.
    [[nodiscard]] int start_thread();
    /// Whatever runs there is cancelled. Thread-safe, while a task runs.
    void interrupt() const;

private:
    friend class TaskPool;
    struct Result;

    void run();
    void run_isolate();
    void run_task(Task& task);
    [[nodiscard]] bool start(Task& task, Result& result);
    void finish(Task& task, vm::PromiseObject& promise);
    void fail(Task& task, const vm::Value& error);
    void clear();
    void tell_work();

    TaskPool& pool_;
    vm::Vm* vm_ = nullptr;                   ///< on the thread's stack
    vm::RunCounters told_;                   ///< of what the isolate did, what the pool knows
    std::shared_ptr<Task> current_;
    // Guarded by the pool's mutex:
    std::shared_ptr<Task> next_;
    Isolate* isolate_ = nullptr;             ///< once the thread runs
    bool quits_ = false;
};

}  // namespace ruff::runtime
