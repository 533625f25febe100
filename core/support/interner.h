#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/support/arena.h"

namespace ruff {

/// A name as a number: equal text, equal symbol, within one `Interner`.
enum class Symbol : std::uint32_t {};

/// Gives each distinct text a dense number, from 0 up in order of first appearance. Not thread-safe.
class Interner {
public:
    Interner();

    Symbol intern(std::string_view text);
    /// The symbol of `text` if it was interned before; otherwise false.
    [[nodiscard]] bool find(std::string_view text, Symbol& symbol) const;
    [[nodiscard]] std::string_view text(Symbol symbol) const { return texts_[static_cast<std::size_t>(symbol)]; }
    [[nodiscard]] std::size_t size() const { return texts_.size(); }

private:
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t symbol = kEmpty;
    };
    static constexpr std::uint32_t kEmpty = ~0u;

    [[nodiscard]] std::size_t find_slot(std::string_view text, std::uint32_t hash) const;
    void grow();

    Arena arena_;
    std::vector<std::string_view> texts_;
    std::vector<Slot> slots_;  // open addressing, linear probes, a power of two, at most half full
};

}  // namespace ruff
