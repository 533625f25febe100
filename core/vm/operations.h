#pragma once
// What the row of a kind gives every value: display, equality, hash, truth, order, length. Operations that can meet a user's
// method (`to_string`, `op_eq`, `op_lt`) run it to its end here and may raise; it may not suspend.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/vm/string.h"
#include "core/vm/value.h"

namespace ruff::vm {

class Vm;

[[nodiscard]] bool is_truthy(const Value& value);

/// `a == b` of the language: deep, never an error by itself (only a user's op_eq can raise).
[[nodiscard]] Truth equals(Vm& vm, const Value& a, const Value& b);
/// Equality of dict keys: as equals but NaN-free, identity for handles; never runs user code.
[[nodiscard]] bool keys_equal(const Value& a, const Value& b);
[[nodiscard]] std::uint32_t hash_key(const Value& key);

/// The order of `<`: negative, 0, positive in `order`. False: raised (kinds that have no order, or a user method raised).
/// `op` is the operator for the message `Invalid binary operation: int < string`.
[[nodiscard]] bool compare(Vm& vm, const Value& a, const Value& b, std::string_view op, int& order);

/// The text that print shows. False: raised.
[[nodiscard]] bool display(Vm& vm, const Value& value, StringBuilder& out);
/// As display, but strings quoted and floats with a point.
[[nodiscard]] bool represent(Vm& vm, const Value& value, StringBuilder& out);
/// For messages: never raises, never runs user code, cut after 200 characters.
[[nodiscard]] std::string display_for_message(const Value& value);
/// Appends the shortest decimal that reads back, in the language's form (`1`, `0.1`, `1e21`); `keep_point` shows `1.0`.
void append_float(StringBuilder& out, double value, bool keep_point);

/// `x in container`.
[[nodiscard]] Truth contains(Vm& vm, const Value& container, const Value& element);

}  // namespace ruff::vm
