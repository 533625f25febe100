#include "core/support/path_pattern.h"

#include <algorithm>
#include <vector>

namespace ruff {
namespace {

std::vector<std::string_view> split_parts(std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        std::size_t end = std::min(path.find('/'), path.size());
        std::string_view part = path.substr(0, end);
        if (!part.empty() && part != ".") parts.push_back(part);
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return parts;
}

// One part against one pattern of `?` and `*`. On a mismatch only the last `*` has to take one more byte, so no
// recursion is needed.
bool matches_part(std::string_view part, std::string_view pattern) {
    std::size_t at = 0, in_pattern = 0;
    std::size_t star = std::string_view::npos, taken_to = 0;
    while (at < part.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            star = in_pattern++;
            taken_to = at;
        } else if (in_pattern < pattern.size() && (pattern[in_pattern] == '?' || pattern[in_pattern] == part[at])) {
            ++at, ++in_pattern;
        } else if (star != std::string_view::npos) {
            in_pattern = star + 1;
            at = ++taken_to;
        } else {
            return false;
        }
    }
    while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
    return in_pattern == pattern.size();
}

// The same walk with parts for bytes and `**` for `*`. True as soon as the pattern is used up: what is left of the path
// lies below what matched.
bool matches_parts(const std::vector<std::string_view>& path, const std::vector<std::string_view>& pattern) {
    std::size_t at = 0, in_pattern = 0;
    std::size_t star = std::string_view::npos, taken_to = 0;
    while (in_pattern < pattern.size()) {
        if (pattern[in_pattern] == "**") {
            star = in_pattern++;
            taken_to = at;
        } else if (at < path.size() && matches_part(path[at], pattern[in_pattern])) {
            ++at, ++in_pattern;
        } else if (star != std::string_view::npos && taken_to < path.size()) {
            in_pattern = star + 1;
            at = ++taken_to;
        } else {
            return false;
        }
    }
    // `a/**` is what lies below a, not a itself.
    return pattern.empty() || pattern.back() != "**" || at < path.size();
}

}  // namespace

bool matches_path_pattern(std::string_view path, std::string_view pattern) {
    std::vector<std::string_view> parts = split_parts(path);
    std::vector<std::string_view> patterns = split_parts(pattern);
    if (parts.empty() || patterns.empty()) return false;
    bool is_anchored = patterns.size() > 1 || pattern.starts_with('/');
    if (is_anchored) return matches_parts(parts, patterns);
    return std::ranges::any_of(parts, [&](std::string_view part) { return matches_part(part, patterns[0]); });
}

}  // namespace ruff
