// Dicts.
//
// Entries stand densely in the order of insertion; lookup goes through an index of entry numbers, as in CPython since 3.6.
//
//     entries    first          used   capacity             index, index_mask = 15
//     +---------+---------+-----+------+----------+         +----+----+----+----+----+
//     | "a": 1  | (gone)  | 3: 4|      room       |         | -- | 2  | -- | 0  | 1  | …
//     +---------+---------+-----+-----------------+         +----+----+----+----+----+
//        0         1         2                                a slot: upper bits of the hash | entry number
//
// Iterating is a scan of the entries, printing is in order, copying is two block copies, and an entry keeps its number until
// the dict is compacted, so inline caches can remember it.
//
// Small dicts. Up to kSmall entries there is no index: a scan of at most eight keys is faster than hashing, and most dicts
// of a program are records. A constant key is interned, so the scan compares pointers; only when the dict has met strings
// that are not interned (kDictOtherStrings) does a miss need a second look at the bytes.
//
// The index. Open addressing, linear probing, at most 3/4 full, 32-bit slots. The entry number needs only as many bits as
// the mask has, so the bits above it keep those of the hash: a probe compares them first and touches an entry only when
// more than a dozen bits agree. Empty slots are all ones; no entry has that number, since entries fill 3/4 of the slots.
// Why 3/4: at 7/8 a miss takes four times as many probes; at 1/2 the index costs another 4 bytes an entry. Why linear:
// sixteen slots share a cache line.
//
// Removing. The entry's key becomes unset; the slot stays and points at it, so that probing goes on past it, and nothing
// else is needed as a tombstone. `first` skips removed entries at the front: a dict used as a queue finds its oldest entry
// in O(1). When the entries are full, or three quarters of the span in use are gone, the dict is rebuilt: entries move
// together and the index is made anew, at the size the live entries need.
//
// Memory: 32 bytes an entry plus 4 to 10.7 of index; pages beyond `used` are not touched. Lua 5.4 needs 24 to 48 for its
// nodes and has both the old and the new ones while it grows; here the old index is freed before the new one is made.
//
// Hashes are cached in strings and computed for the rest (ints: one multiplication). A rebuild therefore reads every key's
// string; prefetching a few entries ahead hides most of that. Storing the hashes beside the entry numbers would double the
// index and measured no faster.

#include "core/vm/dict.h"

#include <algorithm>
#include <bit>

#include "core/vm/drivers.h"
#include "core/vm/hash.h"
#include "core/vm/heap.h"

