#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/lint/rule.h"
#include "core/sema/facts.h"
#include "core/sema/semantic_model.h"

namespace ruff::lint {

/// What the rules see of one file, and where they put what they find. Made for one check on one thread.
class Context {
public:
    /// `facts` knows the file and its imports.
    Context(const sema::SemanticModel& model, sema::Facts& facts);

    const sema::SemanticModel& model;
    const syntax::SyntaxTree& tree;

    /// Calls `function(const T&)` for every node of that kind, in source order.
    template <class T, class Function>
    void each(Function&& function) const {
        constexpr auto kind = static_cast<std::size_t>(T::kKind);
        for (std::uint32_t i = first_of_kind_[kind]; i < first_of_kind_[kind + 1]; ++i) function(nodes_[i]->to<T>());
    }

    /// Whether there is a node of that kind.
    template <class T>
    [[nodiscard]] bool has() const {
        constexpr auto kind = static_cast<std::size_t>(T::kKind);
        return first_of_kind_[kind] != first_of_kind_[kind + 1];
    }

    /// Made when the first rule asks for them.
    [[nodiscard]] const sema::TypeModel& types() const;
    /// Of the file or of one that it imports, directly or not.
    [[nodiscard]] const sema::TypeModel& types_of(const sema::SemanticModel& file) const { return facts_.types_of(file); }
    [[nodiscard]] const sema::EffectModel& effects() const { return facts_.effects_of(model); }
    [[nodiscard]] sema::Type type_of(const syntax::Node& node) const { return types().type_of(node); }

    /// Every mention of a variable, in order of the code.
    [[nodiscard]] std::span<const sema::Reference> references_of(sema::BindingId id) const;

    /// Null for the file.
    [[nodiscard]] const syntax::Node* parent(const syntax::Node& node) const { return parents_[node.id]; }

    /// Starts a finding of the rule that is running; the reference holds until the next one.
    Diagnostic& report(Span span, std::string message);
    Diagnostic& report(const syntax::Node& node, std::string message) { return report(tree.span(node), std::move(message)); }

    /// The last finding is about a promise that was meant to be awaited: offers that.
    void offer_await(const syntax::Node& promise);

    void set_rule(const Rule& rule, Severity severity);
    std::vector<Diagnostic> take_findings() { return std::move(findings_); }

private:
    const Rule* rule_ = nullptr;
    Severity severity_ = Severity::Warning;
    std::vector<const syntax::Node*> parents_;  // by node id
    std::vector<const syntax::Node*> nodes_;    // by kind, and in source order within one
    std::array<std::uint32_t, 257> first_of_kind_{};
    std::vector<Diagnostic> findings_;
    mutable std::vector<sema::Reference> references_;          // by binding
    mutable std::vector<std::uint32_t> first_reference_;       // by BindingId, and one more
    sema::Facts& facts_;
    mutable const sema::TypeModel* types_ = nullptr;
};

}  // namespace ruff::lint
