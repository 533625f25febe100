#include "lsp/features/diagnostics.h"

#include "lsp/session/rule_pages.h"

namespace ruff::lsp {
namespace {

int severity_number(Severity severity) {
    switch (severity) {
        case Severity::Error: return 1;
        case Severity::Warning: return 2;
        case Severity::Information: return 3;
        case Severity::Hint: return 4;
    }
    return 1;
}

/// What was seen, then the notes, then what to do.
std::string message_text(const Diagnostic& diagnostic) {
    std::string text = diagnostic.message;
    for (const std::string& note : diagnostic.notes) text += "\nnote: " + note;
    if (!diagnostic.help.empty()) text += "\nhelp: " + diagnostic.help;
    return text;
}

/// An empty span is widened to the character behind it, or before it at the end of a line: a client shows nothing else.
Span visible_span(const FileText& file, Span span) {
    const std::string_view text = file.text();
    if (!span.is_empty()) return span;
    const LineIndex& lines = file.source->lines();
    const Span line = lines.line_span(lines.line_of(span.begin));
    const auto is_inside = [&](std::uint32_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; };
    if (span.begin < line.end) {
        do ++span.end;
        while (span.end < line.end && is_inside(span.end));
    } else if (span.begin > line.begin) {
        do --span.begin;
        while (span.begin > line.begin && is_inside(span.begin));
    }
    return span;
}

Json related_information(const Snapshot& snapshot, const FileText& file, const Diagnostic& diagnostic) {
    Json list{Json::Array{}};
    for (const Label& label : diagnostic.labels) {
        Json location;
        if (label.source == nullptr || label.source == file.source) {
            location = snapshot.location(file, label.span);
        } else {
            const std::shared_ptr<const FileText> other = snapshot.find(label.source->path());
            if (other == nullptr) continue;
            location = snapshot.location(*other, label.span);
        }
        list.push(make_object("location", std::move(location), "message", label.text));
    }
    return list;
}

}  // namespace

Json diagnostic_json(const Snapshot& snapshot, const FileText& file, const Diagnostic& diagnostic) {
    const Client& client = snapshot.client();
    Json json = make_object("range", snapshot.range(*file.source, visible_span(file, diagnostic.span)), "severity",
                            severity_number(diagnostic.severity), "code", diagnostic.code, "source", "ruff", "message",
                            message_text(diagnostic));
    if (client.has_code_description) {
        const std::string page = rule_page_uri(snapshot.rule_pages(), diagnostic.code);
        if (!page.empty()) json.set("codeDescription", make_object("href", page));
    }
    if (client.has_related_information && !diagnostic.labels.empty()) {
        json.set("relatedInformation", related_information(snapshot, file, diagnostic));
    }
    if (client.has_diagnostic_tags && (diagnostic.tags.is_unnecessary || diagnostic.tags.is_deprecated)) {
        Json tags;
        if (diagnostic.tags.is_unnecessary) tags.push(1);
        if (diagnostic.tags.is_deprecated) tags.push(2);
        json.set("tags", std::move(tags));
    }
    return json;
}

Json diagnostics_json(const Snapshot& snapshot, const FileText& file, const std::vector<Diagnostic>& diagnostics) {
    Json list{Json::Array{}};
    for (const Diagnostic& each : diagnostics) list.push(diagnostic_json(snapshot, file, each));
    return list;
}

std::string diagnostics_id(const Json& diagnostics) {
    // FNV-1a
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : write_json(diagnostics)) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return std::to_string(hash);
}

bool is_checked_in_workspace(const Snapshot& snapshot, const FileText& file) {
    return file.is_open() || (!file.is_excluded && snapshot.is_in_workspace(file.path));
}

/// textDocument/diagnostic
Answer document_diagnostic(const Request& request) {
    Json items = diagnostics_json(request.snapshot, *request.file->text, request.file->diagnostics());
    const std::string id = diagnostics_id(items);
    if (request.params["previousResultId"].text() == id) return make_object("kind", "unchanged", "resultId", id);
    return make_object("kind", "full", "resultId", id, "items", std::move(items));
}

}  // namespace ruff::lsp
