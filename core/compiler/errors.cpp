#include "core/compiler/function_compiler.h"

// `try`, `finally` and every way of leaving a loop, a `finally` or the function.
//
// The code of a `finally` block is there once. What leads into it says in a state register how to go on behind it:
//
//     state = 0                 the block ended: go on
//     state = 1                 an error is pending in `error`: rethrow it
//     state = 2 + k             the k-th way out that leads through the block: break, continue or return (of `value`)
//
// `state`, `value` and `error` are three registers below those of the body, so that unwinding to the handler, which
// releases what stands above `error`, leaves them alone.

namespace ruff::compiler {

using namespace ruff::syntax;
using bytecode::Handler;

namespace {

constexpr Reg kValue = 1;  // relative to the state register
constexpr Reg kError = 2;

}  // namespace

// --- leaving

bool FunctionCompiler::returns_directly() const {
    for (const Exit& exit : exits_) {
        if (exit.kind != Exit::Loop) return false;
    }
    return true;
}

void FunctionCompiler::leave_loop(Leave how) { leave(how, kNoReg, exits_.size()); }

/// Emits the way out through the surroundings below `depth`, innermost first.
void FunctionCompiler::leave(Leave how, Reg value, std::size_t depth) {
    for (std::size_t i = depth; i-- > 0;) {
        Exit& exit = exits_[i];
        if (exit.kind == Exit::Finally) return leave_through_finally(exit, how, value);
        if (exit.kind == Exit::LoopState) {
            if (how == Leave::Return) emit(Op::ForEnd, exit.base);
            continue;
        }
        if (how == Leave::Return) continue;
        clear(exit.base, next_register_);
        if (how == Leave::Break) {
            if (exit.has_state) emit(Op::ForEnd, exits_[i - 1].base);
            builder_.emit_jump(Op::Jump, exit.break_label);
        } else {
            builder_.emit_jump(builder_.is_bound(exit.continue_label) ? Op::Loop : Op::Jump, exit.continue_label);
        }
        return;
    }
    if (how == Leave::Return) emit(Op::Return, value, 0, 0, bytecode::kTakeA);
}

void FunctionCompiler::leave_through_finally(Exit& exit, Leave how, Reg value) {
    const Label behind = builder_.new_label();
    exit.pending.push_back({how, behind});
    if (how == Leave::Return) move(exit.base + kValue, {value, true});
    clear(exit.base + kError + 1, next_register_);
    builder_.emit_wide(Op::LoadInt, exit.base, static_cast<std::uint32_t>(1 + exit.pending.size()));
    builder_.emit_jump(Op::Jump, exit.entry);
}

// --- try

void FunctionCompiler::try_into(const Try& expression, Reg target) {
    if (expression.finally_block != nullptr) return try_finally_into(expression, target);
    try_except_into(expression, target);
}

void FunctionCompiler::try_except_into(const Try& expression, Reg target) {
    if (expression.except_block == nullptr) return block_value(*expression.body, target);
    const Mark before = mark();
    const Reg error = allocate();
    const Label begin = builder_.new_label(), end = builder_.new_label();
    const Label caught = builder_.new_label(), done = builder_.new_label();
    builder_.bind(begin);
    ++handler_depth_;
    block_value(*expression.body, target);
    --handler_depth_;
    builder_.bind(end);
    builder_.emit_jump(Op::Jump, done);
    builder_.bind(caught);
    const sema::BindingId id = model().binding_of(expression);
    if (id != sema::kNone) {
        declare_register(id, error);
        if (binding(id).storage == sema::Storage::Cell) emit(Op::NewCell, error);
    }
    block_value(*expression.except_block, target);
    clear(error, error + 1);
    builder_.bind(done);
    builder_.add_handler(Handler::Except, error, begin, end, caught);
    release(before);
}

/// `body`, and `closing` behind it however it ends. `kind` is Finally or Teardown.
template <typename Body, typename Closing>
void FunctionCompiler::with_closing(Handler::Kind kind, Body body, Closing closing) {
    const Mark before = mark();
    const Reg state = allocate(3);
    const Label begin = builder_.new_label(), end = builder_.new_label(), entry = builder_.new_label();
    const Label failed = builder_.new_label(), done = builder_.new_label(), dispatch = builder_.new_label();
    emit(Op::Clear, state + kValue, 2);
    builder_.emit_wide(Op::LoadInt, state, 0);

    builder_.bind(begin);
    exits_.push_back({Exit::Finally, {}, {}, entry, state, {}});
    ++handler_depth_;
    body();
    --handler_depth_;
    const std::vector<PendingLeave> pending = std::move(exits_.back().pending);
    exits_.pop_back();
    builder_.bind(end);

    builder_.bind(entry);
    closing();
    builder_.bind(dispatch);
    builder_.emit_jump(Op::JumpEqualI, done, state, 0);
    for (std::size_t i = 0; i < pending.size(); ++i) {
        builder_.emit_jump(Op::JumpEqualI, pending[i].label, state, static_cast<std::uint32_t>(2 + i));
    }
    if (kind == Handler::Teardown) builder_.emit_jump(Op::JumpIfNull, done, state + kError);
    emit(Op::Rethrow, state + kError);
    for (const PendingLeave& each : pending) {
        builder_.bind(each.label);
        leave(each.leave, state + kValue, exits_.size());
    }
    builder_.bind(failed);
    builder_.emit_wide(Op::LoadInt, state, 1);
    builder_.emit_jump(Op::Jump, entry);
    builder_.bind(done);
    builder_.add_handler(kind, state + kError, begin, end, failed);
    builder_.add_handler(Handler::Cause, state + kError, entry, dispatch, entry);
    release(before);
}

void FunctionCompiler::try_finally_into(const Try& expression, Reg target) {
    at(expression);
    with_closing(Handler::Finally, [&] { try_except_into(expression, target); }, [&] { block(*expression.finally_block); });
}

void FunctionCompiler::test_and_teardowns(const Test& test, std::span<const Test* const> teardowns) {
    if (teardowns.empty()) return block(*test.body);
    with_closing(
        Handler::Teardown, [&] { test_and_teardowns(test, teardowns.first(teardowns.size() - 1)); },
        [&] { block(*teardowns.back()->body); });
}

void FunctionCompiler::spawn_into(const Spawn& spawn, Reg target) {
    const Mark before = mark();
    const Reg task = scratch(target);
    closure_into(spawn, task);
    at_token(spawn.first_token);
    emit(Op::Spawn, task);
    move(target, {task, true});
    release(before);
}

}  // namespace ruff::compiler
