#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

bool is_handle(const Context& context, sema::Type type) {
    return context.types().is(type, ValueKind::TaskHandle);
}

void check_dropped(Context& context) {
    context.each<ExprStmt>([&](const ExprStmt& statement) {
        const Node& expression = without_parens(*statement.expression);
        if (!expression.is<CallExpr>() && !expression.is<PipeExpr>() && !expression.is<Spawn>()) return;
        if (is_value_used(context, statement) || !is_handle(context, context.type_of(expression))) return;
        context.report(statement, "the handle of this task is dropped, so nobody sees its result or its error").help =
            "await the handle, or write `_ := …` to let the task go";
    });
}

/// `task := spawn { … }` and no other mention of `task`.
void check_never_read(Context& context) {
    for (sema::BindingId id = 0; id < context.model.bindings.size(); ++id) {
        const sema::Binding& binding = context.model.bindings[id];
        if (binding.kind != sema::BindingKind::Variable || binding.is_read || binding.is_exported) continue;
        if (binding.name_token == kNoToken || context.model.name(id).starts_with('_')) continue;
        if (!is_handle(context, context.types().type_of_binding(id))) continue;
        const std::string name(context.model.name(id));
        context.report(context.tree.tokens[binding.name_token].span(), "`" + name + "` is the handle of a task that nothing awaits").help =
            "await it, or call it `_" + name + "` to let the task go";
    }
}

void check(Context& context) {
    check_dropped(context);
    check_never_read(context);
}

}  // namespace

extern const RuleBody unused_task_handle_rule = {check, R"md(Finds task handles that nobody uses: in a variable that nothing reads, or dropped by a call.

The task runs, but nobody waits for it, and its result is lost. Its error is reported only at the end of the program. A `spawn { … }`
that stands alone as a statement says that nothing is expected back, and is left alone.

```ruff no-run
task := spawn { 6 * 7 }
print("started")
```

Use instead:

```ruff no-run
task := spawn { 6 * 7 }
print(await task)
```

There is no fix: where to await is for the program to say.
)md"};

}  // namespace ruff::lint
