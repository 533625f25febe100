#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// Every row of the name only computes its result.
bool is_pure(const BuiltinRow& builtin) {
    for (const BuiltinRow& row : all_builtins()) {
        if (row.name != builtin.name || !row.is_function()) continue;
        if (row.effects != effects::Pure || row.result_type == "null" || row.result_type == "any" || row.result_type == "never") return false;
        for (const BuiltinParameter& parameter : row.parameters) {
            if (parameter.is_iterable) return false;  // a generator that it walks runs
        }
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
        const BuiltinRow* builtin = builtin_of(context, *call->callee);
        if (builtin == nullptr || !is_pure(*builtin)) return;
        if (builtin->name == "push" && loop_around(context, statement) != nullptr) return;  // of push-in-loop
        const std::string name(call->callee->to<NameExpr>().name.text());
        Diagnostic& finding = context.report(statement, "the result of `" + name + "` is dropped, and it does nothing else");
        offer_method(context, finding, *call, name);
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
