#pragma once

#include "core/vm/native.h"

namespace ruff::builtins {

/// The bodies of all rows of core/lang/builtins, for the VM. A row without a body does not build: of a native
/// the linker names it, of a prelude function the compiler.
[[nodiscard]] const vm::NativeTable& native_table();

}  // namespace ruff::builtins
