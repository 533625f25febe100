#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

void check(Context& context) {
    context.each<AwaitExpr>([&](const AwaitExpr& await) {
        const sema::Type type = context.type_of(*await.operand);
        const KindMask kinds = context.types().table().kinds(type);
        if (kinds == 0 || (kinds & sema::kPromiseKinds) != 0) return;
        Diagnostic& finding = context.report(await, "`await` has nothing to wait for: this is " + context.types().text(type));
        finding.help = "`await` takes a promise or a task handle and gives everything else back";
        const Span span = context.tree.span(await), operand = context.tree.span(*await.operand);
        if (has_comment_in(context, {span.begin, operand.begin})) return;
        finding.fixes.push_back({"Remove `await`", FixSafety::Safe, {{{span.begin, operand.begin}, ""}}});
    });
}

}  // namespace

extern const RuleBody await_non_promise_rule = {check, R"md(Finds `await` before something that is certainly no promise and no task handle.

Such an `await` gives the value back and waits for nothing. Either it is left over, or the function was meant to be `async`, or a
promise was already awaited where the variable was set.

```ruff no-run
func size(name) { return len(name) }
print(await size("report"))
```

Use instead:

```ruff no-run
func size(name) { return len(name) }
print(size("report"))
```

The fix removes the `await` and is safe.
)md"};

}  // namespace ruff::lint
