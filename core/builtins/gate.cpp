#include "core/builtins/gate.h"

#include <string>

#include "core/vm/vm.h"

namespace ruff::builtins {

bool gate_allows(const vm::Vm& vm, Capability capability, std::string_view detail) {
    const auto gate = vm.options().gate;
    return gate == nullptr || gate(capability, detail);
}

bool pass_gate(vm::Call& call, std::string_view detail) {
    return pass_gate(call, call.row.capability, detail);
}

bool pass_gate(vm::Call& call, Capability capability, std::string_view detail) {
    if (gate_allows(call.vm, capability, detail)) return true;
    std::string message = std::string(call.row.shown_name()) + ": not permitted";
    if (!detail.empty()) message += ": " + std::string(detail);
    call.raise(vm::ErrorKind::Permission, message,
               "grant it with " + std::string(capability_flag(capability)));
    return false;
}

}  // namespace ruff::builtins
