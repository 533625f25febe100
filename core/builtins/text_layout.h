#pragma once

#include <string>
#include <string_view>

namespace ruff::builtins {

/// Without the indentation (blanks and tabs, compared as written) that all lines that are not blank share;
/// lines of blanks only become empty.
[[nodiscard]] std::string dedent(std::string_view text);

/// Line breaks between words so that no line has more than `width` terminal columns, unless one word alone
/// has. Line breaks in the text stay; runs of blanks become one; the indentation of a line is kept for all
/// lines made of it.
[[nodiscard]] std::string wrap(std::string_view text, std::size_t width);

}  // namespace ruff::builtins
