#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

// Paths as text (POSIX): nothing here looks at the disk.
namespace ruff::builtins {

/// One `/` between the parts; empty parts are left out, an absolute one starts anew.
[[nodiscard]] std::string join_path(std::span<const std::string_view> parts);
/// The path without its last name: `.` when there is no other, `/` for what stands at the root.
[[nodiscard]] std::string_view path_dirname(std::string_view path);
/// The last name; `/` of the root itself.
[[nodiscard]] std::string_view path_basename(std::string_view path);
/// The part of the last name from its last point on; a leading point begins no extension.
[[nodiscard]] std::string_view path_extension(std::string_view path);
[[nodiscard]] std::string_view path_stem(std::string_view path);
/// Without `.`, double `/` and `name/..`; `.` for nothing.
[[nodiscard]] std::string normalize_path(std::string_view path);
/// The way from `start` to `path`; both absolute.
[[nodiscard]] std::string relative_path(std::string_view path, std::string_view start);
[[nodiscard]] bool is_absolute_path(std::string_view path);

/// `{a,b}` written out: every pattern without braces that the pattern stands for, in order. Unbalanced braces
/// are themselves.
[[nodiscard]] std::vector<std::string> expand_braces(std::string_view pattern);
/// Whether a name (without `/`) fits a pattern of `*`, `?`, `[a-z]`, `[!a-z]` and `\` before a character
/// meant as itself. A leading point must be written. Takes time in proportion to the product of the two
/// lengths at most.
[[nodiscard]] bool matches_name_pattern(std::string_view name, std::string_view pattern);
[[nodiscard]] bool has_pattern_characters(std::string_view text);

}  // namespace ruff::builtins
