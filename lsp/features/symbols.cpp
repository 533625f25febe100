// The outline of a document and the search for declarations in the workspace.

#include <algorithm>

#include "core/syntax/walk.h"
#include "lsp/analysis/declared_symbols.h"
#include "lsp/features/matching.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

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
        const Node* parent = file_.parent(node);
        const bool is_member = parent != nullptr && parent->is<StructDecl>();
        const std::vector<DeclaredSymbol> symbols = symbols_of(*file_.tree, node, is_member, [this](const NameExpr& target) {
            const sema::BindingId id = file_.model->binding_of(target);
            return id != sema::kNone && file_.model->bindings[id].declaration == &target;
        });
        if (symbols.empty()) {
            // Blocks of `if`, loops and the like, and values, may declare too; names inside functions belong to them.
            if (may_declare(node)) for_each_child(node, [&](const Node& child) { add(child, list); });
            return;
        }
        for (const DeclaredSymbol& symbol : symbols) {
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

Answer workspace_symbol(const Request& request) {
    constexpr std::size_t kMostSymbols = 2'000;
    const std::string_view query = request.params["query"].text();
    struct Found {
        int score;
        std::shared_ptr<const FileText> file;
        const GlobalSymbol* symbol;
    };
    std::vector<Found> found;
    request.snapshot.each_file([&](const std::shared_ptr<const FileText>& file) {
        for (const GlobalSymbol& symbol : file->globals()) {
            if (const int score = match_score(query, symbol.name); score != 0) found.push_back({score, file, &symbol});
        }
        return !request.stop.is_stopped();
    });
    std::stable_sort(found.begin(), found.end(), [](const Found& left, const Found& right) { return left.score > right.score; });
    if (found.size() > kMostSymbols) found.resize(kMostSymbols);
    Json list{Json::Array{}};
    for (const auto& [score, file, symbol] : found) {
        Json json = make_object("name", symbol->name, "kind", symbol->kind, "location", request.snapshot.location(*file, symbol->span));
        if (!symbol->container.empty()) json.set("containerName", symbol->container);
        list.push(std::move(json));
    }
    return list;
}

}  // namespace ruff::lsp
