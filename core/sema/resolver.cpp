#include "core/sema/resolver.h"

// Name resolution in one pass over the tree.
//
// Scopes nest as blocks do, and a variable is visible from its declaration on, so walking the tree in source order and
// keeping, for every name, the innermost declaration that is visible at this point answers each use at once: `visible_`
// is an array indexed by symbol, and `undo_` remembers what a scope has replaced, to put it back at the scope's end.
//
// Three things do not fit "from its declaration on":
//   - Functions, structs and enums are visible in their whole block: they are declared when the block is entered.
//   - In a function body a name that nothing visible declares means the file-level variable declared further down:
//     such uses wait in `pending_` until the whole file is known.
//   - In `n := |…| …` the name is visible in its own initial value: declared before the value is looked at.
//
// Captures. A use of a variable that belongs to an enclosing function is recorded in every function between. File-level
// variables that any function uses become globals instead and are never captured. A captured variable that is neither
// assigned nor changed after its declaration is copied into the closure; the others live in a cell. A variable whose
// closure is made before it is set (a function of the same block, which is hoisted; an initial value that mentions its
// own name) lives in a cell too. Functions are bindings like others here; at the end a fixed point finds those that
// capture nothing but functions without captures, and these need no capture at all.

#include <algorithm>
#include <optional>

#include "core/support/edit_distance.h"
#include "core/syntax/walk.h"

namespace ruff::sema {

using namespace ruff::syntax;

namespace {

constexpr std::string_view kConstructors[] = {"Ok", "Err", "Some", "None"};
constexpr std::string_view kResultVariants[] = {"Ok", "Err"};
constexpr std::string_view kOptionVariants[] = {"Some", "None"};

bool is_operator_method(std::string_view name) { return name.starts_with("op_"); }

bool is_builtin_method_name(std::string_view name) {
    for (int kind = 0; kind < kValueKindCount; ++kind) {
        if (find_builtin_method(static_cast<ValueKind>(kind), name) != nullptr) return true;
    }
    return false;
}

std::string quoted_name(std::string_view name) { return "`" + std::string(name) + "`"; }

}  // namespace

std::vector<const Node*> collect_imports(const SyntaxTree& tree) {
    std::vector<const Node*> imports;
    for (const Stmt* statement : tree.root->statements) {
        if (statement->is<Import>() || statement->is<FromImport>()) imports.push_back(statement);
    }
    return imports;
}

class Resolver {
public:
    Resolver(std::shared_ptr<const SyntaxTree> tree, ResolveOptions options)
        : model_(std::make_unique<SemanticModel>()), options_(std::move(options)) {
        model_->tree = std::move(tree);
        model_->imports = std::move(options_.imports);
        model_->uses_.resize(model_->tree->node_count);
        model_->functions_.resize(model_->tree->node_count, kNone);
    }

    std::unique_ptr<SemanticModel> run() {
        const File& file = *model_->tree->root;
        const auto end = static_cast<std::uint32_t>(model_->tree->text().size());
        new_function(FunctionKind::Main, &file, kNone);
        open_scope(ScopeKind::File, &file, {0, end});
        model_->functions[0].scope = 0;
        resolve_statements(file.statements);
        resolve_pending();
        close_scope();
        finish_methods();
        finish_captures();
        finish_storage();
        return std::move(model_);
    }

private:
    // --- scopes ---------------------------------------------------------------------------------------------------

    struct Undo { Symbol name; BindingId before; };
    struct OpenScope { ScopeId id; std::size_t undo_size; };
    struct Pending { std::uint32_t undefined_index; Access access; FunctionId function; };
    struct MethodCall { BindingId binding; Symbol name; };

    Symbol symbol(std::string_view text) {
        const Symbol name = model_->names.intern(text);
        if (static_cast<std::size_t>(name) >= visible_.size()) {
            visible_.resize(std::max<std::size_t>(64, static_cast<std::size_t>(name) * 2), kNone);
            outside_.resize(visible_.size());
            is_variant_name_.resize(visible_.size(), false);
        }
        return name;
    }
    Symbol symbol(const Name& name) { return symbol(name.text()); }
    BindingId& visible(Symbol name) { return visible_[static_cast<std::size_t>(name)]; }

