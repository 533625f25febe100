#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/syntax/syntax_tree.h"
#include "formatter/document.h"

namespace ruff::formatter {

/// Statements of one block, at least one, and how deep they stand.
struct Stretch {
    syntax::List<syntax::Stmt> statements;
    std::uint32_t depth = 0;
};

/// The text of the file, of which only these statements are formatted, with the comments above the first and behind the
/// last of each stretch; stretches come in order, and one that begins in what is formatted already is left out. Nothing
/// if the printer lost its way.
[[nodiscard]] std::optional<std::string> with_formatted(const syntax::SyntaxTree& tree, const std::vector<Stretch>& stretches,
                                                        const LayoutOptions& options);

}  // namespace ruff::formatter
