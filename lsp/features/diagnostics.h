#pragma once

#include "lsp/features/request.h"

namespace ruff::lsp {

/// A diagnostic as the protocol has it. Fields that the client does not know are left out.
[[nodiscard]] Json diagnostic_json(const Snapshot& snapshot, const FileText& file, const Diagnostic& diagnostic);
[[nodiscard]] Json diagnostics_json(const Snapshot& snapshot, const FileText& file, const std::vector<Diagnostic>& diagnostics);

/// An id that changes when the diagnostics do.
[[nodiscard]] std::string diagnostics_id(const Json& diagnostics);

/// Whether a file takes part in what is said about the whole workspace.
[[nodiscard]] bool is_checked_in_workspace(const Snapshot& snapshot, const FileText& file);

}  // namespace ruff::lsp
