#pragma once
// The operators and accesses that the interpreter's fast paths do not cover, on anything but operator methods of structs
// (the interpreter calls those first: they may suspend). False: raised.

#include <cstddef>
#include <string_view>

#include "core/bytecode/instruction.h"
#include "core/vm/object.h"

namespace ruff::vm {

class Vm;

// --- arithmetic.cpp
[[nodiscard]] bool arithmetic(Vm& vm, bytecode::BinaryOperator op, const Value& left, const Value& right, Value& result);
/// `target` := `target` + `right`, in place and amortised O(1) when `target` is an unshared string or array.
[[nodiscard]] bool append_into(Vm& vm, Value& target, const Value& right);
[[nodiscard]] bool negate(Vm& vm, const Value& value, Value& result);
/// Kind "type": `Invalid binary operation: int + null`, with a hint when one helps. Gives false.
bool raise_invalid_operation(Vm& vm, const Value& left, std::string_view op, const Value& right);

// --- elements.cpp
/// `container[key]` of everything but structs with op_index.
[[nodiscard]] bool get_index(Vm& vm, const Value& container, const Value& key, Value& result);
/// `slot[key] := value`; the container in `slot` is unshared first.
[[nodiscard]] bool set_index(Vm& vm, Value& slot, const Value& key, Value value);
/// The element's own place, its container unshared: for paths. Null: raised (also when it is missing). A value may be
/// stored there until the container changes; who puts a heap value into an array this way sets kArrayMayHoldHeap.
[[nodiscard]] Value* index_place(Vm& vm, Value& slot, const Value& key);
/// Kind "key": `Cannot use a function as a key`; `refusal` is what key_refusal gave. Gives false.
bool raise_refused_key(Vm& vm, std::string_view refusal);
/// Kind "key": `Missing map key: "k"`, with the key that was probably meant. Gives false.
bool raise_missing_key(Vm& vm, const DictObject* dict, const Value& key);

/// `container.name` of data: struct field, dict entry, error field. False: raised. `name` is interned.
[[nodiscard]] bool get_field(Vm& vm, const Value& container, StringObject* name, Value& result);
[[nodiscard]] bool set_field(Vm& vm, Value& slot, StringObject* name, Value value);
[[nodiscard]] Value* field_place(Vm& vm, Value& slot, StringObject* name);
/// Kind "name": ``Point has no field `z` ``, with the field that was probably meant. Gives false.
bool raise_missing_field(Vm& vm, const Value& container, std::string_view name);

/// `container[low:high]`; null bounds are open.
[[nodiscard]] bool slice(Vm& vm, const Value& container, const Value& low, const Value& high, Value& result);
/// Elements, entries, code points; -1: the kind has no length.
[[nodiscard]] std::int64_t length_of(const Value& value);

}  // namespace ruff::vm
