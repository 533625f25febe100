// The heap: blocks, freeing, cycles.
//
// Blocks
//
//     free_[3] -> [48 bytes] -> [48 bytes] -> null        one list a size class of 16 bytes, last freed first
//     slab_    |##used##|......room......|slab_end_       empty lists are fed from here, one block at a time
//
// A block has no header of its own: whoever frees it knows its size, because the size stands in the object (a string's
// capacity, an array's capacity, a struct's field count). Slabs begin at 64 KiB, so that `hello` touches few pages, and
// double to 1 MiB. Small blocks never fail: when the limit is passed the heap raises an alarm and the interpreter an error
// at the next turn of a loop; what comes in between is bounded by a hard limit, at which the process ends with a message
// rather than by the system's hand. Large blocks come from malloc and grow with realloc, which moves pages and not bytes
// above 128 KiB; they can be refused.
//
// Freeing
//
// An object whose count falls to zero is freed at once, children first on the C++ stack. Below kMaxFreeDepth levels the
// children wait in `doomed_` and the outermost call frees them: a list of a million nested arrays needs no deep stack, and
// the common shallow value no list.
//
// Cycles
//
// Counting misses groups of objects that hold each other. Only tracked objects (with identity: cells, closures,
// generators, promises) can close such a group, but the path from one to the next may lead through plain data:
//
//     cell -> dict -> array -> closure -> cell            the dict and the array are nodes of the graph, too
//
// Trial deletion asks for every node: are all references to it held by other nodes? The nodes are the tracked objects and
// the containers they reach.
//
//     1. Number the tracked objects (the number stands in `links.previous` for the time being).
//     2. Visit the children of every node. A child is a node: internal[child] += 1. Containers get a number when they are
//        first met, through a side table, and are visited in turn.
//     3. A node with references > internal is held from outside: by a register, a global, a waiting fiber's stack, a C++
//        local. It and everything it reaches lives.
//     4. What is left is garbage. Its tracked objects are held once more, emptied of their children, and released.
//
// What always holds: a running fiber is no node, its references are therefore "outside", and what it can reach survives.
// Containers are never where garbage starts: untracked ones are freed by their counts when step 4 empties the tracked ones.
// A dead generator that has to run its `finally` blocks comes back to life in step 4 (`revive`); then the rest waits for
// the next collection.
//
// Why not a tracing collector: counts are needed anyway to know when a value may be changed in place. Why not candidates
// by decrement (Bacon and Rajan): buffering every decrement to non-zero costs each release a test; tracked objects are few,
// and programs without closures that capture variables have none.
//
// When: as many new tracked objects as twice the survivors of the last time, at least 10,000, and never more often than
// the containers walked through can pay for; so the total work stays linear in the number of objects made.

#include "core/vm/heap.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sys/resource.h>

#include "core/vm/array.h"
#include "core/vm/breadcrumbs.h"
#include "core/vm/kind_hooks.h"
#include "core/vm/string.h"

