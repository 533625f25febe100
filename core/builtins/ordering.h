#pragma once

#include "core/vm/array.h"
#include "core/vm/native.h"

// Sorting: stable, by the order of `<`. Elements that have no order among each other raise.
namespace ruff::builtins {

/// Sorts an unshared array in place. Ints, floats and strings are compared directly; other elements by
/// `vm::compare`, which may run `op_lt`. False: raised; the array then holds all its elements in some order.
[[nodiscard]] bool sort_values(vm::Call& call, vm::ArrayObject& values);

/// Sorts `values` by `keys` (as many), both unshared.
[[nodiscard]] bool sort_values_by_keys(vm::Call& call, vm::ArrayObject& values, vm::ArrayObject& keys);

}  // namespace ruff::builtins
