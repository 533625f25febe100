#pragma once
// The resolver's state and its steps, spread over resolver*.cpp: resolver.cpp says how it works.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/sema/resolver.h"
#include "core/sema/semantic_model.h"

namespace ruff::sema {

inline std::string quoted_name(std::string_view name) { return "`" + std::string(name) + "`"; }
inline bool is_operator_method(std::string_view name) { return name.starts_with("op_"); }

class Resolver {
public:
    Resolver(std::shared_ptr<const syntax::SyntaxTree> tree, ResolveOptions options);
    std::unique_ptr<SemanticModel> run();

private:
    // resolver.cpp: scopes
    struct Undo { Symbol name; BindingId before; };
    struct OpenScope { ScopeId id; std::size_t undo_size; };
    struct Pending { std::uint32_t undefined_index; Access access; FunctionId function; };
    struct MethodCall { BindingId binding; Symbol name; };
    Symbol symbol(std::string_view text);
    Symbol symbol(const syntax::Name& name) { return symbol(name.text()); }
    BindingId& visible(Symbol name) { return visible_[static_cast<std::size_t>(name)]; }
    Span span_of(const syntax::Node& node) const { return model_->tree->span(node); }
    ScopeId open_scope(ScopeKind kind, const syntax::Node* node, Span span);
    void close_scope();
    [[nodiscard]] ScopeId scope() const { return open_.back().id; }
    Binding& binding(BindingId id) { return model_->bindings[id]; }
    FunctionInfo& function(FunctionId id) { return model_->functions[id]; }
    FunctionId new_function(FunctionKind kind, const syntax::Node* node, FunctionId parent);

    // resolver.cpp: declaring
    void make_visible(BindingId id);
    BindingId declare(const syntax::Name& name, BindingKind kind, DeclaredAs declared_as,
                      const syntax::Node* node);
    BindingId add_binding(Symbol name, BindingKind kind, DeclaredAs declared_as, const syntax::Node* node,
                          std::uint32_t token);
    static bool binds_nothing(const syntax::Name& name) { return name.is_missing() || name.text() == "_"; }
    void report_duplicate(const syntax::Name& name, BindingId before);
    Diagnostic& report(std::string_view code, Span span, std::string message);

    // resolver.cpp: uses and captures
    void set_use(const syntax::Node& node, UseKind kind, std::uint32_t index) {
        model_->uses_[node.id] = {kind, index};
    }
    Use use_name(const syntax::Node& node, const syntax::Name& name, Access access);
    Use find_use(const syntax::Node& node, const syntax::Name& name, Access access);
    Use find_outside(Symbol name);
    Use look_outside(std::string_view text) const;
    std::uint32_t add_undefined(const syntax::Node& node, Symbol name, std::uint32_t token, Access access);
    void resolve_pending();
    void touch(BindingId id, std::uint32_t token, Access access);
    void capture(BindingId id);
    [[nodiscard]] bool is_field(Symbol name) const;

    // resolver_statements.cpp: blocks, bindings, assignments, places
    void resolve_block(const syntax::Block& block, ScopeKind kind = ScopeKind::Block);
    void resolve_statements(syntax::List<syntax::Stmt> statements);
    static const syntax::Node& exported(const syntax::Node& statement);
    void hoist(const syntax::Node& statement);
    void note_variants(const syntax::EnumDecl& declaration);
    void hoist_function(const syntax::FuncDecl& declaration);
    void hoist_struct(const syntax::StructDecl& declaration);
    void resolve_statement(const syntax::Node& statement);
    void resolve_declaration(const syntax::Node& declaration);
    static DeclaredAs declared_as(syntax::BindingKeyword keyword);
    static bool is_function_value(const syntax::Expr& value);
    void resolve_binding(const syntax::Binding& statement, bool exports);
    void resolve_initialiser(BindingId id, const syntax::Expr& value);
    void resolve_assign(const syntax::Assign& statement);
    void resolve_bare(const syntax::Assign& statement, const syntax::NameExpr& target);
    bool is_assignable(Symbol name);
    void assign_or_declare(const syntax::Node& node, const syntax::Name& name);
    bool refuse_field(const syntax::Name& name);
    void resolve_place(const syntax::Node& place, Access access);
    void resolve_place_below(const syntax::Node& object, Access access);
    void use_self(const syntax::Node& node, Access access);
    void check_self_change(const syntax::Node& node, FunctionId method, bool is_detached);
    void resolve_for(const syntax::For& loop);

    // resolver_declarations.cpp: imports
    void resolve_import(const syntax::Node& statement);
    void import_all(const syntax::FromImport& statement, std::uint32_t index);
    void note_imported_variants(BindingId id);

    // resolver_declarations.cpp: tests
    void resolve_test(const syntax::Test& test);

