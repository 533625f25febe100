// Strings.
//
//     +------------+------+----------+------+--------+----------------------+----+
//     | head       | size | capacity | hash | length | text, UTF-8          | 0  |
//     | refs flags | bytes| bytes    | 0: ? | points |                      |    |
//     +------------+------+----------+------+--------+----------------------+----+
//       8            4      4          4      4        size <= capacity
//
// One block: a string of up to 7 bytes takes 32. The text is always valid UTF-8 (whoever brings text from outside checks it
// first) and ends in a NUL that is not counted, for the C functions of the system.
//
// States. A string is *ASCII* (flag) when it was made, or not: then code point i is byte i, and length, indexing, slices
// and case are plain. Everything else about code points is asked for lazily: `length` when it is needed, offsets by
// *breadcrumbs*, the byte offset of every 64th code point, made at the first random access to a text of more than 256
// bytes. They live in a table beside the heap and not in the string: few strings have any, immortal strings are shared
// between threads and must not change, and 8 bytes fewer in each string is what keeps short keys in 32 bytes. Bytes (kind
// Bytes) have the same layout; their length is their size.
//
// Immutability, with one exception: `append_in_place` changes a string that nobody else holds. It grows the block by half,
// so that building a text piece by piece is linear; `s := s + t`, `s += t` and interpolation at the end of a chain come
// here. Breadcrumbs stay true, because only the end changes. No ropes: they would put a branch into every operation for
// the sake of prepending.
//
// Interning. Constants and names are interned when code is loaded: immortal, one object a text, hash computed beforehand
// (shared by threads, so nothing in them may change later). Two interned strings are equal only when they are one object,
// which is what makes constant dict keys one pointer compare. Strings made at run time are not interned: looking each up
// costs more than it saves. The 128 one-character ASCII strings and the empty one are interned from the start, as static
// data, so that iterating over a text allocates nothing.

#include "core/vm/string.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "core/support/mutex.h"
#include "core/support/utf8.h"
#include "core/vm/breadcrumbs.h"
#include "core/vm/drivers.h"
#include "core/vm/hash.h"
#include "core/vm/heap.h"

namespace ruff::vm {
namespace {

std::uint64_t read64(const char* p) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    return word;
}
std::uint64_t read32(const char* p) {
    std::uint32_t word;
    std::memcpy(&word, p, 4);
    return word;
}

constexpr std::uint64_t kSecret0 = 0xa0761d6478bd642full, kSecret1 = 0xe7037ed1a0b428dbull, kSecret2 = 0x8ebc6af09c88c6e3ull;

constexpr std::uint32_t finish_hash(std::uint64_t a, std::uint64_t b, std::uint64_t seed, std::size_t size) {
    const std::uint64_t hash = hash_fold(kSecret1 ^ size, hash_fold(a ^ kSecret1, b ^ seed));
    const auto folded = static_cast<std::uint32_t>(hash ^ (hash >> 32));
    return folded != 0 ? folded : 1;
}
constexpr std::uint64_t first_seed = hash_fold(kSecret0, kSecret2);

// --- shared strings ------------------------------------------------------------------------------------------------

struct SharedCharacter {
    StringObject object;
    char text[8];
};
static_assert(sizeof(SharedCharacter) == 32);

constexpr StringObject shared_head(std::uint32_t size, std::uint64_t hashed) {
    StringObject string{};
    string.head.references = kImmortal;
    string.head.kind = ValueKind::String;
    string.head.flags = kStringAscii | kStringInterned;
    string.size = size;
    string.capacity = 7;
    string.hash = finish_hash(hashed, 0, first_seed, size);
    string.length = size;
    return string;
}
constexpr std::array<SharedCharacter, 128> shared_characters() {
    std::array<SharedCharacter, 128> all{};
    for (std::size_t c = 0; c < 128; ++c) {
        all[c].object = shared_head(1, c << 16 | c << 8 | c);
        all[c].text[0] = static_cast<char>(c);
    }
    return all;
}
// Written to by nobody, but reached through pointers to non-const like every string.
constinit std::array<SharedCharacter, 128> g_characters = shared_characters();
constinit SharedCharacter g_empty = {shared_head(0, 0), {}};

// --- blocks --------------------------------------------------------------------------------------------------------

/// Bytes of text for which a block leaves no room unused.
std::size_t capacity_for(std::size_t size) { return ((sizeof(StringObject) + size + 1 + 15) & ~std::size_t{15}) - sizeof(StringObject) - 1; }
std::size_t block_size(std::size_t capacity) { return string_block_size(capacity); }

StringObject* new_block(std::size_t capacity, ValueKind kind) {
    if (capacity > kMaxStringSize) return nullptr;
    capacity = capacity_for(capacity);
    auto* string = static_cast<StringObject*>(current_heap().allocate(block_size(capacity)));
    if (!string) return nullptr;
    string->head = {1, kind, 0, 0};
    string->capacity = static_cast<std::uint32_t>(capacity);
    string->hash = 0;
    return string;
}

void set_text_state(StringObject* string, std::size_t size, bool is_ascii) {
    string->size = static_cast<std::uint32_t>(size);
    string->data()[size] = '\0';
    const bool is_bytes = string->head.kind == ValueKind::Bytes;
    if (is_ascii && !is_bytes) string->head.flags |= kStringAscii;
    string->length = is_ascii || is_bytes ? string->size : kUnknownLength;
}

}  // namespace

