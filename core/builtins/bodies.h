#pragma once

#include "core/vm/native.h"

// One function a native row, declared from the table and defined in the file of its family. Argument counts
// and kinds are checked before a body runs (core/vm/native.h).
namespace ruff::builtins::bodies {

using vm::Call;
using vm::Outcome;

#define NATIVE(id, ...) Outcome id(Call& call);
#define INTERNAL(id, ...) Outcome id(Call& call);
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"

}  // namespace ruff::builtins::bodies
