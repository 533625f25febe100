#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ruff::builtins {

/// The words of an identifier or a phrase: cut at everything that is no letter or digit, before a capital
/// that follows a small letter or digit, and before the last capital of a run when a small letter follows
/// (`parseHTTPResponse`).
[[nodiscard]] std::vector<std::string_view> split_into_words(std::string_view text);

[[nodiscard]] std::string to_snake_case(std::string_view text);
[[nodiscard]] std::string to_kebab_case(std::string_view text);
[[nodiscard]] std::string to_camel_case(std::string_view text);

/// Lower-case letters and digits, marks removed, everything else as single hyphens, none at the ends. Letters
/// that have no decomposition (`ø`, `ß`) get their usual ASCII spelling; letters of other scripts stay.
[[nodiscard]] std::string slugify(std::string_view text);

}  // namespace ruff::builtins
