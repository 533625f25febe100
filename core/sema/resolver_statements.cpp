// Names of statements: blocks and what they hoist, bindings, assignments and the places they change.

#include "core/sema/resolver_internal.h"
#include "core/syntax/walk.h"

namespace ruff::sema {

using namespace ruff::syntax;

void Resolver::resolve_block(const Block& block, ScopeKind kind) {
    model_->functions_[block.id] = open_scope(kind, &block, span_of(block));
    resolve_statements(block.statements);
    close_scope();
}

void Resolver::resolve_statements(List<Stmt> statements) {
    for (const Stmt* statement : statements) hoist(*statement);
    const std::vector<ScopeId> outer_setups = setups_;
    for (const Stmt* statement : statements) resolve_statement(*statement);
    setups_ = outer_setups;
}

const Node& Resolver::exported(const Node& statement) {
    const auto* exporting = statement.as<Export>();
    return exporting == nullptr ? statement : *exporting->declaration;
}

void Resolver::hoist(const Node& statement) {
    is_exporting_ = statement.is<Export>();
    const Node& declaration = exported(statement);
    if (const auto* named = declaration.as<FuncDecl>()) {
        if (!named->name.is_missing()) hoist_function(*named);
    } else if (const auto* type = declaration.as<StructDecl>()) {
        hoist_struct(*type);
    } else if (const auto* choice = declaration.as<EnumDecl>()) {
        if (!choice->name.is_missing()) {
            const BindingId id = declare(choice->name, BindingKind::Enum, DeclaredAs::Const, choice);
            binding(id).visible_from = model_->scopes[scope()].span.begin;
            note_variants(*choice);
        }
    }
    is_exporting_ = false;
}

void Resolver::note_variants(const EnumDecl& declaration) {
    for (const EnumVariant* variant : declaration.variants) {
        if (!variant->name.is_missing()) is_variant_name_[static_cast<std::size_t>(symbol(variant->name))] = true;
    }
}

void Resolver::hoist_function(const FuncDecl& declaration) {
    const BindingId id = declare(declaration.name, BindingKind::Function, DeclaredAs::Const, &declaration);
    const FunctionId made = new_function(FunctionKind::Function, &declaration, function_);
    binding(id).visible_from = model_->scopes[scope()].span.begin;
    binding(id).index = made;
    function(made).binding = id;
    model_->functions_[declaration.id] = made;
}

void Resolver::hoist_struct(const StructDecl& declaration) {
    const auto index = static_cast<std::uint32_t>(model_->structs.size());
    model_->functions_[declaration.id] = index;
    model_->structs.emplace_back();
    StructInfo& type = model_->structs.back();
    type.declaration = &declaration;
    for (const Node* member : declaration.members) {
        if (const auto* field = member->as<StructField>()) type.fields.push_back(field);
    }
    if (declaration.name.is_missing()) return;
    const BindingId id = declare(declaration.name, BindingKind::Struct, DeclaredAs::Const, &declaration);
    binding(id).visible_from = model_->scopes[scope()].span.begin;
    binding(id).index = index;
    model_->structs[index].binding = id;
    if (scope() == 0) return;
    const FunctionId environment = new_function(FunctionKind::Environment, &declaration, function_);
    function(environment).binding = id;
    function(environment).struct_index = index;
    model_->structs[index].environment = environment;
}

void Resolver::resolve_statement(const Node& statement) {
    switch (statement.kind) {
        case NodeKind::Export:
            is_exporting_ = true;
            resolve_declaration(*statement.to<Export>().declaration);
            is_exporting_ = false;
            return;
        case NodeKind::Binding:
        case NodeKind::FuncDecl:
        case NodeKind::StructDecl:
        case NodeKind::EnumDecl: return resolve_declaration(statement);
        case NodeKind::Assign: return resolve_assign(statement.to<Assign>());
        case NodeKind::Import:
        case NodeKind::FromImport: return resolve_import(statement);
        case NodeKind::Test: return resolve_test(statement.to<Test>());
        case NodeKind::While:
            resolve_expr(*statement.to<While>().condition);
            return resolve_block(*statement.to<While>().body);
        case NodeKind::Loop: return resolve_block(*statement.to<Loop>().body);
        case NodeKind::For: return resolve_for(statement.to<For>());
        case NodeKind::Return:
            if (statement.to<Return>().value != nullptr) resolve_expr(*statement.to<Return>().value);
            return;
        case NodeKind::Break:
        case NodeKind::Continue: return;
        case NodeKind::ExprStmt: return resolve_expr(*statement.to<ExprStmt>().expression);
        default: return resolve_expr(statement);
    }
}

void Resolver::resolve_declaration(const Node& declaration) {
    // What an exported declaration declares is exported, but not what its body does.
    const bool exports = is_exporting_;
    is_exporting_ = false;
    if (const auto* named = declaration.as<FuncDecl>()) return resolve_named_function(*named);
    if (const auto* type = declaration.as<StructDecl>()) return resolve_struct(*type);
    if (const auto* choice = declaration.as<EnumDecl>()) return check_variants(*choice);
    if (const auto* bound = declaration.as<syntax::Binding>()) return resolve_binding(*bound, exports);
    resolve_expr(declaration);
}

DeclaredAs Resolver::declared_as(BindingKeyword keyword) {
    switch (keyword) {
        case BindingKeyword::Let: return DeclaredAs::Let;
        case BindingKeyword::Mut: return DeclaredAs::Mut;
        case BindingKeyword::Const: return DeclaredAs::Const;
    }
    return DeclaredAs::Mut;
}

bool Resolver::is_function_value(const Expr& value) {
    const Expr& inner = without_parens(value);
    return inner.is<LambdaExpr>() || inner.is<FuncExpr>();
}

void Resolver::resolve_binding(const syntax::Binding& statement, bool exports) {
    if (statement.type != nullptr) resolve_type(*statement.type);
    const auto* name = statement.pattern->as<NamePattern>();
    if (name != nullptr && !binds_nothing(name->name) && is_function_value(*statement.value)) {
        is_exporting_ = exports;
        const BindingId id =
            declare(name->name, BindingKind::Variable, declared_as(statement.keyword), name);
        is_exporting_ = false;
        return resolve_initialiser(id, *statement.value);
    }
    resolve_expr(*statement.value);
    is_exporting_ = exports;
    declare_pattern(*statement.pattern, BindingKind::Variable, declared_as(statement.keyword));
    is_exporting_ = false;
}

/// The value of `n := |…| …`, which sees `n`.
void Resolver::resolve_initialiser(BindingId id, const Expr& value) {
    const BindingId outer = initialising_;
    initialising_ = id;
    resolve_expr(value);
    initialising_ = outer;
}

void Resolver::resolve_assign(const Assign& statement) {
    if (statement.op == AssignOp::Set) {
        if (const auto* name = statement.target->as<NameExpr>()) return resolve_bare(statement, *name);
        if (statement.target->is<ArrayPattern>() || statement.target->is<DictPattern>()) {
            resolve_expr(*statement.value);
            return assign_pattern(*statement.target);
        }
    }
    resolve_place(*statement.target, statement.op == AssignOp::Set ? Access::Assign : Access::Update);
    resolve_expr(*statement.value);
}

/// `name := value`
void Resolver::resolve_bare(const Assign& statement, const NameExpr& target) {
    if (binds_nothing(target.name)) return resolve_expr(*statement.value);
    const bool declares = !is_assignable(symbol(target.name));
    if (declares && is_function_value(*statement.value) && !refuse_field(target.name)) {
        const BindingId id = declare(target.name, BindingKind::Variable, DeclaredAs::Bare, &target);
        return resolve_initialiser(id, *statement.value);
    }
    resolve_expr(*statement.value);
    assign_or_declare(target, target.name);
}

/// True if a bare `:=` assigns what is visible under that name.
bool Resolver::is_assignable(Symbol name) {
    const BindingId id = visible(name);
    return id != kNone && !binding(id).is_weak;
}

void Resolver::assign_or_declare(const Node& node, const Name& name) {
    if (binds_nothing(name) || refuse_field(name)) return;
    const Symbol text = symbol(name);
    if (is_assignable(text)) {
        set_use(node, UseKind::Binding, visible(text));
        touch(visible(text), name.token, Access::Assign);
    } else {
        declare(name, BindingKind::Variable, DeclaredAs::Bare, &node);
    }
}

/// Assigning the name of a field in a method of the older style.
bool Resolver::refuse_field(const Name& name) {
    if (old_style_method_ == kNone) return false;
    const Symbol text = symbol(name);
    const BindingId id = visible(text);
    if (!is_field(text) || (id != kNone && binding(id).function >= old_style_method_)) return false;
    const std::string field(name.text());
    report("assigned-field", model_->tree->span(name), "cannot assign the field `" + field + "` by its bare name")
        .help = "give the method a `self` parameter and write `self." + field + "`";
    return true;
}

/// A place that is assigned, updated or changed: the access counts for the variable at its root.
void Resolver::resolve_place(const Node& place, Access access) {
    if (const auto* name = place.as<NameExpr>()) {
        if (access != Access::Change && refuse_field(name->name)) return;
        use_name(*name, name->name, access);
        return;
    }
    if (place.is<SelfExpr>()) return use_self(place, access);
    if (const auto* member = place.as<MemberExpr>()) return resolve_place_below(*member->object, access);
    if (const auto* index = place.as<IndexExpr>()) {
        resolve_place_below(*index->object, access);
        return resolve_expr(*index->index);
    }
    resolve_expr(place);
}

/// `object` of an assigned member or element: a place that changes, or any expression.
void Resolver::resolve_place_below(const Node& object, Access access) {
    // A chain has no depth limit: down to the root first, then the indices in order.
    std::vector<const Node*> chain;
    const Node* at = &object;
    while (at->is<MemberExpr>() || at->is<IndexExpr>()) {
        chain.push_back(at);
        at = at->is<MemberExpr>() ? at->to<MemberExpr>().object : at->to<IndexExpr>().object;
    }
    if (const auto* name = at->as<NameExpr>()) {
        if (access != Access::Change && refuse_field(name->name)) return;
        use_name(*name, name->name, Access::Change);
        if (const Use use = model_->uses_[name->id]; use.kind == UseKind::Binding) binding(use.index).is_read = true;
    } else if (at->is<SelfExpr>()) {
        use_self(*at, Access::Change);
    } else {
        resolve_expr(*at);
    }
    for (std::size_t i = chain.size(); i-- > 0;) {
        if (const auto* index = chain[i]->as<IndexExpr>()) resolve_expr(*index->index);
    }
}

void Resolver::use_self(const Node& node, Access access) {
    FunctionId method = function_;
    bool is_detached = false;
    while (method != kNone && function(method).self == kNone) {
        is_detached = is_detached || function(method).is_async || function(method).kind == FunctionKind::Spawn;
        method = function(method).parent;
    }
    if (method == kNone) {
        const Symbol text = symbol("self");
        set_use(node, UseKind::Undefined, static_cast<std::uint32_t>(model_->undefined.size()));
        model_->undefined.push_back({&node, node.first_token, text, scope()});
        return;
    }
    const BindingId self = function(method).self;
    set_use(node, UseKind::Binding, self);
    touch(self, node.first_token, access);
    if (access == Access::Read || access == Access::Call) return;
    binding(self).is_changed = true;
    check_self_change(node, method, is_detached);
    function(method).changes_self = true;
}

void Resolver::check_self_change(const Node& node, FunctionId method, bool is_detached) {
    if (is_calling_method_) return;  // a mutating builtin method: an error where it runs
    const FunctionInfo& info = function(method);
    const std::string_view name = info.node->to<FuncDecl>().name.text();
    std::string_view what;
    if (is_detached) {
        what = "an `async` function or `spawn` block inside a method";
    } else if (info.is_async) {
        what = "an `async` method";
    } else if (info.is_generator) {
        what = "a `func*` method";
    } else if (is_operator_method(name)) {
        what = "an operator method";
    } else {
        return;
    }
    report("assignment-to-self", span_of(node), std::string(what) + " may not assign to `self`").help =
        "return the changed value, or make the change in a plain method";
}

void Resolver::resolve_for(const For& loop) {
    resolve_expr(*loop.iterable);
    open_scope(ScopeKind::Loop, &loop, {span_of(*loop.pattern).begin, span_of(loop).end});
    declare_pattern(*loop.pattern, BindingKind::Loop, DeclaredAs::Bare);
    if (loop.second != nullptr) declare_pattern(*loop.second, BindingKind::Loop, DeclaredAs::Bare);
    resolve_block(*loop.body);
    close_scope();
}

}  // namespace ruff::sema
