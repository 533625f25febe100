#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace ruff {

/// The number of inserted, deleted, replaced or swapped neighbouring bytes that turn `from` into `to`
/// (optimal string alignment), or `limit + 1` as soon as it is known to be more than `limit`.
/// Words longer than 64 bytes are never near anything.
[[nodiscard]] std::size_t edit_distance(std::string_view from, std::string_view to, std::size_t limit);

/// How many edits still count as a slip of the fingers in a word of this length: a third of it, at least one.
[[nodiscard]] std::size_t typo_limit(std::string_view word);

/// The candidate that `word` was probably meant to be, for "did you mean …": one that differs only in case, else
/// the nearest within typo_limit() (the first of equals), else the first that `word`, of three letters or more,
/// begins. Empty when nothing is near.
[[nodiscard]] std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace ruff
