// Bodies of the family `array`: arrays, and everything that can be iterated. What calls back is in
// prelude/array.ruff.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/builtins/gate.h"
#include "core/builtins/ordering.h"
#include "core/builtins/random_source.h"
#include "core/vm/function.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using vm::ArrayObject;
using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::Truth;
using vm::Value;

Outcome out_of_memory(Call& call) { return call.vm.raise_out_of_memory(call.row.name); }

// ---- Changing: the same steps on a new array (a function) and on the receiver (a mutating method) ---------

// Appends arguments 1, 2, … to the array in `slot`. False: memory was refused.
bool push_arguments(Call& call, Value& slot) {
    ArrayObject* array = vm::unshare_array(slot);
    if (array == nullptr) return false;
    for (std::uint32_t i = 1; i < call.count; ++i) {
        if (!vm::array_push(array, call.take(i))) return false;
    }
    return true;
}

// Where `index` (negative: from the end) lies among positions 0 to `limit`. False: raised.
bool resolve_index(Call& call, std::int64_t index, std::size_t size, std::size_t limit,
                   std::size_t& position) {
    std::int64_t resolved = index < 0 ? index + static_cast<std::int64_t>(size) : index;
    if (resolved < 0 || resolved > static_cast<std::int64_t>(limit)) {
        raise_index_error(call, index);
        return false;
    }
    position = static_cast<std::size_t>(resolved);
    return true;
}

Outcome insert_argument(Call& call, Value& slot) {
    std::size_t position = 0;
    std::size_t size = slot.as_array()->size;
    if (!resolve_index(call, call.integer(1), size, size, position)) return Outcome::Raised;
    ArrayObject* array = vm::unshare_array(slot);
    if (array == nullptr || !vm::array_insert(array, position, call.take(2))) return out_of_memory(call);
    return call.done(slot);
}

Outcome remove_at_argument(Call& call, Value& slot, Value& removed) {
    std::size_t size = slot.as_array()->size;
    std::size_t position = 0;
    if (size == 0) return raise_index_error(call, call.integer(1));
    if (!resolve_index(call, call.integer(1), size, size - 1, position)) return Outcome::Raised;
    ArrayObject* array = vm::unshare_array(slot);
    if (array == nullptr) return out_of_memory(call);
    removed = vm::array_remove_at(array, position);
    return Outcome::Done;
}

Outcome extend_by(Call& call, Value& slot, const Value& more) {
    const Value held = more;  // `xs.extend(xs)`
    constexpr KindMask kWalked = kind_bit(ValueKind::Int) | kind_bit(ValueKind::String) |
                                 kind_bit(ValueKind::Bytes) | kind_bit(ValueKind::Array) |
                                 kind_bit(ValueKind::Dict) | kind_bit(ValueKind::Set) |
                                 kind_bit(ValueKind::Range);
    if ((kind_bit(held.kind()) & kWalked) == 0) {  // in place, nothing may wait
        return call.raise(ErrorKind::Type,
                          "extend: cannot take values from a " + std::string(value_kind_name(held.kind())) +
                              " while the array is held",
                          "collect them first: `[...values]`");
    }
    ArrayObject* array = vm::unshare_array(slot);
    if (array == nullptr) return out_of_memory(call);
    if (held.is_array()) {
        if (!vm::array_append(array, held.as_array()->begin(), held.as_array()->size))
            return out_of_memory(call);
        return call.done(slot);
    }
    ElementCursor cursor(held);
    for (Value element; cursor.next(element);) {
        if (!vm::array_push(array, std::move(element))) return out_of_memory(call);
    }
    return call.done(slot);
}

Outcome done_pair(Call& call, Value first, Value second) {
    ArrayBuilder pair(2);
    pair.push(std::move(first));
    pair.push(std::move(second));
    return pair.done(call);
}

// ---- Searching --------------------------------------------------------------------------------------------

// The position of the first element from `from` on that equals `wanted`; -1: none; -2: raised.
std::int64_t find_equal(Call& call, const Value& array, const Value& wanted, std::size_t from) {
    for (std::size_t i = from; i < array.as_array()->size; ++i) {
        Truth equal = vm::equals(call.vm, array.as_array()->elements[i], wanted);
        if (equal == Truth::Raised) return -2;
        if (equal == Truth::True) return static_cast<std::int64_t>(i);
    }
    return -1;
}

