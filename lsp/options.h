#pragma once

#include <string>
#include <vector>

namespace ruff::lsp {

/// What `ruff lsp` and `ruff-lsp` do.
struct LspOptions {
    std::string record;               ///< `--record F`
    std::string replay;               ///< `--replay F`
    std::vector<std::string> check;   ///< `--check FILE…`
};

/// Gives the exit code.
[[nodiscard]] int run_lsp(const LspOptions& options);

}  // namespace ruff::lsp