namespace ruff::vm {
namespace {

constexpr std::uint32_t kSmall = 8;
constexpr std::uint32_t kEmptySlot = 0xffffffff;
constexpr std::size_t kMaxEntries = 0x40000000;

std::uint32_t entries_for_slots(std::uint32_t slots) { return slots / 4 * 3; }
std::uint32_t slots_for_entries(std::size_t entries) { return std::bit_ceil(static_cast<std::uint32_t>(entries + (entries + 2) / 3)); }
std::uint32_t slot_count(const DictObject* dict) { return dict->index ? dict->index_mask + 1 : 0; }

// --- finding -----------------------------------------------------------------------------------------------------------

/// The entry with `hash` that `matches`, or kNoEntry; `slot` is where the search ended.
template <typename Matches>
std::uint32_t probe(const DictObject* dict, std::uint32_t hash, std::uint32_t& slot, Matches matches) {
    const std::uint32_t mask = dict->index_mask;
    const std::uint32_t* index = dict->index;
    const std::uint32_t tag = hash & ~mask;
    for (slot = hash & mask;; slot = (slot + 1) & mask) {
        const std::uint32_t found = index[slot];
        if ((found & ~mask) == tag && found != kEmptySlot) {
            const std::uint32_t entry = found & mask;
            if (matches(dict->entries[entry].key)) return entry;
        } else if (found == kEmptySlot) {
            return kNoEntry;
        }
    }
}

template <typename Matches>
std::uint32_t scan(const DictObject* dict, Matches matches) {
    for (std::uint32_t i = dict->first; i < dict->used; ++i) {
        if (matches(dict->entries[i].key)) return i;
    }
    return kNoEntry;
}

/// Calls `search` with the hash of `key` and the comparison that its kind needs.
template <typename Search>
std::uint32_t with_comparison(const Value& key, Search search) {
    if (key.is_string()) {
        StringObject* string = key.as_string();
        return search(string_hash(string), [string](const Value& other) {
            return other.is_string() && strings_equal(other.as_string(), string);
        });
    }
    if (key.is_int()) {
        return search(hash_key(key), [&key](const Value& other) {
            return other.is_int() ? other.bits() == key.bits() : other.is_float() && numbers_equal(other, key);
        });
    }
    return search(hash_key_slow(key), [&key](const Value& other) { return !other.is_marker() && keys_equal(other, key); });
}

std::uint32_t scan_for_string(const DictObject* dict, const StringObject* key) {
    const auto bits = std::bit_cast<std::uint64_t>(key);
    const DictEntry* const end = dict->entries + dict->used;
    for (const DictEntry* entry = dict->entries + dict->first; entry != end; ++entry) {
        if (entry->key.bits() == bits && entry->key.is_string()) return static_cast<std::uint32_t>(entry - dict->entries);
    }
    if (key->is_interned() && !(dict->head.flags & kDictOtherStrings)) return kNoEntry;
    return scan(dict, [key](const Value& other) { return other.is_string() && strings_equal(other.as_string(), key); });
}

std::uint32_t scan_for(const DictObject* dict, const Value& key) {
    if (key.is_string()) return scan_for_string(dict, key.as_string());
    if (key.is_int()) {
        const std::uint32_t entry = scan(dict, [&key](const Value& other) { return other.bits() == key.bits() && other.is_int(); });
        if (entry != kNoEntry || !(dict->head.flags & kDictOtherKeys)) return entry;
    }
    return scan(dict, [&key](const Value& other) { return !other.is_marker() && keys_equal(other, key); });
}

// --- memory ------------------------------------------------------------------------------------------------------------

DictObject* new_table(std::size_t capacity, ValueKind kind) {
    Heap& heap = current_heap();
    auto* dict = static_cast<DictObject*>(heap.allocate(sizeof(DictObject)));
    dict->head = {1, kind, 0, 0};
    dict->count = dict->used = dict->capacity = dict->index_mask = dict->first = 0;
    dict->entries = nullptr;
    dict->index = nullptr;
    if (capacity != 0 && !dict_reserve(dict, capacity)) {
        heap.deallocate(dict, sizeof(DictObject));
        return nullptr;
    }
    return dict;
}

void free_index(DictObject* dict) {
    if (dict->index) current_heap().deallocate(dict->index, slot_count(dict) * sizeof(std::uint32_t));
    dict->index = nullptr;
    dict->index_mask = 0;
}

void free_tables(DictObject* dict) {
    free_index(dict);
    if (dict->entries) current_heap().deallocate(dict->entries, dict->capacity * sizeof(DictEntry));
}

/// Moves the live entries together.
void close_gaps(DictObject* dict) {
    if (dict->count == dict->used) return;
    std::uint32_t to = 0;
    for (std::uint32_t from = dict->first; from < dict->used; ++from) {
        if (dict->entries[from].key.is_marker()) continue;
        if (to != from) std::memcpy(static_cast<void*>(dict->entries + to), static_cast<void*>(dict->entries + from), sizeof(DictEntry));
        ++to;
    }
    dict->used = to;
    dict->first = 0;
}

/// Enters all entries, which are dense, into the empty index.
void fill_index(DictObject* dict) {
    constexpr std::uint32_t kAhead = 8;
    std::uint32_t* index = dict->index;
    const std::uint32_t mask = dict->index_mask;
    for (std::uint32_t entry = 0; entry < dict->used; ++entry) {
        if (entry + kAhead < dict->used) {
            const Value& coming = dict->entries[entry + kAhead].key;
            if (coming.is_heap()) __builtin_prefetch(coming.object());
        }
        const std::uint32_t hash = hash_key(dict->entries[entry].key);
        std::uint32_t slot = hash & mask;
        while (index[slot] != kEmptySlot) slot = (slot + 1) & mask;
        index[slot] = (hash & ~mask) | entry;
    }
}

/// An empty index.
bool make_index(DictObject* dict, std::uint32_t slots) {
    auto* index = static_cast<std::uint32_t*>(current_heap().allocate(slots * sizeof(std::uint32_t)));
    if (!index) return false;
    std::memset(index, 0xff, slots * sizeof(std::uint32_t));
    dict->index = index;
    dict->index_mask = slots - 1;
    return true;
}

bool resize_entries(DictObject* dict, std::uint32_t capacity) {
    if (capacity == dict->capacity) return true;
    Heap& heap = current_heap();
    void* entries = dict->entries ? heap.reallocate(dict->entries, dict->capacity * sizeof(DictEntry), capacity * sizeof(DictEntry))
                                  : heap.allocate(capacity * sizeof(DictEntry));
    if (!entries) return false;
    dict->entries = static_cast<DictEntry*>(entries);
    dict->capacity = capacity;
    return true;
}

/// Compacts, with room for `capacity` entries in all, at least those that live. False: memory was refused, the dict holds
/// what it held.
bool rebuild(DictObject* dict, std::size_t capacity) {
    if (capacity > kMaxEntries) return false;
    close_gaps(dict);
    if (capacity <= kSmall) {
        free_index(dict);
        return resize_entries(dict, static_cast<std::uint32_t>(capacity));
    }
    const std::uint32_t slots = std::max(16u, slots_for_entries(capacity)), old_slots = slot_count(dict);
    free_index(dict);
    // Without any index the dict still works, as a small one does.
    const bool is_made = make_index(dict, slots) || (old_slots != 0 && make_index(dict, old_slots));
    const bool has_room = is_made && dict->index_mask == slots - 1 && resize_entries(dict, entries_for_slots(slots));
    if (is_made) fill_index(dict);
    return has_room;
}

/// Room for one entry more.
bool make_room(DictObject* dict) {
    if (dict->count <= dict->capacity / 2 && dict->capacity > kSmall) return rebuild(dict, dict->capacity);
    if (dict->count < dict->used && dict->capacity <= kSmall) {
        close_gaps(dict);
        return true;
    }
    return rebuild(dict, dict->capacity == 0 ? 4 : dict->capacity < kSmall ? kSmall : std::size_t{dict->capacity} + 1);
}

}  // namespace

// --- making ------------------------------------------------------------------------------------------------------------

DictObject* new_dict(std::size_t capacity) { return new_table(capacity, ValueKind::Dict); }
SetObject* new_set(std::size_t capacity) { return static_cast<SetObject*>(new_table(capacity, ValueKind::Set)); }

bool dict_reserve(DictObject* dict, std::size_t count) {
    return count <= dict->capacity - (dict->used - dict->count) || rebuild(dict, std::max<std::size_t>(count, dict->count));
}

DictObject* copy_shared_dict(Value& slot) {
    const DictObject* dict = slot.as_dict();
    DictObject* copy = new_table(0, dict->head.kind);
    Heap& heap = current_heap();
    if (dict->used != 0) {
        if (!resize_entries(copy, dict->capacity)) {
            heap.deallocate(copy, sizeof(DictObject));
            return nullptr;
        }
        if (dict->index) {
            const std::size_t bytes = slot_count(dict) * sizeof(std::uint32_t);
            copy->index = static_cast<std::uint32_t*>(heap.allocate(bytes));
            if (!copy->index) {
                free_tables(copy);
                heap.deallocate(copy, sizeof(DictObject));
                return nullptr;
            }
            std::memcpy(copy->index, dict->index, bytes);
            copy->index_mask = dict->index_mask;
        }
        std::memcpy(static_cast<void*>(copy->entries), static_cast<const void*>(dict->entries), dict->used * sizeof(DictEntry));
        for (std::uint32_t i = dict->first; i < dict->used; ++i) {
            const DictEntry& entry = copy->entries[i];
            if (entry.key.is_heap()) retain(entry.key.object());
            if (entry.value.is_heap()) retain(entry.value.object());
        }
    }
    copy->count = dict->count;
    copy->used = dict->used;
    copy->first = dict->first;
    copy->head.flags = dict->head.flags;
    ++heap.counters.cow_copies;
    slot = Value::adopt(&copy->head);
    return copy;
}

// --- looking up --------------------------------------------------------------------------------------------------------

std::uint32_t dict_lookup(const DictObject* dict, const Value& key) {
    if (dict->index_mask == 0) return scan_for(dict, key);
    std::uint32_t slot;
    return with_comparison(key, [&](std::uint32_t hash, auto matches) { return probe(dict, hash, slot, matches); });
}

std::uint32_t dict_lookup(const DictObject* dict, StringObject* key) {
    if (dict->index_mask == 0) return scan_for_string(dict, key);
    std::uint32_t slot;
    return probe(dict, string_hash(key), slot, [key](const Value& other) {
        return other.is_string() && strings_equal(other.as_string(), key);
    });
}

std::uint32_t dict_lookup(const DictObject* dict, std::string_view key) {
    const auto matches = [key](const Value& other) { return other.is_string() && other.as_string()->view() == key; };
    if (dict->index_mask == 0) return scan(dict, matches);
    std::uint32_t slot;
    return probe(dict, hash_bytes(key), slot, matches);
}

// --- changing ----------------------------------------------------------------------------------------------------------

namespace {

Value* append_entry(DictObject* dict, const Value& key) {
    if (key.is_string()) {
        if (!key.as_string()->is_interned()) dict->head.flags |= kDictOtherStrings;
    } else if (!key.is_int()) {
        dict->head.flags |= kDictOtherKeys;
    }
    DictEntry* entry = new (dict->entries + dict->used) DictEntry{key, Value()};
    ++dict->used;
    ++dict->count;
    return &entry->value;
}

}  // namespace

namespace {

/// dict_place with an index.
Value* place_by_index(DictObject* dict, const Value& key, bool& inserted) {
    std::uint32_t slot = 0, hashed = 0;
    const std::uint32_t found = with_comparison(key, [&](std::uint32_t hash, auto matches) {
        hashed = hash;
        return probe(dict, hash, slot, matches);
    });
    inserted = found == kNoEntry;
    if (!inserted) return &dict->entries[found].value;
    if (dict->used == dict->capacity) [[unlikely]] {
        if (!make_room(dict)) return nullptr;
        for (slot = hashed & dict->index_mask; dict->index[slot] != kEmptySlot;) slot = (slot + 1) & dict->index_mask;
    }
    dict->index[slot] = (hashed & ~dict->index_mask) | dict->used;
    return append_entry(dict, key);
}

[[gnu::noinline]] Value* place_after_growing(DictObject* dict, const Value& key, bool& inserted) {
    if (!make_room(dict)) return nullptr;
    return dict->index_mask == 0 ? append_entry(dict, key) : place_by_index(dict, key, inserted);
}

}  // namespace

Value* dict_place(DictObject* dict, const Value& key, bool& inserted) {
    if (dict->index_mask != 0) return place_by_index(dict, key, inserted);
    const std::uint32_t found = scan_for(dict, key);
    inserted = found == kNoEntry;
    if (!inserted) return &dict->entries[found].value;
    return dict->used < dict->capacity ? append_entry(dict, key) : place_after_growing(dict, key, inserted);
}

bool dict_remove(DictObject* dict, const Value& key, Value* removed) {
    const std::uint32_t found = dict_lookup(dict, key);
    if (found == kNoEntry) return false;
    DictEntry& entry = dict->entries[found];
    // Everything that is dropped here dies after the dict is whole again: `key` may be the entry's own.
    Value old_key = std::move(entry.key), old_value = std::move(entry.value);
    entry.key.set_raw(static_cast<std::uint64_t>(ValueKind::Unset), 0);
    --dict->count;
    if (dict->index_mask == 0) {
        while (dict->used > dict->first && dict->entries[dict->used - 1].key.is_marker()) --dict->used;
    }
    while (dict->first < dict->used && dict->entries[dict->first].key.is_marker()) ++dict->first;
    if (dict->first == dict->used && dict->index_mask == 0) dict->first = dict->used = 0;
    if ((dict->used - dict->first) / 4 > dict->count + kSmall) (void)rebuild(dict, std::max<std::size_t>(dict->count * 2, kSmall));
    if (removed) *removed = std::move(old_value);
    return true;
}

void dict_clear(DictObject* dict) {
    DictObject old = *dict;
    dict->count = dict->used = dict->capacity = dict->index_mask = dict->first = 0;
    dict->entries = nullptr;
    dict->index = nullptr;
    dict->head.flags = 0;
    for (std::uint32_t i = old.first; i < old.used; ++i) old.entries[i].~DictEntry();
    free_tables(&old);
}

// --- hooks -------------------------------------------------------------------------------------------------------------

namespace hooks {

bool truthy_Dict(const Value& value) { return value.as_dict()->count != 0; }

// position: twice the number of the next entry, plus 1 when its key is written.
bool display_Dict(const Value& value, Cursor& at, DisplayDriver& out) {
    const DictObject* dict = value.as_dict();
    if (at.state == 0) {
        out.text("{");
        at.state = 1;
    }
    for (;;) {
        const std::uint32_t i = dict_next(dict, static_cast<std::uint32_t>(at.position / 2));
        if (i >= dict->used) break;
        if (at.position % 2 == 0) {
            if (at.state == 2) out.text(", ");
            at.state = 2;
            at.position = std::size_t{i} * 2 + 1;
            if (!out.child(dict->entries[i].key)) return false;
        }
        out.text(": ");
        at.position = (std::size_t{i} + 1) * 2;
        if (!out.child(dict->entries[i].value)) return false;
    }
    out.text("}");
    return true;
}

bool equals_Dict(const Value& a, const Value& b, Cursor& at, EqualityDriver& driver) {
    const DictObject* left = a.as_dict();
    const DictObject* right = b.as_dict();
    if (left->count != right->count) return driver.unequal();
    for (;;) {
        const std::uint32_t i = dict_next(left, static_cast<std::uint32_t>(at.position));
        if (i >= left->used) return true;
        at.position = std::size_t{i} + 1;
        const Value* other = dict_find(right, left->entries[i].key);
        if (!other) return driver.unequal();
        if (!driver.pair(left->entries[i].value, *other)) return false;
    }
}

RUFF_UNORDERED(Dict)

bool hash_Dict(const Value& key, Cursor& at, HashDriver& driver) {
    const DictObject* dict = key.as_dict();
    if (at.position == 0) at.state = 0x2545f491 + dict->count;
    for (;;) {
        const std::uint32_t i = dict_next(dict, static_cast<std::uint32_t>(at.position));
        if (i >= dict->used) return true;
        at.position = std::size_t{i} + 1;
        at.extra = hash_key(dict->entries[i].key);
        if (!driver.child(dict->entries[i].value, at, ValueKind::Dict)) return false;
    }
}

RUFF_KEYS_BY_CONTENT(Dict)
Sendable sendable_Dict() { return Sendable::Copy; }

void children_Dict(Object* object, ValueVisitor& visitor) {
    auto* dict = reinterpret_cast<DictObject*>(object);
    for (std::uint32_t i = dict->first; i < dict->used; ++i) {
        if (dict->entries[i].key.is_marker()) continue;
        visitor.visit(dict->entries[i].key);
        visitor.visit(dict->entries[i].value);
    }
}

void free_Dict(Object* object) {
    auto* dict = reinterpret_cast<DictObject*>(object);
    for (std::uint32_t i = dict->first; i < dict->used; ++i) dict->entries[i].~DictEntry();
    free_tables(dict);
    current_heap().deallocate(dict, sizeof(DictObject));
}

bool truthy_Set(const Value& value) { return value.as_dict()->count != 0; }

bool display_Set(const Value& value, Cursor& at, DisplayDriver& out) {
    const DictObject* set = value.as_dict();
    if (at.state == 0) out.text("set(");
    for (;;) {
        const std::uint32_t i = dict_next(set, static_cast<std::uint32_t>(at.position));
        if (i >= set->used) break;
        if (at.state == 2) out.text(", ");
        at.state = 2;
        at.position = std::size_t{i} + 1;
        if (!out.child(set->entries[i].key)) return false;
    }
    out.text(")");
    return true;
}

bool equals_Set(const Value& a, const Value& b, Cursor&, EqualityDriver& driver) {
    const DictObject* left = a.as_dict();
    const DictObject* right = b.as_dict();
    if (left->count != right->count) return driver.unequal();
    for (std::uint32_t i = dict_next(left, 0); i < left->used; i = dict_next(left, i + 1)) {
        if (dict_lookup(right, left->entries[i].key) == kNoEntry) return driver.unequal();
    }
    return true;
}

RUFF_UNORDERED(Set)

bool hash_Set(const Value& key, Cursor& at, HashDriver&) {
    const DictObject* set = key.as_dict();
    at.state = 0x6c8e9cf5 + set->count;
    for (std::uint32_t i = dict_next(set, 0); i < set->used; i = dict_next(set, i + 1)) {
        at.state += hash_word(hash_key(set->entries[i].key));   // a sum: the order of the members does not count
    }
    at.state = hash_word(at.state);
    return true;
}

RUFF_KEYS_BY_CONTENT(Set)
Sendable sendable_Set() { return Sendable::Copy; }
void children_Set(Object* object, ValueVisitor& visitor) { children_Dict(object, visitor); }
void free_Set(Object* object) { free_Dict(object); }

}  // namespace hooks
}  // namespace ruff::vm
