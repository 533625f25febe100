#pragma once

#include <string>
#include <string_view>

namespace ruff::lsp {

/// The absolute path of a `file:` URI, percent signs decoded and `.` and `..` taken out; empty for any other URI.
[[nodiscard]] std::string path_of_uri(std::string_view uri);

/// The `file:` URI of an absolute path (RFC 8089), everything but unreserved characters and `/` in percent signs.
[[nodiscard]] std::string uri_of_path(std::string_view path);

}  // namespace ruff::lsp
