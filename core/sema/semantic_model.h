#pragma once
// What the names of one file mean. The tree says what was written (core/syntax), the model says which declaration each
// name stands for, which scope sees what, which function captures which variable and where a variable is kept. It is
// plain data, immutable once resolve() has returned it, and made anew for every version of a file.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/lang/builtins.h"
#include "core/support/diagnostic.h"
#include "core/support/interner.h"
#include "core/syntax/syntax_tree.h"

namespace ruff::sema {

using BindingId = std::uint32_t;
using ScopeId = std::uint32_t;
using FunctionId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xffffffff;

enum class BindingKind : std::uint8_t {
    Variable,    ///< let, mut, const, a bare `:=` that declares
    Parameter,
    Self,        ///< also the hidden one of a method of the older style
    Loop,        ///< of a `for`
    Pattern,     ///< of a `case`
    Except,      ///< `except e`
    Function,
    Struct,
    Enum,
    Module,      ///< `import m`
    Imported,    ///< `from m import x`, `from m import *`
};

/// The word that declared a variable; everything that is no `let` or `const` is mutable.
enum class DeclaredAs : std::uint8_t { Bare, Mut, Let, Const };

/// Where a variable is kept while the program runs.
enum class Storage : std::uint8_t {
    Register,
    Cell,      ///< shared with closures: one indirection
    Global,    ///< of the whole program, used by functions of the file or exported
    Static,    ///< no place at all: functions without captures, types, modules
};

struct Binding {
    Symbol name{};
    BindingKind kind = BindingKind::Variable;
    DeclaredAs declared_as = DeclaredAs::Bare;
    Storage storage = Storage::Register;
    bool is_exported : 1 = false;
    bool is_captured : 1 = false;       ///< a function inside the owning one uses it (file-level variables: any function)
    bool is_captured_early : 1 = false; ///< by a closure that is made before the variable is set
    bool is_reassigned : 1 = false;     ///< assigned after its declaration
    bool is_changed : 1 = false;        ///< changed in place, or by a method that may do so
    bool is_read : 1 = false;
    bool is_weak : 1 = false;           ///< of an `import *`: a bare `:=` declares anew
    ScopeId scope = kNone;
    FunctionId function = kNone;        ///< the function whose frame it belongs to
    BindingId next_in_scope = kNone;
    /// NamePattern, RestPattern, RestParam, SelfParam, FuncDecl, StructDecl, EnumDecl, Import, ImportItem, FromImport,
    /// Try (except), DictPattern entries as NamePattern, NameExpr of a bare assignment. Null for a hidden self.
    const syntax::Node* declaration = nullptr;
    std::uint32_t name_token = syntax::kNoToken;
    /// Byte offset from which the name is visible in its scope; 0 for what is hoisted.
    std::uint32_t visible_from = 0;
    /// Function: its FunctionId. Module, Imported: index in `imports`.
    std::uint32_t index = kNone;
    /// Imported: the binding in the model of the module; kNone when the module has no such export.
    BindingId target = kNone;

