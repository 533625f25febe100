#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// The body of the function whose statement this is, if it stands directly in it.
const Node* function_of_statement(const Context& context, const Assign& statement) {
    const Node* block = context.parent(statement);
    const Node* function = block == nullptr ? nullptr : context.parent(*block);
    if (function == nullptr || !block->is<Block>()) return nullptr;
    return function->is<FuncDecl>() || function->is<FuncExpr>() || function->is<LambdaExpr>() ? function : nullptr;
}

/// The outer variable that `name := value` assigns, if it looks like one of the function's own.
sema::BindingId overwritten(const Context& context, const Assign& statement) {
    if (statement.op != AssignOp::Set || !statement.target->is<NameExpr>()) return sema::kNone;
    const sema::BindingId id = context.model.binding_of(*statement.target);
    if (id == sema::kNone) return sema::kNone;
    const sema::Binding& binding = context.model.bindings[id];
    const bool is_outer = binding.function != function_around(context, statement);
    const bool is_plain = binding.kind == sema::BindingKind::Variable && binding.declared_as == sema::DeclaredAs::Bare;
    return is_outer && is_plain && !binding.is_exported ? id : sema::kNone;
}

/// The first mention in the function is the assignment, and there is a later one.
bool is_used_as_own(const Context& context, const Node& function, const Assign& statement, sema::BindingId id) {
    bool is_first = true, is_read_later = false;
    walk(function, [&](const Node& node) {
        if (&node == statement.target || context.model.binding_of(node) != id) return true;
        if (node.first_token <= statement.last_token) is_first = false;
        else is_read_later = true;
        return true;
    });
    return is_first && is_read_later;
}

void check(Context& context) {
    context.each<Assign>([&](const Assign& statement) {
        const sema::BindingId id = overwritten(context, statement);
        const Node* function = id == sema::kNone ? nullptr : function_of_statement(context, statement);
        if (function == nullptr || !is_used_as_own(context, *function, statement, id)) return;
        const std::string name(context.model.name(id));
        Diagnostic& finding = context.report(*statement.target, "this overwrites the `" + name + "` outside of the function, which it never reads");
        finding.labels.push_back({context.tree.tokens[context.model.bindings[id].name_token].span(), "the variable that is overwritten", nullptr});
        finding.help = "write `mut " + name + " := …` for a variable of the function's own";
        finding.fixes.push_back({"Declare a variable with `mut`", FixSafety::Unsafe, {{{finding.span.begin, finding.span.begin}, "mut "}}});
    });
}

}  // namespace

extern const RuleBody overwrites_outer_rule = {check, R"md(Finds a function that begins its use of an outer variable with a bare `:=` and then goes on to use it as if it were its own.

`name := value` assigns the variable of that name that is visible, wherever it was declared. A function that starts with such a line and
never looked at the outer variable before mostly meant a variable of its own, and overwrites the other one at each call. Outer variables
declared with `mut` are taken to be meant.

```ruff no-run
total := 10
func sum_of(xs) {
    total := 0
    for x in xs { total += x }
    return total
}
print(sum_of([1, 2]), total)
```

Use instead:

```ruff no-run
total := 10
func sum_of(xs) {
    mut total := 0
    for x in xs { total += x }
    return total
}
print(sum_of([1, 2]), total)
```

The fix declares a variable with `mut`. It is unsafe: the outer one may be meant.
)md"};

}  // namespace ruff::lint
