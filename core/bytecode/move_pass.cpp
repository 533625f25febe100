#include "core/bytecode/move_pass.h"

// A backward liveness analysis over the registers that are handed on somewhere.
//
// The compiler emits every hand-over of a variable as a copy (`Move tmp, x`, `Return x`, `SetGlobal x`). Here the copies
// whose source is dead afterwards become moves. A register is live before an instruction if the instruction reads it, or
// if it is live afterwards and not overwritten; an instruction inside the range of a handler may continue at its target,
// so what is live there is live before every instruction of the range.
//
// Only registers that occur as a Copy operand matter, and most functions have a handful: they are numbered densely and
// handled 64 at a time, one machine word a basic block. A `Clear` at the end of a block overwrites and so ends liveness.
//
// Limits: a function so large that the work would be felt (blocks times words) keeps its remaining copies.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/bytecode/operands.h"

namespace ruff::bytecode {
namespace {

constexpr std::uint16_t kNotCandidate = 0xffff;
constexpr std::uint64_t kMaxWork = 400'000'000;  // instructions looked at, over all words

struct Block {
    std::uint32_t begin = 0, end = 0;
    std::uint32_t successors[2] = {kNoIndex, kNoIndex};
    std::uint64_t live_in = 0;
};

class LastUses {
public:
    LastUses(Function& function, const Program& program, std::uint32_t held_count)
        : function_(function), program_(program), held_count_(held_count) {}

    void run() {
        find_candidates();
        if (candidates_.empty()) return;
        find_blocks();
        find_handlers();
        std::uint64_t work = 0;
        for (std::size_t first = 0; first < candidates_.size() && work < kMaxWork; first += 64) {
            first_ = static_cast<std::uint32_t>(first);
            held_ = 0;
            for (std::uint32_t reg = 0; reg < held_count_; ++reg) held_ |= bit(reg);
            work += solve();
            mark();
        }
    }

private:
    // --- preparation

    static std::uint8_t take_flag(int operand) { return static_cast<std::uint8_t>(1 << operand); }

    template <class Visit>
    static void for_each_copy(Instruction& instruction, Visit&& visit) {
        const OpInfo& info = op_info(instruction.op);
        if (info.a == Operand::Copy) visit(instruction.a, take_flag(0));
        if (info.b == Operand::Copy) visit(instruction.b, take_flag(1));
        if (info.c == Operand::Copy) visit(instruction.c, take_flag(2));
    }

    // `self` of a mutating method is never given up: however the method is left, by an error too, what register 0
    // holds goes back to the receiver's place.
    void find_candidates() {
        number_.assign(function_.register_count, kNotCandidate);
        for (Instruction& instruction : function_.code) {
            for_each_copy(instruction, [&](std::uint16_t reg, std::uint8_t flag) {
                if (reg == 0 && function_.mutates_self) return;
                if ((instruction.flags & flag) != 0 || number_[reg] != kNotCandidate) return;
                // The receiver goes back to its place when the method ends, however it ends.
                if (reg == 0 && function_.mutates_self) return;
                number_[reg] = static_cast<std::uint16_t>(candidates_.size());
                candidates_.push_back(reg);
            });
        }
    }

    [[nodiscard]] std::uint32_t jump_target(std::uint32_t pc) const {
        const Instruction& instruction = function_.code[pc];
        if (op_info(instruction.op).b == Operand::WideJump) {
            return static_cast<std::uint32_t>(static_cast<std::int64_t>(pc) + 1 + instruction.wide_signed());
        }
        if (op_info(instruction.op).c == Operand::Jump) return pc + 1 + static_cast<std::int32_t>(instruction.signed_c());
        // Done in place, the two instructions behind it are skipped.
        if (instruction.op == Op::UpdatePlace) return pc + 3;
        return kNoIndex;
    }

    static bool falls_through(Op op) {
        return op != Op::Jump && op != Op::Loop && op != Op::Return && op != Op::ReturnNull && op != Op::Throw &&
               op != Op::Rethrow && op != Op::Raise;
    }

    void find_blocks() {
        const auto size = static_cast<std::uint32_t>(function_.code.size());
        std::vector<bool> is_leader(size + 1, false);
        is_leader[0] = true;
        for (std::uint32_t pc = 0; pc < size; ++pc) {
            const std::uint32_t target = jump_target(pc);
            if (target != kNoIndex) is_leader[target] = true;
            if (target != kNoIndex || !falls_through(function_.code[pc].op)) is_leader[pc + 1] = true;
        }
        for (const Handler& handler : function_.handlers) {
            is_leader[handler.begin] = is_leader[handler.end] = is_leader[handler.target] = true;
        }
        block_of_.assign(size + 1, kNoIndex);
        for (std::uint32_t pc = 0; pc < size; ++pc) {
            if (is_leader[pc]) blocks_.push_back({pc, pc, {kNoIndex, kNoIndex}, 0});
            blocks_.back().end = pc + 1;
            block_of_[pc] = static_cast<std::uint32_t>(blocks_.size() - 1);
        }
        for (Block& block : blocks_) {
            const std::uint32_t last = block.end - 1;
            if (falls_through(function_.code[last].op) && block.end < size) block.successors[0] = block_of_[block.end];
            const std::uint32_t target = jump_target(last);
            if (target != kNoIndex && target < size) block.successors[1] = block_of_[target];
        }
    }

