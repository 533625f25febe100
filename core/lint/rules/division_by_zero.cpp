#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

bool is_zero(const Node& operand) {
    const Node* node = &without_parens(operand);
    if (const auto* unary = node->as<UnaryExpr>()) {
        if (unary->op != UnaryOp::Negate) return false;
        node = &without_parens(*unary->operand);
    }
    if (const auto* whole = node->as<IntLiteral>()) return whole->value == 0;
    const auto* fraction = node->as<FloatLiteral>();
    return fraction != nullptr && fraction->value == 0;
}

void report(Context& context, const Node& node, const Node& divisor, BinaryOp op) {
    if (op != BinaryOp::Divide && op != BinaryOp::Modulo) return;
    if (!is_zero(divisor) || is_in_try(context, node)) return;
    if (has_method_named(context, operator_method(op))) return;
    context.report(node, op == BinaryOp::Divide ? "Division by zero" : "Modulo by zero");
}

void check(Context& context) {
    context.each<BinaryExpr>([&](const BinaryExpr& binary) { report(context, binary, *binary.right, binary.op); });
    context.each<Assign>([&](const Assign& statement) {
        if (statement.op == AssignOp::Set) return;
        report(context, statement, *statement.value, compound_operation(statement.op));
    });
}

}  // namespace

extern const RuleBody division_by_zero_rule = {check, R"md(Finds `/` and `%` with a literal zero on the right.

Both raise, for floats too. The body of a `try` with an `except` is left alone, and so are programs in which a struct
overloads the operator.

```ruff no-run
func mean(total) { return total / 0 }
```

Use instead:

```ruff no-run
func mean(total, count) { return total / count }
```

There is no fix.
)md"};

}  // namespace ruff::lint
