#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/bytecode/program.h"
#include "core/sema/module_graph.h"
#include "core/support/diagnostic.h"

namespace ruff::compiler {

/// A compiled program, or what is too large about it: `diagnostics` of module i of the graph stand in entry i and are
/// empty when all went well.
struct CompileResult {
    bytecode::Program program;
    std::vector<std::vector<Diagnostic>> diagnostics;

    [[nodiscard]] bool has_errors() const {
        for (const auto& each : diagnostics) {
            if (!each.empty()) return true;
        }
        return false;
    }
};

/// Compiles the first module of the graph and all it imports; modules with errors only raise where they are imported.
/// The first module has none (ModuleGraph::has_errors).
[[nodiscard]] CompileResult compile(const sema::ModuleGraph& graph);

/// Compiles builtins that are written in Ruff: a file of functions, in which names also mean internal builtins. Module 0
/// of the result is the file; its functions are exported, hidden from stack traces, and capture nothing.
[[nodiscard]] CompileResult compile_prelude(std::shared_ptr<const SourceFile> source);

}  // namespace ruff::compiler
