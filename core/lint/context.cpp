#include "core/lint/context.h"

#include <algorithm>

#include "core/syntax/walk.h"

namespace ruff::lint {

Context::Context(const sema::SemanticModel& semantic_model, sema::Facts& facts)
    : model(semantic_model), tree(*semantic_model.tree), parents_(tree.node_count, nullptr), facts_(facts) {
    std::vector<const syntax::Node*> in_order;
    in_order.reserve(tree.node_count);
    std::vector<const syntax::Node*> waiting{tree.root};
    while (!waiting.empty()) {
        const syntax::Node* node = waiting.back();
        waiting.pop_back();
        in_order.push_back(node);
        ++first_of_kind_[static_cast<std::size_t>(node->kind) + 1];
        const auto first_child = static_cast<std::ptrdiff_t>(waiting.size());
        syntax::for_each_child(*node, [&](const syntax::Node& child) {
            parents_[child.id] = node;
            waiting.push_back(&child);
        });
        std::reverse(waiting.begin() + first_child, waiting.end());
    }
    for (std::size_t kind = 1; kind < first_of_kind_.size(); ++kind) first_of_kind_[kind] += first_of_kind_[kind - 1];
    std::array<std::uint32_t, 257> next = first_of_kind_;
    nodes_.resize(in_order.size());
    for (const syntax::Node* node : in_order) nodes_[next[static_cast<std::size_t>(node->kind)]++] = node;
}

const sema::TypeModel& Context::types() const {
    if (types_ == nullptr) types_ = &facts_.types_of(model);
    return *types_;
}

std::span<const sema::Reference> Context::references_of(sema::BindingId id) const {
    if (first_reference_.empty()) {
        first_reference_.resize(model.bindings.size() + 1);
        for (const sema::Reference& each : model.references) ++first_reference_[each.binding + 1];
        for (std::size_t i = 1; i < first_reference_.size(); ++i) first_reference_[i] += first_reference_[i - 1];
        std::vector<std::uint32_t> next = first_reference_;
        references_.resize(model.references.size());
        for (const sema::Reference& each : model.references) references_[next[each.binding]++] = each;
    }
    return std::span(references_).subspan(first_reference_[id], first_reference_[id + 1] - first_reference_[id]);
}

Diagnostic& Context::report(Span span, std::string message) {
    Diagnostic& finding = findings_.emplace_back();
    finding.code = rule_->name;
    finding.severity = severity_;
    finding.is_rule = true;
    finding.span = span;
    finding.message = std::move(message);
    return finding;
}

void Context::offer_await(const syntax::Node& promise) {
    const std::string text = "(await " + std::string(tree.text(promise)) + ")";
    findings_.back().help = "await the promise first: `" + text + "`";
    findings_.back().fixes = {{"Await the promise", FixSafety::Unsafe, {{tree.span(promise), text}}}};
}

void Context::set_rule(const Rule& rule, Severity severity) {
    rule_ = &rule;
    severity_ = severity;
}

}  // namespace ruff::lint
