#pragma once

#include "core/bytecode/program.h"

namespace ruff::bytecode {

/// Turns the last use of a variable into a move: sets kTakeX on every Copy operand whose register is not read again on
/// any path, exception handlers included. Variables so hand on the only reference, and `xs := push(xs, v)` changes in
/// place. Needs a finished function; `program` is looked at for the captures of the closures it makes. The registers below
/// `held_count` count as read when the function returns: variables of a file keep what they hold to the end of the
/// program, so only a use that is followed by an assignment is their last. `self` of a mutating method is not moved.
void assign_last_uses(Function& function, const Program& program, std::uint32_t held_count = 0);

}  // namespace ruff::bytecode
