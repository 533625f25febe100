// Code actions: the fixes of diagnostics, what applies to the whole file, and refactorings (refactorings.cpp,
// rewrites.cpp). An action is found cheaply; its edit is made when the client resolves it, by finding the same action
// again, or at once for clients that cannot ask later.

#include <algorithm>

#include "core/lint/lint.h"
#include "core/sema/module_graph.h"
#include "core/sema/resolver.h"
#include "formatter/line_diff.h"
#include "lsp/features/code_actions.h"
#include "lsp/features/diagnostics.h"
#include "lsp/features/edits.h"

namespace ruff::lsp {

using namespace ruff::syntax;

// ---- Fixes ---------------------------------------------------------------------------------------------------

void offer_quick_fixes(const ActionPlace& place, std::vector<CodeAction>& actions) {
    for (const Diagnostic& diagnostic : place.file.diagnostics()) {
        const bool is_near = diagnostic.span.touches(place.selection.begin) || diagnostic.span.touches(place.selection.end) ||
                             place.selection.overlaps(diagnostic.span);
        if (!is_near) continue;
        for (const Fix& fix : diagnostic.fixes) {
            if (fix.edits.empty()) continue;
            CodeAction action;
            action.title = fix.title;
            action.kind = "quickfix";
            action.is_preferred = &fix == diagnostic.fixes.data() && fix.safety != FixSafety::Display;
            action.diagnostic = &diagnostic;
            action.edits = [&file = place.file, &fix] { return formatted_edits(file, fix.edits); };
            actions.push_back(std::move(action));
        }
    }
}

namespace {

/// The same file with another text, its imports as they are: for the rounds of a fix.
std::vector<Diagnostic> diagnostics_after(const Analysis& file, const std::string& text) {
    const ParseResult tree = parse_file(make_source(file.path(), text));
    sema::ResolveOptions options;
    for (const Node* import : sema::collect_imports(*tree)) {
        sema::ModuleImport found;
        found.node = import;
        found.name = sema::module_name(*import);
        for (std::size_t i = 0; i < file.model->imports.size(); ++i) {
            if (file.model->imports[i].name == found.name) found.module = file.model->imports[i].module;
        }
        options.imports.push_back(std::move(found));
    }
    return lint::check_file(*sema::resolve(tree, std::move(options)), file.text->settings->selection);
}

bool has_refusal(const std::vector<Diagnostic>& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& each) { return !each.is_rule && each.severity == Severity::Error; });
}

std::vector<TextEdit> find_fixes(const Analysis& file) {
    constexpr int kMaxRounds = 20;
    std::string text(file.source().text());
    std::vector<Diagnostic> diagnostics = file.diagnostics();
    const bool was_refused = has_refusal(diagnostics);
    for (int round = 0; round < kMaxRounds; ++round) {
        const std::vector<TextEdit> edits = lint::choose_edits(diagnostics, false);
        if (edits.empty()) break;
        std::string next = formatter::format_edited(*make_source(file.path(), text), edits, layout_of(file));
        diagnostics = diagnostics_after(file, next);
        if (has_refusal(diagnostics) && !was_refused) break;
        text = std::move(next);
    }
    if (text == file.source().text()) return {};
    return formatter::line_edits(file.source().text(), text);
}

}  // namespace

std::vector<TextEdit> fix_all_edits(const Analysis& file) { return file.fixes(find_fixes); }

// ---- Imports -------------------------------------------------------------------------------------------------

namespace {

/// One import statement: what it brings, by the module it names.
struct ImportLine {
    std::string module;
    bool is_from = false;
    std::string alias;                      // of `import m as x`
    std::vector<std::string> items;         // of `from`: `x`, `y as z`, `*`
};

bool is_used(const Analysis& file, const Node& declaration) {
    const sema::BindingId id = file.model->binding_of(declaration);
    return id == sema::kNone || file.model->bindings[id].is_read;
}

std::string item_text(const ImportItem& item) {
    std::string text(item.name.text());
    if (item.alias) text += " as " + std::string(item.alias.text());
    return text;
}

ImportLine read_import(const Analysis& file, const Node& node) {
    ImportLine line;
    line.module = sema::module_name(node);
    if (const auto* import = node.as<Import>()) {
        if (import->alias) line.alias = import->alias.text();
        return line;
    }
    const auto& from = node.to<FromImport>();
    line.is_from = true;
    if (from.imports_all) line.items.push_back("*");
    for (const ImportItem* item : from.items) {
        if (item->name && is_used(file, *item)) line.items.push_back(item_text(*item));
    }
    return line;
}

std::string text_of(const ImportLine& line) {
    if (!line.is_from) return "import " + line.module + (line.alias.empty() ? "" : " as " + line.alias);
    std::string text = "from " + line.module + " import ";
    for (const std::string& item : line.items) text += (&item == line.items.data() ? "" : ", ") + item;
    return text;
}

/// Imports that stand together, with nothing but line breaks between.
struct ImportBlock {
    Span span;
    std::vector<ImportLine> lines;
};

std::optional<ImportBlock> first_import_block(const Analysis& file) {
    const SyntaxTree& tree = *file.tree;
    ImportBlock block;
    std::uint32_t next_token = 0;
    for (const Node* import : sema::collect_imports(tree)) {
        const bool is_next = !block.span.is_empty() && import->first_token == next_token;
        if (!block.span.is_empty() && (!is_next || !tree.comments_before(import->first_token).empty())) break;
        const Span span = tree.span(*import);
        block.span = block.span.is_empty() ? span : block.span.joined(span);
        next_token = import->last_token + 1;
        const auto* plain = import->as<Import>();
        if (plain != nullptr && !is_used(file, *import)) continue;
        ImportLine line = read_import(file, *import);
        if (line.is_from && line.items.empty()) continue;
        block.lines.push_back(std::move(line));
    }
    if (block.span.is_empty()) return std::nullopt;
    return block;
}

void merge_lines(std::vector<ImportLine>& lines) {
    std::stable_sort(lines.begin(), lines.end(), [](const ImportLine& left, const ImportLine& right) {
        return std::tie(left.is_from, left.module) < std::tie(right.is_from, right.module);
    });
    std::vector<ImportLine> merged;
    for (ImportLine& line : lines) {
        const bool has_star = line.is_from && line.items[0] == "*";
        ImportLine* same = merged.empty() || has_star ? nullptr : &merged.back();
        if (same != nullptr && line.is_from && same->is_from && same->module == line.module && same->items[0] != "*") {
            same->items.insert(same->items.end(), line.items.begin(), line.items.end());
        } else if (same == nullptr || text_of(*same) != text_of(line)) {
            merged.push_back(std::move(line));
        }
    }
    for (ImportLine& line : merged) {
        std::sort(line.items.begin(), line.items.end());
        line.items.erase(std::unique(line.items.begin(), line.items.end()), line.items.end());
    }
    lines = std::move(merged);
}

}  // namespace

