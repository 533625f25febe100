#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

bool is_request(std::string_view name) {
    constexpr std::string_view kRequests[] = {
        "http_get",  "http_post",     "http_put",    "http_patch",      "http_delete",    "http_head",
        "http_request", "http_stream", "async_http_get", "async_http_post", "async_http_request", "download",
    };
    return std::find(std::begin(kRequests), std::end(kRequests), name) != std::end(kRequests);
}

/// A dict with `timeout_ms`, or options that are not written here.
bool may_set_timeout(const Context& context, const Node& argument) {
    const Node& given = argument.is<NamedArgument>() ? *argument.to<NamedArgument>().value : argument;
    const auto* dict = without_parens(given).as<DictExpr>();
    if (dict == nullptr) return given.is<Spread>() || !context.types().is(context.type_of(given), ValueKind::String);
    for (const Node* entry : dict->entries) {
        const auto* shorthand = entry->as<DictShorthand>();
        const auto* keyed = entry->as<DictEntry>();
        if (entry->is<Spread>() || (shorthand != nullptr && shorthand->name.text() == "timeout_ms")) return true;
        if (keyed == nullptr) continue;
        if (keyed->key->key_kind == KeyKind::Word && keyed->key->word.text() == "timeout_ms") return true;
        if (keyed->key->key_kind == KeyKind::String && keyed->key->value->to<StringLiteral>().value() == "timeout_ms") return true;
    }
    return false;
}

bool is_in_timeout(const Context& context, const Node& node) {
    for (const Node* at = &node; at != nullptr; at = context.parent(*at)) {
        const auto* call = at->as<CallExpr>();
        const auto* name = call == nullptr ? nullptr : call->callee->as<NameExpr>();
        if (name != nullptr && name->name.text() == "async_timeout") return true;
    }
    return false;
}

void check(Context& context) {
    context.each<CallExpr>([&](const CallExpr& call) {
        const auto* name = call.callee->as<NameExpr>();
        if (name == nullptr || !is_request(name->name.text()) || context.model.binding_of(*name) != sema::kNone) return;
        for (std::size_t i = 0; i < call.arguments.size(); ++i) {
            const bool is_options = i > 0 && !context.types().is(context.type_of(*call.arguments[i]), ValueKind::String);
            if ((is_options || call.arguments[i]->is<Spread>()) && may_set_timeout(context, *call.arguments[i])) return;
        }
        if (is_in_timeout(context, call)) return;
        context.report(call, "this request may wait for a minute").help = "say how long: `{\"timeout_ms\": 5000}`";
    });
}

}  // namespace

extern const RuleBody missing_timeout_rule = {check, R"md(Finds HTTP requests that do not say how long they may take.

Without `timeout_ms` a request may take 60 seconds. In a program that answers to somebody this is too long. A request inside
`async_timeout` is left alone, and so is one whose options are not written at the call. This rule is off unless it is selected.

```ruff no-run
page := http_get("https://example.com")
print(page.status)
```

Use instead:

```ruff no-run
page := http_get("https://example.com", {"timeout_ms": 5000})
print(page.status)
```

There is no fix: how long is for the program to say.
)md"};

}  // namespace ruff::lint
