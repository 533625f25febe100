#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

bool is_default_value(const Node& node) {
    if (node.is<BoolLiteral>()) return false;
    return is_plain_literal(node) || node.is<StringLiteral>() || node.is<ArrayExpr>() || node.is<DictExpr>();
}

/// The value only decides something: the head of an `if` or `while`, a guard, the operand of `not`.
bool is_condition(const Context& context, const Node& node) {
    const Node* below = &node;
    for (const Node* at = context.parent(node); at != nullptr; below = at, at = context.parent(*at)) {
        if (at->is<ParenExpr>()) continue;
        if (const auto* unary = at->as<UnaryExpr>()) return unary->op == UnaryOp::Not;
        if (const auto* branch = at->as<IfBranch>()) return branch->condition == below;
        if (const auto* loop = at->as<While>()) return loop->condition == below;
        if (const auto* arm = at->as<MatchArm>()) return arm->guard == below;
        const auto* binary = at->as<BinaryExpr>();
        if (binary == nullptr || (binary->op != BinaryOp::And && binary->op != BinaryOp::Or)) return false;
    }
    return false;
}

/// `??` binds looser than `or`, so only where neither side takes another operand afterwards.
bool can_replace(const Context& context, const BinaryExpr& binary) {
    const auto* left = binary.left->as<BinaryExpr>();
    if (left != nullptr && left->op != BinaryOp::Coalesce) return false;
    if (binary.left->is<UnaryExpr>()) return false;
    return !context.parent(binary)->is<BinaryExpr>();
}

void check(Context& context) {
    context.each<BinaryExpr>([&](const BinaryExpr& binary) {
        if (binary.op != BinaryOp::Or || !is_default_value(*binary.right) || is_condition(context, binary)) return;
        const Span op = context.tree.tokens[binary.operator_token].span();
        const std::string word(context.tree.text(op));
        Diagnostic& finding = context.report(binary, "`" + word + "` gives true or false, never the value on its right");
        finding.help = "write `??` for a default where the left side is null";
        if (can_replace(context, binary)) finding.fixes.push_back({"Write `??`", FixSafety::Unsafe, {{op, "??"}}});
    });
}

}  // namespace

extern const RuleBody or_default_rule = {check, R"md(Finds `or` and `||` with a string, number, array or dict on the right, outside of conditions.

In Ruff `or` gives `true` or `false`, so `env("PORT") or "8080"` is `true` and never `"8080"`. `??` gives its right side where the left is
null.

```ruff no-run
port := env("PORT") or "8080"
```

Use instead:

```ruff no-run
port := env("PORT") ?? "8080"
```

The fix is unsafe: the value of the expression changes, and `??` takes the default only for null, not for `0` or `""`. It is
offered where nothing around would be read differently.
)md"};

}  // namespace ruff::lint
