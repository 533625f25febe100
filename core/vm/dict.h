#pragma once
// Dicts and sets: insertion-ordered hash tables. Essay in dict.cpp.
//
// Which values may be keys, and how they compare, is in LANGUAGE terms: 1, 1.0 are one key, "1" another; -0.0 is 0; NaN,
// functions, errors, most handles and what contains one are refused. Callers check with `key_refusal` first.

#include <cstdint>
#include <string_view>

#include "core/vm/object.h"

namespace ruff::vm {

/// Why `key` cannot be a key ("NaN", "a function" …), or empty when it can.
[[nodiscard]] std::string_view key_refusal(const Value& key);

[[nodiscard]] DictObject* new_dict(std::size_t capacity);       ///< null: out of memory
[[nodiscard]] SetObject* new_set(std::size_t capacity);
[[nodiscard]] DictObject* unshare_dict(Value& slot);            ///< dict or set; as unshare_array

/// The value under `key`, or null pointer. The pointer is valid until the dict changes.
[[nodiscard]] Value* dict_find(const DictObject* dict, const Value& key);
[[nodiscard]] Value* dict_find(const DictObject* dict, StringObject* key);
[[nodiscard]] Value* dict_find(const DictObject* dict, std::string_view key);
/// The number of the entry under `key` in `entries`, or -1: what an inline cache remembers.
[[nodiscard]] std::int64_t dict_find_entry(const DictObject* dict, StringObject* key);

/// Needs an unshared dict and a permitted key. An existing key keeps its place and first form. False: out of memory.
[[nodiscard]] bool dict_set(DictObject* dict, Value key, Value value);
/// The place of `key`'s value, inserted as null when it is missing (`inserted` tells). Null: out of memory.
[[nodiscard]] Value* dict_place(DictObject* dict, Value key, bool& inserted);
/// Removes `key`; gives its value through `removed` when it was there. Amortised O(1), also from the front.
bool dict_remove(DictObject* dict, const Value& key, Value* removed);
void dict_clear(DictObject* dict);

/// Entries in order; removed ones are skipped: `for (std::uint32_t i = dict_next(d, 0); i < d->used; i = dict_next(d, i + 1))`.
[[nodiscard]] inline std::uint32_t dict_next(const DictObject* dict, std::uint32_t i) {
    while (i < dict->used && dict->entries[i].key.is_marker()) ++i;
    return i;
}

}  // namespace ruff::vm