// --- breadcrumbs -----------------------------------------------------------------------------------------------------

namespace {

constexpr std::uint32_t kCrumbDistance = 64;
constexpr std::uint32_t kCrumbsFrom = 256;   ///< shorter texts are counted through

/// Byte offset of the code point `count` after the one at `offset`.
std::uint32_t skip_code_points(const StringObject* string, std::uint32_t offset, std::uint32_t count) {
    const char* text = string->data();
    while (count-- > 0) {
        ++offset;
        while (offset < string->size && utf8::is_continuation(text[offset])) ++offset;
    }
    return offset;
}

/// The crumbs of `string`, complete up to its present end.
const std::vector<std::uint32_t>& crumbs_of(StringObject* string) {
    Heap& heap = current_heap();
    if (!heap.breadcrumbs) heap.breadcrumbs = std::make_unique<BreadcrumbTable>();
    BreadcrumbTable& table = *heap.breadcrumbs;
    if (table.last != string) {
        table.last_offsets = &table.all[string];
        table.last = string;
        if (!string->head.is_immortal()) string->head.flags |= kStringHasBreadcrumbs;
    }
    std::vector<std::uint32_t>& offsets = *table.last_offsets;
    if (offsets.empty()) offsets.push_back(0);
    while ((static_cast<std::size_t>(offsets.size())) * kCrumbDistance <= string_length(string)) {
        offsets.push_back(skip_code_points(string, offsets.back(), kCrumbDistance));
    }
    return offsets;
}

void forget_breadcrumbs(const StringObject* string) {
    BreadcrumbTable& table = *current_heap().breadcrumbs;
    if (table.last == string) table.last = nullptr;
    table.all.erase(string);
}

void move_breadcrumbs(const StringObject* from, const StringObject* to) {
    BreadcrumbTable& table = *current_heap().breadcrumbs;
    table.last = nullptr;
    auto node = table.all.extract(from);
    node.key() = to;
    table.all.insert(std::move(node));
}

}  // namespace

// --- looking at text -------------------------------------------------------------------------------------------------

bool is_ascii_text(std::string_view text) {
    const char* p = text.data();
    std::size_t left = text.size();
    // 32 bytes a step: the compiler makes it vector code.
    for (; left >= 32; p += 32, left -= 32) {
        if (((read64(p) | read64(p + 8) | read64(p + 16) | read64(p + 24)) & 0x8080808080808080ull) != 0) return false;
    }
    std::uint64_t seen = 0;
    for (; left >= 8; p += 8, left -= 8) seen |= read64(p);
    if (left >= 4) {
        seen |= read32(p);
        p += 4;
        left -= 4;
    }
    for (; left > 0; ++p, --left) seen |= static_cast<unsigned char>(*p);
    return (seen & 0x8080808080808080ull) == 0;
}