std::vector<TextEdit> organize_imports_edits(const Analysis& file) {
    if (file.tree->has_grammar_errors) return {};
    std::optional<ImportBlock> block = first_import_block(file);
    if (!block) return {};
    merge_lines(block->lines);
    std::string text;
    for (const ImportLine& line : block->lines) text += (text.empty() ? "" : "\n") + text_of(line);
    Span span = block->span;
    if (text == file.tree->text(span)) return {};
    if (text.empty() && span.end < file.tree->text().size()) ++span.end;  // the line break goes too
    return formatted_edits(file, {{span, std::move(text)}});
}

void offer_source_actions(const ActionPlace& place, std::vector<CodeAction>& actions) {
    if (!lint::choose_edits(place.file.diagnostics(), false).empty()) {
        actions.push_back({"Fix all that can be fixed safely", "source.fixAll", false, nullptr, [&file = place.file] { return fix_all_edits(file); }});
    }
    if (!organize_imports_edits(place.file).empty()) {
        actions.push_back({"Organize imports", "source.organizeImports", false, nullptr, [&file = place.file] { return organize_imports_edits(file); }});
    }
}

// ---- The request ---------------------------------------------------------------------------------------------

namespace {

/// `refactor` asks for `refactor.extract` too, and `source.fixAll` is what `source.fixAll.ruff` means.
bool is_asked_for(const Json& only, std::string_view kind) {
    if (!only.is_array()) return true;
    return std::any_of(only.items().begin(), only.items().end(), [&](const Json& each) {
        const std::string_view asked = each.text();
        return asked.empty() || kind == asked || kind.starts_with(std::string(asked) + ".") || asked == std::string(kind) + ".rufflang";
    });
}

std::vector<CodeAction> actions_at(const ActionPlace& place, const Json& only) {
    std::vector<CodeAction> actions;
    offer_quick_fixes(place, actions);
    offer_extractions(place, actions);
    offer_rewrites(place, actions);
    // What concerns the whole file comes only when it is asked for, or with the whole list.
    offer_source_actions(place, actions);
    std::erase_if(actions, [&](const CodeAction& action) { return !is_asked_for(only, action.kind); });
    return actions;
}

Json edit_of(const ActionPlace& place, const CodeAction& action) {
    WorkspaceEdit edit(place.request.snapshot);
    edit.add(*place.file.text, action.edits());
    return edit.take();
}

Json action_json(const ActionPlace& place, const CodeAction& action, const Json& data) {
    const Client& client = place.request.client();
    Json json = make_object("title", action.title, "kind", action.kind);
    if (action.diagnostic != nullptr) {
        Json diagnostics;
        diagnostics.push(diagnostic_json(place.request.snapshot, *place.file.text, *action.diagnostic));
        json.set("diagnostics", std::move(diagnostics));
    }
    if (action.is_preferred && client.has_preferred_actions) json.set("isPreferred", true);
    if (client.resolves_code_action_edit) json.set("data", data);
    else json.set("edit", edit_of(place, action));
    return json;
}

}  // namespace

Answer code_action(const Request& request) {
    Json list{Json::Array{}};
    if (!request.client().has_code_action_literals) return list;  // such a client knows commands only
    const ActionPlace place{request, *request.file, request.span()};
    std::size_t number = 0;
    for (const CodeAction& action : actions_at(place, request.params["context"]["only"])) {
        const Json data = make_object("uri", request.file->text->uri, "range", request.params["range"], "title", action.title,
                                      "only", request.params["context"]["only"], "number", number++, "version",
                                      request.file->text->version ? Json(*request.file->text->version) : Json());
        list.push(action_json(place, action, data));
    }
    return list;
}

Answer resolve_code_action(const Request& request) {
    const Json& data = request.params["data"];
    const std::shared_ptr<const Analysis> file = request.snapshot.analysis_of_uri(data["uri"].text());
    if (file == nullptr) return bad_params("the action is of no document that is known");
    if (file->text->version != data["version"].integer()) {
        return ResponseError{ResponseCode::ContentModified, "the document has changed"};
    }
    const ActionPlace place{request, *file, request.snapshot.span(file->source(), data["range"])};
    const std::vector<CodeAction> actions = actions_at(place, data["only"]);
    const auto number = static_cast<std::size_t>(data["number"].integer().value_or(-1));
    if (number >= actions.size() || actions[number].title != data["title"].text()) return bad_params("there is no such action");
    Json action = request.params;
    action.set("edit", edit_of(place, actions[number]));
    return action;
}

}  // namespace ruff::lsp
