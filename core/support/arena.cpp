#include "core/support/arena.h"

#include <algorithm>

namespace ruff {
namespace {

constexpr std::size_t kFirstBlock = 4 * 1024;
constexpr std::size_t kLargestBlock = 1024 * 1024;

}  // namespace

void* Arena::allocate_slow(std::size_t size, std::size_t alignment) {
    std::size_t growth = std::clamp(capacity_, kFirstBlock, kLargestBlock);
    std::size_t block_size = std::max(growth, size + alignment);
    // Not value-initialised: a fresh block would be written twice.
    blocks_.push_back(std::unique_ptr<std::byte[]>(new std::byte[block_size]));
    capacity_ += block_size;
    next_ = blocks_.back().get();
    end_ = next_ + block_size;
    return allocate(size, alignment);
}

}  // namespace ruff
