#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// A declaration of the program may stand where the main name would be: then there is no fix.
void report(Context& context, Span span, const BuiltinAlias& alias, bool is_free) {
    const std::string main(alias.main);
    Diagnostic& finding = context.report(span, "`" + std::string(alias.name) + "` is another name of `" + main + "`");
    finding.tags.is_deprecated = true;
    if (is_free) finding.fixes.push_back({"Write `" + main + "`", FixSafety::Safe, {{span, main}}});
}

void check(Context& context) {
    context.each<NameExpr>([&](const NameExpr& name) {
        if (builtin_of(context, name) == nullptr) return;
        const BuiltinAlias* alias = find_builtin_alias(name.name.text());
        if (alias == nullptr) return;
        const Span span = context.tree.span(name);
        report(context, span, *alias, context.model.lookup(alias->main, span.begin) == sema::kNone);
    });
    context.each<MemberExpr>([&](const MemberExpr& member) {
        const BuiltinAlias* alias = find_builtin_alias(member.name.text());
        const BuiltinRow* builtin = alias == nullptr ? nullptr : called_builtin(context, member);
        if (builtin != nullptr && builtin->name == alias->main) report(context, context.tree.span(member.name), *alias, true);
    });
}

}  // namespace

extern const RuleBody deprecated_alias_rule = {check, R"md(Finds builtins called by a second name.

The second names are there for programs that know them from elsewhere. One name for one thing is easier to read and to look up.

```ruff no-run
println(str(3))
```

Use instead:

```ruff no-run
print(to_string(3))
```

The fix is safe. It is not offered where the program has a variable of the main name.
)md"};

}  // namespace ruff::lint
