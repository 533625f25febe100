#pragma once
// Dicts and sets: insertion-ordered hash tables. Essay in dict.cpp.
//
// Which values may be keys, and how they compare, is in LANGUAGE terms: 1, 1.0 are one key, "1" another; -0.0 is 0; NaN,
// functions, errors, most handles and what contains one are refused. Callers check with `key_refusal` first.
// A set is a dict whose values are null: every function here takes one as well.

#include <cstdint>
#include <string_view>

#include "core/vm/object.h"

namespace ruff::vm {

[[nodiscard]] std::string_view key_refusal_slow(const Value& key);
/// Why `key` cannot be a key ("NaN", "a function" …), or empty when it can.
[[nodiscard]] inline std::string_view key_refusal(const Value& key) {
    if (key.is_string() || key.is_int()) [[likely]] return {};
    return key_refusal_slow(key);
}

[[nodiscard]] DictObject* new_dict(std::size_t capacity);       ///< null: out of memory
[[nodiscard]] SetObject* new_set(std::size_t capacity);
[[nodiscard]] DictObject* copy_shared_dict(Value& slot);
/// Dict or set; as unshare_array.
[[nodiscard]] inline DictObject* unshare_dict(Value& slot) {
    DictObject* dict = slot.as_dict();
    return dict->head.is_shared() ? copy_shared_dict(slot) : dict;
}

inline constexpr std::uint32_t kNoEntry = 0xffffffff;

/// The number of the entry under `key` in `entries`, or kNoEntry.
[[nodiscard]] std::uint32_t dict_lookup(const DictObject* dict, const Value& key);
[[nodiscard]] std::uint32_t dict_lookup(const DictObject* dict, StringObject* key);
[[nodiscard]] std::uint32_t dict_lookup(const DictObject* dict, std::string_view key);

/// The value under `key`, or null pointer. The pointer is valid until the dict changes.
[[nodiscard]] inline Value* dict_find(const DictObject* dict, const Value& key) {
    const std::uint32_t entry = dict_lookup(dict, key);
    return entry != kNoEntry ? &dict->entries[entry].value : nullptr;
}
[[nodiscard]] inline Value* dict_find(const DictObject* dict, StringObject* key) {
    const std::uint32_t entry = dict_lookup(dict, key);
    return entry != kNoEntry ? &dict->entries[entry].value : nullptr;
}
[[nodiscard]] inline Value* dict_find(const DictObject* dict, std::string_view key) {
    const std::uint32_t entry = dict_lookup(dict, key);
    return entry != kNoEntry ? &dict->entries[entry].value : nullptr;
}
/// The number of the entry under `key` in `entries`, or -1: what an inline cache remembers. An entry keeps its number until
/// the dict is compacted or emptied, so a cached number is checked against the key found there.
[[nodiscard]] inline std::int64_t dict_find_entry(const DictObject* dict, StringObject* key) {
    const std::uint32_t entry = dict_lookup(dict, key);
    return entry != kNoEntry ? static_cast<std::int64_t>(entry) : -1;
}

/// The place of `key`'s value, inserted as null when it is missing (`inserted` tells). Needs an unshared dict and a
/// permitted key. An existing key keeps its place and first form. Null: out of memory.
[[nodiscard]] Value* dict_place(DictObject* dict, const Value& key, bool& inserted);
/// False: out of memory.
[[nodiscard]] inline bool dict_set(DictObject* dict, const Value& key, Value value) {
    bool inserted;
    Value* place = dict_place(dict, key, inserted);
    if (!place) return false;
    *place = std::move(value);
    return true;
}
/// Removes `key`; gives its value through `removed` (if not null) when it was there. Amortised O(1), also from the front.
bool dict_remove(DictObject* dict, const Value& key, Value* removed);
void dict_clear(DictObject* dict);
/// Room for `count` entries in all. False: out of memory.
[[nodiscard]] bool dict_reserve(DictObject* dict, std::size_t count);

/// Entries in order; removed ones are skipped: `for (std::uint32_t i = dict_next(d, 0); i < d->used; i = dict_next(d, i + 1))`.
[[nodiscard]] inline std::uint32_t dict_next(const DictObject* dict, std::uint32_t i) {
    if (i < dict->first) i = dict->first;
    while (i < dict->used && dict->entries[i].key.is_marker()) ++i;
    return i;
}

}  // namespace ruff::vm