std::uint32_t count_code_points(std::string_view text) {
    // Every byte that is no continuation byte begins a code point. Counted in lanes of one byte, at most 255 rounds each.
    std::size_t continuations = 0;
    const char* p = text.data();
    std::size_t left = text.size();
    while (left >= 8) {
        std::uint64_t lanes = 0;
        for (int round = 0; round < 255 && left >= 8; ++round, p += 8, left -= 8) {
            const std::uint64_t word = read64(p);
            lanes += (word >> 7) & ~(word >> 6) & 0x0101010101010101ull;
        }
        const std::uint64_t pairs = (lanes & 0x00ff00ff00ff00ffull) + ((lanes >> 8) & 0x00ff00ff00ff00ffull);
        continuations += (pairs * 0x0001000100010001ull) >> 48;
    }
    for (; left > 0; ++p, --left) continuations += utf8::is_continuation(*p);
    return static_cast<std::uint32_t>(text.size() - continuations);
}

std::size_t find_invalid_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        if (text.size() - i >= 8 && (read64(text.data() + i) & 0x8080808080808080ull) == 0) {
            i += 8;
            continue;
        }
        if (static_cast<signed char>(text[i]) >= 0) {
            ++i;
            continue;
        }
        const utf8::Decoded decoded = utf8::decode(text, i);
        if (!decoded.is_valid) return i;
        i += decoded.size;
    }
    return std::string_view::npos;
}

std::uint32_t hash_bytes(std::string_view text) {
    const char* p = text.data();
    const std::size_t size = text.size();
    std::uint64_t seed = first_seed, a = 0, b = 0;
    if (size <= 16) [[likely]] {
        if (size >= 4) [[likely]] {
            a = read32(p) << 32 | read32(p + ((size >> 3) << 2));
            b = read32(p + size - 4) << 32 | read32(p + size - 4 - ((size >> 3) << 2));
        } else if (size > 0) {
            const auto byte = [&](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(p[i])); };
            a = byte(0) << 16 | byte(size >> 1) << 8 | byte(size - 1);
        }
    } else {
        std::size_t left = size;
        for (; left > 16; left -= 16, p += 16) seed = hash_fold(read64(p) ^ kSecret1, read64(p + 8) ^ seed);
        a = read64(p + left - 16);
        b = read64(p + left - 8);
    }
    return finish_hash(a, b, seed, size);
}

// --- making ----------------------------------------------------------------------------------------------------------

StringObject* ascii_character(unsigned char byte) { return &g_characters[byte].object; }
StringObject* empty_string() { return &g_empty.object; }

Value make_string(std::string_view text) { return make_string(text, is_ascii_text(text)); }

Value make_string(std::string_view text, bool is_ascii) {
    if (text.size() <= 1) {
        if (text.empty()) return Value::adopt(&g_empty.object);
        return Value::adopt(ascii_character(static_cast<unsigned char>(text[0])));
    }
    StringObject* string = new_block(text.size(), ValueKind::String);
    if (!string) return Value::null();
    std::memcpy(string->data(), text.data(), text.size());
    set_text_state(string, text.size(), is_ascii);
    return Value::adopt(string);
}

Value make_bytes(std::string_view octets) {
    StringObject* string = new_string(octets.size(), ValueKind::Bytes);
    if (!string) return Value::null();
    if (!octets.empty()) std::memcpy(string->data(), octets.data(), octets.size());
    return Value::adopt(string);
}

StringObject* new_string(std::size_t size, ValueKind kind) {
    StringObject* string = new_block(size, kind);
    if (string) set_text_state(string, size, false);
    return string;
}

void finish_string(StringObject* string) { set_text_state(string, string->size, is_ascii_text(string->view())); }

std::size_t string_block_size(std::size_t capacity) { return sizeof(StringObject) + capacity + 1; }

void free_string(StringObject* string) noexcept {
    if (string->head.flags & kStringHasBreadcrumbs) [[unlikely]] forget_breadcrumbs(string);
    current_heap().deallocate(string, block_size(string->capacity));
}

Value concatenate(const StringObject* left, const StringObject* right) {
    const std::size_t size = std::size_t{left->size} + right->size;
    StringObject* string = new_block(size, left->head.kind);
    if (!string) return Value::null();
    std::memcpy(string->data(), left->data(), left->size);
    std::memcpy(string->data() + left->size, right->data(), right->size);
    set_text_state(string, size, left->is_ascii() && right->is_ascii());
    return Value::adopt(string);
}

