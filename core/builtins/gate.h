#pragma once

#include <string_view>

#include "core/lang/capability.h"
#include "core/vm/native.h"

// The one gate between builtins and the world: files, network, processes, environment, clock and randomness
// are reached behind it only. It allows everything, unless an embedder decides otherwise (VmOptions::gate).
namespace ruff::builtins {

/// Whether the program may use `capability` on `detail`: the path as the program wrote it, a host, the name
/// of a variable.
[[nodiscard]] bool gate_allows(const vm::Vm& vm, Capability capability, std::string_view detail);

/// Asks the gate for the row's capability. False: the error (kind `"permission"`, naming the flag) is raised
/// already.
[[nodiscard]] bool pass_gate(vm::Call& call, std::string_view detail = {});
/// The same for another capability than the row's, where a body needs two.
[[nodiscard]] bool pass_gate(vm::Call& call, Capability capability, std::string_view detail);

}  // namespace ruff::builtins
