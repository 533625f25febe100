#include <algorithm>

#include "core/lint/code_shape.h"
#include "core/support/edit_distance.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// What the parameters of a call are called; of an overloaded builtin those of all its rows.
struct ParameterNames {
    bool is_known = false;
    std::string_view function;
    std::vector<std::string_view> names;
};

void add_names(ParameterNames& into, const FunctionRef& function) {
    into.is_known = true;
    into.function = function.name();
    for (const Node* node : function.params()) {
        const auto* param = node->as<Param>();
        const auto* name = param == nullptr ? nullptr : param->pattern->as<NamePattern>();
        if (name != nullptr) into.names.push_back(name->name.text());
    }
}

ParameterNames names_of(const Context& context, const Node& callee) {
    ParameterNames names;
    if (const FunctionRef function = called_function(context, callee)) {
        add_names(names, function);
    } else if (const BuiltinRow* builtin = called_builtin(context, callee)) {
        names.is_known = true;
        names.function = builtin->name;
        for (const BuiltinRow& row : all_builtins()) {
            if (row.name != builtin->name) continue;
            for (const BuiltinParameter& parameter : row.parameters) names.names.push_back(parameter.name);
        }
    }
    return names;
}

void check(Context& context) {
    context.each<CallExpr>([&](const CallExpr& call) {
        if (std::none_of(call.arguments.begin(), call.arguments.end(), [](const Node* each) { return each->is<NamedArgument>(); })) return;
        const ParameterNames known = names_of(context, *call.callee);
        if (!known.is_known) return;
        for (const Node* argument : call.arguments) {
            const auto* named = argument->as<NamedArgument>();
            if (named == nullptr || std::find(known.names.begin(), known.names.end(), named->name.text()) != known.names.end()) continue;
            const std::string shown(known.function.empty() ? "the function" : known.function);
            Diagnostic& finding = context.report(context.tree.span(named->name),
                                                 shown + " has no parameter `" + std::string(named->name.text()) + "`");
            const std::string near(nearest_name(named->name.text(), known.names));
            if (near.empty()) continue;
            finding.help = "did you mean `" + near + "`?";
            finding.fixes.push_back({"Write `" + near + "`", FixSafety::Unsafe, {{finding.span, near}}});
        }
    });
}

}  // namespace

extern const RuleBody unknown_argument_rule = {check, R"md(Finds named arguments that the function has no parameter for, where the function is known for certain: by its name, as a method of a known
struct or type, or through a module.

Executed, such a call raises.

```ruff no-run
func greet(name, greeting = "Hello") { return "${greeting}, ${name}" }
print(greet("Ann", greting = "Hi"))
```

Use instead:

```ruff no-run
func greet(name, greeting = "Hello") { return "${greeting}, ${name}" }
print(greet("Ann", greeting = "Hi"))
```

The fix writes the name of a parameter that is spelled nearly so. It is unsafe.
)md"};

}  // namespace ruff::lint
