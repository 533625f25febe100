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
// capture nothing but functions without captures, and these need no capture at all. So are structs in a block: the value
// of such a binding is the struct's environment, a closure with what its methods and defaults capture, which is made
// where the block begins and goes into every value of the struct.

#include <algorithm>

#include "core/sema/resolver_internal.h"

namespace ruff::sema {

using namespace ruff::syntax;

namespace {

constexpr std::string_view kConstructors[] = {"Ok", "Err", "Some", "None"};

}  // namespace

std::vector<const Node*> collect_imports(const SyntaxTree& tree) {
    std::vector<const Node*> imports;
    for (const Stmt* statement : tree.root->statements) {
        if (statement->is<Import>() || statement->is<FromImport>()) imports.push_back(statement);
    }
    return imports;
}

Resolver::Resolver(std::shared_ptr<const SyntaxTree> tree, ResolveOptions options)
    : model_(std::make_unique<SemanticModel>()), options_(std::move(options)) {
    model_->tree = std::move(tree);
    model_->imports = std::move(options_.imports);
    for (const ModuleImport& import : model_->imports) {
        if (import.module != nullptr) model_->import_depth = std::max(model_->import_depth, import.module->import_depth + 1);
    }
    model_->uses_.resize(model_->tree->node_count);
    model_->functions_.resize(model_->tree->node_count, kNone);
}

std::unique_ptr<SemanticModel> Resolver::run() {
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

// --- scopes ------------------------------------------------------------------------------------------------

Symbol Resolver::symbol(std::string_view text) {
    const Symbol name = model_->names.intern(text);
    if (static_cast<std::size_t>(name) >= visible_.size()) {
        visible_.resize(std::max<std::size_t>(64, static_cast<std::size_t>(name) * 2), kNone);
        outside_.resize(visible_.size());
        is_variant_name_.resize(visible_.size(), false);
    }
    return name;
}

ScopeId Resolver::open_scope(ScopeKind kind, const Node* node, Span span) {
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

void Resolver::close_scope() {
    for (std::size_t i = undo_.size(); i > open_.back().undo_size; --i) visible(undo_[i - 1].name) = undo_[i - 1].before;
    undo_.resize(open_.back().undo_size);
    open_.pop_back();
}

FunctionId Resolver::new_function(FunctionKind kind, const Node* node, FunctionId parent) {
    FunctionInfo info;
    info.kind = kind;
    info.node = node;
    info.parent = parent;
    model_->functions.push_back(std::move(info));
    return static_cast<FunctionId>(model_->functions.size() - 1);
}

// --- declaring ---------------------------------------------------------------------------------------------

void Resolver::make_visible(BindingId id) {
    Binding& declared = binding(id);
    undo_.push_back({declared.name, visible(declared.name)});
    visible(declared.name) = id;
}

/// Declares `name` in the innermost scope; a second declaration there is reported and hides the first.
BindingId Resolver::declare(const Name& name, BindingKind kind, DeclaredAs declared_as, const Node* node) {
    const Symbol text = symbol(name);
    const BindingId before = visible(text);
    if (before != kNone && binding(before).scope == scope() && !binding(before).is_weak) {
        report_duplicate(name, before);
    }
    const BindingId id = add_binding(text, kind, declared_as, node, name.token);
    make_visible(id);
    return id;
}

BindingId Resolver::add_binding(Symbol name, BindingKind kind, DeclaredAs declared_as, const Node* node,
                                std::uint32_t token) {
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

void Resolver::report_duplicate(const Name& name, BindingId before) {
    Diagnostic& diagnostic = report("duplicate-declaration", model_->tree->span(name),
                                    "Duplicate declaration in the same scope: " + std::string(name.text()));
    if (binding(before).name_token != kNoToken) {
        diagnostic.labels.push_back(
            {model_->tree->tokens[binding(before).name_token].span(), "first declared here", nullptr});
    }
}

Diagnostic& Resolver::report(std::string_view code, Span span, std::string message) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.span = span;
    diagnostic.message = std::move(message);
    model_->diagnostics.push_back(std::move(diagnostic));
    return model_->diagnostics.back();
}

// --- uses --------------------------------------------------------------------------------------------------

/// The name of `node` is used: finds what it means and records it.
Use Resolver::use_name(const Node& node, const Name& name, Access access) {
    if (name.is_missing()) return {};
    const Use use = find_use(node, name, access);
    model_->uses_[node.id] = use;
    if (use.kind == UseKind::Binding) touch(use.index, name.token, access);
    return use;
}

Use Resolver::find_use(const Node& node, const Name& name, Access access) {
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
Use Resolver::find_outside(Symbol name) {
    Outside& cached = outside_[static_cast<std::size_t>(name)];
    if (!cached.is_known) cached = {true, look_outside(model_->text(name))};
    return cached.use;
}

Use Resolver::look_outside(std::string_view text) const {
    for (std::uint32_t i = 0; i < 4; ++i) {
        if (text == kConstructors[i]) return {UseKind::Constructor, i};
    }
    const BuiltinRow* row = find_builtin(text);
    if (row == nullptr && options_.allows_internal) row = find_internal_builtin(text);
    if (row == nullptr) return {};
    return {UseKind::Builtin, static_cast<std::uint32_t>(row->id)};
}

std::uint32_t Resolver::add_undefined(const Node& node, Symbol name, std::uint32_t token, Access access) {
    const auto index = static_cast<std::uint32_t>(model_->undefined.size());
    model_->undefined.push_back({&node, token, name, scope()});
    if (function_ != 0) pending_.push_back({index, access, function_});
    return index;
}

/// Uses in functions of what the file declares further down.
void Resolver::resolve_pending() {
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

void Resolver::touch(BindingId id, std::uint32_t token, Access access) {
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

void Resolver::capture(BindingId id) {
    Binding& used = binding(id);
    used.is_captured = true;
    // File-level names are reached without a capture: globals, and functions that cannot capture anything.
    if (used.scope == 0 || used.kind == BindingKind::Enum) return;
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

bool Resolver::is_field(Symbol name) const {
    const std::string_view text = model_->text(name);
    const StructInfo& type = model_->structs[model_->functions[old_style_method_].struct_index];
    return std::any_of(type.fields.begin(), type.fields.end(),
                       [&](const StructField* field) { return field->name.text() == text; });
}

std::unique_ptr<SemanticModel> resolve(std::shared_ptr<const SyntaxTree> tree, ResolveOptions options) {
    return Resolver(std::move(tree), std::move(options)).run();
}

}  // namespace ruff::sema
