#include <algorithm>

#include "core/lint/code_shape.h"
#include "core/support/edit_distance.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// Kinds whose methods are all in the table of builtins.
constexpr KindMask kTableKinds = sema::kNumberKinds | kind_bit(ValueKind::Bool) | kind_bit(ValueKind::String) |
                                 kind_bit(ValueKind::Bytes) | kind_bit(ValueKind::Array) | kind_bit(ValueKind::Set) |
                                 kind_bit(ValueKind::Range) | sema::kPromiseKinds;

std::vector<std::string_view> builtin_methods(ValueKind kind) {
    std::vector<std::string_view> names;
    for (const BuiltinRow& row : all_builtins()) {
        if (row.is_method() && row.accepts_first(kind) && !row.parameters.empty()) names.push_back(row.name);
    }
    return names;
}

std::vector<std::string_view> struct_members(const sema::StructInfo& type) {
    std::vector<std::string_view> names;
    for (const Node* member : type.declaration->members) {
        if (const auto* field = member->as<StructField>()) names.push_back(field->name.text());
        if (const auto* method = member->as<FuncDecl>()) names.push_back(method->name.text());
    }
    return names;
}

void report(Context& context, const MemberExpr& member, const std::string& owner, const std::vector<std::string_view>& known) {
    const std::string_view name = member.name.text();
    const Span span = context.tree.span(member.name);
    Diagnostic& finding = context.report(span, owner + " has no method `" + std::string(name) + "`");
    const std::string near(nearest_name(name, known));
    if (near.empty()) return;
    finding.help = "did you mean `" + near + "`?";
    finding.fixes.push_back({"Write `" + near + "`", FixSafety::Unsafe, {{span, near}}});
}

void check(Context& context) {
    const sema::TypeTable& table = context.types().table();
    context.each<CallExpr>([&](const CallExpr& call) {
        const auto* member = call.callee->as<MemberExpr>();
        if (member == nullptr || member->name.is_missing()) return;
        const sema::Type type = context.type_of(*member->object);
        const std::string_view name = member->name.text();
        const ValueKind kind = table.single_kind(type);
        if (const sema::StructInfo* known = context.types().struct_of(type)) {
            const std::vector<std::string_view> names = struct_members(*known);
            const bool is_there = std::find(names.begin(), names.end(), name) != names.end();
            if (is_there || find_builtin_method(ValueKind::Struct, name) != nullptr) return;
            report(context, *member, std::string(known->declaration->name.text()), names);
        } else if (kind != ValueKind::Unset && (kind_bit(kind) & kTableKinds) != 0 && find_builtin_method(kind, name) == nullptr) {
            report(context, *member, std::string(value_kind_name(kind)), builtin_methods(kind));
            if ((kind_bit(kind) & sema::kPromiseKinds) != 0) context.offer_await(*member->object);
        }
    });
}

}  // namespace

extern const RuleBody unknown_method_rule = {check, R"md(Finds calls of methods that the value does not have, where its type is known for certain: a struct of the program or of a module, an array,
a string, a number and the like.

Executed, such a call raises. Dicts are left alone: a call on one may be that of an entry.

```ruff no-run
names := ["Bo", "Ann"]
print(names.lenght())
```

Use instead:

```ruff no-run
names := ["Bo", "Ann"]
print(names.len())
```

The fix writes the name of a method that is spelled nearly so. It is unsafe.
)md"};

}  // namespace ruff::lint
