#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

void check(Context& context) {
    context.each<BinaryExpr>([&](const BinaryExpr& binary) {
        if (operator_precedence(binary.op) != Precedence::Compare || binary.op == BinaryOp::In || binary.op == BinaryOp::NotIn) return;
        if (!is_same_place(context, *binary.left, *binary.right) || has_method_named(context, operator_method(binary.op))) return;
        Diagnostic& finding = context.report(binary, "`" + std::string(context.tree.text(*binary.left)) + "` is compared with itself");
        if (binary.op == BinaryOp::NotEqual || binary.op == BinaryOp::Equal) finding.help = "only NaN is unequal to itself";
    });
}

}  // namespace

extern const RuleBody self_comparison_rule = {check, R"md(Finds comparisons whose two sides are one and the same place: `x == x`, `a.b < a.b`.

The result is always the same, but for NaN, which is unequal to itself; a program that asks for NaN in this way says so in a
suppression. Programs in which a struct overloads the operator are left alone.

```ruff no-run
func is_newer(first, second) {
    return first.time > first.time
}
```

Use instead:

```ruff no-run
func is_newer(first, second) {
    return first.time > second.time
}
```

There is no fix.
)md"};

}  // namespace ruff::lint