// --- interning -------------------------------------------------------------------------------------------------------

namespace {

/// All interned strings of the process. Open addressing; nothing is ever removed, so the memory is never given back.
struct InternTable {
    Mutex mutex;
    StringObject** slots = nullptr;
    std::size_t mask = 0;
    std::size_t count = 0;
    char* chunk = nullptr;
    std::size_t chunk_left = 0;
};
constinit InternTable g_interned;

StringObject** intern_slot(std::string_view text, std::uint32_t hash) {
    std::size_t i = hash & g_interned.mask;
    while (StringObject* string = g_interned.slots[i]) {
        if (string->hash == hash && string->view() == text) break;
        i = (i + 1) & g_interned.mask;
    }
    return &g_interned.slots[i];
}

void grow_intern_table() {
    StringObject** old = g_interned.slots;
    const std::size_t old_slots = old ? g_interned.mask + 1 : 0;
    const std::size_t slots = old ? old_slots * 2 : 1024;
    g_interned.slots = static_cast<StringObject**>(std::calloc(slots, sizeof(StringObject*)));
    if (!g_interned.slots) std::abort();
    g_interned.mask = slots - 1;
    for (std::size_t i = 0; i < old_slots; ++i) {
        if (old[i]) *intern_slot(old[i]->view(), old[i]->hash) = old[i];
    }
    std::free(old);
}

void* immortal_memory(std::size_t size) {
    size = (size + 15) & ~std::size_t{15};
    if (size > 4096) return std::malloc(size);
    if (g_interned.chunk_left < size) {
        g_interned.chunk_left = 16 * 1024;
        g_interned.chunk = static_cast<char*>(std::malloc(g_interned.chunk_left));
        if (!g_interned.chunk) return nullptr;
    }
    void* memory = g_interned.chunk;
    g_interned.chunk += size;
    g_interned.chunk_left -= size;
    return memory;
}

StringObject* shared_string(std::string_view text) {
    if (text.empty()) return &g_empty.object;
    if (text.size() == 1) return ascii_character(static_cast<unsigned char>(text[0]));
    return nullptr;
}

}  // namespace

StringObject* intern(std::string_view text) {
    if (StringObject* shared = shared_string(text)) return shared;
    const std::uint32_t hash = hash_bytes(text);
    const std::lock_guard lock(g_interned.mutex);
    if (g_interned.count * 2 >= g_interned.mask) grow_intern_table();
    StringObject** slot = intern_slot(text, hash);
    if (*slot) return *slot;
    auto* string = static_cast<StringObject*>(immortal_memory(block_size(text.size())));
    if (!string) std::abort();
    string->head = {kImmortal, ValueKind::String, kStringInterned, 0};
    string->capacity = static_cast<std::uint32_t>(text.size());
    std::memcpy(string->data(), text.data(), text.size());
    set_text_state(string, text.size(), is_ascii_text(text));
    string->length = count_code_points(text);
    string->hash = hash;
    ++g_interned.count;
    return *slot = string;
}

StringObject* find_interned(std::string_view text) {
    if (StringObject* shared = shared_string(text)) return shared;
    const std::uint32_t hash = hash_bytes(text);
    const std::lock_guard lock(g_interned.mutex);
    return g_interned.slots ? *intern_slot(text, hash) : nullptr;
}

// --- code points -----------------------------------------------------------------------------------------------------

std::uint32_t count_length(StringObject* string) {
    return string->length = count_code_points(string->view());   // immortal strings know theirs: no write here
}

std::uint32_t byte_offset(StringObject* string, std::uint32_t index) {
    if (string->is_ascii() || string->head.kind == ValueKind::Bytes) return index;
    if (string->size < kCrumbsFrom) return skip_code_points(string, 0, index);
    const std::uint32_t crumb = index / kCrumbDistance;
    return skip_code_points(string, crumbs_of(string)[crumb], index % kCrumbDistance);
}

