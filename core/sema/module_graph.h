#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/sema/semantic_model.h"
#include "core/support/result.h"

namespace ruff::sema {

/// One file of a program, parsed and resolved.
struct ModuleUnit {
    std::string name;                              ///< as imported, "a.b"; of the first file its stem
    std::string path;
    std::shared_ptr<const syntax::SyntaxTree> tree;
    std::unique_ptr<SemanticModel> model;
    /// Why an import of it raises: its first error, with its place. Empty when all is well.
    std::string failure;
};

/// A file and every module it imports, directly or not. Module 0 is the file; the others come in the order in which
/// their first import runs.
struct ModuleGraph {
    std::vector<std::unique_ptr<ModuleUnit>> modules;

    [[nodiscard]] bool has_errors() const { return !modules[0]->failure.empty(); }
};

struct ModuleOptions {
    /// Reads a file; fails with NotFound where there is none. Editors put open documents before the disk.
    std::function<Result<std::shared_ptr<const SourceFile>>(const std::string& path)> load;
    /// Folder that module paths start from and may not leave; empty: the nearest one at or above the file that holds a
    /// `rufflang.toml`, else the folder of the file.
    std::string root;
};

/// Finds, parses and resolves what `file` imports: `a.b` is `a/b.ruff`, beside the importing file, then in each folder up
/// to the root, then in the root's `modules/`. What is missing, broken or circular is noted at the import that raises it.
[[nodiscard]] ModuleGraph load_modules(std::shared_ptr<const SourceFile> file, const ModuleOptions& options = {});

// The steps of load_modules(), for a server that keeps what it has analysed.

/// The module that an Import or FromImport names: "a.b".
[[nodiscard]] std::string module_name(const syntax::Node& import);
/// Absolute, without symbolic links; `path` itself where the system cannot tell.
[[nodiscard]] std::string real_path(const std::string& path);
/// Why a module is none whose file, by its real path, is not in the package; empty if it is.
[[nodiscard]] std::string outside_package_failure(std::string_view name, const std::string& real, const std::string& root);
/// The nearest folder with a `rufflang.toml` at or above `folder`, which is absolute; else `folder`.
[[nodiscard]] std::string package_root(const std::string& folder);
/// Where the module `name` may lie for the file `importer`, in the order of the search.
[[nodiscard]] std::vector<std::string> module_paths(const std::string& importer, std::string_view name,
                                                    const std::string& root);
/// "looked for a.ruff, modules/a.ruff"
[[nodiscard]] std::string missing_module_hint(const std::vector<std::string>& looked);
/// "Circular import detected: b -> c -> a -> b" for files a, b, c that import each other in that order, and `first` 1.
[[nodiscard]] std::string describe_circle(const std::vector<std::string>& names, std::size_t first);
/// Message and place of the first error that keeps a file from being imported; empty when there is none.
[[nodiscard]] std::string first_error(const syntax::SyntaxTree& tree, const SemanticModel& model);

}  // namespace ruff::sema
