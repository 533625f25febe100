#include "core/builtins/environment_variables.h"

#include <unistd.h>

#include <cstdlib>

#include "core/support/mutex.h"

namespace ruff::builtins {
namespace {

Mutex& lock() {
    static Mutex mutex;
    return mutex;
}

}  // namespace

std::optional<std::string> EnvironmentVariables::get(const std::string& name) {
    const std::lock_guard guard(lock());
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
}

bool EnvironmentVariables::set(const std::string& name, const std::optional<std::string>& value) {
    const std::lock_guard guard(lock());
    return (value ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str())) == 0;
}

std::vector<std::pair<std::string, std::string>> EnvironmentVariables::list() {
    const std::lock_guard guard(lock());
    std::vector<std::pair<std::string, std::string>> variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        std::string text = *entry;
        std::size_t equals = text.find('=');
        if (equals != std::string::npos)
            variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

}  // namespace ruff::builtins
