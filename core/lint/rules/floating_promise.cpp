#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

bool is_promise(const Context& context, sema::Type type) {
    return context.types().is(type, ValueKind::Promise);
}

/// An array whose elements are promises, as `map` gives one for an async function.
bool is_array_of_promises(const Context& context, sema::Type type) {
    return context.types().is(type, ValueKind::Array) && is_promise(context, context.types().table().data(type).element);
}

/// `ps.push(p)` gives the array that it has changed: nothing is lost.
bool changes_in_place(const Context& context, const Node& expression) {
    const auto* call = expression.as<CallExpr>();
    const BuiltinRow* builtin = call == nullptr ? nullptr : called_builtin(context, *call->callee);
    return builtin != nullptr && builtin->is_mutating();
}

void check_dropped(Context& context) {
    context.each<ExprStmt>([&](const ExprStmt& statement) {
        const Node& expression = without_parens(*statement.expression);
        const bool is_call = expression.is<CallExpr>() || expression.is<PipeExpr>();
        if (!is_call || is_value_used(context, statement) || changes_in_place(context, expression)) return;
        const sema::Type type = context.type_of(expression);
        const bool is_array = is_array_of_promises(context, type);
        if (!is_array && !is_promise(context, type)) return;
        Diagnostic& finding = context.report(statement, is_array ? "these promises are dropped, so nobody waits for them or sees their errors"
                                                                 : "this promise is dropped, so nobody waits for it or sees its error");
        const Span span = context.tree.span(*statement.expression);
        finding.help = is_array ? "await them together with `promise_all`" : "await it, or write `_ := …` to go on without it";
        const bool needs_parens = expression.is<PipeExpr>() && !statement.expression->is<ParenExpr>();
        Fix fix{"Await it", FixSafety::Unsafe, {{{span.begin, span.begin}, needs_parens ? "await (" : "await "}}};
        if (is_array) fix = {"Await them with `promise_all`", FixSafety::Unsafe, {{{span.begin, span.begin}, "await promise_all("}}};
        if (is_array || needs_parens) fix.edits.push_back({{span.end, span.end}, ")"});
        finding.fixes.push_back(std::move(fix));
    });
}

/// `p := fetch()` and no other mention of `p`.
void check_never_awaited(Context& context) {
    for (sema::BindingId id = 0; id < context.model.bindings.size(); ++id) {
        const sema::Binding& binding = context.model.bindings[id];
        if (binding.kind != sema::BindingKind::Variable || binding.is_read || binding.is_exported || binding.is_reassigned) continue;
        if (binding.name_token == kNoToken || context.model.name(id).starts_with('_')) continue;
        if (!is_promise(context, context.types().type_of_binding(id))) continue;
        const std::string name(context.model.name(id));
        context.report(context.tree.tokens[binding.name_token].span(), "`" + name + "` is a promise that nothing awaits").help =
            "await it, or call it `_" + name + "` to go on without it";
    }
}

/// `each(xs, f)` where `f` gives promises: it drops what `f` gives.
void check_each(Context& context) {
    context.each<CallExpr>([&](const CallExpr& call) {
        if (call.arguments.empty()) return;
        const BuiltinRow* builtin = called_builtin(context, *call.callee);
        if (builtin == nullptr || builtin->name != "each") return;
        const Node& callback = *call.arguments.back();
        const sema::TypeData& data = context.types().table().data(context.type_of(callback));
        if (data.kinds != kind_bit(ValueKind::Function) || !is_promise(context, data.element)) return;
        context.report(callback, "`each` drops the promises that this function gives").help =
            "write `await promise_all(map(xs, f))`, or await inside the function";
    });
}

void check(Context& context) {
    check_dropped(context);
    check_never_awaited(context);
    check_each(context);
}

}  // namespace

extern const RuleBody floating_promise_rule = {check, R"md(Finds promises that nobody awaits: the result of a call that is dropped, also when it is an array of promises, a variable that nothing
reads, and the promises of an async function given to `each`.

The work goes on by itself: the code below does not wait for it, and its error is reported only when it is too late to handle it. Whether
a call gives a promise is known from the function, also in another module and through functions that only pass a promise on.

```ruff no-run
async func save(name) {
    await async_sleep(5)
    return name
}
save("report")
print("saved")
```

Use instead:

```ruff no-run
async func save(name) {
    await async_sleep(5)
    return name
}
await save("report")
print("saved")
```

To go on without waiting on purpose, say so: `_ := save("report")`, or a name that begins with `_`. The fix awaits; it is unsafe,
because the program then does things in another order.
)md"};

}  // namespace ruff::lint
