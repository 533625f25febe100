#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

void check(Context& context) {
    context.each<ExprStmt>([&](const ExprStmt& statement) {
        const Node& expression = without_parens(*statement.expression);
        if (!expression.is<CallExpr>() && !expression.is<PipeExpr>() && !expression.is<AwaitExpr>()) return;
        if (is_value_used(context, statement)) return;
        const sema::Type type = context.type_of(expression);
        if (!context.types().is(type, ValueKind::Result)) return;
        const bool never_fails = context.types().table().data(type).key == sema::Type::Never;
        if (never_fails) return;
        context.report(statement, "this result is dropped, and with it the error that it may hold").help =
            "pass an error on with `?`, take it apart with `match`, or write `_ := …` to drop it on purpose";
    });
}

}  // namespace

extern const RuleBody unhandled_result_rule = {check, R"md(Finds calls whose result, `Ok(v)` or `Err(e)`, is dropped.

Unlike an error that is thrown, one in a result says nothing by itself: dropped, it is as if nothing had happened.

```ruff no-run
func save(name) {
    if name == "" { return Err("no name") }
    return Ok(name)
}
save("")
```

Use instead:

```ruff no-run
func save(name) {
    if name == "" { return Err("no name") }
    return Ok(name)
}
match save("") {
    case Ok(name): print(name)
    case Err(e): print("not saved: ${e}")
}
```

There is no fix.
)md"};

}  // namespace ruff::lint
