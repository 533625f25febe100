#include "core/syntax/report.h"

#include <algorithm>
#include <utility>

namespace ruff::syntax {

Diagnostic& Report::add(DiagnosticId id, Span span, std::initializer_list<std::string_view> arguments) {
    DiagnosticGroup group = diagnostic_group(id);
    has_grammar_errors_ |= group == DiagnosticGroup::Grammar;
    if (items_.size() == kMaxStored) {
        dropped_ = {};
        return dropped_;
    }
    items_.push_back({group, make_diagnostic(id, span, arguments)});
    return items_.back().diagnostic;
}

std::vector<Diagnostic> Report::take() {
    std::vector<Diagnostic> diagnostics;
    for (Item& item : items_) {
        if (item.group == DiagnosticGroup::Context && has_grammar_errors_) continue;
        diagnostics.push_back(std::move(item.diagnostic));
    }
    std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return a.span.begin < b.span.begin;
    });
    items_.clear();
    return diagnostics;
}

}  // namespace ruff::syntax
