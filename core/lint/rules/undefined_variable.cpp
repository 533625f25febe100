#include <algorithm>

#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// Looking for a near name compares with every name in sight. In a file with thousands of undefined names only so many
/// comparisons are made, and the last of them get no help: the others show what is wrong.
constexpr std::size_t kMostComparisons = 500'000;

/// `Promise.all` and the like are findings of promise-namespace.
bool is_promise_namespace(const Context& context, const Node& name) {
    constexpr std::string_view kMembers[] = {"all", "race", "any", "allSettled", "resolve", "reject"};
    const Node* parent = context.parent(name);
    const auto* member = parent == nullptr ? nullptr : parent->as<MemberExpr>();
    return member != nullptr && std::find(std::begin(kMembers), std::end(kMembers), member->name.text()) != std::end(kMembers);
}

void check(Context& context) {
    const std::size_t names_in_sight = context.model.bindings.size() + kBuiltinCount;
    std::size_t comparisons = 0;
    for (const sema::UndefinedName& name : context.model.undefined) {
        const std::string text(context.model.text(name.name));
        if (text == "Promise" && is_promise_namespace(context, *name.node)) continue;
        if (!qualified_name(context, name).empty()) continue;  // of module-name-unqualified
        Diagnostic& finding = context.report(context.tree.tokens[name.token].span(), "Undefined variable: " + text);
        if ((comparisons += names_in_sight) <= kMostComparisons) finding.help = sema::undefined_hint(context.model, name);
    }
}

}  // namespace

extern const RuleBody undefined_variable_rule = {check, R"md(Finds names that nothing visible declares: no variable, parameter, function, struct, enum, import or builtin.

Executed, such a name raises `Undefined variable: x`. Often it is a slip of the fingers, a name of another language, or a variable
that was set inside a block that has ended.

```ruff no-run
total := 1
print(totl)
```

Use instead:

```ruff no-run
total := 1
print(total)
```

There is no fix; the help names what was probably meant.
)md"};

}  // namespace ruff::lint
