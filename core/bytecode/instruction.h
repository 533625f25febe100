#pragma once
// Instructions of the register machine: 64 bits, see opcodes.def.
//
// Why 64 bits where Lua and Luau use 32: 16-bit registers and constants end every spilling scheme (a script may declare
// thousands of variables), and a fused compare-and-branch or an access site fits one word.

#include <cstdint>

namespace ruff::bytecode {

enum class Op : std::uint8_t {
#define OPCODE(Name, A, B, C, description) Name,
#include "core/bytecode/opcodes.def"
};

inline constexpr int kOpCount = 0
#define OPCODE(Name, A, B, C, description) +1
#include "core/bytecode/opcodes.def"
    ;

/// What an operand is; opcodes.def explains each.
enum class Operand : std::uint8_t {
    None, Write, Read, ReadWrite, Take, Copy, Window, Int, Count, Const, Site, Place, Upvalue, Builtin, Jump,
    WideInt, WideConst, WideGlobal, WideFunction, WideJump, WideModule,
};

/// Bits of `Instruction::flags`. Some share a value: no opcode uses both.
enum InstructionFlag : std::uint8_t {
    kTakeA = 1, kTakeB = 2, kTakeC = 4,
    kNegate = 8, kDiscard = 8, kInclusive = 16, kBuiltinForm = 16, kAtLeast = 32, kAwaitCall = 64, kCheckArity = 128,
    /// JumpEqual*: the condition was written `!=`, so a struct's op_ne decides; kNegate is set as the jump needs it.
    kNotEqual = 32,
};

/// The operators of compound assignment and of `UpdatePlace` (in `flags >> 4`, the low bits being kTakeX).
enum class BinaryOperator : std::uint8_t { Add, Sub, Mul, Div, Mod };

struct Instruction {
    Op op;
    std::uint8_t flags = 0;
    std::uint16_t a = 0;
    std::uint16_t b = 0;
    std::uint16_t c = 0;

    [[nodiscard]] std::uint32_t wide() const { return static_cast<std::uint32_t>(b) | static_cast<std::uint32_t>(c) << 16; }
    [[nodiscard]] std::int32_t wide_signed() const { return static_cast<std::int32_t>(wide()); }
    [[nodiscard]] std::int16_t signed_b() const { return static_cast<std::int16_t>(b); }
    [[nodiscard]] std::int16_t signed_c() const { return static_cast<std::int16_t>(c); }
    void set_wide(std::uint32_t value) {
        b = static_cast<std::uint16_t>(value);
        c = static_cast<std::uint16_t>(value >> 16);
    }
};
static_assert(sizeof(Instruction) == 8);

struct OpInfo {
    const char* name;
    Operand a, b, c;
    const char* description;
};
[[nodiscard]] const OpInfo& op_info(Op op);

}  // namespace ruff::bytecode
