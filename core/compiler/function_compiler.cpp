#include "core/compiler/function_compiler.h"

#include <algorithm>

#include "core/bytecode/move_pass.h"

namespace ruff::compiler {

using namespace ruff::syntax;

FunctionCompiler::FunctionCompiler(ProgramCompiler& program, ModuleState& module, sema::FunctionId id,
                                   FunctionCompiler* parent)
    : program_(program), module_(module), id_(id), parent_(parent), builder_(function_) {}

// --- registers

Reg FunctionCompiler::allocate(std::uint32_t count) {
    const Reg first = next_register_;
    next_register_ += count;
    register_count_ = std::max(register_count_, next_register_);
    if (is_variable_.size() < next_register_) is_variable_.resize(next_register_ + 16, false);
    std::fill(is_variable_.begin() + first, is_variable_.begin() + next_register_, false);
    return first;
}

void FunctionCompiler::set_variable(Reg reg, bool is_variable) { is_variable_[reg] = is_variable; }

Reg FunctionCompiler::scratch(Reg target) { return is_variable(target) ? allocate() : target; }

bool FunctionCompiler::is_dead() {
    const bytecode::Instruction* last = builder_.last();
    if (last == nullptr) return false;
    switch (last->op) {
        case Op::Return:
        case Op::ReturnNull:
        case Op::Jump:
        case Op::Loop:
        case Op::Throw:
        case Op::Rethrow:
        case Op::Raise: return true;
        default: return false;
    }
}

void FunctionCompiler::move(Reg target, Operand value) {
    if (value.reg == target) return;
    emit(Op::Move, target, value.reg, 0, value.is_temporary ? bytecode::kTakeB : 0);
}

void FunctionCompiler::clear(Reg first, Reg end) {
    if (end > first && !is_dead()) emit(Op::Clear, first, end - first);
}

// --- emitting

std::uint8_t FunctionCompiler::take(Operand a, Operand b, Operand c) {
    std::uint8_t flags = 0;
    if (a.is_temporary) flags |= bytecode::kTakeA;
    if (b.is_temporary) flags |= bytecode::kTakeB;
    if (c.is_temporary) flags |= bytecode::kTakeC;
    return flags;
}

void FunctionCompiler::raise(std::string_view kind, std::string message, std::string hint) {
    const std::uint32_t error =
        builder_.constant(bytecode::RaiseConstant{std::string(kind), std::move(message), std::move(hint)});
    builder_.emit_wide(Op::Raise, 0, error);
}

void FunctionCompiler::load_string(Reg target, std::string_view text) {
    builder_.emit_wide(Op::LoadConst, target, builder_.constant(text));
}

void FunctionCompiler::load_function(Reg target, bytecode::FunctionIndex index) {
    note_function(index);
    builder_.emit_wide(Op::LoadConst, target, builder_.constant(bytecode::FunctionConstant{index}));
}

void FunctionCompiler::begin(std::string name) {
    function_.name = std::move(name);
    function_.module = module_.index;
    function_.is_hidden = program_.is_prelude();
}

namespace {

void sort_unique(std::vector<std::uint32_t>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

// The error values of `e?` leave the function from here, so that the way of the good values has no jump in it.
void FunctionCompiler::finish_cold_exits() {
    for (const ColdExit& exit : cold_exits_) {
        builder_.bind(exit.label);
        builder_.set_position(exit.span);
        emit(is_file_level_ ? Op::Throw : Op::Return, exit.reg, 0, 0, bytecode::kTakeA);
    }
}

void FunctionCompiler::finish() {
    if (!is_dead()) emit(Op::ReturnNull);
    finish_cold_exits();
    sort_unique(function_.globals_used);
    sort_unique(function_.functions_used);
    builder_.finish(register_count_);
    if (builder_.is_overflowing() || register_count_ > 0xfff0) {
        program_.report_too_large(module_.index, function_.span, function_.is_main ? "this file" : "this function");
        return;
    }
    bytecode::assign_last_uses(function_, program_.program(), held_registers_);
}

}  // namespace ruff::compiler
