#pragma once

#include <string_view>
#include <vector>

namespace ruff::lsp {

/// What `workspace/executeCommand` takes, as advertised. The commands of code lenses (`rufflang.runFile`,
/// `rufflang.runTest`) are the client's own.
[[nodiscard]] const std::vector<std::string_view>& server_commands();

}  // namespace ruff::lsp
