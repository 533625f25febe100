#pragma once

#include <string>
#include <string_view>

namespace ruff::formatter {

/// The difference of two texts in the unified format with three lines around each change; empty if they are equal.
/// Myers, "An O(ND) Difference Algorithm and Its Variations" (1986); beyond some thousand changed lines what lies
/// between the first and the last change is shown as one.
[[nodiscard]] std::string unified_diff(std::string_view path, std::string_view before, std::string_view after);

}  // namespace ruff::formatter
