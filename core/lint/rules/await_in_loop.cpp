#include "core/lint/code_shape.h"

// An iteration depends on an earlier one when it reads what that one has changed. So the rule asks of the loop: does it
// leave early, does it change anything outside but add to an array it never reads, and does what it waits for change
// anything? Only where all three are certainly not so, the waits could overlap.

namespace ruff::lint {
namespace {

using namespace syntax;

/// Goes over something that is there as a whole, so that it could be given to `map`.
bool walks_collection(const Context& context, const For& loop) {
    constexpr KindMask kCollections = kind_bit(ValueKind::Array) | kind_bit(ValueKind::Range) | kind_bit(ValueKind::Set) |
                                      kind_bit(ValueKind::Dict) | kind_bit(ValueKind::String) | kind_bit(ValueKind::Int);
    return context.types().is_only(context.type_of(*loop.iterable), kCollections);
}

bool leaves_early(const For& loop) {
    return holds<Break>(*loop.body) || holds<Return>(*loop.body) || holds<ThrowExpr>(*loop.body) || holds<YieldExpr>(*loop.body) ||
           holds<PropagateExpr>(*loop.body);
}

/// `xs.push(v)` as a statement, with `xs` from outside of the loop.
const CallExpr* outer_push(const Context& context, const Node& statement, const For& loop) {
    const auto* dropped = statement.as<ExprStmt>();
    const auto* call = dropped == nullptr ? nullptr : dropped->expression->as<CallExpr>();
    const auto* member = call == nullptr ? nullptr : call->callee->as<MemberExpr>();
    if (member == nullptr || !member->object->is<NameExpr>() || member->name.text() != "push") return nullptr;
    const sema::BindingId id = context.model.binding_of(*member->object);
    const bool is_outer = id != sema::kNone && context.model.bindings[id].declaration != nullptr &&
                          !is_inside(context, *context.model.bindings[id].declaration, loop);
    return is_outer && context.types().is(context.type_of(*member->object), ValueKind::Array) ? call : nullptr;
}

/// Whether an iteration only adds to arrays of the outside and otherwise touches nothing but its own variables.
bool is_independent(const Context& context, const For& loop) {
    const sema::FunctionId function = function_around(context, loop);
    std::vector<sema::BindingId> pushed;
    for (const Node* statement : loop.body->statements) {
        const CallExpr* push = outer_push(context, *statement, loop);
        if (push == nullptr) {
            if (!context.effects().of(*statement, function).only_reads()) return false;
            continue;
        }
        pushed.push_back(context.model.binding_of(*push->callee->to<MemberExpr>().object));
        for (const Node* argument : push->arguments) {
            if (!context.effects().of(*argument, function).only_reads()) return false;
        }
    }
    bool is_free = true;
    std::size_t push_mentions = 0;
    walk(*loop.body, [&](const Node& node) {
        const auto* assign = node.as<Assign>();
        const Node* changed = assign == nullptr ? nullptr : &root_of(*assign->target);
        if (changed != nullptr && !changed->is<NameExpr>()) is_free = false;
        const sema::BindingId id = context.model.binding_of(changed != nullptr ? *changed : node);
        if (id == sema::kNone) return true;
        const sema::Binding& binding = context.model.bindings[id];
        const bool is_outer = binding.declaration != nullptr && !is_inside(context, *binding.declaration, loop);
        if (changed != nullptr && is_outer) is_free = false;
        if (changed == nullptr && std::find(pushed.begin(), pushed.end(), id) != pushed.end()) ++push_mentions;
        return true;
    });
    return is_free && push_mentions == pushed.size();
}

/// `for x in xs { results.push(await f(x)) }`
void offer_fix(const Context& context, Diagnostic& finding, const AwaitExpr& await, const For& loop) {
    if (loop.second != nullptr || !loop.pattern->is<NamePattern>() || loop.body->statements.size() != 1) return;
    const CallExpr* push = outer_push(context, *loop.body->statements[0], loop);
    const Span span = context.tree.span(loop);
    if (push == nullptr || push->arguments.size() != 1 || push->arguments[0] != &await || has_comment_in(context, span)) return;
    const auto text = [&](const Node& node) { return std::string(context.tree.text(node)); };
    const std::string jobs = "map(" + text(*loop.iterable) + ", |" + text(*loop.pattern) + "| || " + text(await) + ")";
    const std::string results = text(*push->callee->to<MemberExpr>().object);
    finding.fixes.push_back({"Run up to 8 at once with `promise_all`", FixSafety::Unsafe,
                             {{span, results + ".extend(await promise_all(" + jobs + ", 8))"}}});
}

void check(Context& context) {
    context.each<AwaitExpr>([&](const AwaitExpr& await) {
        const Node* around = loop_around(context, await);
        const auto* loop = around == nullptr ? nullptr : around->as<For>();
        if (loop == nullptr || !await.operand->is<CallExpr>()) return;
        if (!context.types().is(context.type_of(*await.operand), ValueKind::Promise)) return;
        const Node& statement = statement_of(context, await);
        const auto* dropped = statement.as<ExprStmt>();
        if (context.parent(statement) != loop->body || (dropped != nullptr && dropped->expression == &await)) return;
        if (leaves_early(*loop) || !walks_collection(context, *loop) || !is_independent(context, *loop)) return;
        Diagnostic& finding = context.report(await, "each iteration waits for this, though none depends on another");
        finding.help = "start them together: `promise_all(map(xs, |x| || await f(x)), 8)` runs up to 8 at once and keeps the order";
        offer_fix(context, finding, await, *loop);
    });
}

}  // namespace

extern const RuleBody await_in_loop_rule = {check, R"md(Finds an await in a `for` loop whose iterations certainly do not depend on each other, so that they could wait together.

The iterations are independent when the loop goes over a collection and runs to its end, changes nothing outside of it but adds to an
array that it does not read, and calls only functions that certainly change nothing. In every other case the rule is silent: loops that
stop early, count, print or write keep their order for a reason. An await whose result is dropped is a pause, and left alone.

```ruff no-run
async func load(name) {
    await async_sleep(20)
    return len(name)
}
mut sizes := []
for name in ["a", "bb", "ccc"] {
    sizes.push(await load(name))
}
```

Use instead:

```ruff no-run
async func load(name) {
    await async_sleep(20)
    return len(name)
}
mut sizes := []
sizes.extend(await promise_all(map(["a", "bb", "ccc"], |name| || await load(name)), 8))
```

The fix is offered where the loop does nothing else. It is unsafe: after a failure, other iterations have begun already.
)md"};

}  // namespace ruff::lint
