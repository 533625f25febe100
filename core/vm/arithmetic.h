#pragma once
// The operators and accesses that the interpreter's fast paths do not cover, on anything but operator methods of structs
// (the interpreter calls those first: they may suspend). False: raised.

#include <cstddef>
#include <string_view>

#include "core/bytecode/instruction.h"
#include "core/vm/object.h"

namespace ruff::vm {

class Vm;

[[nodiscard]] bool arithmetic(Vm& vm, bytecode::BinaryOperator op, const Value& left, const Value& right, Value& result);
/// `target` := `target` + `right`, in place and amortised O(1) when `target` is an unshared string or array.
[[nodiscard]] bool append_into(Vm& vm, Value& target, const Value& right);
/// Kind "type": `Invalid binary operation: int + null`, with a hint when one helps.
bool raise_invalid_operation(Vm& vm, const Value& left, std::string_view op, const Value& right);

/// `container[key]` of everything but structs with op_index.
[[nodiscard]] bool get_index(Vm& vm, const Value& container, const Value& key, Value& result);
/// `slot[key] := value`; the container in `slot` is unshared first.
[[nodiscard]] bool set_index(Vm& vm, Value& slot, const Value& key, Value value);
/// The element's own place, its container unshared: for paths. Null: raised (also when it is missing).
[[nodiscard]] Value* index_place(Vm& vm, Value& slot, const Value& key);

/// `container.name` of data: struct field, dict entry, error field. False: raised. `name` is interned.
[[nodiscard]] bool get_field(Vm& vm, const Value& container, StringObject* name, Value& result);
[[nodiscard]] bool set_field(Vm& vm, Value& slot, StringObject* name, Value value);
[[nodiscard]] Value* field_place(Vm& vm, Value& slot, StringObject* name);

/// `container[low:high]`; null bounds are open.
[[nodiscard]] bool slice(Vm& vm, const Value& container, const Value& low, const Value& high, Value& result);
/// Elements, entries, code points; -1: the kind has no length.
[[nodiscard]] std::int64_t length_of(const Value& value);

}  // namespace ruff::vm
