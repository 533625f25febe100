#include <algorithm>
#include <limits>

#include "core/compiler/function_compiler.h"
#include "core/syntax/walk.h"

namespace ruff::compiler {

using namespace ruff::syntax;

namespace {

bool fits_immediate(std::int64_t value) {
    return value >= std::numeric_limits<std::int16_t>::min() && value <= std::numeric_limits<std::int16_t>::max();
}

/// The value of an int literal, perhaps negated.
bool is_int(const Expr& expression, std::int64_t& value) {
    const Expr& inner = without_parens(expression);
    if (const auto* literal = inner.as<IntLiteral>()) {
        value = literal->value;
        return true;
    }
    const auto* negated = inner.as<UnaryExpr>();
    if (negated == nullptr || negated->op != UnaryOp::Negate) return false;
    const auto* literal = without_parens(*negated->operand).as<IntLiteral>();
    if (literal == nullptr) return false;
    value = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(literal->value));
    return true;
}

bool is_arithmetic(BinaryOp op) { return op <= BinaryOp::Modulo; }

Op immediate_op(BinaryOp op) { return static_cast<Op>(static_cast<int>(Op::AddI) + static_cast<int>(op)); }
Op constant_op(BinaryOp op) { return static_cast<Op>(static_cast<int>(Op::AddK) + static_cast<int>(op)); }
Op register_op(BinaryOp op) { return static_cast<Op>(static_cast<int>(Op::Add) + static_cast<int>(op)); }

/// The operands of a chain of one short-circuit operator, left to right.
std::vector<const Expr*> flatten(const Expr& expression, BinaryOp op) {
    std::vector<const Expr*> operands;
    const Expr* at = &expression;
    for (const auto* binary = at->as<BinaryExpr>(); binary != nullptr && binary->op == op; binary = at->as<BinaryExpr>()) {
        operands.push_back(binary->right);
        at = binary->left;
    }
    operands.push_back(at);
    std::reverse(operands.begin(), operands.end());
    return operands;
}

/// Expressions that change nothing and call nothing.
bool is_inert(const Node& node) {
    switch (node.kind) {
        case NodeKind::IntLiteral:
        case NodeKind::FloatLiteral:
        case NodeKind::BoolLiteral:
        case NodeKind::NullLiteral:
        case NodeKind::NameExpr:
        case NodeKind::SelfExpr:
        case NodeKind::LambdaExpr:
        case NodeKind::FuncExpr: return true;
        default: return false;
    }
}

}  // namespace

bool is_comparison(BinaryOp op) { return op >= BinaryOp::Less && op <= BinaryOp::NotIn; }

bool is_constant_expression(const Expr& expression) {
    switch (expression.kind) {
        case NodeKind::IntLiteral:
        case NodeKind::FloatLiteral:
        case NodeKind::BoolLiteral:
        case NodeKind::NullLiteral: return true;
        case NodeKind::StringLiteral: return expression.to<StringLiteral>().is_plain();
        case NodeKind::ParenExpr: return is_constant_expression(*expression.to<ParenExpr>().inner);
        case NodeKind::UnaryExpr: {
            const auto& unary = expression.to<UnaryExpr>();
            return unary.op == UnaryOp::Negate &&
                   (unary.operand->is<IntLiteral>() || unary.operand->is<FloatLiteral>());
        }
        case NodeKind::ArrayExpr:
            return std::all_of(expression.to<ArrayExpr>().elements.begin(), expression.to<ArrayExpr>().elements.end(),
                               [](const Expr* element) { return is_constant_expression(*element); });
        case NodeKind::DictExpr: return expression.to<DictExpr>().entries.empty();
        default: return false;
    }
}

// --- values

