#include "core/lint/code_shape.h"

// Two mistakes around one builtin. `push(xs, v)` gives a new array, so a dropped result has no effect at all; and
// `xs := push(xs, v)` or `xs := xs.push(v)` binds again what `xs.push(v)` changes in place.

namespace ruff::lint {
namespace {

using namespace syntax;

bool is_push(const Context& context, const Node& callee) {
    const BuiltinRow* builtin = builtin_of(context, callee);
    return builtin != nullptr && builtin->name == "push";
}

/// What the parts of a push are, whichever way it is written.
struct Push {
    const CallExpr* call = nullptr;
    const Node* place = nullptr;
    std::string_view method = "push";
    std::uint32_t values_begin = 0;  // byte where the text of the pushed values begins
};

bool is_plain_argument(const Node& argument) {
    return !argument.is<NamedArgument>() && !argument.is<Spread>();
}

/// `push(xs, v)`
Push read_function_form(const Context& context, const CallExpr& call) {
    if (!is_push(context, *call.callee) || call.arguments.size() < 2) return {};
    if (!is_plain_argument(*call.arguments[0])) return {};
    return {&call, call.arguments[0], "push", context.tree.span(*call.arguments[1]).begin};
}

/// Whether the variable is known to be no array, or may be a struct with a method of its own.
bool may_be_other_than_array(const Context& context, const Node& place, std::string_view method) {
    if (has_method_named(context, method)) return true;
    const sema::BindingId id = context.model.binding_of(place);
    if (id == sema::kNone) return false;
    const Node* declaration = context.model.bindings[id].declaration;
    const Node* statement = declaration == nullptr ? nullptr : context.parent(*declaration);
    if (declaration != nullptr && declaration->is<NameExpr>() && statement != nullptr) {
        if (const auto* assign = statement->as<Assign>()) return assign->value->is<DictExpr>();
    }
    if (statement != nullptr) {
        if (const auto* binding = statement->as<Binding>()) return binding->value->is<DictExpr>();
    }
    return false;
}

/// `xs.push(v)`
Push read_method_form(const Context& context, const CallExpr& call) {
    const auto* member = call.callee->as<MemberExpr>();
    if (member == nullptr || member->is_optional || call.arguments.empty()) return {};
    if (member->name.text() != "push" && member->name.text() != "append") return {};
    if (may_be_other_than_array(context, *member->object, member->name.text())) return {};
    return {&call, member->object, member->name.text(), context.tree.span(*call.arguments[0]).begin};
}

bool contains_await(const Context& context, const CallExpr& call) {
    for (std::uint32_t token = call.first_token; token <= call.last_token; ++token) {
        if (context.tree.tokens[token].kind == TokenKind::KwAwait) return true;
    }
    return false;
}

/// Whether `place.push(v)` is something that may stand there.
bool can_change_in_place(const Context& context, const Node& place) {
    const sema::BindingId id = root_binding(context, place);
    if (id == sema::kNone) return false;
    const sema::Binding& binding = context.model.bindings[id];
    return binding.is_variable() && !binding.is_immutable() && binding.kind != sema::BindingKind::Loop &&
           binding.kind != sema::BindingKind::Pattern;
}

void offer_fix(Context& context, Diagnostic& finding, const Push& push, const Node& statement, bool is_safe) {
    if (!can_change_in_place(context, *push.place) || has_comment_in(context, finding.span)) return;
    if (is_value_used(context, statement)) return;
    const std::string place(context.tree.text(*push.place));
    const std::uint32_t end = context.tree.span(*push.call).end;
    const std::string values(context.tree.text(Span{push.values_begin, end}));
    const std::string text = place + "." + std::string(push.method) + "(" + values;
    const bool keeps_order = !contains_await(context, *push.call);
    finding.help = "write `" + place + "." + std::string(push.method) + "(…)`, which changes `" + place + "` in place";
    finding.fixes.push_back({"Write `" + place + "." + std::string(push.method) + "(…)`",
                             is_safe && keeps_order ? FixSafety::Safe : FixSafety::Unsafe,
                             {{finding.span, text}}});
}

/// The statement before it in its block or file, or null.
const Node* statement_before(const Context& context, const Node& statement) {
    const Node* parent = context.parent(statement);
    List<Stmt> siblings;
    if (const auto* file = parent->as<File>()) siblings = file->statements;
    else if (const auto* block = parent->as<Block>()) siblings = block->statements;
    for (std::size_t i = 1; i < siblings.size(); ++i) {
        if (siblings[i] == &statement) return siblings[i - 1];
    }
    return nullptr;
}

/// The `[]` of the statement that declares the variable as an empty array, or null.
const Node* empty_array_of(const Context& context, const Node& declaration, sema::BindingId id) {
    const Node* value = nullptr;
    const Node* target = nullptr;
    if (const auto* binding = declaration.as<Binding>()) value = binding->value, target = binding->pattern;
    if (const auto* assign = declaration.as<Assign>()) value = assign->value, target = assign->target;
    if (value == nullptr || context.model.bindings[id].declaration != target) return nullptr;
    const auto* array = value->as<ArrayExpr>();
    return array != nullptr && array->elements.empty() ? array : nullptr;
}

/// Whether the value may become the body of a lambda: nothing in it leaves, waits, or looks at the array.
bool can_move_to_lambda(const Context& context, const Node& value, std::string_view array) {
    for (std::uint32_t token = value.first_token; token <= value.last_token; ++token) {
        switch (context.tree.tokens[token].kind) {
            case TokenKind::KwAwait:
            case TokenKind::KwYield:
            case TokenKind::KwReturn:
            case TokenKind::Question: return false;
            default:
                if (context.tree.token_text(token) == array) return false;
        }
    }
    return true;
}

/// Something that `map` walks eagerly, whatever the program binds: `a..b`, `range(…)`, an array literal.
bool is_eager_iterable(const Context& context, const Node& iterable) {
    const auto* call = iterable.as<CallExpr>();
    const BuiltinRow* builtin = call == nullptr ? nullptr : builtin_of(context, *call->callee);
    return iterable.is<RangeExpr>() || iterable.is<ArrayExpr>() || (builtin != nullptr && builtin->name == "range");
}

/// `xs := []` and a loop that only pushes: `xs := map(it, |x| v)`.
void offer_map(Context& context, Diagnostic& finding, const Push& push, const Node& statement) {
    const auto* loop = loop_around(context, statement)->as<For>();
    if (loop == nullptr || loop->second != nullptr || !loop->pattern->is<NamePattern>()) return;
    if (context.parent(statement) != loop->body || loop->body->statements.size() != 1) return;
    const sema::BindingId id = context.model.binding_of(*push.place);
    const Node* declaration = statement_before(context, *loop);
    if (id == sema::kNone || declaration == nullptr || !is_eager_iterable(context, *loop->iterable)) return;
    const Node* empty = empty_array_of(context, *declaration, id);
    const Node& value = *push.call->arguments.back();
    const bool has_one_value = context.tree.span(value).begin == push.values_begin && is_plain_argument(value);
    if (empty == nullptr || !has_one_value || !can_move_to_lambda(context, value, context.model.name(id))) return;
    const Span loop_span = context.tree.span(*loop), start = context.tree.span(*empty);
    if (has_comment_in(context, {start.begin, loop_span.end})) return;
    std::string body(context.tree.text(value));
    if (body.starts_with('{')) body = "(" + body + ")";
    const std::string text = "map(" + std::string(context.tree.text(*loop->iterable)) + ", |" +
                             std::string(context.tree.text(*loop->pattern)) + "| " + body + ")";
    finding.fixes.push_back({"Build the array with `map`", FixSafety::Unsafe, {{{start.begin, loop_span.end}, text}}});
}

void check_dropped(Context& context) {
    context.each<ExprStmt>([&](const ExprStmt& statement) {
        const auto* call = statement.expression->as<CallExpr>();
        if (call == nullptr || loop_around(context, statement) == nullptr || is_value_used(context, statement)) return;
        const Push push = read_function_form(context, *call);
        if (push.call == nullptr) return;
        Diagnostic& finding = context.report(statement, "the result of `push` is dropped, so this has no effect");
        finding.help = "`push(xs, v)` gives a new array and leaves `xs` alone";
        offer_fix(context, finding, push, statement, false);
    });
}

void check_rebinding(Context& context) {
    context.each<Assign>([&](const Assign& statement) {
        const auto* call = statement.value->as<CallExpr>();
        if (call == nullptr || statement.op != AssignOp::Set || loop_around(context, statement) == nullptr) return;
        Push push = read_function_form(context, *call);
        if (push.call == nullptr) push = read_method_form(context, *call);
        if (push.call == nullptr || !is_same_place(context, *statement.target, *push.place)) return;
        const std::string place(context.tree.text(*push.place));
        Diagnostic& finding =
            context.report(statement, "`" + place + "` is bound again in every iteration to what `" + std::string(push.method) +
                                          "` gives; pushing in place is enough");
        offer_fix(context, finding, push, statement, true);
        offer_map(context, finding, push, statement);
    });
}

void check(Context& context) {
    check_dropped(context);
    check_rebinding(context);
}

}  // namespace

extern const RuleBody push_in_loop_rule = {check, R"md(Finds, inside a loop, `push(xs, v)` whose result is dropped, and `xs := push(xs, v)` and `xs := xs.push(v)`, which bind the
variable again for nothing.

`push(xs, v)` as a function gives a new array and leaves `xs` alone: with its result dropped it does nothing. `xs.push(v)`
as a method changes `xs` in place, so there is nothing to assign.

```ruff no-run
mut write_promises := []
for i in range(len(files)) {
    promise := async_write_file(files[i], contents[i])
    write_promises := write_promises.push(promise)
}
```

Use instead:

```ruff no-run
mut write_promises := []
for i in range(len(files)) {
    promise := async_write_file(files[i], contents[i])
    write_promises.push(promise)
}
```

The fix of an assignment is safe, but for a value with an `await` in it: then the array is read after the wait and no longer before
it. Where the loop does nothing else than fill an array that is declared as `[]` right above it, a second fix, unsafe, builds the
array with `map`. The fix of a dropped result is unsafe, because the program does something else afterwards: what it was meant to do. No fix is
offered for `let` and `const`, for loop and pattern variables, and where a comment would be lost. A `push` that a struct of the
program or of its modules declares is left alone.
)md"};

}  // namespace ruff::lint
