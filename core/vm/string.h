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
/// A string (bytes) of `size` octets that the caller fills before anyone sees it. Null: out of memory. A string counts as
/// non-ASCII of unknown length until `finish_string` has looked at it.
[[nodiscard]] StringObject* new_string(std::size_t size, ValueKind kind = ValueKind::String);
void finish_string(StringObject* string);
/// The shared one-character string of an ASCII byte, the shared empty string.
[[nodiscard]] StringObject* ascii_character(unsigned char byte);
[[nodiscard]] StringObject* empty_string();
/// An immortal interned string: constants, names. Thread-safe; the same text gives the same object.
[[nodiscard]] StringObject* intern(std::string_view text);
/// The interned string of that text, or null when there is none.
[[nodiscard]] StringObject* find_interned(std::string_view text);

/// The hash of a string's text, computed once and kept. Never 0.
[[nodiscard]] std::uint32_t hash_bytes(std::string_view text);
[[nodiscard]] inline std::uint32_t string_hash(StringObject* string) {
    if (string->hash == 0) [[unlikely]] string->hash = hash_bytes(string->view());
    return string->hash;
}
[[nodiscard]] inline bool strings_equal(const StringObject* a, const StringObject* b) {
    if (a == b) return true;
    if (a->size != b->size || (a->is_interned() && b->is_interned())) return false;
    return std::memcmp(a->data(), b->data(), a->size) == 0;
}
/// By code point, which for UTF-8 is by byte: negative, 0, positive.
[[nodiscard]] inline int compare_text(std::string_view a, std::string_view b) { return a.compare(b); }

/// Number of code points (bytes: octets).
[[nodiscard]] std::uint32_t count_length(StringObject* string);
[[nodiscard]] inline std::uint32_t string_length(StringObject* string) {
    return string->length != kUnknownLength ? string->length : count_length(string);
}
/// Byte offset of code point `index`, 0 <= index <= length. O(1) for ASCII, O(64) through breadcrumbs otherwise.
[[nodiscard]] std::uint32_t byte_offset(StringObject* string, std::uint32_t index);
/// Code point number of byte `offset`, which must start a code point (or be the end).
[[nodiscard]] std::uint32_t code_point_index(StringObject* string, std::uint32_t offset);
/// The one-character string at code point `index` (in range).
[[nodiscard]] Value string_at_slow(StringObject* string, std::uint32_t index);
[[nodiscard]] inline Value string_at(StringObject* string, std::uint32_t index) {
    if (string->is_ascii()) return Value::adopt(ascii_character(static_cast<unsigned char>(string->data()[index])));
    return string_at_slow(string, index);
}
/// The one-character string that begins at byte `offset`; moves `offset` behind it. For iteration.
[[nodiscard]] Value next_character(const StringObject* string, std::uint32_t& offset);
/// Code points [begin, end), in range; of bytes, octets.
[[nodiscard]] Value string_slice(StringObject* string, std::uint32_t begin, std::uint32_t end);

/// `target` (a string, or bytes) := target + text. In place, amortised O(1), when unshared; else a new string. The text
/// may lie in the target itself. False: out of memory, nothing changed.
[[nodiscard]] bool append_in_place(Value& target, std::string_view text, bool is_ascii);
/// left + right as a new string. Null Value: out of memory.
[[nodiscard]] Value concatenate(const StringObject* left, const StringObject* right);

/// Bytes of the block of a string with that capacity.
[[nodiscard]] std::size_t string_block_size(std::size_t capacity);

/// For destroy_object and the cycle collector.
void free_string(StringObject* string) noexcept;

[[nodiscard]] bool is_ascii_text(std::string_view text);
/// Code points in valid UTF-8.
[[nodiscard]] std::uint32_t count_code_points(std::string_view text);
/// Byte offset of the first invalid UTF-8 sequence, or npos.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text);

/// Collects text piece by piece into one string: sizes double, large results are not copied.
class StringBuilder {
public:
    explicit StringBuilder(std::size_t expected = 0) {
        if (expected > kInline) grow(expected);
    }
    ~StringBuilder() {
        if (string_) free_string(string_);
    }
    StringBuilder(const StringBuilder&) = delete;
    StringBuilder& operator=(const StringBuilder&) = delete;

    void append(std::string_view text) { append(text, is_ascii_text(text)); }
    void append(std::string_view text, bool is_ascii) {
        if (text.empty()) return;
        if (capacity_ - size_ < text.size() && !grow(text.size())) [[unlikely]] return;
        std::memcpy(data_ + size_, text.data(), text.size());
        size_ += text.size();
        ascii_ &= is_ascii;
    }
    void append(const StringObject* string) { append(string->view(), string->is_ascii()); }
    void append(char byte) {
        if (size_ == capacity_ && !grow(1)) [[unlikely]] return;
        data_[size_++] = byte;
        ascii_ &= static_cast<signed char>(byte) >= 0;
    }
    void append_code_point(char32_t code_point);
    /// Room for `count` more bytes, to be filled up to what `advance` then says; they are taken for ASCII unless told.
    /// Null: out of memory.
    [[nodiscard]] char* reserve(std::size_t count) {
        if (capacity_ - size_ < count && !grow(count)) [[unlikely]] return nullptr;
        return data_ + size_;
    }
    void advance(std::size_t count, bool is_ascii = true) {
        size_ += count;
        ascii_ &= is_ascii;
    }
    /// As if memory had been refused: the text would become too long.
    void give_up() { failed_ = true; }
    /// Drops what follows the first `size` bytes.
    void truncate(std::size_t size) { size_ = size; }

    [[nodiscard]] std::string_view view() const { return {data_, size_}; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool is_empty() const { return size_ == 0; }
    /// Memory was refused at some point; the text is incomplete.
    [[nodiscard]] bool has_failed() const { return failed_; }
    /// The string built so far; the builder is empty afterwards. A null Value: out of memory at some point.
    [[nodiscard]] Value take() { return take_as(ValueKind::String); }
    [[nodiscard]] Value take_bytes() { return take_as(ValueKind::Bytes); }

private:
    static constexpr std::size_t kInline = 120;

    [[nodiscard]] Value take_as(ValueKind kind);
    bool grow(std::size_t more);

    char* data_ = inline_;
    std::size_t size_ = 0;
    std::size_t capacity_ = kInline;
    StringObject* string_ = nullptr;   ///< null while the text fits `inline_`
    bool ascii_ = true;
    bool failed_ = false;
    char inline_[kInline];
};

}  // namespace ruff::vm
