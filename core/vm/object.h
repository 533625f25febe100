#pragma once
// The layouts of heap objects that are plain data: strings, bytes, arrays, dicts, sets, ranges, structs, variants, errors.
// Functions, cells, fibers and modules are in core/vm/function.h and core/vm/fiber.h.
//
// Operations stand with their kind: core/vm/string.h, array.h, dict.h (dicts and sets), struct.h, error.h.

#include <cstdint>
#include <string_view>

#include "core/vm/heap.h"
#include "core/vm/value.h"

namespace ruff::vm {

// --- strings and bytes -------------------------------------------------------------------------------------------

/// Flags of StringObject.
enum StringFlag : std::uint8_t {
    kStringAscii = 1,      ///< every byte below 0x80: code point i is byte i
    kStringInterned = 2,   ///< a constant: two interned strings are equal only when they are the same object
    kStringHasBreadcrumbs = 4,   ///< the heap keeps offsets into this counted string (see string.cpp)
};

/// Immutable UTF-8 text, or the raw octets of bytes (kind Bytes, same layout): followed by `size` octets and a NUL.
/// The only change ever made is appending to an unshared string that has room (see `append_in_place`).
struct StringObject {
    Object head;
    std::uint32_t size;          ///< in bytes; at most kMaxStringSize
    std::uint32_t capacity;      ///< bytes allocated behind the header, without the NUL
    std::uint32_t hash;          ///< 0: not computed yet
    std::uint32_t length;        ///< in code points; kUnknownLength until asked for. Bytes: equals size

    [[nodiscard]] const char* data() const { return reinterpret_cast<const char*>(this + 1); }
    [[nodiscard]] char* data() { return reinterpret_cast<char*>(this + 1); }
    [[nodiscard]] std::string_view view() const { return {data(), size}; }
    [[nodiscard]] bool is_ascii() const { return (head.flags & kStringAscii) != 0; }
    [[nodiscard]] bool is_interned() const { return (head.flags & kStringInterned) != 0; }
};
static_assert(sizeof(StringObject) == 24);
inline constexpr std::uint32_t kUnknownLength = 0xffffffff;
inline constexpr std::uint32_t kMaxStringSize = 0x7fff0000;
struct BytesObject : StringObject {};

// --- arrays ------------------------------------------------------------------------------------------------------

enum ArrayFlag : std::uint8_t {
    kArrayMayHoldHeap = 1,   ///< some element may be a heap value; without it stores and the end need not look
};

/// `elements` points at the first element; `block` at the allocation: they differ after elements were taken off the
/// front, so a queue pops in O(1).
struct ArrayObject {
    Object head;
    std::size_t size;
    std::size_t capacity;   ///< elements from `elements` to the end of the block
    Value* elements;
    Value* block;

    [[nodiscard]] bool may_hold_heap() const { return (head.flags & kArrayMayHoldHeap) != 0; }
    [[nodiscard]] Value* begin() { return elements; }
    [[nodiscard]] Value* end() { return elements + size; }
    [[nodiscard]] const Value* begin() const { return elements; }
    [[nodiscard]] const Value* end() const { return elements + size; }
};

// --- dicts and sets ----------------------------------------------------------------------------------------------

struct DictEntry {
    Value key;     ///< unset: a removed entry
    Value value;   ///< of a set: null
};

/// Insertion-ordered: dense entries, and above 8 of them an open-addressed index of entry numbers (essay in dict.cpp).
struct DictObject {
    Object head;
    std::uint32_t count;       ///< live entries
    std::uint32_t used;        ///< entries in use, removed ones included
    std::uint32_t capacity;    ///< entries allocated
    std::uint32_t index_mask;  ///< slots of the index - 1; 0: no index
    std::uint32_t first;       ///< entries before this one are removed: a queue takes from the front in O(1)
    DictEntry* entries;
    std::uint32_t* index;
};
/// What a dict's keys have been since it was empty; lets a lookup skip comparisons that cannot succeed.
enum DictFlag : std::uint8_t {
    kDictOtherStrings = 1,   ///< strings that are not interned
    kDictOtherKeys = 2,      ///< neither strings nor ints
};
struct SetObject : DictObject {};

// --- ranges ------------------------------------------------------------------------------------------------------

struct RangeObject {
    Object head;
    std::int64_t start;
    std::int64_t end;        ///< exclusive; of `a..=b` the display remembers kRangeInclusive in flags and `end` is b
    std::int64_t step;       ///< never 0
};
enum RangeFlag : std::uint8_t { kRangeInclusive = 1 };

// --- structs, enums, results, options ----------------------------------------------------------------------------

struct StructInfo;    ///< core/vm/struct.h
struct VariantInfo;

/// Followed by its field values in declared order; behind them, if the type says so, by its environment.
struct StructObject {
    Object head;           ///< extra: number of fields
    const StructInfo* info;

    [[nodiscard]] Value* fields() { return reinterpret_cast<Value*>(this + 1); }
    [[nodiscard]] const Value* fields() const { return reinterpret_cast<const Value*>(this + 1); }
    [[nodiscard]] std::uint16_t field_count() const { return head.extra; }
};

/// A value of an enum, of `Result` or `Option` (kinds Enum, Result, Option). Variants without payload are immortal.
struct VariantObject {
    Object head;           ///< extra: number of payload values
    const VariantInfo* info;

    [[nodiscard]] Value* payload() { return reinterpret_cast<Value*>(this + 1); }
    [[nodiscard]] const Value* payload() const { return reinterpret_cast<const Value*>(this + 1); }
    [[nodiscard]] std::uint16_t payload_count() const { return head.extra; }
};

// --- errors ------------------------------------------------------------------------------------------------------

/// Kinds of error as programs see them in `e.kind`; order of core/vm/error.cpp's names.
enum class ErrorKind : std::uint8_t {
    Thrown, Assertion, Name, Type, Value, Index, Key, Arithmetic, Overflow, Io, Network, Timeout, Cancelled, Permission, Module,
};

struct StackEntry {
    std::uint32_t function;     ///< index of the loaded function (core/vm/code.h)
    std::uint32_t pc;
};

/// A step of an error from fiber to fiber: where the failing one was started, and where the next one awaited it.
struct AsyncStep {
    StackEntry place;
    bool is_await;              ///< false: the start
    AsyncStep* next;
};

struct ErrorObject {
    Object head;
    ErrorKind kind;
    bool has_stack;             ///< the stack was captured: by the throw, kept by a rethrow
    std::uint32_t stack_size;
    std::uint32_t stack_omitted;///< frames left out between the innermost 100 and the outermost 20
    StackEntry* stack;          ///< innermost first
    AsyncStep* async_steps;     ///< the way the error went through fibers, in order; see add_async_step
    Value message;              ///< string
    Value hint;                 ///< string or null
    Value value;                ///< what was thrown
    Value cause;                ///< error or null
    Value suppressed;           ///< array or null
    Value errors;               ///< array or null
    Value extra;                ///< dict of further fields given to `error(message, {...})`, or null
};

}  // namespace ruff::vm
