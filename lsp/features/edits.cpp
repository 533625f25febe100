#include "lsp/features/edits.h"

#include <algorithm>

#include "formatter/line_diff.h"
#include "formatter/settings.h"

namespace ruff::lsp {

using namespace ruff::syntax;

void WorkspaceEdit::add(const FileText& file, TextEdit edit) {
    FileEdits& edits = files_[file.uri];
    if (edits.file == nullptr) edits.file = snapshot_.find(file.path);
    if (edits.file != nullptr) edits.edits.push_back(std::move(edit));
}

void WorkspaceEdit::add(const FileText& file, const std::vector<TextEdit>& edits) {
    for (const TextEdit& edit : edits) add(file, edit);
}

Json WorkspaceEdit::take() {
    const bool has_versions = snapshot_.client().has_document_changes;
    Json changes = has_versions ? Json(Json::Array{}) : Json(Json::Object{});
    for (auto& [uri, each] : files_) {
        if (each.file == nullptr) continue;
        std::stable_sort(each.edits.begin(), each.edits.end(),
                         [](const TextEdit& left, const TextEdit& right) { return left.span.begin < right.span.begin; });
        const auto is_repeated = [](const TextEdit& left, const TextEdit& right) {
            return left.span == right.span && left.text == right.text && !left.span.is_empty();
        };
        each.edits.erase(std::unique(each.edits.begin(), each.edits.end(), is_repeated), each.edits.end());
        Json edits = edits_json(snapshot_, *each.file->source, each.edits);
        if (!has_versions) {
            changes.set(uri, std::move(edits));
            continue;
        }
        Json document = make_object("uri", uri, "version", each.file->version ? Json(*each.file->version) : Json());
        changes.push(make_object("textDocument", std::move(document), "edits", std::move(edits)));
    }
    return make_object(has_versions ? "documentChanges" : "changes", std::move(changes));
}

Json edit_json(const Snapshot& snapshot, const SourceFile& source, const TextEdit& edit) {
    return make_object("range", snapshot.range(source, edit.span), "newText", edit.text);
}

Json edits_json(const Snapshot& snapshot, const SourceFile& source, const std::vector<TextEdit>& edits) {
    Json list{Json::Array{}};
    for (const TextEdit& edit : edits) list.push(edit_json(snapshot, source, edit));
    return list;
}

formatter::LayoutOptions layout_of(const Analysis& file) {
    if (!file.path().starts_with('/')) return file.text->settings->layout;  // no file, so nothing around it
    return formatter::Settings().layout_of(file.path());
}

std::vector<TextEdit> formatted_edits(const Analysis& file, std::vector<TextEdit> edits) {
    if (edits.empty() || file.tree->has_grammar_errors) return edits;
    std::stable_sort(edits.begin(), edits.end(),
                     [](const TextEdit& left, const TextEdit& right) { return left.span.begin < right.span.begin; });
    const std::string text = formatter::format_edited(file.source(), edits, layout_of(file));
    if (text == apply_edits(file.source().text(), edits)) return edits;
    return formatter::line_edits(file.source().text(), text);
}

bool is_after_dot(const Analysis& file, std::uint32_t token) {
    if (token == 0) return false;
    const TokenKind before = file.tree->tokens[token - 1].kind;
    return before == TokenKind::Dot || before == TokenKind::QuestionDot;
}

}  // namespace ruff::lsp