void FunctionCompiler::compile_into(const Expr& expression, Reg target) {
    switch (expression.kind) {
        case NodeKind::IntLiteral: return int_into(expression.to<IntLiteral>().value, target);
        case NodeKind::FloatLiteral:
            builder_.emit_wide(Op::LoadConst, target, builder_.constant(expression.to<FloatLiteral>().value));
            return;
        case NodeKind::BoolLiteral: emit(Op::LoadBool, target, expression.to<BoolLiteral>().value ? 1 : 0); return;
        case NodeKind::NullLiteral: emit(Op::LoadNull, target); return;
        case NodeKind::StringLiteral: return literal_string_into(expression.to<StringLiteral>(), target);
        case NodeKind::NameExpr: return name_into(expression, expression.to<NameExpr>().name, target);
        case NodeKind::SelfExpr:
            at(expression);
            return use_into(expression, model().use_of(expression), target);
        case NodeKind::VariantExpr: return variant_into(expression.to<VariantExpr>(), target);
        case NodeKind::ParenExpr: return compile_into(*expression.to<ParenExpr>().inner, target);
        case NodeKind::ArrayExpr: return array_into(expression.to<ArrayExpr>(), target);
        case NodeKind::DictExpr: return dict_into(expression.to<DictExpr>(), target);
        case NodeKind::StructExpr: return struct_into(expression.to<StructExpr>(), target);
        case NodeKind::CallExpr:
        case NodeKind::IndexExpr:
        case NodeKind::SliceExpr:
        case NodeKind::MemberExpr:
        case NodeKind::PropagateExpr: return postfix_into(expression, target, false);
        case NodeKind::UnaryExpr: return unary_into(expression.to<UnaryExpr>(), target);
        case NodeKind::AwaitExpr: {
            const Expr& awaited = *expression.to<AwaitExpr>().operand;
            if (without_parens(awaited).is<CallExpr>()) return postfix_into(without_parens(awaited), target, true);
            const Mark before = mark();
            const Reg value = scratch(target);
            compile_into(awaited, value);
            at(expression);
            await(value);
            move(target, {value, true});
            return release(before);
        }
        case NodeKind::BinaryExpr: {
            const auto& binary = expression.to<BinaryExpr>();
            if (is_arithmetic(binary.op)) return arithmetic_into(binary, target);
            if (is_comparison(binary.op)) return comparison_into(binary, target);
            if (binary.op == BinaryOp::Coalesce) return coalesce_into(binary, target);
            return logic_into(expression, target);
        }
        case NodeKind::RangeExpr: {
            const auto& range = expression.to<RangeExpr>();
            const Mark before = mark();
            const Operand start = stable_operand(*range.start, *range.end);
            const Operand end = operand(*range.end);
            at_token(range.operator_token);
            emit(Op::Range, target, start.reg, end.reg,
                 take({}, start, end) | (range.is_inclusive ? bytecode::kInclusive : 0));
            return release(before);
        }
        case NodeKind::PipeExpr: return pipe_into(expression.to<PipeExpr>(), target);
        case NodeKind::ThrowExpr: return throw_value(*expression.to<ThrowExpr>().value, expression);
        case NodeKind::YieldExpr: {
            const Mark before = mark();
            const Reg value = scratch(target);
            compile_into(*expression.to<YieldExpr>().value, value);
            at(expression);
            emit(Op::Yield, value);
            move(target, {value, true});
            return release(before);
        }
        case NodeKind::FuncExpr:
        case NodeKind::LambdaExpr: return closure_into(expression, target);
        case NodeKind::If: return if_into(expression.to<If>(), target);
        case NodeKind::Match: return match_into(expression.to<Match>(), target);
        case NodeKind::Try: return try_into(expression.to<Try>(), target);
        case NodeKind::Spawn: return spawn_into(expression.to<Spawn>(), target);
        case NodeKind::Block: return block_value(expression.to<Block>(), target);
        default: emit(Op::LoadNull, target); return;  // what the parser has refused
    }
}

Operand FunctionCompiler::operand(const Expr& expression) {
    const Reg direct = direct_register(expression);
    if (direct != kNoReg) return {direct, false};
    return in_temporary(expression);
}

Operand FunctionCompiler::in_temporary(const Expr& expression) {
    const Reg reg = allocate();
    compile_into(expression, reg);
    next_register_ = reg + 1;
    return {reg, true};
}

Operand FunctionCompiler::stable_operand(const Expr& expression, const Expr& later) {
    const Reg direct = direct_register(expression);
    if (direct != kNoReg && !may_change(later, model().binding_of(without_parens(expression)))) return {direct, false};
    return in_temporary(expression);
}

