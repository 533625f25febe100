#pragma once

#include "core/bytecode/program.h"

namespace ruff::bytecode {

/// Turns the last use of a variable into a move: sets kTakeX on every Copy operand whose register is not read again on
/// any path, exception handlers included. Variables so hand on the only reference, and `xs := push(xs, v)` changes in
/// place. Needs a finished function; `program` is looked at for the captures of the closures it makes.
void assign_last_uses(Function& function, const Program& program);

}  // namespace ruff::bytecode
