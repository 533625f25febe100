#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// UTF-8 and the Unicode properties the language needs. The only room door to the Unicode tables.
namespace ruff::utf8 {

/// One decoded code point. At a byte that begins no valid sequence: `is_valid` false, U+FFFD, size 1.
struct Decoded {
    char32_t code_point = 0;
    std::uint32_t size = 0;
    bool is_valid = true;
};

/// Decodes at `offset`, which is inside `text`. Overlong forms, surrogates and values above U+10FFFF are
/// invalid.
[[nodiscard]] Decoded decode(std::string_view text, std::size_t offset);

/// Appends the 1 to 4 bytes of a Unicode scalar value.
void append(std::string& text, char32_t code_point);

/// The offset of the first byte that is not valid UTF-8, or `npos`.
[[nodiscard]] std::size_t find_invalid(std::string_view text);

[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// Letter (L*, Nl) or `_`.
[[nodiscard]] bool is_identifier_start(char32_t code_point);
/// The above and Mn, Mc, Nd, Pc.
[[nodiscard]] bool is_identifier_continue(char32_t code_point);
/// True for a whole name; reserved words are names here.
[[nodiscard]] bool is_identifier(std::string_view text);

/// Columns on a terminal: 0 for combining marks and controls, 2 for wide East Asian characters and emoji.
[[nodiscard]] int display_width(char32_t code_point);
[[nodiscard]] std::size_t display_width(std::string_view text);

/// `text` in normalisation form C; itself when it is already.
[[nodiscard]] std::string to_nfc(std::string_view text);

inline constexpr std::size_t npos = static_cast<std::size_t>(-1);

[[nodiscard]] constexpr bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace ruff::utf8
