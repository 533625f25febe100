#include "core/bytecode/operands.h"

namespace ruff::bytecode {

WindowShape window_shape(const Instruction& instruction) {
    const std::uint32_t a = instruction.a;
    const std::uint32_t b = instruction.b;
    const std::uint32_t c = instruction.c;
    switch (instruction.op) {
        case Op::Concat: return {{b, c}, {}};
        case Op::NewArray: return {{b, c}, {}};
        case Op::Slice: return {{c, 2}, {}};
        // The loop variables a+3, a+4 are dead where the loop ends, so they count as written on both ways out.
        case Op::ForRange: return {{a, 3}, {a, 4}};
        case Op::ForRangeNext: return {{a, 3}, {a + 3, 1}};
        case Op::ForPrepare: return {{a, 1}, {a, 3}};
        case Op::ForPrepareEnumerate: return {{a, 1 + b}, {a, 3}};
        case Op::ForPrepareZip: return {{a, b}, {a, 3}};
        case Op::ForNext: return {{a, 3}, {a + 3, 1}};
        case Op::ForNext2: return {{a, 3}, {a + 3, 2}};
        case Op::ForEnd: return {{a, 3}, {a, 3}};
        case Op::Call: return {{a, b + 1}, {a, 1}};
        case Op::CallFunction: return {{a + 1, b}, {a, 1}};
        case Op::CallBuiltin: return {{a + 1, b}, {a, 1}};
        case Op::CallSpread: return {{a, b + 2}, {a, 1}};
        case Op::Invoke: return {{a + 1, b}, {a, 1}};
        case Op::InvokeSpread: return {{a + 1, b + 2}, {a, 1}};
        // The receiver a+1 and the keeper a-1 are filled by the call and used by the WriteBack behind it.
        case Op::InvokePlace: return {{a + 2, b - 1}, {a - 1, 3}};
        case Op::InvokePlaceSpread: return {{a + 2, b + 1}, {a - 1, 3}};
        case Op::WriteBack: return {{a - 1, 3}, {a - 1, 1}};
        case Op::NewStruct: return {{a, b}, {a, 1}};
        case Op::NewStructSpread: return {{a, 1 + 2 * b}, {a, 1}};
        case Op::NewVariant: return {{a, b}, {a, 1}};
        default: return {};
    }
}

}  // namespace ruff::bytecode
