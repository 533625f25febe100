#include "lsp/features/edits.h"

#include <algorithm>

#include "core/syntax/parser.h"
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

namespace {

/// The lines of the text after the edits that they wrote.
std::pair<std::uint32_t, std::uint32_t> lines_touched(const SourceFile& after, const std::vector<TextEdit>& edits) {
    std::int64_t shift = 0;
    std::uint32_t first = 0xFFFFFFFF, last = 0;
    for (const TextEdit& edit : edits) {
        const auto begin = static_cast<std::uint32_t>(edit.span.begin + shift);
        const auto end = static_cast<std::uint32_t>(begin + edit.text.size());
        shift += static_cast<std::int64_t>(edit.text.size()) - edit.span.size();
        first = std::min(first, after.lines().line_of(begin));
        // Text that ends with a line break does not touch the line behind it.
        const bool ends_line = end > begin && after.text()[end - 1] == '\n';
        last = std::max(last, after.lines().line_of(ends_line ? end - 1 : end));
    }
    return {first, std::max(first, last)};
}

}  // namespace

formatter::LayoutOptions layout_of(const Analysis& file) {
    if (!file.path().starts_with('/')) return file.text->settings->layout;  // no file, so nothing around it
    return formatter::Settings().layout_of(file.path());
}

std::vector<TextEdit> formatted_edits(const Analysis& file, std::vector<TextEdit> edits) {
    if (edits.empty() || file.tree->has_grammar_errors) return edits;
    std::stable_sort(edits.begin(), edits.end(),
                     [](const TextEdit& left, const TextEdit& right) { return left.span.begin < right.span.begin; });
    const auto after = make_source(file.path(), apply_edits(file.source().text(), edits));
    const ParseResult tree = parse_file(after);
    if (tree->has_grammar_errors) return edits;
    const auto [first, last] = lines_touched(*after, edits);
    const formatter::FormatResult formatted = formatter::format_range(*tree, first, last, layout_of(file));
    if (formatted.status != formatter::FormatStatus::Formatted || formatted.text == after->text()) return edits;
    return formatter::line_edits(file.source().text(), formatted.text);
}

bool is_after_dot(const Analysis& file, std::uint32_t token) {
    if (token == 0) return false;
    const TokenKind before = file.tree->tokens[token - 1].kind;
    return before == TokenKind::Dot || before == TokenKind::QuestionDot;
}

}  // namespace ruff::lsp
