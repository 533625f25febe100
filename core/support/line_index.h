#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/support/span.h"

namespace ruff {

/// The unit in which columns are counted.
enum class PositionEncoding : std::uint8_t { Utf8, Utf16, Utf32 };

/// Zero-based. The column counts units of a `PositionEncoding` from the start of the line.
struct LineColumn {
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    friend constexpr auto operator<=>(LineColumn, LineColumn) = default;
};

/// Where the lines of a text begin. Lines end at LF; a CR before it belongs to the line end; the text after
/// the last LF is a line too, so there is always one. Looks at the text it was built from, which must
/// outlive it. Immutable, so usable from every thread.
class LineIndex {
public:
    explicit LineIndex(std::string_view text);

    [[nodiscard]] std::uint32_t line_count() const { return static_cast<std::uint32_t>(starts_.size()); }
    [[nodiscard]] std::uint32_t line_of(std::uint32_t offset) const;
    [[nodiscard]] std::uint32_t line_start(std::uint32_t line) const { return starts_[line]; }
    /// The line without its line end.
    [[nodiscard]] Span line_span(std::uint32_t line) const;
    [[nodiscard]] std::string_view line_text(std::uint32_t line) const;

    /// Offsets past the end are taken as the end; O(log lines + length of the line).
    [[nodiscard]] LineColumn position(std::uint32_t offset, PositionEncoding encoding = PositionEncoding::Utf8) const;
    /// The reverse. Past the end of a line: the end of the line (before its line end); past the last line: the
    /// end of the text; inside a character: its start.
    [[nodiscard]] std::uint32_t offset(LineColumn position, PositionEncoding encoding = PositionEncoding::Utf8) const;

private:
    std::string_view text_;
    std::vector<std::uint32_t> starts_;
};

/// Units that `text`, valid UTF-8 or not, takes in an encoding; an invalid byte counts as one.
[[nodiscard]] std::uint32_t count_units(std::string_view text, PositionEncoding encoding);

}  // namespace ruff
