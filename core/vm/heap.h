#pragma once
// The heap of one isolate: size-class free lists over slabs, the list of objects that can close a cycle, counters.
//
// Objects of up to kMaxSmall bytes come from free lists (one a 16-byte step) cut from slabs; larger ones from malloc.
// Freed memory goes back to its list, slabs go back to the system with the heap: a script ends soon, and exit frees nothing.
//
// Cycles. Values copy on write, so plain data cannot reach itself. Only an object with identity can close a cycle: a
// cell, a closure, a generator, a promise. Those are *tracked*: linked into the heap's list through the `TrackedHead`
// behind their object head. `collect_cycles` is trial deletion over the tracked objects and what they reach; the essay is
// in heap.cpp.
//
// Threads: one heap a thread, found through `current_heap()`.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/vm/value.h"

#if defined(__SANITIZE_ADDRESS__)
#define RUFF_HEAP_IS_MALLOC 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define RUFF_HEAP_IS_MALLOC 1
#endif
#endif

namespace ruff::vm {

/// In every object that can close a cycle, directly behind its head.
struct TrackedHead {
    TrackedHead* next = nullptr;       ///< null: not in the list
    TrackedHead* previous = nullptr;
};

/// The first members of every tracked object.
struct TrackedObject {
    Object head;
    TrackedHead links;
};

struct HeapCounters {
    std::uint64_t cow_copies = 0;          ///< containers copied because a shared one was changed; what the complexity tests watch
    std::uint64_t live_bytes = 0;          ///< slabs and large blocks held from the system
    std::uint64_t cycle_collections = 0;
    std::uint64_t cycles_freed = 0;        ///< tracked objects freed by them
};

struct BreadcrumbTable;                    // core/vm/breadcrumbs.h

class Heap {
public:
    Heap();
    ~Heap();
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;

    /// Uninitialised memory of `size` > 0 bytes, 16-aligned. Never null up to kMaxSmall; above it null when the system or
    /// the heap's limit refuses: the caller raises `out_of_memory`.
    [[nodiscard]] void* allocate(std::size_t size) {
        if (size <= kMaxSmall) [[likely]] return allocate_small((size + 15) / 16);
        return allocate_large(size);
    }
    void deallocate(void* memory, std::size_t size) noexcept {
        if (size <= kMaxSmall) [[likely]] return deallocate_small(memory, (size + 15) / 16);
        deallocate_large(memory, size);
    }
    /// Grows or shrinks a block; contents are kept. Null on refusal, the old block still valid.
    [[nodiscard]] void* reallocate(void* memory, std::size_t old_size, std::size_t new_size);

    void track(TrackedHead* head) noexcept {
        head->next = &tracked_;
        head->previous = tracked_.previous;
        tracked_.previous->next = head;
        tracked_.previous = head;
        ++tracked_count_;
    }
    void untrack(TrackedHead* head) noexcept {
        head->next->previous = head->previous;
        head->previous->next = head->next;
        head->next = nullptr;
        --tracked_count_;
    }
    /// Frees the cycles that nothing outside them reaches. Safe at any point where every live reference is counted.
    void collect_cycles();
    /// Called before a tracked object is made: collects when enough were made since the last time.
    void maybe_collect() {
        if (tracked_count_ >= collect_at_ || stress_) [[unlikely]] collect_cycles();
    }
    /// Collects at each tracked allocation: finds wrong counts early in tests.
    void set_stress(bool on) { stress_ = on; }

    /// Bytes that may be held from the system in all. Without it: most of what the machine, or the container, has to spare
    /// at the time when the heap first becomes large.
    void set_limit(std::uint64_t bytes) {
        limit_ = bytes;
        limit_is_known_ = true;
    }
    /// The alarm was raised and not answered: what builds many small objects without turning to the interpreter asks here.
    [[nodiscard]] bool is_alarmed() const {
        return alarm_ != nullptr && (alarm_->load(std::memory_order_relaxed) & alarm_bit_) != 0;
    }
    /// Small objects are given out beyond the limit, so that no caller has to check each: `bit` is set in `flags` instead,
    /// and the interpreter, which looks there at every turn of a loop, raises `Out of memory`.
    void set_alarm(std::atomic<std::uint32_t>* flags, std::uint32_t bit) {
        alarm_ = flags;
        alarm_bit_ = bit;
    }

    /// A large block (more than kMaxSmall bytes, from malloc) leaves for another isolate, or has come from one.
    void disown_large(std::size_t size) noexcept {
        counters.live_bytes -= size;
        --large_blocks_;
    }
    void adopt_large(std::size_t size) noexcept {
        counters.live_bytes += size;
        ++large_blocks_;
    }
    /// Whether `size` more bytes fit below the limit.
    [[nodiscard]] bool has_room_for(std::size_t size);

    /// Blocks given out and not yet returned. Walks the free lists: for tests.
    [[nodiscard]] std::size_t live_blocks() const;
    [[nodiscard]] std::size_t tracked_count() const { return tracked_count_; }

    HeapCounters counters;
    std::unique_ptr<BreadcrumbTable> breadcrumbs;   ///< offsets into long non-ASCII strings, see string.cpp

    static constexpr std::size_t kMaxSmall = 512;

private:
    friend void destroy_object(Object* object) noexcept;
    friend class CycleCollector;
    struct FreeBlock { FreeBlock* next; };

#ifdef RUFF_HEAP_IS_MALLOC
    // Every block on its own, so that the sanitizer sees each use after free.
    [[nodiscard]] void* allocate_small(std::size_t size_class) { return carve(size_class); }
    void deallocate_small(void* memory, std::size_t size_class) noexcept;
#else
    [[nodiscard]] void* allocate_small(std::size_t size_class) {
        FreeBlock* block = free_[size_class];
        if (!block) [[unlikely]] return carve(size_class);
        free_[size_class] = block->next;
        return block;
    }
    void deallocate_small(void* memory, std::size_t size_class) noexcept {
        auto* block = static_cast<FreeBlock*>(memory);
        block->next = free_[size_class];
        free_[size_class] = block;
    }
#endif
    [[nodiscard]] void* carve(std::size_t size_class);
    void add_slab();
    void sound_alarm();
    [[nodiscard]] void* allocate_large(std::size_t size);
    void deallocate_large(void* memory, std::size_t size) noexcept;
    void drain_doomed() noexcept;

    FreeBlock* free_[kMaxSmall / 16 + 1] = {};
    char* slab_ = nullptr;
    char* slab_end_ = nullptr;
    std::size_t carved_blocks_ = 0;
    std::size_t large_blocks_ = 0;
    TrackedHead tracked_;
    std::size_t tracked_count_ = 0;
    std::size_t collect_at_;
    std::uint64_t limit_;
    std::atomic<std::uint32_t>* alarm_ = nullptr;
    std::uint32_t alarm_bit_ = 0;
    bool limit_is_known_ = false;
    std::vector<void*> slabs_;
    std::vector<Object*> doomed_;   ///< dead objects nested too deep to free at once
    int free_depth_ = 0;
    bool collecting_ = false;
    bool stress_ = false;
};

namespace detail {
inline constinit thread_local Heap* t_heap = nullptr;
}

/// The heap of this thread's isolate. Set once when the isolate starts.
[[nodiscard]] inline Heap& current_heap() noexcept { return *detail::t_heap; }
inline void set_current_heap(Heap* heap) noexcept { detail::t_heap = heap; }

}  // namespace ruff::vm
