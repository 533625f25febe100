#pragma once

#include <string>

#include "core/support/source_file.h"
#include "core/syntax/syntax_tree.h"
#include "formatter/document.h"

/// What holds for every text the formatter is given. Each function says what is wrong, or nothing.
namespace ruff::tests {

/// Formatting ends as it says it does; tokens and comments, and what stands beside them, stay; formatting twice changes
/// nothing; the edits for an editor give the text. A text with mistakes keeps having them.
[[nodiscard]] std::string flaws_of(const std::string& text, const formatter::LayoutOptions& options);

/// The compiled code is the same but for positions. `path` is where imports are looked for.
[[nodiscard]] std::string flaws_of_bytecode(const std::string& path, const std::string& text);

/// More or fewer blanks in the source, but for line breaks, give the same text. The source has no mistakes.
[[nodiscard]] std::string flaws_with_other_blanks(const std::string& text);

/// A comment put at any boundary between two tokens survives on its side of them, and all else holds as well. Where it
/// would make the program another one, or wrong, there is nothing to ask.
[[nodiscard]] std::string flaws_with_comments(const std::string& text);

}  // namespace ruff::tests
