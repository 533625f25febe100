#pragma once

#include <string_view>

namespace ruff::lsp {

/// How well what was typed fits a name: 0 not at all (its letters do not stand in the name in this order), then
/// scattered, inside, at the beginning of a word, at the beginning, and the name itself. Case counts only for the best.
[[nodiscard]] int match_score(std::string_view typed, std::string_view name);

}  // namespace ruff::lsp
