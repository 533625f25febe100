#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

bool is_constant(const Node& condition) {
    const Node& node = without_parens(condition);
    if (is_plain_literal(node) || node.is<NullLiteral>() || node.is<LambdaExpr>() || node.is<FuncExpr>()) return true;
    const auto* unary = node.as<UnaryExpr>();
    return unary != nullptr && unary->op == UnaryOp::Not && is_constant(*unary->operand);
}

void check(Context& context) {
    context.each<IfBranch>([&](const IfBranch& branch) {
        if (is_constant(*branch.condition)) context.report(*branch.condition, "this condition is always the same");
    });
    context.each<While>([&](const While& loop) {
        const auto* literal = without_parens(*loop.condition).as<BoolLiteral>();
        if (!is_constant(*loop.condition) || (literal != nullptr && literal->value)) return;
        context.report(*loop.condition, "this condition is always the same");
    });
}

}  // namespace

extern const RuleBody constant_condition_rule = {check, R"md(Finds `if` and `while` whose condition is a literal: `if true`, `while 0`, `if "x"`.

What depends on it always happens or never does. `while true` is left alone; `loop` says the same.

```ruff no-run
if "verbose" { print("details") }
```

Use instead:

```ruff no-run
if "verbose" in args() { print("details") }
```

There is no fix.
)md"};

}  // namespace ruff::lint