    Span span_of(const Node& node) const { return model_->tree->span(node); }

    ScopeId open_scope(ScopeKind kind, const Node* node, Span span) {
        const ScopeId id = static_cast<ScopeId>(model_->scopes.size());
        Scope scope;
        scope.kind = kind;
        scope.parent = open_.empty() ? kNone : open_.back().id;
        scope.function = function_;
        scope.node = node;
        scope.span = span;
        model_->scopes.push_back(scope);
        open_.push_back({id, undo_.size()});
        return id;
    }

    void close_scope() {
        for (std::size_t i = undo_.size(); i > open_.back().undo_size; --i) visible(undo_[i - 1].name) = undo_[i - 1].before;
        undo_.resize(open_.back().undo_size);
        open_.pop_back();
    }

    [[nodiscard]] ScopeId scope() const { return open_.back().id; }
    Binding& binding(BindingId id) { return model_->bindings[id]; }
    FunctionInfo& function(FunctionId id) { return model_->functions[id]; }

    FunctionId new_function(FunctionKind kind, const Node* node, FunctionId parent) {
        FunctionInfo info;
        info.kind = kind;
        info.node = node;
        info.parent = parent;
        model_->functions.push_back(std::move(info));
        return static_cast<FunctionId>(model_->functions.size() - 1);
    }

    // --- declaring ------------------------------------------------------------------------------------------------

    void make_visible(BindingId id) {
        Binding& declared = binding(id);
        undo_.push_back({declared.name, visible(declared.name)});
        visible(declared.name) = id;
    }

    /// Declares `name` in the innermost scope; a second declaration there is reported and hides the first.
    BindingId declare(const Name& name, BindingKind kind, DeclaredAs declared_as, const Node* node) {
        const Symbol text = symbol(name);
        const BindingId before = visible(text);
        if (before != kNone && binding(before).scope == scope() && !binding(before).is_weak) {
            report_duplicate(name, before);
        }
        const BindingId id = add_binding(text, kind, declared_as, node, name.token);
        make_visible(id);
        return id;
    }

    BindingId add_binding(Symbol name, BindingKind kind, DeclaredAs declared_as, const Node* node, std::uint32_t token) {
        const BindingId id = static_cast<BindingId>(model_->bindings.size());
        Binding added;
        added.name = name;
        added.kind = kind;
        added.declared_as = declared_as;
        added.scope = scope();
        added.function = function_;
        added.declaration = node;
        added.name_token = token;
        added.is_exported = is_exporting_;
        if (token != kNoToken) added.visible_from = model_->tree->tokens[token].end;
        model_->bindings.push_back(added);
        Scope& owner = model_->scopes[scope()];
        (owner.last == kNone ? owner.first : binding(owner.last).next_in_scope) = id;
        owner.last = id;
        if (node != nullptr) model_->uses_[node->id] = {UseKind::Binding, id};
        if (token != kNoToken) model_->references.push_back({id, token, Access::Declare});
        if (is_exporting_) model_->exports.push_back(id);
        return id;
    }

    static bool binds_nothing(const Name& name) { return name.is_missing() || name.text() == "_"; }

    void report_duplicate(const Name& name, BindingId before) {
        Diagnostic& diagnostic = report("duplicate-declaration", model_->tree->span(name),
                                        "Duplicate declaration in the same scope: " + std::string(name.text()));
        if (binding(before).name_token != kNoToken) {
            diagnostic.labels.push_back(
                {model_->tree->tokens[binding(before).name_token].span(), "first declared here", nullptr});
        }
    }

    Diagnostic& report(std::string_view code, Span span, std::string message) {
        Diagnostic diagnostic;
        diagnostic.code = code;
        diagnostic.span = span;
        diagnostic.message = std::move(message);
        model_->diagnostics.push_back(std::move(diagnostic));
        return model_->diagnostics.back();
    }

    // --- uses -----------------------------------------------------------------------------------------------------

