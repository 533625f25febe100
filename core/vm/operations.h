#pragma once
// What the row of a kind gives every value: display, equality, hash, truth, order. Operations that can meet a user's method
// (`to_string`, `op_eq`, `op_lt`) run it to its end here and may raise; it may not suspend.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/vm/hash.h"
#include "core/vm/string.h"
#include "core/vm/value.h"

namespace ruff::vm {

class Vm;

[[nodiscard]] bool is_truthy_slow(const Value& value);
[[nodiscard]] inline bool is_truthy(const Value& value) {
    if (value.is_bool()) return value.as_bool();
    if (value.is_null()) return false;
    if (value.is_int()) return value.as_int() != 0;
    return is_truthy_slow(value);
}

/// `a == b` of the language: deep, never an error by itself (only a user's op_eq can raise).
[[nodiscard]] Truth equals(Vm& vm, const Value& a, const Value& b);
/// The same where no user's method may run: an op_eq is not called, fields are compared.
[[nodiscard]] bool equals_plainly(const Value& a, const Value& b);
/// Equality of dict keys: as equals but NaN-free, identity for handles; never runs user code.
[[nodiscard]] bool keys_equal(const Value& a, const Value& b);
/// Exact across int and float: 2^53+1 differs from every float.
[[nodiscard]] bool numbers_equal(const Value& a, const Value& b);

/// What `compare` gives for a pair with NaN: neither less, equal nor greater.
inline constexpr int kUnordered = 2;
/// -1, 0, 1 or kUnordered; exact across int and float.
[[nodiscard]] int compare_numbers(const Value& a, const Value& b);
/// The order of `<`: -1, 0, 1 or kUnordered in `order`. False: raised (kinds that have no order, or a user method raised).
/// `op` is the operator for the message `Invalid binary operation: int < string`.
[[nodiscard]] bool compare(Vm& vm, const Value& a, const Value& b, std::string_view op, int& order);

/// The text that print shows. False: raised.
[[nodiscard]] bool display(Vm& vm, const Value& value, StringBuilder& out);
/// As display, but strings quoted and floats with a point.
[[nodiscard]] bool represent(Vm& vm, const Value& value, StringBuilder& out);
/// As display and represent where no user's method may run: a struct's own `to_string` is not called.
void display_plainly(const Value& value, StringBuilder& out);
void represent_plainly(const Value& value, StringBuilder& out);
/// For messages: represented (strings quoted), never raises, never runs user code, cut after 200 characters.
[[nodiscard]] std::string display_for_message(const Value& value);
/// `text` cut after 200 characters, for messages.
[[nodiscard]] std::string cut_for_message(std::string_view text);

/// Appends the shortest decimal that reads back, in the language's form (`1`, `0.1`, `1e21`); `keep_point` shows `1.0`.
void append_float(StringBuilder& out, double value, bool keep_point);
void append_int(StringBuilder& out, std::int64_t value);
/// Appends `text` in quotes, escaped as in a program.
void append_quoted(StringBuilder& out, std::string_view text);

/// `x in container`. Raises for what contains nothing.
[[nodiscard]] Truth contains(Vm& vm, const Value& container, const Value& element);

}  // namespace ruff::vm
