#pragma once
// Which registers an instruction touches. opcodes.def says what each operand is; the shapes of the windows, whose length
// is no operand but follows from the opcode, are written down here once for the verifier and the move pass.

#include <cstdint>

#include "core/bytecode/instruction.h"
#include "core/bytecode/program.h"

namespace ruff::bytecode {

/// Consecutive registers [first, first + count).
struct RegisterRange {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};

/// The consecutive temporaries of an instruction with a Window operand.
struct WindowShape {
    RegisterRange consumed;  ///< read, and emptied or overwritten
    RegisterRange written;   ///< hold something afterwards
};
[[nodiscard]] WindowShape window_shape(const Instruction& instruction);

/// True if the operand's register is read before the instruction writes anything.
[[nodiscard]] constexpr bool is_read(Operand operand) {
    return operand == Operand::Read || operand == Operand::ReadWrite || operand == Operand::Take ||
           operand == Operand::Copy;
}
[[nodiscard]] constexpr bool is_wide(Operand operand) { return operand >= Operand::WideInt; }
[[nodiscard]] constexpr bool is_jump(Operand operand) {
    return operand == Operand::Jump || operand == Operand::WideJump;
}

/// Calls `read(register)` for every register whose value the instruction uses, places and captures included.
template <class Read>
void for_each_read(const Instruction& instruction, const Function& function, const Program& program, Read&& read) {
    const OpInfo& info = op_info(instruction.op);
    const auto range = [&](RegisterRange registers) {
        for (std::uint32_t i = 0; i < registers.count; ++i) read(registers.first + i);
    };
    const auto place = [&](std::uint16_t index) {
        const Place& path = function.places[index];
        if (path.root == PlaceRoot::Register || path.root == PlaceRoot::CellRegister) read(path.index);
        for (const PlaceStep& step : path.steps) {
            if (step.kind == PlaceStep::Index) read(step.reg);
        }
    };
    if (is_read(info.a)) read(instruction.a);
    if (is_read(info.b)) read(instruction.b);
    if (is_read(info.c)) read(instruction.c);
    if (info.b == Operand::Place) place(instruction.b);
    if (info.c == Operand::Place) place(instruction.c);
    if (info.a == Operand::Window || info.b == Operand::Window || info.c == Operand::Window) {
        range(window_shape(instruction).consumed);
    }
    if (info.b == Operand::WideFunction) {
        for (const Capture& capture : program.functions[instruction.wide()].captures) {
            if (capture.source == Capture::Register) read(capture.index);
        }
    }
}

/// Calls `write(register)` for every register that holds something else afterwards, whatever it held before.
/// Places are not among them: changing a part of a variable keeps the rest.
template <class Write>
void for_each_write(const Instruction& instruction, Write&& write) {
    const OpInfo& info = op_info(instruction.op);
    if (instruction.op == Op::Clear) {
        for (std::uint32_t i = 0; i < instruction.b; ++i) write(instruction.a + i);
        return;
    }
    if (info.a == Operand::Write || info.a == Operand::Take) write(instruction.a);
    if (info.a == Operand::Window || info.b == Operand::Window || info.c == Operand::Window) {
        const RegisterRange written = window_shape(instruction).written;
        for (std::uint32_t i = 0; i < written.count; ++i) write(written.first + i);
    }
}

}  // namespace ruff::bytecode