std::uint32_t code_point_index(StringObject* string, std::uint32_t offset) {
    if (string->is_ascii() || string->head.kind == ValueKind::Bytes) return offset;
    if (string->size < kCrumbsFrom) return count_code_points(string->view().substr(0, offset));
    const std::vector<std::uint32_t>& crumbs = crumbs_of(string);
    const auto after = std::upper_bound(crumbs.begin(), crumbs.end(), offset);
    const auto number = static_cast<std::uint32_t>(after - crumbs.begin()) - 1;
    const std::uint32_t from = crumbs[number];
    return number * kCrumbDistance + count_code_points(string->view().substr(from, offset - from));
}

Value next_character(const StringObject* string, std::uint32_t& offset) {
    const std::uint32_t begin = offset;
    offset = skip_code_points(string, offset, 1);
    return make_string(string->view().substr(begin, offset - begin), offset - begin == 1);
}

Value string_at_slow(StringObject* string, std::uint32_t index) {
    std::uint32_t offset = byte_offset(string, index);
    return next_character(string, offset);
}

Value string_slice(StringObject* string, std::uint32_t begin, std::uint32_t end) {
    const std::uint32_t from = byte_offset(string, begin);
    // A short slice is walked to its end, which costs less than looking that up.
    const std::uint32_t to = end - begin <= kCrumbDistance && !string->is_ascii() && string->head.kind == ValueKind::String
                                 ? skip_code_points(string, from, end - begin)
                                 : byte_offset(string, end);
    const std::string_view text = string->view().substr(from, to - from);
    if (string->head.kind == ValueKind::Bytes) return make_bytes(text);
    return string->is_ascii() ? make_string(text, true) : make_string(text);
}

// --- appending -------------------------------------------------------------------------------------------------------

namespace {

/// Half as much again, so that a text built in n steps is copied O(n) bytes in all.
std::size_t grown_capacity(std::size_t capacity, std::size_t needed) {
    const std::size_t grown = std::max(needed, capacity + capacity / 2 + 16);
    return std::max(needed, std::min<std::size_t>(grown, kMaxStringSize));
}

StringObject* regrow(StringObject* string, std::size_t capacity) {
    if (capacity > kMaxStringSize) return nullptr;
    capacity = capacity_for(capacity);
    auto* moved = static_cast<StringObject*>(
        current_heap().reallocate(string, block_size(string->capacity), block_size(capacity)));
    if (!moved) return nullptr;
    moved->capacity = static_cast<std::uint32_t>(capacity);
    if (moved != string && (moved->head.flags & kStringHasBreadcrumbs)) move_breadcrumbs(string, moved);
    return moved;
}

}  // namespace

bool append_in_place(Value& target, std::string_view text, bool is_ascii) {
    if (text.empty()) return true;
    StringObject* string = target.as_string();
    const std::size_t size = std::size_t{string->size} + text.size();
    if (string->head.is_shared()) {
        StringObject* copy = new_block(size, string->head.kind);
        if (!copy) return false;
        std::memcpy(copy->data(), string->data(), string->size);
        std::memcpy(copy->data() + string->size, text.data(), text.size());
        set_text_state(copy, size, is_ascii && string->is_ascii());
        target = Value::adopt(copy);
        return true;
    }
    if (size > string->capacity) {
        const bool is_inside = text.data() >= string->data() && text.data() <= string->data() + string->size;
        const std::size_t inside = is_inside ? static_cast<std::size_t>(text.data() - string->data()) : 0;
        StringObject* moved = regrow(string, grown_capacity(string->capacity, size));
        if (!moved) return false;
        string = moved;
        target.set_raw(target.tag(), std::bit_cast<std::uint64_t>(string));
        if (is_inside) text = {string->data() + inside, text.size()};
    }
    std::memmove(string->data() + string->size, text.data(), text.size());
    string->data()[size] = '\0';
    string->size = static_cast<std::uint32_t>(size);
    string->hash = 0;
    if (!is_ascii) string->head.flags &= static_cast<std::uint8_t>(~kStringAscii);
    if (string->is_ascii() || string->head.kind == ValueKind::Bytes) {
        string->length = string->size;
    } else if (string->length != kUnknownLength) {
        string->length += is_ascii ? static_cast<std::uint32_t>(text.size()) : count_code_points(text);
    }
    return true;
}

