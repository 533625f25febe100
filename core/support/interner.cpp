#include "core/support/interner.h"

#include <functional>

namespace ruff {
namespace {

std::uint32_t hash_text(std::string_view text) {
    std::uint64_t hash = std::hash<std::string_view>{}(text);
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

Interner::Interner() : slots_(256) {}

std::size_t Interner::find_slot(std::string_view text, std::uint32_t hash) const {
    std::size_t mask = slots_.size() - 1;
    for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
        const Slot& slot = slots_[i];
        if (slot.symbol == kEmpty || (slot.hash == hash && texts_[slot.symbol] == text)) return i;
    }
}

Symbol Interner::intern(std::string_view text) {
    std::uint32_t hash = hash_text(text);
    std::size_t index = find_slot(text, hash);
    if (slots_[index].symbol != kEmpty) return Symbol{slots_[index].symbol};
    if (texts_.size() * 2 >= slots_.size()) {
        grow();
        index = find_slot(text, hash);
    }
    auto symbol = static_cast<std::uint32_t>(texts_.size());
    texts_.push_back(arena_.copy(text));
    slots_[index] = {hash, symbol};
    return Symbol{symbol};
}

bool Interner::find(std::string_view text, Symbol& symbol) const {
    const Slot& slot = slots_[find_slot(text, hash_text(text))];
    if (slot.symbol == kEmpty) return false;
    symbol = Symbol{slot.symbol};
    return true;
}

void Interner::grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_.assign(old.size() * 2, Slot{});
    std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
        if (slot.symbol == kEmpty) continue;
        std::size_t i = slot.hash & mask;
        while (slots_[i].symbol != kEmpty) i = (i + 1) & mask;
        slots_[i] = slot;
    }
}

}  // namespace ruff
