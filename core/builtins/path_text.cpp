#include "core/builtins/path_text.h"

#include <algorithm>

#include "core/support/utf8.h"

namespace ruff::builtins {
namespace {

// Without the slashes at the end, unless it is all slashes: then one.
std::string_view without_trailing_slashes(std::string_view path) {
    while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
    return path;
}

std::vector<std::string_view> split_names(std::string_view path) {
    std::vector<std::string_view> names;
    while (!path.empty()) {
        std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0) names.push_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return names;
}

// The `}` that closes the `{` at `open`, or npos.
std::size_t closing_brace(std::string_view pattern, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < pattern.size(); ++i) {
        if (pattern[i] == '\\') {
            ++i;
        } else if (pattern[i] == '{') {
            ++depth;
        } else if (pattern[i] == '}' && --depth == 0) {
            return i;
        }
    }
    return std::string_view::npos;
}

std::vector<std::string_view> split_alternatives(std::string_view inside) {
    std::vector<std::string_view> alternatives;
    int depth = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] == '\\')
            ++i;
        else if (inside[i] == '{')
            ++depth;
        else if (inside[i] == '}')
            --depth;
        else if (inside[i] == ',' && depth == 0) {
            alternatives.push_back(inside.substr(start, i - start));
            start = i + 1;
        }
    }
    alternatives.push_back(inside.substr(start));
    return alternatives;
}

// `[…]` at the front of `pattern`: cuts it off and tells whether it holds `c`. False if it is not closed.
bool take_class(std::string_view& pattern, char32_t c, bool& holds) {
    std::size_t at = 1;
    bool is_negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
    if (is_negated) ++at;
    bool is_first = true;
    holds = false;
    while (at < pattern.size() && (pattern[at] != ']' || is_first)) {
        is_first = false;
        utf8::Decoded low = utf8::decode(pattern, at);
        at += low.size;
        char32_t high = low.code_point;
        if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
            utf8::Decoded end = utf8::decode(pattern, at + 1);
            high = end.code_point;
            at += 1 + end.size;
        }
        holds |= c >= low.code_point && c <= high;
    }
    if (at >= pattern.size()) return false;
    holds = holds != is_negated;
    pattern.remove_prefix(at + 1);
    return true;
}

// Whether the pattern's first item, which is no `*`, fits `c`; `pattern` is then behind it.
bool take_item(std::string_view& pattern, char32_t c) {
    if (pattern.front() == '?') {
        pattern.remove_prefix(1);
        return true;
    }
    bool holds = false;
    if (pattern.front() == '[' && take_class(pattern, c, holds)) return holds;
    if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
    utf8::Decoded wanted = utf8::decode(pattern, 0);
    pattern.remove_prefix(wanted.size);
    return wanted.code_point == c;
}

}  // namespace

std::string join_path(std::span<const std::string_view> parts) {
    std::string out;
    for (std::string_view part : parts) {
        if (part.empty()) continue;
        if (part.front() == '/') out.clear();
        if (!out.empty() && out.back() != '/') out += '/';
        out += part;
    }
    return out;
}

std::string_view path_dirname(std::string_view path) {
    path = without_trailing_slashes(path);
    std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return ".";
    return without_trailing_slashes(path.substr(0, std::max<std::size_t>(slash, 1)));
}

std::string_view path_basename(std::string_view path) {
    path = without_trailing_slashes(path);
    return path == "/" ? path : path.substr(path.rfind('/') + 1);
}

std::string_view path_extension(std::string_view path) {
    std::string_view name = path_basename(path);
    std::size_t point = name.rfind('.');
    bool is_leading = point != std::string_view::npos && name.find_first_not_of('.') > point;
    return point == std::string_view::npos || is_leading || name == ".." ? std::string_view()
                                                                         : name.substr(point);
}

std::string_view path_stem(std::string_view path) {
    std::string_view name = path_basename(path);
    return name.substr(0, name.size() - path_extension(path).size());
}

std::string normalize_path(std::string_view path) {
    bool is_absolute = is_absolute_path(path);
    std::vector<std::string_view> kept;
    for (std::string_view name : split_names(path)) {
        if (name == ".") continue;
        bool goes_up = name == "..";
        if (goes_up && !kept.empty() && kept.back() != "..") {
            kept.pop_back();
        } else if (!goes_up || !is_absolute) {
            kept.push_back(name);
        }
    }
    std::string out = is_absolute ? "/" : "";
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (i > 0) out += '/';
        out += kept[i];
    }
    return out.empty() ? "." : out;
}

std::string relative_path(std::string_view path, std::string_view start) {
    std::string normal_path = normalize_path(path), normal_start = normalize_path(start);
    std::vector<std::string_view> to = split_names(normal_path), from = split_names(normal_start);
    std::size_t shared = 0;
    while (shared < std::min(to.size(), from.size()) && to[shared] == from[shared]) ++shared;
    std::string out;
    auto append = [&](std::string_view name) {
        if (!out.empty()) out += '/';
        out += name;
    };
    for (std::size_t i = shared; i < from.size(); ++i) append("..");
    for (std::size_t i = shared; i < to.size(); ++i) append(to[i]);
    return out.empty() ? "." : out;
}

bool is_absolute_path(std::string_view path) { return path.starts_with('/'); }

std::vector<std::string> expand_braces(std::string_view pattern) {
    std::size_t open = 0;
    while (open < pattern.size() && pattern[open] != '{') open += pattern[open] == '\\' ? 2 : 1;
    std::size_t close = open < pattern.size() ? closing_brace(pattern, open) : std::string_view::npos;
    if (close == std::string_view::npos) return {std::string(pattern)};
    std::vector<std::string> expanded;
    std::vector<std::string> tails = expand_braces(pattern.substr(close + 1));
    for (std::string_view alternative : split_alternatives(pattern.substr(open + 1, close - open - 1))) {
        for (const std::string& middle : expand_braces(alternative)) {
            for (const std::string& tail : tails)
                expanded.push_back(std::string(pattern.substr(0, open)) + middle + tail);
        }
    }
    return expanded;
}

// Goes back to the last star only: what a star before it took never has to change.
bool matches_name_pattern(std::string_view name, std::string_view pattern) {
    if (name.starts_with('.') && !pattern.starts_with('.') && !pattern.starts_with("\\.")) return false;
    std::string_view after_star, name_at_star;
    bool has_star = false;
    while (!name.empty()) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            has_star = true;
            after_star = pattern;
            name_at_star = name;
            continue;
        }
        utf8::Decoded at = utf8::decode(name, 0);
        std::string_view rest = pattern;
        if (!pattern.empty() && take_item(rest, at.code_point)) {
            pattern = rest;
            name.remove_prefix(at.size);
            continue;
        }
        if (!has_star) return false;
        name_at_star.remove_prefix(utf8::decode(name_at_star, 0).size);
        name = name_at_star;
        pattern = after_star;
    }
    return pattern.find_first_not_of('*') == std::string_view::npos;
}

bool has_pattern_characters(std::string_view text) {
    return text.find_first_of("*?[{\\") != std::string_view::npos;
}

}  // namespace ruff::builtins
