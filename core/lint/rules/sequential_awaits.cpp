#include "core/lint/code_shape.h"

// Two awaits in a row could overlap when neither needs the other's result and neither changes anything the other may
// see. The first is read off the names; the second is what the effects of the called functions say, and where they say
// that anything may happen the rule is silent.

namespace ruff::lint {
namespace {

using namespace syntax;

/// `name := await call(…)`, which declares one variable.
struct AwaitedBinding {
    const Node* statement = nullptr;
    const Node* target = nullptr;
    const AwaitExpr* await = nullptr;
    sema::BindingId id = sema::kNone;
};

AwaitedBinding read_statement(const Context& context, const Node& statement) {
    AwaitedBinding read;
    const Node* value = nullptr;
    if (const auto* binding = statement.as<Binding>()) {
        if (binding->type == nullptr) read.target = binding->pattern, value = binding->value;
    } else if (const auto* assign = statement.as<Assign>()) {
        if (assign->op == AssignOp::Set) read.target = assign->target, value = assign->value;
    }
    if (read.target == nullptr || !(read.target->is<NamePattern>() || read.target->is<NameExpr>())) return {};
    read.await = value->as<AwaitExpr>();
    read.id = context.model.binding_of(*read.target);
    if (read.await == nullptr || read.id == sema::kNone || context.model.bindings[read.id].declaration != read.target) return {};
    read.statement = &statement;
    return read;
}

/// A call that gives a promise, waits for something and changes nothing.
bool can_overlap(const Context& context, const AwaitedBinding& read) {
    const Node& operand = *read.await->operand;
    if (!operand.is<CallExpr>() || !context.types().is(context.type_of(operand), ValueKind::Promise)) return false;
    const sema::Effects effects = context.effects().of(operand, function_around(context, operand));
    return effects.only_reads() && effects.suspends && !holds<AwaitExpr>(operand) && !holds<PropagateExpr>(operand);
}

bool mentions(const Context& context, const Node& node, const std::vector<AwaitedBinding>& run) {
    bool found = false;
    walk(node, [&](const Node& each) {
        const sema::BindingId id = context.model.binding_of(each);
        if (id == sema::kNone) return true;
        for (const AwaitedBinding& earlier : run) found = found || earlier.id == id;
        return true;
    });
    return found;
}

std::string_view keyword_text(const Context& context, const AwaitedBinding& read) {
    return read.statement->is<Binding>() ? context.tree.token_text(read.statement->first_token) : std::string_view{};
}

void offer_fix(const Context& context, Diagnostic& finding, const std::vector<AwaitedBinding>& run) {
    if (has_comment_in(context, finding.span)) return;
    const std::string_view keyword = keyword_text(context, run[0]);
    std::string names, calls;
    for (const AwaitedBinding& each : run) {
        if (keyword_text(context, each) != keyword) return;
        if (!names.empty()) names += ", ", calls += ", ";
        names += context.tree.text(*each.target);
        calls += context.tree.text(*each.await->operand);
    }
    const std::string text = std::string(keyword) + (keyword.empty() ? "" : " ") + "[" + names + "] := await promise_all([" + calls + "])";
    finding.fixes.push_back({"Await them together with `promise_all`", FixSafety::Unsafe, {{finding.span, text}}});
}

void report_run(Context& context, std::vector<AwaitedBinding>& run) {
    if (run.size() >= 2) {
        const Span span = context.tree.span(*run.front().statement).joined(context.tree.span(*run.back().statement));
        Diagnostic& finding = context.report(span, "these awaits do not depend on each other, but run one after the other");
        finding.help = "await them together: they then take as long as the slowest";
        offer_fix(context, finding, run);
    }
    run.clear();
}

void check_statements(Context& context, List<Stmt> statements) {
    std::vector<AwaitedBinding> run;
    for (const Node* statement : statements) {
        const AwaitedBinding read = read_statement(context, *statement);
        const bool fits = read.statement != nullptr && can_overlap(context, read);
        if (!fits || mentions(context, *read.await, run)) report_run(context, run);
        if (fits) run.push_back(read);
    }
    report_run(context, run);
}

void check(Context& context) {
    if (!context.has<AwaitExpr>()) return;
    check_statements(context, context.tree.root->statements);
    context.each<Block>([&](const Block& block) { check_statements(context, block.statements); });
}

}  // namespace

extern const RuleBody sequential_awaits_rule = {check, R"md(Finds awaits in a row that do not depend on each other, so that the second starts only when the first is done.

Two awaits are independent when neither uses the other's result and when both call functions that certainly change nothing: this
follows the calls, and where a function is not known the rule is silent. What prints or writes is left in its order.

```ruff no-run
async func price(name) {
    await async_sleep(20)
    return len(name)
}
apples := await price("apples")
pears := await price("pears")
print(apples + pears)
```

Use instead:

```ruff no-run
async func price(name) {
    await async_sleep(20)
    return len(name)
}
[apples, pears] := await promise_all([price("apples"), price("pears")])
print(apples + pears)
```

The fix is unsafe: when both fail, the error may be that of the other one.
)md"};

}  // namespace ruff::lint
