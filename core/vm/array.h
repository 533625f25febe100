#pragma once
// Arrays: making, reading, changing. Changing needs an unshared array: get one with `unshare_array`.

#include <cstddef>
#include <new>

#include "core/vm/object.h"

namespace ruff::vm {

/// A new empty array with room for `capacity` elements; null when memory is refused.
[[nodiscard]] ArrayObject* new_array(std::size_t capacity);
[[nodiscard]] ArrayObject* copy_shared_array(Value& slot);
/// The array in `slot`, unshared: copies one level when it was shared (counted in cow_copies). Null when memory is refused.
[[nodiscard]] inline ArrayObject* unshare_array(Value& slot) {
    ArrayObject* array = slot.as_array();
    return array->head.is_shared() ? copy_shared_array(slot) : array;
}

/// All of these need an unshared array. False / null: memory was refused and nothing changed.
[[nodiscard]] bool reserve(ArrayObject* array, std::size_t capacity);
[[nodiscard]] bool array_push_slow(ArrayObject* array, Value&& value);
[[nodiscard]] bool array_insert(ArrayObject* array, std::size_t index, Value value);   ///< amortised O(1) at both ends
/// Appends copies of `count` values, which may be the array's own.
[[nodiscard]] bool array_append(ArrayObject* array, const Value* values, std::size_t count);
Value array_pop(ArrayObject* array);                         ///< not empty
Value array_remove_at(ArrayObject* array, std::size_t index);///< O(1) at both ends
void array_clear(ArrayObject* array);
void array_truncate(ArrayObject* array, std::size_t size);

/// Appends one value; the fast path when there is room.
[[nodiscard]] inline bool array_push(ArrayObject* array, Value&& value) {
    if (array->size == array->capacity) [[unlikely]] return array_push_slow(array, std::move(value));
    if (value.is_heap()) array->head.flags |= kArrayMayHoldHeap;
    new (array->elements + array->size++) Value(std::move(value));
    return true;
}
/// Overwrites element `index` (in range).
inline void array_set(ArrayObject* array, std::size_t index, Value&& value) {
    if (value.is_heap()) array->head.flags |= kArrayMayHoldHeap;
    array->elements[index] = std::move(value);
}

/// A new array with elements [begin, end) of `array`. Null: out of memory.
[[nodiscard]] ArrayObject* array_slice(const ArrayObject* array, std::size_t begin, std::size_t end);
/// A new array of both, one after the other. Null: out of memory.
[[nodiscard]] ArrayObject* array_concatenate(const ArrayObject* left, const ArrayObject* right);

}  // namespace ruff::vm
