// The outline of a document and the search for declarations in the workspace.

#include <algorithm>
#include <optional>

#include "core/syntax/walk.h"
#include "lsp/features/matching.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

enum SymbolKind { kModule = 2, kMethod = 6, kField = 8, kEnum = 10, kFunction = 12, kVariable = 13, kConstant = 14, kEnumMember = 22, kStruct = 23, kEvent = 24 };

/// A declaration that is listed.
struct Symbol {
    std::string name;
    std::string detail;
    int kind = kVariable;
    const Node* whole = nullptr;
    Span name_span;
};

/// The names a pattern binds, where they stand.
void add_pattern_names(const SyntaxTree& tree, const Node& pattern, int kind, const Node& whole, std::vector<Symbol>& symbols) {
    walk(pattern, [&](const Node& node) {
        const Name* name = nullptr;
        if (const auto* plain = node.as<NamePattern>()) name = &plain->name;
        if (const auto* rest = node.as<RestPattern>()) name = &rest->name;
        if (name != nullptr && *name && name->text() != "_") symbols.push_back({std::string(name->text()), {}, kind, &whole, tree.span(*name)});
        return !node.is<BinaryExpr>();
    });
}

std::string parameters_text(const SyntaxTree& tree, List<Node> params) {
    std::string text = "(";
    for (const Node* param : params) text += (text.size() > 1 ? ", " : "") + std::string(tree.text(*param));
    return text + ")";
}

/// What one statement declares.
std::vector<Symbol> symbols_of(const Analysis& file, const Node& statement) {
    const SyntaxTree& tree = *file.tree;
    const Node* declared = &statement;
    if (const auto* exported = statement.as<Export>()) declared = exported->declaration;
    std::vector<Symbol> symbols;
    const auto add = [&](const Name& name, int kind, std::string detail = {}) {
        if (name) symbols.push_back({std::string(name.text()), std::move(detail), kind, &statement, tree.span(name)});
    };
    switch (declared->kind) {
        case NodeKind::FuncDecl: {
            const auto& function = declared->to<FuncDecl>();
            const Node* parent = file.parent(statement);
            add(function.name, parent != nullptr && parent->is<StructDecl>() ? kMethod : kFunction, parameters_text(tree, function.params));
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
            symbols.push_back({written.empty() ? "test" : std::string(written), "test", kEvent, &statement, tree.span(*test.name)});
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
            const sema::BindingId id = file.model->binding_of(target);
            if (name != nullptr && id != sema::kNone && file.model->bindings[id].declaration == &target) add(name->name, kVariable);
            if (target.is<ArrayPattern>() || target.is<DictPattern>()) add_pattern_names(tree, target, kVariable, statement, symbols);
            break;
        }
        default: break;
    }
    return symbols;
}

class Outline {
public:
    explicit Outline(const Request& request) : request_(request), file_(*request.file) {}

    /// The symbols among the children, each with its own below it.
    Json below(const Node& node) {
        Json list{Json::Array{}};
        for_each_child(node, [&](const Node& child) { add(child, list); });
        return list;
    }

private:
    void add(const Node& node, Json& list) {
        const std::vector<Symbol> symbols = symbols_of(file_, node);
        if (symbols.empty()) {
            // Blocks of `if`, loops and the like, and values, may declare too; names inside functions belong to them.
            if (may_declare(node)) for_each_child(node, [&](const Node& child) { add(child, list); });
            return;
        }
        for (const Symbol& symbol : symbols) {
            Json json = make_object("name", symbol.name, "kind", symbol.kind, "range", request_.range_of(*symbol.whole),
                                    "selectionRange", request_.range(symbol.name_span));
            if (!symbol.detail.empty()) json.set("detail", symbol.detail);
            if (&symbol == &symbols.back()) {
                Json children = below(inside(node));
                if (!children.items().empty()) json.set("children", std::move(children));
            }
            list.push(std::move(json));
        }
    }

    static const Node& inside(const Node& node) {
        const auto* exported = node.as<Export>();
        return exported == nullptr ? node : *exported->declaration;
    }

    /// Expressions without statements in them are not worth a look.
    static bool may_declare(const Node& node) {
        switch (node.kind) {
            case NodeKind::Param:
            case NodeKind::NamePattern:
            case NodeKind::NameExpr:
            case NodeKind::IntLiteral:
            case NodeKind::NamedType:
            case NodeKind::Path: return false;
            default: return true;
        }
    }

    const Request& request_;
    const Analysis& file_;
};

void flatten(const Json& tree, const std::string& uri, std::string_view container, Json& list) {
    for (const Json& symbol : tree.items()) {
        Json flat = make_object("name", symbol["name"], "kind", symbol["kind"], "location",
                                make_object("uri", uri, "range", symbol["range"]));
        if (!container.empty()) flat.set("containerName", container);
        list.push(std::move(flat));
        flatten(symbol["children"], uri, symbol["name"].text(), list);
    }
}

}  // namespace

Answer document_symbol(const Request& request) {
    Json tree = Outline(request).below(*request.tree().root);
    if (request.client().has_symbol_tree) return tree;
    Json list{Json::Array{}};
    flatten(tree, request.file->text->uri, "", list);
    return list;
}

namespace {

/// What other files could name: declarations at file level, and the members of structs and enums.
void each_global(const Analysis& file, const std::function<void(const Symbol&, std::string_view container)>& function) {
    const auto visit_statement = [&](const Node& statement) {
        for (const Symbol& symbol : symbols_of(file, statement)) function(symbol, "");
        const Node* declared = statement.is<Export>() ? statement.to<Export>().declaration : &statement;
        std::string_view container;
        if (const auto* type = declared->as<StructDecl>()) container = type->name.text();
        if (const auto* type = declared->as<EnumDecl>()) container = type->name.text();
        if (container.empty()) return;
        for_each_child(*declared, [&](const Node& member) {
            for (const Symbol& symbol : symbols_of(file, member)) function(symbol, container);
        });
    };
    for (const Node* statement : file.tree->root->statements) visit_statement(*statement);
}

}  // namespace

Answer workspace_symbol(const Request& request) {
    constexpr std::size_t kMostSymbols = 2'000;
    const std::string_view query = request.params["query"].text();
    struct Found {
        int score;
        Json json;
    };
    std::vector<Found> found;
    request.snapshot.each_file([&](const std::shared_ptr<const FileText>& text) {
        if (request.stop.is_stopped()) return false;
        const std::shared_ptr<const Analysis> file = request.snapshot.analysis(text->path);
        if (file == nullptr) return true;
        each_global(*file, [&](const Symbol& symbol, std::string_view container) {
            const int score = match_score(query, symbol.name);
            if (score == 0) return;
            Json json = make_object("name", symbol.name, "kind", symbol.kind, "location", request.snapshot.location(*text, symbol.name_span));
            if (!container.empty()) json.set("containerName", container);
            found.push_back({score, std::move(json)});
        });
        return true;
    });
    std::stable_sort(found.begin(), found.end(), [](const Found& left, const Found& right) { return left.score > right.score; });
    if (found.size() > kMostSymbols) found.resize(kMostSymbols);
    Json list{Json::Array{}};
    for (Found& each : found) list.push(std::move(each.json));
    return list;
}

}  // namespace ruff::lsp