    void set_use(const Node& node, UseKind kind, std::uint32_t index) { model_->uses_[node.id] = {kind, index}; }

    /// The name of `node` is used: finds what it means and records it.
    Use use_name(const Node& node, const Name& name, Access access) {
        if (name.is_missing()) return {};
        const Use use = find_use(node, name, access);
        model_->uses_[node.id] = use;
        if (use.kind == UseKind::Binding) touch(use.index, name.token, access);
        return use;
    }

    Use find_use(const Node& node, const Name& name, Access access) {
        const Symbol text = symbol(name);
        const BindingId id = visible(text);
        if (old_style_method_ != kNone && (id == kNone || binding(id).function < old_style_method_) &&
            access != Access::Call && is_field(text)) {
            touch(function(old_style_method_).self, kNoToken, Access::Read);
            return {UseKind::SelfField, static_cast<std::uint32_t>(text)};
        }
        if (id != kNone) return {UseKind::Binding, id};
        const Use outside = find_outside(text);
        if (outside.kind != UseKind::None) return outside;
        return {UseKind::Undefined, add_undefined(node, text, name.token, access)};
    }

    /// The builtin or constructor of that name; looked up once a name.
    Use find_outside(Symbol name) {
        Outside& cached = outside_[static_cast<std::size_t>(name)];
        if (!cached.is_known) cached = {true, look_outside(model_->text(name))};
        return cached.use;
    }

    Use look_outside(std::string_view text) const {
        for (std::uint32_t i = 0; i < 4; ++i) {
            if (text == kConstructors[i]) return {UseKind::Constructor, i};
        }
        const BuiltinRow* row = find_builtin(text);
        if (row == nullptr && options_.allows_internal) row = find_internal_builtin(text);
        if (row == nullptr) return {};
        return {UseKind::Builtin, static_cast<std::uint32_t>(row->id)};
    }

    std::uint32_t add_undefined(const Node& node, Symbol name, std::uint32_t token, Access access) {
        const auto index = static_cast<std::uint32_t>(model_->undefined.size());
        model_->undefined.push_back({&node, token, name, scope()});
        if (function_ != 0) pending_.push_back({index, access, function_});
        return index;
    }

    /// Uses in functions of what the file declares further down.
    void resolve_pending() {
        for (const Pending& use : pending_) {
            const UndefinedName& name = model_->undefined[use.undefined_index];
            const BindingId id = visible(name.name);
            if (id == kNone || binding(id).scope != 0 || !binding(id).is_variable()) continue;
            set_use(*name.node, UseKind::Binding, id);
            function_ = use.function;
            touch(id, name.token, use.access);
        }
        function_ = 0;
        if (pending_.empty()) return;
        std::vector<UndefinedName> left;
        for (const UndefinedName& name : model_->undefined) {
            if (model_->uses_[name.node->id].kind != UseKind::Undefined) continue;
            set_use(*name.node, UseKind::Undefined, static_cast<std::uint32_t>(left.size()));
            left.push_back(name);
        }
        model_->undefined = std::move(left);
    }

    void touch(BindingId id, std::uint32_t token, Access access) {
        if (token != kNoToken) model_->references.push_back({id, token, access});
        Binding& used = binding(id);
        switch (access) {
            case Access::Declare: break;
            case Access::Read:
            case Access::Call: used.is_read = true; break;
            case Access::Assign: used.is_reassigned = true; break;
            case Access::Update: used.is_reassigned = used.is_read = true; break;
            case Access::Change: used.is_changed = true; break;
        }
        if (used.function != function_) capture(id);
        if (used.kind == BindingKind::Function && used.index == function_) function(function_).uses_own_name = true;
    }

