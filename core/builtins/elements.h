#pragma once

#include <cstdint>
#include <string_view>

#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/native.h"
#include "core/vm/range.h"

// What bodies share for taking arguments apart and putting results together.
namespace ruff::builtins {

/// Walks over a value the way `for` does: an int, string, bytes, array, dict (keys), set or range. It holds
/// the value, so user code that runs meanwhile cannot disturb it. Other iterables never reach a native body:
/// the VM collects them first.
class ElementCursor {
  public:
    explicit ElementCursor(const vm::Value& iterable);
    /// The next element. False at the end.
    bool next(vm::Value& element);
    /// Leaves out the next `count` elements, or all.
    void skip(std::uint64_t count);
    /// How many elements are left, or a guess.
    [[nodiscard]] std::size_t size_hint() const;
    /// False if `bytes` for each element cannot be had. Known beforehand of ints and ranges, which alone can be
    /// longer than memory; true of everything else.
    [[nodiscard]] bool has_room_for_each(std::size_t bytes) const;

  private:
    vm::Value iterable_;
    std::uint64_t position_ = 0;
    std::uint64_t end_ = 0;
};

/// Puts an array together. Refused memory is remembered and raised by `done`.
class ArrayBuilder {
  public:
    explicit ArrayBuilder(std::size_t capacity = 0);
    void push(vm::Value value);
    void push_text(std::string_view text);
    void append(const vm::Value* values, std::size_t count);
    [[nodiscard]] std::size_t size() const { return array_ == nullptr ? 0 : array_->size; }
    /// Memory was refused: what follows is not added any more, so that a long loop had better end.
    [[nodiscard]] bool is_refused() const { return is_refused_; }
    /// The array; null when memory was refused.
    [[nodiscard]] vm::Value take();
    vm::Outcome done(vm::Call& call);

  private:
    vm::Value holder_;
    vm::ArrayObject* array_;
    bool is_refused_ = false;
};

/// Raises (and gives false) if `key` cannot be a key of a dict or a member of a set.
[[nodiscard]] bool check_key(vm::Call& call, const vm::Value& key);

/// Puts a dict together.
class DictBuilder {
  public:
    explicit DictBuilder(std::size_t capacity = 0);
    /// The key is one that can be a key.
    void set(vm::Value key, vm::Value value);
    void set(std::string_view key, vm::Value value);
    [[nodiscard]] vm::DictObject* dict() { return dict_; }
    [[nodiscard]] vm::Value take();
    vm::Outcome done(vm::Call& call);

  private:
    vm::Value holder_;
    vm::DictObject* dict_;
    bool is_refused_ = false;
};

/// A dict of the `[key, value]` pairs of an iterable, or of the entries of a dict.
vm::Outcome dict_from_pairs(vm::Call& call, const vm::Value& pairs);

/// `value`, or the error for refused memory if it is null.
vm::Outcome done_or_out_of_memory(vm::Call& call, vm::Value value);

/// Kind `"value"`, with the builtin's name in front: `name: words`.
vm::Outcome raise_value_error(vm::Call& call, std::string_view words);
/// `Index out of bounds: i`, kind `"index"`.
vm::Outcome raise_index_error(vm::Call& call, std::int64_t index);

/// The entry `name` of an options argument (a dict or null), or null pointer.
[[nodiscard]] const vm::Value* find_option(vm::Call& call, std::uint32_t argument, std::string_view name);
/// A bool option; `fallback` when it is not given. A value that is no bool raises: false then, with
/// `is_raised`.
[[nodiscard]] bool bool_option(vm::Call& call, std::uint32_t argument, std::string_view name, bool fallback,
                               bool& is_raised);
/// Raises (and gives false) if the options have an entry whose name is not among `known`.
[[nodiscard]] bool check_options(vm::Call& call, std::uint32_t argument,
                                 std::initializer_list<std::string_view> known);

/// A start and an end as slices take them: negative counts from the end, what lies outside is cut.
struct Bounds {
    std::size_t begin;
    std::size_t end;
};
[[nodiscard]] Bounds slice_bounds(vm::Call& call, std::uint32_t start_argument, std::uint32_t end_argument,
                                  std::size_t size);

/// Display of a value as text, for building longer text. False: raised.
[[nodiscard]] bool append_display(vm::Call& call, const vm::Value& value, std::string& out);

}  // namespace ruff::builtins
