#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// `self` as the first parameter, and `self.` before each field.
void offer_fix(const Context& context, Diagnostic& finding, const FuncDecl& method) {
    std::vector<TextEdit> edits;
    const std::uint32_t open = method.name.token + 1;
    if (context.tree.token_text(open) != "(") return;
    const std::uint32_t at = context.tree.tokens[open].end;
    edits.push_back({{at, at}, method.params.empty() ? "self" : "self, "});
    bool is_possible = true;
    walk(method, [&](const Node& node) {
        if (context.model.use_of(node).kind != sema::UseKind::SelfField) return true;
        const Span span = context.tree.span(node);
        if (node.is<NameExpr>()) edits.push_back({{span.begin, span.begin}, "self."});
        else if (node.is<DictShorthand>() || node.is<FieldInit>()) edits.push_back({{span.end, span.end}, ": self." + std::string(context.tree.text(span))});
        else is_possible = false;
        return true;
    });
    if (is_possible) finding.fixes.push_back({"Give it a `self` parameter", FixSafety::Safe, std::move(edits)});
}

void check(Context& context) {
    for (const sema::FunctionInfo& function : context.model.functions) {
        if (function.kind != sema::FunctionKind::Method || !function.is_old_style) continue;
        const auto* method = function.node->as<FuncDecl>();
        if (method == nullptr || method->name.is_missing()) continue;
        Diagnostic& finding = context.report(context.tree.span(method->name), "the method `" + std::string(method->name.text()) +
                                                                                  "` has no `self` parameter");
        finding.help = "write `self` as its first parameter and `self.name` for a field";
        offer_fix(context, finding, *method);
    }
}

}  // namespace

extern const RuleBody legacy_method_rule = {check, R"md(Finds methods without a `self` parameter.

In such a method, the older style, a bare name may be a local variable, a parameter, a field or a variable from outside, in this order.
A field cannot be assigned there, and a new parameter may hide one. With `self` it is plain to see what a name means.

```ruff no-run
struct Circle {
    radius: float
    func area() { return 3.14 * radius * radius }
}
```

Use instead:

```ruff no-run
struct Circle {
    radius: float
    func area(self) { return 3.14 * self.radius * self.radius }
}
```

The fix adds the parameter and writes `self.` before each field. It is safe.
)md"};

}  // namespace ruff::lint
