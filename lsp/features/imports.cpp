#include "lsp/features/imports.h"

#include <algorithm>

#include "core/sema/module_graph.h"
#include "core/sema/resolver.h"
#include "core/support/utf8.h"

namespace ruff::lsp {

using namespace ruff::syntax;

std::string module_name_for(const Snapshot& snapshot, const FileText& importer, std::string_view path) {
    if (path == importer.path || !path.ends_with(".ruff")) return {};
    const std::string& root = importer.settings->root;
    // Seen from the folders that are searched: the first that leads back to this file names it.
    std::string folder = importer.path.substr(0, importer.path.rfind('/') + 1);
    std::vector<std::string> folders;
    while (folder.size() > root.size()) {
        folders.push_back(folder);
        folder = folder.substr(0, folder.rfind('/', folder.size() - 2) + 1);
    }
    folders.push_back(root + "/modules/");
    for (const std::string& each : folders) {
        if (!path.starts_with(each)) continue;
        std::string name(path.substr(each.size(), path.size() - each.size() - 5));
        std::replace(name.begin(), name.end(), '/', '.');
        if (snapshot.find_module(importer, name) == path) return name;
    }
    return {};
}

std::vector<std::string> importable_modules(const Snapshot& snapshot, const FileText& importer) {
    std::vector<std::string> names;
    snapshot.each_file([&](const std::shared_ptr<const FileText>& file) {
        std::string name = module_name_for(snapshot, importer, file->path);
        if (!name.empty()) names.push_back(std::move(name));
        return true;
    });
    std::sort(names.begin(), names.end());
    return names;
}

namespace {

EntityKind entity_kind(NodeKind declaration) {
    if (declaration == NodeKind::FuncDecl) return EntityKind::Function;
    if (declaration == NodeKind::StructDecl) return EntityKind::Struct;
    return declaration == NodeKind::EnumDecl ? EntityKind::Enum : EntityKind::Variable;
}

}  // namespace

std::vector<ImportableName> importable_names(const Snapshot& snapshot, const Analysis& file, const StopSignal& stop) {
    std::vector<ImportableName> names;
    const sema::SemanticModel& model = *file.model;
    snapshot.each_file([&](const std::shared_ptr<const FileText>& text) {
        if (stop.is_stopped()) return false;
        if (text->path == file.path() || text->text().find("export") == std::string_view::npos) return true;
        const std::string module = module_name_for(snapshot, *file.text, text->path);
        if (module.empty()) return true;
        for (const FileText::ExportedName& each : text->exported_names()) {
            if (model.lookup(each.name, 0) == sema::kNone) names.push_back({each.name, entity_kind(each.kind), module, text->path, each.token});
        }
        return true;
    });
    return names;
}

std::vector<TextEdit> import_edits(const Analysis& file, std::string_view module, std::string_view name) {
    const SyntaxTree& tree = *file.tree;
    const Node* last = nullptr;
    for (const Node* import : sema::collect_imports(tree)) {
        last = import;
        const auto* from = import->as<FromImport>();
        if (from == nullptr || from->imports_all || from->items.empty() || sema::module_name(*import) != module) continue;
        const std::uint32_t end = tree.span(*from->items.back()).end;
        return {{{end, end}, ", " + std::string(name)}};
    }
    const std::string line = "from " + std::string(module) + " import " + std::string(name) + "\n";
    const LineIndex& lines = file.source().lines();
    std::uint32_t at = 0;
    if (last != nullptr) {
        const std::uint32_t next = lines.line_of(tree.span(*last).end) + 1;
        if (next >= lines.line_count()) return {{{static_cast<std::uint32_t>(tree.text().size()), static_cast<std::uint32_t>(tree.text().size())}, "\n" + line}};
        at = lines.line_start(next);
        return {{{at, at}, line}};
    }
    // Above the first statement, below the comments that the file begins with.
    const bool has_shebang = !tree.comments.empty() && tree.comments[0].kind == CommentKind::Shebang;
    if (has_shebang && lines.line_count() > 1) at = lines.line_start(1);
    const bool is_alone = tree.tokens.size() == 1;
    return {{{at, at}, line + (is_alone ? "" : "\n")}};
}

}  // namespace ruff::lsp
