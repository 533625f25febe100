#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// What a statement of only that expression is; empty where it may do something. `and`, `or` and `??` decide whether
/// their right side runs, and division, indexing and members may be there for the error they raise.
std::string_view describe(const Context& context, const Node& node) {
    if (node.is<StringLiteral>()) return node.to<StringLiteral>().is_plain() ? "a string" : "";
    if (is_plain_literal(node) || node.is<NullLiteral>()) return "a literal";
    if (node.is<LambdaExpr>() || node.is<FuncExpr>()) return "a function";
    if (node.is<NameExpr>()) return context.model.use_of(node).kind == sema::UseKind::Undefined ? "" : "a name";
    const auto* binary = node.as<BinaryExpr>();
    if (binary == nullptr) return {};
    switch (binary->op) {
        case BinaryOp::And:
        case BinaryOp::Or:
        case BinaryOp::Coalesce:
        case BinaryOp::Divide:
        case BinaryOp::Modulo: return {};
        case BinaryOp::Equal: return "a comparison";
        default: return operator_precedence(binary->op) == Precedence::Compare ? "a comparison" : "an operation";
    }
}

/// `default: null` and `{ null }` say that there is nothing to do.
bool is_placeholder(const Context& context, const Node& statement, const Node& expression) {
    if (!expression.is<NullLiteral>()) return false;
    const auto* block = context.parent(statement)->as<Block>();
    return block == nullptr ? context.parent(statement)->is<MatchArm>() : block->statements.size() == 1;
}

void check(Context& context) {
    context.each<ExprStmt>([&](const ExprStmt& statement) {
        const Node& expression = without_parens(*statement.expression);
        const std::string_view what = describe(context, expression);
        if (what.empty() || is_placeholder(context, statement, expression) || is_value_used(context, statement) || is_in_try(context, statement)) return;
        Diagnostic& finding = context.report(statement, "this statement is only " + std::string(what) + " and has no effect");
        const auto* binary = expression.as<BinaryExpr>();
        if (binary != nullptr && binary->op == BinaryOp::Equal) finding.help = "write `:=` to assign";
    });
}

}  // namespace

extern const RuleBody no_effect_rule = {check, R"md(Finds statements that are only a name, a literal, a function, a comparison or an arithmetic operation.

Their value is dropped. The last statement of a block that gives a value is left alone, and so are a `null` that stands alone in a
block or arm, and the body of a `try` with an `except`, where an operation may be there for the error it raises.

```ruff no-run
mut state := "idle"
state == "busy"
```

Use instead:

```ruff no-run
mut state := "idle"
state := "busy"
```

There is no fix.
)md"};

}  // namespace ruff::lint
