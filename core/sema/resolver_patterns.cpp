// Names in patterns: of bindings and parameters, and of the arms of `match`.

#include <algorithm>
#include <utility>

#include "core/sema/resolver_internal.h"

namespace ruff::sema {

using namespace ruff::syntax;

/// What an expression among exported names declares for itself is not exported.
template <class Resolve>
void Resolver::without_exporting(Resolve&& resolve) {
    const bool exports = std::exchange(is_exporting_, false);
    resolve();
    is_exporting_ = exports;
}

/// The patterns inside a destructuring pattern, after the expressions (keys, defaults) that stand before them.
template <class Visit>
void Resolver::for_each_subpattern(const Node& pattern, Visit&& visit) {
    switch (pattern.kind) {
        case NodeKind::ArrayPattern:
            for (const Node* element : pattern.to<ArrayPattern>().elements) visit(*element);
            return;
        case NodeKind::DictPattern:
            for (const Node* entry : pattern.to<DictPattern>().entries) visit(*entry);
            return;
        case NodeKind::DefaultPattern:
            without_exporting([&] { resolve_expr(*pattern.to<DefaultPattern>().default_value); });
            return visit(*pattern.to<DefaultPattern>().pattern);
        case NodeKind::PatternField: {
            const auto& field = pattern.to<PatternField>();
            without_exporting([&] {
                resolve_key(field.key);
                if (field.default_value != nullptr) resolve_expr(*field.default_value);
            });
            return visit(*field.pattern);
        }
        case NodeKind::ParenPattern: return visit(*pattern.to<ParenPattern>().inner);
        case NodeKind::NamePattern:
        case NodeKind::RestPattern:
        case NodeKind::WildcardPattern: return;
        default: return without_exporting([&] { resolve_expr(pattern); });
    }
}

/// Declares what a binding, parameter or loop pattern binds.
void Resolver::declare_pattern(const Node& pattern, BindingKind kind, DeclaredAs declared) {
    switch (pattern.kind) {
        case NodeKind::NamePattern: {
            const auto& name = pattern.to<NamePattern>();
            if (!binds_nothing(name.name)) declare(name.name, kind, declared, &pattern);
            return;
        }
        case NodeKind::RestPattern: {
            const auto& rest = pattern.to<RestPattern>();
            if (!binds_nothing(rest.name)) declare(rest.name, kind, declared, &pattern);
            return;
        }
        default: return for_each_subpattern(pattern, [&](const Node& inner) { declare_pattern(inner, kind, declared); });
    }
}

/// The targets of a bare pattern.
void Resolver::assign_pattern(const Node& pattern) {
    if (const auto* name = pattern.as<NamePattern>()) return assign_or_declare(pattern, name->name);
    if (const auto* rest = pattern.as<RestPattern>()) return assign_or_declare(pattern, rest->name);
    if (const auto* name = pattern.as<NameExpr>()) return assign_or_declare(pattern, name->name);
    for_each_subpattern(pattern, [&](const Node& inner) { assign_pattern(inner); });
}

void Resolver::resolve_key(const DictKey* key) {
    if (key != nullptr && key->key_kind == KeyKind::Computed) resolve_expr(*key->value);
}

void Resolver::resolve_match(const Match& match) {
    resolve_expr(*match.subject);
    for (const Node* node : match.arms) {
        const auto* arm = node->as<MatchArm>();
        if (arm == nullptr) {
            resolve_expr(*node);
            continue;
        }
        open_scope(ScopeKind::Arm, arm, span_of(*arm));
        if (arm->pattern != nullptr) declare_case(*arm->pattern);
        if (arm->guard != nullptr) resolve_expr(*arm->guard);
        if (const auto* block = arm->body->as<Block>()) {
            resolve_block(*block);
        } else {
            open_scope(ScopeKind::Block, arm->body, span_of(*arm->body));
            resolve_statement(*arm->body);
            close_scope();
        }
        close_scope();
    }
}

void Resolver::declare_case(const Node& pattern) {
    switch (pattern.kind) {
        case NodeKind::NamePattern: return declare_case_name(pattern, pattern.to<NamePattern>().name);
        case NodeKind::RestPattern: return declare_case_rest(pattern, pattern.to<RestPattern>().name);
        case NodeKind::ArrayPattern:
            for (const Node* element : pattern.to<ArrayPattern>().elements) declare_case(*element);
            return;
        case NodeKind::DictPattern:
            for (const Node* entry : pattern.to<DictPattern>().entries) declare_case(*entry);
            return;
        case NodeKind::StructPattern:
            use_path(*pattern.to<StructPattern>().path);
            for (const Node* entry : pattern.to<StructPattern>().entries) declare_case(*entry);
            return;
        case NodeKind::PatternField: {
            const auto& field = pattern.to<PatternField>();
            resolve_key(field.key);
            if (field.key == nullptr && field.pattern->is<NamePattern>()) {
                return declare_case_rest(*field.pattern, field.pattern->to<NamePattern>().name);
            }
            return declare_case(*field.pattern);
        }
        case NodeKind::WrapperPattern: return declare_case(*pattern.to<WrapperPattern>().inner);
        case NodeKind::VariantPattern: {
            const auto& variant = pattern.to<VariantPattern>();
            check_variant(*variant.path, variant.variant);
            for (const Node* element : variant.elements) declare_case(*element);
            return;
        }
        case NodeKind::OrPattern: return declare_alternatives(pattern.to<OrPattern>());
        case NodeKind::ParenPattern: return declare_case(*pattern.to<ParenPattern>().inner);
        case NodeKind::LiteralPattern:
        case NodeKind::RangePattern:
        case NodeKind::NonePattern:
        case NodeKind::WildcardPattern: return;
        default: return resolve_expr(pattern);
    }
}

void Resolver::declare_case_name(const Node& node, const Name& name) {
    if (binds_nothing(name)) return;
    check_look_alike(name);
    declare_case_rest(node, name);
}

/// In a later alternative the names of the first one are meant.
void Resolver::declare_case_rest(const Node& node, const Name& name) {
    if (binds_nothing(name)) return;
    if (alternative_names_ == nullptr) {
        declare(name, BindingKind::Pattern, DeclaredAs::Bare, &node);
        return;
    }
    const Symbol text = symbol(name);
    for (AlternativeName& known : *alternative_names_) {
        if (known.name != text) continue;
        if (known.is_seen) report_duplicate(name, known.binding);
        known.is_seen = true;
        set_use(node, UseKind::Binding, known.binding);
        model_->references.push_back({known.binding, name.token, Access::Declare});
        return;
    }
    report("alternative-names", model_->tree->span(name),
           "all alternatives of a pattern bind the same names, and another one does not bind " +
               quoted_name(name.text()));
}

void Resolver::declare_alternatives(const OrPattern& pattern) {
    const auto first_binding = static_cast<BindingId>(model_->bindings.size());
    if (alternative_names_ != nullptr) {
        // Inside a later alternative already: its names are known, each nested alternative binds the same ones.
        const std::vector<AlternativeName> before = *alternative_names_;
        for (const Node* alternative : pattern.alternatives) {
            std::vector<AlternativeName> after = *alternative_names_;
            *alternative_names_ = before;
            declare_case(*alternative);
            for (std::size_t i = 0; i < after.size(); ++i) (*alternative_names_)[i].is_seen |= after[i].is_seen;
        }
        return;
    }
    declare_case(*pattern.alternatives[0]);
    std::vector<AlternativeName> names;
    for (BindingId id = first_binding; id < model_->bindings.size(); ++id) {
        names.push_back({binding(id).name, id, false});
    }
    for (std::size_t i = 1; i < pattern.alternatives.size(); ++i) {
        for (AlternativeName& name : names) name.is_seen = false;
        alternative_names_ = &names;
        declare_case(*pattern.alternatives[i]);
        alternative_names_ = nullptr;
        for (const AlternativeName& name : names) {
            if (name.is_seen) continue;
            report("alternative-names", span_of(*pattern.alternatives[i]),
                   "all alternatives of a pattern bind the same names, and this one does not bind " +
                       quoted_name(model_->text(name.name)));
        }
    }
}

/// A bare name in a `case` that is spelled like something it would not be compared with.
void Resolver::check_look_alike(const Name& name) {
    const Symbol text = symbol(name);
    const std::string spelled(name.text());
    const auto refuse = [&](std::string what, std::string form) {
        report("look-alike-pattern", model_->tree->span(name),
               quoted_name(spelled) + " binds a new name here: to match the " + what + ", write `" + form + "`");
    };
    if (const BindingId id = visible(text); id != kNone) {
        const sema::Binding& seen = declaration_of(id);
        if (seen.kind == BindingKind::Struct) return refuse("struct", spelled + " { }");
        if (seen.kind == BindingKind::Enum) return refuse("enum", spelled + "::…");
        if (seen.kind == BindingKind::Variable && seen.declared_as == DeclaredAs::Const) {
            return refuse("constant", "case value if value == " + spelled);
        }
    }
    if (!is_variant_name_[static_cast<std::size_t>(text)]) return;
    if (const std::string owner = visible_enum_with(name.text()); !owner.empty()) {
        refuse("variant", owner + "::" + spelled);
    }
}

/// The declaration behind an imported name.
const sema::Binding& Resolver::declaration_of(BindingId id) {
    const sema::Binding& seen = binding(id);
    if (seen.kind != BindingKind::Imported || seen.target == kNone) return seen;
    return model_->imports[seen.index].module->bindings[seen.target];
}

std::string Resolver::visible_enum_with(std::string_view variant) {
    for (auto open = open_.rbegin(); open != open_.rend(); ++open) {
        for (BindingId id = model_->scopes[open->id].first; id != kNone; id = binding(id).next_in_scope) {
            const sema::Binding& seen = declaration_of(id);
            if (seen.kind != BindingKind::Enum || visible(binding(id).name) != id) continue;
            for (const EnumVariant* known : seen.declaration->to<EnumDecl>().variants) {
                if (known->name.text() == variant) return std::string(model_->name(id));
            }
        }
    }
    return {};
}

}  // namespace ruff::sema