    void capture(BindingId id) {
        Binding& used = binding(id);
        used.is_captured = true;
        // File-level names are reached without a capture: globals, and functions that cannot capture anything.
        if (used.scope == 0 || used.kind == BindingKind::Struct || used.kind == BindingKind::Enum) return;
        if (used.kind == BindingKind::Function && used.index == function_) return;
        FunctionId outermost = function_;
        for (FunctionId id_of = function_; id_of != used.function; id_of = function(id_of).parent) {
            outermost = id_of;
            std::vector<BindingId>& captures = function(id_of).captures;
            if (std::find(captures.begin(), captures.end(), id) == captures.end()) captures.push_back(id);
        }
        // The closure is made where its block begins (a declared function) or before the variable has its value.
        const BindingId name = function(outermost).binding;
        const bool is_hoisted = name != kNone && binding(name).scope == used.scope;
        if (is_hoisted || id == initialising_) binding(id).is_captured_early = true;
    }

    [[nodiscard]] bool is_field(Symbol name) const {
        const std::string_view text = model_->text(name);
        const StructInfo& type = model_->structs[model_->functions[old_style_method_].struct_index];
        return std::any_of(type.fields.begin(), type.fields.end(),
                           [&](const StructField* field) { return field->name.text() == text; });
    }

    // --- statements -----------------------------------------------------------------------------------------------

    void resolve_block(const Block& block, ScopeKind kind = ScopeKind::Block) {
        model_->functions_[block.id] = open_scope(kind, &block, span_of(block));
        resolve_statements(block.statements);
        close_scope();
    }

    void resolve_statements(List<Stmt> statements) {
        for (const Stmt* statement : statements) hoist(*statement);
        const std::vector<ScopeId> outer_setups = setups_;
        for (const Stmt* statement : statements) resolve_statement(*statement);
        setups_ = outer_setups;
    }

    static const Node& exported(const Node& statement) {
        const auto* exporting = statement.as<Export>();
        return exporting == nullptr ? statement : *exporting->declaration;
    }

