#include "core/lint/context.h"

namespace ruff::lint {
namespace {

using namespace syntax;

struct Combinator {
    std::string_view member, builtin;
};
constexpr Combinator kCombinators[] = {
    {"all", "promise_all"},
    {"race", "promise_race"},
    {"any", "promise_any"},
    {"allSettled", "promise_all_settled"},
    {"resolve", "promise_resolve"},
    {"reject", "promise_reject"},
};

void check(Context& context) {
    context.each<MemberExpr>([&](const MemberExpr& member) {
        const auto* object = member.object->as<NameExpr>();
        if (object == nullptr || object->name.text() != "Promise") return;
        if (context.model.use_of(*object).kind != sema::UseKind::Undefined) return;
        for (const Combinator& each : kCombinators) {
            if (each.member != member.name.text()) continue;
            const std::string builtin(each.builtin);
            Diagnostic& finding = context.report(member, "there is no `Promise` namespace: `Promise." +
                                                             std::string(each.member) + "` is `" + builtin + "`");
            finding.help = "call `" + builtin + "`";
            finding.fixes.push_back({"Write `" + builtin + "`", FixSafety::Safe, {{finding.span, builtin}}});
        }
    });
}

}  // namespace

extern const RuleBody promise_namespace_rule = {check, R"md(Finds `Promise.all`, `Promise.race`, `Promise.any`, `Promise.allSettled`, `Promise.resolve` and `Promise.reject`.

Names with a dot are not functions in Ruff and there is no `Promise`, so the line raises `Undefined variable: Promise`
when it runs. The functions are builtins with names of their own.

```ruff no-run
result := await Promise.all(promises)
```

Use instead:

```ruff no-run
result := await promise_all(promises)
```

The fix is safe: the line could only raise before. A `Promise` that the program declares itself is left alone.
)md"};

}  // namespace ruff::lint
