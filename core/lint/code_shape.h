#pragma once

#include <optional>
#include <string_view>

#include "core/lint/context.h"

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

/// Whether the body of a `try` with an `except` is around it, in the same function.
[[nodiscard]] bool is_in_try(const Context& context, const syntax::Node& node);

/// The innermost loop around it in the same function, or null.
[[nodiscard]] const syntax::Node* loop_around(const Context& context, const syntax::Node& node);

/// Whether any struct of the file, or of a module it imports directly, has a method of that name.
[[nodiscard]] bool has_method_named(const Context& context, std::string_view name);

[[nodiscard]] bool has_comment_in(const Context& context, Span span);

/// The edit that takes a statement away with its line; nothing where something else would change with it: a comment
/// inside, or the value of the block around it.
[[nodiscard]] std::optional<TextEdit> removal_of(const Context& context, const syntax::Node& statement);

/// A literal that is no `null` and has no interpolation, or a negated number.
[[nodiscard]] bool is_plain_literal(const syntax::Node& node);

}  // namespace ruff::lint
