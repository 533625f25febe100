#include "core/bytecode/builder.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/bytecode/operands.h"

namespace ruff::bytecode {
namespace {

constexpr std::uint32_t kEmptySlot = 0xffffffff;

std::uint64_t mix(std::uint64_t value) {
    value ^= value >> 32;
    value *= 0x9e3779b97f4a7c15;
    return value ^ value >> 29;
}

std::uint64_t hash_text(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    return hash;
}

bool same_constant(std::int64_t left, std::int64_t right) { return left == right; }
bool same_constant(bool left, bool right) { return left == right; }
// Bit by bit: -0.0 is another constant than 0.0.
bool same_constant(double left, double right) {
    return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right);
}
bool same_constant(const std::string& left, std::string_view right) { return left == right; }
bool same_constant(FunctionConstant left, FunctionConstant right) { return left.function == right.function; }
bool same_constant(StructConstant left, StructConstant right) { return left.type == right.type; }
bool same_constant(VariantConstant left, VariantConstant right) {
    return left.type == right.type && left.variant == right.variant;
}

template <class T> struct StoredAs { using Type = T; };
template <> struct StoredAs<std::string_view> { using Type = std::string; };

}  // namespace

std::uint16_t FunctionBuilder::narrow(std::uint32_t value) {
    // Signed immediates and jump distances arrive sign-extended.
    if (value > 0xffff && static_cast<std::int32_t>(value) < -0x8000) is_overflowing_ = true;
    if (value > 0xffff && static_cast<std::int32_t>(value) > 0) is_overflowing_ = true;
    return static_cast<std::uint16_t>(value);
}

void FunctionBuilder::record_position() {
    std::vector<PositionEntry>& positions = function_.positions;
    if (!positions.empty() && positions.back().span == position_) return;
    if (!positions.empty() && positions.back().pc == size()) {
        positions.back().span = position_;
        return;
    }
    positions.push_back({size(), position_});
}

std::uint32_t FunctionBuilder::emit(Op op, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint8_t flags) {
    record_position();
    function_.code.push_back({op, flags, narrow(a), narrow(b), narrow(c)});
    return size() - 1;
}

std::uint32_t FunctionBuilder::emit_wide(Op op, std::uint32_t a, std::uint32_t wide, std::uint8_t flags) {
    const std::uint32_t at = emit(op, a, 0, 0, flags);
    function_.code[at].set_wide(wide);
    return at;
}

std::uint32_t FunctionBuilder::emit_jump(Op op, Label target, std::uint32_t a, std::uint32_t b, std::uint8_t flags) {
    const std::uint32_t at = emit(op, a, b, 0, flags);
    jumps_.push_back({at, target});
    return at;
}

Instruction* FunctionBuilder::last() {
    return size() > last_bound_ ? &function_.code.back() : nullptr;
}

Label FunctionBuilder::new_label() {
    labels_.push_back(kUnbound);
    return static_cast<Label>(labels_.size() - 1);
}

void FunctionBuilder::bind(Label label) {
    labels_[static_cast<std::size_t>(label)] = size();
    last_bound_ = size();
}

void FunctionBuilder::grow_slots() {
    std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2, Slot{0, kEmptySlot});
    old.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
        if (slot.index == kEmptySlot) continue;
        std::size_t at = slot.hash & mask;
        while (slots_[at].index != kEmptySlot) at = (at + 1) & mask;
        slots_[at] = slot;
    }
}

template <class T>
std::uint32_t FunctionBuilder::constant_of(T value, std::uint64_t hash) {
    using Stored = typename StoredAs<T>::Type;
    if (slot_count_ * 2 >= slots_.size()) grow_slots();
    const auto short_hash = static_cast<std::uint32_t>(mix(hash));
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = short_hash & mask;
    for (; slots_[at].index != kEmptySlot; at = (at + 1) & mask) {
        if (slots_[at].hash != short_hash) continue;
        const Stored* stored = std::get_if<Stored>(&function_.constants[slots_[at].index]);
        if (stored != nullptr && same_constant(*stored, value)) return slots_[at].index;
    }
    const auto index = static_cast<std::uint32_t>(function_.constants.size());
    function_.constants.emplace_back(std::in_place_type<Stored>, value);
    slots_[at] = {short_hash, index};
    ++slot_count_;
    return index;
}

std::uint32_t FunctionBuilder::constant(std::int64_t value) {
    return constant_of(value, static_cast<std::uint64_t>(value));
}
std::uint32_t FunctionBuilder::constant(double value) {
    return constant_of(value, std::bit_cast<std::uint64_t>(value) + 1);
}
std::uint32_t FunctionBuilder::constant(bool value) { return constant_of(value, value ? 3u : 2u); }
std::uint32_t FunctionBuilder::constant(std::string_view text) { return constant_of(text, hash_text(text)); }
std::uint32_t FunctionBuilder::constant(FunctionConstant value) {
    return constant_of(value, 0x100000000u + value.function);
}
std::uint32_t FunctionBuilder::constant(StructConstant value) { return constant_of(value, 0x200000000u + value.type); }
std::uint32_t FunctionBuilder::constant(VariantConstant value) {
    return constant_of(value, 0x300000000u + (static_cast<std::uint64_t>(value.type) << 16) + value.variant);
}

