#include "core/lint/lint.h"

#include <algorithm>
#include <map>

#include "core/lint/code_shape.h"
#include "core/lint/suppressions.h"

namespace ruff::lint {

Selection::Selection() {
    for (const Rule& rule : all_rules()) {
        if (rule.is_default) set(rule.id, rule.severity);
    }
}

void Selection::add(const Rule& rule) {
    if (!severity(rule.id)) set(rule.id, rule.severity);
}

std::vector<Diagnostic> Selection::apply(const config::CheckConfig& config) {
    std::vector<Diagnostic> unknown;
    auto find = [&](const config::RuleName& name) {
        const Rule* rule = find_rule(name.name);
        if (rule == nullptr) {
            Diagnostic& diagnostic = unknown.emplace_back();
            diagnostic.code = "unknown-rule";
            diagnostic.span = name.span;
            diagnostic.message = describe_unknown_rule(name.name);
        }
        return rule;
    };
    for (const config::RuleName& name : config.select) {
        if (const Rule* rule = find(name)) add(*rule);
    }
    for (const config::RuleLevel& level : config.levels) {
        if (const Rule* rule = find(level.rule)) set(rule->id, level.severity);
    }
    for (const config::RuleName& name : config.ignore) {
        if (const Rule* rule = find(name)) set(rule->id, std::nullopt);
    }
    return unknown;
}

namespace {

/// What a test expects to fail, `assert_throws(|| …)`, is no finding.
void remove_expected_errors(const Context& context, std::vector<Diagnostic>& findings) {
    std::vector<Span> expected;
    context.each<syntax::CallExpr>([&](const syntax::CallExpr& call) {
        const BuiltinRow* builtin = builtin_of(context, *call.callee);
        if (builtin != nullptr && builtin->name == "assert_throws") expected.push_back(context.tree.span(call));
    });
    if (expected.empty()) return;
    std::erase_if(findings, [&](const Diagnostic& finding) {
        if (find_rule(finding.code)->severity != Severity::Error) return false;
        return std::any_of(expected.begin(), expected.end(), [&](Span span) {
            return span.begin <= finding.span.begin && finding.span.end <= span.end;
        });
    });
}

std::vector<Diagnostic> run_rules(const sema::SemanticModel& model, const Selection& selection, sema::Facts& facts) {
    Context context(model, facts);
    std::array<bool, kRuleCount> is_enabled{};
    for (const Rule& rule : all_rules()) {
        const std::optional<Severity> severity = selection.severity(rule.id);
        is_enabled[static_cast<std::size_t>(rule.id)] = severity.has_value();
        if (!severity || rule.body->check == nullptr) continue;
        context.set_rule(rule, *severity);
        rule.body->check(context);
    }
    std::vector<Diagnostic> findings = context.take_findings();
    remove_expected_errors(context, findings);
    const Rule& suppression_rule = all_rules()[static_cast<std::size_t>(RuleId::unused_suppression)];
    context.set_rule(suppression_rule, selection.severity(suppression_rule.id).value_or(suppression_rule.severity));
    apply_suppressions(context.tree, is_enabled, findings, context);
    for (Diagnostic& each : context.take_findings()) findings.push_back(std::move(each));
    return findings;
}

}  // namespace

std::vector<Diagnostic> check_file(const sema::SemanticModel& model, const Selection& selection, sema::Facts& facts) {
    std::vector<Diagnostic> diagnostics = model.tree->diagnostics;
    if (model.tree->has_grammar_errors) return diagnostics;
    diagnostics.insert(diagnostics.end(), model.diagnostics.begin(), model.diagnostics.end());
    for (Diagnostic& finding : run_rules(model, selection, facts)) diagnostics.push_back(std::move(finding));
    std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& left, const Diagnostic& right) {
        return left.span.begin < right.span.begin;
    });
    return diagnostics;
}

std::vector<Diagnostic> check_file(const sema::SemanticModel& model, const Selection& selection) {
    sema::ProgramFacts facts;
    return check_file(model, selection, facts);
}

namespace {

/// Places of a text that are taken and do not overlap.
class TakenSpans {
public:
    [[nodiscard]] bool touches(Span span) const {
        const auto behind = ends_.lower_bound(span.begin);  // the first that ends there or later
        return behind != ends_.end() && behind->second <= span.end;
    }
    void add(Span span) {
        const auto entry = ends_.try_emplace(span.end, span.begin).first;
        entry->second = std::min(entry->second, span.begin);
    }

private:
    std::map<std::uint32_t, std::uint32_t> ends_;  // end to begin
};

}  // namespace

std::vector<TextEdit> choose_edits(const std::vector<Diagnostic>& diagnostics, bool allows_unsafe) {
    std::vector<TextEdit> chosen;
    TakenSpans taken;
    for (const Diagnostic& diagnostic : diagnostics) {
        const auto fix = std::find_if(diagnostic.fixes.begin(), diagnostic.fixes.end(), [&](const Fix& each) {
            return each.safety == FixSafety::Safe || (allows_unsafe && each.safety == FixSafety::Unsafe);
        });
        if (fix == diagnostic.fixes.end() || !diagnostic.is_rule) continue;
        const bool is_free = std::none_of(fix->edits.begin(), fix->edits.end(), [&](const TextEdit& edit) { return taken.touches(edit.span); });
        if (!is_free) continue;
        for (const TextEdit& edit : fix->edits) taken.add(edit.span);
        chosen.insert(chosen.end(), fix->edits.begin(), fix->edits.end());
    }
    std::sort(chosen.begin(), chosen.end(),
              [](const TextEdit& left, const TextEdit& right) { return left.span.begin < right.span.begin; });
    return chosen;
}

}  // namespace ruff::lint
