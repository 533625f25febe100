#pragma once
// One operation outside the isolate that somebody waits for: a file job, a request, a process. Every such builtin has two forms
// with one body: `read_file` suspends the fiber, `async_read_file` gives a promise.
//
//     start ──▶ under way ──finish──▶ the fiber goes on, or the promise settles
//                   │
//                   └────cancelled──▶ abort() has let go of the work; nobody calls finish any more

#include "core/runtime/loop.h"
#include "core/vm/promise.h"

namespace ruff::runtime {

/// What an operation came to: the builtin's value, or the error to be raised.
struct Answer {
    vm::Value value;
    bool is_error = false;
};

[[nodiscard]] Answer failure(vm::ErrorKind kind, std::string_view message, std::string_view hint = {});

enum class Form : std::uint8_t { Suspends, GivesPromise };

class Pending : public vm::Operation {
public:
    /// Makes the running fiber wait for `pending`, or gives a promise of it; what the builtin's body returns. The operation counts
    /// as outstanding from here on. It must not have finished yet; it may finish as soon as this returns.
    [[nodiscard]] static vm::Outcome start(vm::Call& call, Form form, std::unique_ptr<Pending> pending);

    void cancel(vm::Vm& vm) final;

protected:
    /// The end of the operation, on the isolate's thread. `this` may be gone when it returns.
    void finish(vm::Vm& vm, Answer answer);
    /// Lets go of the work: when it returns nothing refers to `this`, and what the work holds of the system is given back or
    /// belongs to somebody who will.
    virtual void abort(vm::Vm& vm) = 0;

private:
    static void cancel_of_promise(vm::Vm& vm, vm::PromiseObject& promise);

    vm::Fiber* fiber_ = nullptr;             ///< who waits: a fiber, which owns this,
    vm::PromiseObject* promise_ = nullptr;   ///< or a promise, of which this owns a reference
};

}  // namespace ruff::runtime
