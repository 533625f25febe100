#pragma once

#include <string>
#include <string_view>

namespace ruff::tests {

/// The lines of both texts, `-` before those only in `expected`, `+` before those only in `actual`, with three
/// equal lines around each difference. Trailing blanks and the missing end of a last line are made visible.
/// Empty when the texts are equal.
[[nodiscard]] std::string diff_lines(std::string_view expected, std::string_view actual);

}  // namespace ruff::tests
