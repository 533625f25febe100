#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ruff {

/// Memory that is given out by moving a pointer and freed all at once. Holds only types without a destructor.
/// Addresses never change, also not when the arena is moved. Not thread-safe while allocating.
class Arena {
public:
    Arena() = default;
    Arena(Arena&&) noexcept = default;
    Arena& operator=(Arena&&) noexcept = default;

    template <class T, class... Args>
    T* make(Args&&... args) {
        static_assert(std::is_trivially_destructible_v<T>, "an arena runs no destructors");
        return new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
    }

    /// A copy of `items` that lives as long as the arena; an empty span costs nothing.
    template <class T>
    std::span<T> copy(std::span<const T> items) {
        static_assert(std::is_trivially_copyable_v<T>);
        if (items.empty()) return {};
        T* place = static_cast<T*>(allocate(items.size_bytes(), alignof(T)));
        std::memcpy(place, items.data(), items.size_bytes());
        return {place, items.size()};
    }

    std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        auto* place = static_cast<char*>(allocate(text.size(), 1));
        std::memcpy(place, text.data(), text.size());
        return {place, text.size()};
    }

    void* allocate(std::size_t size, std::size_t alignment) {
        auto address = (reinterpret_cast<std::uintptr_t>(next_) + alignment - 1) & ~(alignment - 1);
        if (address + size > reinterpret_cast<std::uintptr_t>(end_)) return allocate_slow(size, alignment);
        next_ = reinterpret_cast<std::byte*>(address + size);
        return reinterpret_cast<void*>(address);
    }

    /// Bytes taken from the system.
    [[nodiscard]] std::size_t capacity() const { return capacity_; }

private:
    void* allocate_slow(std::size_t size, std::size_t alignment);

    std::vector<std::unique_ptr<std::byte[]>> blocks_;
    std::byte* next_ = nullptr;
    std::byte* end_ = nullptr;
    std::size_t capacity_ = 0;
};

}  // namespace ruff
