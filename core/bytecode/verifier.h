#pragma once

#include <string>

#include "core/bytecode/program.h"

namespace ruff::bytecode {

/// Checks what the VM relies on without looking: operands inside their tables and of the right kind, registers and
/// windows inside the frame, jumps and handlers inside the code, code that does not run off its end, the instructions
/// that belong together side by side. Empty when all is well, else one line that names function, index and flaw.
[[nodiscard]] std::string verify(const Program& program);

}  // namespace ruff::bytecode