/// True if evaluating `expression` may assign the variable, which lives in a register of this frame: only code of this
/// function can, in a block or by a method that changes its receiver.
bool FunctionCompiler::may_change(const Node& expression, sema::BindingId variable) const {
    if (is_inert(expression)) return false;
    bool changes = false;
    const auto names_variable = [&](const Node& place) {
        const Node* at = &place;
        while (at->is<MemberExpr>() || at->is<IndexExpr>()) {
            at = at->is<MemberExpr>() ? at->to<MemberExpr>().object : at->to<IndexExpr>().object;
        }
        return model().binding_of(*at) == variable;
    };
    walk(expression, [&](const Node& node) {
        if (changes || node.is<LambdaExpr>() || node.is<FuncExpr>() || node.is<FuncDecl>()) return false;
        if (const auto* assigned = node.as<Assign>()) {
            if (assigned->target->is<ArrayPattern>() || assigned->target->is<DictPattern>()) {
                walk(*assigned->target, [&](const Node& target) {
                    changes = changes || model().binding_of(target) == variable;
                    return true;
                });
            }
            changes = changes || names_variable(*assigned->target);
        }
        if (const auto* call = node.as<CallExpr>(); call != nullptr && call->callee->is<MemberExpr>()) {
            const auto& member = call->callee->to<MemberExpr>();
            changes = changes || (program_.may_mutate(member.name.text()) && names_variable(*member.object));
        }
        return !changes;
    });
    return changes;
}

/// An expression whose value nobody wants. What it gave is dropped here, not when its register is used again.
void FunctionCompiler::effect(const Expr& expression) {
    const Mark before = mark();
    const Expr& inner = without_parens(expression);
    const Expr& called = inner.is<AwaitExpr>() ? without_parens(*inner.to<AwaitExpr>().operand) : inner;
    if (called.is<CallExpr>()) {
        postfix_into(called, allocate(), inner.is<AwaitExpr>(), true);
    } else if (direct_register(inner) == kNoReg) {
        const Reg value = allocate();
        compile_into(inner, value);
        drop_result(value);
    }
    release(before);
}

void FunctionCompiler::int_into(std::int64_t value, Reg target) {
    if (value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max()) {
        builder_.emit_wide(Op::LoadInt, target, static_cast<std::uint32_t>(value));
    } else {
        builder_.emit_wide(Op::LoadConst, target, builder_.constant(value));
    }
}

void FunctionCompiler::literal_string_into(const StringLiteral& literal, Reg target) {
    if (literal.is_plain()) return load_string(target, literal.value());
    const Mark before = mark();
    const Reg first = allocate(static_cast<std::uint32_t>(literal.parts.size()));
    Reg at_part = first;
    for (const StringPart& part : literal.parts) {
        const Mark inside = mark();
        if (part.expression == nullptr) {
            load_string(at_part, part.text);
        } else {
            compile_into(*part.expression, at_part);
        }
        release(inside);
        ++at_part;
    }
    at(literal);
    emit(Op::Concat, target, first, static_cast<std::uint32_t>(literal.parts.size()));
    release(before);
}

void FunctionCompiler::array_into(const ArrayExpr& expression, Reg target) {
    const auto count = static_cast<std::uint32_t>(expression.elements.size());
    const bool has_spread = std::any_of(expression.elements.begin(), expression.elements.end(),
                                        [](const Expr* element) { return element->is<Spread>(); });
    const Mark before = mark();
    // Long literals are built piece by piece: a window of thousands of registers would stay in every frame.
    constexpr std::uint32_t kMaxWindow = 250;
    if (!has_spread && count <= kMaxWindow) {
        const Reg first = allocate(count);
        for (std::uint32_t i = 0; i < count; ++i) {
            const Mark inside = mark();
            compile_into(*expression.elements[i], first + i);
            release(inside);
        }
        at(expression);
        emit(Op::NewArray, target, first, count);
        return release(before);
    }
    const Reg array = scratch(target);
    at(expression);
    emit(Op::NewArray, array, next_register_, 0);
    for (const Expr* element : expression.elements) {
        const Mark inside = mark();
        const auto* spread = element->as<Spread>();
        const Operand value = spread != nullptr ? in_temporary(*spread->operand) : operand(*element);
        at(*element);
        emit(spread != nullptr ? Op::ArraySpread : Op::ArrayPush, array, value.reg, 0,
             value.is_temporary ? bytecode::kTakeB : 0);
        release(inside);
    }
    move(target, {array, true});
    release(before);
}

