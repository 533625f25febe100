#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

bool is_combinator(std::string_view name) {
    return name == "promise_all" || name == "promise_race" || name == "promise_any" || name == "promise_all_settled";
}

constexpr KindMask kJobs = sema::kPromiseKinds | kind_bit(ValueKind::Function) | kind_bit(ValueKind::Struct);

/// An element that is certainly no promise, task handle or function, or the result of one: `[await f(), 1]`.
const Node* settled_element(const Context& context, const Node& argument) {
    const auto* array = without_parens(argument).as<ArrayExpr>();
    if (array == nullptr) return nullptr;
    for (const Node* element : array->elements) {
        if (element->is<Spread>()) continue;
        const KindMask kinds = context.types().table().kinds(context.type_of(*element));
        if (kinds != 0 && (kinds & kJobs) == 0) return element;
        const auto* await = element->as<AwaitExpr>();
        const bool is_result = await != nullptr && context.types().is_promise(context.type_of(*await->operand));
        if (is_result && kinds == sema::kAllKinds) return element;
    }
    return nullptr;
}

void check_argument(Context& context, const Node& argument, std::string name) {
    const sema::TypeTable& table = context.types().table();
    const sema::Type type = context.type_of(argument);
    if (const Node* element = settled_element(context, argument)) {
        const bool is_awaited = element->is<AwaitExpr>();
        Diagnostic& finding = context.report(*element, is_awaited ? "this is awaited before `" + name + "` gets it, so nothing runs at once"
                                                                  : "`" + name + "` takes promises, and this is " +
                                                                        table.text(context.type_of(*element)));
        finding.help = is_awaited ? "leave the `await` out" : "give it promises, task handles or functions without parameters";
        return;
    }
    if (table.is_only(type, kJobs & ~kind_bit(ValueKind::Struct))) {
        context.report(argument, "`" + name + "` takes an array of promises, and this is one " + table.text(type)).help =
            "put the promises in an array: `" + name + "([a, b])`";
        return;
    }
    const bool is_array = table.is(type, ValueKind::Array) || table.is(type, ValueKind::Set);
    const KindMask kinds = is_array ? table.kinds(table.data(type).element) : 0;
    const bool holds_none = kinds != 0 && (kinds & kJobs) == 0;
    if (holds_none) context.report(argument, "`" + name + "` takes promises, and this is " + table.text(type));
}

void check(Context& context) {
    context.each<CallExpr>([&](const CallExpr& call) {
        const BuiltinRow* builtin = called_builtin(context, *call.callee);
        if (builtin == nullptr || !is_combinator(builtin->name) || call.arguments.empty()) return;
        const Node& argument = *call.arguments[0];
        if (argument.is<Spread>() || argument.is<NamedArgument>()) return;
        check_argument(context, argument, std::string(builtin->name));
    });
}

}  // namespace

extern const RuleBody promise_all_argument_rule = {check, R"md(Finds what `promise_all`, `promise_race`, `promise_any` and `promise_all_settled` cannot use: one promise instead of an array, values that
are no promises, and promises that are awaited before the call.

The combinators take an array (or anything that can be walked) of promises, task handles or functions without parameters, and raise for
anything else. With `await` inside the array the work runs one after the other, and the combinator gets only results.

```ruff no-run
async func load(n) {
    await async_sleep(n)
    return n
}
print(await promise_all([await load(1), await load(2)]))
```

Use instead:

```ruff no-run
async func load(n) {
    await async_sleep(n)
    return n
}
print(await promise_all([load(1), load(2)]))
```

There is no fix.
)md"};

}  // namespace ruff::lint
