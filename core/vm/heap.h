#pragma once
// The heap of one isolate: size-class free lists over slabs, a list of the objects that can close a cycle, counters.
//
// Objects of up to kMaxSmall bytes come from free lists (one a 16-byte step) cut from 64 KiB slabs; larger ones from malloc.
// Freed memory goes back to its list, slabs never go back to the system: a script ends soon, and exit frees nothing.
//
// Cycles. Values copy on write, so plain data cannot reach itself. Only an object with identity can close a cycle: a
// cell, a closure, a generator, a promise or fiber, a channel. Those are *tracked*: linked into the heap's list through
// a `TrackedHead`. `collect_cycles` is trial deletion over the tracked objects and what they reach (see heap.cpp).
//
// Threads: one heap a thread, found through `current_heap()`.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/vm/value.h"

namespace ruff::vm {

/// In front of every object that can close a cycle.
struct TrackedHead {
    TrackedHead* next;
    TrackedHead* previous;
};

struct HeapCounters {
    std::uint64_t cow_copies = 0;       ///< containers copied because a shared one was changed; what the complexity tests watch
    std::uint64_t live_objects = 0;
    std::uint64_t live_bytes = 0;
    std::uint64_t cycle_collections = 0;
};

class Heap {
public:
    Heap();
    ~Heap();
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;

    /// Uninitialised memory of `size` bytes, 16-aligned. Never null for small sizes; for sizes above kMaxSmall null when
    /// the system or the heap's limit refuses: the caller raises `out_of_memory`.
    [[nodiscard]] void* allocate(std::size_t size);
    void deallocate(void* memory, std::size_t size) noexcept;
    /// Grows or shrinks a block of more than zero bytes; contents are kept. Null on refusal, the old block still valid.
    [[nodiscard]] void* reallocate(void* memory, std::size_t old_size, std::size_t new_size);

    void track(TrackedHead* head) noexcept;
    void untrack(TrackedHead* head) noexcept;
    /// Frees the cycles that nothing outside them reaches. Safe at any point where every live reference is counted.
    void collect_cycles();
    /// Called by allocations of tracked objects: collects when enough were made since the last time.
    void maybe_collect();
    /// Collects at each tracked allocation: finds wrong counts early in tests (RUFF_GC_STRESS=1).
    void set_stress(bool on) { stress_ = on; }
    /// Bytes that `allocate` may give out in all; the default is the machine's memory less an eighth.
    void set_limit(std::uint64_t bytes) { limit_ = bytes; }

    HeapCounters counters;

    static constexpr std::size_t kMaxSmall = 512;

private:
    friend void destroy_object(Object* object) noexcept;
    struct FreeBlock { FreeBlock* next; };

    [[nodiscard]] void* refill(std::size_t size_class);

    FreeBlock* free_[kMaxSmall / 16 + 1] = {};
    char* slab_ = nullptr;
    char* slab_end_ = nullptr;
    TrackedHead tracked_;
    std::size_t tracked_count_ = 0;
    std::size_t collect_at_ = 10'000;
    std::uint64_t limit_;
    std::vector<Object*> doomed_;   ///< objects being freed, waiting their turn: no recursion
    bool destroying_ = false;
    bool collecting_ = false;
    bool stress_ = false;
};

/// The heap of this thread's isolate. Set once when the isolate starts.
[[nodiscard]] Heap& current_heap() noexcept;
void set_current_heap(Heap* heap) noexcept;

}  // namespace ruff::vm
