#include <algorithm>

#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

bool sets(const StructExpr& literal, std::string_view name) {
    return std::any_of(literal.entries.begin(), literal.entries.end(), [&](const Node* entry) {
        const auto* field = entry->as<FieldInit>();
        return entry->is<Spread>() || (field != nullptr && field->name.text() == name);
    });
}

void check(Context& context) {
    context.each<StructExpr>([&](const StructExpr& literal) {
        const sema::StructInfo* type = context.types().struct_of(context.type_of(literal));
        if (type == nullptr) return;
        std::string missing;
        for (const StructField* field : type->fields) {
            if (field->default_value != nullptr || field->name.is_missing() || sets(literal, field->name.text())) continue;
            missing += (missing.empty() ? "`" : ", `") + std::string(field->name.text()) + "`";
        }
        if (missing.empty()) return;
        const bool is_one = missing.find(',') == std::string::npos;
        context.report(literal, std::string(type->declaration->name.text()) + " needs the field" + (is_one ? " " : "s ") + missing).help =
            "give it a value here, or a default in the struct";
    });
}

}  // namespace

extern const RuleBody missing_field_rule = {check, R"md(Finds struct literals that leave out a field without a default.

Executed, such a line raises. A literal with `...other` is left alone: the fields may come from there.

```ruff no-run
struct Point { x: float, y: float }
print(Point { x: 1 })
```

Use instead:

```ruff no-run
struct Point { x: float, y: float }
print(Point { x: 1, y: 2 })
```

There is no fix.
)md"};

}  // namespace ruff::lint
