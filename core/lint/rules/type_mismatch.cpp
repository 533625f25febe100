#include "core/lint/code_shape.h"

// Everything here asks whether two sets of kinds have nothing in common. A value that may be of several kinds is left
// alone if one of them fits, and a value of no kind belongs to code that cannot run.

namespace ruff::lint {
namespace {

using namespace syntax;

KindMask kinds_of(const Context& context, const Node& node) {
    return context.types().table().kinds(context.type_of(node));
}

/// Where a float is asked for, an int will do.
KindMask with_ints(KindMask wanted) {
    return (wanted & kind_bit(ValueKind::Float)) != 0 ? wanted | kind_bit(ValueKind::Int) : wanted;
}

bool is_disjoint(KindMask given, KindMask wanted) {
    return given != 0 && (given & with_ints(wanted)) == 0;
}

/// A promise where its value was meant is the usual mistake.
void add_await_hint(const Context& context, Diagnostic& finding, const Node& value, KindMask wanted) {
    const sema::Type type = context.type_of(value);
    if (context.types().is_promise(type) && !is_disjoint(context.types().table().kinds(context.types().awaited(type)), wanted)) {
        finding.help = "write `await` before it";
    }
}

std::string type_text(const Context& context, const Node& node) {
    return context.types().text(context.type_of(node));
}

// --- arguments -----------------------------------------------------------------------------------------------------

/// What all rows of a builtin's name together accept for their first argument.
KindMask first_kinds(const BuiltinRow& builtin) {
    KindMask kinds = 0;
    for (const BuiltinRow& row : all_builtins()) {
        if (row.name == builtin.name && row.is_function() && !row.parameters.empty()) kinds |= row.parameters[0].kinds;
    }
    return kinds;
}

void check_builtin_argument(Context& context, const BuiltinRow& row, std::size_t index, const Node& argument, bool is_first_of_many) {
    if (row.parameters.empty() || (index >= row.parameters.size() && !row.has_rest)) return;
    const BuiltinParameter& parameter = row.parameters[std::min(index, row.parameters.size() - 1)];
    const KindMask wanted = is_first_of_many ? first_kinds(row) : parameter.kinds;
    if (!is_disjoint(kinds_of(context, argument), wanted)) return;
    const std::string expected = is_first_of_many ? expected_first_argument(row) : expected_kinds_text(parameter.type);
    Diagnostic& finding = context.report(argument, std::string(row.shown_name()) + ": parameter `" + std::string(parameter.name) +
                                                       "` expects " + expected + ", got " + type_text(context, argument));
    add_await_hint(context, finding, argument, wanted);
}

/// What these take is looked at by promise-all-argument.
bool is_combinator(const BuiltinRow& builtin) {
    return builtin.name == "promise_all" || builtin.name == "promise_race" || builtin.name == "promise_any" ||
           builtin.name == "promise_all_settled";
}

void check_builtin_call(Context& context, const CallExpr& call, const BuiltinRow& first, std::size_t offset) {
    const bool is_method = offset > 0;
    const bool is_choice = !is_method && is_overloaded(first);
    const BuiltinRow* row = &first;
    if (is_choice && !call.arguments.empty()) {
        const ValueKind kind = context.types().table().single_kind(context.type_of(*call.arguments[0]));
        if (kind != ValueKind::Unset) row = &select_builtin(first, kind);
        else row = nullptr;
    }
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        const Node& argument = *call.arguments[i];
        if (argument.is<Spread>() || argument.is<NamedArgument>()) return;
        if (row == nullptr && i > 0) return;
        if (i == 0 && is_combinator(first)) continue;
        check_builtin_argument(context, row == nullptr ? first : *row, i + offset, argument, is_choice && i == 0);
    }
}

void check_function_call(Context& context, const CallExpr& call, const FunctionRef& function) {
    const sema::TypeModel& types = context.types_of(*function.model);
    const SyntaxTree& tree = *function.model->tree;
    std::vector<const Param*> params;
    for (const Node* node : function.params()) {
        if (node->is<SelfParam>()) continue;
        if (!node->is<Param>()) break;
        params.push_back(&node->to<Param>());
    }
    for (std::size_t i = 0; i < std::min(params.size(), call.arguments.size()); ++i) {
        const Node& argument = *call.arguments[i];
        if (argument.is<Spread>() || argument.is<NamedArgument>()) return;
        if (params[i]->type == nullptr) continue;
        const KindMask wanted = types.table().kinds(types.type_of(*params[i]->pattern));
        if (!is_disjoint(kinds_of(context, argument), wanted)) continue;
        Diagnostic& finding = context.report(argument, "parameter `" + std::string(tree.text(*params[i]->pattern)) + "` expects " +
                                                           std::string(tree.text(*params[i]->type)) + ", got " +
                                                           type_text(context, argument));
        finding.labels.push_back({tree.span(*params[i]->type), "declared here", &tree == &context.tree ? nullptr : tree.source});
        add_await_hint(context, finding, argument, wanted);
    }
}

void check_calls(Context& context) {
    context.each<CallExpr>([&](const CallExpr& call) {
        if (is_piped(context, call)) return;
        if (const BuiltinRow* builtin = called_builtin(context, *call.callee)) {
            check_builtin_call(context, call, *builtin, call.callee->is<MemberExpr>() ? 1 : 0);
        } else if (const FunctionRef function = called_function(context, *call.callee)) {
            check_function_call(context, call, function);
        }
    });
}

// --- operators -----------------------------------------------------------------------------------------------------

/// Whether a pair of kinds can be combined.
bool fits(BinaryOp op, ValueKind left, ValueKind right) {
    const auto is_number = [](ValueKind kind) { return (kind_bit(kind) & sema::kNumberKinds) != 0; };
    if (left == ValueKind::Struct) return true;  // its operator methods
    if (is_number(left) && is_number(right)) return true;
    if (left == ValueKind::Bytes && right == ValueKind::Bytes) return true;
    const bool is_text_part = right == ValueKind::String || is_number(right) || right == ValueKind::Bool;
    switch (op) {
        case BinaryOp::Add:
            if (left == ValueKind::String) return is_text_part;
            if (right == ValueKind::String) return is_number(left) || left == ValueKind::Bool;
            return left == ValueKind::Array && right == ValueKind::Array;
        case BinaryOp::Multiply:
            return (left == ValueKind::String || left == ValueKind::Array) && right == ValueKind::Int;
        case BinaryOp::Less:
        case BinaryOp::LessEqual:
        case BinaryOp::Greater:
        case BinaryOp::GreaterEqual:
            return left == right && (left == ValueKind::String || left == ValueKind::Array);
        default: return false;
    }
}

bool is_checked(BinaryOp op) {
    switch (op) {
        case BinaryOp::Add:
        case BinaryOp::Subtract:
        case BinaryOp::Multiply:
        case BinaryOp::Divide:
        case BinaryOp::Modulo:
        case BinaryOp::Less:
        case BinaryOp::LessEqual:
        case BinaryOp::Greater:
        case BinaryOp::GreaterEqual: return true;
        default: return false;
    }
}

bool may_fit(BinaryOp op, KindMask left, KindMask right) {
    for (int l = 0; l < kValueKindCount; ++l) {
        if ((left & kind_bit(static_cast<ValueKind>(l))) == 0) continue;
        for (int r = 0; r < kValueKindCount; ++r) {
            const bool is_there = (right & kind_bit(static_cast<ValueKind>(r))) != 0;
            if (is_there && fits(op, static_cast<ValueKind>(l), static_cast<ValueKind>(r))) return true;
        }
    }
    return false;
}

void check_operands(Context& context, const Node& whole, BinaryOp op, const Node& left, const Node& right) {
    const KindMask left_kinds = kinds_of(context, left), right_kinds = kinds_of(context, right);
    if (left_kinds == 0 || right_kinds == 0 || !is_checked(op)) return;
    if (left_kinds == sema::kAllKinds || right_kinds == sema::kAllKinds || may_fit(op, left_kinds, right_kinds)) return;
    Diagnostic& finding = context.report(whole, "Invalid binary operation: " + type_text(context, left) + " " +
                                                    std::string(operator_text(op)) + " " + type_text(context, right));
    if (context.types().is_promise(context.type_of(left)) || context.types().is_promise(context.type_of(right))) {
        finding.help = "write `await` before the promise";
    }
}

void check_operators(Context& context) {
    context.each<BinaryExpr>([&](const BinaryExpr& binary) {
        check_operands(context, binary, binary.op, *binary.left, *binary.right);
    });
    context.each<Assign>([&](const Assign& statement) {
        if (statement.op == AssignOp::Set || statement.target->is<NameExpr>()) return;  // a name has its new type already
        check_operands(context, statement, compound_operation(statement.op), *statement.target, *statement.value);
    });
    context.each<UnaryExpr>([&](const UnaryExpr& unary) {
        const KindMask wanted = sema::kNumberKinds | kind_bit(ValueKind::Struct);
        if (unary.op != UnaryOp::Negate || !is_disjoint(kinds_of(context, *unary.operand), wanted)) return;
        context.report(unary, "`-` takes a number, and this is " + type_text(context, *unary.operand));
    });
}

// --- annotations ---------------------------------------------------------------------------------------------------

/// The node whose type is what the target of an assignment was declared as: a pattern, or a field of a known struct.
const Node* declared_target(const Context& context, const Node& target) {
    if (const auto* member = target.as<MemberExpr>()) {
        return context.types().struct_of(context.type_of(*member->object)) != nullptr ? member : nullptr;
    }
    const sema::BindingId id = target.is<NameExpr>() ? context.model.binding_of(target) : sema::kNone;
    const Node* pattern = id == sema::kNone ? nullptr : context.model.bindings[id].declaration;
    if (pattern == nullptr || !pattern->is<NamePattern>()) return nullptr;
    const auto* binding = context.parent(*pattern)->as<Binding>();
    return binding != nullptr && binding->pattern == pattern && binding->type != nullptr ? pattern : nullptr;
}

void check_annotations(Context& context) {
    context.each<Binding>([&](const Binding& binding) {
        if (binding.type == nullptr) return;
        const KindMask wanted = kinds_of(context, *binding.pattern);
        if (!is_disjoint(kinds_of(context, *binding.value), wanted)) return;
        Diagnostic& finding = context.report(*binding.value, "`" + std::string(context.tree.text(*binding.pattern)) + "` is declared as " +
                                                                 std::string(context.tree.text(*binding.type)) + " and given " +
                                                                 type_text(context, *binding.value));
        finding.labels.push_back({context.tree.span(*binding.type), "declared here", nullptr});
        add_await_hint(context, finding, *binding.value, wanted);
    });
    context.each<Assign>([&](const Assign& statement) {
        if (statement.op != AssignOp::Set) return;
        const Node* declared = declared_target(context, *statement.target);
        if (declared == nullptr || !is_disjoint(kinds_of(context, *statement.value), kinds_of(context, *declared))) return;
        const KindMask wanted = kinds_of(context, *declared);
        Diagnostic& finding = context.report(*statement.value, "`" + std::string(context.tree.text(*statement.target)) + "` is declared as " +
                                                                   type_text(context, *declared) + " and given " +
                                                                   type_text(context, *statement.value));
        add_await_hint(context, finding, *statement.value, wanted);
    });
    context.each<Param>([&](const Param& param) {
        if (param.type == nullptr || param.default_value == nullptr) return;
        if (!is_disjoint(kinds_of(context, *param.default_value), kinds_of(context, *param.pattern))) return;
        context.report(*param.default_value, "`" + std::string(context.tree.text(*param.pattern)) + "` is declared as " +
                                                 std::string(context.tree.text(*param.type)) + " and given " +
                                                 type_text(context, *param.default_value));
    });
    context.each<Return>([&](const Return& statement) {
        const sema::FunctionId id = function_around(context, statement);
        const sema::FunctionInfo& function = context.model.functions[id];
        const auto* declaration = function.node == nullptr ? nullptr : function.node->as<FuncDecl>();
        if (declaration == nullptr || declaration->result == nullptr || function.is_generator || statement.value == nullptr) return;
        const sema::Type result = context.types().result_of(id);
        const KindMask wanted = context.types().table().kinds(function.is_async ? context.types().awaited(result) : result);
        const KindMask given = kinds_of(context, *statement.value);
        if (function.is_async && (given & sema::kPromiseKinds) != 0) return;
        if (!is_disjoint(given, wanted)) return;
        Diagnostic& finding = context.report(*statement.value, "`" + std::string(declaration->name.text()) + "` is declared to give " +
                                                                   std::string(context.tree.text(*declaration->result)) + " and gives " +
                                                                   type_text(context, *statement.value));
        finding.labels.push_back({context.tree.span(*declaration->result), "declared here", nullptr});
    });
}

/// What a promise gives was meant.
void check_promises(Context& context) {
    context.each<For>([&](const For& loop) {
        if (!context.types().is_promise(context.type_of(*loop.iterable))) return;
        context.report(*loop.iterable, "cannot walk " + type_text(context, *loop.iterable));
        context.offer_await(*loop.iterable);
    });
    context.each<IndexExpr>([&](const IndexExpr& index) {
        if (!context.types().is_promise(context.type_of(*index.object))) return;
        context.report(index, "cannot index " + type_text(context, *index.object));
        context.offer_await(*index.object);
    });
}

void check(Context& context) {
    check_promises(context);
    check_calls(context);
    check_operators(context);
    check_annotations(context);
}

}  // namespace

extern const RuleBody type_mismatch_rule = {check, R"md(Finds values whose type certainly does not fit: arguments of builtins and of parameters with a type, operands of operators, values of
variables with a type, and results of functions with a type.

Types come from literals, struct literals, signatures and annotations, and from tests such as `is_string(x)` or `x != null`. Where several
types are possible and one of them fits, the rule is silent. An int will do where a float is asked for. Wrong arguments and operands raise
when they run; annotations never change what a program does, so a value that contradicts one is a mistake in one of the two.

```ruff no-run
let port: int := "8080"
print(port, sqrt("9"), 3 - "1")
```

Use instead:

```ruff no-run
let port: int := to_int("8080")
print(port, sqrt(9), 3 - 1)
```

There is no fix.
)md"};

}  // namespace ruff::lint
