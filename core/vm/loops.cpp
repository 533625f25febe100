// Loops over anything. Loop state is three registers:
//
//   range(…), a..b    [0] this int        [1] passes left          [2] step        (ForRange, ForRangeNext)
//   int n             [0] next int        [1] end (exclusive)      [2] 1
//   array             [0] the array       [1] next index           [2] -
//   string            [0] the string      [1] next byte offset     [2] -
//   bytes             [0] the bytes       [1] next offset          [2] -
//   dict, set         [0] the dict        [1] next entry           [2] -
//   generator         [0] the generator   [1] -                    [2] -
//   enumerate(x)      as x, which has no step        [2] the counter
//   zip(x, y)         x               [1] the position of both       [2] y
//
// The state holds a snapshot: changing the variable inside the loop copies once and does not disturb the loop. When nobody
// else holds the array, the elements of an array are still copied out one by one: the loop's own reference is the snapshot.

#include <string>

#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/machine.h"
#include "core/vm/operations.h"
#include "core/vm/range.h"
#include "core/vm/string.h"

namespace ruff::vm {

namespace bc = bytecode;

namespace {

bool set_range_state(Value* state, std::int64_t start, std::int64_t end, std::int64_t step) {
    state[0].set_int(start);
    state[1].set_int(end);
    state[2].set_int(step);
    return true;
}

bool leave(Vm& vm, Instruction ins) {
    Value* state = vm.frame->base + ins.a;
    for (int i = 0; i < 3; ++i) state[i].set_null();
    vm.frame->pc += ins.signed_c();
    return true;
}

}  // namespace

bool slow_for_range(Vm& vm, Instruction ins) {
    Value* state = vm.frame->base + ins.a;
    constexpr std::string_view kNames[] = {"start", "end", "step"};
    for (int i = 0; i < 3; ++i) {
        if (state[i].is_int()) continue;
        return raise(vm, ErrorKind::Type, "range: parameter `" + std::string(kNames[i]) + "` expects int, got " + std::string(value_kind_name(state[i].kind())));
    }
    const std::int64_t start = state[0].as_int(), step = state[2].as_int();
    const std::int64_t end = state[1].as_int();
    if (step == 0) return raise(vm, ErrorKind::Value, "range: parameter `step` must not be 0");
    const bool inclusive = (ins.flags & bc::kInclusive) != 0;
    const bool is_empty = step > 0 ? (inclusive ? start > end : start >= end) : (inclusive ? start < end : start <= end);
    if (is_empty) {
        vm.frame->pc += ins.signed_c();
        return true;
    }
    const std::uint64_t distance = step > 0 ? static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(start)
                                            : static_cast<std::uint64_t>(start) - static_cast<std::uint64_t>(end);
    const std::uint64_t size = step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
    state[1].set_int(static_cast<std::int64_t>((inclusive ? distance / size : (distance - 1) / size) + 1));
    state[3].set_int(start);
    return true;
}

bool slow_for_prepare(Vm& vm, Instruction ins) {
    Value* state = vm.frame->base + ins.a;
    switch (state[0].kind()) {
        case ValueKind::Int: return set_range_state(state, 0, state[0].as_int(), 1);
        case ValueKind::Range: {
            const RangeObject range = *state[0].as<RangeObject>();
            if (range.step == 1 && !(range.head.flags & kRangeInclusive)) return set_range_state(state, range.start, range.end, 1);
            state[1].set_int(0);
            state[2].set_null();
            return true;
        }
        case ValueKind::Array:
        case ValueKind::String:
        case ValueKind::Bytes:
        case ValueKind::Dict:
        case ValueKind::Set:
        case ValueKind::Generator:
            state[1].set_int(0);
            state[2].set_null();
            return true;
        default: break;
    }
    Value iterated;
    if (!iterate_once(vm, state[0], iterated)) return unwind(vm);
    vm.frame->base[ins.a] = std::move(iterated);
    return slow_for_prepare(vm, ins);
}

bool iterate_once(Vm& vm, const Value& iterable, Value& result) {
    const Value receiver = iterable;
    if (receiver.is(ValueKind::Struct) && receiver.as_struct()->info->iter != nullptr) {
        if (vm.call_method_sync(receiver.as_struct()->info->iter, receiver, nullptr, 0, result) != Outcome::Done) return false;
        if (!result.is(ValueKind::Struct)) return true;
        vm.raise(ErrorKind::Type, "iter of " + std::string(receiver.as_struct()->info->name->view()) +
                                      " must give a collection or a generator, not a struct");
        return false;
    }
    // A handle is read through a generator: the lines of a file, the values of a channel until it is closed and drained.
    const std::string_view reader = receiver.is(ValueKind::File) ? "_file_lines" : receiver.is(ValueKind::Channel) ? "_channel_values" : "";
    const BuiltinRow* row = reader.empty() ? nullptr : find_internal_builtin(reader);
    if (row == nullptr) {
        vm.raise(ErrorKind::Type, std::string(value_kind_name(receiver.kind())) + " cannot be iterated");
        return false;
    }
    return vm.call_sync(make_builtin_function(*row), &receiver, 1, result) == Outcome::Done;
}

namespace {

/// The loop runs over what builtin `name` gives for the iterable in [0] (and `second`): an array or a generator.
bool prepare_by_builtin(Vm& vm, Instruction ins, std::string_view name, const Value& second) {
    Value* state = vm.frame->base + ins.a;
    const BuiltinRow* row = find_builtin(name);
    const Value arguments[2] = {state[0], second};
    Value result;
    const std::uint32_t count = second.is_null() ? 1 : 2;
    if (vm.call_sync(make_builtin_function(*row), arguments, count, result) != Outcome::Done) return unwind(vm);
    state = vm.frame->base + ins.a;
    state[0] = std::move(result);
    state[1].set_int(0);
    state[2].set_null();
    return true;
}

constexpr std::string_view kEnumerateHint = "for the position and the element, write `for i, x in enumerate(xs)`";

/// The next element of a snapshot in state[0], without fibers. 1: in `element`; 0: at the end.
int next_of_snapshot(Value* state, Value& element) {
    const auto position = static_cast<std::uint64_t>(state[1].as_int());
    switch (state[0].kind()) {
        case ValueKind::Int: {
            const std::int64_t next = state[0].as_int();
            if (next >= state[1].as_int()) return 0;
            element = Value::integer(next);
            state[0].set_int(next + 1);
            return 1;
        }
        case ValueKind::Array: {
            const ArrayObject* array = state[0].as_array();
            if (position >= array->size) return 0;
            element = array->elements[position];
            state[1].set_int(static_cast<std::int64_t>(position + 1));
            return 1;
        }
        case ValueKind::Range: {
            const RangeObject& range = *state[0].as<RangeObject>();
            if (position >= range_length(range)) return 0;
            element = Value::integer(range_at(range, position));
            state[1].set_int(static_cast<std::int64_t>(position + 1));
            return 1;
        }
        case ValueKind::String: {
            StringObject* string = state[0].as_string();
            if (position >= string->size) return 0;
            auto offset = static_cast<std::uint32_t>(position);
            element = next_character(string, offset);
            state[1].set_int(offset);
            return 1;
        }
        case ValueKind::Bytes: {
            const StringObject* bytes = state[0].as_string();
            if (position >= bytes->size) return 0;
            element = Value::integer(static_cast<unsigned char>(bytes->data()[position]));
            state[1].set_int(static_cast<std::int64_t>(position + 1));
            return 1;
        }
        case ValueKind::Dict:
        case ValueKind::Set: {
            const DictObject* dict = state[0].as_dict();
            const std::uint32_t i = dict_next(dict, static_cast<std::uint32_t>(position));
            if (i >= dict->used) return 0;
            element = dict->entries[i].key;
            state[1].set_int(i + 1);
            return 1;
        }
        default: return 0;
    }
}

}  // namespace

bool slow_for_next(Vm& vm, Instruction ins) {
    Value* state = vm.frame->base + ins.a;
    if (state[0].is(ValueKind::Generator)) {
        return pull_generator(vm, *state[0].as<GeneratorObject>(), Value(), &state[3], ResumeMode::ForNext);
    }
    Value element;
    if (next_of_snapshot(state, element) == 0) return leave(vm, ins);
    state[3] = std::move(element);
    return true;
}

// --- two variables -----------------------------------------------------------------------------------------------

namespace {

/// Splits `element` as the pattern [a, b] does.
bool destructure_pair(Vm& vm, const Value& element, Value* variables) {
    if (!element.is_array()) {
        vm.raise(ErrorKind::Type, "Cannot destructure " + std::string(value_kind_name(element.kind())) + " into two variables", kEnumerateHint);
        return false;
    }
    const ArrayObject* array = element.as_array();
    if (array->size < 2) {
        vm.raise(ErrorKind::Index, "Missing element " + std::to_string(array->size) + " in array pattern", kEnumerateHint);
        return false;
    }
    Value first = array->elements[0], second = array->elements[1];
    variables[0] = std::move(first);
    variables[1] = std::move(second);
    return true;
}

}  // namespace

bool slow_for_next2(Vm& vm, Instruction ins) {
    Value* state = vm.frame->base + ins.a;
    if (state[0].is_dict()) {
        const DictObject* dict = state[0].as_dict();
        const std::uint32_t i = dict_next(dict, static_cast<std::uint32_t>(state[1].as_int()));
        if (i >= dict->used) return leave(vm, ins);
        state[1].set_int(i + 1);
        state[3] = dict->entries[i].key;
        state[4] = dict->entries[i].value;
        return true;
    }
    if (state[2].is_int() && !state[0].is_int()) {   // enumerate: [2] counts
        Value element;
        if (next_of_snapshot(state, element) == 0) return leave(vm, ins);
        state[3].set_int(state[2].as_int());
        state[2].set_int(state[2].as_int() + 1);
        state[4] = std::move(element);
        return true;
    }
    if (state[2].is_heap()) {   // zip: [0] and [2] are the snapshots, [1] the position
        Value first, second;
        Value left[2] = {state[0], state[1]}, right[2] = {state[2], state[1]};
        if (next_of_snapshot(left, first) == 0 || next_of_snapshot(right, second) == 0) return leave(vm, ins);
        state[1].set_int(state[1].as_int() + 1);
        state[3] = std::move(first);
        state[4] = std::move(second);
        return true;
    }
    Value element;
    if (state[0].is(ValueKind::Generator)) {
        // Two passes of this instruction: pull into the first variable, then split what came ([1] tells which).
        auto& generator = *state[0].as<GeneratorObject>();
        if (state[1].as_int() == 0) {
            state[1].set_int(1);
            vm.frame->pc -= 1;
            return pull_generator(vm, generator, Value(), &state[3], ResumeMode::Register);
        }
        state[1].set_int(0);
        if (generator.head.extra != 0) return leave(vm, ins);
        element = std::move(state[3]);
    } else if (next_of_snapshot(state, element) == 0) {
        return leave(vm, ins);
    }
    if (!destructure_pair(vm, element, state + 3)) return unwind(vm);
    return true;
}

namespace {

/// Anything iterable without fibers as an array (or itself where positions are elements), for enumerate and zip.
bool to_snapshot(Vm& vm, Value& value) {
    switch (value.kind()) {
        case ValueKind::Array:
        case ValueKind::Range:
        case ValueKind::Bytes: return true;
        case ValueKind::Int: {
            value = make_range(0, value.as_int(), 1, false);
            return true;
        }
        case ValueKind::String:
        case ValueKind::Dict:
        case ValueKind::Set: {
            ArrayObject* array = new_array(0);
            Value state[3] = {value, Value::integer(0), Value()};
            Value element;
            while (next_of_snapshot(state, element) != 0) (void)array_push(array, std::move(element));
            value = Value::adopt(array);
            return true;
        }
        default: (void)vm; return false;
    }
}

}  // namespace

bool slow_for_prepare_enumerate(Vm& vm, Instruction ins) {
    Value* state = vm.frame->base + ins.a;
    const Value start = ins.b == 1 ? std::move(state[1]) : Value::integer(0);
    if (!start.is_int()) {
        return raise(vm, ErrorKind::Type, "enumerate: parameter `start` expects int, got " + std::string(value_kind_name(start.kind())));
    }
    if (to_snapshot(vm, state[0])) {
        state[1].set_int(0);
        state[2] = start;
        return true;
    }
    return prepare_by_builtin(vm, ins, "enumerate", start);
}

bool slow_for_prepare_zip(Vm& vm, Instruction ins) {
    Value* state = vm.frame->base + ins.a;
    if (to_snapshot(vm, state[0]) && to_snapshot(vm, state[1])) {
        state[2] = std::move(state[1]);
        state[1].set_int(0);
        return true;
    }
    return prepare_by_builtin(vm, ins, "zip", state[1]);
}

bool slow_for_end(Vm& vm, Instruction ins) {
    Value* state = vm.frame->base + ins.a;
    if (state[0].is(ValueKind::Generator) && !state[0].object()->is_shared()) {
        auto& generator = *state[0].as<GeneratorObject>();
        if (generator.fiber != nullptr && generator.fiber->is_started) {
            // Finished before going on: its fiber unwinds through its `finally` blocks, then control comes back here.
            return finish_generator(vm, generator, state);
        }
    }
    for (int i = 0; i < 3; ++i) state[i].set_null();
    return true;
}

bool slow_interrupted(Vm& vm, Instruction) {
    if ((vm.interrupt.fetch_and(~kInterruptMemory) & kInterruptMemory) != 0) return raise(vm, ErrorKind::Value, "Out of memory");
    vm.handle_interrupt();
    if (vm.exit_code >= 0) return false;
    if (must_unwind(vm) && can_suspend(vm)) return raise_cancellation(vm);
    --vm.frame->pc;   // the instruction has done nothing so far, and runs again
    return true;
}

}  // namespace ruff::vm
