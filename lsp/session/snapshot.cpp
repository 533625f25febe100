#include "lsp/session/snapshot.h"

#include <algorithm>

#include "core/sema/module_graph.h"
#include "core/sema/resolver.h"
#include "lsp/protocol/uri.h"

namespace ruff::lsp {

std::string path_or_uri(std::string_view uri) {
    std::string path = path_of_uri(uri);
    return path.empty() ? std::string(uri) : path;
}

Snapshot::Snapshot(State state, const Snapshot* before) : state_(std::move(state)) {
    if (before == nullptr) return;
    const std::lock_guard lock(before->mutex_);
    held_before_ = before->held_;
    candidates_ = before->candidates_;
    for (const auto& [path, analysis] : before->current_) candidates_[path] = analysis;
    std::erase_if(candidates_, [](const auto& entry) { return entry.second.expired(); });
}

void Snapshot::forget_before() {
    const std::lock_guard lock(mutex_);
    held_before_.clear();
}

// ---- Files ---------------------------------------------------------------------------------------------------

std::shared_ptr<const FileText> Snapshot::find(std::string_view path) const {
    if (const auto open = state_.open.find(path); open != state_.open.end()) return open->second;
    const auto on_disk = state_.disk->find(path);
    return on_disk == state_.disk->end() ? nullptr : on_disk->second;
}

std::shared_ptr<const FileText> Snapshot::find_uri(std::string_view uri) const { return find(path_or_uri(uri)); }

void Snapshot::each_file(const std::function<bool(const std::shared_ptr<const FileText>&)>& function) const {
    for (const auto& [path, file] : state_.open) {
        if (!function(file)) return;
    }
    for (const auto& [path, file] : *state_.disk) {
        if (!state_.open.contains(path) && !function(file)) return;
    }
}

bool Snapshot::is_in_workspace(std::string_view path) const {
    return std::any_of(state_.folders.begin(), state_.folders.end(), [&](const std::string& folder) {
        return folder == "/" || (path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/');
    });
}

std::string Snapshot::find_module(const FileText& importer, std::string_view name, std::vector<std::string>* looked) const {
    if (!importer.path.starts_with('/')) return {};  // a document without a file lies nowhere
    std::vector<std::string> paths = sema::module_paths(importer.path, name, importer.settings->root);
    for (std::string& path : paths) {
        if (find(path) != nullptr) return std::move(path);
    }
    if (looked != nullptr) *looked = std::move(paths);
    return {};
}

// ---- Analyses ------------------------------------------------------------------------------------------------

/// Analyses one file and what it imports.
class Analyzer {
public:
    explicit Analyzer(const Snapshot& snapshot) : snapshot_(snapshot) {}

    std::shared_ptr<const Analysis> analyze(const std::string& path) {
        const bool is_root = loading_.empty();
        if (auto found = snapshot_.known(path); found != nullptr && (is_root || !found->meets_circle)) return found;
        if (const auto found = local_.find(path); found != local_.end()) return found->second;
        const std::shared_ptr<const FileText> text = snapshot_.find(path);
        if (text == nullptr) return nullptr;

        const syntax::ParseResult tree = text->tree();
        const std::size_t depth = loading_.size();
        loading_.push_back({path, text, {}});
        std::vector<sema::ModuleImport> imports;
        std::vector<std::shared_ptr<const Analysis>> files;
        bool meets_circle = false;
        for (const syntax::Node* node : sema::collect_imports(*tree)) {
            files.push_back(nullptr);
            imports.push_back(find_import(*node, *text, files.back(), meets_circle));
            imports.back().circle = std::move(loading_[depth].circle);
            loading_[depth].circle.clear();
        }
        loading_.pop_back();
        std::shared_ptr<const Analysis> made = reuse(path, *text, imports, files);
        if (made == nullptr) {
            sema::ResolveOptions options;
            options.imports = std::move(imports);
            made = std::make_shared<const Analysis>(text, tree, std::move(files), sema::resolve(tree, std::move(options)), meets_circle);
        }
        if (is_root || !meets_circle) return snapshot_.keep(path, std::move(made));
        return local_[path] = made;
    }

private:
    struct Loading {
        std::string path;
        std::shared_ptr<const FileText> text;
        std::string circle;  // of the import that is being followed: ModuleImport::circle
    };

    sema::ModuleImport find_import(const syntax::Node& node, const FileText& importer, std::shared_ptr<const Analysis>& file,
                                   bool& meets_circle) {
        sema::ModuleImport import;
        import.node = &node;
        import.name = sema::module_name(node);
        std::vector<std::string> looked;
        const std::string path = snapshot_.find_module(importer, import.name, &looked);
        if (path.empty()) {
            import.failure = "Module not found: " + import.name;
            import.failure_hint = looked.empty() ? "save the document first: modules are sought beside its file" : sema::missing_module_hint(looked);
            return import;
        }
        if (const auto found = snapshot_.find(path); path.starts_with('/')) {
            import.failure = sema::outside_package_failure(import.name, found->real_path, importer.settings->real_root);
            if (!import.failure.empty()) return import;
        }
        if (closes_circle(path, import)) {
            meets_circle = true;
            return import;
        }
        file = analyze(path);
        meets_circle = meets_circle || (file != nullptr && file->meets_circle);
        if (file == nullptr || !file->failure().empty()) {
            import.failure = "Module " + import.name + " has an error: " + (file == nullptr ? "" : file->failure());
            file = nullptr;
        } else {
            import.module = file->model.get();
        }
        return import;
    }

    bool closes_circle(const std::string& path, sema::ModuleImport& import) {
        const auto begin = std::find_if(loading_.begin(), loading_.end(), [&](const Loading& each) { return each.path == path; });
        if (begin == loading_.end()) return false;
        std::vector<std::string> names;
        for (auto at = begin; at != loading_.end(); ++at) names.push_back(stem_of(at->path));
        import.failure = sema::describe_circle(names, 0);
        for (std::size_t i = 0; i + 1 < names.size(); ++i) begin[static_cast<std::ptrdiff_t>(i)].circle = sema::describe_circle(names, i);
        return true;
    }

    static std::string stem_of(const std::string& path) {
        std::string name = path.substr(path.rfind('/') + 1);
        if (name.ends_with(".ruff")) name.resize(name.size() - 5);
        return name;
    }

    /// The analysis of an older snapshot, if neither the file nor its imports have changed.
    std::shared_ptr<const Analysis> reuse(const std::string& path, const FileText& text,
                                          const std::vector<sema::ModuleImport>& imports,
                                          const std::vector<std::shared_ptr<const Analysis>>& files) const {
        std::shared_ptr<const Analysis> before = snapshot_.candidate(path);
        if (before == nullptr || before->text.get() != &text || before->imports != files) return nullptr;
        for (std::size_t i = 0; i < imports.size(); ++i) {
            const sema::ModuleImport& known = before->model->imports[i];
            if (known.failure != imports[i].failure || known.circle != imports[i].circle) return nullptr;
        }
        return before;
    }

    const Snapshot& snapshot_;
    std::vector<Loading> loading_;  // the chain of imports that is being followed
    std::unordered_map<std::string, std::shared_ptr<const Analysis>> local_;
};

std::shared_ptr<const Analysis> Snapshot::known(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = current_.find(path);
    return found == current_.end() ? nullptr : found->second.lock();
}

std::shared_ptr<const Analysis> Snapshot::candidate(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = candidates_.find(path);
    return found == candidates_.end() ? nullptr : found->second.lock();
}

std::shared_ptr<const Analysis> Snapshot::keep(const std::string& path, std::shared_ptr<const Analysis> made) const {
    const std::lock_guard lock(mutex_);
    std::weak_ptr<const Analysis>& entry = current_[path];
    if (auto first = entry.lock()) return first;
    entry = made;
    if (state_.open.contains(path)) held_.push_back(made);
    return made;
}

std::shared_ptr<const Analysis> Snapshot::analysis(std::string_view path) const {
    return Analyzer(*this).analyze(std::string(path));
}

std::shared_ptr<const Analysis> Snapshot::analysis_of_uri(std::string_view uri) const { return analysis(path_or_uri(uri)); }

// ---- Positions -----------------------------------------------------------------------------------------------

Json Snapshot::position(const SourceFile& source, std::uint32_t offset) const {
    const LineColumn at = source.lines().position(offset, client().encoding);
    return make_object("line", at.line, "character", at.column);
}

Json Snapshot::range(const SourceFile& source, Span span) const {
    return make_object("start", position(source, span.begin), "end", position(source, span.end));
}

Json Snapshot::location(const FileText& file, Span span) const {
    return make_object("uri", file.uri, "range", range(*file.source, span));
}

std::uint32_t Snapshot::offset(const SourceFile& source, const Json& position) const {
    const auto number = [](const Json& json) {
        constexpr std::int64_t kMost = 0xFFFFFFF0;
        return static_cast<std::uint32_t>(std::clamp(json.integer().value_or(0), std::int64_t{0}, kMost));
    };
    return source.lines().offset({number(position["line"]), number(position["character"])}, client().encoding);
}

Span Snapshot::span(const SourceFile& source, const Json& range) const {
    const std::uint32_t begin = offset(source, range["start"]), end = offset(source, range["end"]);
    return {std::min(begin, end), std::max(begin, end)};
}

}  // namespace ruff::lsp
