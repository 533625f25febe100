// Elements, entries and fields: reading and changing them by index, key or name, and slices.

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "core/support/edit_distance.h"
#include "core/vm/arithmetic.h"
#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/operations.h"
#include "core/vm/range.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::vm {

// --- mistakes ----------------------------------------------------------------------------------------------------------

namespace {

std::string kind_text(const Value& value) { return std::string(value_kind_name(value.kind())); }
std::string quoted_name(std::string_view name) { return "`" + std::string(name) + "`"; }

/// A struct by its own name, anything else by its kind.
std::string owner_text(const Value& value) {
    return value.is(ValueKind::Struct) ? std::string(value.as_struct()->info->name->view()) : kind_text(value);
}

bool raise_out_of_bounds(Vm& vm, std::int64_t index) {
    vm.raise(ErrorKind::Index, "Index out of bounds: " + std::to_string(index));
    return false;
}

bool raise_index_kind(Vm& vm, const Value& container, const Value& key) {
    vm.raise(ErrorKind::Type, "the index of " + kind_text(container) + " must be int, got " + kind_text(key));
    return false;
}

bool raise_not_indexable(Vm& vm, const Value& container) {
    vm.raise(ErrorKind::Type, owner_text(container) + " has no elements to index",
             container.is_null() ? "check for null first, or use `?.` and `??`"
             : container.is(ValueKind::Struct) ? "read a field by its name, or give the struct an `op_index` method"
                                               : "");
    return false;
}

bool raise_immutable(Vm& vm, const Value& container) {
    const bool is_text = container.is_string();
    vm.raise(ErrorKind::Type, "the elements of " + kind_text(container) + " cannot be assigned",
             is_text ? "strings are immutable: build a new one from slices" : "");
    return false;
}

bool raise_memory(Vm& vm, std::string_view what) {
    vm.raise_out_of_memory(what);
    return false;
}

/// The string key that `name` was probably meant to be; empty when none is near, or the dict is too large to look.
std::string_view nearest_key(const DictObject* dict, std::string_view name) {
    constexpr std::uint32_t kMostKeys = 100;
    if (dict->count > kMostKeys) return {};
    std::vector<std::string_view> names;
    for (std::uint32_t i = dict_next(dict, 0); i < dict->used; i = dict_next(dict, i + 1)) {
        if (dict->entries[i].key.is_string()) names.push_back(dict->entries[i].key.as_string()->view());
    }
    return nearest_name(name, names);
}

std::string missing_field_hint(const Value& container, std::string_view name) {
    if (container.is_null()) return "the value is null: check it first, or write `?." + std::string(name) + "`";
    if (container.is(ValueKind::Struct)) {
        std::vector<std::string_view> names;
        for (const StringObject* field : container.as_struct()->info->field_names) names.push_back(field->view());
        const std::string_view near = nearest_name(name, names);
        return near.empty() ? std::string() : "did you mean " + quoted_name(near) + "?";
    }
    if ((name == "length" || name == "size" || name == "count") && length_of(container) >= 0) return "write `len(…)`";
    if (container.is(ValueKind::Promise)) return "await the promise first: `(await p)." + std::string(name) + "`";
    return {};
}

}  // namespace

bool raise_refused_key(Vm& vm, std::string_view refusal) {
    vm.raise(ErrorKind::Key, "Cannot use " + std::string(refusal) + " as a key");
    return false;
}

bool raise_missing_key(Vm& vm, const DictObject* dict, const Value& key) {
    std::string hint;
    if (key.is_string()) {
        const std::string_view near = nearest_key(dict, key.as_string()->view());
        if (!near.empty()) hint = "did you mean \"" + cut_for_message(near) + "\"?";
    }
    vm.raise(ErrorKind::Key, "Missing map key: " + display_for_message(key), hint);
    return false;
}

bool raise_missing_field(Vm& vm, const Value& container, std::string_view name) {
    vm.raise(ErrorKind::Name, owner_text(container) + " has no field " + quoted_name(name), missing_field_hint(container, name));
    return false;
}

// --- by index or key ---------------------------------------------------------------------------------------------------

