// Building arrays, dicts, structs and variants.

#include <string>

#include "core/vm/arithmetic.h"
#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/machine.h"
#include "core/vm/operations.h"
#include "core/vm/range.h"
#include "core/vm/string.h"

namespace ruff::vm {

namespace bc = bytecode;

namespace {

Value taken(Value& source, bool take) {
    if (!take) return source;
    return std::move(source);
}

bool out_of_memory(Vm& vm, std::string_view what) {
    vm.raise_out_of_memory(what);
    return unwind(vm);
}

bool refuse_key(Vm& vm, const Value& key) {
    const std::string_view why = key_refusal(key);
    if (why.empty()) return false;
    raise_refused_key(vm, why);
    return true;
}

}  // namespace

bool slow_new_array(Vm& vm, Instruction ins) {
    ArrayObject* array = new_array(ins.c);
    if (array == nullptr) return out_of_memory(vm, "array");
    Value* first = vm.frame->base + ins.b;
    for (std::uint32_t i = 0; i < ins.c; ++i) (void)array_push(array, std::move(first[i]));
    vm.frame->base[ins.a] = Value::adopt(array);
    return true;
}

bool slow_array_push(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    if (!array_push(base[ins.a].as_array(), taken(base[ins.b], (ins.flags & bc::kTakeB) != 0))) return out_of_memory(vm, "array");
    return true;
}

namespace {

/// More elements than any memory holds.
constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 40;

/// Appends the elements of any iterable that needs no fiber. False: out of memory.
bool spread_into(ArrayObject* array, const Value& source) {
    switch (source.kind()) {
        case ValueKind::Array: return array_append(array, source.as_array()->begin(), source.as_array()->size);
        case ValueKind::Dict:
        case ValueKind::Set: {
            const auto* dict = source.as_dict();
            for (std::uint32_t i = dict_next(dict, 0); i < dict->used; i = dict_next(dict, i + 1)) {
                if (!array_push(array, Value(dict->entries[i].key))) return false;
            }
            return true;
        }
        case ValueKind::String: {
            StringObject* string = source.as_string();
            const std::uint32_t length = string_length(string);
            for (std::uint32_t i = 0; i < length; ++i) {
                if (!array_push(array, string_at(string, i))) return false;
            }
            return true;
        }
        case ValueKind::Bytes: {
            const auto octets = source.as_string()->view();
            for (const char octet : octets) {
                if (!array_push(array, Value::integer(static_cast<unsigned char>(octet)))) return false;
            }
            return true;
        }
        case ValueKind::Range: {
            const auto* range = source.as<RangeObject>();
            const std::uint64_t length = range_length(*range);
            if (length > kMaxElements || !reserve(array, array->size + length)) return false;   // refused before the work
            for (std::uint64_t i = 0; i < length; ++i) {
                if (!array_push(array, Value::integer(range_at(*range, i)))) return false;
            }
            return true;
        }
        default: return false;
    }
}

bool refuse_spread(Vm& vm, const Value& value) {
    return raise(vm, ErrorKind::Type, std::string(value_kind_name(value.kind())) + " cannot be spread into an array");
}

bool is_plain_iterable(ValueKind kind) {
    return kind == ValueKind::Array || kind == ValueKind::Dict || kind == ValueKind::Set || kind == ValueKind::String ||
           kind == ValueKind::Bytes || kind == ValueKind::Range;
}

}  // namespace

bool slow_array_spread(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    if (is_plain_iterable(base[ins.b].kind())) {
        const Value source = taken(base[ins.b], (ins.flags & bc::kTakeB) != 0);
        if (!spread_into(base[ins.a].as_array(), source)) return out_of_memory(vm, "array");
        return true;
    }
    if (base[ins.b].is(ValueKind::Generator)) {
        // The instruction is repeated, one element a time; an unset last element says that one was pulled.
        auto& generator = *base[ins.b].as<GeneratorObject>();
        ArrayObject* array = base[ins.a].as_array();
        const std::ptrdiff_t scratch = base + vm.frame->code->register_count + 1 - vm.fiber->stack;
        if (array->size > 0 && array->end()[-1].is_marker()) {
            (void)array_pop(array);
            Value element = std::move(vm.fiber->stack[scratch]);
            if (generator.head.extra != 0) {
                base[ins.b].set_null();
                return true;
            }
            if (!array_push(array, std::move(element))) return out_of_memory(vm, "array");
        }
        if (!array_push(array, Value::unset())) return out_of_memory(vm, "array");
        if (ensure_stack(vm, vm.fiber->stack + scratch, 1) == nullptr) return unwind(vm);
        vm.frame->pc -= 1;
        return pull_generator(vm, generator, Value(), vm.fiber->stack + scratch, ResumeMode::Register);
    }
    if (base[ins.b].is_int() || base[ins.b].is_null()) return refuse_spread(vm, base[ins.b]);
    // A struct with `iter`, a file, a channel: what `for` would walk is spread instead, by this instruction again.
    Value iterated;
    if (!iterate_once(vm, base[ins.b], iterated)) return unwind(vm);
    vm.frame->base[ins.b] = std::move(iterated);
    vm.frame->pc -= 1;
    return true;
}

bool slow_new_dict(Vm& vm, Instruction ins) {
    DictObject* dict = new_dict(ins.b);
    if (dict == nullptr) return out_of_memory(vm, "dict");
    vm.frame->base[ins.a] = Value::adopt(dict);
    return true;
}

bool slow_dict_set(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    if (refuse_key(vm, base[ins.b])) return unwind(vm);
    Value key = taken(base[ins.b], (ins.flags & bc::kTakeB) != 0);
    Value value = taken(base[ins.c], (ins.flags & bc::kTakeC) != 0);
    if (!dict_set(base[ins.a].as_dict(), std::move(key), std::move(value))) return out_of_memory(vm, "dict");
    return true;
}

bool slow_dict_spread(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    const Value source = taken(base[ins.b], (ins.flags & bc::kTakeB) != 0);
    DictObject* target = base[ins.a].as_dict();
    if (source.is_dict()) {
        const DictObject* dict = source.as_dict();
        for (std::uint32_t i = dict_next(dict, 0); i < dict->used; i = dict_next(dict, i + 1)) {
            if (!dict_set(target, dict->entries[i].key, dict->entries[i].value)) return out_of_memory(vm, "dict");
        }
        return true;
    }
    if (source.is(ValueKind::Struct)) {
        const StructObject* object = source.as_struct();
        for (std::size_t i = 0; i < object->info->field_names.size(); ++i) {
            if (!dict_set(target, Value::adopt(&object->info->field_names[i]->head), object->fields()[i])) return out_of_memory(vm, "dict");
        }
        return true;
    }
    return raise(vm, ErrorKind::Type, std::string(value_kind_name(source.kind())) + " cannot be spread into a dict");
}

bool slow_new_struct(Vm& vm, Instruction ins) {
    Value* fields = vm.frame->base + ins.a;
    const auto* info = std::bit_cast<const StructInfo*>(vm.frame->code->constants[ins.c].as_int());
    Value object = make_struct(*info, fields);
    vm.frame->base[ins.a] = std::move(object);
    return true;
}

bool slow_new_struct_spread(Vm& vm, Instruction ins) {
    Value* window = vm.frame->base + ins.a;
    const auto* info = std::bit_cast<const StructInfo*>(vm.frame->code->constants[ins.c].as_int());
    const Value source = std::move(window[0]);
    const std::size_t field_count = info->field_names.size();
    std::vector<Value> fields(slot_count(*info), Value::unset());
    if (source.is(ValueKind::Struct)) {
        const StructObject* object = source.as_struct();
        for (std::size_t i = 0; i < field_count; ++i) {
            const int index = object->info == info ? static_cast<int>(i) : object->info->field_index(info->field_names[i]);
            if (index >= 0) fields[i] = object->fields()[index];
        }
    } else if (source.is_dict()) {
        for (std::size_t i = 0; i < field_count; ++i) {
            if (const Value* entry = dict_find(source.as_dict(), info->field_names[i])) fields[i] = *entry;
        }
    } else {
        return raise(vm, ErrorKind::Type, std::string(value_kind_name(source.kind())) + " cannot be spread into " + std::string(info->name->view()));
    }
    for (std::uint32_t i = 0; i < ins.b; ++i) {
        fields[static_cast<std::size_t>(window[1 + 2 * i].as_int())] = std::move(window[2 + 2 * i]);
        window[1 + 2 * i].set_null();
    }
    for (std::size_t i = 0; i < field_count; ++i) {
        if (!fields[i].is_marker()) continue;
        return raise(vm, ErrorKind::Name, "Missing field `" + std::string(info->field_names[i]->view()) + "` of " + std::string(info->name->view()));
    }
    window[0] = make_struct(*info, fields.data());
    return true;
}

bool slow_new_variant(Vm& vm, Instruction ins) {
    Value* payload = vm.frame->base + ins.a;
    const auto* variant = std::bit_cast<const VariantInfo*>(vm.frame->code->constants[ins.c].as_int());
    if (variant->has_payload_list && ins.b != variant->arity) {
        std::string message(variant->type->name->view());
        message += "::";
        message += variant->name->view();
        message += " expects " + std::to_string(variant->arity) + (variant->arity == 1 ? " argument" : " arguments") + ", got " + std::to_string(ins.b);
        return raise(vm, ErrorKind::Type, message);
    }
    if (ins.b == 0) {
        payload[0] = Value::share(variant->bare);
        return true;
    }
    Value value = make_variant(*variant, payload, ins.b);
    payload[0] = std::move(value);
    return true;
}

}  // namespace ruff::vm
