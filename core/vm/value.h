#pragma once
// Values: what every variable, element and register of a Ruff program holds.
//
// A value is 16 bytes: a tag word whose low byte is the kind, and a payload word: an int, the bits of a float, a bool, or
// a pointer to a counted object. Why not NaN boxing: ints are 64 bits wide, and a 48-bit int in a box loses 15-40 % on
// integer loops; a tagged pair prints in a debugger and needs no pointer tricks under the sanitizers.
//
//     tag  (8 bytes) kind, zero above          payload (8 bytes)
//     Int            0x05                      two's complement
//     Float          0x06                      IEEE bits
//     String ...     0x07 ...                  Object*
//
// What always holds:
// - `Value` owns one reference to its object: copying retains, moving empties the source to null, destroying releases.
// - Collections are values of the language: an object with `references > 1` is shared and is copied before a change
//   (`unshare_*` in the headers of each kind). `references < 0` marks an immortal object (constants, shared code): never
//   counted, never freed, never changed, so isolates may share it.
// - A pair of words is always copied as two words, never as one 16-byte vector: a wide load behind two narrow stores
//   cannot be forwarded from the store buffer and costs a dozen cycles.
//
// Threads: an object belongs to the isolate (thread) that made it, except immortal ones.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "core/lang/value_kind.h"

namespace ruff::vm {

/// The head of everything on the heap.
struct Object {
    std::int32_t references;   ///< < 0: immortal
    ValueKind kind;
    std::uint8_t flags;        ///< meaning depends on the kind
    std::uint16_t extra;       ///< meaning depends on the kind

    [[nodiscard]] bool is_shared() const { return references != 1; }
    [[nodiscard]] bool is_immortal() const { return references < 0; }
};
static_assert(sizeof(Object) == 8);

inline constexpr std::int32_t kImmortal = INT32_MIN / 2;

/// Frees an object whose count fell to zero, and what only it held, without recursion.
void destroy_object(Object* object) noexcept;

inline void retain(Object* object) noexcept {
    if (object->references >= 0) ++object->references;
}
inline void release(Object* object) noexcept {
    if (object->references >= 0 && --object->references == 0) [[unlikely]] destroy_object(object);
}

struct StringObject;
struct BytesObject;
struct ArrayObject;
struct DictObject;
struct SetObject;
struct RangeObject;
struct StructObject;
struct VariantObject;
struct FunctionObject;
struct FiberObject;
struct ErrorObject;
struct ModuleObject;
struct CellObject;

class Value {
public:
    constexpr Value() noexcept : tag_(static_cast<std::uint64_t>(ValueKind::Null)), bits_(0) {}
    Value(const Value& other) noexcept : tag_(other.tag_), bits_(other.bits_) {
        if (is_heap()) retain(object());
    }
    Value(Value&& other) noexcept : tag_(other.tag_), bits_(other.bits_) { other.forget(); }
    Value& operator=(const Value& other) noexcept {
        if (other.is_heap()) retain(other.object());
        replace(other.tag_, other.bits_);
        return *this;
    }
    Value& operator=(Value&& other) noexcept {
        const std::uint64_t tag = other.tag_, bits = other.bits_;
        other.forget();
        replace(tag, bits);
        return *this;
    }
    ~Value() {
        if (is_heap()) release(object());
    }

    [[nodiscard]] static Value null() noexcept { return Value(); }
    [[nodiscard]] static Value unset() noexcept { return Value(ValueKind::Unset, 0); }
    [[nodiscard]] static Value boolean(bool value) noexcept { return Value(ValueKind::Bool, value ? 1 : 0); }
    [[nodiscard]] static Value integer(std::int64_t value) noexcept { return Value(ValueKind::Int, static_cast<std::uint64_t>(value)); }
    [[nodiscard]] static Value floating(double value) noexcept { return Value(ValueKind::Float, std::bit_cast<std::uint64_t>(value)); }
    /// Takes over the caller's reference.
    [[nodiscard]] static Value adopt(Object* object) noexcept { return Value(object->kind, std::bit_cast<std::uint64_t>(object)); }
    /// Adds a reference.
    [[nodiscard]] static Value share(Object* object) noexcept {
        retain(object);
        return adopt(object);
    }
    template <typename T>
        requires requires(T* t) { static_cast<Object&>(t->head); }
    [[nodiscard]] static Value adopt(T* object) noexcept { return adopt(&object->head); }
    template <typename T>
        requires requires(T* t) { static_cast<Object&>(t->head); }
    [[nodiscard]] static Value share(T* object) noexcept { return share(&object->head); }