namespace ruff::vm {
namespace {

constexpr std::size_t kFirstSlab = 64 * 1024;
constexpr std::size_t kLargestSlab = 1024 * 1024;
constexpr std::size_t kCollectAtLeast = 10'000;
constexpr int kMaxFreeDepth = 100;

/// A heap of this size never asks how large it may grow: programs that stay small start without looking at the machine.
constexpr std::uint64_t kSmallHeap = 256ull << 20;

/// The first number in a file of the system, times `unit`, after `label`; UINT64_MAX when there is none.
std::uint64_t read_amount(const char* path, const char* label, std::uint64_t unit) {
    std::FILE* file = std::fopen(path, "r");
    if (!file) return UINT64_MAX;
    char text[4096];
    text[std::fread(text, 1, sizeof text - 1, file)] = '\0';
    std::fclose(file);
    const char* at = std::strstr(text, label);
    if (!at) return UINT64_MAX;
    at += std::strlen(label);
    char* end;
    const unsigned long long amount = std::strtoull(at, &end, 10);
    return end == at ? UINT64_MAX : amount * unit;
}

/// The address space this process may have (ulimit -v).
std::uint64_t address_space() {
    rlimit limit;
    return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur : UINT64_MAX;
}

/// What this process may still take: the machine's free memory, or what its container or address space leaves; less an
/// eighth.
std::uint64_t memory_to_spare() {
    std::uint64_t spare = read_amount("/proc/meminfo", "MemAvailable:", 1024);
    const std::uint64_t most = read_amount("/sys/fs/cgroup/memory.max", "", 1);
    const std::uint64_t taken = read_amount("/sys/fs/cgroup/memory.current", "", 1);
    if (most != UINT64_MAX && taken != UINT64_MAX) spare = std::min(spare, most - std::min(most, taken));
    if (const std::uint64_t space = address_space(); space != UINT64_MAX) {
        const std::uint64_t used = read_amount("/proc/self/statm", "", 4096);
        spare = std::min(spare, space - std::min(space, used));
    }
    return spare - spare / 8;
}

[[noreturn]] void die_without_memory() {
    std::fputs("ruff: out of memory\n", stderr);
    std::_Exit(6);
}

}  // namespace

// --- blocks ----------------------------------------------------------------------------------------------------------

Heap::Heap() : collect_at_(kCollectAtLeast), limit_(std::min(kSmallHeap, address_space() / 4)) {
    tracked_.next = tracked_.previous = &tracked_;
}

Heap::~Heap() {
    for (void* slab : slabs_) std::free(slab);
}

void Heap::sound_alarm() {
    if (alarm_) alarm_->fetch_or(alarm_bit_, std::memory_order_relaxed);
    const std::uint64_t beyond = limit_ + limit_ / 10 + kSmallHeap;
    if (beyond > limit_ && counters.live_bytes > beyond) die_without_memory();
}

void Heap::add_slab() {
    // What is left of the old slab becomes one free block of its size.
    const auto left = static_cast<std::size_t>(slab_end_ - slab_);
    if (left >= 16) {
        auto* block = reinterpret_cast<FreeBlock*>(slab_);
        block->next = free_[left / 16];
        free_[left / 16] = block;
        ++carved_blocks_;
    }
    const std::size_t size = std::min(kLargestSlab, kFirstSlab << std::min<std::size_t>(slabs_.size() / 4, 10));
    slab_ = static_cast<char*>(std::malloc(size));
    if (!slab_) die_without_memory();
    if (!has_room_for(size)) [[unlikely]] sound_alarm();
    slab_end_ = slab_ + size;
    slabs_.push_back(slab_);
    counters.live_bytes += size;
}

#ifdef RUFF_HEAP_IS_MALLOC

void* Heap::carve(std::size_t size_class) {
    void* memory = std::malloc(size_class * 16);
    if (!memory) die_without_memory();
    if (!has_room_for(size_class * 16)) [[unlikely]] sound_alarm();
    ++carved_blocks_;
    counters.live_bytes += size_class * 16;
    return memory;
}

void Heap::deallocate_small(void* memory, std::size_t size_class) noexcept {
    --carved_blocks_;
    counters.live_bytes -= size_class * 16;
    std::free(memory);
}

#else

void* Heap::carve(std::size_t size_class) {
    const std::size_t size = size_class * 16;
    if (static_cast<std::size_t>(slab_end_ - slab_) < size) add_slab();
    void* memory = slab_;
    slab_ += size;
    ++carved_blocks_;
    return memory;
}

#endif

bool Heap::has_room_for(std::size_t size) {
    if (size <= limit_ && counters.live_bytes <= limit_ - size) return true;
    if (limit_is_known_) return false;
    const std::uint64_t spare = memory_to_spare();
    set_limit(spare > UINT64_MAX - counters.live_bytes ? UINT64_MAX : counters.live_bytes + spare);
    return has_room_for(size);
}

void* Heap::allocate_large(std::size_t size) {
    if (!has_room_for(size)) return nullptr;
    void* memory = std::malloc(size);
    if (!memory) return nullptr;
    counters.live_bytes += size;
    ++large_blocks_;
    return memory;
}

void Heap::deallocate_large(void* memory, std::size_t size) noexcept {
    counters.live_bytes -= size;
    --large_blocks_;
    std::free(memory);
}

void* Heap::reallocate(void* memory, std::size_t old_size, std::size_t new_size) {
    if (old_size > kMaxSmall && new_size > kMaxSmall) {
        const std::uint64_t others = counters.live_bytes - old_size;
        if (new_size > old_size && !has_room_for(new_size - old_size)) return nullptr;
        void* moved = std::realloc(memory, new_size);
        if (moved) counters.live_bytes = others + new_size;
        return moved;
    }
    if ((old_size + 15) / 16 == (new_size + 15) / 16) return memory;
    void* moved = allocate(new_size);
    if (!moved) return nullptr;
    std::memcpy(moved, memory, std::min(old_size, new_size));
    deallocate(memory, old_size);
    return moved;
}

std::size_t Heap::live_blocks() const {
    std::size_t waiting = 0;
    for (FreeBlock* list : free_) {
        for (; list; list = list->next) ++waiting;
    }
    return carved_blocks_ - waiting + large_blocks_;
}

// --- freeing ---------------------------------------------------------------------------------------------------------

void Heap::drain_doomed() noexcept {
    while (!doomed_.empty()) {
        Object* object = doomed_.back();
        doomed_.pop_back();
        kind_hooks(object->kind).free(object);
    }
}

void destroy_object(Object* object) noexcept {
    if (object->kind <= ValueKind::Bytes) return free_string(reinterpret_cast<StringObject*>(object));
    if (const auto revive = kind_hooks(object->kind).revive; revive && revive(object)) return;
    Heap& heap = current_heap();
    if (heap.free_depth_ >= kMaxFreeDepth) {
        heap.doomed_.push_back(object);
        return;
    }
    ++heap.free_depth_;
    kind_hooks(object->kind).free(object);
    if (heap.free_depth_ == 1) heap.drain_doomed();
    --heap.free_depth_;
}

// --- cycles ----------------------------------------------------------------------------------------------------------

namespace {

/// Numbers of containers met on the way, by address. Open addressing, doubled at half full.
class NodeTable {
public:
    /// The number of `object`, or the place where a new one is to be written (kNone there).
    std::uint32_t& at(const Object* object) {
        if (count_ * 2 >= slots_.size()) grow();
        std::size_t i = place(object);
        while (slots_[i].object && slots_[i].object != object) i = (i + 1) & (slots_.size() - 1);
        if (!slots_[i].object) {
            slots_[i] = {object, kNone};
            ++count_;
        }
        return slots_[i].number;
    }
    static constexpr std::uint32_t kNone = 0xffffffff;

private:
    struct Slot {
        const Object* object = nullptr;
        std::uint32_t number = kNone;
    };
    std::size_t place(const Object* object) const {
        return (std::bit_cast<std::uint64_t>(object) * 0x9e3779b97f4a7c15ull >> 20) & (slots_.size() - 1);
    }
    void grow() {
        std::vector<Slot> old(std::max<std::size_t>(256, slots_.size() * 2));
        old.swap(slots_);
        for (const Slot& slot : old) {
            if (!slot.object) continue;
            std::size_t i = place(slot.object);
            while (slots_[i].object) i = (i + 1) & (slots_.size() - 1);
            slots_[i] = slot;
        }
    }
    std::vector<Slot> slots_;
    std::size_t count_ = 0;
};

TrackedObject* tracked_from(TrackedHead* head) {
    return reinterpret_cast<TrackedObject*>(reinterpret_cast<char*>(head) - offsetof(TrackedObject, links));
}

/// A tracked object that is in the list. Kinds that can be tracked begin with a TrackedObject.
bool is_tracked(const Object* object) {
    return (kTrackedKinds & kind_bit(object->kind)) != 0 && reinterpret_cast<const TrackedObject*>(object)->links.next != nullptr;
}

/// Leaves of the graph: counted, but they hold nothing.
bool holds_values(const Object* object) {
    switch (object->kind) {
        case ValueKind::String:
        case ValueKind::Bytes:
        case ValueKind::Range: return false;
        case ValueKind::Array: return reinterpret_cast<const ArrayObject*>(object)->may_hold_heap();
        default: return true;
    }
}

/// Takes the values out of an object and releases them.
class Emptier final : public ValueVisitor {
public:
    void visit(Value& child) override { Value taken = std::move(child); }
};

}  // namespace

class CycleCollector {
public:
    explicit CycleCollector(Heap& heap) : heap_(heap) {}

