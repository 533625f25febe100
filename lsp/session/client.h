#pragma once

#include <string>
#include <vector>

#include "core/support/line_index.h"
#include "lsp/protocol/json.h"

namespace ruff::lsp {

/// What the client said it can do, read once from the `initialize` request, and what it has set.
struct Client {
    PositionEncoding encoding = PositionEncoding::Utf16;

    // Requests to the client.
    bool can_register_watchers = false;
    bool can_register_configuration = false;
    bool can_configure = false;        ///< answers `workspace/configuration`
    bool can_apply_edits = false;
    bool can_show_progress = false;    ///< window/workDoneProgress/create
    bool can_refresh_diagnostics = false;
    bool can_refresh_tokens = false;
    bool can_refresh_hints = false;
    bool can_refresh_lenses = false;

    // Optional fields.
    bool pulls_diagnostics = false;    ///< then none are pushed for its documents
    bool has_document_changes = false; ///< versioned edits
    bool has_rename_files = false;
    bool has_related_information = false;
    bool has_code_description = false;
    bool has_diagnostic_tags = false;
    bool has_diagnostic_data = false;
    bool has_snippets = false;
    bool has_insert_replace = false;
    bool has_label_details = false;
    bool has_markdown_docs = false;    ///< in completion items
    bool has_markdown_hover = false;
    bool has_markdown_signatures = false;
    bool resolves_completion_docs = false;
    bool resolves_completion_edits = false;
    bool has_deprecated_tag = false;
    bool has_code_action_literals = false;
    bool resolves_code_action_edit = false;
    bool has_preferred_actions = false;
    bool has_symbol_tree = false;
    bool has_label_offsets = false;
    bool folds_lines_only = false;
    bool has_location_links = false;
    std::vector<std::string> token_types;      ///< the client's names, empty: none said
    std::vector<std::string> token_modifiers;

    // Settings, section `rufflang`.
    bool shows_parameter_names = false;
    bool shows_types = false;
};

[[nodiscard]] Client read_client(const Json& initialize_params);
/// Takes over the values of the section `rufflang` that are there.
void read_settings(Client& client, const Json& settings);

/// The answer to `initialize`.
[[nodiscard]] Json initialize_result(const Client& client);

/// The token types that are sent to a client, in the order of the legend: ours that it lists. A client that lists none
/// gets all.
[[nodiscard]] std::vector<std::string_view> semantic_token_types(const Client& client);
[[nodiscard]] const std::vector<std::string_view>& semantic_token_modifiers();

}  // namespace ruff::lsp
