#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// Kinds of which every value is true.
constexpr KindMask kAlwaysTrue = kind_bit(ValueKind::Option) | kind_bit(ValueKind::Result) | sema::kPromiseKinds;

std::string_view advice(ValueKind kind) {
    switch (kind) {
        case ValueKind::Option: return "ask with `.is_some()`, or take it apart with `match`";
        case ValueKind::Result: return "ask with `.is_ok()`, or take it apart with `match`";
        default: return "write `await` before it";
    }
}

void check_condition(Context& context, const Node& condition) {
    const Node& test = without_parens(condition);
    if (const auto* unary = test.as<UnaryExpr>()) {
        if (unary->op == UnaryOp::Not) check_condition(context, *unary->operand);
        return;
    }
    const auto* binary = test.as<BinaryExpr>();
    if (binary != nullptr && (binary->op == BinaryOp::And || binary->op == BinaryOp::Or)) {
        check_condition(context, *binary->left);
        return check_condition(context, *binary->right);
    }
    const sema::Type type = context.type_of(test);
    if (!context.types().is_only(type, kAlwaysTrue)) return;
    const std::string text = context.types().text(type);
    context.report(test, "this is always true: it is " + text + ", of which no value is false").help =
        advice(context.types().table().single_kind(type));
}

void check(Context& context) {
    context.each<IfBranch>([&](const IfBranch& branch) { check_condition(context, *branch.condition); });
    context.each<While>([&](const While& loop) { check_condition(context, *loop.condition); });
    context.each<MatchArm>([&](const MatchArm& arm) {
        if (arm.guard != nullptr) check_condition(context, *arm.guard);
    });
}

}  // namespace

extern const RuleBody always_true_condition_rule = {check, R"md(Finds an option, a result, a promise or a task handle as a condition.

Each of these is true, also `None`, `Err(e)` and a promise of false: false are `false`, `null`, zero and what is empty. So the branch is
always taken. Mostly the value inside was meant.

```ruff no-run
async func is_ready() {
    await async_sleep(1)
    return false
}
if is_ready() { print("ready") }
```

Use instead:

```ruff no-run
async func is_ready() {
    await async_sleep(1)
    return false
}
if await is_ready() { print("ready") }
```

There is no fix.
)md"};

}  // namespace ruff::lint
