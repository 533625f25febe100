// Names in expressions and types; enums and their variants, which are checked here.

#include <algorithm>

#include "core/sema/resolver_internal.h"
#include "core/support/edit_distance.h"
#include "core/syntax/walk.h"

namespace ruff::sema {

using namespace ruff::syntax;

namespace {

constexpr std::string_view kResultVariants[] = {"Ok", "Err"};
constexpr std::string_view kOptionVariants[] = {"Some", "None"};

}  // namespace

// --- enums and paths ---------------------------------------------------------------------------------------

/// Reports an unknown enum or variant of `path::variant`.
void Resolver::check_variant(const Path& path, const Name& variant) {
    if (variant.is_missing() || path.names[0].is_missing()) return;
    if (path.names.size() == 1 && visible(symbol(path.names[0])) == kNone) {
        const std::string_view owner = path.names[0].text();
        if (owner == "Result") return check_builtin_variant(path, variant, kResultVariants);
        if (owner == "Option") return check_builtin_variant(path, variant, kOptionVariants);
    }
    const auto undefined_before = model_->undefined.size();
    const auto pending_before = pending_.size();
    const Use use = use_path(path);
    model_->undefined.resize(std::min(undefined_before, model_->undefined.size()));
    pending_.resize(std::min(pending_before, pending_.size()));
    if (use.kind == UseKind::Undefined) set_use(path, UseKind::None, 0);

    const SemanticModel* owner_model = model_.get();
    const EnumDecl* owner = find_enum(path, use, owner_model);
    if (owner_model == nullptr) return;  // of a module that cannot be had: its import raises
    if (owner == nullptr) return report_unknown_enum(path);
    std::vector<std::string_view> known;
    for (const EnumVariant* candidate : owner->variants) {
        if (candidate->name.text() == variant.text()) return;
        known.push_back(candidate->name.text());
    }
    report_unknown_variant(path, variant, known);
}

void Resolver::check_builtin_variant(const Path& path, const Name& variant,
                                     std::span<const std::string_view> known) {
    if (std::find(known.begin(), known.end(), variant.text()) == known.end()) {
        report_unknown_variant(path, variant, known);
    }
}

/// The enum that a path means. Sets `owner` to null when that cannot be known.
const EnumDecl* Resolver::find_enum(const Path& path, Use use, const SemanticModel*& owner) {
    if (use.kind != UseKind::Binding) {
        if (has_unknown_names_) owner = nullptr;
        return nullptr;
    }
    const sema::Binding& first = binding(use.index);
    const sema::Binding* found = &first;
    if (first.kind == BindingKind::Module) {
        if (path.names.size() != 2) return nullptr;
        owner = model_->imports[first.index].module;
        if (owner == nullptr) return nullptr;
        const BindingId exported = owner->find_export(path.names[1].text());
        if (exported == kNone) return nullptr;
        found = &owner->bindings[exported];
    } else if (path.names.size() != 1) {
        return nullptr;
    } else if (first.kind == BindingKind::Imported) {
        owner = model_->imports[first.index].module;
        if (owner == nullptr || first.target == kNone) {
            owner = nullptr;
            return nullptr;
        }
        found = &owner->bindings[first.target];
    }
    return found->kind == BindingKind::Enum ? &found->declaration->to<EnumDecl>() : nullptr;
}

void Resolver::report_unknown_enum(const Path& path) {
    std::vector<std::string_view> known{"Result", "Option"};
    constexpr std::size_t kMaxSuggestions = 200;
    for (const OpenScope& open : open_) {
        if (model_->diagnostics.size() > kMaxSuggestions) break;
        for (BindingId id = model_->scopes[open.id].first; id != kNone; id = binding(id).next_in_scope) {
            if (declaration_of(id).kind == BindingKind::Enum) known.push_back(model_->name(id));
        }
    }
    const std::string_view written = model_->tree->text(path);
    const std::string_view near = nearest_name(written, known);
    Diagnostic& diagnostic = report("unknown-enum", span_of(path),
                                    "unknown enum " + quoted_name(written) +
                                        (near.empty() ? "" : ", did you mean " + quoted_name(near) + "?"));
    if (!near.empty()) add_fix(diagnostic, near);
}

void Resolver::report_unknown_variant(const Path& path, const Name& variant,
                                      std::span<const std::string_view> known) {
    const std::string owner(model_->tree->text(path));
    const std::string_view near = nearest_name(variant.text(), known);
    const std::string suggestion =
        near.empty() ? std::string() : ", did you mean `" + owner + "::" + std::string(near) + "`?";
    Diagnostic& diagnostic =
        report("unknown-variant", model_->tree->span(variant),
               "enum `" + owner + "` has no variant " + quoted_name(variant.text()) + suggestion);
    if (!near.empty()) return add_fix(diagnostic, near);
    for (std::size_t i = 0; i < known.size(); ++i) {
        diagnostic.help += (i == 0 ? "its variants are `" : ", `") + std::string(known[i]) + "`";
    }
}

void Resolver::add_fix(Diagnostic& diagnostic, std::string_view name) {
    diagnostic.fixes.push_back({"Replace by `" + std::string(name) + "`", FixSafety::Unsafe,
                                {{diagnostic.span, std::string(name)}}});
}

// --- expressions -------------------------------------------------------------------------------------------

void Resolver::resolve_expr(const Node& expression) {
    // Chains lean to the left and have no depth limit: down to their start, then up again.
    if (leftmost_step(expression) == nullptr) return resolve_single(expression);
    const std::size_t base = chain_.size();
    const Node* at = &expression;
    for (const Expr* next; (next = leftmost_step(*at)) != nullptr; at = next) chain_.push_back(at);
    resolve_chain_start(*at, *chain_.back());
    while (chain_.size() > base) {
        const Node* link = chain_.back();
        chain_.pop_back();
        resolve_link(*link, chain_.size() > base ? chain_.back() : nullptr);
    }
}

/// The innermost node of a chain: how a name there is used depends on the link around it.
void Resolver::resolve_chain_start(const Node& start, const Node& around) {
    const auto* call = around.as<CallExpr>();
    if (call != nullptr && start.is<NameExpr>()) {
        use_name(start, start.to<NameExpr>().name, Access::Call);
    } else {
        resolve_single(start);
    }
}

/// What a link of a chain holds besides the chain below it. `around` is the next link.
void Resolver::resolve_link(const Node& link, const Node* around) {
    switch (link.kind) {
        case NodeKind::BinaryExpr: return resolve_expr(*link.to<BinaryExpr>().right);
        case NodeKind::PipeExpr: return resolve_piped(*link.to<PipeExpr>().right);
        case NodeKind::CallExpr:
            for (const Node* argument : link.to<CallExpr>().arguments) resolve_argument(*argument);
            return;
        case NodeKind::IndexExpr: return resolve_expr(*link.to<IndexExpr>().index);
        case NodeKind::SliceExpr:
            if (link.to<SliceExpr>().low != nullptr) resolve_expr(*link.to<SliceExpr>().low);
            if (link.to<SliceExpr>().high != nullptr) resolve_expr(*link.to<SliceExpr>().high);
            return;
        case NodeKind::MemberExpr:
            if (around != nullptr && around->is<CallExpr>()) record_method_call(link.to<MemberExpr>());
            return;
        default: return;
    }
}

/// `place.name(…)`: may change the variable at the root of the place.
void Resolver::record_method_call(const MemberExpr& member) {
    const Node* at = member.object;
    bool is_direct = true;
    while (at->is<MemberExpr>() || at->is<IndexExpr>()) {
        at = at->is<MemberExpr>() ? at->to<MemberExpr>().object : at->to<IndexExpr>().object;
        is_direct = false;
    }
    if (member.name.is_missing()) return;
    const Use use = model_->uses_[at->id];
    if (use.kind != UseKind::Binding) return;
    const Symbol name = symbol(member.name);
    if (at->is<SelfExpr>()) return record_self_call(*at, member, name, is_direct);
    if (!at->is<NameExpr>()) return;
    if (is_mutating_method_name(member.name.text())) {
        binding(use.index).is_changed = true;
    } else {
        method_calls_.push_back({use.index, name});
    }
}

void Resolver::record_self_call(const Node& self, const MemberExpr& member, Symbol name, bool is_direct) {
    FunctionId method = function_;
    while (function(method).self == kNone) method = function(method).parent;
    FunctionInfo& info = function(method);
    if (is_direct && has_method(info.struct_index, member.name.text())) {
        info.self_calls.push_back(name);
    } else if (is_mutating_method_name(member.name.text())) {
        is_calling_method_ = true;
        use_self(self, Access::Change);
        is_calling_method_ = false;
    }
}

bool Resolver::has_method(std::uint32_t struct_index, std::string_view name) const {
    for (const Node* member : model_->structs[struct_index].declaration->members) {
        if (member->is<FuncDecl>() && member->to<FuncDecl>().name.text() == name) return true;
    }
    return false;
}

void Resolver::resolve_piped(const Node& right) {
    if (right.is<NameExpr>()) {
        use_name(right, right.to<NameExpr>().name, Access::Call);
        return;
    }
    resolve_expr(right);
    if (const auto* member = right.as<MemberExpr>()) record_method_call(*member);
}

void Resolver::resolve_argument(const Node& argument) {
    if (const auto* named = argument.as<NamedArgument>()) return resolve_expr(*named->value);
    if (const auto* spread = argument.as<Spread>()) return resolve_expr(*spread->operand);
    resolve_expr(argument);
}

void Resolver::resolve_single(const Node& node) {
    switch (node.kind) {
        case NodeKind::NameExpr: use_name(node, node.to<NameExpr>().name, Access::Read); return;
        case NodeKind::SelfExpr: return use_self(node, Access::Read);
        case NodeKind::VariantExpr:
            return check_variant(*node.to<VariantExpr>().path, node.to<VariantExpr>().variant);
        case NodeKind::DictShorthand: use_name(node, node.to<DictShorthand>().name, Access::Read); return;
        case NodeKind::StructExpr: return resolve_struct_expr(node.to<StructExpr>());
        case NodeKind::StringLiteral:
            for (const StringPart& part : node.to<StringLiteral>().parts) {
                if (part.expression != nullptr) resolve_expr(*part.expression);
            }
            return;
        case NodeKind::DictEntry:
            resolve_key(node.to<DictEntry>().key);
            return resolve_expr(*node.to<DictEntry>().value);
        case NodeKind::If:
            for (const IfBranch* branch : node.to<If>().branches) {
                resolve_expr(*branch->condition);
                resolve_block(*branch->body);
            }
            if (node.to<If>().else_block != nullptr) resolve_block(*node.to<If>().else_block);
            return;
        case NodeKind::Match: return resolve_match(node.to<Match>());
        case NodeKind::Try: return resolve_try(node.to<Try>());
        case NodeKind::Spawn: return resolve_spawn(node.to<Spawn>());
        case NodeKind::FuncExpr: return resolve_func_expr(node.to<FuncExpr>());
        case NodeKind::LambdaExpr: return resolve_lambda(node.to<LambdaExpr>());
        case NodeKind::Block: return resolve_block(node.to<Block>());
        case NodeKind::NamedType:
        case NodeKind::FuncType:
        case NodeKind::ParenType:
        case NodeKind::OptionalType:
        case NodeKind::UnionType:
        case NodeKind::NullType: return resolve_type(node);
        case NodeKind::ErrorNode:
            for (const Node* child : node.to<ErrorNode>().children) resolve_statement(*child);
            return;
        default:
            for_each_child(node, [&](const Node& child) { resolve_expr(child); });
            return;
    }
}

void Resolver::resolve_struct_expr(const StructExpr& literal) {
    use_path(*literal.path);
    for (const Node* entry : literal.entries) {
        const auto* field = entry->as<FieldInit>();
        if (field == nullptr) {
            resolve_expr(*entry);
        } else if (field->value != nullptr) {
            resolve_expr(*field->value);
        } else {
            use_name(*field, field->name, Access::Read);
        }
    }
}

void Resolver::resolve_try(const Try& statement) {
    resolve_block(*statement.body);
    if (statement.except_block != nullptr) {
        open_scope(ScopeKind::Except, &statement, span_of(*statement.except_block));
        if (!binds_nothing(statement.error_name)) {
            declare(statement.error_name, BindingKind::Except, DeclaredAs::Bare, &statement);
        }
        resolve_block(*statement.except_block);
        close_scope();
    }
    if (statement.finally_block != nullptr) resolve_block(*statement.finally_block);
}

void Resolver::resolve_spawn(const Spawn& spawn) {
    const FunctionId made = new_function(FunctionKind::Spawn, &spawn, function_);
    model_->functions_[spawn.id] = made;
    resolve_function(made, spawn, {}, nullptr, spawn.body);
}

void Resolver::resolve_func_expr(const FuncExpr& expression) {
    const FunctionId made = new_function(FunctionKind::Function, &expression, function_);
    function(made).is_async = expression.is_async;
    function(made).is_generator = expression.is_generator;
    model_->functions_[expression.id] = made;
    resolve_function(made, expression, expression.params, expression.result, expression.body);
}

void Resolver::resolve_lambda(const LambdaExpr& lambda) {
    const FunctionId made = new_function(FunctionKind::Lambda, &lambda, function_);
    function(made).is_async = lambda.is_async;
    model_->functions_[lambda.id] = made;
    resolve_function(made, lambda, lambda.params, nullptr, lambda.body);
}

/// Struct and enum names in types count as uses; whether a type exists is for the checker.
void Resolver::resolve_type(const Node& type) {
    if (const auto* named = type.as<NamedType>()) {
        const Name& name = named->path->names[0];
        if (!name.is_missing()) {
            const BindingId id = visible(symbol(name));
            if (id != kNone && !binding(id).is_variable()) {
                set_use(*named->path, UseKind::Binding, id);
                model_->references.push_back({id, name.token, Access::Read});
                binding(id).is_read = true;
            }
        }
        for (const Type* argument : named->arguments) resolve_type(*argument);
        return;
    }
    for_each_child(type, [&](const Node& child) { resolve_type(child); });
}

}  // namespace ruff::sema
