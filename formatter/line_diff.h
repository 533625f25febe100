#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/support/diagnostic.h"

/// What differs between two texts, line by line. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986);
/// beyond some thousand changed lines what lies between the first and the last change counts as one change.
namespace ruff::formatter {

/// The difference in the unified format with three lines around each change; empty if the texts are equal.
[[nodiscard]] std::string unified_diff(std::string_view path, std::string_view before, std::string_view after);

/// What makes `after` of `before`: an edit for each stretch of lines that differ, of whole lines, in order of position.
[[nodiscard]] std::vector<TextEdit> line_edits(std::string_view before, std::string_view after);

}  // namespace ruff::formatter
