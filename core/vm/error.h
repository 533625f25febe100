#pragma once
// Errors as values: making, reading their fields. Positions are added where they are raised (Vm::raise).

#include <string_view>

#include "core/vm/object.h"

namespace ruff::vm {

class Vm;

[[nodiscard]] std::string_view error_kind_name(ErrorKind kind);
/// The kind with that name; Thrown when there is none.
[[nodiscard]] ErrorKind error_kind_named(std::string_view name);

/// An error without a stack, whose `value` is its message. `hint` may be empty.
[[nodiscard]] Value make_error(ErrorKind kind, std::string_view message, std::string_view hint = {});
/// The same around something thrown; `message` is a string.
[[nodiscard]] Value make_error_around(ErrorKind kind, Value message, Value thrown);
/// What `throw v` raises: `v` itself when it is an error, else an error of kind "thrown" around it. Its message is the
/// thrown string, the `message` of a struct or dict if that is a string, else the display.
[[nodiscard]] Value error_from_thrown(Vm& vm, Value thrown);
/// Gives an error its stack, copied, innermost first. `omitted` frames were left out in the middle.
void set_error_stack(ErrorObject& error, const StackEntry* entries, std::uint32_t count, std::uint32_t omitted);

/// Notes that the error left a fiber that was started at `place` (`is_await` false), or came to one that awaits there. The first
/// kMaxAsyncSteps are kept.
void add_async_step(ErrorObject& error, StackEntry place, bool is_await);
inline constexpr int kMaxAsyncSteps = 20;

/// How many entries of a stack are kept at either end.
inline constexpr std::uint32_t kStackInnermost = 100, kStackOutermost = 20;

/// Field of an error as a program reads it (`message`, `stack`, `line` … then what `error(…)` was given besides, then the
/// fields of `value`); unset when there is none.
[[nodiscard]] Value error_field(Vm& vm, const ErrorObject& error, std::string_view name);

}  // namespace ruff::vm
