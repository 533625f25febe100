#include "lsp/analysis/file_text.h"

#include "core/sema/module_graph.h"
#include "core/sema/resolver.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

void add_export(const Node& declaration, std::vector<FileText::ExportedName>& exports) {
    const Name* name = nullptr;
    if (const auto* function = declaration.as<FuncDecl>()) name = &function->name;
    if (const auto* type = declaration.as<StructDecl>()) name = &type->name;
    if (const auto* type = declaration.as<EnumDecl>()) name = &type->name;
    if (const auto* binding = declaration.as<Binding>()) {
        if (const auto* pattern = binding->pattern->as<NamePattern>()) name = &pattern->name;
    }
    if (name != nullptr && *name) exports.push_back({std::string(name->text()), declaration.kind, name->token});
}

}  // namespace

const FileText::Outline& FileText::outline() const {
    std::call_once(outline_once_, [this] {
        const bool may_import = text().find("import") != std::string_view::npos;
        const bool may_export = text().find("export") != std::string_view::npos;
        if (!may_import && !may_export) return;
        const ParseResult parsed = tree();
        for (const Node* import : sema::collect_imports(*parsed)) outline_.imports.push_back(sema::module_name(*import));
        for (const Stmt* statement : parsed->root->statements) {
            if (const auto* exported = statement->as<Export>()) add_export(*exported->declaration, outline_.exports);
        }
    });
    return outline_;
}

const std::vector<GlobalSymbol>& FileText::globals() const {
    std::call_once(globals_once_, [this] { globals_ = global_symbols_of(*tree()); });
    return globals_;
}

}  // namespace ruff::lsp
