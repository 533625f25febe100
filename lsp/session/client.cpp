#include "lsp/session/client.h"

#include <algorithm>

#include "lsp/features/commands.h"

namespace ruff::lsp {
namespace {

bool contains(const Json& list, std::string_view text) {
    const Json::Array& items = list.items();
    return std::any_of(items.begin(), items.end(), [&](const Json& item) { return item.text() == text; });
}

/// The first encoding of the client's list that we know; utf-8 wherever it is offered, for it costs nothing.
PositionEncoding choose_encoding(const Json& offered) {
    if (contains(offered, "utf-8")) return PositionEncoding::Utf8;
    for (const Json& each : offered.items()) {
        if (each.text() == "utf-16") return PositionEncoding::Utf16;
        if (each.text() == "utf-32") return PositionEncoding::Utf32;
    }
    return PositionEncoding::Utf16;
}

std::string_view encoding_name(PositionEncoding encoding) {
    switch (encoding) {
        case PositionEncoding::Utf8: return "utf-8";
        case PositionEncoding::Utf16: return "utf-16";
        case PositionEncoding::Utf32: return "utf-32";
    }
    return "utf-16";
}

std::vector<std::string> texts(const Json& list) {
    std::vector<std::string> names;
    for (const Json& item : list.items()) names.emplace_back(item.text());
    return names;
}

void read_workspace(Client& client, const Json& workspace) {
    client.can_register_watchers = workspace["didChangeWatchedFiles"]["dynamicRegistration"].is_true();
    client.can_register_configuration = workspace["didChangeConfiguration"]["dynamicRegistration"].is_true();
    client.can_configure = workspace["configuration"].is_true();
    client.can_apply_edits = workspace["applyEdit"].is_true();
    client.can_refresh_diagnostics = workspace["diagnostics"]["refreshSupport"].is_true();
    client.can_refresh_tokens = workspace["semanticTokens"]["refreshSupport"].is_true();
    client.can_refresh_hints = workspace["inlayHint"]["refreshSupport"].is_true();
    client.can_refresh_lenses = workspace["codeLens"]["refreshSupport"].is_true();
    client.has_document_changes = workspace["workspaceEdit"]["documentChanges"].is_true();
    client.has_rename_files = contains(workspace["workspaceEdit"]["resourceOperations"], "rename");
}

void read_completion(Client& client, const Json& completion) {
    const Json& item = completion["completionItem"];
    client.has_snippets = item["snippetSupport"].is_true();
    client.has_insert_replace = item["insertReplaceSupport"].is_true();
    client.has_label_details = item["labelDetailsSupport"].is_true();
    client.has_markdown_docs = contains(item["documentationFormat"], "markdown");
    client.has_deprecated_tag = item["deprecatedSupport"].is_true() || item.has("tagSupport");
    client.resolves_completion_docs = contains(item["resolveSupport"]["properties"], "documentation");
    client.resolves_completion_edits = contains(item["resolveSupport"]["properties"], "additionalTextEdits");
}

void read_text_document(Client& client, const Json& document) {
    const Json& published = document["publishDiagnostics"];
    const Json& pulled = document["diagnostic"];
    client.pulls_diagnostics = pulled.is_object();
    client.has_related_information = published["relatedInformation"].is_true() || pulled["relatedInformation"].is_true();
    client.has_code_description = published["codeDescriptionSupport"].is_true() || pulled["codeDescriptionSupport"].is_true();
    client.has_diagnostic_data = published["dataSupport"].is_true() || pulled["dataSupport"].is_true();
    client.has_diagnostic_tags = published.has("tagSupport") || pulled.has("tagSupport");
    read_completion(client, document["completion"]);
    client.has_markdown_hover = contains(document["hover"]["contentFormat"], "markdown");
    client.has_code_action_literals = document["codeAction"].has("codeActionLiteralSupport");
    client.has_preferred_actions = document["codeAction"]["isPreferredSupport"].is_true();
    client.resolves_code_action_edit = contains(document["codeAction"]["resolveSupport"]["properties"], "edit") &&
                                       document["codeAction"]["dataSupport"].is_true();
    client.has_symbol_tree = document["documentSymbol"]["hierarchicalDocumentSymbolSupport"].is_true();
    client.has_markdown_signatures = contains(document["signatureHelp"]["signatureInformation"]["documentationFormat"], "markdown");
    client.has_label_offsets =
        document["signatureHelp"]["signatureInformation"]["parameterInformation"]["labelOffsetSupport"].is_true();
    client.folds_lines_only = document["foldingRange"]["lineFoldingOnly"].is_true();
    client.has_location_links = document["definition"]["linkSupport"].is_true();
    client.token_types = texts(document["semanticTokens"]["tokenTypes"]);
    client.token_modifiers = texts(document["semanticTokens"]["tokenModifiers"]);
}

Json names(const std::vector<std::string_view>& list) {
    Json json{Json::Array{}};
    for (const std::string_view name : list) json.push(name);
    return json;
}

Json list(std::initializer_list<std::string_view> items) { return names(std::vector<std::string_view>(items)); }

Json file_operations() {
    const auto filter = [](std::string_view glob, std::string_view kind) {
        return make_object("scheme", "file", "pattern", make_object("glob", glob, "matches", kind));
    };
    Json filters;
    filters.push(filter("**/*.ruff", "file"));
    filters.push(filter("**", "folder"));
    return make_object("willRename", make_object("filters", std::move(filters)));
}

}  // namespace

Client read_client(const Json& params) {
    Client client;
    const Json& capabilities = params["capabilities"];
    client.encoding = choose_encoding(capabilities["general"]["positionEncodings"]);
    // Neovim before 0.10 asks with an older name of its own.
    if (capabilities.has("offsetEncoding")) client.encoding = choose_encoding(capabilities["offsetEncoding"]);
    read_workspace(client, capabilities["workspace"]);
    client.can_show_progress = capabilities["window"]["workDoneProgress"].is_true();
    read_text_document(client, capabilities["textDocument"]);
    read_settings(client, params["initializationOptions"]);
    return client;
}

void read_settings(Client& client, const Json& settings) {
    const Json& inside = settings.has("rufflang") ? settings["rufflang"] : settings;
    const Json& hints = inside["inlayHints"];
    if (hints.has("parameterNames")) client.shows_parameter_names = hints["parameterNames"].is_true();
    if (hints.has("types")) client.shows_types = hints["types"].is_true();
}

std::vector<std::string_view> semantic_token_types(const Client& client) {
    std::vector<std::string_view> types{"namespace", "type",     "struct",   "class",    "enum",     "enumMember",
                                        "property",  "variable", "parameter", "function", "method"};
    const std::vector<std::string>& listed = client.token_types;
    std::erase_if(types, [&](std::string_view type) {
        return !listed.empty() && std::find(listed.begin(), listed.end(), type) == listed.end();
    });
    return types;
}

const std::vector<std::string_view>& semantic_token_modifiers() {
    static const std::vector<std::string_view> kModifiers{"declaration", "readonly", "async", "defaultLibrary", "mutable"};
    return kModifiers;
}

Json initialize_result(const Client& client) {
    Json server;
    server.set("positionEncoding", encoding_name(client.encoding));
    server.set("textDocumentSync", make_object("openClose", true, "change", 2, "save", make_object("includeText", false)));
    server.set("completionProvider",
               make_object("triggerCharacters", list({".", ":"}), "resolveProvider", true, "completionItem",
                           make_object("labelDetailsSupport", true)));
    server.set("signatureHelpProvider",
               make_object("triggerCharacters", list({"(", ","}), "retriggerCharacters", list({",", ")"})));
    for (const std::string_view plain :
         {"hoverProvider", "definitionProvider", "typeDefinitionProvider", "referencesProvider", "documentHighlightProvider",
          "documentSymbolProvider", "foldingRangeProvider", "selectionRangeProvider", "documentFormattingProvider",
          "documentRangeFormattingProvider", "callHierarchyProvider"}) {
        server.set(plain, true);
    }
    server.set("workspaceSymbolProvider", make_object("resolveProvider", false));
    server.set("renameProvider", make_object("prepareProvider", true));
    server.set("codeActionProvider",
               make_object("codeActionKinds",
                           list({"quickfix", "refactor.extract", "refactor.inline", "refactor.rewrite", "source.fixAll",
                                 "source.organizeImports"}),
                           "resolveProvider", true));
    server.set("codeLensProvider", make_object("resolveProvider", false));
    server.set("documentLinkProvider", make_object("resolveProvider", false));
    server.set("inlayHintProvider", make_object("resolveProvider", false));
    server.set("documentOnTypeFormattingProvider",
               make_object("firstTriggerCharacter", "}", "moreTriggerCharacter", list({"\n"})));
    server.set("semanticTokensProvider",
               make_object("legend",
                           make_object("tokenTypes", names(semantic_token_types(client)), "tokenModifiers",
                                       names(semantic_token_modifiers())),
                           "full", make_object("delta", true), "range", true));
    server.set("diagnosticProvider", make_object("identifier", "ruff", "interFileDependencies", true,
                                                 "workspaceDiagnostics", true));
    server.set("executeCommandProvider", make_object("commands", names(server_commands())));
    server.set("workspace", make_object("workspaceFolders", make_object("supported", true, "changeNotifications", true),
                                        "fileOperations", file_operations()));
    return make_object("capabilities", std::move(server), "serverInfo",
                       make_object("name", "rufflang", "version", RUFF_VERSION));
}

}  // namespace ruff::lsp
