#pragma once

#include <memory>

#include "core/syntax/syntax_tree.h"

namespace ruff::syntax {

/// Brackets, expressions, patterns and types nest this deep.
inline constexpr int kMaxNesting = 256;
/// Blocks nest this deep.
inline constexpr int kMaxBlockNesting = 128;

/// The tree and its diagnostics (`SyntaxTree::has_grammar_errors`, `has_errors`); never null.
using ParseResult = std::shared_ptr<const SyntaxTree>;

/// Parses any bytes: what is wrong is in the diagnostics, and the tree covers the whole text all the same. Takes
/// time linear in the text, whatever it is. Thread-safe.
[[nodiscard]] ParseResult parse_file(std::shared_ptr<const SourceFile> source);

/// The same for a caller who is the only owner and lets go of parts of the tree before others.
[[nodiscard]] std::shared_ptr<SyntaxTree> parse_owned(std::shared_ptr<const SourceFile> source);

}  // namespace ruff::syntax
