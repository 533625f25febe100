#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

bool always_leaves(const Context& context, const Node& statement);

bool block_leaves(const Context& context, const Block& block) {
    for (const Node* statement : block.statements) {
        if (always_leaves(context, *statement)) return true;
    }
    return false;
}

/// Whether a `break` in the body leaves this loop.
bool has_break(const Context& context, const Node& loop) {
    bool found = false;
    context.each<Break>([&](const Break& statement) { found = found || loop_around(context, statement) == &loop; });
    return found;
}

/// Whether nothing can run behind the statement in its block.
bool always_leaves(const Context& context, const Node& statement) {
    if (statement.is<Return>() || statement.is<Break>() || statement.is<Continue>()) return true;
    if (const auto* expression = statement.as<ExprStmt>()) return expression->expression->is<ThrowExpr>();
    if (statement.is<Loop>()) return !has_break(context, statement);
    const auto* choice = statement.as<If>();
    if (choice == nullptr || choice->else_block == nullptr || !block_leaves(context, *choice->else_block)) return false;
    for (const IfBranch* branch : choice->branches) {
        if (!block_leaves(context, *branch->body)) return false;
    }
    return true;
}

bool is_declaration(const Node& statement) {
    return statement.is<FuncDecl>() || statement.is<StructDecl>() || statement.is<EnumDecl>() || statement.is<Export>() ||
           statement.is<Test>() || statement.is<ErrorNode>();
}

void check_statements(Context& context, List<Stmt> statements) {
    for (std::size_t i = 0; i + 1 < statements.size(); ++i) {
        if (!always_leaves(context, *statements[i])) continue;
        std::size_t first = i + 1;
        while (first < statements.size() && is_declaration(*statements[first])) ++first;
        if (first == statements.size()) return;
        std::size_t last = first;
        while (last + 1 < statements.size() && !is_declaration(*statements[last + 1])) ++last;
        const Span span = context.tree.span(*statements[first]).joined(context.tree.span(*statements[last]));
        Diagnostic& finding = context.report(span, "this code can never run");
        finding.tags.is_unnecessary = true;
        finding.labels.push_back({context.tree.span(*statements[i]), "nothing goes on behind this", nullptr});
        const auto begin = removal_of(context, *statements[first]), end = removal_of(context, *statements[last]);
        if (!begin || !end || has_comment_in(context, span)) return;
        finding.fixes.push_back({"Remove the code", FixSafety::Unsafe, {{begin->span.joined(end->span), ""}}});
        return;
    }
}

void check(Context& context) {
    check_statements(context, context.tree.root->statements);
    context.each<Block>([&](const Block& block) { check_statements(context, block.statements); });
}

}  // namespace

extern const RuleBody unreachable_code_rule = {check, R"md(Finds statements that nothing can reach: behind `return`, `break`, `continue`, `throw`, a `loop` without `break`, or an `if` all of
whose branches leave.

Functions, structs, enums and tests are visible in their whole block, so they may stand there.

```ruff no-run
func area(w, h) {
    return w * h
    print("done")
}
```

Use instead:

```ruff no-run
func area(w, h) {
    print("done")
    return w * h
}
```

The fix removes the code. It is unsafe: more often the code above is the mistake.
)md"};

}  // namespace ruff::lint
