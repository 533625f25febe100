#include "core/lint/code_shape.h"

// The pattern is read, wait, write: what another fiber has written to the variable while this one waited is overwritten
// by a value that was made from what stood there before. It takes a variable that several runs of the code share, so a
// captured or file-level one, used in a function.

namespace ruff::lint {
namespace {

using namespace syntax;

/// The variable that an assignment of a single name writes, if it is shared between runs of the function around.
sema::BindingId shared_target(const Context& context, const Assign& statement) {
    if (!statement.target->is<NameExpr>()) return sema::kNone;
    const sema::BindingId id = context.model.binding_of(*statement.target);
    if (id == sema::kNone) return sema::kNone;
    const sema::Binding& binding = context.model.bindings[id];
    return binding.is_variable() && binding.function != function_around(context, statement) ? id : sema::kNone;
}

/// Inside `lock.with(|| …)` nobody else runs that takes the lock too.
bool is_locked(const Context& context, const Node& node) {
    for (const Node* at = &node; at != nullptr; at = context.parent(*at)) {
        const auto* call = at->as<CallExpr>();
        const auto* member = call == nullptr ? nullptr : call->callee->as<MemberExpr>();
        if (member != nullptr && member->name.text() == "with") return true;
    }
    return false;
}

/// The first mention of the variable in the node, in the same function, or kNoToken.
std::uint32_t first_read(const Context& context, const Node& node, sema::BindingId id) {
    std::uint32_t first = kNoToken;
    for_each_in_function(node, [&](const Node& each) {
        if (each.is<NameExpr>() && context.model.binding_of(each) == id) first = std::min(first, each.first_token);
    });
    return first;
}

std::uint32_t last_await(const Node& node) {
    std::uint32_t last = kNoToken;
    for_each_in_function(node, [&](const Node& each) {
        if (each.is<AwaitExpr>() && (last == kNoToken || each.first_token > last)) last = each.first_token;
    });
    return last;
}

Diagnostic& report(Context& context, const Assign& statement, sema::BindingId id) {
    const std::string name(context.model.name(id));
    Diagnostic& finding = context.report(statement, "`" + name + "` is read, then this waits, then `" + name +
                                                        "` is overwritten: what others wrote meanwhile is lost");
    finding.help = "wait first, then read and write without a wait between";
    return finding;
}

/// `total := total + await f()`
bool check_one(Context& context, const Assign& statement, sema::BindingId id) {
    const std::uint32_t read = first_read(context, *statement.value, id), wait = last_await(*statement.value);
    if (read == kNoToken || wait == kNoToken || read > wait) return false;
    Diagnostic& finding = report(context, statement, id);
    const auto* sum = statement.value->as<BinaryExpr>();
    if (sum == nullptr || sum->op != BinaryOp::Add || !sum->left->is<NameExpr>() || has_comment_in(context, finding.span)) return true;
    const std::string name(context.model.name(id));
    finding.help = "write `" + name + " += …`, which reads `" + name + "` only after the wait";
    finding.fixes.push_back({"Write `" + name + " += …`", FixSafety::Unsafe,
                             {{finding.span, name + " += " + std::string(context.tree.text(*sum->right))}}});
    return true;
}

/// The variable of this function that a statement sets from the shared one.
sema::BindingId copy_of(const Context& context, const Node& statement, sema::BindingId shared) {
    const Node* target = nullptr;
    const Node* value = nullptr;
    if (const auto* binding = statement.as<Binding>()) target = binding->pattern, value = binding->value;
    if (const auto* assign = statement.as<Assign>()) target = assign->target, value = assign->value;
    if (target == nullptr || !(target->is<NamePattern>() || target->is<NameExpr>())) return sema::kNone;
    const sema::BindingId id = context.model.binding_of(*target);
    return id != shared && first_read(context, *value, shared) != kNoToken && !holds<AwaitExpr>(*value) ? id : sema::kNone;
}

/// `n := total`, a wait, `total := n + 1`, in one block.
void check_block(Context& context, const Assign& statement, sema::BindingId shared) {
    if (first_read(context, *statement.value, shared) != kNoToken) return;
    const Siblings siblings = siblings_of(context, statement);
    bool waits = holds<AwaitExpr>(*statement.value);
    for (std::size_t i = siblings.index; i-- > 0;) {
        const Node& before = *siblings.statements[i];
        const sema::BindingId copy = copy_of(context, before, shared);
        if (copy != sema::kNone && first_read(context, *statement.value, copy) != kNoToken) {
            if (waits) report(context, statement, shared);
            return;
        }
        waits = waits || holds<AwaitExpr>(before);
        if (first_read(context, before, shared) != kNoToken) return;  // it looks again
    }
}

void check(Context& context) {
    if (!context.has<AwaitExpr>()) return;
    context.each<Assign>([&](const Assign& statement) {
        if (statement.op != AssignOp::Set) return;
        const sema::BindingId id = shared_target(context, statement);
        if (id != sema::kNone && !is_locked(context, statement) && !check_one(context, statement, id)) check_block(context, statement, id);
    });
}

}  // namespace

extern const RuleBody lost_update_rule = {check, R"md(Finds a variable that a function shares with others, and that it reads, then waits, and then overwrites with what it made of the value it
read.

While the function waits, other fibers run. What they write to the variable is lost. Code between two waits runs without a break, so the
cure is to wait first and then read and write together. `total += await f()` does that: it reads `total` after the wait.

```ruff no-run
mut total := 0
async func add(n) {
    total := total + await price(n)
}
async func price(n) {
    await async_sleep(n)
    return n
}
```

Use instead:

```ruff no-run
mut total := 0
async func add(n) {
    total += await price(n)
}
async func price(n) {
    await async_sleep(n)
    return n
}
```

Code that runs under a lock, `lock.with(|| …)`, is left alone. The fix is offered where `+=` says the same. It is unsafe, because the program then does something else.
)md"};

}  // namespace ruff::lint
