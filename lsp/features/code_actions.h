#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/support/diagnostic.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

/// Something that can be done to the code at a selection.
struct CodeAction {
    std::string title;
    std::string_view kind;                 ///< `quickfix`, `refactor.extract`, …
    bool is_preferred = false;
    const Diagnostic* diagnostic = nullptr;  ///< that it repairs
    /// The edits of the document. Run only for actions that are applied, where the client can wait.
    std::function<std::vector<TextEdit>()> edits;
};

/// Where actions are asked for.
struct ActionPlace {
    const Request& request;
    const Analysis& file;
    Span selection;

    [[nodiscard]] const syntax::SyntaxTree& tree() const { return *file.tree; }
};

// Each adds what it offers at a place.
void offer_quick_fixes(const ActionPlace& place, std::vector<CodeAction>& actions);
void offer_source_actions(const ActionPlace& place, std::vector<CodeAction>& actions);
void offer_extractions(const ActionPlace& place, std::vector<CodeAction>& actions);
void offer_rewrites(const ActionPlace& place, std::vector<CodeAction>& actions);

/// All safe fixes of the file, applied again and again until none is left.
[[nodiscard]] std::vector<TextEdit> fix_all_edits(const Analysis& file);
/// The imports of the file in order, without those that nothing uses.
[[nodiscard]] std::vector<TextEdit> organize_imports_edits(const Analysis& file);

}  // namespace ruff::lsp