    void run() {
        number_tracked();
        count_internal_references();
        mark_reachable();
        restore_list();
        free_garbage();
        // Growth in proportion to what was walked keeps the sum of all collections linear.
        const std::size_t pause = std::max({kCollectAtLeast, 2 * heap_.tracked_count_, nodes_.size() / 2});
        heap_.collect_at_ = heap_.tracked_count_ + pause;
    }

private:
    struct Node {
        Object* object;
        std::int32_t internal = 0;
        bool is_reachable = false;
    };

    class Counter final : public ValueVisitor {
    public:
        explicit Counter(CycleCollector& collector) : collector_(collector) {}
        void visit(Value& child) override {
            if (child.is_heap()) collector_.count(child.object());
        }
    private:
        CycleCollector& collector_;
    };
    class Marker final : public ValueVisitor {
    public:
        explicit Marker(CycleCollector& collector) : collector_(collector) {}
        void visit(Value& child) override {
            if (child.is_heap()) collector_.mark(child.object());
        }
    private:
        CycleCollector& collector_;
    };

    void number_tracked() {
        nodes_.reserve(heap_.tracked_count_ * 2);
        for (TrackedHead* head = heap_.tracked_.next; head != &heap_.tracked_; head = head->next) {
            head->previous = std::bit_cast<TrackedHead*>(static_cast<std::uint64_t>(nodes_.size()));
            nodes_.push_back({&tracked_from(head)->head});
        }
        tracked_nodes_ = nodes_.size();
    }

