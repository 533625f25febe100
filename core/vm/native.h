#pragma once
// How builtins are called: the contract between the interpreter and the bodies in core/builtins.
//
// Before a body runs, the caller has checked the arguments against the row's signature (count, kinds, named arguments)
// and filled in defaults: `count` is the number of declared parameters, plus the further values of a rest parameter.
// A body looks at its arguments (they are borrowed: the window owns them and drops them afterwards), may take one
// (`take`), and ends with one of:
//
//     return call.done(value);                  // the result
//     return call.raise(ErrorKind::Value, "…"); // a Ruff error; words as the contract says, position is added
//     return call.suspended();                  // after handing the fiber to something that will resume it
//     return Outcome::Raised;                   // an operation below has raised already (Truth::Raised, call_sync …)
//
// A body never blocks the thread, prints to anything but the isolate's output, or keeps a `Value*` over a call that can
// run Ruff code (`equals`, `compare`, `display`, `call_sync`): those may grow the stack that holds the arguments.
// Bodies that must be suspendable inside a callback are written in Ruff (core/builtins/prelude).

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/lang/builtins.h"
#include "core/vm/handle.h"
#include "core/vm/object.h"
#include "core/vm/value.h"

namespace ruff::vm {

class Vm;

enum class Outcome : std::uint8_t { Done, Raised, Suspended };

class Call {
public:
    Call(Vm& vm, const BuiltinRow& row, std::uint32_t window, std::uint32_t count, Value* receiver)
        : vm(vm), row(row), count(count), window_(window), receiver_(receiver) {}

    Vm& vm;
    const BuiltinRow& row;
    const std::uint32_t count;      ///< values in the window: arguments, the receiver of a method first

    /// Argument `i`, borrowed. Valid until Ruff code runs.
    [[nodiscard]] const Value& operator[](std::uint32_t i) const;
    /// Argument `i` handed over: when it was the last reference, what it holds is unshared.
    [[nodiscard]] Value take(std::uint32_t i);
    /// The receiver of a mutating method (form kMutatingMethod): the variable, entry or field itself, held exclusively.
    /// Arguments then start at index 1.
    [[nodiscard]] Value& receiver();

    // Shorthands for arguments whose kind the signature guarantees.
    [[nodiscard]] std::string_view text(std::uint32_t i) const { return (*this)[i].as_string()->view(); }
    [[nodiscard]] std::int64_t integer(std::uint32_t i) const { return (*this)[i].as_int(); }
    [[nodiscard]] double number(std::uint32_t i) const { return (*this)[i].as_number(); }
    [[nodiscard]] bool boolean(std::uint32_t i) const { return (*this)[i].as_bool(); }
    [[nodiscard]] bool is_null(std::uint32_t i) const { return (*this)[i].is_null(); }

    Outcome done(Value result);
    Outcome done_text(std::string_view text);     ///< the text must be UTF-8
    Outcome raise(ErrorKind kind, std::string_view message, std::string_view hint = {});
    /// Kind "type": ``name: parameter `p` expects EXPECTED, got KIND`` for argument `i`.
    Outcome raise_type(std::uint32_t i, std::string_view expected);
    Outcome suspended() { return Outcome::Suspended; }

private:
    std::uint32_t window_;          ///< index of argument 0 in the running fiber's stack; the result goes one below
    Value* receiver_;               ///< a temporary's, which is not in the window; null: argument 0
};

using NativeFunction = Outcome (*)(Call& call);

/// What the interpreter needs to know of a row besides the table: its body.
struct NativeBody {
    NativeFunction function = nullptr;      ///< null: a prelude body
    const char* prelude_family = nullptr;   ///< the prelude file that defines `func <row.id>(…)`
};

/// The bodies by BuiltinId; given to the VM when it starts (core/builtins/registry.h makes it).
struct NativeTable {
    const NativeBody* bodies;
    /// Ruff source of a prelude family.
    std::string_view (*prelude_source)(std::string_view family);
    /// `spawn { … }`: a task that calls `function`, and its handle. Null: no tasks.
    Outcome (*spawn)(Vm& vm, Value function, Value& handle) = nullptr;
    /// A promise on its way to another isolate. Null pointer: it cannot go.
    std::unique_ptr<Transfer> (*send_promise)(Vm& vm, PromiseObject& promise) = nullptr;
};

}  // namespace ruff::vm
