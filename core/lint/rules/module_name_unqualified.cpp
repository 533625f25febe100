#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

void check(Context& context) {
    for (const sema::UndefinedName& name : context.model.undefined) {
        const std::string qualified = qualified_name(context, name);
        if (qualified.empty()) continue;
        const Span span = context.tree.tokens[name.token].span();
        const std::string text(context.model.text(name.name));
        Diagnostic& finding = context.report(span, "`" + text + "` is exported by a module that is imported as a whole");
        finding.help = "write `" + qualified + "`";
        if (name.node->is<syntax::NameExpr>() || name.node->is<syntax::Path>()) {
            finding.fixes.push_back({"Write `" + qualified + "`", FixSafety::Safe, {{span, qualified}}});
        }
    }
}

}  // namespace

extern const RuleBody module_name_unqualified_rule = {check, R"md(Finds a name that is not declared, but exported by a module that the file imports with `import m`.

`import geo` binds `geo` and nothing else: its names are reached as `geo.area`. Executed, the bare name raises
`Undefined variable: area`. This replaces undefined-variable.

```ruff no-run
import geo
print(area(2, 3))
```

Write `geo.area(2, 3)`, or import the name itself with `from geo import area`. The fix writes the name of the module before it and is
safe: the line could only raise.
)md"};

}  // namespace ruff::lint
