#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// Whether anything but the function itself names it.
bool is_used(const Context& context, sema::BindingId id, const Node& declaration) {
    for (const sema::Reference& reference : context.references_of(id)) {
        if (reference.access == sema::Access::Declare) continue;
        if (reference.token < declaration.first_token || reference.token > declaration.last_token) return true;
    }
    return false;
}

void check(Context& context) {
    for (sema::BindingId id = 0; id < context.model.bindings.size(); ++id) {
        const sema::Binding& binding = context.model.bindings[id];
        if (binding.kind != sema::BindingKind::Function || binding.is_exported || binding.name_token == kNoToken) continue;
        const sema::FunctionInfo& function = context.model.functions[binding.index];
        const bool is_only_recursive = binding.is_read && function.uses_own_name && !is_used(context, id, *binding.declaration);
        if ((binding.is_read && !is_only_recursive) || context.model.name(id).starts_with('_')) continue;
        const std::string name(context.model.name(id));
        Diagnostic& finding = context.report(context.tree.tokens[binding.name_token].span(),
                                             "the function `" + name + "` is never " + (is_only_recursive ? "called from outside itself" : "used"));
        finding.tags.is_unnecessary = true;
        finding.help = "take it out, export it, or call it `_" + name + "` if it is there on purpose";
    }
}

}  // namespace

extern const RuleBody unused_function_rule = {check, R"md(Finds functions that nothing in their file uses and that are not exported.

Only exported functions can be used by other files, so such a function never runs. Methods are left alone, and so are names that begin
with `_`. A function that only calls itself counts as unused.

```ruff no-run
func area(w, h) { return w * h }
func perimeter(w, h) { return 2 * (w + h) }
print(area(2, 3))
```

Use instead:

```ruff no-run
func area(w, h) { return w * h }
export func perimeter(w, h) { return 2 * (w + h) }
print(area(2, 3))
```

There is no fix.
)md"};

}  // namespace ruff::lint
