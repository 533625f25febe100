#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ruff::builtins {

/// Every byte but letters, digits and `-._~` as `%XX` (RFC 3986).
[[nodiscard]] std::string url_encode(std::string_view text);

/// The bytes that `%XX` stand for; nothing when a `%` is not followed by two hexadecimal digits (`bad_offset`
/// is where). The result need not be UTF-8.
[[nodiscard]] std::optional<std::string> url_decode(std::string_view text, std::size_t& bad_offset);

[[nodiscard]] std::string html_escape(std::string_view text);

/// Numeric references and the named ones of HTML 4; what is no reference stays as it is.
[[nodiscard]] std::string html_unescape(std::string_view text);

/// The value of a hexadecimal digit, or -1.
[[nodiscard]] int hex_digit_value(char digit);

}  // namespace ruff::builtins
