#pragma once

#include <string>

#include "core/syntax/syntax_tree.h"

namespace ruff::syntax {

/// One token a line: `line:column Kind text flags`, comments where they stand, texts quoted and escaped:
///
///     1:1 KwLet "let"
///     1:5 Name "x"
///     # 2:1 Hash "# a comment"
///     3:1 Name "y" newline
///
/// Lines and columns count from 1, columns in code points.
[[nodiscard]] std::string dump_tokens(const SyntaxTree& tree);

/// The tree as nested lists. This form is what other parsers of the language are compared with, so it says everything
/// that matters and nothing that depends on layout:
///
///     (file body: [
///       (binding keyword: let pattern: (name_pattern name: "x") value: (int value: 1))])
///
/// A node is `(name field: value ...)` with the name from nodes.def and the fields of its struct in ast.h in order.
/// Fields that are absent (null, a missing optional name, false, an empty list) are left out. Values:
///     names and texts   a string in double quotes, escaped as in the language, non-ASCII characters as they are
///     lists             `[` items `]`, separated by blanks
///     flags             the word `true`
///     operators, kinds  their text as in the tables: `+`, `not in`, `let`; `&&` and `||` also for `and` and `or`
///     numbers           as decimal; floats in the shortest form that reads back
/// A string literal lists its parts: texts decoded, interpolations as nodes. A missing node is `(missing)`.
/// A node with only scalar fields is on one line; children that are nodes of statement lists begin a line of their own.
[[nodiscard]] std::string dump_ast(const SyntaxTree& tree);
[[nodiscard]] std::string dump_node(const SyntaxTree& tree, const Node& node);

}  // namespace ruff::syntax
