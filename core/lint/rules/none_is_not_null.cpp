#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

bool is_none(const Context& context, const Node& node) {
    const sema::Use use = node.is<NameExpr>() ? context.model.use_of(node) : sema::Use{};
    return use.kind == sema::UseKind::Constructor && use.index == 3;
}

KindMask kinds_of(const Context& context, const Node& node) {
    return context.types().table().kinds(context.type_of(node));
}

/// `x == None` where `x` is no option, or `x == null` where it is nothing else.
void check_comparison(Context& context, const BinaryExpr& test, const Node& value, const Node& constant) {
    const KindMask kinds = kinds_of(context, value);
    if (kinds == 0) return;
    const bool is_option = kinds == kind_bit(ValueKind::Option);
    const KindMask may_equal_none = kind_bit(ValueKind::Option) | kind_bit(ValueKind::Struct);
    const bool compares_none = is_none(context, constant) && (kinds & may_equal_none) == 0;
    const bool compares_null = constant.is<NullLiteral>() && is_option;
    if (!compares_none && !compares_null) return;
    const std::string type = context.types().text(context.type_of(value));
    const std::string wanted = compares_none ? "null" : "None";
    Diagnostic& finding = context.report(test, std::string(compares_none ? "`None`" : "`null`") + " is never equal to this, which is " + type);
    finding.help = "write `" + wanted + "`: `None` is an option, `null` is no value at all";
    if (compares_null || (kinds & kind_bit(ValueKind::Null)) != 0) {
        finding.fixes.push_back({"Write `" + wanted + "`", FixSafety::Unsafe, {{context.tree.span(constant), wanted}}});
    }
}

void check(Context& context) {
    context.each<BinaryExpr>([&](const BinaryExpr& binary) {
        const Node& left = without_parens(*binary.left);
        const Node& right = without_parens(*binary.right);
        if (binary.op == BinaryOp::Equal || binary.op == BinaryOp::NotEqual) {
            const bool is_on_the_left = is_none(context, left) || left.is<NullLiteral>();
            check_comparison(context, binary, is_on_the_left ? right : left, is_on_the_left ? left : right);
        } else if (binary.op == BinaryOp::Coalesce && kinds_of(context, left) == kind_bit(ValueKind::Option)) {
            context.report(binary, "`??` never takes its right side here: an option is not null").help = "write `.unwrap_or(…)`";
        }
    });
}

}  // namespace

extern const RuleBody none_is_not_null_rule = {check, R"md(Finds comparisons that take `None` for `null`, or `null` for `None`, and `??` after an option.

`None` is one of the two forms of an option, beside `Some(v)`. `null` is the value that says that there is none. They are never equal.
Functions that look something up give `null`.

```ruff no-run
name := env("NAME")
if name == None { print("no name") }
```

Use instead:

```ruff no-run
name := env("NAME")
if name == null { print("no name") }
```

The fix writes the other word. It is unsafe, because the program then does something else.
)md"};

}  // namespace ruff::lint
