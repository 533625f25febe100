#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/syntax/syntax_tree.h"

namespace ruff::lsp {

/// As the protocol numbers them.
enum SymbolKind {
    kModule = 2, kMethod = 6, kField = 8, kEnum = 10, kFunction = 12, kVariable = 13, kConstant = 14, kEnumMember = 22, kStruct = 23, kEvent = 24
};

/// A declaration that is listed.
struct DeclaredSymbol {
    std::string_view name;   ///< in the source
    std::string detail;
    int kind = kVariable;
    const syntax::Node* whole = nullptr;
    Span name_span;
};

/// What one statement, field or method declares. Whether an assignment to a name declares it, `declares` has to know.
[[nodiscard]] std::vector<DeclaredSymbol> symbols_of(const syntax::SyntaxTree& tree, const syntax::Node& statement, bool is_member,
                                             const std::function<bool(const syntax::NameExpr& target)>& declares);

/// What a search of the workspace finds: a declaration at file level, or a member of a struct or enum there.
struct GlobalSymbol {
    std::string_view name, container;  ///< in the source
    int kind = kVariable;
    Span span;
};
/// In order of position. A name that is assigned several times is listed at the first.
[[nodiscard]] std::vector<GlobalSymbol> global_symbols_of(const syntax::SyntaxTree& tree);

}  // namespace ruff::lsp
