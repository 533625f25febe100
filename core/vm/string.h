#pragma once
// Strings and bytes: making, measuring, indexing, appending. Essay in string.cpp.

#include <cstddef>
#include <string_view>

#include "core/vm/object.h"

namespace ruff::vm {

/// A new string with the given UTF-8 text (the caller vouches for it). Empty and one-character ASCII strings are shared.
/// Sizes above kMaxStringSize, or refused memory, give a null Value: raise `out_of_memory` (Vm::raise_out_of_memory).
[[nodiscard]] Value make_string(std::string_view text);
/// As make_string, when it is known whether the text is ASCII.
[[nodiscard]] Value make_string(std::string_view text, bool is_ascii);
[[nodiscard]] Value make_bytes(std::string_view octets);
/// An immortal interned string: constants, names. Thread-safe; the same text gives the same object.
[[nodiscard]] StringObject* intern(std::string_view text);

/// The hash of a string's text, computed once and kept. Never 0.
[[nodiscard]] std::uint32_t string_hash(StringObject* string);
[[nodiscard]] std::uint32_t hash_bytes(std::string_view text);
[[nodiscard]] inline bool strings_equal(const StringObject* a, const StringObject* b) {
    if (a == b) return true;
    if (a->size != b->size || (a->is_interned() && b->is_interned())) return false;
    return std::memcmp(a->data(), b->data(), a->size) == 0;
}

/// Number of code points (bytes: octets).
[[nodiscard]] std::uint32_t string_length(StringObject* string);
/// Byte offset of code point `index`, 0 <= index <= length. O(1) for ASCII, O(64) through breadcrumbs otherwise.
[[nodiscard]] std::uint32_t byte_offset(StringObject* string, std::uint32_t index);
/// Code point number of byte `offset`, which must start a code point.
[[nodiscard]] std::uint32_t code_point_index(StringObject* string, std::uint32_t offset);
/// The one-character string at code point `index` (in range).
[[nodiscard]] Value string_at(StringObject* string, std::uint32_t index);
/// Code points [begin, end), in range.
[[nodiscard]] Value string_slice(StringObject* string, std::uint32_t begin, std::uint32_t end);

/// `target` (a string) := target + text. In place, amortised O(1), when unshared; else a new string. False: out of memory.
[[nodiscard]] bool append_in_place(Value& target, std::string_view text, bool is_ascii);

[[nodiscard]] bool is_ascii_text(std::string_view text);
/// Byte offset of the first invalid UTF-8 sequence, or npos.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text);

/// Collects text piece by piece into one string: sizes double, the result is not copied.
class StringBuilder {
public:
    explicit StringBuilder(std::size_t expected = 32);
    ~StringBuilder();
    StringBuilder(const StringBuilder&) = delete;
    StringBuilder& operator=(const StringBuilder&) = delete;
    void append(std::string_view text);
    void append(char byte);
    [[nodiscard]] std::string_view view() const;
    /// The string built so far; the builder is empty afterwards. A null Value: out of memory at some point.
    [[nodiscard]] Value take();

private:
    StringObject* string_ = nullptr;
    bool ascii_ = true;
    bool failed_ = false;
};

}  // namespace ruff::vm
