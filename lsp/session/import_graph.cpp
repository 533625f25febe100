#include "lsp/session/import_graph.h"

#include <algorithm>

namespace ruff::lsp {

namespace {

/// Whether both are of one object, also when it has gone.
template <class T>
bool is_same_object(const std::weak_ptr<T>& left, const std::shared_ptr<T>& right) {
    return !left.owner_before(right) && !right.owner_before(left);
}

std::vector<std::string> imports_of(const Snapshot& snapshot, const FileText& file) {
    std::vector<std::string> paths;
    for (const std::string& name : file.import_names()) {
        std::string path = snapshot.find_module(file, name);
        if (!path.empty()) paths.push_back(std::move(path));
    }
    return paths;
}

}  // namespace

std::set<std::string> ImportGraph::with_dependents(const Snapshot& snapshot, const std::set<std::string>& paths) {
    std::set<std::string> found = paths;
    add_importers(found);  // of files that have gone
    update(snapshot);
    add_importers(found);
    return found;
}

void ImportGraph::add_importers(std::set<std::string>& found) const {
    std::vector<std::string> waiting(found.begin(), found.end());
    while (!waiting.empty()) {
        const auto importers = importers_.find(waiting.back());
        waiting.pop_back();
        if (importers == importers_.end()) continue;
        for (const std::string& path : importers->second) {
            if (found.insert(path).second) waiting.push_back(path);
        }
    }
}

void ImportGraph::update(const Snapshot& snapshot) {
    bool has_changed = has_other_files(snapshot);
    if (has_changed) files_.clear();
    snapshot.each_file([&](const std::shared_ptr<const FileText>& text) {
        File& file = files_[text->path];
        if (is_same_object(file.text, text)) return true;
        file.text = text;
        std::vector<std::string> imports = imports_of(snapshot, *text);
        has_changed = has_changed || imports != file.imports;
        file.imports = std::move(imports);
        return true;
    });
    if (!has_changed) return;
    importers_.clear();
    for (const auto& [path, file] : files_) {
        for (const std::string& imported : file.imports) importers_[imported].push_back(path);
    }
}

/// Notes which files there are.
bool ImportGraph::has_other_files(const Snapshot& snapshot) {
    std::set<std::string> open;
    for (const auto& [path, text] : snapshot.open_files()) open.insert(path);
    const bool is_same = is_same_object(disk_, snapshot.disk()) && open == open_;
    disk_ = snapshot.disk();
    open_ = std::move(open);
    return !is_same;
}

}  // namespace ruff::lsp
