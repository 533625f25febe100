#include <algorithm>

#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// A place in a spawn block that is changed.
struct Change {
    const Node* root = nullptr;
    const Node* statement = nullptr;
};

/// `x := 1`, `x.a[0] += 1`, `x.push(1)`.
std::vector<Change> changes_in(const Context& context, const Spawn& spawn) {
    std::vector<Change> changes;
    for_each_in_function(*spawn.body, [&](const Node& node) {
        if (const auto* assign = node.as<Assign>()) changes.push_back({&root_of(*assign->target), assign});
        const auto* call = node.as<CallExpr>();
        const auto* member = call == nullptr ? nullptr : call->callee->as<MemberExpr>();
        if (member == nullptr) return;
        const BuiltinRow* builtin = called_builtin(context, *member);
        const FunctionRef method = called_function(context, *member);
        const bool changes_receiver = (builtin != nullptr && builtin->is_mutating()) || (method && method.info().is_mutating);
        if (changes_receiver) changes.push_back({&root_of(*member->object), call});
    });
    return changes;
}

/// Whether the block uses the variable for more than changing it: its copy has a purpose then.
bool is_read_in(const Context& context, const Spawn& spawn, sema::BindingId id, const std::vector<Change>& changes) {
    bool found = false;
    walk(*spawn.body, [&](const Node& node) {
        if (context.model.binding_of(node) != id) return true;
        const bool is_change =
            std::any_of(changes.begin(), changes.end(), [&](const Change& change) { return change.root == &node; });
        found = found || !is_change;
        return true;
    });
    return found;
}

void check(Context& context) {
    context.each<Spawn>([&](const Spawn& spawn) {
        const std::vector<Change> changes = changes_in(context, spawn);
        for (const Change& change : changes) {
            const sema::BindingId id = context.model.binding_of(*change.root);
            if (id == sema::kNone || !change.root->is<NameExpr>()) continue;
            const sema::Binding& binding = context.model.bindings[id];
            if (binding.declaration == nullptr || is_inside(context, *binding.declaration, spawn)) continue;
            if (is_read_in(context, spawn, id, changes)) continue;
            const std::string name(context.model.name(id));
            Diagnostic& finding =
                context.report(*change.statement, "this changes the task's copy of `" + name + "`; the variable outside stays as it is");
            finding.labels.push_back({context.tree.tokens[binding.name_token].span(), "declared here, in another isolate", nullptr});
            finding.help = "give the result back as the value of the block and await it, or send it through a channel";
        }
    });
}

}  // namespace

extern const RuleBody spawn_mutates_captured_rule = {check, R"md(Finds a `spawn` block that changes a variable of the code around it and does nothing with it.

The block runs in another isolate and has copies of what it captures, taken when it starts. What it assigns or adds is lost with them. A
block that reads the variable too works with its copy, and is left alone.

```ruff no-run
mut results := []
task := spawn { results.push(6 * 7) }
await task
print(results)
```

Use instead:

```ruff no-run
mut results := []
task := spawn { 6 * 7 }
results.push(await task)
print(results)
```

There is no fix.
)md"};

}  // namespace ruff::lint
