#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

void check_root(Context& context, const Node& root, const Node& change) {
    const sema::BindingId id = root.is<NameExpr>() ? context.model.binding_of(root) : sema::kNone;
    if (id == sema::kNone) return;
    const sema::Binding& binding = context.model.bindings[id];
    const bool is_let = binding.declared_as == sema::DeclaredAs::Let;
    const bool is_const = binding.declared_as == sema::DeclaredAs::Const;
    if (!binding.is_variable() || (!is_let && !is_const) || binding.name_token == kNoToken) return;
    const std::string name(context.model.name(id));
    Diagnostic& finding =
        context.report(change, "Cannot mutate immutable " + std::string(is_let ? "let" : "const") + " binding: " + name);
    explain_immutable(context, finding, id);
}

/// `xs[0] := 1`, `p.x += 1`
void check_places(Context& context) {
    context.each<Assign>([&](const Assign& statement) {
        const Node& target = *statement.target;
        if (target.is<MemberExpr>() || target.is<IndexExpr>()) check_root(context, root_of(target), statement);
    });
}

/// `xs.push(1)`, `account.deposit(1)`
void check_methods(Context& context) {
    context.each<CallExpr>([&](const CallExpr& call) {
        const auto* member = call.callee->as<MemberExpr>();
        if (member == nullptr) return;
        const BuiltinRow* builtin = called_builtin(context, *member);
        const FunctionRef method = called_function(context, *member);
        const bool is_method = method && method.info().kind == sema::FunctionKind::Method;
        if ((builtin != nullptr && builtin->is_mutating()) || (is_method && method.info().is_mutating)) {
            check_root(context, root_of(*member->object), call);
        }
    });
}

void check(Context& context) {
    check_places(context);
    check_methods(context);
}

}  // namespace

extern const RuleBody mutated_let_rule = {check, R"md(Finds changes in place of a `let` or `const` variable: of an element, of a field, and by a mutating method.

In Ruff `let` holds for the value as well as for the name. Executed, such a change raises `Cannot mutate immutable let binding: xs`.

```ruff no-run
let names := ["a"]
names.push("b")
```

Use instead:

```ruff no-run
mut names := ["a"]
names.push("b")
```

The fix declares a `let` with `mut`. It is unsafe: the mistake may be the change. A `const` has no fix.
)md"};

}  // namespace ruff::lint