    [[nodiscard]] bool is_immutable() const {
        return declared_as == DeclaredAs::Let || declared_as == DeclaredAs::Const || kind == BindingKind::Module ||
               kind == BindingKind::Imported;
    }
    [[nodiscard]] bool is_variable() const {
        return kind <= BindingKind::Except;
    }
};

enum class ScopeKind : std::uint8_t { File, Block, Parameters, Loop, Arm, Except, Struct };

struct Scope {
    ScopeKind kind = ScopeKind::Block;
    ScopeId parent = kNone;
    FunctionId function = 0;
    const syntax::Node* node = nullptr;
    Span span;                     ///< where it holds
    BindingId first = kNone;       ///< its bindings, in order of declaration, linked by next_in_scope
    BindingId last = kNone;
};

enum class FunctionKind : std::uint8_t {
    Main,      ///< the top level of the file
    Function,  ///< FuncDecl outside a struct, FuncExpr
    Method,
    Lambda,
    Spawn,     ///< the block of a `spawn`
    Tests,     ///< one for all tests of the file: each runs with its setup and teardown in one frame
    Default,   ///< the default of a struct field
    Environment,  ///< no code: what the methods and defaults of a struct in a block capture, their parent
};

struct FunctionInfo {
    FunctionKind kind = FunctionKind::Main;
    FunctionId parent = kNone;
    const syntax::Node* node = nullptr;      ///< File, FuncDecl, FuncExpr, LambdaExpr, Spawn, StructField, StructDecl
    ScopeId scope = kNone;                   ///< of the parameters
    BindingId binding = kNone;               ///< of a FuncDecl outside a struct; of an environment: the struct
    BindingId self = kNone;                  ///< of a method
    std::uint32_t struct_index = kNone;      ///< of a method or default: index in `structs`
    bool is_async : 1 = false;
    bool is_generator : 1 = false;
    bool is_old_style : 1 = false;           ///< a method without a `self` parameter
    bool is_declared_mut : 1 = false;        ///< `mut self`
    bool changes_self : 1 = false;           ///< assigns to self or a place in it, closures included
    bool is_mutating : 1 = false;            ///< of a method: changes_self, declared so, or calls one that is
    bool uses_own_name : 1 = false;          ///< a nested named function that refers to itself
    bool needs_closure : 1 = false;          ///< captures something
    std::vector<BindingId> captures;         ///< in the order of the upvalues
    std::vector<Symbol> self_calls;          ///< of a method: `self.m()`
};

struct StructInfo {
    const syntax::StructDecl* declaration = nullptr;
    BindingId binding = kNone;
    FunctionId environment = kNone;          ///< of a struct in a block; its methods and defaults have its captures
    std::vector<FunctionId> methods;         ///< in the order written
    std::vector<FunctionId> defaults;        ///< one a field in the order written; kNone without a default
    std::vector<const syntax::StructField*> fields;
};

/// What a name use stands for.
enum class UseKind : std::uint8_t {
    None,         ///< the node is no name use
    Binding,      ///< index: BindingId
    Builtin,      ///< index: BuiltinId
    Constructor,  ///< `Ok Err Some None`: index 0 .. 3
    SelfField,    ///< a field in a method of the older style
    Undefined,    ///< index: in `undefined`
};
struct Use {
    UseKind kind = UseKind::None;
    std::uint32_t index = 0;
};

enum class Access : std::uint8_t { Declare, Read, Call, Assign, Update, Change };

/// One place where a binding is named, in order of position within a function body.
struct Reference {
    BindingId binding = kNone;
    std::uint32_t token = 0;
    Access access = Access::Read;
};

struct UndefinedName {
    const syntax::Node* node = nullptr;  ///< NameExpr, DictShorthand, FieldInit, Path, SelfExpr
    std::uint32_t token = 0;
    Symbol name{};
    ScopeId scope = kNone;
};

class SemanticModel;

/// One `import` or `from … import` statement. `module` is null when `failure` says why it cannot be had.
struct ModuleImport {
    const syntax::Node* node = nullptr;   ///< Import or FromImport
    const SemanticModel* module = nullptr;
    std::uint32_t module_index = kNone;   ///< in the graph
    std::string name;                     ///< "a.b"
    std::string failure;                  ///< message of the error it raises
    std::string failure_hint;
    std::string circle;                   ///< the failure further down, where what it imports comes back to this file
};

class SemanticModel {
public:
    std::shared_ptr<const syntax::SyntaxTree> tree;
    Interner names;
    std::vector<Binding> bindings;
    std::vector<Scope> scopes;              ///< 0: the file; a scope comes after its parent
    std::vector<FunctionInfo> functions;    ///< 0: the top level
    std::vector<StructInfo> structs;
    std::vector<ModuleImport> imports;
    std::uint32_t import_depth = 0;         ///< of the longest chain of imports that begins here
    std::vector<Reference> references;
    std::vector<UndefinedName> undefined;
    std::vector<BindingId> exports;         ///< in order of declaration
    std::vector<Symbol> mutating_methods;   ///< names of the mutating methods of its structs, each once
    std::vector<Diagnostic> diagnostics;    ///< what is refused before running, for names

    [[nodiscard]] std::string_view text(Symbol name) const { return names.text(name); }
    [[nodiscard]] std::string_view name(BindingId id) const { return names.text(bindings[id].name); }

    /// Of a NameExpr, SelfExpr, DictShorthand, FieldInit without a value, Path (its first name), NamePattern (the
    /// binding it declares or assigns), FuncDecl, StructDecl, EnumDecl, Import, ImportItem, RestPattern, RestParam, Try.
    [[nodiscard]] Use use_of(const syntax::Node& node) const { return uses_[node.id]; }
    /// The binding of the node, or kNone.
    [[nodiscard]] BindingId binding_of(const syntax::Node& node) const {
        const Use use = uses_[node.id];
        return use.kind == UseKind::Binding ? use.index : kNone;
    }
    /// The function that a FuncDecl, FuncExpr, LambdaExpr, Spawn or StructField (with a default) makes.
    [[nodiscard]] FunctionId function_of(const syntax::Node& node) const { return functions_[node.id]; }
    /// The index in `structs` of a StructDecl.
    [[nodiscard]] std::uint32_t struct_of(const syntax::Node& node) const { return functions_[node.id]; }
    /// The scope that a Block opens.
    [[nodiscard]] ScopeId scope_of(const syntax::Node& node) const { return functions_[node.id]; }

    /// The innermost scope at a byte offset.
    [[nodiscard]] ScopeId scope_at(std::uint32_t offset) const;
    /// The binding that `name` means at `offset`, builtins aside, or kNone.
    [[nodiscard]] BindingId lookup(std::string_view name, std::uint32_t offset) const;
    /// Every binding visible at `offset`, innermost first; shadowed ones left out.
    [[nodiscard]] std::vector<BindingId> visible_at(std::uint32_t offset) const;
    /// The exported binding of that name, or kNone.
    [[nodiscard]] BindingId find_export(std::string_view name) const;

private:
    friend class Resolver;
    std::vector<Use> uses_;                  // by node id
    std::vector<std::uint32_t> functions_;   // by node id: the function, struct or scope that the node makes
};

/// What to say about an undefined name beside `Undefined variable: x`; empty if nothing is known. Looks for a form of
/// another language, a name in a block that has ended, a member of an imported module, and a near name.
[[nodiscard]] std::string undefined_hint(const SemanticModel& model, const UndefinedName& name);

}  // namespace ruff::sema
