#pragma once

#include <memory>
#include <vector>

#include "core/sema/semantic_model.h"

namespace ruff::sema {

struct ResolveOptions {
    /// What the import statements lead to, in the order of collect_imports(). Shorter: the rest is not looked at.
    std::vector<ModuleImport> imports;
    /// Names of internal builtins may be used: for builtins that are written in Ruff.
    bool allows_internal = false;
};

/// The Import and FromImport statements of a file, in order.
[[nodiscard]] std::vector<const syntax::Node*> collect_imports(const syntax::SyntaxTree& tree);

/// Finds out what every name of the file means. Any tree will do, also one with errors. The models of the imports have
/// to outlive the result. Thread-safe.
[[nodiscard]] std::unique_ptr<SemanticModel> resolve(std::shared_ptr<const syntax::SyntaxTree> tree,
                                                     ResolveOptions options = {});

}  // namespace ruff::sema
