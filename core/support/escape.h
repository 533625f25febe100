#pragma once

#include <string>
#include <string_view>

// Text as other formats write it.
namespace ruff {

/// Appends `text` in double quotes as JSON: quotes, backslashes and control characters escaped, all else as it is. What
/// is not UTF-8, which JSON cannot hold, becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);
[[nodiscard]] std::string json_string(std::string_view text);

/// `text` as content or as the value of an attribute of XML. Control characters, which XML cannot hold, become `?`.
[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace ruff