std::int64_t find_byte(const Value& bytes, const Value& wanted, std::size_t from) {
    if (!wanted.is_int() || wanted.as_int() < 0 || wanted.as_int() > 255) return -1;
    std::size_t found = bytes.as_string()->view().find(static_cast<char>(wanted.as_int()), from);
    return found == std::string_view::npos ? -1 : static_cast<std::int64_t>(found);
}

Outcome done_position(Call& call, std::int64_t position) {
    if (position == -2) return Outcome::Raised;
    return call.done(position < 0 ? Value() : Value::integer(position));
}

// The element at one end; null when there is none.
Outcome done_end(Call& call, bool is_last) {
    const Value& value = call[0];
    switch (value.kind()) {
        case ValueKind::Array: {
            const ArrayObject& array = *value.as_array();
            if (array.size == 0) return call.done(Value());
            return call.done(array.elements[is_last ? array.size - 1 : 0]);
        }
        case ValueKind::String: {
            std::uint32_t length = vm::string_length(value.as_string());
            return call.done(length == 0 ? Value()
                                         : vm::string_at(value.as_string(), is_last ? length - 1 : 0));
        }
        case ValueKind::Bytes: {
            std::string_view octets = value.as_string()->view();
            if (octets.empty()) return call.done(Value());
            return call.done(
                Value::integer(static_cast<unsigned char>(is_last ? octets.back() : octets.front())));
        }
        case ValueKind::Range: {
            const auto& range = *value.as<vm::RangeObject>();
            std::uint64_t length = vm::range_length(range);
            return call.done(length == 0 ? Value()
                                         : Value::integer(vm::range_at(range, is_last ? length - 1 : 0)));
        }
        default: {
            Value element, found;
            for (ElementCursor cursor(value); cursor.next(element);) {
                found = element;
                if (!is_last) break;
            }
            return call.done(std::move(found));
        }
    }
}

// ---- Numbers ----------------------------------------------------------------------------------------------

// All elements of argument 0 as numbers. False: raised.
bool read_numbers(Call& call, std::vector<double>& numbers) {
    ElementCursor cursor(call[0]);
    for (Value element; cursor.next(element);) {
        if (!element.is_number()) {
            call.raise(ErrorKind::Type, std::string(call.row.shown_name()) + ": element " +
                                            std::to_string(numbers.size()) + " is " +
                                            std::string(value_kind_name(element.kind())) + ", not a number");
            return false;
        }
        numbers.push_back(element.as_number());
    }
    return true;
}

// Sum or product: in ints as long as all elements are ints.
template <typename Checked, typename Plain>
Outcome fold_numbers(Call& call, std::int64_t start, char symbol, Checked overflows, Plain combine) {
    ElementCursor cursor(call[0]);
    std::int64_t whole = start;
    double real = 0;
    bool is_real = false;
    std::size_t index = 0;
    for (Value element; cursor.next(element); ++index) {
        if (!element.is_number()) {
            return call.raise(ErrorKind::Type,
                              std::string(call.row.shown_name()) + ": element " + std::to_string(index) +
                                  " is " + std::string(value_kind_name(element.kind())) + ", not a number");
        }
        if (element.is_float() && !is_real) {
            is_real = true;
            real = static_cast<double>(whole);
        }
        if (is_real) {
            real = combine(real, element.as_number());
            continue;
        }
        std::int64_t before = whole;
        if (overflows(before, element.as_int(), &whole)) {
            return call.raise(ErrorKind::Arithmetic, "Integer overflow: " + std::to_string(before) + " " +
                                                         symbol + " " + std::to_string(element.as_int()));
        }
    }
    return call.done(is_real ? Value::floating(real) : Value::integer(whole));
}

// A count or size argument. False: raised.
bool read_count(Call& call, std::uint32_t argument, std::int64_t least, std::uint64_t& count) {
    std::int64_t value = call.integer(argument);
    if (value < least) {
        raise_value_error(call, "parameter `" + std::string(call.row.parameters[argument].name) +
                                    "` must be at least " + std::to_string(least) + ", got " +
                                    std::to_string(value));
        return false;
    }
    count = static_cast<std::uint64_t>(value);
    return true;
}

