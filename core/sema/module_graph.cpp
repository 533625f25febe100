#include "core/sema/module_graph.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>

#include "core/sema/resolver.h"
#include "core/syntax/parser.h"

namespace ruff::sema {

using namespace ruff::syntax;

namespace {

bool file_exists(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0;
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string joined(const std::string& folder, const std::string& name) {
    if (folder == ".") return name;
    return folder.ends_with('/') ? folder + name : folder + "/" + name;
}

bool is_inside(const std::string& path, const std::string& folder) {
    if (folder == "/") return true;
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::string stem_of(const std::string& path) {
    std::string name = path.substr(path.rfind('/') + 1);
    if (name.ends_with(".ruff")) name.resize(name.size() - 5);
    return name;
}

std::string dotted(const Path& path) {
    std::string text;
    for (const Name& name : path.names) {
        if (!text.empty()) text += '.';
        text += name.text();
    }
    return text;
}

const Path& path_of(const Node& import) {
    return import.is<Import>() ? *import.to<Import>().path : *import.to<FromImport>().path;
}

/// Beside the importing file, the folders above it up to the root, the root's `modules`. Written as the path of the
/// importing file is, so that messages show what the user knows.
std::vector<std::string> search_folders(const std::string& importer, const std::string& root) {
    std::vector<std::string> folders;
    std::string shown = folder_of(importer);
    std::string real = is_inside(importer, root) ? shown : real_path(shown);
    while (real == root || is_inside(real, root)) {
        folders.push_back(shown);
        const std::string above = folder_of(real);
        if (real == root || above == real) break;
        real = above;
        shown = shown.find('/') == std::string::npos || shown.ends_with("..") ? real : folder_of(shown);
    }
    if (folders.empty()) folders.push_back(shown);
    folders.push_back(joined(real == root ? folders.back() : root, "modules"));
    return folders;
}

}  // namespace

std::string real_path(const std::string& path) {
    char buffer[PATH_MAX];
    return ::realpath(path.c_str(), buffer) != nullptr ? std::string(buffer) : path;
}

std::string outside_package_failure(std::string_view name, const std::string& real, const std::string& root) {
    if (is_inside(real, root)) return {};
    return "Module " + std::string(name) + " lies outside the package root " + root;
}

std::string module_name(const Node& import) { return dotted(path_of(import)); }

std::string package_root(const std::string& folder) {
    for (std::string at = folder;; at = folder_of(at)) {
        if (file_exists(joined(at, "rufflang.toml"))) return at;
        if (at == "/" || at == ".") return folder;
    }
}

std::vector<std::string> module_paths(const std::string& importer, std::string_view name, const std::string& root) {
    std::string relative(name);
    std::replace(relative.begin(), relative.end(), '.', '/');
    std::vector<std::string> paths;
    for (const std::string& folder : search_folders(importer, root)) paths.push_back(joined(folder, relative + ".ruff"));
    return paths;
}

std::string missing_module_hint(const std::vector<std::string>& looked) {
    std::string hint = "looked for ";
    for (std::size_t i = 0; i < looked.size(); ++i) hint += (i == 0 ? "" : ", ") + looked[i];
    return hint;
}

std::string first_error(const syntax::SyntaxTree& tree, const SemanticModel& model) {
    const Diagnostic* first = nullptr;
    const auto look = [&](const std::vector<Diagnostic>& diagnostics) {
        for (const Diagnostic& each : diagnostics) {
            if (each.severity != Severity::Error) continue;
            if (first == nullptr || each.span.begin < first->span.begin) first = &each;
        }
    };
    look(tree.diagnostics);
    look(model.diagnostics);
    if (first == nullptr) return {};
    const LineColumn at = tree.source->lines().position(first->span.begin, PositionEncoding::Utf32);
    return first->message + " (" + tree.source->path() + ":" + std::to_string(at.line + 1) + ":" +
           std::to_string(at.column + 1) + ")";
}

std::string describe_circle(const std::vector<std::string>& names, std::size_t first) {
    std::string text = "Circular import detected: ";
    for (std::size_t i = 0; i < names.size(); ++i) text += names[(first + i) % names.size()] + " -> ";
    return text + names[first];
}

namespace {

class Loader {
public:
    explicit Loader(const ModuleOptions& options) : options_(options) {}

    ModuleGraph run(std::shared_ptr<const SourceFile> file) {
        const std::string path = file->path();
        root_ = options_.root.empty() ? package_root(real_path(folder_of(path))) : real_path(options_.root);
        add(stem_of(path), real_path(path), std::move(file));
        return std::move(graph_);
    }

private:
    [[nodiscard]] Result<std::shared_ptr<const SourceFile>> load(const std::string& path) const {
        return options_.load ? options_.load(path) : load_source(path);
    }

    std::uint32_t add(std::string name, std::string real, std::shared_ptr<const SourceFile> source) {
        const auto index = static_cast<std::uint32_t>(graph_.modules.size());
        graph_.modules.push_back(std::make_unique<ModuleUnit>());
        ModuleUnit& unit = *graph_.modules[index];
        unit.name = std::move(name);
        unit.path = source->path();
        unit.tree = parse_file(std::move(source));
        real_paths_.push_back(std::move(real));
        loading_.push_back(index);
        ResolveOptions options;
        for (const Node* import : collect_imports(*unit.tree)) {
            circles_.emplace_back();
            options.imports.push_back(resolve_import(*import, index));
            options.imports.back().circle = std::move(circles_.back());
            circles_.pop_back();
        }
        unit.model = resolve(unit.tree, std::move(options));
        loading_.pop_back();
        unit.failure = first_error(*unit.tree, *unit.model);
        return index;
    }

    ModuleImport resolve_import(const Node& node, std::uint32_t importer) {
        ModuleImport import;
        import.node = &node;
        import.name = module_name(node);
        const std::vector<std::string> looked = module_paths(graph_.modules[importer]->path, import.name, root_);
        for (const std::string& path : looked) {
            const std::string real = real_path(path);
            const std::uint32_t known = find(real);
            if (known != kNone) {
                bind(import, known);
                return import;
            }
            auto source = load(path);
            if (!source && source.error().code == ErrorCode::NotFound) continue;
            import.failure = outside_package_failure(import.name, real, root_);
            if (!import.failure.empty()) return import;
            if (!source) {
                import.failure = "Module " + import.name + " cannot be read: " + source.error().message;
                return import;
            }
            bind(import, add(import.name, real, std::move(source).value()));
            return import;
        }
        import.failure = "Module not found: " + import.name;
        import.failure_hint = missing_module_hint(looked);
        return import;
    }

    void bind(ModuleImport& import, std::uint32_t module) {
        const auto cycle = std::find(loading_.begin(), loading_.end(), module);
        if (cycle != loading_.end()) {
            std::vector<std::string> names;
            for (auto at = cycle; at != loading_.end(); ++at) names.push_back(graph_.modules[*at]->name);
            import.failure = describe_circle(names, 0);
            const std::size_t begin = static_cast<std::size_t>(cycle - loading_.begin());
            for (std::size_t i = 0; i + 1 < names.size(); ++i) circles_[begin + i] = describe_circle(names, i);
            return;
        }
        const ModuleUnit& unit = *graph_.modules[module];
        if (!unit.failure.empty()) {
            import.failure = "Module " + import.name + " has an error: " + unit.failure;
            return;
        }
        import.module = unit.model.get();
        import.module_index = module;
    }

    [[nodiscard]] std::uint32_t find(const std::string& real) const {
        const auto at = std::find(real_paths_.begin(), real_paths_.end(), real);
        return at == real_paths_.end() ? kNone : static_cast<std::uint32_t>(at - real_paths_.begin());
    }

    const ModuleOptions& options_;
    ModuleGraph graph_;
    std::string root_;
    std::vector<std::string> real_paths_;   // by module
    std::vector<std::uint32_t> loading_;    // the chain of imports that is being followed
    std::vector<std::string> circles_;      // of the import that is being followed in each of them: ModuleImport::circle
};

}  // namespace

ModuleGraph load_modules(std::shared_ptr<const SourceFile> file, const ModuleOptions& options) {
    return Loader(options).run(std::move(file));
}

}  // namespace ruff::sema
