#pragma once

#include <algorithm>
#include <cstdint>

namespace ruff {

/// A half-open range of byte offsets in one source file.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    [[nodiscard]] constexpr std::uint32_t size() const { return end - begin; }
    [[nodiscard]] constexpr bool is_empty() const { return begin == end; }
    [[nodiscard]] constexpr bool contains(std::uint32_t offset) const { return begin <= offset && offset < end; }
    /// Also true at `end`: the place a cursor behind the last byte has.
    [[nodiscard]] constexpr bool touches(std::uint32_t offset) const { return begin <= offset && offset <= end; }
    [[nodiscard]] constexpr bool contains(Span inner) const { return begin <= inner.begin && inner.end <= end; }
    [[nodiscard]] constexpr bool overlaps(Span other) const { return begin < other.end && other.begin < end; }
    /// The smallest span that holds both.
    [[nodiscard]] constexpr Span joined(Span other) const {
        return {std::min(begin, other.begin), std::max(end, other.end)};
    }

    friend constexpr bool operator==(Span, Span) = default;
};

}  // namespace ruff
