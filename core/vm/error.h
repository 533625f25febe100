#pragma once
// Errors as values: making, reading their fields. Positions are added where they are raised (Vm::raise).

#include <string_view>

#include "core/vm/object.h"

namespace ruff::vm {

class Vm;

[[nodiscard]] std::string_view error_kind_name(ErrorKind kind);
/// The kind with that name; Thrown when there is none.
[[nodiscard]] ErrorKind error_kind_named(std::string_view name);

/// An error without a stack. `hint` may be empty.
[[nodiscard]] Value make_error(ErrorKind kind, std::string_view message, std::string_view hint = {});
/// What `throw v` raises: `v` itself when it is an error, else an error of kind "thrown" around it.
[[nodiscard]] Value error_from_thrown(Vm& vm, Value thrown);

/// Field of an error as a program reads it (`message`, `stack`, `line` … then fields of `value`); unset when there is none.
[[nodiscard]] Value error_field(Vm& vm, const ErrorObject& error, std::string_view name);

}  // namespace ruff::vm
