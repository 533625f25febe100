#pragma once
// Promises as builtins use them: making, settling, waiting, cancelling, and suspending the running fiber.

#include "core/vm/fiber.h"
#include "core/vm/native.h"

namespace ruff::vm {

/// A pending promise without a fiber; the caller owns one reference.
[[nodiscard]] PromiseObject* new_promise();
/// Fulfils or rejects; what awaits it becomes ready, in the order it came. Settled ones stay as they are.
void settle(Vm& vm, PromiseObject& promise, PromiseState state, Value result);

/// `waiter.notify` is called once `promise` (pending) settles. The promise counts as observed: its rejection is the
/// waiter's business. The caller keeps the promise alive as long as the waiter is linked.
void add_waiter(PromiseObject& promise, Waiter& waiter);
void remove_waiter(Waiter& waiter);

/// Asks `fiber` to unwind: now when it waits (its operation has been aborted when this returns), else at its next suspension.
void cancel_fiber(Vm& vm, Fiber& fiber);
/// Cancels what the promise stands for. A promise without a fiber is rejected with "Task was cancelled" at once.
void cancel_promise(Vm& vm, PromiseObject& promise);
/// True when the only reference besides the fiber's own is the caller's: nobody else can want the result.
[[nodiscard]] inline bool is_sole_holder(const PromiseObject& promise) {
    return promise.head.references == (promise.fiber != nullptr ? 2 : 1);
}

/// The running fiber waits for `operation`, which it owns from now on; the builtin returns what this gives. Whoever completes the
/// operation calls `resume`.
[[nodiscard]] Outcome suspend(Vm& vm, Operation* operation);
/// Lets a fiber that waits for an operation go on with `result` as the builtin's value, or raising it when `is_error`.
void resume(Vm& vm, Fiber& fiber, Value result, bool is_error = false);

}  // namespace ruff::vm