namespace {

/// `index` counted from the start, when it is in [0, length).
bool locate(std::int64_t index, std::uint64_t length, std::uint64_t& at) {
    at = static_cast<std::uint64_t>(index);
    if (index < 0) at += length;   // wraps to something huge when it is still before the start
    return index >= 0 || length >= -static_cast<std::uint64_t>(index) ? at < length : false;
}

std::uint64_t sequence_length(const Value& container) {
    switch (container.kind()) {
        case ValueKind::Array: return container.as_array()->size;
        case ValueKind::String: return string_length(container.as_string());
        case ValueKind::Bytes: return container.as_string()->size;
        default: return range_length(*container.as<RangeObject>());
    }
}

bool is_sequence(const Value& container) {
    return container.is_array() || container.is_string() || container.is(ValueKind::Bytes) || container.is(ValueKind::Range);
}

Value element_at(const Value& container, std::uint64_t at) {
    switch (container.kind()) {
        case ValueKind::Array: return container.as_array()->elements[at];
        case ValueKind::String: return string_at(container.as_string(), static_cast<std::uint32_t>(at));
        case ValueKind::Bytes: return Value::integer(static_cast<unsigned char>(container.as_string()->data()[at]));
        default: return Value::integer(range_at(*container.as<RangeObject>(), at));
    }
}

/// The element of an unshared array, which from now on may hold anything.
Value* array_place(Vm& vm, Value& slot, const Value& key) {
    if (!key.is_int()) return raise_index_kind(vm, slot, key), nullptr;
    std::uint64_t at;
    if (!locate(key.as_int(), slot.as_array()->size, at)) return raise_out_of_bounds(vm, key.as_int()), nullptr;
    ArrayObject* array = unshare_array(slot);
    if (!array) return raise_memory(vm, "array"), nullptr;
    return &array->elements[at];
}

bool set_entry(Vm& vm, Value& slot, const Value& key, Value value) {
    const std::string_view refusal = key_refusal(key);
    if (!refusal.empty()) return raise_refused_key(vm, refusal);
    DictObject* dict = unshare_dict(slot);
    return (dict && dict_set(dict, key, std::move(value))) || raise_memory(vm, "dict");
}

Value* entry_place(Vm& vm, Value& slot, const Value& key) {
    const std::string_view refusal = key_refusal(key);
    if (!refusal.empty()) return raise_refused_key(vm, refusal), nullptr;
    const std::uint32_t entry = dict_lookup(slot.as_dict(), key);
    if (entry == kNoEntry) return raise_missing_key(vm, slot.as_dict(), key), nullptr;
    DictObject* dict = unshare_dict(slot);   // entries keep their numbers in the copy
    if (!dict) return raise_memory(vm, "dict"), nullptr;
    return &dict->entries[entry].value;
}

}  // namespace

bool get_index(Vm& vm, const Value& container, const Value& key, Value& result) {
    if (container.is_dict()) {
        if (const Value* found = dict_find(container.as_dict(), key)) {
            result = *found;
            return true;
        }
        const std::string_view refusal = key_refusal(key);
        return refusal.empty() ? raise_missing_key(vm, container.as_dict(), key) : raise_refused_key(vm, refusal);
    }
    if (!is_sequence(container)) return raise_not_indexable(vm, container);
    if (!key.is_int()) return raise_index_kind(vm, container, key);
    std::uint64_t at;
    if (!locate(key.as_int(), sequence_length(container), at)) return raise_out_of_bounds(vm, key.as_int());
    result = element_at(container, at);
    return true;
}

bool set_index(Vm& vm, Value& slot, const Value& key, Value value) {
    if (slot.is_array()) {
        Value* place = array_place(vm, slot, key);
        if (!place) return false;
        if (value.is_heap()) slot.object()->flags |= kArrayMayHoldHeap;
        *place = std::move(value);
        return true;
    }
    if (slot.is_dict()) return set_entry(vm, slot, key, std::move(value));
    return is_sequence(slot) ? raise_immutable(vm, slot) : raise_not_indexable(vm, slot);
}

Value* index_place(Vm& vm, Value& slot, const Value& key) {
    if (slot.is_array()) return array_place(vm, slot, key);
    if (slot.is_dict()) return entry_place(vm, slot, key);
    is_sequence(slot) ? raise_immutable(vm, slot) : raise_not_indexable(vm, slot);
    return nullptr;
}

// --- by name -----------------------------------------------------------------------------------------------------------

