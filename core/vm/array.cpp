// Arrays.
//
//     ArrayObject                     block, from the heap
//     block ------------------------> +---------+----+----+----+---------+
//     elements --------------------------------> | v0 | v1 | v2 |  room   |
//     size 3, capacity 5                        +----+----+----+---------+
//
// Room at the end makes `push` amortised O(1); room at the front appears when elements are taken off there, so that a queue
// (push at the back, take from the front) costs O(1) at both ends, and is used up again by insertion at the front or by the
// next growth, which first moves the elements down when at least half of the block lies in front of them.
//
// `kArrayMayHoldHeap` says whether some element may be a counted object. An array of numbers never has it: its copy is one
// memcpy, its end one free. The flag is only ever added; it goes when the array is emptied.
//
// Growth is by half: the blocks of an array in the making sum up to three times its size, and realloc moves the pages of
// large ones without copying. Blocks never shrink by themselves.

#include "core/vm/array.h"

#include <algorithm>

#include "core/vm/drivers.h"
#include "core/vm/heap.h"

namespace ruff::vm {
namespace {

constexpr std::size_t kMaxElements = SIZE_MAX / sizeof(Value) / 4;

std::size_t front_room(const ArrayObject* array) { return static_cast<std::size_t>(array->elements - array->block); }
std::size_t block_elements(const ArrayObject* array) { return front_room(array) + array->capacity; }

void copy_values(Value* target, const Value* source, std::size_t count, bool may_hold_heap) {
    std::memcpy(static_cast<void*>(target), static_cast<const void*>(source), count * sizeof(Value));
    if (!may_hold_heap) return;
    for (std::size_t i = 0; i < count; ++i) {
        if (target[i].is_heap()) retain(target[i].object());
    }
}

void release_values(Value* values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (values[i].is_heap()) release(values[i].object());
    }
}

/// A block of `capacity` elements behind `front` free ones.
bool move_to_block(ArrayObject* array, std::size_t front, std::size_t capacity) {
    if (front + capacity > kMaxElements) return false;
    Heap& heap = current_heap();
    const std::size_t old_elements = block_elements(array);
    Value* block;
    if (front == 0 && array->elements == array->block && old_elements != 0) {
        block = static_cast<Value*>(heap.reallocate(array->block, old_elements * sizeof(Value), capacity * sizeof(Value)));
        if (!block) return false;
    } else {
        block = static_cast<Value*>(heap.allocate((front + capacity) * sizeof(Value)));
        if (!block) return false;
        if (array->size != 0) relocate(block + front, array->elements, array->size);
        if (old_elements != 0) heap.deallocate(array->block, old_elements * sizeof(Value));
    }
    array->block = block;
    array->elements = block + front;
    array->capacity = capacity;
    return true;
}

/// Room for one more at the end.
bool grow(ArrayObject* array, std::size_t needed) {
    const std::size_t front = front_room(array);
    if (front != 0 && front >= array->size && array->capacity + front >= needed) {
        std::memmove(static_cast<void*>(array->block), static_cast<void*>(array->elements), array->size * sizeof(Value));
        array->elements = array->block;
        array->capacity += front;
        return true;
    }
    const std::size_t grown = std::max(needed, array->size + array->size / 2 + 4);
    return move_to_block(array, 0, grown) || (grown > needed && move_to_block(array, 0, needed));
}

}  // namespace

ArrayObject* new_array(std::size_t capacity) {
    if (capacity > kMaxElements) return nullptr;
    Heap& heap = current_heap();
    Value* block = nullptr;
    if (capacity != 0) {
        block = static_cast<Value*>(heap.allocate(capacity * sizeof(Value)));
        if (!block) return nullptr;
    }
    auto* array = static_cast<ArrayObject*>(heap.allocate(sizeof(ArrayObject)));
    array->head = {1, ValueKind::Array, 0, 0};
    array->size = 0;
    array->capacity = capacity;
    array->elements = array->block = block;
    return array;
}

ArrayObject* copy_shared_array(Value& slot) {
    const ArrayObject* array = slot.as_array();
    ArrayObject* copy = array_slice(array, 0, array->size);
    if (!copy) return nullptr;
    ++current_heap().counters.cow_copies;
    slot = Value::adopt(copy);
    return copy;
}

bool reserve(ArrayObject* array, std::size_t capacity) {
    if (capacity <= array->capacity) return true;
    return move_to_block(array, 0, capacity);
}

bool array_push_slow(ArrayObject* array, Value&& value) {
    if (!grow(array, array->size + 1)) return false;
    return array_push(array, std::move(value));
}

bool array_insert(ArrayObject* array, std::size_t index, Value value) {
    if (index == 0 && array->size != 0 && front_room(array) == 0) {
        // Half the size as room at the front, so that inserting there again and again is amortised O(1), too.
        const std::size_t front = array->size / 2 + 4;
        if (!move_to_block(array, front, std::max(array->capacity, array->size))) return false;
    }
    const bool shift_front = front_room(array) != 0 && index < array->size / 2 + 1 && index < array->size;
    if (!shift_front && array->size == array->capacity && !grow(array, array->size + 1)) return false;
    if (value.is_heap()) array->head.flags |= kArrayMayHoldHeap;
    if (shift_front) {
        --array->elements;
        ++array->capacity;
        std::memmove(static_cast<void*>(array->elements), static_cast<void*>(array->elements + 1), index * sizeof(Value));
    } else {
        std::memmove(static_cast<void*>(array->elements + index + 1), static_cast<void*>(array->elements + index),
                     (array->size - index) * sizeof(Value));
    }
    ++array->size;
    new (array->elements + index) Value(std::move(value));
    return true;
}

