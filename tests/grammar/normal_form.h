#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/syntax/syntax_tree.h"
#include "tests/grammar/parsed_text.h"

/// The form in which a tree of core/syntax and one of the tree-sitter grammar can be compared: nodes in preorder, with
/// what they are, what is written besides children (operators, `async`, ...) and where they stand. Names are leaves.
/// Where the two trees are made differently, both are brought to the simpler shape:
///
///   core/syntax                                         tree-sitter                        normal form
///   ExprStmt, IfBranch, LiteralPattern, plain DictKey                                      their children
///                                                       params, arguments, bodies, ...     their children
///   a chain of `else if` is one If                      the `if` behind `else` is a child  one `if`
///   Try with its parts                                  `except` and `finally` are nodes   one `try`
///   NamePattern, WildcardPattern, NameExpr, shorthands  identifier                         `name`
///   Path                                                path, or members                   `path`
///   text, escapes and interpolations are parts          string_content, escape_sequence    interpolations only
///
/// Both conversions take trees without errors.

namespace ruff::tests {

struct NormalNode {
    std::uint32_t depth = 0;
    std::uint32_t begin = 0;  // bytes
    std::uint32_t end = 0;
    /// `kind`, `role:kind` of a child that may be missing, `kind +attribute ...`
    std::string label;

    bool operator==(const NormalNode&) const = default;
};

using NormalForm = std::vector<NormalNode>;

[[nodiscard]] NormalForm normal_form(const syntax::SyntaxTree& tree);
[[nodiscard]] NormalForm normal_form(const ParsedText& parsed);

/// One node a line, indented, with the text it covers (cut short).
[[nodiscard]] std::string normal_text(const NormalForm& form, std::string_view source);

/// Whether a child in this field can be missing, so that its name is needed to tell what is there.
[[nodiscard]] bool is_optional_role(std::string_view field);

}  // namespace ruff::tests
