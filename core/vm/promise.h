#pragma once
// Promises as builtins use them: making, settling, waiting, cancelling, and suspending the running fiber.

#include "core/vm/fiber.h"
#include "core/vm/native.h"

namespace ruff::vm {

/// A pending promise without a fiber; the caller owns one reference.
[[nodiscard]] PromiseObject* new_promise();
/// Fulfils or rejects; what awaits it becomes ready, in the order it came. Settled ones stay as they are. Inside a `notify` the
/// waiters are told when that has returned.
void settle(Vm& vm, PromiseObject& promise, PromiseState state, Value result);

/// `waiter.notify` is called once `promise` (pending) settles. The promise counts as observed: its rejection is the
/// waiter's business. The caller keeps the promise alive as long as the waiter is linked.
void add_waiter(PromiseObject& promise, Waiter& waiter);
void remove_waiter(Waiter& waiter);

/// What awaiting `value` waits for, borrowed: a promise, or the promise of a task handle; null for everything else.
[[nodiscard]] PromiseObject* awaited_promise(Vm& vm, const Value& value);

/// Asks `fiber` to unwind: now when it waits (its operation has been aborted when this returns), else at its next suspension.
void cancel_fiber(Vm& vm, Fiber& fiber);
/// Cancels what the promise stands for. A promise without a fiber is rejected with "Task was cancelled" at once, unless its
/// `cancel_operation` leaves `operation` in place: then that settles it when it has unwound. Inside the cancellation of another
/// promise it happens when that has returned.
void cancel_promise(Vm& vm, PromiseObject& promise);
/// True while something holds a reference in order to settle it: its fiber, or `operation`.
[[nodiscard]] inline bool is_worked_on(const PromiseObject& promise) {
    return promise.state == PromiseState::Pending && (promise.fiber != nullptr || promise.operation != nullptr);
}
/// True when the only reference besides that is the caller's: nobody else can want the result.
[[nodiscard]] inline bool is_sole_holder(const PromiseObject& promise) {
    return promise.head.references == (is_worked_on(promise) ? 2 : 1);
}

/// The running fiber waits for `operation`, which it owns from now on; the builtin returns what this gives. Whoever completes the
/// operation calls `resume`.
[[nodiscard]] Outcome suspend(Vm& vm, Operation* operation);
/// Lets a fiber that waits for an operation go on with `result` as the builtin's value, or raising it when `is_error`.
void resume(Vm& vm, Fiber& fiber, Value result, bool is_error = false);

}  // namespace ruff::vm