// All elements as an unshared array in `slot`. False: memory was refused and raised.
bool take_elements(Call& call, std::uint32_t argument, Value& slot) {
    if (call[argument].is_array()) {
        slot = call.take(argument);
        if (vm::unshare_array(slot) != nullptr) return true;
    } else {
        ElementCursor cursor(call[argument]);
        ArrayBuilder elements(cursor.size_hint());
        for (Value element; !elements.is_refused() && cursor.next(element);) elements.push(std::move(element));
        slot = elements.take();
        if (!slot.is_null()) return true;
    }
    out_of_memory(call);
    return false;
}

// Elements [begin, end) of a collected array.
Outcome done_slice(Call& call, const Value& array, std::size_t begin, std::size_t end) {
    ArrayObject* slice = vm::array_slice(array.as_array(), begin, end);
    return slice == nullptr ? out_of_memory(call) : call.done(Value::adopt(slice));
}

Value pair_of(Value first, Value second) {
    ArrayBuilder pair(2);
    pair.push(std::move(first));
    pair.push(std::move(second));
    return pair.take();
}

}  // namespace

namespace bodies {

// ---- Changing ---------------------------------------------------------------------------------------------

Outcome array_push(Call& call) {
    Value array = call.take(0);
    return push_arguments(call, array) ? call.done(std::move(array)) : out_of_memory(call);
}

Outcome array_push_in_place(Call& call) {
    Value& array = call.receiver();
    return push_arguments(call, array) ? call.done(array) : out_of_memory(call);
}

Outcome array_pop(Call& call) {
    Value array = call.take(0);
    if (array.as_array()->size == 0) return done_pair(call, std::move(array), Value());
    ArrayObject* own = vm::unshare_array(array);
    if (own == nullptr) return out_of_memory(call);
    Value last = vm::array_pop(own);
    return done_pair(call, std::move(array), std::move(last));
}

Outcome array_pop_in_place(Call& call) {
    Value& array = call.receiver();
    if (array.as_array()->size == 0) return call.done(Value());
    ArrayObject* own = vm::unshare_array(array);
    return own == nullptr ? out_of_memory(call) : call.done(vm::array_pop(own));
}

Outcome array_insert(Call& call) {
    Value array = call.take(0);
    return insert_argument(call, array);
}

Outcome array_insert_in_place(Call& call) { return insert_argument(call, call.receiver()); }

Outcome array_remove(Call& call) {
    Value array = call.take(0);
    std::int64_t position = find_equal(call, array, Value(call[1]), 0);
    if (position == -2) return Outcome::Raised;
    if (position == -1) return call.done(std::move(array));
    ArrayObject* own = vm::unshare_array(array);
    if (own == nullptr) return out_of_memory(call);
    vm::array_remove_at(own, static_cast<std::size_t>(position));
    return call.done(std::move(array));
}

Outcome array_remove_in_place(Call& call) {
    Value& array = call.receiver();
    std::int64_t position = find_equal(call, array, Value(call[1]), 0);
    if (position == -2) return Outcome::Raised;
    if (position == -1) return call.done(Value::boolean(false));
    ArrayObject* own = vm::unshare_array(array);
    if (own == nullptr) return out_of_memory(call);
    vm::array_remove_at(own, static_cast<std::size_t>(position));
    return call.done(Value::boolean(true));
}

Outcome array_remove_at(Call& call) {
    Value array = call.take(0), removed;
    Outcome outcome = remove_at_argument(call, array, removed);
    return outcome == Outcome::Done ? done_pair(call, std::move(array), std::move(removed)) : outcome;
}

Outcome array_remove_at_in_place(Call& call) {
    Value removed;
    Outcome outcome = remove_at_argument(call, call.receiver(), removed);
    return outcome == Outcome::Done ? call.done(std::move(removed)) : outcome;
}

Outcome clear(Call& call) {
    if (call[0].is_array()) return ArrayBuilder().done(call);
    if (call[0].is_dict()) return DictBuilder().done(call);
    vm::SetObject* set = vm::new_set(0);
    return set == nullptr ? out_of_memory(call) : call.done(Value::adopt(set));
}

Outcome array_clear_in_place(Call& call) {
    Value empty = ArrayBuilder().take();
    if (empty.is_null()) return out_of_memory(call);
    call.receiver() = empty;
    return call.done(std::move(empty));
}

Outcome array_extend(Call& call) {
    Value array = call.take(0);
    return extend_by(call, array, call[1]);
}

Outcome array_extend_in_place(Call& call) { return extend_by(call, call.receiver(), call[1]); }

Outcome array_concat(Call& call) {
    if (call.count == 0) return ArrayBuilder().done(call);
    Value array = call.take(0);
    ArrayObject* own = vm::unshare_array(array);
    if (own == nullptr) return out_of_memory(call);
    for (std::uint32_t i = 1; i < call.count; ++i) {
        const ArrayObject& more = *call[i].as_array();
        if (!vm::array_append(own, more.begin(), more.size)) return out_of_memory(call);
    }
    return call.done(std::move(array));
}

// ---- Parts and searching ----------------------------------------------------------------------------------

Outcome array_slice(Call& call) {
    Bounds bounds = slice_bounds(call, 1, 2, call[0].as_array()->size);
    return done_slice(call, call[0], bounds.begin, bounds.end);
}

Outcome bytes_slice(Call& call) {
    Bounds bounds = slice_bounds(call, 1, 2, call.text(0).size());
    return done_or_out_of_memory(
        call, vm::make_bytes(call.text(0).substr(bounds.begin, bounds.end - bounds.begin)));
}

Outcome first(Call& call) { return done_end(call, false); }
Outcome last(Call& call) { return done_end(call, true); }

Outcome array_contains(Call& call) {
    if (call[0].is(ValueKind::Bytes)) return call.done(Value::boolean(find_byte(call[0], call[1], 0) >= 0));
    Truth found = vm::contains(call.vm, Value(call[0]), Value(call[1]));
    return found == Truth::Raised ? Outcome::Raised : call.done(Value::boolean(found == Truth::True));
}

Outcome array_index_of(Call& call) {
    const Value xs = call[0], wanted = call[1];
    std::size_t size = xs.is_array() ? xs.as_array()->size : xs.as_string()->size;
    std::int64_t from = call.integer(2) < 0
                            ? std::max<std::int64_t>(call.integer(2) + static_cast<std::int64_t>(size), 0)
                            : call.integer(2);
    if (from > static_cast<std::int64_t>(size)) return call.done(Value());
    auto start = static_cast<std::size_t>(from);
    return done_position(call,
                         xs.is_array() ? find_equal(call, xs, wanted, start) : find_byte(xs, wanted, start));
}

Outcome array_last_index_of(Call& call) {
    const Value xs = call[0], wanted = call[1];
    if (!xs.is_array()) {
        if (!wanted.is_int() || wanted.as_int() < 0 || wanted.as_int() > 255) return call.done(Value());
        std::size_t found = xs.as_string()->view().rfind(static_cast<char>(wanted.as_int()));
        return done_position(call, found == std::string_view::npos ? -1 : static_cast<std::int64_t>(found));
    }
    for (std::size_t i = xs.as_array()->size; i-- > 0;) {
        Truth equal = vm::equals(call.vm, xs.as_array()->elements[i], wanted);
        if (equal == Truth::Raised) return Outcome::Raised;
        if (equal == Truth::True) return done_position(call, static_cast<std::int64_t>(i));
    }
    return call.done(Value());
}

Outcome count_equal(Call& call) {
    const Value wanted = call[1];
    std::int64_t count = 0;
    ElementCursor cursor(call[0]);
    for (Value element; cursor.next(element);) {
        Truth equal = vm::equals(call.vm, element, wanted);
        if (equal == Truth::Raised) return Outcome::Raised;
        count += equal == Truth::True ? 1 : 0;
    }
    return call.done(Value::integer(count));
}

Outcome binary_search(Call& call) {
    const Value array = call[0], wanted = call[1];
    std::size_t low = 0, high = array.as_array()->size;
    while (low < high) {
        std::size_t middle = low + (high - low) / 2;
        int order = 0;
        if (!vm::compare(call.vm, array.as_array()->elements[middle], wanted, "<", order))
            return Outcome::Raised;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == array.as_array()->size) return call.done(Value());
    Truth equal = vm::equals(call.vm, array.as_array()->elements[low], wanted);
    if (equal == Truth::Raised) return Outcome::Raised;
    return call.done(equal == Truth::True ? Value::integer(static_cast<std::int64_t>(low)) : Value());
}

// ---- Order ------------------------------------------------------------------------------------------------

Outcome sort_natural(Call& call) {
    Value array;
    if (!take_elements(call, 0, array)) return Outcome::Raised;
    return sort_values(call, *array.as_array()) ? call.done(std::move(array)) : Outcome::Raised;
}

Outcome sort_by_keys(Call& call) {
    Value array, keys;
    if (!take_elements(call, 0, array) || !take_elements(call, 1, keys)) return Outcome::Raised;
    return sort_values_by_keys(call, *array.as_array(), *keys.as_array()) ? call.done(std::move(array))
                                                                          : Outcome::Raised;
}

Outcome array_reverse(Call& call) {
    Value array;
    if (!take_elements(call, 0, array)) return Outcome::Raised;
    std::reverse(array.as_array()->begin(), array.as_array()->end());
    return call.done(std::move(array));
}

Outcome shuffle(Call& call) {
    Value array;
    if (!pass_gate(call) || !take_elements(call, 0, array)) return Outcome::Raised;
    ArrayObject& own = *array.as_array();
    RandomSource& random = RandomSource::of_thread();
    for (std::size_t i = own.size; i > 1; --i) std::swap(own.elements[i - 1], own.elements[random.below(i)]);
    return call.done(std::move(array));
}

Outcome sample(Call& call) {
    Value array;
    std::uint64_t count = 0;
    if (!pass_gate(call) || !read_count(call, 1, 0, count) || !take_elements(call, 0, array))
        return Outcome::Raised;
    ArrayObject& own = *array.as_array();
    if (count > own.size) {
        return raise_value_error(
            call, "cannot choose " + std::to_string(count) + " of " + std::to_string(own.size) + " elements");
    }
    RandomSource& random = RandomSource::of_thread();
    for (std::size_t i = 0; i < count; ++i)
        std::swap(own.elements[i], own.elements[i + random.below(own.size - i)]);
    vm::array_truncate(&own, count);
    return call.done(std::move(array));
}

// ---- Numbers ----------------------------------------------------------------------------------------------

Outcome sum(Call& call) {
    return fold_numbers(
        call, 0, '+',
        [](std::int64_t a, std::int64_t b, std::int64_t* out) { return __builtin_add_overflow(a, b, out); },
        [](double a, double b) { return a + b; });
}

Outcome product(Call& call) {
    return fold_numbers(
        call, 1, '*',
        [](std::int64_t a, std::int64_t b, std::int64_t* out) { return __builtin_mul_overflow(a, b, out); },
        [](double a, double b) { return a * b; });
}

Outcome mean(Call& call) {
    std::vector<double> numbers;
    if (!read_numbers(call, numbers)) return Outcome::Raised;
    if (numbers.empty()) return call.done(Value());
    double total = 0;
    for (double number : numbers) total += number;
    return call.done(Value::floating(total / static_cast<double>(numbers.size())));
}

Outcome median(Call& call) {
    std::vector<double> numbers;
    if (!read_numbers(call, numbers)) return Outcome::Raised;
    if (numbers.empty()) return call.done(Value());
    for (double number : numbers) {
        if (std::isnan(number)) return call.done(Value::floating(number));
    }
    auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
    std::nth_element(numbers.begin(), middle, numbers.end());
    double upper = *middle;
    if (numbers.size() % 2 == 1) return call.done(Value::floating(upper));
    double lower = *std::max_element(numbers.begin(), middle);
    return call.done(Value::floating(lower + (upper - lower) / 2));
}

// ---- Regrouping -------------------------------------------------------------------------------------------

// Elements that can be keys are looked up in a set, the others (a struct with op_eq, a function) compared one
// by one.
Outcome unique(Call& call) {
    ElementCursor cursor(call[0]);
    vm::SetObject* seen = vm::new_set(0);
    if (seen == nullptr) return out_of_memory(call);
    const Value holder = Value::adopt(seen);
    const Value no_keys = Value::adopt(vm::new_array(0));
    if (no_keys.is_null()) return out_of_memory(call);
    if (!cursor.has_room_for_each(sizeof(Value) + sizeof(vm::DictEntry))) return out_of_memory(call);
    ArrayBuilder kept;
    for (Value element; !kept.is_refused() && cursor.next(element);) {
        bool is_new = false;
        if (vm::key_refusal(element).empty()) {
            if (vm::dict_place(seen, element, is_new) == nullptr) return out_of_memory(call);
        } else {
            const std::int64_t position = find_equal(call, no_keys, element, 0);
            if (position == -2) return Outcome::Raised;
            is_new = position == -1;
            if (is_new && !vm::array_push(no_keys.as_array(), Value(element))) return out_of_memory(call);
        }
        if (is_new) kept.push(std::move(element));
    }
    return kept.done(call);
}

Outcome flatten(Call& call) {
    std::uint64_t depth = 0;
    if (!read_count(call, 1, 0, depth)) return Outcome::Raised;
    std::vector<ElementCursor> open;  // a stack instead of recursion: arrays may nest deep
    open.emplace_back(call[0]);
    ArrayBuilder out;
    for (Value element; !open.empty() && !out.is_refused();) {
        if (!open.back().next(element)) {
            open.pop_back();
        } else if (element.is_array() && open.size() <= depth) {
            open.emplace_back(element);
        } else {
            out.push(std::move(element));
        }
    }
    return out.done(call);
}

Outcome chunk(Call& call) {
    std::uint64_t size = 0;
    Value array;
    if (!read_count(call, 1, 1, size) || !take_elements(call, 0, array)) return Outcome::Raised;
    std::size_t total = array.as_array()->size;
    ArrayBuilder chunks;
    for (std::size_t start = 0; start < total;) {
        std::size_t end = size < total - start ? start + size : total;
        ArrayObject* part = vm::array_slice(array.as_array(), start, end);
        if (part == nullptr) return out_of_memory(call);
        chunks.push(Value::adopt(part));
        start = end;
    }
    return chunks.done(call);
}

Outcome windows(Call& call) {
    std::uint64_t size = 0;
    Value array;
    if (!read_count(call, 1, 1, size) || !take_elements(call, 0, array)) return Outcome::Raised;
    std::size_t total = array.as_array()->size;
    ArrayBuilder found;
    for (std::size_t start = 0; size <= total && start <= total - size && !found.is_refused(); ++start) {
        ArrayObject* part = vm::array_slice(array.as_array(), start, start + size);
        if (part == nullptr) return out_of_memory(call);
        found.push(Value::adopt(part));
    }
    return found.done(call);
}

Outcome zip(Call& call) {
    std::vector<ElementCursor> cursors;
    for (std::uint32_t i = 0; i < call.count; ++i) cursors.emplace_back(call[i]);
    std::size_t length = call.count == 0 ? 0 : SIZE_MAX;
    for (const ElementCursor& cursor : cursors) length = std::min(length, cursor.size_hint());
    ArrayBuilder rows(length);
    while (!cursors.empty() && !rows.is_refused()) {
        ArrayBuilder row(cursors.size());
        Value element;
        bool is_complete = std::all_of(cursors.begin(), cursors.end(), [&](ElementCursor& cursor) {
            bool has_next = cursor.next(element);
            if (has_next) row.push(std::move(element));
            return has_next;
        });
        if (!is_complete) break;
        Value made = row.take();
        if (made.is_null()) return out_of_memory(call);
        rows.push(std::move(made));
    }
    return rows.done(call);
}

Outcome unzip(Call& call) {
    std::vector<ArrayBuilder> columns;
    ElementCursor cursor(call[0]);
    std::size_t index = 0;
    for (Value row; cursor.next(row); ++index) {
        if (!row.is_array()) {
            return call.raise(ErrorKind::Type, "unzip: element " + std::to_string(index) + " is " +
                                                   std::string(value_kind_name(row.kind())) +
                                                   ", not an array");
        }
        const ArrayObject& elements = *row.as_array();
        if (index == 0) columns = std::vector<ArrayBuilder>(elements.size);
        if (elements.size != columns.size()) {
            return raise_value_error(call, "element " + std::to_string(index) + " has " +
                                               std::to_string(elements.size) + " elements, the first has " +
                                               std::to_string(columns.size()));
        }
        for (std::size_t i = 0; i < columns.size(); ++i) columns[i].push(elements.elements[i]);
    }
    ArrayBuilder out(columns.size());
    for (ArrayBuilder& column : columns) {
        Value made = column.take();
        if (made.is_null()) return out_of_memory(call);
        out.push(std::move(made));
    }
    return out.done(call);
}

Outcome enumerate(Call& call) {
    std::int64_t number = call.integer(1);
    ElementCursor cursor(call[0]);
    ArrayBuilder pairs(cursor.size_hint());
    for (Value element; !pairs.is_refused() && cursor.next(element); ++number) {
        Value pair = pair_of(Value::integer(number), std::move(element));
        if (pair.is_null()) return out_of_memory(call);
        pairs.push(std::move(pair));
    }
    return pairs.done(call);
}

Outcome take(Call& call) {
    std::uint64_t count = 0;
    if (!read_count(call, 1, 0, count)) return Outcome::Raised;
    if (call[0].is_array())
        return done_slice(call, call[0], 0, std::min<std::uint64_t>(count, call[0].as_array()->size));
    ElementCursor cursor(call[0]);
    ArrayBuilder kept(std::min<std::uint64_t>(count, cursor.size_hint()));
    for (Value element; kept.size() < count && !kept.is_refused() && cursor.next(element);) kept.push(std::move(element));
    return kept.done(call);
}

Outcome skip(Call& call) {
    std::uint64_t count = 0;
    if (!read_count(call, 1, 0, count)) return Outcome::Raised;
    if (call[0].is_array()) {
        std::size_t size = call[0].as_array()->size;
        return done_slice(call, call[0], std::min<std::uint64_t>(count, size), size);
    }
    ElementCursor cursor(call[0]);
    cursor.skip(count);
    ArrayBuilder kept(cursor.size_hint());
    for (Value element; !kept.is_refused() && cursor.next(element);) kept.push(std::move(element));
    return kept.done(call);
}

Outcome to_dict(Call& call) { return dict_from_pairs(call, call[0]); }

Outcome range(Call& call) {
    bool has_end = !call.is_null(1);
    std::int64_t start = has_end ? call.integer(0) : 0;
    std::int64_t end = has_end ? call.integer(1) : call.integer(0);
    if (call.integer(2) == 0) return raise_value_error(call, "the step may not be 0");
    return call.done(vm::make_range(start, end, call.integer(2)));
}

Outcome fill(Call& call) {
    std::uint64_t count = 0;
    if (!read_count(call, 1, 0, count)) return Outcome::Raised;
    ArrayObject* array = vm::new_array(count);
    if (array == nullptr) return out_of_memory(call);
    Value holder = Value::adopt(array);
    const Value value = call.take(0);
    for (std::uint64_t i = 0; i < count; ++i) {
        if (!vm::array_push(array, Value(value))) return out_of_memory(call);
    }
    return call.done(std::move(holder));
}

// ---- For the prelude --------------------------------------------------------------------------------------

// An empty array with room for one value of each element, where their number is known.
Outcome map_room(Call& call) {
    return done_or_out_of_memory(call, ArrayBuilder(ElementCursor(call[0]).size_hint()).take());
}

Outcome parameter_count(Call& call) {
    const auto& function = *call[0].as<vm::FunctionObject>();
    int count =
        function.builtin != nullptr ? function.builtin->required_count : function.code->required_count;
    if (function.form() == vm::FunctionForm::BoundMethod) --count;
    return call.done(Value::integer(count));
}

}  // namespace bodies
}  // namespace ruff::builtins
