// Names that imports, tests, functions and structs declare, and what their bodies are to the functions around.

#include <algorithm>
#include <utility>

#include "core/sema/resolver_internal.h"

namespace ruff::sema {

using namespace ruff::syntax;

// --- modules -----------------------------------------------------------------------------------------------

void Resolver::resolve_import(const Node& statement) {
    const std::uint32_t index = next_import_++;
    while (model_->imports.size() <= index) model_->imports.emplace_back();
    model_->imports[index].node = &statement;
    if (const auto* import = statement.as<Import>()) {
        const Name& name = import->alias ? import->alias : import->path->names.back();
        if (binds_nothing(name)) return;
        const BindingId id = declare(name, BindingKind::Module, DeclaredAs::Let, import);
        binding(id).index = index;
        return;
    }
    const auto& from = statement.to<FromImport>();
    if (from.imports_all) return import_all(from, index);
    for (const ImportItem* item : from.items) {
        const Name& name = item->alias ? item->alias : item->name;
        if (binds_nothing(name)) continue;
        const BindingId id = declare(name, BindingKind::Imported, DeclaredAs::Let, item);
        binding(id).index = index;
        if (const SemanticModel* module = model_->imports[index].module) {
            binding(id).target = module->find_export(item->name.text());
        }
        note_imported_variants(id);
    }
}

void Resolver::import_all(const FromImport& statement, std::uint32_t index) {
    const SemanticModel* module = model_->imports[index].module;
    if (module == nullptr) {
        has_unknown_names_ = true;
        return;
    }
    for (const BindingId exported : module->exports) {
        const Symbol name = symbol(module->name(exported));
        const BindingId before = visible(name);
        if (before != kNone && binding(before).scope == scope() && !binding(before).is_weak) continue;
        const BindingId id = add_binding(name, BindingKind::Imported, DeclaredAs::Let, nullptr, kNoToken);
        Binding& imported = binding(id);
        imported.is_weak = true;
        imported.declaration = &statement;
        imported.index = index;
        imported.target = exported;
        imported.visible_from = span_of(statement).end;
        make_visible(id);
        note_imported_variants(id);
    }
}

void Resolver::note_imported_variants(BindingId id) {
    const sema::Binding& declared = declaration_of(id);
    if (declared.kind == BindingKind::Enum) note_variants(declared.declaration->to<EnumDecl>());
}

// --- tests -------------------------------------------------------------------------------------------------

// `test_setup` and what follows it form one scope: its variables are made visible again in each test and teardown.
void Resolver::resolve_test(const Test& test) {
    // A misplaced one inside a function, which is refused, belongs to that function.
    const bool is_misplaced = function_ != 0 && function_ != tests_;
    if (test.test_kind == TestKind::Group || is_misplaced) return resolve_block(*test.body);
    if (tests_ == kNone) {
        tests_ = new_function(FunctionKind::Tests, model_->tree->root, 0);
        function(tests_).scope = 0;
    }
    const FunctionId outer = function_;
    function_ = tests_;
    open_scope(ScopeKind::Block, &test, span_of(*test.body));
    for (const ScopeId setup : setups_) {
        for (BindingId id = model_->scopes[setup].first; id != kNone; id = binding(id).next_in_scope) {
            make_visible(id);
        }
    }
    const ScopeId body = open_scope(ScopeKind::Block, test.body, span_of(*test.body));
    model_->functions_[test.body->id] = body;
    for (const Stmt* statement : test.body->statements) hoist(*statement);
    for (const Stmt* statement : test.body->statements) resolve_statement(*statement);
    close_scope();
    close_scope();
    function_ = outer;
    if (test.test_kind == TestKind::Setup) setups_.push_back(body);
}

// --- functions and structs ---------------------------------------------------------------------------------

void Resolver::resolve_named_function(const FuncDecl& declaration) {
    FunctionId made = model_->function_of(declaration);
    if (made == kNone) made = new_function(FunctionKind::Function, &declaration, function_);
    model_->functions_[declaration.id] = made;
    function(made).is_async = declaration.is_async;
    function(made).is_generator = declaration.is_generator;
    resolve_function(made, declaration, declaration.params, declaration.result, declaration.body);
}

/// Parameters and body of `made`, whose node is `node`.
void Resolver::resolve_function(FunctionId made, const Node& node, List<Node> params, const Type* result,
                                const Node* body) {
    const FunctionId outer = function_;
    function_ = made;
    function(made).scope = open_scope(ScopeKind::Parameters, &node, span_of(node));
    if (function(made).kind == FunctionKind::Method) declare_self(made, params);
    for (const Node* param : params) declare_parameter(*param);
    if (result != nullptr) resolve_type(*result);
    if (const auto* block = body->as<Block>()) {
        resolve_block(*block);
    } else {
        resolve_expr(*body);
    }
    close_scope();
    function_ = outer;
}

void Resolver::declare_self(FunctionId method, List<Node> params) {
    const SelfParam* written = nullptr;
    for (const Node* param : params) {
        if (param->is<SelfParam>()) written = &param->to<SelfParam>();
    }
    FunctionInfo& info = function(method);
    info.is_old_style = written == nullptr;
    info.is_declared_mut = written != nullptr && written->is_mut;
    info.self = add_binding(symbol("self"), BindingKind::Self, DeclaredAs::Bare, written,
                            written == nullptr ? kNoToken : written->last_token);
    if (written == nullptr) old_style_method_ = method;
}

void Resolver::declare_parameter(const Node& node) {
    if (const auto* rest = node.as<RestParam>()) {
        if (!binds_nothing(rest->name)) declare(rest->name, BindingKind::Parameter, DeclaredAs::Bare, rest);
        return;
    }
    const auto* param = node.as<Param>();
    if (param == nullptr) return;
    if (param->type != nullptr) resolve_type(*param->type);
    if (param->default_value != nullptr) resolve_expr(*param->default_value);
    declare_pattern(*param->pattern, BindingKind::Parameter, DeclaredAs::Bare);
}

void Resolver::resolve_struct(const StructDecl& declaration) {
    // Inside what could not be parsed, nothing was hoisted.
    if (model_->struct_of(declaration) == kNone) hoist_struct(declaration);
    const std::uint32_t index = model_->struct_of(declaration);
    check_members(declaration);
    for (const Node* member : declaration.members) {
        if (const auto* field = member->as<StructField>()) {
            resolve_field(*field, index);
        } else if (const auto* method = member->as<FuncDecl>()) {
            resolve_method(*method, index);
        } else {
            resolve_expr(*member);
        }
    }
}

void Resolver::check_members(const StructDecl& declaration) {
    std::vector<const Name*> names;
    for (const Node* member : declaration.members) {
        if (const auto* field = member->as<StructField>()) names.push_back(&field->name);
        if (const auto* method = member->as<FuncDecl>()) names.push_back(&method->name);
    }
    check_distinct(names);
}

void Resolver::check_variants(const EnumDecl& declaration) {
    std::vector<const Name*> names;
    for (const EnumVariant* variant : declaration.variants) names.push_back(&variant->name);
    check_distinct(names);
}

/// Members of one struct, variants of one enum.
void Resolver::check_distinct(const std::vector<const Name*>& names) {
    std::vector<std::pair<Symbol, const Name*>> seen;
    for (const Name* name : names) {
        if (!name->is_missing()) seen.emplace_back(symbol(*name), name);
    }
    std::sort(seen.begin(), seen.end(), [](const auto& l, const auto& r) {
        return l.first != r.first ? l.first < r.first : l.second->token < r.second->token;
    });
    for (std::size_t i = 1; i < seen.size(); ++i) {
        if (seen[i].first != seen[i - 1].first) continue;
        report("duplicate-declaration", model_->tree->span(*seen[i].second),
               "Duplicate declaration in the same scope: " + std::string(seen[i].second->text()))
            .labels.push_back({model_->tree->span(*seen[i - 1].second), "first declared here", nullptr});
    }
}

/// The function around the members of a struct.
FunctionId Resolver::member_parent(std::uint32_t index) const {
    const FunctionId environment = model_->structs[index].environment;
    return environment == kNone ? function_ : environment;
}

void Resolver::resolve_field(const StructField& field, std::uint32_t index) {
    if (field.type != nullptr) resolve_type(*field.type);
    if (field.default_value == nullptr) {
        model_->structs[index].defaults.push_back(kNone);
        return;
    }
    const FunctionId made = new_function(FunctionKind::Default, &field, member_parent(index));
    function(made).struct_index = index;
    model_->functions_[field.id] = made;
    model_->structs[index].defaults.push_back(made);
    const FunctionId outer = function_;
    const FunctionId outer_method = std::exchange(old_style_method_, kNone);
    function_ = made;
    function(made).scope = open_scope(ScopeKind::Parameters, &field, span_of(*field.default_value));
    resolve_expr(*field.default_value);
    close_scope();
    function_ = outer;
    old_style_method_ = outer_method;
}

void Resolver::resolve_method(const FuncDecl& declaration, std::uint32_t index) {
    const FunctionId made = new_function(FunctionKind::Method, &declaration, member_parent(index));
    FunctionInfo& info = function(made);
    info.struct_index = index;
    info.is_async = declaration.is_async;
    info.is_generator = declaration.is_generator;
    model_->functions_[declaration.id] = made;
    model_->structs[index].methods.push_back(made);
    const FunctionId outer_method = std::exchange(old_style_method_, kNone);
    resolve_function(made, declaration, declaration.params, declaration.result, declaration.body);
    old_style_method_ = outer_method;
}

}  // namespace ruff::sema
