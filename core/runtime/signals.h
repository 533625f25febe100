#pragma once
// Signals that a program handles itself, `on_signal`. A handler of the system writes the number into a pipe, the loop reads it and
// starts the program's function on a fiber of its own.

#include "core/vm/vm.h"

namespace ruff::runtime {

/// From now on `handler` (a function; null gives back what happened before) is called for signal `number`. False when another
/// isolate of the process handles signals: there is one, the first that asks.
[[nodiscard]] bool handle_signal(vm::Vm& vm, int number, const vm::Value& handler);

}  // namespace ruff::runtime
