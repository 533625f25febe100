// Formatting is the formatter's; here are only the edits of what it says. The editor's result is that of `ruff fmt`.

#include "formatter/format.h"
#include "formatter/line_diff.h"
#include "formatter/settings.h"
#include "lsp/features/edits.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

namespace {

/// What a `rufflang.toml` with errors holds for is left as it is.
bool has_known_style(const Analysis& file) {
    return !file.path().starts_with('/') || formatter::Settings().is_known_for(file.path());
}

Answer edits_to(const Request& request, const formatter::FormatResult& result) {
    const std::string_view before = request.file->source().text();
    if (result.status == formatter::FormatStatus::Untouched || !has_known_style(*request.file)) return Json::Array{};
    return edits_json(request.snapshot, request.file->source(), formatter::line_edits(before, result.text));
}

}  // namespace

Answer formatting(const Request& request) { return edits_to(request, formatter::format_tree(request.tree(), layout_of(*request.file))); }

Answer range_formatting(const Request& request) {
    const LineIndex& lines = request.file->source().lines();
    const Span span = request.span();
    std::uint32_t last = lines.line_of(span.end);
    const std::uint32_t first = lines.line_of(span.begin);
    // A selection of whole lines ends at the beginning of the next.
    if (last > first && lines.line_start(last) == span.end) --last;
    return edits_to(request, formatter::format_range(request.tree(), first, last, layout_of(*request.file)));
}

Answer on_type_formatting(const Request& request) {
    const std::string_view typed = request.params["ch"].text();
    if (typed != "}" && typed != "\n") return Json::Array{};
    return edits_to(request, formatter::format_typed(request.tree(), request.offset(), typed[0], layout_of(*request.file)));
}

}  // namespace ruff::lsp
