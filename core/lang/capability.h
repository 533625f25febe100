#pragma once

#include <cstdint>
#include <string_view>

namespace ruff {

/// What a builtin may reach outside the program; each use passes the VM's gate.
enum class Capability : std::uint8_t {
#define CAPABILITY(Name, ...) Name,
#include "core/lang/capabilities.def"
#undef CAPABILITY
};

/// The command-line flag that grants `capability`.
constexpr std::string_view capability_flag(Capability capability) {
    constexpr std::string_view kFlags[] = {
#define CAPABILITY(Name, flag, ...) flag,
#include "core/lang/capabilities.def"
#undef CAPABILITY
    };
    return kFlags[static_cast<unsigned>(capability)];
}

}  // namespace ruff
