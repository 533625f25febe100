#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

void check(Context& context) {
    for (sema::BindingId id = 0; id < context.model.bindings.size(); ++id) {
        const sema::Binding& binding = context.model.bindings[id];
        if (binding.name_token == syntax::kNoToken) continue;
        const std::string name(context.model.name(id));
        if (name == "self" || find_builtin(name) == nullptr) continue;
        context.report(context.tree.tokens[binding.name_token].span(), "`" + name + "` hides the builtin of that name").help =
            "take another name; the builtin stays reachable as a method only";
    }
}

}  // namespace

extern const RuleBody shadowed_builtin_rule = {check, R"md(Finds names that hide a builtin: of variables, parameters, functions and imports.

Hiding a builtin is allowed and never touches its method form, but who reads `len` expects the builtin. This rule is off unless it is
selected: short names like `first`, `count` or `time` are often just the right ones.

```ruff no-run
len := 3
print(len)
```

Use instead:

```ruff no-run
length := 3
print(length)
```

There is no fix.
)md"};

}  // namespace ruff::lint
