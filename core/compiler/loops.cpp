#include <algorithm>

#include "core/compiler/function_compiler.h"

namespace ruff::compiler {

using namespace ruff::syntax;
using sema::Storage;

void FunctionCompiler::while_loop(const While& loop) {
    const Label again = builder_.new_label();
    const Label end = builder_.new_label();
    builder_.bind(again);
    branch(*loop.condition, false, end);
    exits_.push_back({Exit::Loop, end, again, {}, next_register_, {}});
    block(*loop.body);
    exits_.pop_back();
    if (!is_dead()) builder_.emit_jump(Op::Loop, again);
    builder_.bind(end);
}

void FunctionCompiler::endless_loop(const Loop& loop) {
    const Label again = builder_.new_label();
    const Label end = builder_.new_label();
    builder_.bind(again);
    exits_.push_back({Exit::Loop, end, again, {}, next_register_, {}});
    block(*loop.body);
    exits_.pop_back();
    if (!is_dead()) builder_.emit_jump(Op::Loop, again);
    builder_.bind(end);
}

// State in three registers, then the loop variables:
//
//     ForRange    a -> end            ForPrepare a
//   body:                           next:
//     …                               ForNext a -> end
//   next:                             …
//     ForRangeNext a -> body          Loop -> next
//   end:                            end:
void FunctionCompiler::for_loop(const For& loop) {
    const Mark before = mark();
    const Reg state = allocate(3);
    const Label next = builder_.new_label();
    const Label end = builder_.new_label();
    if (for_range(loop, state)) {
        const Label body = builder_.new_label();
        const std::uint8_t flags = range_flags_;
        builder_.emit_jump(Op::ForRange, end, state, 0, flags);
        const Span position = builder_.position();
        allocate();
        builder_.bind(body);
        for_body(loop, state + 3, next, end, false);
        builder_.bind(next);
        builder_.set_position(position);
        builder_.emit_jump(Op::ForRangeNext, body, state, 0, flags);
        builder_.bind(end);
        // Ints need no clearing, and the variable is one unless something else was assigned to it.
        const sema::BindingId id = model().binding_of(*loop.pattern);
        const bool is_plain = loop.pattern->is<WildcardPattern>() ||
                              (id != sema::kNone && !binding(id).is_reassigned && !binding(id).is_changed);
        if (!is_plain) clear(state + 3, next_register_);
        return release(before);
    }
    prepare_loop(loop, state);
    const Span position = builder_.position();
    const std::uint32_t variables = loop.second != nullptr ? 2 : 1;
    allocate(variables);
    builder_.bind(next);
    builder_.set_position(position);
    builder_.emit_jump(loop.second != nullptr ? Op::ForNext2 : Op::ForNext, end, state);

    // A generator in the state is finished however the loop is left, also by an error, or by an interrupt at its head.
    const Reg error = allocate();
    const Label body_end = builder_.new_label(), closing = builder_.new_label();
    exits_.push_back({Exit::LoopState, {}, {}, {}, state, {}});
    for_body(loop, state + 3, next, end, true);
    exits_.pop_back();
    if (!is_dead()) builder_.emit_jump(Op::Loop, next);
    builder_.bind(body_end);
    builder_.bind(closing);
    builder_.set_position(position);
    emit(Op::ForEnd, state);
    const Label closed = builder_.new_label();
    builder_.bind(closed);
    emit(Op::Rethrow, error, 0, 0);
    builder_.add_handler(bytecode::Handler::Finally, error, next, body_end, closing);
    builder_.add_handler(bytecode::Handler::Cause, error, closing, closed, closing);
    builder_.bind(end);
    // The state is gone; the variables keep the last element until here.
    clear(state + 3, next_register_);
    release(before);
}

/// Binds the loop variables and compiles the body; `continue` goes to `next`, `break` to `end`.
void FunctionCompiler::for_body(const For& loop, Reg first_variable, Label next, Label end, bool has_state) {
    exits_.push_back({Exit::Loop, end, next, {}, next_register_, {}});
    exits_.back().has_state = has_state;
    const Mark before = mark();
    bind_loop_variable(*loop.pattern, first_variable);
    if (loop.second != nullptr) bind_loop_variable(*loop.second, first_variable + 1);
    open_block(model().scope_of(*loop.body));
    statements(loop.body->statements);
    close_block(before);
    exits_.pop_back();
}

/// The register that the loop fills is the variable, unless closures share it or it is taken apart.
void FunctionCompiler::bind_loop_variable(const Pattern& pattern, Reg value) {
    const sema::BindingId id = model().binding_of(pattern);
    if (pattern.is<NamePattern>() && id != sema::kNone) {
        if (binding(id).storage == Storage::Register) return declare_register(id, value);
        const Reg reg = allocate();
        module_.registers[id] = reg;
        return initialise(id, {value, true});
    }
    if (pattern.is<NamePattern>() || pattern.is<WildcardPattern>()) return;
    reserve_pattern(pattern);
    at(pattern);
    destructure(pattern, {value, false}, Binds::Declare);
}

namespace {

const CallExpr* builtin_call(const sema::SemanticModel& model, const Expr& expression, std::string_view name) {
    const auto* call = without_parens(expression).as<CallExpr>();
    if (call == nullptr || !call->callee->is<NameExpr>()) return nullptr;
    const sema::Use use = model.use_of(*call->callee);
    if (use.kind != sema::UseKind::Builtin || builtin_row(static_cast<BuiltinId>(use.index)).name != name) return nullptr;
    for (const Node* argument : call->arguments) {
        if (argument->is<Spread>() || argument->is<NamedArgument>()) return nullptr;
    }
    return call;
}

}  // namespace

/// `a..b`, `a..=b`, `range(…)` without a range value: start, end and step in the state.
bool FunctionCompiler::for_range(const For& loop, Reg state) {
    if (loop.second != nullptr) return false;
    range_flags_ = 0;
    const auto put = [&](const Expr* value, Reg reg, std::int64_t otherwise) {
        const Mark before = mark();
        value != nullptr ? compile_into(*value, reg) : int_into(otherwise, reg);
        release(before);
    };
    if (const auto* range = without_parens(*loop.iterable).as<RangeExpr>()) {
        put(range->start, state, 0);
        put(range->end, state + 1, 0);
        put(nullptr, state + 2, 1);
        if (range->is_inclusive) range_flags_ = bytecode::kInclusive;
        at_token(range->operator_token);
        return true;
    }
    const CallExpr* call = builtin_call(model(), *loop.iterable, "range");
    if (call == nullptr || call->arguments.empty() || call->arguments.size() > 3) return false;
    const bool has_start = call->arguments.size() > 1;
    put(has_start ? call->arguments[0] : nullptr, state, 0);
    put(call->arguments[has_start ? 1 : 0], state + 1, 0);
    put(call->arguments.size() > 2 ? call->arguments[2] : nullptr, state + 2, 1);
    at(*call->callee);
    return true;
}

/// Fills the state; `enumerate(xs)` and `zip(xs, ys)` with two variables build no pairs.
void FunctionCompiler::prepare_loop(const For& loop, Reg state) {
    if (loop.second != nullptr) {
        const CallExpr* enumerated = builtin_call(model(), *loop.iterable, "enumerate");
        const CallExpr* zipped = builtin_call(model(), *loop.iterable, "zip");
        const CallExpr* call = enumerated != nullptr ? enumerated : zipped;
        const std::size_t count = call == nullptr ? 0 : call->arguments.size();
        if ((enumerated != nullptr && (count == 1 || count == 2)) || (zipped != nullptr && count == 2)) {
            for (std::size_t i = 0; i < count; ++i) {
                const Mark before = mark();
                compile_into(*call->arguments[i], state + static_cast<Reg>(i));
                release(before);
            }
            at(*call->callee);
            if (enumerated != nullptr) {
                emit(Op::ForPrepareEnumerate, state, count == 2 ? 1 : 0);
            } else {
                emit(Op::ForPrepareZip, state, 2);
            }
            return;
        }
    }
    const Mark before = mark();
    compile_into(*loop.iterable, state);
    release(before);
    at(*loop.iterable);
    emit(Op::ForPrepare, state);
}

}  // namespace ruff::compiler
