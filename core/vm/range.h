#pragma once
// Ranges: `a..b`, `a..=b`, `range(a, b, step)`. Immutable, O(1) whatever their length.

#include <cstdint>

#include "core/vm/object.h"

namespace ruff::vm {

/// `step` is not 0.
[[nodiscard]] Value make_range(std::int64_t start, std::int64_t end, std::int64_t step = 1, bool is_inclusive = false);
/// Number of members; UINT64_MAX also for the one range that has 2^64.
[[nodiscard]] std::uint64_t range_length(const RangeObject& range);
/// Member `index`, below the length.
[[nodiscard]] inline std::int64_t range_at(const RangeObject& range, std::uint64_t index) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(range.start) + index * static_cast<std::uint64_t>(range.step));
}
[[nodiscard]] bool range_contains(const RangeObject& range, std::int64_t value);
/// Members [begin, end), begin <= end <= length, as a range.
[[nodiscard]] Value range_slice(const RangeObject& range, std::uint64_t begin, std::uint64_t end);

}  // namespace ruff::vm
