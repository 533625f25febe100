#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/support/diagnostic.h"
#include "lsp/analysis/mentions.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

/// The modules that a file can import from what is known, as their names: `reports.daily`. Sorted.
[[nodiscard]] std::vector<std::string> importable_modules(const Snapshot& snapshot, const FileText& importer);

/// The name by which `importer` imports the file at `path`; empty if it cannot.
[[nodiscard]] std::string module_name_for(const Snapshot& snapshot, const FileText& importer, std::string_view path);

/// An export of another file.
struct ImportableName {
    std::string name;
    EntityKind kind = EntityKind::Variable;
    std::string module;
    std::string path;
    std::uint32_t token = 0;
};
/// Those that `file` does not see yet, of every module that it can import.
[[nodiscard]] std::vector<ImportableName> importable_names(const Snapshot& snapshot, const Analysis& file, const StopSignal& stop);

/// Adds `name` to the `from module import …` of the file, or such a line behind its imports.
[[nodiscard]] std::vector<TextEdit> import_edits(const Analysis& file, std::string_view module, std::string_view name);

}  // namespace ruff::lsp
