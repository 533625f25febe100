#pragma once

#include <string>

#include "core/bytecode/program.h"

namespace ruff::bytecode {

/// A whole program as text: its modules, types and functions, as `ruff dump bytecode` shows it.
[[nodiscard]] std::string disassemble(const Program& program);

/// One function: a heading, its captures, then one line an instruction:
///
///     func fib(n)  3 registers
///        0  JumpGreaterEqualI  r0 2 -> 2
///        1  Return             take r0
///
/// Registers are `rN`, constants their value, sites `.name`, places as paths, jumps `-> index of the target`.
[[nodiscard]] std::string disassemble(const Program& program, const Function& function);

}  // namespace ruff::bytecode
