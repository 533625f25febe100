#pragma once

#include <cstdint>
#include <string_view>

#include "core/support/result.h"

namespace ruff::builtins {

/// int ::= ['+' | '-'] [prefix] digit {['_'] digit}, blanks around it; the prefix is `0x`, `0o` or `0b` where
/// the base is that one. Fails with words that hold the text: `"x" is not a whole number`, `… is out of
/// range`.
[[nodiscard]] Result<std::int64_t> read_integer(std::string_view text, int base);

/// A decimal number, `inf` or `nan`, blanks around it. Fails with `"x" is not a number`.
[[nodiscard]] Result<double> read_float(std::string_view text);

}  // namespace ruff::builtins
