#pragma once

#include <string>
#include <string_view>

namespace ruff::lsp {

/// The folder that holds the pages of the rules, beside the program that runs: `../share/ruff/rules` of an installation
/// or `docs/rules` of the source tree it was built in. Empty if there is none.
[[nodiscard]] std::string find_rule_pages();

/// The `file:` URI of the page of a rule, or empty.
[[nodiscard]] std::string rule_page_uri(const std::string& folder, std::string_view rule);

}  // namespace ruff::lsp
