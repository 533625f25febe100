#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

void check(Context& context) {
    for (const sema::Reference& reference : context.model.references) {
        if (reference.access != sema::Access::Assign && reference.access != sema::Access::Update) continue;
        const sema::Binding& binding = context.model.bindings[reference.binding];
        if (binding.declared_as != sema::DeclaredAs::Let && binding.declared_as != sema::DeclaredAs::Const) continue;
        if (reference.token == kNoToken || binding.name_token == kNoToken) continue;
        const std::string name(context.model.name(reference.binding));
        const bool is_let = binding.declared_as == sema::DeclaredAs::Let;
        Diagnostic& finding = context.report(context.tree.tokens[reference.token].span(),
                                             "Cannot reassign immutable " + std::string(is_let ? "let" : "const") + " binding: " + name);
        explain_immutable(context, finding, reference.binding);
    }
}

}  // namespace

extern const RuleBody reassigned_let_rule = {check, R"md(Finds assignments to a `let` or `const` variable.

Executed, such an assignment raises `Cannot reassign immutable let binding: x`.

```ruff no-run
let count := 0
count += 1
```

Use instead:

```ruff no-run
mut count := 0
count += 1
```

The fix declares a `let` with `mut`. It is unsafe: the mistake may be the assignment. A `const` has no fix.
)md"};

}  // namespace ruff::lint
