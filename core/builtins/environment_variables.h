#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ruff::builtins {

/// The process's environment variables. The system's own functions are not safe among threads: every access
/// of ours is under one lock.
class EnvironmentVariables {
  public:
    [[nodiscard]] static std::optional<std::string> get(const std::string& name);
    /// Without a value it is removed. False for a name that cannot be one.
    static bool set(const std::string& name, const std::optional<std::string>& value);
    [[nodiscard]] static std::vector<std::pair<std::string, std::string>> list();
};

}  // namespace ruff::builtins
