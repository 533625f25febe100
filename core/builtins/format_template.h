#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/support/result.h"

// Templates of `format`: literal text and fields, with Python's format mini-language behind the colon.
namespace ruff::builtins {

/// spec ::= [[fill] ('<' | '>' | '^' | '=')] ['+' | '-' | ' '] ['#'] ['0'] [width] [',' | '_'] ['.'
/// precision] [type]
struct FormatSpec {
    char32_t fill = ' ';
    char align = 0;  // 0: numbers to the right, all else to the left
    char sign = '-';
    bool is_alternate = false;  // `#`: 0x, 0o, 0b in front
    char grouping = 0;
    std::int32_t width = 0;
    std::int32_t precision = -1;  // -1: none given
    char type = 0;                // one of `d x X o b e E f F g G % s`, or 0

    [[nodiscard]] bool is_plain() const {
        return width == 0 && precision < 0 && type == 0 && grouping == 0 && sign == '-';
    }
};

/// A piece of a template: literal text, or a field.
struct FormatPiece {
    enum class Kind : std::uint8_t { Literal, Next, Position, Name };
    Kind kind = Kind::Literal;
    std::string text;          // the literal, or the name
    std::size_t position = 0;  // of kind Position
    FormatSpec spec;
};

/// Takes a template apart. Fails with the words for what is wrong.
[[nodiscard]] Result<std::vector<FormatPiece>> parse_format_template(std::string_view text);

/// A value as a spec says. They fail when the type is not one for such a value.
[[nodiscard]] Result<std::string> format_integer(std::int64_t value, const FormatSpec& spec);
/// `shortest` is what is written when neither type nor precision is given.
[[nodiscard]] Result<std::string> format_float(double value, std::string_view shortest,
                                               const FormatSpec& spec);
[[nodiscard]] Result<std::string> format_text(std::string_view text, const FormatSpec& spec);

/// `text` filled up to `width` characters with `fill`; `align` is `<`, `>` or `^` (an odd one goes to the
/// end).
[[nodiscard]] std::string pad_text(std::string_view text, std::size_t width, std::string_view fill,
                                   char align);

}  // namespace ruff::builtins
