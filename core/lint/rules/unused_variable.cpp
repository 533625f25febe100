#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// The statement that declares the variable and nothing else, and its value; null where a pattern takes more apart.
struct Declaration {
    const Node* statement = nullptr;
    const Node* value = nullptr;
};

Declaration declaration_of(const Context& context, const sema::Binding& binding) {
    const Node* parent = binding.declaration == nullptr ? nullptr : context.parent(*binding.declaration);
    if (parent == nullptr) return {};
    if (const auto* declared = parent->as<Binding>()) {
        if (declared->pattern == binding.declaration) return {declared, declared->value};
    }
    if (const auto* assigned = parent->as<Assign>()) {
        if (assigned->target == binding.declaration) return {assigned, assigned->value};
    }
    return {};
}

/// What holds something alive by being held: a variable for it has a purpose even if nobody reads it.
bool may_hold_work(const Context& context, const Node& value) {
    const Node& inner = without_parens(value);
    if (inner.is<Spawn>()) return true;
    const auto* call = inner.as<CallExpr>();
    if (call == nullptr) return inner.is<PipeExpr>() || inner.is<AwaitExpr>() || inner.is<PropagateExpr>();
    const BuiltinRow* builtin = builtin_of(context, *call->callee);
    if (builtin == nullptr) return true;
    constexpr std::string_view kHandles[] = {"Promise", "Task", "Channel", "Generator", "any", "T", "file", "process", "iterable"};
    for (const BuiltinRow* row = builtin;; row = &all_builtins()[static_cast<std::size_t>(row->next_with_name)]) {
        for (const std::string_view handle : kHandles) {
            if (row->result_type.starts_with(handle)) return true;
        }
        if (row->next_with_name < 0) return false;
    }
}

void check(Context& context) {
    for (sema::BindingId id = 0; id < context.model.bindings.size(); ++id) {
        const sema::Binding& binding = context.model.bindings[id];
        if (binding.kind != sema::BindingKind::Variable || binding.is_read || binding.is_exported) continue;
        if (context.model.name(id).starts_with('_') || binding.name_token == kNoToken) continue;
        const Declaration declaration = declaration_of(context, binding);
        if (declaration.statement == nullptr || may_hold_work(context, *declaration.value)) continue;
        const std::string name(context.model.name(id));
        Diagnostic& finding =
            context.report(context.tree.tokens[binding.name_token].span(),
                           "`" + name + "` is " + (binding.is_reassigned ? "set but never read" : "never used"));
        finding.tags.is_unnecessary = true;
        finding.help = "take it out, or call it `_" + name + "` if it is there on purpose";
        if (binding.is_reassigned || binding.is_changed || !is_plain_literal(*declaration.value)) continue;
        if (const auto removal = removal_of(context, *declaration.statement)) {
            finding.fixes.push_back({"Remove `" + name + "`", FixSafety::Safe, {*removal}});
        }
    }
}

}  // namespace

extern const RuleBody unused_variable_rule = {check, R"md(Finds variables that nothing reads.

Names that begin with `_`, parameters, loop, `except` and pattern variables, parts of a destructuring, and exported variables are
left alone. So is a variable whose value may be work in progress (the result of `spawn`, of `await`, or of a call of a function of the
program): holding it has a purpose, because work that nobody holds is cancelled.

```ruff no-run
retries := 3
print("start")
```

Use instead:

```ruff no-run
print("start")
```

The fix removes the declaration. It is offered where the value is a literal, and is safe.
)md"};

}  // namespace ruff::lint
