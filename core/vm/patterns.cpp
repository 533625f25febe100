// Patterns, `?`, raising, modules, and the single instructions of fibers.

#include <cmath>
#include <string>

#include "core/vm/arithmetic.h"
#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/machine.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"

namespace ruff::vm {

namespace bc = bytecode;

namespace {

bool is_keyed(const Value& value) { return value.is_dict() || value.is(ValueKind::Struct) || value.is(ValueKind::Error); }

/// Entry or field `name` of a dict, struct or error; unset when missing.
Value entry_or_unset(Vm& vm, const Value& container, const Value& key) {
    switch (container.kind()) {
        case ValueKind::Dict: {
            const Value* found = dict_find(container.as_dict(), key);
            return found != nullptr ? *found : Value::unset();
        }
        case ValueKind::Struct: {
            if (!key.is_string()) return Value::unset();
            const int index = container.as_struct()->info->field_index(intern(key.as_string()->view()));
            return index >= 0 ? container.as_struct()->fields()[index] : Value::unset();
        }
        case ValueKind::Error:
            return key.is_string() ? error_field(vm, *container.as<ErrorObject>(), key.as_string()->view()) : Value::unset();
        default: return Value::unset();
    }
}

bool is_named(const ArrayObject& names, const Value& key) {
    for (const Value& name : names) {
        if (keys_equal(name, key)) return true;
    }
    return false;
}

Value rest_of_dict(const Value& container, const ArrayObject& names) {
    DictObject* rest = new_dict(0);
    if (container.is_dict()) {
        const DictObject* dict = container.as_dict();
        for (std::uint32_t i = dict_next(dict, 0); i < dict->used; i = dict_next(dict, i + 1)) {
            if (!is_named(names, dict->entries[i].key)) (void)dict_set(rest, dict->entries[i].key, dict->entries[i].value);
        }
    } else if (container.is(ValueKind::Struct)) {
        const StructObject* object = container.as_struct();
        for (std::size_t i = 0; i < object->info->field_names.size(); ++i) {
            Value key = Value::adopt(&object->info->field_names[i]->head);
            if (!is_named(names, key)) (void)dict_set(rest, std::move(key), object->fields()[i]);
        }
    }
    return Value::adopt(rest);
}

Value array_from(const Value* values, std::size_t count) {
    ArrayObject* array = new_array(count);
    (void)array_append(array, values, count);
    return Value::adopt(array);
}

// Between ints only whole numbers fit, as they do in a range.
bool within(const Value& value, const Value& low, const Value& high, bool inclusive) {
    if (!value.is_number()) return false;
    if (low.is_int() && high.is_int() && value.is_float() && std::trunc(value.as_float()) != value.as_float()) return false;
    const int from_low = compare_numbers(value, low), from_high = compare_numbers(value, high);
    if (from_low == kUnordered || from_low < 0) return false;
    // Between ints stand the members of the range, which are ints.
    const bool is_fraction = value.is_float() && value.as_float() != std::trunc(value.as_float());
    if (is_fraction && low.is_int() && high.is_int()) return false;
    return inclusive ? from_high <= 0 : from_high < 0;
}

/// Whether the test of a Test instruction holds.
bool test_pattern(const Frame& frame, Instruction ins) {
    const Value& value = frame.base[ins.a];
    const bool at_least = (ins.flags & bc::kAtLeast) != 0;
    switch (ins.op) {
        case bc::Op::TestArray:
            return value.is_array() && (at_least ? value.as_array()->size >= ins.b : value.as_array()->size == ins.b);
        case bc::Op::TestDict: return is_keyed(value);
        case bc::Op::TestStruct:
            return value.is(ValueKind::Struct) && value.as_struct()->info == std::bit_cast<const StructInfo*>(frame.code->constants[ins.b].as_int());
        case bc::Op::TestVariant:
            return (value.is(ValueKind::Enum) || value.is(ValueKind::Result) || value.is(ValueKind::Option)) &&
                   value.as<VariantObject>()->info == std::bit_cast<const VariantInfo*>(frame.code->constants[ins.b].as_int());
        case bc::Op::TestSet: return !value.is_marker();
        case bc::Op::TestNumberRange:
            return within(value, frame.code->constants[ins.b], frame.code->constants[ins.b + 1], (ins.flags & bc::kInclusive) != 0);
        case bc::Op::TestPayload: {
            const auto count = value.as<VariantObject>()->payload_count();
            return at_least ? count >= ins.b : count == ins.b;
        }
        default: return false;
    }
}

bool is_test(bc::Op op) {
    return op == bc::Op::TestArray || op == bc::Op::TestDict || op == bc::Op::TestStruct || op == bc::Op::TestVariant ||
           op == bc::Op::TestSet || op == bc::Op::TestNumberRange || op == bc::Op::TestPayload;
}

}  // namespace

bool slow_pattern(Vm& vm, Instruction ins) {
    Frame& frame = *vm.frame;
    Value* base = frame.base;
    if (is_test(ins.op)) {
        if (!test_pattern(frame, ins)) frame.pc += ins.signed_c();
        return true;
    }
    const Value* constants = frame.code->constants;
    switch (ins.op) {
        case bc::Op::ExpectArray:
            if (base[ins.a].is_array()) return true;
            return raise(vm, ErrorKind::Type, "Cannot destructure " + std::string(value_kind_name(base[ins.a].kind())) + " with an array pattern");
        case bc::Op::ExpectDict:
            if (is_keyed(base[ins.a])) return true;
            return raise(vm, ErrorKind::Type, "Cannot destructure " + std::string(value_kind_name(base[ins.a].kind())) + " with a dict pattern");
        case bc::Op::ElementOr: {
            const ArrayObject* array = base[ins.b].as_array();
            Value element = ins.c < array->size ? array->elements[ins.c] : Value::unset();
            base[ins.a] = std::move(element);
            return true;
        }
        case bc::Op::RestOfArray: {
            const ArrayObject* array = base[ins.b].as_array();
            const std::size_t skip = std::min<std::size_t>(ins.c, array->size);
            Value rest = array_from(array->elements + skip, array->size - skip);
            base[ins.a] = std::move(rest);
            return true;
        }
        case bc::Op::EntryOr: {
            Value entry = entry_or_unset(vm, base[ins.b], constants[ins.c]);
            base[ins.a] = std::move(entry);
            return true;
        }
        case bc::Op::EntryAt: {
            if (const auto refusal = key_refusal(base[ins.c]); !refusal.empty()) {
                raise_refused_key(vm, refusal);
                return unwind(vm);
            }
            Value entry = entry_or_unset(vm, base[ins.b], base[ins.c]);
            base[ins.a] = std::move(entry);
            return true;
        }
        case bc::Op::RemoveEntry:
            dict_remove(base[ins.a].as_dict(), base[ins.b], nullptr);
            return true;
        case bc::Op::RestOfDict: {
            Value rest = rest_of_dict(base[ins.b], *constants[ins.c].as_array());
            base[ins.a] = std::move(rest);
            return true;
        }
        case bc::Op::RequireSet: {
            if (!base[ins.a].is_marker()) return true;
            const auto* name = std::get_if<std::string>(&frame.code->source->constants[ins.wide()]);
            return raise(vm, ErrorKind::Key, "missing value for " + (name != nullptr ? *name : std::string("pattern")));
        }
        case bc::Op::Payload: {
            Value value = base[ins.b].as<VariantObject>()->payload()[ins.c];
            base[ins.a] = std::move(value);
            return true;
        }
        case bc::Op::PayloadRest: {
            auto* variant = base[ins.b].as<VariantObject>();
            const std::size_t skip = std::min<std::size_t>(ins.c, variant->payload_count());
            Value rest = array_from(variant->payload() + skip, variant->payload_count() - skip);
            base[ins.a] = std::move(rest);
            return true;
        }
        default: return true;
    }
}

bool slow_question(Vm& vm, Instruction ins) {
    Value& slot = vm.frame->base[ins.a];
    if (slot.is(ValueKind::Result) || slot.is(ValueKind::Option)) {
        auto* variant = slot.as<VariantObject>();
        if (variant->info->index == 0) {   // Ok, Some
            Value inner = variant->payload_count() > 0 ? variant->payload()[0] : Value();
            slot = std::move(inner);
        } else {
            vm.frame->pc += ins.signed_c();
        }
        return true;
    }
    const std::string kind(value_kind_name(slot.kind()));
    return raise(vm, ErrorKind::Type, "? needs a result or an option, got " + kind, slot.is(ValueKind::Promise) ? "write (await p)?" : "");
}

// --- raising -----------------------------------------------------------------------------------------------------

namespace {

ErrorKind kind_of(const bc::RaiseConstant& prepared) { return error_kind_named(prepared.kind); }

}  // namespace

bool slow_raise(Vm& vm, Instruction ins) {
    const auto& prepared = std::get<bc::RaiseConstant>(vm.frame->code->source->constants[ins.wide()]);
    return raise(vm, kind_of(prepared), prepared.message, prepared.hint);
}

bool slow_throw(Vm& vm, Instruction ins) {
    Value& slot = vm.frame->base[ins.a];
    Value thrown = (ins.flags & bc::kTakeA) != 0 ? std::move(slot) : slot;
    vm.raise_value(error_from_thrown(vm, std::move(thrown)));
    return unwind(vm);
}

bool slow_rethrow(Vm& vm, Instruction ins) {
    vm.raise_value(std::move(vm.frame->base[ins.a]));
    return unwind(vm);
}

// --- modules -----------------------------------------------------------------------------------------------------

bool slow_import(Vm& vm, Instruction ins) {
    const std::uint32_t module = ins.wide();
    const bc::Module& info = vm.image().program().modules[module];
    switch (vm.module_states[module]) {
        case Vm::ModuleState::Loaded: vm.frame->base[ins.a] = vm.module_value(module); return true;
        case Vm::ModuleState::Loading: {
            std::string cycle = "Circular import detected: ";
            bool inside = false;
            for (const std::uint32_t loading : vm.loading_modules) {
                inside = inside || loading == module;
                if (inside) cycle += vm.image().program().modules[loading].name + " -> ";
            }
            return raise(vm, ErrorKind::Module, cycle + info.name);
        }
        case Vm::ModuleState::Unloaded: break;
    }
    Code* main = vm.image().main_of(module);
    if (main == nullptr) return raise(vm, ErrorKind::Module, info.failure.message, info.failure.hint);
    vm.module_states[module] = Vm::ModuleState::Loading;
    vm.loading_modules.push_back(module);
    Value* base = vm.frame->base + vm.frame->code->register_count + 1;
    base = ensure_stack(vm, base, main->register_count);
    if (base == nullptr) return unwind(vm);
    return push_frame(vm, *main, base, kFrameModule | kFrameOperator, ins.a);
}

// --- fibers ------------------------------------------------------------------------------------------------------

bool slow_await(Vm& vm, Instruction ins) { return await_register(vm, vm.frame->base + ins.a); }

bool slow_yield(Vm& vm, Instruction ins) { return yield_value(vm, vm.frame->base + ins.a); }

bool slow_return(Vm& vm, Instruction ins) {
    if (ins.op == bc::Op::ReturnNull) return return_slow(vm, Value());
    // A mutating method that returns `self` gives a copy: the receiver itself goes back to its place.
    Value& slot = vm.frame->base[ins.a];
    if ((vm.frame->flags & kFrameMutatesSelf) != 0 && ins.a == 0) return return_slow(vm, slot);
    return return_slow(vm, std::move(slot));
}

bool slow_spawn(Vm& vm, Instruction ins) {
    if (vm.natives().spawn == nullptr) return raise(vm, ErrorKind::Type, "tasks in other isolates are not available");
    Value handle;
    Value body = std::move(vm.frame->base[ins.a]);
    const Outcome outcome = run_native(vm, [] { return std::string_view("spawn"); }, [&] { return vm.natives().spawn(vm, std::move(body), handle); });
    if (outcome != Outcome::Done) return unwind(vm);
    vm.frame->base[ins.a] = std::move(handle);
    return true;
}

}  // namespace ruff::vm