    void count_internal_references() {
        Counter counter(*this);
        for (std::size_t i = 0; i < nodes_.size(); ++i) children(nodes_[i].object, counter);
    }
    void count(Object* object) {
        if (object->is_immortal() || !holds_values(object)) return;
        if (is_tracked(object)) {
            ++nodes_[number_of_tracked(object)].internal;
            return;
        }
        std::uint32_t& number = table_.at(object);
        if (number == NodeTable::kNone) {
            number = static_cast<std::uint32_t>(nodes_.size());
            nodes_.push_back({object});
        }
        ++nodes_[number].internal;
    }

    void mark_reachable() {
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            if (nodes_[i].object->references > nodes_[i].internal) mark_node(i);
        }
        Marker marker(*this);
        while (!pending_.empty()) {
            Object* object = nodes_[pending_.back()].object;
            pending_.pop_back();
            children(object, marker);
        }
    }
    void mark(Object* object) {
        if (object->is_immortal() || !holds_values(object)) return;
        mark_node(is_tracked(object) ? number_of_tracked(object) : table_.at(object));
    }
    void mark_node(std::size_t number) {
        if (nodes_[number].is_reachable) return;
        nodes_[number].is_reachable = true;
        pending_.push_back(static_cast<std::uint32_t>(number));
    }

    void restore_list() {
        TrackedHead* previous = &heap_.tracked_;
        for (TrackedHead* head = heap_.tracked_.next; head != &heap_.tracked_; head = head->next) {
            head->previous = previous;
            previous = head;
        }
        heap_.tracked_.previous = previous;
    }

    void free_garbage() {
        std::vector<Object*> garbage;
        for (std::size_t i = 0; i < tracked_nodes_; ++i) {
            if (!nodes_[i].is_reachable) garbage.push_back(nodes_[i].object);
        }
        bool any_revived = false;
        for (Object* object : garbage) {
            const auto revive = kind_hooks(object->kind).revive;
            if (revive && revive(object)) any_revived = true;
        }
        if (any_revived) return;   // what it reaches is alive again; the next collection finds the rest
        for (Object* object : garbage) retain(object);
        Emptier emptier;
        for (Object* object : garbage) children(object, emptier);
        for (Object* object : garbage) release(object);
        heap_.counters.cycles_freed += garbage.size();
    }

    static void children(Object* object, ValueVisitor& visitor) { kind_hooks(object->kind).children(object, visitor); }
    static std::size_t number_of_tracked(const Object* object) {
        return std::bit_cast<std::uint64_t>(reinterpret_cast<const TrackedObject*>(object)->links.previous);
    }

    Heap& heap_;
    std::vector<Node> nodes_;
    std::size_t tracked_nodes_ = 0;
    NodeTable table_;
    std::vector<std::uint32_t> pending_;
};

void Heap::collect_cycles() {
    if (collecting_) return;
    collecting_ = true;
    ++counters.cycle_collections;
    CycleCollector(*this).run();
    collecting_ = false;
}

}  // namespace ruff::vm