std::uint32_t FunctionBuilder::constant(NameList names) {
    function_.constants.emplace_back(std::move(names));
    return static_cast<std::uint32_t>(function_.constants.size() - 1);
}
std::uint32_t FunctionBuilder::constant(RaiseConstant error) {
    function_.constants.emplace_back(std::move(error));
    return static_cast<std::uint32_t>(function_.constants.size() - 1);
}
std::uint32_t FunctionBuilder::constant_pair(Constant first, Constant second) {
    function_.constants.push_back(std::move(first));
    function_.constants.push_back(std::move(second));
    return static_cast<std::uint32_t>(function_.constants.size() - 2);
}

std::uint32_t FunctionBuilder::site(std::string_view name) {
    function_.sites.push_back({std::string(name), {}});
    return static_cast<std::uint32_t>(function_.sites.size() - 1);
}
std::uint32_t FunctionBuilder::site(std::string_view name, std::vector<std::string> argument_names) {
    function_.sites.push_back({std::string(name), std::move(argument_names)});
    return static_cast<std::uint32_t>(function_.sites.size() - 1);
}
std::uint32_t FunctionBuilder::place(Place place) {
    function_.places.push_back(std::move(place));
    return static_cast<std::uint32_t>(function_.places.size() - 1);
}

void FunctionBuilder::add_handler(Handler::Kind kind, std::uint32_t reg, Label begin, Label end, Label target) {
    handlers_.push_back({kind, reg, begin, end, target});
}

bool FunctionBuilder::is_short(const PendingJump& jump) const {
    if (op_info(function_.code[jump.at].op).c != Operand::Jump) return true;
    const auto distance = static_cast<std::int64_t>(target_of(jump.target)) - jump.at - 1;
    return distance >= -0x8000 && distance <= 0x7fff;
}

// A conditional jump with a 16-bit distance that is too far from its target becomes
//
//         JumpLess a b -> far
//         Jump -> on
//    far: Jump -> target        (distance of 32 bits)
//    on:  ...
//
// Only functions of more than 32,767 instructions come here. Bridging moves code, so other jumps may become too long:
// repeated until none is.
void FunctionBuilder::bridge_long_jumps() {
    for (;;) {
        std::vector<std::size_t> too_long;
        for (std::size_t i = 0; i < jumps_.size(); ++i) {
            if (!is_short(jumps_[i])) too_long.push_back(i);
        }
        if (too_long.empty()) return;

        std::vector<std::uint32_t> moved_to(function_.code.size() + 1);
        std::vector<Instruction> code;
        code.reserve(function_.code.size() + too_long.size() * 2);
        std::vector<PendingJump> bridges;
        std::size_t next = 0;
        for (std::uint32_t at = 0; at < function_.code.size(); ++at) {
            moved_to[at] = static_cast<std::uint32_t>(code.size());
            code.push_back(function_.code[at]);
            if (next == too_long.size() || jumps_[too_long[next]].at != at) continue;
            const auto bridge = static_cast<std::uint32_t>(code.size());
            Instruction jump{};
            jump.op = Op::Jump;
            code.push_back(jump);
            code.push_back(jump);
            bridges.push_back({bridge + 1, jumps_[too_long[next]].target});
            ++next;
        }
        moved_to[function_.code.size()] = static_cast<std::uint32_t>(code.size());

        for (std::uint32_t& label : labels_) {
            if (label != kUnbound) label = moved_to[label];
        }
        for (PendingJump& jump : jumps_) jump.at = moved_to[jump.at];
        for (PositionEntry& entry : function_.positions) entry.pc = moved_to[entry.pc];
        function_.code = std::move(code);
        for (std::size_t i = 0; i < bridges.size(); ++i) {
            const Label far = new_label();
            const Label on = new_label();
            labels_[static_cast<std::size_t>(far)] = bridges[i].at;
            labels_[static_cast<std::size_t>(on)] = bridges[i].at + 1;
            jumps_[too_long[i]].target = far;
            jumps_.push_back({bridges[i].at - 1, on});
            jumps_.push_back(bridges[i]);
        }
        std::sort(jumps_.begin(), jumps_.end(), [](const auto& l, const auto& r) { return l.at < r.at; });
    }
}

void FunctionBuilder::resolve_jumps() {
    for (const PendingJump& jump : jumps_) {
        Instruction& instruction = function_.code[jump.at];
        const auto distance = static_cast<std::int32_t>(target_of(jump.target)) - static_cast<std::int32_t>(jump.at) - 1;
        if (op_info(instruction.op).b == Operand::WideJump) {
            instruction.set_wide(static_cast<std::uint32_t>(distance));
        } else {
            instruction.c = static_cast<std::uint16_t>(distance);
        }
    }
}

void FunctionBuilder::resolve_handlers() {
    for (const PendingHandler& handler : handlers_) {
        const std::uint32_t begin = target_of(handler.begin);
        const std::uint32_t end = target_of(handler.end);
        if (begin == end) continue;
        function_.handlers.push_back({handler.kind, narrow(handler.reg), begin, end, target_of(handler.target)});
    }
}

void FunctionBuilder::finish(std::uint32_t register_count) {
    bridge_long_jumps();
    resolve_jumps();
    resolve_handlers();
    function_.register_count = narrow(register_count);
    if (function_.sites.size() > 0x10000 || function_.places.size() > 0x10000) is_overflowing_ = true;
}

}  // namespace ruff::bytecode
