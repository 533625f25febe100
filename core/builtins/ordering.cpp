#include "core/builtins/ordering.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "core/builtins/elements.h"
#include "core/vm/operations.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using vm::ArrayObject;
using vm::Call;
using vm::Value;

enum class Elements { Ints, Numbers, Strings, Mixed };

// What the elements have in common.
Elements classify(const ArrayObject& values) {
    bool has_int = false, has_float = false, has_string = false, has_other = false;
    for (const Value& value : values) {
        has_int |= value.is_int();
        has_float |= value.is_float();
        has_string |= value.is_string();
        has_other |= !value.is_number() && !value.is_string();
    }
    if (has_other || (has_string && (has_int || has_float))) return Elements::Mixed;
    if (has_string) return Elements::Strings;
    return has_float ? Elements::Numbers : Elements::Ints;
}

// A value that was moved out as two words, so that sorting moves no reference counts.
struct RawValue {
    std::uint64_t tag, bits;
};

std::vector<RawValue> raw_values(const ArrayObject& values) {
    std::vector<RawValue> raw;
    raw.reserve(values.size);
    for (const Value& value : values) raw.push_back({value.tag(), value.bits()});
    return raw;
}

void write_back(ArrayObject& values, const std::vector<RawValue>& raw) {
    for (std::size_t i = 0; i < raw.size(); ++i) values.elements[i].set_raw(raw[i].tag, raw[i].bits);
}

// Puts element `order[i]` at place i.
void permute(ArrayObject& values, const std::vector<std::uint32_t>& order) {
    std::vector<RawValue> raw = raw_values(values);
    for (std::size_t i = 0; i < order.size(); ++i)
        values.elements[i].set_raw(raw[order[i]].tag, raw[order[i]].bits);
}

void sort_ints(ArrayObject& values) {
    std::vector<std::int64_t> ints;
    ints.reserve(values.size);
    for (const Value& value : values) ints.push_back(value.as_int());
    std::sort(ints.begin(), ints.end());
    for (std::size_t i = 0; i < ints.size(); ++i) values.elements[i].set_int(ints[i]);
}

// Exact also where an int is not representable as a double.
bool is_less_number(const Value& a, const Value& b) {
    if (a.is_int() && b.is_int()) return a.as_int() < b.as_int();
    double x = a.as_number(), y = b.as_number();
    if (x != y || a.is_float() == b.is_float()) return x < y;
    if (std::fabs(x) >= 0x1p63) return a.is_int() ? x > 0 : x < 0;  // 2^63 as a float is above every int
    return a.is_int() ? a.as_int() < static_cast<std::int64_t>(y) : static_cast<std::int64_t>(x) < b.as_int();
}

// Moves pointers, not counted references. Equal strings cannot be told apart, so this need not be stable.
void sort_strings(ArrayObject& values) {
    std::vector<RawValue> raw = raw_values(values);
    std::sort(raw.begin(), raw.end(), [](const RawValue& a, const RawValue& b) {
        return std::bit_cast<vm::StringObject*>(a.bits)->view() <
               std::bit_cast<vm::StringObject*>(b.bits)->view();
    });
    write_back(values, raw);
}

bool has_nan(const ArrayObject& values) {
    return std::any_of(values.begin(), values.end(),
                       [](const Value& value) { return value.is_float() && std::isnan(value.as_float()); });
}

// Bottom-up merge sort of positions, stable. `compare(a, b, order)` gives the order of two of them, or false
// if it raised: then this gives false too. Runs that are in order already are not merged, so sorted input
// takes one pass.
template <typename Compare>
bool merge_sort(std::vector<std::uint32_t>& order, Compare compare) {
    std::size_t count = order.size();
    std::vector<std::uint32_t> scratch(count);
    for (std::size_t width = 1; width < count; width *= 2) {
        for (std::size_t start = 0; start < count; start += 2 * width) {
            std::size_t middle = std::min(start + width, count), end = std::min(start + 2 * width, count);
            std::size_t left = start, right = middle;
            int compared = -1;
            if (right < end && !compare(order[middle - 1], order[middle], compared)) return false;
            if (compared <= 0) {
                std::copy(order.begin() + static_cast<std::ptrdiff_t>(start),
                          order.begin() + static_cast<std::ptrdiff_t>(end),
                          scratch.begin() + static_cast<std::ptrdiff_t>(start));
                continue;
            }
            for (std::size_t out = start; out < end; ++out) {
                bool takes_left = right == end;
                if (left < middle && right < end) {
                    if (!compare(order[left], order[right], compared)) return false;
                    takes_left = compared <= 0;
                }
                scratch[out] = takes_left ? order[left++] : order[right++];
            }
        }
        order.swap(scratch);
    }
    return true;
}

std::vector<std::uint32_t> positions(std::size_t count) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0u);
    return order;
}

bool raise_nan(Call& call) {
    raise_value_error(call, "NaN has no order");
    return false;
}

// The order of `<` by the language: `b < a` is asked, so that `op_lt` alone decides.
bool compare_values(Call& call, const Value& a, const Value& b, int& order) {
    if (!vm::compare(call.vm, b, a, "<", order)) return false;
    order = order < 0 ? 1 : 0;
    return true;
}

// The positions of `keys` in ascending order.
bool order_of(Call& call, const ArrayObject& keys, std::vector<std::uint32_t>& order) {
    order = positions(keys.size);
    const Value* key = keys.elements;
    switch (classify(keys)) {
        case Elements::Ints:
        case Elements::Numbers:
            if (has_nan(keys)) return raise_nan(call);
            return merge_sort(order, [key](std::uint32_t a, std::uint32_t b, int& compared) {
                compared = is_less_number(key[b], key[a]) ? 1 : 0;
                return true;
            });
        case Elements::Strings:
            return merge_sort(order, [key](std::uint32_t a, std::uint32_t b, int& compared) {
                compared = key[a].as_string()->view().compare(key[b].as_string()->view());
                return true;
            });
        case Elements::Mixed: break;
    }
    return merge_sort(order, [&call, key](std::uint32_t a, std::uint32_t b, int& compared) {
        return compare_values(call, key[a], key[b], compared);
    });
}

}  // namespace

bool sort_values(Call& call, ArrayObject& values) {
    Elements elements = classify(values);
    if (elements == Elements::Ints) {
        sort_ints(values);
        return true;
    }
    if (elements == Elements::Strings) {
        sort_strings(values);
        return true;
    }
    return sort_values_by_keys(call, values, values);
}

bool sort_values_by_keys(Call& call, ArrayObject& values, ArrayObject& keys) {
    std::vector<std::uint32_t> order;
    if (!order_of(call, keys, order)) return false;
    permute(values, order);
    return true;
}

}  // namespace ruff::builtins
