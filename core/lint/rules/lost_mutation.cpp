#include <algorithm>

#include "core/lint/code_shape.h"

// Values have no aliases: a loop variable, a pattern variable and a parameter are copies, and so is what a call gives.
// A change to such a copy matters only if the copy is looked at afterwards. "Afterwards" is every mention that stands
// behind the change in the scope of the variable, and also those before it when a loop inside that scope leads back.

namespace ruff::lint {
namespace {

using namespace syntax;

bool is_copy(const sema::Binding& binding) {
    return binding.kind == sema::BindingKind::Loop || binding.kind == sema::BindingKind::Pattern ||
           binding.kind == sema::BindingKind::Parameter;
}

/// The outermost loop around the change that is inside the scope of the variable, or null.
const Node* loop_in_scope(const Context& context, const Node& change, Span scope) {
    const Node* found = nullptr;
    for (const Node* at = loop_around(context, change); at != nullptr; at = loop_around(context, *at)) {
        if (context.tree.span(*at).begin <= scope.begin) break;
        found = at;
    }
    return found;
}

/// Whether nothing looks at the variable after the change.
bool is_never_read(const Context& context, sema::BindingId id, const Node& change, const Node& root) {
    const sema::Binding& binding = context.model.bindings[id];
    const Node* loop = loop_in_scope(context, change, context.model.scopes[binding.scope].span);
    const std::uint32_t from = loop != nullptr ? loop->first_token : change.first_token;
    const auto references = context.references_of(id);
    return std::none_of(references.begin(), references.end(), [&](const sema::Reference& reference) {
        return reference.token >= from && reference.token != root.first_token;
    });
}

std::string_view kind_text(sema::BindingKind kind) {
    switch (kind) {
        case sema::BindingKind::Loop: return "the loop variable";
        case sema::BindingKind::Pattern: return "the pattern variable";
        default: return "the parameter";
    }
}

/// `change` changes the place whose root is `root`.
void check_change(Context& context, const Node& change, const Node& root, bool may_be_temporary) {
    const sema::BindingId id = context.model.binding_of(root);
    if (id == sema::kNone) {
        const bool is_temporary = root.is<CallExpr>() || root.is<ArrayExpr>() || root.is<DictExpr>() || root.is<StructExpr>() || root.is<SliceExpr>();
        if (!is_temporary || !may_be_temporary) return;
        context.report(change, "this changes a value that nobody holds, so the change is lost").help = "keep the value in a variable first";
        return;
    }
    const sema::Binding& binding = context.model.bindings[id];
    if (!root.is<NameExpr>() || !is_copy(binding) || binding.is_captured || !is_never_read(context, id, change, root)) return;
    const std::string name(context.model.name(id));
    Diagnostic& finding = context.report(change, "this changes " + std::string(kind_text(binding.kind)) + " `" + name +
                                                     "`, a copy that nothing reads afterwards");
    if (binding.name_token != kNoToken) finding.labels.push_back({context.tree.tokens[binding.name_token].span(), "a copy", nullptr});
    finding.help = binding.kind == sema::BindingKind::Parameter ? "give the changed value back with `return`"
                                                                : "change it where it came from, by its index or key";
}

/// Whether a mutating method of this file does nothing that can be seen besides.
bool changes_only_self(const Context& context, sema::FunctionId method) {
    bool does_more = false;
    const auto& declaration = context.model.functions[method].node->to<FuncDecl>();
    walk(*declaration.body, [&](const Node& node) {
        const auto* call = node.as<CallExpr>();
        if (node.is<ThrowExpr>() || node.is<AwaitExpr>()) does_more = true;
        if (call == nullptr) return true;
        const BuiltinRow* builtin = called_builtin(context, *call->callee);
        const bool is_harmless = builtin != nullptr && (builtin->is_mutating() || builtin->effects == effects::Pure);
        does_more = does_more || !is_harmless;
        return true;
    });
    return !does_more;
}

/// `xs.push(v)` and the like, where the change is all that the call is for.
void check_methods(Context& context) {
    context.each<ExprStmt>([&](const ExprStmt& statement) {
        const auto* call = statement.expression->as<CallExpr>();
        const auto* member = call == nullptr ? nullptr : call->callee->as<MemberExpr>();
        if (member == nullptr || is_value_used(context, statement)) return;
        const BuiltinRow* builtin = called_builtin(context, *member);
        const FunctionRef method = called_function(context, *member);
        // A method of the program may do something besides changing its receiver.
        const bool only_changes = builtin != nullptr ? builtin->is_mutating()
                                                     : method && method.info().is_mutating && method.model == &context.model &&
                                                           changes_only_self(context, method.id);
        if (only_changes) check_change(context, statement, root_of(*member->object), true);
    });
}

void check_assignments(Context& context) {
    context.each<Assign>([&](const Assign& statement) {
        const Node& target = *statement.target;
        if (!target.is<MemberExpr>() && !target.is<IndexExpr>()) return;
        check_change(context, statement, root_of(target), true);
    });
}

void check(Context& context) {
    check_methods(context);
    check_assignments(context);
}

}  // namespace

extern const RuleBody lost_mutation_rule = {check, R"md(Finds changes that nobody can see: of a value that no variable holds, and of a loop variable, pattern variable or parameter that nothing
reads afterwards.

In Ruff passing, binding and looping copy. Changing the copy leaves the array, the argument or the matched value as it was.

```ruff no-run
mut rows := [[1], [2]]
for row in rows {
    row.push(0)
}
print(rows)
```

Use instead:

```ruff no-run
mut rows := [[1], [2]]
for i in 0..len(rows) {
    rows[i].push(0)
}
print(rows)
```

There is no fix.
)md"};

}  // namespace ruff::lint