    // Per block the blocks where the handlers around it begin.
    void find_handlers() {
        handler_targets_.resize(blocks_.size());
        for (const Handler& handler : function_.handlers) {
            if (handler.kind == Handler::Cause) continue;
            for (std::uint32_t block = block_of_[handler.begin];
                 block < blocks_.size() && blocks_[block].begin < handler.end; ++block) {
                handler_targets_[block].push_back(block_of_[handler.target]);
            }
        }
    }

    // --- one word of candidates

    [[nodiscard]] std::uint64_t bit(std::uint32_t reg) const {
        if (reg >= number_.size() || number_[reg] == kNotCandidate) return 0;
        const std::uint32_t index = number_[reg] - first_;
        return index < 64 ? std::uint64_t{1} << index : 0;
    }

    [[nodiscard]] std::uint64_t live_in_handlers(std::size_t block) const {
        std::uint64_t live = 0;
        for (const std::uint32_t target : handler_targets_[block]) live |= blocks_[target].live_in;
        return live;
    }

    [[nodiscard]] std::uint64_t live_out(const Block& block) const {
        std::uint64_t live = 0;
        for (const std::uint32_t successor : block.successors) {
            if (successor != kNoIndex) live |= blocks_[successor].live_in;
        }
        const Op last = function_.code[block.end - 1].op;
        if (last == Op::Return || last == Op::ReturnNull) live |= held_;
        return live;
    }

    [[nodiscard]] std::uint64_t before(const Instruction& instruction, std::uint64_t live) const {
        for_each_write(instruction, [&](std::uint32_t reg) { live &= ~bit(reg); });
        for_each_read(instruction, function_, program_, [&](std::uint32_t reg) { live |= bit(reg); });
        return live;
    }

    // Liveness at the start of every block, from the end of the code backwards until nothing changes.
    // Gives the number of instructions looked at.
    std::uint64_t solve() {
        for (Block& block : blocks_) block.live_in = 0;
        std::uint64_t work = 0;
        for (bool has_changed = true; has_changed;) {
            has_changed = false;
            for (std::size_t i = blocks_.size(); i-- > 0;) {
                Block& block = blocks_[i];
                const std::uint64_t around = live_in_handlers(i);
                std::uint64_t live = live_out(block) | around;
                for (std::uint32_t pc = block.end; pc-- > block.begin;) {
                    live = before(function_.code[pc], live) | around;
                }
                work += block.end - block.begin;
                if (live != block.live_in) {
                    block.live_in = live;
                    has_changed = true;
                }
            }
        }
        return work;
    }

    void mark() {
        for (std::size_t i = 0; i < blocks_.size(); ++i) {
            const std::uint64_t around = live_in_handlers(i);
            std::uint64_t live = live_out(blocks_[i]) | around;
            for (std::uint32_t pc = blocks_[i].end; pc-- > blocks_[i].begin;) {
                Instruction& instruction = function_.code[pc];
                mark(instruction, live);
                live = before(instruction, live) | around;
            }
        }
    }

    // A register that two operands name is taken by neither, one that a place or a closure of the instruction reads
    // is not taken either. What the instruction itself overwrites may be: it is read first.
    void mark(Instruction& instruction, std::uint64_t live) {
        for_each_copy(instruction, [&](std::uint16_t reg, std::uint8_t flag) {
            const std::uint64_t candidate = bit(reg);
            if (candidate == 0 || (live & candidate) != 0) return;
            int reads = 0;
            for_each_read(instruction, function_, program_, [&](std::uint32_t other) { reads += other == reg; });
            if (reads == 1) instruction.flags |= flag;
        });
    }

    Function& function_;
    const Program& program_;
    const std::uint32_t held_count_;
    std::uint64_t held_ = 0;
    std::vector<std::uint16_t> number_;      // register -> index in candidates_
    std::vector<std::uint16_t> candidates_;  // registers
    std::vector<Block> blocks_;
    std::vector<std::uint32_t> block_of_;
    std::vector<std::vector<std::uint32_t>> handler_targets_;
    std::uint32_t first_ = 0;  // candidates first_ .. first_ + 63 are bits 0 .. 63
};

}  // namespace

void assign_last_uses(Function& function, const Program& program, std::uint32_t held_count) {
    LastUses(function, program, held_count).run();
}

}  // namespace ruff::bytecode
