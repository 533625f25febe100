#pragma once
// The bytes of a message, as its writer and its reader know them. Essay in message.cpp.

#include <cstddef>
#include <cstdint>

#include "core/vm/heap.h"

namespace ruff::vm {

/// Flat memory of more than this goes as a block of its own.
inline constexpr std::size_t kBlockSize = 4096;
static_assert(kBlockSize >= Heap::kMaxSmall);

/// First byte of each value in a message.
enum class Tag : std::uint8_t {
    Null, False, True, Int, Float, Unset, Held, Unsent, Immortal, Back, String, StringBlock, Array, ArrayBlock, Dict, Set, Range,
    Struct, Variant, Closure, BoundMethod, Cell, Error, Module, Transfer,
};
inline constexpr std::uint8_t kNumbered = 0x80;   ///< with a tag: the object may be met again

}  // namespace ruff::vm
