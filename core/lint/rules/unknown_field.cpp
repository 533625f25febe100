#include <algorithm>

#include "core/lint/code_shape.h"
#include "core/support/edit_distance.h"

namespace ruff::lint {
namespace {

using namespace syntax;

std::vector<std::string_view> member_names(const sema::StructInfo& type) {
    std::vector<std::string_view> names;
    for (const Node* member : type.declaration->members) {
        if (const auto* field = member->as<StructField>()) names.push_back(field->name.text());
        if (const auto* method = member->as<FuncDecl>()) names.push_back(method->name.text());
    }
    return names;
}

bool has_field(const sema::StructInfo& type, std::string_view name) {
    return std::any_of(type.fields.begin(), type.fields.end(), [&](const StructField* field) { return field->name.text() == name; });
}

void report(Context& context, Span span, std::string_view owner, std::string_view name, const std::vector<std::string_view>& known) {
    Diagnostic& finding = context.report(span, std::string(owner) + " has no field `" + std::string(name) + "`");
    const std::string near(nearest_name(name, known));
    if (near.empty()) return;
    finding.help = "did you mean `" + near + "`?";
    finding.fixes.push_back({"Write `" + near + "`", FixSafety::Unsafe, {{span, near}}});
}

bool is_callee(const Context& context, const MemberExpr& member) {
    const auto* call = context.parent(member)->as<CallExpr>();
    return call != nullptr && call->callee == &member;
}

/// Kinds of value that have methods and nothing else.
constexpr KindMask kPlainKinds = sema::kNumberKinds | kind_bit(ValueKind::Bool) | kind_bit(ValueKind::String) |
                                 kind_bit(ValueKind::Bytes) | kind_bit(ValueKind::Array) | kind_bit(ValueKind::Set) |
                                 kind_bit(ValueKind::Range) | sema::kPromiseKinds;

void check_members(Context& context) {
    context.each<MemberExpr>([&](const MemberExpr& member) {
        if (member.name.is_missing() || is_callee(context, member)) return;
        const sema::Type type = context.type_of(*member.object);
        const sema::TypeTable& table = context.types().table();
        const std::string_view name = member.name.text();
        const Span span = context.tree.span(member.name);
        const ValueKind kind = table.single_kind(type);
        if (const sema::StructInfo* known = context.types().struct_of(type)) {
            const std::vector<std::string_view> names = member_names(*known);
            const bool is_there = std::find(names.begin(), names.end(), name) != names.end();
            if (!is_there && find_builtin_method(ValueKind::Struct, name) == nullptr) report(context, span, known->declaration->name.text(), name, names);
        } else if (kind == ValueKind::Module && table.data(type).owner != nullptr) {
            if (table.data(type).owner->find_export(name) != sema::kNone) return;
            context.report(span, "the module `" + std::string(context.tree.text(*member.object)) + "` exports no `" + std::string(name) + "`");
        } else if (table.is_only(type, kPlainKinds) && kind != ValueKind::Unset && find_builtin_method(kind, name) == nullptr) {
            report(context, span, value_kind_name(kind), name, {});
            if ((kind_bit(kind) & sema::kPromiseKinds) != 0) context.offer_await(*member.object);
        }
    });
}

void check_entries(Context& context, const Path& path, const Node& owner, List<Node> entries) {
    const sema::StructInfo* type = context.types().struct_of(context.type_of(owner));
    if (type == nullptr) return;
    std::vector<std::string_view> fields;
    for (const StructField* field : type->fields) fields.push_back(field->name.text());
    for (const Node* entry : entries) {
        const auto* field = entry->as<FieldInit>();
        if (field == nullptr || field->name.is_missing() || has_field(*type, field->name.text())) continue;
        report(context, context.tree.span(field->name), context.tree.text(path), field->name.text(), fields);
    }
}

void check(Context& context) {
    check_members(context);
    context.each<StructExpr>([&](const StructExpr& literal) { check_entries(context, *literal.path, literal, literal.entries); });
}

}  // namespace

extern const RuleBody unknown_field_rule = {check, R"md(Finds fields that a struct does not have, where the struct is known for certain: in `p.x`, `p.x := …` and in a struct literal. Also names that
a module does not export, and fields of arrays, strings and numbers, which have none.

Executed, such a line raises.

```ruff no-run
struct Point { x: float, y: float }
p := Point { x: 1, z: 2 }
print(p.lenght)
```

Use instead:

```ruff no-run
struct Point { x: float, y: float }
p := Point { x: 1, y: 2 }
print(p.x + p.y)
```

The fix writes the name of a field or method that is spelled nearly so. It is unsafe.
)md"};

}  // namespace ruff::lint
