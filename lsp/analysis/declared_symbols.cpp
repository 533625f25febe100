#include "lsp/analysis/declared_symbols.h"

#include <unordered_set>

#include "core/syntax/walk.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

/// The names a pattern binds, where they stand.
void add_pattern_names(const SyntaxTree& tree, const Node& pattern, int kind, const Node& whole, std::vector<DeclaredSymbol>& symbols) {
    walk(pattern, [&](const Node& node) {
        const Name* name = nullptr;
        if (const auto* plain = node.as<NamePattern>()) name = &plain->name;
        if (const auto* rest = node.as<RestPattern>()) name = &rest->name;
        if (name != nullptr && *name && name->text() != "_") symbols.push_back({tree.text(tree.span(*name)), {}, kind, &whole, tree.span(*name)});
        return !node.is<BinaryExpr>();
    });
}

std::string parameters_text(const SyntaxTree& tree, List<Node> params) {
    std::string text = "(";
    for (const Node* param : params) text += (text.size() > 1 ? ", " : "") + std::string(tree.text(*param));
    return text + ")";
}

}  // namespace

std::vector<DeclaredSymbol> symbols_of(const SyntaxTree& tree, const Node& statement, bool is_member,
                               const std::function<bool(const NameExpr& target)>& declares) {
    const Node* declared = &statement;
    if (const auto* exported = statement.as<Export>()) declared = exported->declaration;
    std::vector<DeclaredSymbol> symbols;
    const auto add = [&](const Name& name, int kind, std::string detail = {}) {
        if (name) symbols.push_back({tree.text(tree.span(name)), std::move(detail), kind, &statement, tree.span(name)});
    };
    switch (declared->kind) {
        case NodeKind::FuncDecl: {
            const auto& function = declared->to<FuncDecl>();
            add(function.name, is_member ? kMethod : kFunction, parameters_text(tree, function.params));
            break;
        }
        case NodeKind::StructDecl: add(declared->to<StructDecl>().name, kStruct); break;
        case NodeKind::EnumDecl: add(declared->to<EnumDecl>().name, kEnum); break;
        case NodeKind::StructField: add(declared->to<StructField>().name, kField); break;
        case NodeKind::EnumVariant: add(declared->to<EnumVariant>().name, kEnumMember); break;
        case NodeKind::Test: {
            const auto& test = declared->to<Test>();
            if (test.name == nullptr) break;
            const std::string_view written = tree.text(*test.name);
            symbols.push_back({written.empty() ? "test" : written, "test", kEvent, &statement, tree.span(*test.name)});
            break;
        }
        case NodeKind::Binding: {
            const auto& binding = declared->to<Binding>();
            const int kind = binding.keyword == BindingKeyword::Const ? kConstant : kVariable;
            add_pattern_names(tree, *binding.pattern, kind, statement, symbols);
            break;
        }
        case NodeKind::Assign: {
            const Node& target = *declared->to<Assign>().target;
            const auto* name = target.as<NameExpr>();
            if (name != nullptr && declares(*name)) add(name->name, kVariable);
            if (target.is<ArrayPattern>() || target.is<DictPattern>()) add_pattern_names(tree, target, kVariable, statement, symbols);
            break;
        }
        default: break;
    }
    return symbols;
}

std::vector<GlobalSymbol> global_symbols_of(const SyntaxTree& tree) {
    std::vector<GlobalSymbol> globals;
    std::unordered_set<std::string_view> assigned;
    const auto add = [&](const Node& statement, std::string_view container) {
        for (const DeclaredSymbol& symbol : symbols_of(tree, statement, !container.empty(), [&](const NameExpr& target) {
                 return !assigned.contains(target.name.text());
             })) {
            assigned.insert(symbol.name);
            globals.push_back({symbol.name, container, symbol.kind, symbol.name_span});
        }
    };
    for (const Node* statement : tree.root->statements) {
        add(*statement, "");
        const Node* declared = statement->is<Export>() ? statement->to<Export>().declaration : statement;
        std::string_view container;
        if (const auto* type = declared->as<StructDecl>()) container = tree.text(tree.span(type->name));
        if (const auto* type = declared->as<EnumDecl>()) container = tree.text(tree.span(type->name));
        if (!container.empty()) for_each_child(*declared, [&](const Node& member) { add(member, container); });
    }
    return globals;
}

}  // namespace ruff::lsp
