#pragma once

#include <optional>
#include <string_view>

#include "core/lint/context.h"
#include "core/syntax/walk.h"

// Questions about code that several rules ask.
namespace ruff::lint {

/// Both are one variable, `self`, or a field or entry at the same path below it, with names, numbers and plain strings
/// as indices: reading one after the other gives the same.
[[nodiscard]] bool is_same_place(const Context& context, const syntax::Node& left, const syntax::Node& right);

/// The variable at the root of a place (`xs[0].items`), or kNone.
[[nodiscard]] sema::BindingId root_binding(const Context& context, const syntax::Node& place);

/// The builtin that a name stands for, aliases followed; null when it is none.
[[nodiscard]] const BuiltinRow* builtin_of(const Context& context, const syntax::Node& name);

/// Whether the value of a statement can be seen: as the last one of a block that gives a value. `spawn` blocks and
/// lambdas count as always giving theirs.
[[nodiscard]] bool is_value_used(const Context& context, const syntax::Node& statement);

/// The builtin that is called for certain, also as a method of a known type; null when it is none.
[[nodiscard]] const BuiltinRow* called_builtin(const Context& context, const syntax::Node& callee);

/// A function of some file.
struct FunctionRef {
    const sema::SemanticModel* model = nullptr;
    sema::FunctionId id = sema::kNone;

    explicit operator bool() const { return model != nullptr; }
    [[nodiscard]] const sema::FunctionInfo& info() const { return model->functions[id]; }
    /// Its name, or empty.
    [[nodiscard]] std::string_view name() const;
    [[nodiscard]] syntax::List<syntax::Node> params() const;
};

/// The function that is called for certain: by name, as a method of a known struct, or through a module.
[[nodiscard]] FunctionRef called_function(const Context& context, const syntax::Node& callee);

/// The call is the right side of `x |> f(a)`, which puts `x` before its arguments.
[[nodiscard]] bool is_piped(const Context& context, const syntax::CallExpr& call);

/// Says where a `let` or `const` variable is declared, and offers to declare a `let` with `mut`.
void explain_immutable(const Context& context, Diagnostic& finding, sema::BindingId id);

/// The function whose body or parameters a node stands in; 0 is the top level.
[[nodiscard]] sema::FunctionId function_around(const Context& context, const syntax::Node& node);

/// The node at the start of a place: `xs` of `xs[0].items`.
[[nodiscard]] const syntax::Node& root_of(const syntax::Node& place);

/// Whether `node` is `outer` or stands in it.
[[nodiscard]] bool is_inside(const Context& context, const syntax::Node& node, const syntax::Node& outer);

/// What comes before and behind a statement in its block, by its index there; empty for a statement that is alone.
struct Siblings {
    syntax::List<syntax::Stmt> statements;
    std::size_t index = 0;
};
[[nodiscard]] Siblings siblings_of(const Context& context, const syntax::Node& statement);

/// The statement that the node is part of: what stands directly in a block, a file or an arm.
[[nodiscard]] const syntax::Node& statement_of(const Context& context, const syntax::Node& node);

/// Whether the node, or anything below it in the same function, is of that kind.
template <class T>
[[nodiscard]] bool holds(const syntax::Node& node);

/// Calls `visit(const Node&)` for the node and all below it that belongs to the same function.
template <class Visit>
void for_each_in_function(const syntax::Node& node, Visit&& visit) {
    syntax::walk(node, [&](const syntax::Node& each) {
        visit(each);
        const bool is_function = each.is<syntax::FuncDecl>() || each.is<syntax::FuncExpr>() || each.is<syntax::LambdaExpr>() ||
                                 each.is<syntax::Spawn>() || each.is<syntax::StructDecl>();
        return &each == &node || !is_function;
    });
}

template <class T>
bool holds(const syntax::Node& node) {
    bool found = false;
    for_each_in_function(node, [&](const syntax::Node& each) { found = found || each.is<T>(); });
    return found;
}

/// Whether the body of a `try` with an `except` is around it, in the same function.
[[nodiscard]] bool is_in_try(const Context& context, const syntax::Node& node);

/// The innermost loop around it in the same function, or null.
[[nodiscard]] const syntax::Node* loop_around(const Context& context, const syntax::Node& node);

/// Whether any struct of the file, or of a module it imports directly, has a method of that name.
[[nodiscard]] bool has_method_named(const Context& context, std::string_view name);

/// `m.area` for an undefined `area` that the module `m` exports, which the file imports as a whole; else empty.
[[nodiscard]] std::string qualified_name(const Context& context, const sema::UndefinedName& name);

[[nodiscard]] bool has_comment_in(const Context& context, Span span);

/// The edit that takes a statement away with its line; nothing where something else would change with it: a comment
/// inside, or the value of the block around it.
[[nodiscard]] std::optional<TextEdit> removal_of(const Context& context, const syntax::Node& statement);

/// A literal that is no `null` and has no interpolation, or a negated number.
[[nodiscard]] bool is_plain_literal(const syntax::Node& node);

}  // namespace ruff::lint