    // resolver_declarations.cpp: functions and structs
    void resolve_named_function(const syntax::FuncDecl& declaration);
    void resolve_function(FunctionId made, const syntax::Node& node, syntax::List<syntax::Node> params, const syntax::Type* result,
                          const syntax::Node* body);
    void declare_self(FunctionId method, syntax::List<syntax::Node> params);
    void declare_parameter(const syntax::Node& node);
    void resolve_struct(const syntax::StructDecl& declaration);
    void check_members(const syntax::StructDecl& declaration);
    void check_variants(const syntax::EnumDecl& declaration);
    void check_distinct(const std::vector<const syntax::Name*>& names);
    [[nodiscard]] FunctionId member_parent(std::uint32_t index) const;
    void resolve_field(const syntax::StructField& field, std::uint32_t index);
    void resolve_method(const syntax::FuncDecl& declaration, std::uint32_t index);

    // resolver_patterns.cpp
    void declare_pattern(const syntax::Node& pattern, BindingKind kind, DeclaredAs declared);
    void assign_pattern(const syntax::Node& pattern);
    template <class Resolve>
    void without_exporting(Resolve&& resolve);
    template <class Visit>
    void for_each_subpattern(const syntax::Node& pattern, Visit&& visit);
    void resolve_key(const syntax::DictKey* key);
    void resolve_match(const syntax::Match& match);
    void declare_case(const syntax::Node& pattern);
    void declare_case_name(const syntax::Node& node, const syntax::Name& name);
    void declare_case_rest(const syntax::Node& node, const syntax::Name& name);
    struct AlternativeName { Symbol name; BindingId binding; bool is_seen; };
    void declare_alternatives(const syntax::OrPattern& pattern);
    void check_look_alike(const syntax::Name& name);
    const sema::Binding& declaration_of(BindingId id);
    std::string visible_enum_with(std::string_view variant);

    // resolver_expressions.cpp: enums and paths
    /// `Point`, `geo.Point`: the first name is looked up.
    Use use_path(const syntax::Path& path) { return use_name(path, path.names[0], Access::Read); }
    void check_variant(const syntax::Path& path, const syntax::Name& variant);
    void check_builtin_variant(const syntax::Path& path, const syntax::Name& variant,
                               std::span<const std::string_view> known);
    const syntax::EnumDecl* find_enum(const syntax::Path& path, Use use, const SemanticModel*& owner);
    void report_unknown_enum(const syntax::Path& path);
    void report_unknown_variant(const syntax::Path& path, const syntax::Name& variant,
                                std::span<const std::string_view> known);
    static void add_fix(Diagnostic& diagnostic, std::string_view name);

    // resolver_expressions.cpp
    void resolve_expr(const syntax::Node& expression);
    void resolve_chain_start(const syntax::Node& start, const syntax::Node& around);
    void resolve_link(const syntax::Node& link, const syntax::Node* around);
    void record_method_call(const syntax::MemberExpr& member);
    void record_self_call(const syntax::Node& self, const syntax::MemberExpr& member, Symbol name,
                          bool is_direct);
    [[nodiscard]] bool has_method(std::uint32_t struct_index, std::string_view name) const;
    void resolve_piped(const syntax::Node& right);
    void resolve_argument(const syntax::Node& argument);
    void resolve_single(const syntax::Node& node);
    void resolve_struct_expr(const syntax::StructExpr& literal);
    void resolve_try(const syntax::Try& statement);
    void resolve_spawn(const syntax::Spawn& spawn);
    void resolve_func_expr(const syntax::FuncExpr& expression);
    void resolve_lambda(const syntax::LambdaExpr& lambda);
    void resolve_type(const syntax::Node& type);

    // resolver_storage.cpp: after the walk
    void finish_methods();
    bool calls_mutating(const StructInfo& type, const FunctionInfo& caller);
    void finish_captures();
    void share_captures(const StructInfo& type);
    [[nodiscard]] FunctionId closure_of(const Binding& declared) const;
    void finish_storage();
    bool may_mutate(Symbol name);
    [[nodiscard]] Storage storage_of(const Binding& each) const;

    std::unique_ptr<SemanticModel> model_;
    ResolveOptions options_;
    struct Outside { bool is_known = false; Use use; };
    std::vector<BindingId> visible_;          // by symbol: the innermost declaration
    std::vector<Outside> outside_;            // by symbol: the builtin
    std::vector<bool> is_variant_name_;       // by symbol: a variant of some enum seen so far has this name
    std::vector<Undo> undo_;
    std::vector<OpenScope> open_;
    std::vector<const syntax::Node*> chain_;
    std::vector<Pending> pending_;
    std::vector<MethodCall> method_calls_;    // on variables, by names that are not mutating for sure
    std::vector<ScopeId> setups_;             // bodies of the test_setup blocks around
    std::vector<AlternativeName>* alternative_names_ = nullptr;
    FunctionId function_ = 0;
    FunctionId tests_ = kNone;
    FunctionId old_style_method_ = kNone;     // the method without self around
    BindingId initialising_ = kNone;          // declared, its value is being resolved
    std::uint32_t next_import_ = 0;
    bool is_exporting_ = false;
    bool is_calling_method_ = false;
    bool has_unknown_names_ = false;          // an `import *` that failed
};

}  // namespace ruff::sema