void FunctionCompiler::key_into(const DictKey& key, Reg target) {
    if (key.key_kind == KeyKind::Word) return load_string(target, key.word.text());
    compile_into(*key.value, target);
}

void FunctionCompiler::dict_into(const DictExpr& expression, Reg target) {
    const Mark before = mark();
    const Reg dict = scratch(target);
    at(expression);
    emit(Op::NewDict, dict, std::min<std::uint32_t>(static_cast<std::uint32_t>(expression.entries.size()), 0xffff));
    for (const Node* entry : expression.entries) {
        const Mark inside = mark();
        if (const auto* spread = entry->as<Spread>()) {
            const Operand value = operand(*spread->operand);
            at(*entry);
            emit(Op::DictSpread, dict, value.reg, 0, value.is_temporary ? bytecode::kTakeB : 0);
        } else if (const auto* shorthand = entry->as<DictShorthand>()) {
            const Reg key = allocate(2);
            load_string(key, shorthand->name.text());
            name_into(*shorthand, shorthand->name, key + 1);
            emit(Op::DictSet, dict, key, key + 1, bytecode::kTakeB | bytecode::kTakeC);
        } else if (const auto* pair = entry->as<DictEntry>()) {
            const Reg key = allocate();
            key_into(*pair->key, key);
            const Operand value = operand(*pair->value);
            at(*pair->key);
            emit(Op::DictSet, dict, key, value.reg, bytecode::kTakeB | (value.is_temporary ? bytecode::kTakeC : 0));
        }
        release(inside);
    }
    move(target, {dict, true});
    release(before);
}

// --- operators

// A chain `a + b * c - d` leans to the left and may be long: its links are done in a loop, each result being the left
// operand of the next.
void FunctionCompiler::arithmetic_into(const BinaryExpr& expression, Reg target) {
    const Mark before = mark();
    std::vector<const BinaryExpr*> links;
    const Expr* start = &expression;
    for (const auto* link = &expression; link != nullptr && is_arithmetic(link->op); link = start->as<BinaryExpr>()) {
        links.push_back(link);
        start = link->left;
    }
    Operand left = stable_operand(*start, *links.back()->right);
    if (!left.is_temporary && left.reg == target && links.size() > 1) {
        // `s := s + a + b`: out of the variable, so that the chain appends to its only reference.
        const Reg taken = allocate();
        move(taken, left);
        left = {taken, true};
    }
    // A variable named at the start is read when the first link is done; later links only see the result.
    for (std::size_t i = links.size(); i-- > 0;) {
        if (i == 0) {
            arithmetic_step(links[0]->op, *links[0]->right, links[0]->operator_token, left, target);
            break;
        }
        const Reg result = left.is_temporary ? left.reg : is_variable(target) ? allocate() : target;
        arithmetic_step(links[i]->op, *links[i]->right, links[i]->operator_token, left, result);
        left = {result, true};
        next_register_ = std::max(before.next, result + 1);
    }
    release(before);
}

void FunctionCompiler::arithmetic_step(BinaryOp op, const Expr& right_operand, std::uint32_t operator_token, Operand left,
                                       Reg target) {
    const std::uint8_t left_flag = left.is_temporary && left.reg != target ? bytecode::kTakeB : 0;
    std::int64_t value = 0;
    if (is_int(right_operand, value) && fits_immediate(value)) {
        at_token(operator_token);
        emit(immediate_op(op), target, left.reg, static_cast<std::uint32_t>(value), left_flag);
        return;
    }
    const Expr& right = without_parens(right_operand);
    const bool is_plain_string = right.is<StringLiteral>() && right.to<StringLiteral>().is_plain();
    if (right.is<FloatLiteral>() || is_plain_string) {
        const std::uint32_t constant = is_plain_string ? builder_.constant(right.to<StringLiteral>().value())
                                                       : builder_.constant(right.to<FloatLiteral>().value);
        if (bytecode::FunctionBuilder::fits_operand(constant)) {
            at_token(operator_token);
            emit(constant_op(op), target, left.reg, constant, left_flag);
            return;
        }
    }
    const Mark before = mark();
    const Operand other = operand(right_operand);
    at_token(operator_token);
    emit(register_op(op), target, left.reg, other.reg,
         left_flag | (other.is_temporary ? bytecode::kTakeC : 0));
    release(before);
}

