// workspace/willRenameFiles: before files move, the imports that name them, and those inside them, are brought to where
// they will lie.

#include <algorithm>

#include "core/sema/module_graph.h"
#include "core/sema/resolver.h"
#include "lsp/features/edits.h"
#include "lsp/features/request.h"
#include "lsp/protocol/uri.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

struct Move {
    std::string from, to;  // files or folders
};

class Mover {
public:
    Mover(const Request& request, std::vector<Move> moves) : snapshot_(request.snapshot), request_(request), moves_(std::move(moves)) {}

    Json run() {
        WorkspaceEdit edit(snapshot_);
        snapshot_.each_file([&](const std::shared_ptr<const FileText>& file) {
            if (!file->import_names().empty()) add_edits(*file, edit);
            return !request_.stop.is_stopped();
        });
        return edit.is_empty() ? Json() : edit.take();
    }

private:
    [[nodiscard]] std::string moved(const std::string& path) const {
        for (const Move& move : moves_) {
            if (path == move.from) return move.to;
            if (path.starts_with(move.from + "/")) return move.to + path.substr(move.from.size());
        }
        return path;
    }

    void add_edits(const FileText& file, WorkspaceEdit& edit) const {
        const ParseResult tree = file.tree();
        const std::string importer = moved(file.path);
        for (const Node* import : sema::collect_imports(*tree)) {
            const std::string name = sema::module_name(*import);
            const std::string before = snapshot_.find_module(file, name);
            if (before.empty()) continue;
            const std::string after = moved(before);
            if (after == before && importer == file.path) continue;
            const std::string renamed = name_for(importer, after, file.settings->root, name);
            if (renamed.empty() || renamed == name) continue;
            const Path& path = import->is<Import>() ? *import->to<Import>().path : *import->to<FromImport>().path;
            edit.add(file, {tree->span(path), renamed + alias_for(*import, name, renamed)});
        }
    }

    /// `import a.b` goes on binding `b`.
    static std::string alias_for(const Node& import, const std::string& before, const std::string& after) {
        const auto* plain = import.as<Import>();
        if (plain == nullptr || plain->alias) return {};
        const std::string last = before.substr(before.rfind('.') + 1);
        return last == after.substr(after.rfind('.') + 1) ? std::string() : " as " + last;
    }

    /// The name of the module at `path` for a file at `importer`; the one it has where that still leads there.
    static std::string name_for(const std::string& importer, const std::string& path, const std::string& root, const std::string& now) {
        const std::vector<std::string> present = sema::module_paths(importer, now, root);
        if (std::find(present.begin(), present.end(), path) != present.end()) return now;
        std::string folder = importer.substr(0, importer.rfind('/') + 1);
        for (;; folder = folder.substr(0, folder.rfind('/', folder.size() - 2) + 1)) {
            if (path.starts_with(folder) && path.ends_with(".ruff")) {
                std::string name = path.substr(folder.size(), path.size() - folder.size() - 5);
                std::replace(name.begin(), name.end(), '/', '.');
                return name;
            }
            if (folder.size() <= root.size() + 1) return {};
        }
    }

    const Snapshot& snapshot_;
    const Request& request_;
    const std::vector<Move> moves_;
};

}  // namespace

Answer will_rename_files(const Request& request) {
    std::vector<Move> moves;
    for (const Json& file : request.params["files"].items()) {
        Move move{path_of_uri(file["oldUri"].text()), path_of_uri(file["newUri"].text())};
        if (!move.from.empty() && !move.to.empty()) moves.push_back(std::move(move));
    }
    return Mover(request, std::move(moves)).run();
}

}  // namespace ruff::lsp