    [[nodiscard]] ValueKind kind() const noexcept { return static_cast<ValueKind>(tag_); }
    [[nodiscard]] bool is(ValueKind kind) const noexcept { return tag_ == static_cast<std::uint64_t>(kind); }
    [[nodiscard]] bool is_null() const noexcept { return is(ValueKind::Null); }
    [[nodiscard]] bool is_bool() const noexcept { return is(ValueKind::Bool); }
    [[nodiscard]] bool is_int() const noexcept { return is(ValueKind::Int); }
    [[nodiscard]] bool is_float() const noexcept { return is(ValueKind::Float); }
    [[nodiscard]] bool is_number() const noexcept { return tag_ - static_cast<std::uint64_t>(ValueKind::Int) <= 1; }
    [[nodiscard]] bool is_string() const noexcept { return is(ValueKind::String); }
    [[nodiscard]] bool is_array() const noexcept { return is(ValueKind::Array); }
    [[nodiscard]] bool is_dict() const noexcept { return is(ValueKind::Dict); }
    [[nodiscard]] bool is_heap() const noexcept { return tag_ >= static_cast<std::uint64_t>(ValueKind::String); }
    /// Unset, held or unsent: may not be read.
    [[nodiscard]] bool is_marker() const noexcept { return tag_ < static_cast<std::uint64_t>(ValueKind::Null); }

    // The accessors below require the right kind; they do not check.
    [[nodiscard]] bool as_bool() const noexcept { return bits_ != 0; }
    [[nodiscard]] std::int64_t as_int() const noexcept { return static_cast<std::int64_t>(bits_); }
    [[nodiscard]] double as_float() const noexcept { return std::bit_cast<double>(bits_); }
    /// Of an int or float.
    [[nodiscard]] double as_number() const noexcept { return is_int() ? static_cast<double>(as_int()) : as_float(); }
    [[nodiscard]] Object* object() const noexcept { return std::bit_cast<Object*>(bits_); }
    template <typename T>
    [[nodiscard]] T* as() const noexcept { return reinterpret_cast<T*>(std::bit_cast<Object*>(bits_)); }
    [[nodiscard]] StringObject* as_string() const noexcept { return as<StringObject>(); }
    [[nodiscard]] ArrayObject* as_array() const noexcept { return as<ArrayObject>(); }
    [[nodiscard]] DictObject* as_dict() const noexcept { return as<DictObject>(); }
    [[nodiscard]] StructObject* as_struct() const noexcept { return as<StructObject>(); }

    // Raw words, for the interpreter loop and for containers that move values in bulk.
    [[nodiscard]] std::uint64_t tag() const noexcept { return tag_; }
    [[nodiscard]] std::uint64_t bits() const noexcept { return bits_; }
    /// Overwrites without releasing what was there.
    void set_raw(std::uint64_t tag, std::uint64_t bits) noexcept {
        tag_ = tag;
        bits_ = bits;
    }
    /// Becomes null without releasing: the reference went elsewhere.
    void forget() noexcept { tag_ = static_cast<std::uint64_t>(ValueKind::Null); }
    /// Overwrites and releases what was there, after the write: the old value's destruction may look here.
    void replace(std::uint64_t tag, std::uint64_t bits) noexcept {
        const std::uint64_t old_tag = tag_, old_bits = bits_;
        tag_ = tag;
        bits_ = bits;
        if (old_tag >= static_cast<std::uint64_t>(ValueKind::String)) release(std::bit_cast<Object*>(old_bits));
    }
    void set_int(std::int64_t value) noexcept { replace(static_cast<std::uint64_t>(ValueKind::Int), static_cast<std::uint64_t>(value)); }
    void set_float(double value) noexcept { replace(static_cast<std::uint64_t>(ValueKind::Float), std::bit_cast<std::uint64_t>(value)); }
    void set_bool(bool value) noexcept { replace(static_cast<std::uint64_t>(ValueKind::Bool), value ? 1 : 0); }
    void set_null() noexcept { replace(static_cast<std::uint64_t>(ValueKind::Null), 0); }
    /// A variable whose value a mutating method has taken out; `method` is an immortal string, its name.
    void set_held(StringObject* method) noexcept { replace(static_cast<std::uint64_t>(ValueKind::Held), std::bit_cast<std::uint64_t>(method)); }
    /// A variable whose value could not go along to another isolate; `message`, an immortal string, says why.
    [[nodiscard]] static Value unsent(StringObject* message) noexcept { return Value(ValueKind::Unsent, std::bit_cast<std::uint64_t>(message)); }
    [[nodiscard]] StringObject* held_by() const noexcept { return std::bit_cast<StringObject*>(bits_); }

private:
    Value(ValueKind kind, std::uint64_t bits) noexcept : tag_(static_cast<std::uint64_t>(kind)), bits_(bits) {}

    std::uint64_t tag_;
    std::uint64_t bits_;
};
static_assert(sizeof(Value) == 16);

/// Moves `count` values to uninitialised memory; the source is uninitialised memory afterwards. May not overlap.
inline void relocate(Value* target, Value* source, std::size_t count) noexcept {
    if (count == 0) return;  // memcpy takes no null pointers, not even for nothing
    std::memcpy(static_cast<void*>(target), static_cast<const void*>(source), count * sizeof(Value));
}

/// The answer of an operation that may run a program's code (`op_eq`, `to_string`) and so may raise.
enum class Truth : std::uint8_t { False, True, Raised };
[[nodiscard]] inline Truth truth_of(bool value) { return value ? Truth::True : Truth::False; }

}  // namespace ruff::vm
