#include "core/support/edit_distance.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace ruff {
namespace {

constexpr std::size_t kLongestWord = 64;
using Row = std::array<unsigned char, kLongestWord + 1>;

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

/// Which letters a word has, folded to 32 bits.
std::uint32_t letters_of(std::string_view word) {
    std::uint32_t letters = 0;
    for (const char c : word) letters |= 1u << (static_cast<unsigned char>(c) & 31u);
    return letters;
}

}  // namespace

std::size_t edit_distance(std::string_view from, std::string_view to, std::size_t limit) {
    std::size_t longer = std::max(from.size(), to.size());
    std::size_t shorter = std::min(from.size(), to.size());
    if (longer > kLongestWord || longer - shorter > limit) return limit + 1;

    // Three rows of the classic table: a swap looks two rows back.
    Row before_last{}, last{}, current{};
    for (std::size_t j = 0; j <= to.size(); ++j) last[j] = static_cast<unsigned char>(j);
    for (std::size_t i = 1; i <= from.size(); ++i) {
        current[0] = static_cast<unsigned char>(i);
        unsigned char smallest = current[0];
        for (std::size_t j = 1; j <= to.size(); ++j) {
            int replace = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            int best = std::min({last[j] + 1, current[j - 1] + 1, replace});
            bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped) best = std::min(best, before_last[j - 2] + 1);
            current[j] = static_cast<unsigned char>(best);
            smallest = std::min(smallest, current[j]);
        }
        if (smallest > limit) return limit + 1;
        before_last = last;
        last = current;
    }
    return std::min<std::size_t>(last[to.size()], limit + 1);
}

std::size_t typo_limit(std::string_view word) {
    return std::max<std::size_t>(1, word.size() / 3);
}

std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates) {
    std::string_view nearest;
    std::size_t limit = typo_limit(word);
    const std::uint32_t letters = letters_of(word);
    for (std::string_view candidate : candidates) {
        if (equal_ignoring_case(word, candidate)) return candidate;
        // One edit changes at most two letters of the set.
        if (static_cast<std::size_t>(std::popcount(letters ^ letters_of(candidate))) > 2 * limit) continue;
        std::size_t distance = edit_distance(word, candidate, limit);
        // A word of one letter is not a slip of another word of one letter.
        if (distance > limit || distance >= std::max(word.size(), candidate.size())) continue;
        nearest = candidate;
        if (distance == 0) break;
        limit = distance - 1;
    }
    if (!nearest.empty() || word.size() < 3) return nearest;
    auto begins = std::ranges::find_if(candidates, [&](std::string_view name) { return name.starts_with(word); });
    return begins == candidates.end() ? std::string_view() : *begins;
}

}  // namespace ruff
