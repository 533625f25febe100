#pragma once
// Objects with identity: functions, cells, modules.

#include "core/lang/builtins.h"
#include "core/vm/code.h"
#include "core/vm/object.h"

namespace ruff::vm {

enum class FunctionForm : std::uint8_t { Closure, Builtin, BoundMethod };

/// A function value. In head.flags: its FunctionForm. Only what holds values is tracked: closures with captures, bound
/// methods.
struct FunctionObject {
    Object head;                 ///< extra: number of captures
    TrackedHead links;
    Code* code;                  ///< Closure, BoundMethod of a user method; null for a builtin
    const BuiltinRow* builtin;   ///< Builtin, BoundMethod of a builtin method

    /// Closure: cells, or values captured by value. BoundMethod: one, the receiver's copy.
    [[nodiscard]] Value* captures() { return reinterpret_cast<Value*>(this + 1); }
    [[nodiscard]] const Value* captures() const { return reinterpret_cast<const Value*>(this + 1); }

    [[nodiscard]] FunctionForm form() const { return static_cast<FunctionForm>(head.flags); }
};

/// A captured variable.
struct CellObject {
    Object head;
    TrackedHead links;
    Value value;
};

/// A module as a value: `m` after `import m`.
struct ModuleObject {
    Object head;
    std::uint32_t module;        ///< index in the program
    StringObject* name;          ///< interned, as imported
};

[[nodiscard]] FunctionObject* new_closure(Code* code, std::uint32_t capture_count);   ///< captures are null; null: out of memory
/// The function value of a builtin: always the same object, immortal. Thread-safe.
[[nodiscard]] Value make_builtin_function(const BuiltinRow& row);
/// `receiver.method` without a call.
[[nodiscard]] Value make_bound_method(Code* method, Value receiver);
[[nodiscard]] CellObject* new_cell(Value value);
/// `name` is interned.
[[nodiscard]] Value make_module(std::uint32_t module, StringObject* name);
/// As it is displayed: "deposit", "lambda".
[[nodiscard]] std::string_view function_name(const FunctionObject* function);

}  // namespace ruff::vm
