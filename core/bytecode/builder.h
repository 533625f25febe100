#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/bytecode/program.h"

namespace ruff::bytecode {

/// A place in the code that jumps go to; valid for the builder that made it.
enum class Label : std::uint32_t {};

/// Writes the code of one function: instructions, jumps by label, constants (each once), positions, handlers.
///
/// A function that outgrows the operands (65,536 registers, constants, sites or places) is finished all the same, but
/// `is_overflowing()`: the caller reports that and throws the code away.
class FunctionBuilder {
public:
    explicit FunctionBuilder(Function& function) : function_(function) {}
    FunctionBuilder(const FunctionBuilder&) = delete;
    FunctionBuilder& operator=(const FunctionBuilder&) = delete;

    /// Every instruction from here on is reported at `span` when it raises.
    void set_position(Span span) { position_ = span; }
    [[nodiscard]] Span position() const { return position_; }

    /// The index of the next instruction. Not a jump target: see bind().
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(function_.code.size()); }

    std::uint32_t emit(Op op, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0, std::uint8_t flags = 0);
    std::uint32_t emit_wide(Op op, std::uint32_t a, std::uint32_t wide, std::uint8_t flags = 0);
    /// Any instruction with a Jump or WideJump operand. Distances that do not fit 16 bits are bridged by finish().
    std::uint32_t emit_jump(Op op, Label target, std::uint32_t a = 0, std::uint32_t b = 0, std::uint8_t flags = 0);

    [[nodiscard]] Instruction& at(std::uint32_t index) { return function_.code[index]; }
    /// The last instruction, or null when a label is bound behind it or there is none.
    [[nodiscard]] Instruction* last();

    [[nodiscard]] Label new_label();
    void bind(Label label);
    [[nodiscard]] bool is_bound(Label label) const { return labels_[static_cast<std::size_t>(label)] != kUnbound; }

    std::uint32_t constant(std::int64_t value);
    std::uint32_t constant(double value);
    std::uint32_t constant(bool value);
    std::uint32_t constant(std::string_view text);
    std::uint32_t constant(FunctionConstant value);
    std::uint32_t constant(StructConstant value);
    std::uint32_t constant(VariantConstant value);
    std::uint32_t constant(NameList names);
    std::uint32_t constant(RaiseConstant error);
    /// Two constants side by side: the operand of TestNumberRange.
    std::uint32_t constant_pair(Constant first, Constant second);

    /// Constants for 16-bit operands: false when the index does not fit.
    [[nodiscard]] static bool fits_operand(std::uint32_t index) { return index <= 0xffff; }

    std::uint32_t site(std::string_view name);
    std::uint32_t site(std::string_view name, std::vector<std::string> argument_names);
    std::uint32_t place(Place place);

    /// Handlers are added innermost first, that is when their range ends.
    void add_handler(Handler::Kind kind, std::uint32_t reg, Label begin, Label end, Label target);

    /// Resolves the jumps. The function is complete then, but for its last uses (assign_last_uses).
    void finish(std::uint32_t register_count);
    [[nodiscard]] bool is_overflowing() const { return is_overflowing_; }
    void set_overflowing() { is_overflowing_ = true; }

private:
    static constexpr std::uint32_t kUnbound = 0xffffffff;

    struct PendingJump { std::uint32_t at; Label target; };
    struct PendingHandler { Handler::Kind kind; std::uint32_t reg; Label begin, end, target; };
    struct Slot { std::uint32_t hash, index; };

    std::uint16_t narrow(std::uint32_t value);
    void record_position();
    template <class T> std::uint32_t constant_of(T value, std::uint64_t hash);
    void grow_slots();
    [[nodiscard]] std::uint32_t target_of(Label label) const { return labels_[static_cast<std::size_t>(label)]; }
    [[nodiscard]] bool is_short(const PendingJump& jump) const;
    void bridge_long_jumps();
    void resolve_jumps();
    void resolve_handlers();

    Function& function_;
    Span position_;
    std::vector<std::uint32_t> labels_;
    std::uint32_t last_bound_ = 0;  // where the last label was bound
    std::vector<PendingJump> jumps_;
    std::vector<PendingHandler> handlers_;
    std::vector<Slot> slots_;  // open addressing over the constants, a power of two, at most half full
    std::uint32_t slot_count_ = 0;
    bool is_overflowing_ = false;
};

}  // namespace ruff::bytecode