bool get_field(Vm& vm, const Value& container, StringObject* name, Value& result) {
    if (container.is(ValueKind::Struct)) {
        const StructObject* object = container.as_struct();
        const int field = object->info->field_index(name);
        if (field < 0) return raise_missing_field(vm, container, name->view());
        result = object->fields()[field];
        return true;
    }
    if (container.is_dict()) {
        const std::uint32_t entry = dict_lookup(container.as_dict(), name);
        if (entry == kNoEntry) return raise_missing_key(vm, container.as_dict(), Value::adopt(name));
        result = container.as_dict()->entries[entry].value;
        return true;
    }
    if (container.is(ValueKind::Error)) {
        Value found = error_field(vm, *container.as<ErrorObject>(), name->view());
        if (found.is_marker()) return raise_missing_field(vm, container, name->view());
        result = std::move(found);
        return true;
    }
    return raise_missing_field(vm, container, name->view());
}

bool set_field(Vm& vm, Value& slot, StringObject* name, Value value) {
    if (slot.is_dict()) return set_entry(vm, slot, Value::adopt(name), std::move(value));
    Value* place = field_place(vm, slot, name);
    if (!place) return false;
    *place = std::move(value);
    return true;
}

Value* field_place(Vm& vm, Value& slot, StringObject* name) {
    if (slot.is_dict()) return entry_place(vm, slot, Value::adopt(name));
    if (!slot.is(ValueKind::Struct)) {
        if (slot.is(ValueKind::Error)) {
            vm.raise(ErrorKind::Type, "the fields of error cannot be assigned");
        } else {
            raise_missing_field(vm, slot, name->view());
        }
        return nullptr;
    }
    const int field = slot.as_struct()->info->field_index(name);
    if (field < 0) return raise_missing_field(vm, slot, name->view()), nullptr;
    StructObject* object = unshare_struct(slot);
    if (!object) return raise_memory(vm, "struct"), nullptr;
    return &object->fields()[field];
}

// --- slices ------------------------------------------------------------------------------------------------------------

namespace {

/// A slice bound as a position: counted from the end when negative, clamped to what is there.
std::uint64_t clamp_bound(std::int64_t bound, std::uint64_t length) {
    if (bound >= 0) return std::min(static_cast<std::uint64_t>(bound), length);
    const std::uint64_t back = -static_cast<std::uint64_t>(bound);
    return back >= length ? 0 : length - back;
}

bool read_bound(Vm& vm, const Value& bound, std::uint64_t length, std::uint64_t open, std::uint64_t& at) {
    if (bound.is_null()) {
        at = open;
        return true;
    }
    if (!bound.is_int()) {
        vm.raise(ErrorKind::Type, "a slice needs ints, got " + kind_text(bound));
        return false;
    }
    at = clamp_bound(bound.as_int(), length);
    return true;
}

Value slice_of(const Value& container, std::uint64_t begin, std::uint64_t end) {
    switch (container.kind()) {
        case ValueKind::Array: {
            if (begin == 0 && end == container.as_array()->size) return container;
            ArrayObject* part = array_slice(container.as_array(), begin, end);
            return part ? Value::adopt(part) : Value::null();
        }
        case ValueKind::Range: return range_slice(*container.as<RangeObject>(), begin, end);
        default:
            if (begin == 0 && end == sequence_length(container)) return container;
            return string_slice(container.as_string(), static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end));
    }
}

}  // namespace

bool slice(Vm& vm, const Value& container, const Value& low, const Value& high, Value& result) {
    if (!is_sequence(container)) {
        vm.raise(ErrorKind::Type, owner_text(container) + " has no slices");
        return false;
    }
    const std::uint64_t length = sequence_length(container);
    std::uint64_t begin, end;
    if (!read_bound(vm, low, length, 0, begin) || !read_bound(vm, high, length, length, end)) return false;
    Value part = slice_of(container, begin, std::max(begin, end));
    if (part.is_null()) return raise_memory(vm, value_kind_name(container.kind()));
    result = std::move(part);
    return true;
}

std::int64_t length_of(const Value& value) {
    if (value.is_dict() || value.is(ValueKind::Set)) return value.as_dict()->count;
    if (!is_sequence(value)) return -1;
    const std::uint64_t length = sequence_length(value);
    return static_cast<std::int64_t>(std::min<std::uint64_t>(length, std::numeric_limits<std::int64_t>::max()));
}

}  // namespace ruff::vm
