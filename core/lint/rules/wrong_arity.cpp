#include <algorithm>
#include <limits>

#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

struct Arity {
    std::size_t least = 0;
    std::size_t most = kNoLimit;
};

/// Of all rows of the name together.
Arity arity_of(const BuiltinRow& builtin) {
    Arity arity{kNoLimit, 0};
    for (const BuiltinRow& row : all_builtins()) {
        if (row.name != builtin.name || !(row.is_function())) continue;
        arity.least = std::min<std::size_t>(arity.least, row.required_count);
        arity.most = row.has_rest ? kNoLimit : std::max<std::size_t>(arity.most, row.positional_count);
        if (row.has_rest) break;
    }
    return arity.most == kNoLimit ? Arity{builtin.required_count, kNoLimit} : arity;
}

Arity arity_of(List<Node> params) {
    Arity arity{0, 0};
    for (const Node* param : params) {
        if (param->is<RestParam>()) return {arity.least, kNoLimit};
        ++arity.most;
        const auto* plain = param->as<Param>();
        if (plain == nullptr || plain->default_value == nullptr) arity.least = arity.most;
    }
    return arity;
}

/// The declaration a name leads to, also in another module; null when it is no function.
const FuncDecl* declaration_of(const sema::SemanticModel& model, sema::BindingId id) {
    if (id == sema::kNone) return nullptr;
    const sema::Binding& binding = model.bindings[id];
    if (binding.kind == sema::BindingKind::Function) return binding.declaration->as<FuncDecl>();
    if (binding.kind != sema::BindingKind::Imported || binding.target == sema::kNone) return nullptr;
    const sema::SemanticModel* module = model.imports[binding.index].module;
    return module == nullptr ? nullptr : declaration_of(*module, binding.target);
}

std::string plural(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " argument" : " arguments");
}

std::string describe(std::string_view name, Arity arity, std::size_t got) {
    std::string text = std::string(name) + " expects ";
    if (arity.most == kNoLimit) text += "at least " + plural(arity.least);
    else if (arity.least != arity.most) text += std::to_string(arity.least) + " to " + plural(arity.most);
    else text += plural(arity.most);
    return text + ", got " + std::to_string(got);
}

void check(Context& context) {
    context.each<CallExpr>([&](const CallExpr& call) {
        const auto* name = call.callee->as<NameExpr>();
        if (name == nullptr) return;
        std::size_t got = call.arguments.size() + (is_piped(context, call) ? 1 : 0);
        for (const Node* argument : call.arguments) {
            if (argument->is<Spread>() || argument->is<NamedArgument>()) return;
        }
        Arity arity;
        const FuncDecl* declaration = declaration_of(context.model, context.model.binding_of(*name));
        if (const BuiltinRow* builtin = builtin_of(context, *name)) arity = arity_of(*builtin);
        else if (declaration != nullptr) arity = arity_of(declaration->params);
        else return;
        if (got >= arity.least && got <= arity.most) return;
        const std::string_view shown = declaration != nullptr ? declaration->name.text() : name->name.text();
        context.report(call, describe(shown, arity, got));
    });
}

}  // namespace

extern const RuleBody wrong_arity_rule = {check, R"md(Finds calls with too few or too many arguments: of builtins, of functions of the file, and of imported ones.

Executed, such a call raises `f expects 2 arguments, got 1`. Calls with `...spread` or named arguments, and of what is not known to be
one certain function, are left alone.

```ruff no-run
func add(a, b) { return a + b }
print(add(1))
```

Use instead:

```ruff no-run
func add(a, b) { return a + b }
print(add(1, 2))
```

There is no fix.
)md"};

}  // namespace ruff::lint
