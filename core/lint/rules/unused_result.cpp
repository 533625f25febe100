#include <algorithm>

#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// Certainly no generator, which would run, no function, which would be called, and no struct, whose methods would be.
bool is_plain_data(const Context& context, const Node& node) {
    constexpr KindMask kLeaves = sema::kNumberKinds | kind_bit(ValueKind::String) | kind_bit(ValueKind::Bool) | kind_bit(ValueKind::Null) |
                                 kind_bit(ValueKind::Range) | kind_bit(ValueKind::Bytes);
    constexpr KindMask kContainers = kind_bit(ValueKind::Array) | kind_bit(ValueKind::Set);
    const sema::TypeTable& table = context.types().table();
    const sema::Type type = context.type_of(node);
    if (table.is_only(type, kLeaves)) return true;
    return table.is_only(type, kContainers) && (table.data(type).element == sema::Type::Never || table.is_only(table.data(type).element, kLeaves));
}

bool is_given_plain_data(const Context& context, const CallExpr& call) {
    const auto* member = call.callee->as<MemberExpr>();
    if (member != nullptr && !is_plain_data(context, *member->object)) return false;
    return std::all_of(call.arguments.begin(), call.arguments.end(), [&](const Node* argument) {
        return !argument->is<Spread>() && !argument->is<NamedArgument>() && is_plain_data(context, *argument);
    });
}

bool has_result(const BuiltinRow& row) { return row.result_type != "null" && row.result_type != "any" && row.result_type != "never"; }

/// The call only computes its result: by every row of the name, or by what it is given.
bool is_pure(const Context& context, const BuiltinRow& builtin, const CallExpr& call) {
    if (is_given_plain_data(context, call)) {
        return (builtin.effects & ~effects::CallsBack) == effects::Pure && !builtin.is_mutating() && has_result(builtin);
    }
    if (call.callee->is<MemberExpr>()) return false;
    for (const BuiltinRow& row : all_builtins()) {
        if (row.name != builtin.name || !row.is_function()) continue;
        if (row.effects != effects::Pure || !has_result(row)) return false;
        if (std::any_of(row.parameters.begin(), row.parameters.end(), [](const BuiltinParameter& each) { return each.is_iterable; })) return false;
    }
    return true;
}

/// `push(xs, v)` as `xs.push(v)`, where there is such a method and `xs` may change.
void offer_method(Context& context, Diagnostic& finding, const CallExpr& call, std::string_view name) {
    if (call.arguments.size() < 2 || !is_mutating_method_name(name)) return;
    const sema::BindingId id = context.model.binding_of(*call.arguments[0]);
    if (id == sema::kNone || !call.arguments[0]->is<NameExpr>() || has_comment_in(context, finding.span)) return;
    const sema::Binding& binding = context.model.bindings[id];
    if (!binding.is_variable() || binding.is_immutable()) return;
    const Span arguments{context.tree.span(*call.arguments[1]).begin, context.tree.span(call).end};
    const std::string text = std::string(context.tree.text(*call.arguments[0])) + "." + std::string(name) + "(";
    finding.help = "write `" + text + "…)` to change it in place";
    finding.fixes.push_back({"Write `" + text + "…)`", FixSafety::Unsafe,
                             {{context.tree.span(call), text + std::string(context.tree.text(arguments))}}});
}

void check(Context& context) {
    context.each<ExprStmt>([&](const ExprStmt& statement) {
        const auto* call = statement.expression->as<CallExpr>();
        if (call == nullptr || is_value_used(context, statement) || is_in_try(context, statement)) return;
        const auto* member = call->callee->as<MemberExpr>();
        const BuiltinRow* builtin = member != nullptr ? called_builtin(context, *member) : builtin_of(context, *call->callee);
        if (builtin == nullptr || !is_pure(context, *builtin, *call)) return;
        if (builtin->name == "push" && loop_around(context, statement) != nullptr) return;  // of push-in-loop
        const std::string name(member != nullptr ? member->name.text() : call->callee->to<NameExpr>().name.text());
        Diagnostic& finding = context.report(statement, "the result of `" + name + "` is dropped, and it does nothing else");
        if (member == nullptr) offer_method(context, finding, *call, name);
    });
}

}  // namespace

extern const RuleBody unused_result_rule = {check, R"md(Finds calls of builtins that only compute a result, where that result is dropped.

Such a call does nothing. Often the method was meant, which changes its receiver: `push(xs, v)` gives a new array, `xs.push(v)` changes
`xs`. The body of a `try` with an `except` is left alone: there the call may be made for the error it raises. In loops the finding
for `push` is push-in-loop.

```ruff no-run
mut names := ["b", "a"]
sort(names)
push(names, "c")
```

Use instead:

```ruff no-run
mut names := ["b", "a"]
names := sort(names)
names.push("c")
```

The fix writes the method, where there is one that changes its receiver. It is unsafe, because the program does something else
afterwards.
)md"};

}  // namespace ruff::lint
