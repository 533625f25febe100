#include "core/runtime/task_worker.h"

#include <pthread.h>
#include <signal.h>

#include <new>
#include <stdexcept>

#include "core/runtime/task_pool.h"
#include "core/vm/array.h"
#include "core/vm/error.h"
#include "core/vm/trace.h"

namespace ruff::runtime {

using vm::PromiseObject;
using vm::PromiseState;
using vm::Value;
using vm::Vm;

namespace {

/// Calls run on the fiber's own stack; the thread's is for the interpreter loop and the compiler of the prelude. Only the pages
/// that are touched count.
[[maybe_unused]] constexpr std::size_t kStackSize = std::size_t{2} << 20;

/// Errors that nobody in this isolate can catch go to the main one, which reports them.
void report_to_main(Vm& vm, const Value& error, std::string_view headline) {
    Isolate::of(vm).pool().report(vm, error, std::string(headline));
}

}  // namespace

/// Waits for the function's end.
struct TaskWorker::Result : vm::Waiter {
    TaskWorker* worker = nullptr;
    Task* task = nullptr;
    PromiseObject* promise = nullptr;   ///< owned
};

int TaskWorker::start_thread() {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
#ifndef RUFF_SANITIZED
    pthread_attr_setstacksize(&attributes, kStackSize);
#endif
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // Signals are the main isolate's: its thread is the one that takes them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    const int failure = pthread_create(&thread, &attributes, [](void* worker) -> void* {
        static_cast<TaskWorker*>(worker)->run();
        return nullptr;
    }, this);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
    return failure;
}

void TaskWorker::interrupt() const {
    vm_->request_interrupt(vm::kInterruptStop);
    pool_.isolate_wakes(*isolate_);   // from now on: a worker that is about to unwind is not deadlocked
}

void TaskWorker::run() {
    // This object is gone when the pool knows of its end.
    try {
        run_isolate();
    } catch (const std::bad_alloc&) {
        return pool_.worker_failed(*this, "out of memory");
    } catch (const std::runtime_error& refused) {
        return pool_.worker_failed(*this, refused.what());
    }
    pool_.worker_ended(*this);
}

void TaskWorker::run_isolate() {
    vm::Trace trace(pool_.next_isolate_number());   // outlives the isolate, whose end it may record
    Vm vm(pool_.image(), pool_.natives(), pool_.worker_options());
    vm.reporter = report_to_main;
    vm.set_current();
    vm_ = &vm;
    Isolate& isolate = Isolate::of(vm);
    isolate.join(pool_);
    if (pool_.is_traced()) vm.scheduler.trace = &trace;
    while (Task* task = pool_.next_task(*this, isolate)) run_task(*task);
}

void TaskWorker::run_task(Task& task) {
    Result result;
    result.worker = this;
    result.task = &task;
    if (task.begin(*this)) {
        if (start(task, result)) vm_->run_fibers();
        if (vm_->exit_code >= 0) pool_.end_program(vm_->exit_code);
        if (result.promise != nullptr && result.promise->state == PromiseState::Pending) {
            vm::remove_waiter(result);
            const std::string places = vm_->describe_fibers(20);
            const Value error = vm::make_error(vm::ErrorKind::Value, "Deadlock: all fibers are waiting", "waiting:\n" + places);
            vm::add_async_step(*error.as<vm::ErrorObject>(), task.spawned_at, false);
            fail(task, error);
        }
        task.leave_worker();
    }
    if (result.promise != nullptr) vm::release(&result.promise->head);
    clear();
}

bool TaskWorker::start(Task& task, Result& result) {
    Value call;
    if (!vm::read_message(*vm_, task.take_call(), call)) {
        fail(task, vm_->take_pending_error());
        return false;
    }
    if (task.entry == TaskEntry::Share) {
        const Value function = Value::adopt(vm_->prelude_helper("tasks", "work_on")->constant);
        result.promise = vm_->start_fiber(function, &call, 1);
    } else if (call.is_array()) {
        const Value function = Value::adopt(vm_->prelude_helper("tasks", "apply_to")->constant);
        Value arguments[2] = {call.as_array()->elements[0], Value()};
        vm::array_remove_at(call.as_array(), 0);
        arguments[1] = std::move(call);
        result.promise = vm_->start_fiber(function, arguments, 2);
    } else {
        result.promise = vm_->start_fiber(call, nullptr, 0);
    }
    result.promise->started_at = task.spawned_at;   // an error says so on its way out
    result.notify = [](Vm&, vm::Waiter& waiter) {
        auto& ended = static_cast<Result&>(waiter);
        ended.worker->finish(*ended.task, *ended.promise);
    };
    vm::add_waiter(*result.promise, result);
    return true;
}

void TaskWorker::finish(Task& task, PromiseObject& promise) {
    if (promise.state == PromiseState::Rejected) return fail(task, promise.result);
    vm::Message outcome;
    if (vm::write_message(*vm_, std::move(promise.result), vm::Sending::Value, outcome)) {
        task.end(RemotePromise::State::Fulfilled, std::move(outcome));
    } else {
        fail(task, vm_->take_pending_error());
    }
}

void TaskWorker::fail(Task& task, const Value& error) {
    vm::Message outcome;
    if (!vm::write_message(*vm_, error, vm::Sending::Value, outcome)) {
        // Something in it cannot go: what it says can.
        vm_->pending_error.set_null();
        const Value& message = error.as<vm::ErrorObject>()->message;
        const Value plain = vm::make_error_around(error.as<vm::ErrorObject>()->kind, message, message);
        vm::set_error_stack(*plain.as<vm::ErrorObject>(), error.as<vm::ErrorObject>()->stack, error.as<vm::ErrorObject>()->stack_size,
                            error.as<vm::ErrorObject>()->stack_omitted);
        (void)vm::write_message(*vm_, plain, vm::Sending::Value, outcome);
    }
    task.end(RemotePromise::State::Rejected, std::move(outcome));
    if (task.is_wanted()) pool_.remember_failure(task.shared_from_this());
    else task.report_failure();
}

void TaskWorker::clear() {
    vm_->interrupt.store(0);
    vm_->reset_outcome();
    vm_->clear_globals();
    vm_->heap.collect_cycles();
    tell_work();
}

void TaskWorker::tell_work() {
    vm::RunCounters now = vm_->counters();
    now[vm::RunCounter::Tasks] = told_[vm::RunCounter::Tasks] + 1;
    vm::Trace* trace = vm_->scheduler.trace;
    pool_.add_work(now.since(told_), trace == nullptr ? std::string() : trace->take_events(*vm_));
    told_ = now;
}

}  // namespace ruff::runtime
