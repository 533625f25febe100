#include "core/bytecode/instruction.h"

namespace ruff::bytecode {
namespace {

constexpr OpInfo kOpInfo[] = {
#define OPCODE(Name, A, B, C, description) {#Name, Operand::A, Operand::B, Operand::C, description},
#include "core/bytecode/opcodes.def"
};
static_assert(sizeof(kOpInfo) / sizeof(kOpInfo[0]) == kOpCount);

}  // namespace

const OpInfo& op_info(Op op) { return kOpInfo[static_cast<int>(op)]; }

}  // namespace ruff::bytecode
