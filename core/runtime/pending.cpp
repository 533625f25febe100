#include "core/runtime/pending.h"

#include "core/vm/error.h"
#include "core/vm/vm.h"

namespace ruff::runtime {

Answer failure(vm::ErrorKind kind, std::string_view message, std::string_view hint) {
    return {vm::make_error(kind, message, hint), true};
}

vm::Outcome Pending::start(vm::Call& call, Form form, std::unique_ptr<Pending> pending) {
    vm::Vm& vm = call.vm;
    Loop::of(vm).begin_operation();
    Pending* operation = pending.release();
    if (form == Form::Suspends) {
        operation->fiber_ = vm.fiber;
        return vm::suspend(vm, operation);
    }
    vm::PromiseObject* promise = vm::new_promise();
    promise->started_at = vm.current_position();
    promise->operation = operation;
    promise->cancel_operation = cancel_of_promise;
    operation->promise_ = promise;
    return call.done(vm::Value::share(promise));
}

void Pending::finish(vm::Vm& vm, Answer answer) {
    Loop::of(vm).end_operation();
    if (fiber_ != nullptr) return vm::resume(vm, *fiber_, std::move(answer.value), answer.is_error);
    vm::PromiseObject* promise = promise_;
    promise->operation = nullptr;
    promise->cancel_operation = nullptr;
    delete this;
    vm::settle(vm, *promise, answer.is_error ? vm::PromiseState::Rejected : vm::PromiseState::Fulfilled, std::move(answer.value));
    vm::release(&promise->head);
}

void Pending::cancel(vm::Vm& vm) {
    Loop::of(vm).end_operation();
    abort(vm);
}

void Pending::cancel_of_promise(vm::Vm& vm, vm::PromiseObject& promise) {
    auto* operation = static_cast<Pending*>(promise.operation);
    promise.operation = nullptr;
    promise.cancel_operation = nullptr;
    operation->cancel(vm);
    delete operation;
    vm::release(&promise.head);
}

}  // namespace ruff::runtime
