#pragma once

#include <string_view>

namespace ruff {

/// Whether a path, relative and with `/` between its parts, matches a pattern in the manner of .gitignore:
/// `?` is one byte and `*` any number of them, but never a `/`; `**` is any number of whole parts. A pattern with a
/// `/` inside is anchored at the start; one without matches any part. What matches a folder matches all below it; a
/// `/` at either end changes only that. Case matters. Takes time in the order of pattern × path.
[[nodiscard]] bool matches_path_pattern(std::string_view path, std::string_view pattern);

}  // namespace ruff
