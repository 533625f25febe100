// The interpreter loop.
//
// Four things are live: the isolate `vm`, the next instruction `pc`, the registers of the running frame `base`, its constants
// `k`; the instruction being executed is `ins`. Everything else is behind `vm`. Handlers are written once, as bodies between
// OP(Name) and NEXT(), and built in one of three styles:
//
//   tail calls      clang 19: each handler is a function that jumps to the next; the five live values stay in registers
//                   (musttail, preserve_none). Its computed goto is known to be broken for large loops.
//   computed goto   g++
//   switch          sanitizers and anything else
//
// Traps, in the order they bite:
//   1. A slow path may move the stack, push frames or switch fibers: after one, everything is reloaded from `vm->frame` (RELOAD).
//      Before one, `vm->frame->pc` must be stored: positions, handlers and resumption come from there (SLOW does both).
//   2. `release` can free an object, and freeing runs no Ruff code: it may not call back into the loop.
//   3. A register is overwritten with `replace` (releases the old value) unless it is known to hold no heap value.
//   4. Ints first in every generic instruction, one compare; then floats; then the cold function.

#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/machine.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define RUFF_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RUFF_SANITIZED 1
#endif

#if defined(__clang__) && __clang_major__ >= 19 && !defined(RUFF_SANITIZED)
#define RUFF_DISPATCH_TAIL 1
#elif defined(__GNUC__) && !defined(__clang__) && !defined(RUFF_SANITIZED)
#define RUFF_DISPATCH_GOTO 1
#else
#define RUFF_DISPATCH_SWITCH 1
#endif

