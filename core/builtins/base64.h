#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ruff::builtins {

/// RFC 4648. The alphabet for URLs (`-_`) is written without padding.
[[nodiscard]] std::string encode_base64(std::string_view octets, bool for_url);

/// Blanks are skipped, padding may be missing. Nothing when a character is not of the alphabet, or the length
/// or the padding is impossible; `bad_offset` is then where.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text, bool for_url,
                                                       std::size_t& bad_offset);

}  // namespace ruff::builtins
