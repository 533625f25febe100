#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// Why the function, or one around it up to the method, may not change `self`; empty where it may.
std::string_view detached_by(const Context& context, const Node& node) {
    for (sema::FunctionId id = function_around(context, node); id != sema::kNone; id = context.model.functions[id].parent) {
        const sema::FunctionInfo& function = context.model.functions[id];
        const bool is_method = function.kind == sema::FunctionKind::Method;
        if (function.kind == sema::FunctionKind::Spawn) return "a `spawn` block inside a method";
        if (function.is_async) return is_method ? "an `async` method" : "an `async` function inside a method";
        if (is_method && function.is_generator) return "a `func*` method";
        if (is_method) return FunctionRef{&context.model, id}.name().starts_with("op_") ? "an operator method" : "";
    }
    return "";
}

void check(Context& context) {
    context.each<CallExpr>([&](const CallExpr& call) {
        const auto* member = call.callee->as<MemberExpr>();
        if (member == nullptr || !root_of(*member->object).is<SelfExpr>()) return;
        const BuiltinRow* builtin = called_builtin(context, *member);
        const FunctionRef method = called_function(context, *member);
        const bool changes = (builtin != nullptr && builtin->is_mutating()) || (method && method.info().is_mutating);
        const bool may_change = builtin == nullptr && !method && member->object->is<MemberExpr>() &&
                                is_mutating_method_name(member->name.text()) && !has_method_named(context, member->name.text());
        if (!changes && !may_change) return;
        const std::string_view where = detached_by(context, call);
        if (where.empty()) return;
        context.report(call, std::string(where) + " cannot change `self`: it has a copy, and this call raises").help =
            "return the changed value, or make the change in a plain method";
    });
}

}  // namespace

extern const RuleBody async_method_mutates_self_rule = {check, R"md(Finds calls that would change `self` in a method that runs detached from its receiver: an `async` or `func*` method, an operator method,
and `async` functions and `spawn` blocks inside a method.

Such code has a copy of `self`, and a change to it would be lost; so the call raises when it runs. Assignments to `self` there are
refused before the program runs.

```ruff no-run
struct Cache {
    entries: array<string>
    async func load(self, name) {
        await async_sleep(1)
        self.entries.push(name)
    }
}
```

Use instead:

```ruff no-run
struct Cache {
    entries: array<string>
    func load(self, name) {
        sleep(1)
        self.entries.push(name)
    }
}
```

There is no fix.
)md"};

}  // namespace ruff::lint
