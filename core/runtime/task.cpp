#include "core/runtime/task.h"

#include "core/runtime/task_pool.h"
#include "core/runtime/task_worker.h"
#include "core/vm/vm.h"

namespace ruff::runtime {

namespace {

class TaskTransfer final : public RemoteTransfer<Task> {
public:
    using RemoteTransfer::RemoteTransfer;
    vm::Value open(vm::Vm&) override { return vm::make_handle(ValueKind::TaskHandle, new TaskHandle(remote_)); }
};

}  // namespace

Task::Task(TaskPool& pool, vm::Message call, TaskEntry task_entry)
    : RemotePromise(pool), entry(task_entry), number(pool.next_task_number()), call_(std::move(call)) {}

bool Task::cancel() {
    bool never_started = false;
    {
        const std::lock_guard lock(mutex_);
        if (is_ended_ || is_cancelled_) return false;
        is_cancelled_ = true;
        never_started = worker_ == nullptr;
        if (worker_ != nullptr) worker_->interrupt();
    }
    if (never_started) (void)settle(State::Cancelled, {});   // the pool drops it when its turn comes
    return true;
}

std::string_view Task::status() const {
    {
        const std::lock_guard lock(mutex_);
        if (is_cancelled_) return "cancelled";
    }
    switch (state()) {
        case State::Pending: return "running";
        case State::Fulfilled: return "completed";
        case State::Rejected: return "failed";
        case State::Cancelled: return "cancelled";
    }
    return "";
}

bool Task::begin(TaskWorker& worker) {
    const std::lock_guard lock(mutex_);
    if (is_cancelled_) return false;
    worker_ = &worker;
    return true;
}

void Task::end(State state, vm::Message outcome) {
    bool was_cancelled = false;
    {
        const std::lock_guard lock(mutex_);
        is_ended_ = true;
        was_cancelled = is_cancelled_;
    }
    if (was_cancelled) (void)settle(State::Cancelled, {});
    else (void)settle(state, std::move(outcome));
}

void Task::leave_worker() {
    const std::lock_guard lock(mutex_);
    worker_ = nullptr;
}

std::string Task::headline(vm::Vm& vm) const {
    return "Unhandled error in a task, spawned at " + vm.describe(spawned_at);
}

// --- handles -----------------------------------------------------------------------------------------------------

TaskHandle::~TaskHandle() {
    if (promise_ != nullptr) {
        note_handle(*promise_, false);
        vm::release(&promise_->head);
    }
    task_->drop_handle();
}

std::unique_ptr<vm::Transfer> TaskHandle::send(vm::Vm&) {
    task_->observe();   // its failure is the receiver's business
    return std::make_unique<TaskTransfer>(task_);
}

vm::PromiseObject* TaskHandle::promise(vm::Vm& vm) {
    task_->observe();
    if (promise_ == nullptr) {
        promise_ = task_->open(vm);
        note_handle(*promise_, true);
    }
    return promise_;
}

bool may_spawn(vm::Vm& vm) {
    if (vm.natives().spawn != nullptr) return true;
    vm.raise(vm::ErrorKind::Type, "tasks in other isolates are not available");
    return false;
}

bool spawn(vm::Vm& vm, vm::Value call, vm::Value& handle) {
    if (!may_spawn(vm)) return false;
    vm::Message message;
    if (!vm::write_message(vm, std::move(call), vm::Sending::Function, message)) return false;
    TaskPool& pool = Isolate::of(vm).pool();
    auto task = std::make_shared<Task>(pool, std::move(message));
    task->spawned_at = vm.current_position();
    handle = vm::make_handle(ValueKind::TaskHandle, new TaskHandle(task));
    pool.start(std::move(task));
    return true;
}

}  // namespace ruff::runtime
