#pragma once
// Offsets into long texts, by string; see string.cpp. Kept beside the heap: immortal strings are shared between threads.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/vm/object.h"

namespace ruff::vm {

struct BreadcrumbTable {
    /// Byte offsets of code points 0, 64, 128 …
    std::unordered_map<const StringObject*, std::vector<std::uint32_t>> all;
    /// The string asked for last is at hand: programs walk one text at a time.
    const StringObject* last = nullptr;
    std::vector<std::uint32_t>* last_offsets = nullptr;
};

}  // namespace ruff::vm