namespace ruff::vm {

using bytecode::Op;

namespace {

constexpr std::uint64_t kIntTag = static_cast<std::uint64_t>(ValueKind::Int);
constexpr std::uint64_t kFloatTag = static_cast<std::uint64_t>(ValueKind::Float);
constexpr std::uint64_t kBoolTag = static_cast<std::uint64_t>(ValueKind::Bool);
constexpr std::uint64_t kFirstHeapTag = static_cast<std::uint64_t>(ValueKind::String);

inline std::uint64_t load_word(const Instruction* pc) {
    std::uint64_t word;
    std::memcpy(&word, pc, sizeof word);
    return word;
}
inline Instruction unpack(std::uint64_t word) { return std::bit_cast<Instruction>(word); }

inline bool both_int(const Value& a, const Value& b) { return a.tag() == kIntTag && b.tag() == kIntTag; }
inline bool both_float(const Value& a, const Value& b) { return a.tag() == kFloatTag && b.tag() == kFloatTag; }
inline bool both_number(const Value& a, const Value& b) { return a.is_number() && b.is_number(); }

/// Copies a register: two narrow words, see value.h.
inline void copy_register(Value& target, const Value& source) {
    if (source.is_heap()) retain(source.object());
    target.replace(source.tag(), source.bits());
}
inline void move_register(Value& target, Value& source) {
    const std::uint64_t tag = source.tag(), bits = source.bits();
    source.forget();
    target.replace(tag, bits);
}

/// A temporary that was read for the last time. Out of line: it may free something.
__attribute__((noinline)) void drop_register(Value& reg) { reg.set_null(); }

/// Ends the running frame, which has no flags: its registers are released, the result goes to the caller's window.
void leave_frame(Vm& vm, Instruction ins) {
    Frame* frame = vm.frame;
    Value* base = frame->base;
    Value result;
    if (ins.op == Op::Return) result = std::move(base[ins.a]);
    for (Value *slot = base, *end = base + frame->code->register_count; slot != end; ++slot) {
        if (slot->is_heap()) slot->set_null();
    }
    base[-1] = std::move(result);
    vm.frame = frame - 1;
}

inline bool quick_truth(const Value& value, bool& truth) {
    if (value.tag() <= kFloatTag) {
        truth = value.tag() == kFloatTag ? value.as_float() != 0 : value.bits() != 0;
        if (value.is_null()) truth = false;
        return true;
    }
    return false;
}

}  // namespace

#define A static_cast<std::uint16_t>(ins >> 16)
#define B static_cast<std::uint16_t>(ins >> 32)
#define C static_cast<std::uint16_t>(ins >> 48)
#define SB static_cast<std::int16_t>(ins >> 32)
#define SC static_cast<std::int16_t>(ins >> 48)
#define D static_cast<std::uint32_t>(ins >> 32)
#define SD static_cast<std::int32_t>(ins >> 32)
// A conditional jump must be a branch: as a conditional move the next instruction's address would wait for the comparison, and
// with it everything that follows; as a branch it is predicted.
#define TAKE_JUMP(distance)           \
    do {                              \
        pc += (distance);             \
        asm volatile("" : "+r"(pc));  \
    } while (0)
#define FLAGS static_cast<std::uint8_t>(ins >> 8)
#define RA base[A]
#define RB base[B]
#define RC base[C]
#define KC k[C]
#define KB k[B]

#if defined(RUFF_DISPATCH_TAIL)

#define HANDLER_ARGUMENTS Vm *vm, const Instruction *pc, Value *base, const Value *k, std::uint64_t ins
using Handler = void __attribute__((preserve_none)) (*)(HANDLER_ARGUMENTS);
extern const Handler kHandlers[256];

#define OP(Name) static void __attribute__((preserve_none)) op_##Name([[maybe_unused]] HANDLER_ARGUMENTS)
#define NEXT()                                                                          \
    do {                                                                                \
        const std::uint64_t next_word = load_word(pc);                                  \
        [[clang::musttail]] return kHandlers[next_word & 0xff](vm, pc + 1, base, k, next_word); \
    } while (0)
#define RELOAD()                           \
    do {                                   \
        pc = vm->frame->pc;                \
        base = vm->frame->base;            \
        k = vm->frame->code->constants;    \
    } while (0)

/// A cold function as the target of a jump: the fast handler keeps no frame for it.
template <bool (*function)(Vm&, Instruction)>
__attribute__((preserve_none, noinline, cold)) static void slow_handler(HANDLER_ARGUMENTS) {
    vm->frame->pc = pc;
    if (!function(*vm, unpack(ins))) return;
    RELOAD();
    NEXT();
}
#define SLOW(function) [[clang::musttail]] return slow_handler<function>(vm, pc, base, k, ins)

/// Goes on after releasing the object at address `ins`: calls stay out of the fast handlers, which then need no stack frame.
__attribute__((preserve_none, noinline)) static void release_handler(HANDLER_ARGUMENTS) {
    release(std::bit_cast<Object*>(ins));
    NEXT();
}
#define RELEASE_NEXT(object_bits) [[clang::musttail]] return release_handler(vm, pc, base, k, object_bits)

/// The return of a frame without flags whose registers hold heap values.
__attribute__((preserve_none, noinline)) static void return_with_heap(HANDLER_ARGUMENTS) {
    pc = nullptr;
    leave_frame(*vm, unpack(ins));
    RELOAD();
    NEXT();
}
#define RETURN_WITH_HEAP() [[clang::musttail]] return return_with_heap(vm, pc, base, k, ins)
#define OP_SLOW(Name, function) OP(Name) { SLOW(function); }

#else

#define RELOAD()                           \
    do {                                   \
        pc = vm->frame->pc;                \
        base = vm->frame->base;            \
        k = vm->frame->code->constants;    \
    } while (0)
#define SLOW(function)                                   \
    do {                                                 \
        vm->frame->pc = pc;                              \
        if (!function(*vm, unpack(ins))) return;         \
        RELOAD();                                        \
        NEXT();                                          \
    } while (0)
#define OP_SLOW(Name, function) OP(Name) { SLOW(function); }
#define RETURN_WITH_HEAP()              \
    do {                                \
        leave_frame(*vm, unpack(ins));  \
        RELOAD();                       \
        NEXT();                         \
    } while (0)
#define RELEASE_NEXT(object_bits)                       \
    do {                                                \
        release(std::bit_cast<Object*>(object_bits));   \
        NEXT();                                         \
    } while (0)

#if defined(RUFF_DISPATCH_GOTO)
#define OP(Name) L_##Name:
#define NEXT()                          \
    do {                                \
        ins = load_word(pc);            \
        ++pc;                           \
        goto* kLabels[ins & 0xff];      \
    } while (0)
#else
#define OP(Name) case Op::Name:
#define NEXT() goto next_instruction
#endif

#endif

// Writes a register and ends the handler; what it held is released last.
#define WRITE(target, new_tag, new_bits)                                                                 \
    do {                                                                                                 \
        Value& written = (target);                                                                       \
        const std::uint64_t old_tag = written.tag(), old_bits = written.bits();                          \
        written.set_raw(new_tag, new_bits);                                                              \
        if (old_tag >= kFirstHeapTag) [[unlikely]] RELEASE_NEXT(old_bits);                               \
        NEXT();                                                                                          \
    } while (0)
#define WRITE_INT(target, value) WRITE(target, kIntTag, static_cast<std::uint64_t>(value))
#define WRITE_FLOAT(target, value) WRITE(target, kFloatTag, std::bit_cast<std::uint64_t>(static_cast<double>(value)))
#define WRITE_BOOL(target, value) WRITE(target, kBoolTag, static_cast<std::uint64_t>((value) ? 1 : 0))
#define WRITE_COPY(target, source)                                                                       \
    do {                                                                                                 \
        const Value& copied = (source);                                                                  \
        const std::uint64_t copied_tag = copied.tag(), copied_bits = copied.bits();                      \
        if (copied_tag >= kFirstHeapTag) retain(std::bit_cast<Object*>(copied_bits));                    \
        WRITE(target, copied_tag, copied_bits);                                                          \
    } while (0)
#define WRITE_MOVE(target, source)                                                                       \
    do {                                                                                                 \
        Value& moved = (source);                                                                         \
        const std::uint64_t moved_tag = moved.tag(), moved_bits = moved.bits();                          \
        moved.forget();                                                                                  \
        WRITE(target, moved_tag, moved_bits);                                                            \
    } while (0)

#if defined(RUFF_DISPATCH_TAIL)

#include "core/vm/handlers.inc"

const Handler kHandlers[256] = {
#define OPCODE(Name, A, B, C, description) op_##Name,
#include "core/bytecode/opcodes.def"
};

void run_interpreter(Vm& vm) {
    const Instruction* pc = vm.frame->pc;
    const std::uint64_t word = load_word(pc);
    kHandlers[word & 0xff](&vm, pc + 1, vm.frame->base, vm.frame->code->constants, word);
}

#else

void run_interpreter(Vm& isolate) {
    Vm* const vm = &isolate;
    const Instruction* pc;
    Value* base;
    const Value* k;
    std::uint64_t ins;
    RELOAD();
#if defined(RUFF_DISPATCH_GOTO)
    static const void* const kLabels[] = {
#define OPCODE(Name, A, B, C, description) &&L_##Name,
#include "core/bytecode/opcodes.def"
    };
    NEXT();
#include "core/vm/handlers.inc"
#else
next_instruction:
    ins = load_word(pc);
    ++pc;
    switch (static_cast<Op>(ins & 0xff)) {
#include "core/vm/handlers.inc"
    }
#endif
}

#endif

}  // namespace ruff::vm