bool array_append(ArrayObject* array, const Value* values, std::size_t count) {
    if (count == 0) return true;
    if (array->capacity - array->size < count) {
        const bool is_own = values >= array->begin() && values < array->end();
        const auto own = is_own ? static_cast<std::size_t>(values - array->begin()) : 0;
        if (!grow(array, array->size + count)) return false;
        if (is_own) values = array->elements + own;
    }
    bool holds_heap = false;
    for (std::size_t i = 0; i < count; ++i) {
        const Value& value = values[i];
        holds_heap |= value.is_heap();
        new (array->elements + array->size + i) Value(value);
    }
    array->size += count;
    if (holds_heap) array->head.flags |= kArrayMayHoldHeap;
    return true;
}

Value array_pop(ArrayObject* array) { return std::move(array->elements[--array->size]); }

Value array_remove_at(ArrayObject* array, std::size_t index) {
    Value removed = std::move(array->elements[index]);
    --array->size;
    if (index < array->size / 2 + (array->size == 0)) {
        std::memmove(static_cast<void*>(array->elements + 1), static_cast<void*>(array->elements), index * sizeof(Value));
        ++array->elements;
        --array->capacity;
    } else {
        std::memmove(static_cast<void*>(array->elements + index), static_cast<void*>(array->elements + index + 1),
                     (array->size - index) * sizeof(Value));
    }
    return removed;
}

void array_clear(ArrayObject* array) {
    array_truncate(array, 0);
    array->capacity = block_elements(array);
    array->elements = array->block;
    array->head.flags &= static_cast<std::uint8_t>(~kArrayMayHoldHeap);
}

void array_truncate(ArrayObject* array, std::size_t size) {
    const std::size_t dropped = array->size - size;
    array->size = size;
    if (array->may_hold_heap()) release_values(array->elements + size, dropped);
}

ArrayObject* array_slice(const ArrayObject* array, std::size_t begin, std::size_t end) {
    ArrayObject* slice = new_array(end - begin);
    if (!slice) return nullptr;
    if (begin != end) copy_values(slice->elements, array->elements + begin, end - begin, array->may_hold_heap());
    slice->size = end - begin;
    slice->head.flags = array->head.flags;
    return slice;
}

ArrayObject* array_concatenate(const ArrayObject* left, const ArrayObject* right) {
    ArrayObject* both = new_array(left->size + right->size);
    if (!both) return nullptr;
    if (left->size) copy_values(both->elements, left->elements, left->size, left->may_hold_heap());
    if (right->size) copy_values(both->elements + left->size, right->elements, right->size, right->may_hold_heap());
    both->size = left->size + right->size;
    both->head.flags = left->head.flags | right->head.flags;
    return both;
}

namespace hooks {

bool truthy_Array(const Value& value) { return value.as_array()->size != 0; }

bool display_Array(const Value& value, Cursor& at, DisplayDriver& out) {
    const ArrayObject* array = value.as_array();
    if (at.position == 0) out.text("[");
    while (at.position < array->size) {
        if (at.position != 0) out.text(", ");
        if (!out.child(array->elements[at.position++])) return false;
    }
    out.text("]");
    return true;
}

bool equals_Array(const Value& a, const Value& b, Cursor& at, EqualityDriver& driver) {
    const ArrayObject* left = a.as_array();
    const ArrayObject* right = b.as_array();
    if (left->size != right->size) return driver.unequal();
    while (at.position < left->size) {
        const std::size_t i = at.position++;
        if (!driver.pair(left->elements[i], right->elements[i])) return false;
    }
    return true;
}

bool order_Array(const Value& a, const Value& b, Cursor& at, OrderDriver& driver) {
    const ArrayObject* left = a.as_array();
    const ArrayObject* right = b.as_array();
    const std::size_t common = std::min(left->size, right->size);
    while (at.position < common) {
        const std::size_t i = at.position++;
        if (!driver.pair(left->elements[i], right->elements[i])) return false;
    }
    return driver.decide((left->size > right->size) - (left->size < right->size));
}

bool hash_Array(const Value& key, Cursor& at, HashDriver& driver) {
    const ArrayObject* array = key.as_array();
    if (at.position == 0) at.state = 0x51ed270b + array->size;
    while (at.position < array->size) {
        if (!driver.child(array->elements[at.position++], at, ValueKind::Array)) return false;
    }
    return true;
}

RUFF_KEYS_BY_CONTENT(Array)
Sendable sendable_Array() { return Sendable::Copy; }

void children_Array(Object* object, ValueVisitor& visitor) {
    auto* array = reinterpret_cast<ArrayObject*>(object);
    for (Value& element : *array) visitor.visit(element);
}

void free_Array(Object* object) {
    auto* array = reinterpret_cast<ArrayObject*>(object);
    if (array->may_hold_heap()) release_values(array->elements, array->size);
    Heap& heap = current_heap();
    if (array->block) heap.deallocate(array->block, block_elements(array) * sizeof(Value));
    heap.deallocate(array, sizeof(ArrayObject));
}

}  // namespace hooks
}  // namespace ruff::vm