    void hoist(const Node& statement) {
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

    void note_variants(const EnumDecl& declaration) {
        for (const EnumVariant* variant : declaration.variants) {
            if (!variant->name.is_missing()) is_variant_name_[static_cast<std::size_t>(symbol(variant->name))] = true;
        }
    }

    void hoist_function(const FuncDecl& declaration) {
        const BindingId id = declare(declaration.name, BindingKind::Function, DeclaredAs::Const, &declaration);
        const FunctionId made = new_function(FunctionKind::Function, &declaration, function_);
        binding(id).visible_from = model_->scopes[scope()].span.begin;
        binding(id).index = made;
        function(made).binding = id;
        model_->functions_[declaration.id] = made;
    }

    void hoist_struct(const StructDecl& declaration) {
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
    }

    void resolve_statement(const Node& statement) {
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

    void resolve_declaration(const Node& declaration) {
        // What an exported declaration declares is exported, but not what its body does.
        const bool exports = is_exporting_;
        is_exporting_ = false;
        if (const auto* named = declaration.as<FuncDecl>()) return resolve_named_function(*named);
        if (const auto* type = declaration.as<StructDecl>()) return resolve_struct(*type);
        if (const auto* choice = declaration.as<EnumDecl>()) return check_variants(*choice);
        if (const auto* bound = declaration.as<syntax::Binding>()) return resolve_binding(*bound, exports);
        resolve_expr(declaration);
    }

    static DeclaredAs declared_as(BindingKeyword keyword) {
        switch (keyword) {
            case BindingKeyword::Let: return DeclaredAs::Let;
            case BindingKeyword::Mut: return DeclaredAs::Mut;
            case BindingKeyword::Const: return DeclaredAs::Const;
        }
        return DeclaredAs::Mut;
    }

    static bool is_function_value(const Expr& value) {
        const Expr& inner = without_parens(value);
        return inner.is<LambdaExpr>() || inner.is<FuncExpr>();
    }

    void resolve_binding(const syntax::Binding& statement, bool exports) {
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
    void resolve_initialiser(BindingId id, const Expr& value) {
        const BindingId outer = initialising_;
        initialising_ = id;
        resolve_expr(value);
        initialising_ = outer;
    }

    void resolve_assign(const Assign& statement) {
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
    void resolve_bare(const Assign& statement, const NameExpr& target) {
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
    bool is_assignable(Symbol name) {
        const BindingId id = visible(name);
        return id != kNone && !binding(id).is_weak;
    }

    void assign_or_declare(const Node& node, const Name& name) {
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
    bool refuse_field(const Name& name) {
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
    void resolve_place(const Node& place, Access access) {
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
    void resolve_place_below(const Node& object, Access access) {
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

    void use_self(const Node& node, Access access) {
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
        check_self_change(node, method, is_detached, access);
        function(method).changes_self = true;
    }

    void check_self_change(const Node& node, FunctionId method, bool is_detached, Access access) {
        if (is_calling_method_) return;  // a mutating builtin method: an error where it runs
        (void)access;
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

    void resolve_for(const For& loop) {
        resolve_expr(*loop.iterable);
        open_scope(ScopeKind::Loop, &loop, {span_of(*loop.pattern).begin, span_of(loop).end});
        declare_pattern(*loop.pattern, BindingKind::Loop, DeclaredAs::Bare);
        if (loop.second != nullptr) declare_pattern(*loop.second, BindingKind::Loop, DeclaredAs::Bare);
        resolve_block(*loop.body);
        close_scope();
    }

    // --- modules --------------------------------------------------------------------------------------------------

    void resolve_import(const Node& statement) {
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

    void import_all(const FromImport& statement, std::uint32_t index) {
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

    void note_imported_variants(BindingId id) {
        const sema::Binding& declared = declaration_of(id);
        if (declared.kind == BindingKind::Enum) note_variants(declared.declaration->to<EnumDecl>());
    }

    // --- tests ----------------------------------------------------------------------------------------------------

    // `test_setup` and what follows it form one scope: its variables are made visible again in each test and teardown.
    void resolve_test(const Test& test) {
        if (test.test_kind == TestKind::Group) {
            return resolve_block(*test.body);
        }
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

    // --- functions and structs ------------------------------------------------------------------------------------

    void resolve_named_function(const FuncDecl& declaration) {
        FunctionId made = model_->function_of(declaration);
        if (made == kNone) made = new_function(FunctionKind::Function, &declaration, function_);
        model_->functions_[declaration.id] = made;
        function(made).is_async = declaration.is_async;
        function(made).is_generator = declaration.is_generator;
        resolve_function(made, declaration, declaration.params, declaration.result, declaration.body);
    }

    /// Parameters and body of `made`, whose node is `node`.
    void resolve_function(FunctionId made, const Node& node, List<Node> params, const Type* result, const Node* body) {
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

    void declare_self(FunctionId method, List<Node> params) {
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

    void declare_parameter(const Node& node) {
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

    void resolve_struct(const StructDecl& declaration) {
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

    void check_members(const StructDecl& declaration) {
        std::vector<const Name*> names;
        for (const Node* member : declaration.members) {
            if (const auto* field = member->as<StructField>()) names.push_back(&field->name);
            if (const auto* method = member->as<FuncDecl>()) names.push_back(&method->name);
        }
        check_distinct(names);
    }

    void check_variants(const EnumDecl& declaration) {
        std::vector<const Name*> names;
        for (const EnumVariant* variant : declaration.variants) names.push_back(&variant->name);
        check_distinct(names);
    }

    /// Members of one struct, variants of one enum.
    void check_distinct(const std::vector<const Name*>& names) {
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

    void resolve_field(const StructField& field, std::uint32_t index) {
        if (field.type != nullptr) resolve_type(*field.type);
        if (field.default_value == nullptr) {
            model_->structs[index].defaults.push_back(kNone);
            return;
        }
        const FunctionId made = new_function(FunctionKind::Default, &field, function_);
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

    void resolve_method(const FuncDecl& declaration, std::uint32_t index) {
        const FunctionId made = new_function(FunctionKind::Method, &declaration, function_);
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

    // --- patterns -------------------------------------------------------------------------------------------------

    /// Declares what a binding, parameter or loop pattern binds.
    void declare_pattern(const Node& pattern, BindingKind kind, DeclaredAs declared) {
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
    void assign_pattern(const Node& pattern) {
        if (const auto* name = pattern.as<NamePattern>()) return assign_or_declare(pattern, name->name);
        if (const auto* rest = pattern.as<RestPattern>()) return assign_or_declare(pattern, rest->name);
        if (const auto* name = pattern.as<NameExpr>()) return assign_or_declare(pattern, name->name);
        for_each_subpattern(pattern, [&](const Node& inner) { assign_pattern(inner); });
    }

    /// The patterns inside a destructuring pattern, after the expressions (keys, defaults) that stand before them.
    template <class Visit>
    void for_each_subpattern(const Node& pattern, Visit&& visit) {
        switch (pattern.kind) {
            case NodeKind::ArrayPattern:
                for (const Node* element : pattern.to<ArrayPattern>().elements) visit(*element);
                return;
            case NodeKind::DictPattern:
                for (const Node* entry : pattern.to<DictPattern>().entries) visit(*entry);
                return;
            case NodeKind::DefaultPattern:
                resolve_expr(*pattern.to<DefaultPattern>().default_value);
                return visit(*pattern.to<DefaultPattern>().pattern);
            case NodeKind::PatternField: {
                const auto& field = pattern.to<PatternField>();
                resolve_key(field.key);
                if (field.default_value != nullptr) resolve_expr(*field.default_value);
                return visit(*field.pattern);
            }
            case NodeKind::ParenPattern: return visit(*pattern.to<ParenPattern>().inner);
            case NodeKind::NamePattern:
            case NodeKind::RestPattern:
            case NodeKind::WildcardPattern: return;
            default: return resolve_expr(pattern);
        }
    }

    void resolve_key(const DictKey* key) {
        if (key != nullptr && key->key_kind == KeyKind::Computed) resolve_expr(*key->value);
    }

    void resolve_match(const Match& match) {
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

    void declare_case(const Node& pattern) {
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

    void declare_case_name(const Node& node, const Name& name) {
        if (binds_nothing(name)) return;
        check_look_alike(name);
        declare_case_rest(node, name);
    }

    /// In a later alternative the names of the first one are meant.
    void declare_case_rest(const Node& node, const Name& name) {
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

    struct AlternativeName { Symbol name; BindingId binding; bool is_seen; };

    void declare_alternatives(const OrPattern& pattern) {
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
    void check_look_alike(const Name& name) {
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
    const sema::Binding& declaration_of(BindingId id) {
        const sema::Binding& seen = binding(id);
        if (seen.kind != BindingKind::Imported || seen.target == kNone) return seen;
        return model_->imports[seen.index].module->bindings[seen.target];
    }

    std::string visible_enum_with(std::string_view variant) {
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

    // --- enums and paths ------------------------------------------------------------------------------------------

    /// `Point`, `geo.Point`: the first name is looked up.
    Use use_path(const Path& path) { return use_name(path, path.names[0], Access::Read); }

    /// Reports an unknown enum or variant of `path::variant`.
    void check_variant(const Path& path, const Name& variant) {
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

    void check_builtin_variant(const Path& path, const Name& variant, std::span<const std::string_view> known) {
        if (std::find(known.begin(), known.end(), variant.text()) == known.end()) {
            report_unknown_variant(path, variant, known);
        }
    }

    /// The enum that a path means. Sets `owner` to null when that cannot be known.
    const EnumDecl* find_enum(const Path& path, Use use, const SemanticModel*& owner) {
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

    void report_unknown_enum(const Path& path) {
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

    void report_unknown_variant(const Path& path, const Name& variant, std::span<const std::string_view> known) {
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

    static void add_fix(Diagnostic& diagnostic, std::string_view name) {
        diagnostic.fixes.push_back({"Replace by `" + std::string(name) + "`", FixSafety::Unsafe,
                                    {{diagnostic.span, std::string(name)}}});
    }

    // --- expressions ----------------------------------------------------------------------------------------------

    void resolve_expr(const Node& expression) {
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
    void resolve_chain_start(const Node& start, const Node& around) {
        const auto* call = around.as<CallExpr>();
        if (call != nullptr && start.is<NameExpr>()) {
            use_name(start, start.to<NameExpr>().name, Access::Call);
        } else if (call != nullptr && start.is<VariantExpr>()) {
            resolve_single(start);
        } else {
            resolve_single(start);
        }
    }

    /// What a link of a chain holds besides the chain below it. `around` is the next link.
    void resolve_link(const Node& link, const Node* around) {
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
    void record_method_call(const MemberExpr& member) {
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

    void record_self_call(const Node& self, const MemberExpr& member, Symbol name, bool is_direct) {
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

    [[nodiscard]] bool has_method(std::uint32_t struct_index, std::string_view name) const {
        for (const Node* member : model_->structs[struct_index].declaration->members) {
            if (member->is<FuncDecl>() && member->to<FuncDecl>().name.text() == name) return true;
        }
        return false;
    }

    void resolve_piped(const Node& right) {
        if (right.is<NameExpr>()) {
            use_name(right, right.to<NameExpr>().name, Access::Call);
            return;
        }
        resolve_expr(right);
        if (const auto* member = right.as<MemberExpr>()) record_method_call(*member);
    }

    void resolve_argument(const Node& argument) {
        if (const auto* named = argument.as<NamedArgument>()) return resolve_expr(*named->value);
        if (const auto* spread = argument.as<Spread>()) return resolve_expr(*spread->operand);
        resolve_expr(argument);
    }

    void resolve_all(List<Expr> expressions) {
        for (const Expr* expression : expressions) resolve_expr(*expression);
    }

    void resolve_single(const Node& node) {
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

    void resolve_struct_expr(const StructExpr& literal) {
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

    void resolve_try(const Try& statement) {
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

    void resolve_spawn(const Spawn& spawn) {
        const FunctionId made = new_function(FunctionKind::Spawn, &spawn, function_);
        model_->functions_[spawn.id] = made;
        resolve_function(made, spawn, {}, nullptr, spawn.body);
    }

    void resolve_func_expr(const FuncExpr& expression) {
        const FunctionId made = new_function(FunctionKind::Function, &expression, function_);
        function(made).is_async = expression.is_async;
        function(made).is_generator = expression.is_generator;
        model_->functions_[expression.id] = made;
        resolve_function(made, expression, expression.params, expression.result, expression.body);
    }

    void resolve_lambda(const LambdaExpr& lambda) {
        const FunctionId made = new_function(FunctionKind::Lambda, &lambda, function_);
        function(made).is_async = lambda.is_async;
        model_->functions_[lambda.id] = made;
        resolve_function(made, lambda, lambda.params, nullptr, lambda.body);
    }

    /// Struct and enum names in types count as uses; whether a type exists is for the checker.
    void resolve_type(const Node& type) {
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

    // --- after the walk -------------------------------------------------------------------------------------------

    /// A method is mutating if it changes self, says so, or calls one on self that is: to a fixed point.
    void finish_methods() {
        for (FunctionInfo& info : model_->functions) info.is_mutating = info.changes_self || info.is_declared_mut;
        for (StructInfo& type : model_->structs) {
            for (bool has_changed = true; has_changed;) {
                has_changed = false;
                for (const FunctionId id : type.methods) {
                    if (function(id).is_mutating || !calls_mutating(type, function(id))) continue;
                    function(id).is_mutating = has_changed = true;
                }
            }
            for (const FunctionId id : type.methods) {
                FunctionInfo& info = function(id);
                // What runs detached from its receiver, or on its left operand, cannot change it.
                if (info.is_async || info.is_generator || is_operator_method(info.node->to<FuncDecl>().name.text())) {
                    info.is_mutating = false;
                }
                if (!info.is_mutating) continue;
                binding(info.self).is_changed = true;
                model_->mutating_methods.push_back(symbol(info.node->to<FuncDecl>().name));
            }
        }
        std::sort(model_->mutating_methods.begin(), model_->mutating_methods.end());
        model_->mutating_methods.erase(
            std::unique(model_->mutating_methods.begin(), model_->mutating_methods.end()),
            model_->mutating_methods.end());
    }

    bool calls_mutating(const StructInfo& type, const FunctionInfo& caller) {
        for (const FunctionId id : type.methods) {
            if (!function(id).is_mutating) continue;
            const Symbol name = symbol(function(id).node->to<FuncDecl>().name);
            if (std::find(caller.self_calls.begin(), caller.self_calls.end(), name) != caller.self_calls.end()) return true;
        }
        return false;
    }

    /// Functions that capture nothing but functions without captures need none, and are not captured.
    void finish_captures() {
        const auto is_constant = [&](BindingId id) {
            return binding(id).kind == BindingKind::Function && !function(binding(id).index).needs_closure;
        };
        for (bool has_changed = true; has_changed;) {
            has_changed = false;
            for (FunctionInfo& info : model_->functions) {
                if (info.needs_closure) continue;
                const bool needs = !std::all_of(info.captures.begin(), info.captures.end(), is_constant);
                if (!needs) continue;
                info.needs_closure = has_changed = true;
            }
        }
        for (FunctionInfo& info : model_->functions) {
            std::erase_if(info.captures, is_constant);
            if (info.captures.empty() || info.kind == FunctionKind::Function || info.kind == FunctionKind::Lambda ||
                info.kind == FunctionKind::Spawn) {
                continue;
            }
            report_captured_by_struct(info);
        }
    }

    void report_captured_by_struct(const FunctionInfo& info) {
        const Node* node = info.node;
        Span span = span_of(*node);
        if (const auto* method = node->as<FuncDecl>()) span = model_->tree->span(method->name);
        report("local-struct-capture", span,
               "a struct inside a function cannot use the local variable " +
                   quoted_name(model_->name(info.captures.front())))
            .help = "pass the value to the method, or keep it in a field";
    }

    void finish_storage() {
        for (const MethodCall& call : method_calls_) {
            Binding& called = binding(call.binding);
            if (called.is_changed || !called.is_captured) continue;
            called.is_changed = may_mutate(call.name);
        }
        for (Binding& each : model_->bindings) each.storage = storage_of(each);
    }

    /// True if a method of that name may be a mutating one of some struct.
    bool may_mutate(Symbol name) {
        const std::string_view text = model_->text(name);
        if (!is_builtin_method_name(text)) return true;
        if (std::binary_search(model_->mutating_methods.begin(), model_->mutating_methods.end(), name)) return true;
        for (const ModuleImport& import : model_->imports) {
            if (import.module == nullptr) continue;
            for (const Symbol mutating : import.module->mutating_methods) {
                if (import.module->text(mutating) == text) return true;
            }
        }
        return false;
    }

    [[nodiscard]] Storage storage_of(const Binding& each) const {
        switch (each.kind) {
            case BindingKind::Struct:
            case BindingKind::Enum:
            case BindingKind::Imported: return Storage::Static;
            case BindingKind::Function:
                if (!model_->functions[each.index].needs_closure) return Storage::Static;
                return each.is_captured && each.is_captured_early ? Storage::Cell : Storage::Register;
            default: break;
        }
        if (each.scope == 0) return each.is_captured || each.is_exported ? Storage::Global : Storage::Register;
        if (!each.is_captured) return Storage::Register;
        // Changing an immutable variable raises, so it keeps its value.
        const bool may_change = !each.is_immutable() && (each.is_reassigned || each.is_changed);
        return may_change || each.is_captured_early ? Storage::Cell : Storage::Register;
    }

    std::unique_ptr<SemanticModel> model_;
    ResolveOptions options_;

    struct Outside { bool is_known = false; Use use; };
    std::vector<BindingId> visible_;          // by symbol: the innermost declaration
    std::vector<Outside> outside_;            // by symbol: the builtin
    std::vector<bool> is_variant_name_;       // by symbol: a variant of some enum seen so far has this name
    std::vector<Undo> undo_;
    std::vector<OpenScope> open_;
    std::vector<const Node*> chain_;
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

std::unique_ptr<SemanticModel> resolve(std::shared_ptr<const SyntaxTree> tree, ResolveOptions options) {
    return Resolver(std::move(tree), std::move(options)).run();
}

}  // namespace ruff::sema