bool StringBuilder::grow(std::size_t more) {
    if (failed_) return false;
    const std::size_t capacity = std::max(size_ + more, size_ * 2);
    StringObject* string = string_ ? regrow(string_, std::max(size_ + more, std::min<std::size_t>(capacity, kMaxStringSize)))
                                   : new_block(capacity, ValueKind::String);
    if (!string) {
        failed_ = true;
        return false;
    }
    if (!string_) std::memcpy(string->data(), inline_, size_);
    string_ = string;
    data_ = string->data();
    capacity_ = string->capacity;
    return true;
}

Value StringBuilder::take_as(ValueKind kind) {
    Value result;
    if (failed_) {
        result = Value::null();
    } else if (!string_ || size_ <= 1) {
        const std::string_view text{data_, size_};
        result = kind == ValueKind::String ? make_string(text, ascii_) : make_bytes(text);
    } else {
        StringObject* string = string_;
        string_ = nullptr;
        if (capacity_ - size_ > size_ / 8) {
            string->size = static_cast<std::uint32_t>(size_);
            if (StringObject* fitted = regrow(string, size_)) string = fitted;
        }
        string->head.kind = kind;
        set_text_state(string, size_, ascii_);
        result = Value::adopt(string);
    }
    if (string_) free_string(string_);
    string_ = nullptr;
    data_ = inline_;
    size_ = 0;
    capacity_ = kInline;
    ascii_ = true;
    failed_ = false;
    return result;
}

void StringBuilder::append_code_point(char32_t code_point) {
    if (code_point < 0x80) return append(static_cast<char>(code_point));
    std::string text;
    utf8::append(text, code_point);
    append(text, false);
}

// --- hooks -----------------------------------------------------------------------------------------------------------

namespace hooks {

bool truthy_String(const Value& value) { return value.as_string()->size != 0; }
bool display_String(const Value& value, Cursor&, DisplayDriver& out) {
    out.quoted(value.as_string()->view());
    return true;
}
bool equals_String(const Value& a, const Value& b, Cursor&, EqualityDriver& driver) {
    return strings_equal(a.as_string(), b.as_string()) ? true : driver.unequal();
}
bool order_String(const Value& a, const Value& b, Cursor&, OrderDriver& driver) {
    const int order = compare_text(a.as_string()->view(), b.as_string()->view());
    return driver.decide((order > 0) - (order < 0));
}
bool hash_String(const Value& key, Cursor& at, HashDriver&) {
    at.state = string_hash(key.as_string());
    return true;
}
RUFF_KEYS_BY_CONTENT(String)
Sendable sendable_String() { return Sendable::Copy; }
void children_String(Object*, ValueVisitor&) {}
void free_String(Object* object) { free_string(reinterpret_cast<StringObject*>(object)); }

bool truthy_Bytes(const Value& value) { return value.as_string()->size != 0; }
bool display_Bytes(const Value& value, Cursor&, DisplayDriver& out) {
    static constexpr char kDigits[] = "0123456789abcdef";
    out.text("bytes(");
    bool is_first = true;
    for (const char c : value.as_string()->view()) {
        if (!is_first) out.text(", ");
        is_first = false;
        const auto byte = static_cast<unsigned char>(c);
        const char piece[] = {'0', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
        out.text({piece, 4});
    }
    out.text(")");
    return true;
}
bool equals_Bytes(const Value& a, const Value& b, Cursor&, EqualityDriver& driver) {
    return a.as_string()->view() == b.as_string()->view() ? true : driver.unequal();
}
RUFF_UNORDERED(Bytes)
bool hash_Bytes(const Value& key, Cursor& at, HashDriver&) {
    at.state = string_hash(key.as_string()) ^ 0x5bd1e995u;   // bytes and the string of the same octets are two keys
    return true;
}
RUFF_KEYS_BY_CONTENT(Bytes)
Sendable sendable_Bytes() { return Sendable::Copy; }
void children_Bytes(Object*, ValueVisitor&) {}
void free_Bytes(Object* object) { free_string(reinterpret_cast<StringObject*>(object)); }

}  // namespace hooks
}  // namespace ruff::vm