void FunctionCompiler::comparison_into(const BinaryExpr& expression, Reg target) {
    const Mark before = mark();
    const Operand left = stable_operand(*expression.left, *expression.right);
    const Operand right = operand(*expression.right);
    at_token(expression.operator_token);
    emit_comparison(expression.op, target, left, right);
    release(before);
}

void FunctionCompiler::emit_comparison(BinaryOp comparison, Reg target, Operand left, Operand right) {
    std::uint8_t flags = take({}, left, right);
    if (left.reg == target) flags &= static_cast<std::uint8_t>(~bytecode::kTakeB);
    if (right.reg == target) flags &= static_cast<std::uint8_t>(~bytecode::kTakeC);
    Op op = Op::In;
    switch (comparison) {
        case BinaryOp::Less: op = Op::Less; break;
        case BinaryOp::LessEqual: op = Op::LessEqual; break;
        case BinaryOp::Greater: op = Op::Greater; break;
        case BinaryOp::GreaterEqual: op = Op::GreaterEqual; break;
        case BinaryOp::Equal: op = Op::Equal; break;
        case BinaryOp::NotEqual: op = Op::NotEqual; break;
        case BinaryOp::NotIn: flags |= bytecode::kNegate; break;
        default: break;
    }
    emit(op, target, left.reg, right.reg, flags);
}

/// `and`, `or`: a bool.
void FunctionCompiler::logic_into(const Expr& expression, Reg target) {
    const Label is_false = builder_.new_label();
    const Label end = builder_.new_label();
    branch(expression, false, is_false);
    emit(Op::LoadBool, target, 1);
    builder_.emit_jump(Op::Jump, end);
    builder_.bind(is_false);
    emit(Op::LoadBool, target, 0);
    builder_.bind(end);
}

void FunctionCompiler::coalesce_into(const BinaryExpr& expression, Reg target) {
    const Mark before = mark();
    const Reg value = scratch(target);
    const Label end = builder_.new_label();
    const std::vector<const Expr*> operands = flatten(expression, BinaryOp::Coalesce);
    for (std::size_t i = 0; i < operands.size(); ++i) {
        const Mark inside = mark();
        compile_into(*operands[i], value);
        release(inside);
        if (i + 1 < operands.size()) builder_.emit_jump(Op::JumpIfNull, end, value, 0, bytecode::kNegate);
    }
    builder_.bind(end);
    move(target, {value, true});
    release(before);
}

void FunctionCompiler::unary_into(const UnaryExpr& expression, Reg target) {
    if (std::int64_t value = 0; expression.op == UnaryOp::Negate && is_int(expression, value)) {
        return int_into(value, target);
    }
    if (expression.op == UnaryOp::Negate) {
        if (const auto* literal = expression.operand->as<FloatLiteral>()) {
            builder_.emit_wide(Op::LoadConst, target, builder_.constant(-literal->value));
            return;
        }
    }
    const Mark before = mark();
    const Operand value = operand(*expression.operand);
    at_token(expression.first_token);
    emit(expression.op == UnaryOp::Negate ? Op::Negate : Op::Not, target, value.reg, 0,
         value.reg == target ? 0 : take({}, value));
    release(before);
}

void FunctionCompiler::throw_value(const Expr& value, const Node& at_node) {
    const Mark before = mark();
    const Operand thrown = operand(value);
    at(at_node);
    emit(Op::Throw, thrown.reg, 0, 0, take(thrown));
    release(before);
}

void FunctionCompiler::pipe_into(const PipeExpr& expression, Reg target) {
    const Mark before = mark();
    std::vector<const PipeExpr*> links;
    const Expr* start = &expression;
    for (const auto* link = &expression; link != nullptr; link = start->as<PipeExpr>()) {
        links.push_back(link);
        start = link->left;
    }
    const Reg result = scratch(target);
    compile_into(*start, result);
    for (std::size_t i = links.size(); i-- > 0;) {
        const Mark inside = mark();
        const Expr* right = links[i]->right;
        const auto* propagated = right->as<PropagateExpr>();
        if (propagated != nullptr) right = propagated->operand;
        const auto* call = right->as<CallExpr>();
        piped_call(call != nullptr ? *call->callee : *right, {call != nullptr ? call->arguments : List<Node>{}, result},
                   result);
        if (propagated != nullptr) question(result, *propagated);
        release(inside);
    }
    move(target, {result, true});
    release(before);
}

