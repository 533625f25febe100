#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

void check(Context& context) {
    context.each<StructExpr>([&](const StructExpr& literal) {
        std::vector<const FieldInit*> seen;
        for (const Node* entry : literal.entries) {
            const auto* field = entry->as<FieldInit>();
            if (field == nullptr || field->name.is_missing()) continue;
            for (const FieldInit* before : seen) {
                if (before->name.text() != field->name.text()) continue;
                const std::string name(field->name.text());
                Diagnostic& finding = context.report(context.tree.span(field->name), "the field `" + name + "` is given twice");
                finding.labels.push_back({context.tree.span(before->name), "first given here", nullptr});
                break;
            }
            seen.push_back(field);
        }
    });
}

}  // namespace

extern const RuleBody duplicate_field_rule = {check, R"md(Finds a field that is given twice in one struct literal.

Executed, such a line raises. A field behind `...other` replaces the one from there, and is no duplicate.

```ruff no-run
struct Point { x, y }
print(Point { x: 1, y: 2, x: 3 })
```

Use instead:

```ruff no-run
struct Point { x, y }
print(Point { x: 3, y: 2 })
```

There is no fix: which of the two is meant is for the program to say.
)md"};

}  // namespace ruff::lint
