#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

void check(Context& context) {
    context.each<Assign>([&](const Assign& statement) {
        if (statement.op != AssignOp::Set || !is_same_place(context, *statement.target, *statement.value)) return;
        const std::string place(context.tree.text(*statement.target));
        Diagnostic& finding = context.report(statement, "`" + place + "` is assigned to itself");
        finding.tags.is_unnecessary = true;
        const auto removal = removal_of(context, statement);
        if (!removal) return;
        const bool is_name = statement.target->is<NameExpr>();
        finding.fixes.push_back({"Remove the assignment", is_name ? FixSafety::Safe : FixSafety::Unsafe, {*removal}});
    });
}

}  // namespace

extern const RuleBody self_assignment_rule = {check, R"md(Finds `x := x` and `a.b := a.b`: assignments that change nothing.

One of the two sides was probably meant to be something else.

```ruff no-run
func configure(options) {
    mut timeout := 30
    timeout := timeout
    return timeout
}
```

Use instead:

```ruff no-run
func configure(options) {
    mut timeout := 30
    timeout := options.timeout
    return timeout
}
```

The fix removes the statement: safe for a variable, unsafe for a field or entry, whose reading may raise. `len := len`, which makes a
variable of a builtin, is left alone.
)md"};

}  // namespace ruff::lint