// --- conditions

void FunctionCompiler::branch(const Expr& condition, bool when, Label target) {
    const Expr& inner = without_parens(condition);
    if (const auto* literal = inner.as<BoolLiteral>()) {
        if (literal->value == when) builder_.emit_jump(Op::Jump, target);
        return;
    }
    if (const auto* unary = inner.as<UnaryExpr>(); unary != nullptr && unary->op == UnaryOp::Not) {
        // The negation of a bool; of other values `!` may be a method.
        const auto* binary = without_parens(*unary->operand).as<BinaryExpr>();
        if (binary != nullptr && !is_arithmetic(binary->op) && binary->op != BinaryOp::Coalesce) {
            return branch(*binary, !when, target);
        }
    }
    if (const auto* binary = inner.as<BinaryExpr>()) {
        if (binary->op == BinaryOp::And || binary->op == BinaryOp::Or) {
            // `and` is decided by a falsy operand, `or` by a truthy one.
            const bool decides = binary->op == BinaryOp::Or;
            const std::vector<const Expr*> operands = flatten(inner, binary->op);
            const Label undecided = builder_.new_label();
            for (std::size_t i = 0; i + 1 < operands.size(); ++i) {
                branch(*operands[i], decides, when == decides ? target : undecided);
            }
            branch(*operands.back(), when, target);
            builder_.bind(undecided);
            return;
        }
        if (is_comparison(binary->op) && binary->op != BinaryOp::In && binary->op != BinaryOp::NotIn) {
            return compare_branch(*binary, when, target);
        }
    }
    const Mark before = mark();
    const Operand value = operand(inner);
    builder_.emit_jump(Op::JumpIf, target, value.reg, 0, take(value) | (when ? 0 : bytecode::kNegate));
    release(before);
}

void FunctionCompiler::compare_branch(const BinaryExpr& condition, bool when, Label target) {
    const Mark before = mark();
    Op op = Op::JumpEqual, immediate = Op::JumpEqualI;
    std::uint8_t flags = when ? 0 : bytecode::kNegate;
    switch (condition.op) {
        case BinaryOp::Less: op = Op::JumpLess, immediate = Op::JumpLessI; break;
        case BinaryOp::LessEqual: op = Op::JumpLessEqual, immediate = Op::JumpLessEqualI; break;
        case BinaryOp::Greater: op = Op::JumpGreater, immediate = Op::JumpGreaterI; break;
        case BinaryOp::GreaterEqual: op = Op::JumpGreaterEqual, immediate = Op::JumpGreaterEqualI; break;
        case BinaryOp::NotEqual: flags = (when ? bytecode::kNegate : 0) | bytecode::kNotEqual; break;
        default: break;
    }
    const Operand left = stable_operand(*condition.left, *condition.right);
    std::int64_t value = 0;
    const Expr& right = without_parens(*condition.right);
    if (is_int(right, value) && fits_immediate(value)) {
        at_token(condition.operator_token);
        builder_.emit_jump(immediate, target, left.reg, static_cast<std::uint32_t>(value), flags | take(left));
        return release(before);
    }
    if (op == Op::JumpEqual && is_constant_expression(right) && !right.is<ArrayExpr>() && !right.is<DictExpr>()) {
        const bytecode::Constant literal = literal_constant(right);
        const std::uint32_t constant = add_constant(literal);
        if (bytecode::FunctionBuilder::fits_operand(constant)) {
            at_token(condition.operator_token);
            builder_.emit_jump(Op::JumpEqualK, target, left.reg, constant, flags | take(left));
            return release(before);
        }
    }
    const Operand other = operand(right);
    at_token(condition.operator_token);
    builder_.emit_jump(op, target, left.reg, other.reg, flags | take(left, other));
    release(before);
}

}  // namespace ruff::compiler
