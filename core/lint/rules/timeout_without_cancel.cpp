#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// The variable is used behind the call, or longer than this function runs.
bool stays_held(const Context& context, const CallExpr& call, sema::BindingId id) {
    if (context.model.bindings[id].is_captured || loop_around(context, call) != nullptr) return true;
    for (const sema::Reference& reference : context.references_of(id)) {
        if (reference.token > call.last_token) return true;
    }
    return false;
}

/// `cancel(p)` or `p.cancel()` stands somewhere, or the promise is awaited again.
bool is_dealt_with(const Context& context, const CallExpr& call, sema::BindingId id) {
    bool found = false;
    context.each<CallExpr>([&](const CallExpr& other) {
        const BuiltinRow* builtin = called_builtin(context, *other.callee);
        if (builtin == nullptr || builtin->name != "cancel") return;
        const auto* member = other.callee->as<MemberExpr>();
        const Node* given = member != nullptr ? member->object : other.arguments.empty() ? nullptr : other.arguments[0];
        found = found || (given != nullptr && context.model.binding_of(*given) == id);
    });
    context.each<AwaitExpr>([&](const AwaitExpr& await) {
        found = found || (await.first_token > call.last_token && context.model.binding_of(*await.operand) == id);
    });
    return found;
}

void check(Context& context) {
    context.each<CallExpr>([&](const CallExpr& call) {
        const BuiltinRow* builtin = called_builtin(context, *call.callee);
        const auto* name = call.callee->as<NameExpr>();
        const bool is_timeout = (builtin != nullptr && builtin->name == "async_timeout") || (name != nullptr && name->name.text() == "async_timeout");
        if (!is_timeout || call.arguments.empty() || !call.arguments[0]->is<NameExpr>()) return;
        const sema::BindingId id = context.model.binding_of(*call.arguments[0]);
        if (id == sema::kNone || !stays_held(context, call, id) || is_dealt_with(context, call, id)) return;
        const std::string variable(context.model.name(id));
        context.report(call, "after the time-out `" + variable + "` goes on, because the variable still holds it").help =
            "call `cancel(" + variable + ")` when the time is up, or do not use `" + variable + "` behind this";
    });
}

}  // namespace

extern const RuleBody timeout_without_cancel_rule = {check, R"md(Finds `async_timeout(p, ms)` with a promise that a variable goes on holding, and no `cancel(p)`.

A time-out cancels the work only when nobody else holds it. A variable that is used again below, in a later iteration or by another
function holds it, and then the work goes on after the time is up. This rule is off unless it is selected: letting the work go on may be
what is meant.

```ruff no-run
async func load() {
    await async_sleep(500)
    return "text"
}
p := load()
try { print(await async_timeout(p, 50)) } except e { print(e.message) }
print(p)
```

Use instead:

```ruff no-run
async func load() {
    await async_sleep(500)
    return "text"
}
try { print(await async_timeout(load(), 50)) } except e { print(e.message) }
```

There is no fix.
)md"};

}  // namespace ruff::lint
