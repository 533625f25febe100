// Calls: of user code with anything but exactly fitting arguments, of builtins, of methods, by name and by spread.
//
// The window of a call: [0] the callee, then the result; [1] … [n] the arguments, of which a method's receiver is the first. A
// callee's register 0 is window[1]. Whoever ends a call leaves window[1 …] without heap values: a frame by clearing its
// registers, a builtin by clearing the window.

#include <algorithm>
#include <string>

#include "core/support/edit_distance.h"
#include "core/vm/arithmetic.h"
#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/machine.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"

namespace ruff::vm {

namespace bc = bytecode;

namespace {

void clear_window(Value* window, std::uint32_t count) {
    for (std::uint32_t i = 1; i <= count; ++i) {
        if (window[i].is_heap()) window[i].set_null();
    }
}

std::string plural(std::size_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

/// `f expects 2 arguments, got 1`. `hidden` receivers are not counted.
std::string arity_message(std::string_view name, std::size_t least, std::size_t most, bool has_rest, std::size_t got, std::size_t hidden) {
    std::string text(name);
    text += " expects ";
    if (has_rest) {
        text += "at least " + plural(least - hidden, "argument");
    } else if (least != most) {
        text += std::to_string(least - hidden) + " to " + plural(most - hidden, "argument");
    } else {
        text += plural(most - hidden, "argument");
    }
    return text + ", got " + std::to_string(got - hidden);
}

bool code_fits(const Code& code, std::uint32_t count) {
    return count >= code.required_count && (code.has_rest || count <= code.parameter_count);
}

Outcome raise_arity(Vm& vm, const Code& code, std::uint32_t count) {
    const std::size_t hidden = code.source->is_method ? 1 : 0;
    return vm.raise(ErrorKind::Type, arity_message(code.source->name.empty() ? "function" : code.source->name, code.required_count,
                                                   code.parameter_count, code.has_rest, count, hidden));
}

/// Moves what is behind the declared parameters into an array for the rest parameter.
bool collect_rest(Vm& vm, const Code& code, Value* window, std::uint32_t count) {
    const std::uint32_t extra = count > code.parameter_count ? count - code.parameter_count : 0;
    ArrayObject* rest = new_array(extra);
    if (rest == nullptr) return vm.raise_out_of_memory("arguments") == Outcome::Done;
    for (std::uint32_t i = 0; i < extra; ++i) (void)array_push(rest, std::move(window[1 + code.parameter_count + i]));
    window[1 + code.parameter_count] = Value::adopt(rest);
    return true;
}

}  // namespace

bool call_code(Vm& vm, const Code& code, Value* window, std::uint32_t count, std::uint32_t frame_flags) {
    if (!code_fits(code, count)) {
        clear_window(window, count);
        raise_arity(vm, code, count);
        return unwind(vm);
    }
    Value* base = ensure_stack(vm, window + 1, std::max<std::size_t>(code.parameter_count + 1, code.register_count));
    if (base == nullptr) return unwind(vm);
    window = base - 1;
    for (std::uint32_t i = count; i < code.parameter_count; ++i) window[1 + i] = Value::unset();
    if (code.has_rest) {
        if (!collect_rest(vm, code, window, count)) return unwind(vm);
        count = code.parameter_count + 1;
    } else {
        count = code.parameter_count;
    }
    if (code.is_generator) return make_generator(vm, code, window, count);
    if (code.is_async && (frame_flags & kFrameAwait) == 0) return start_async(vm, code, window, count);
    return push_frame(vm, code, base, frame_flags);
}

namespace {

bool check_builtin_arguments(Vm& vm, const BuiltinRow& row, const Value* window, std::uint32_t count, std::uint32_t hidden,
                             const Value* receiver) {
    const bool too_many = !row.has_rest && count > row.positional_count;
    if (count < row.required_count || too_many) {
        vm.raise(ErrorKind::Type,
                 arity_message(row.name, row.required_count, row.positional_count, row.has_rest, count, hidden));
        return false;
    }
    const std::size_t last = row.parameters.size() - 1;
    for (std::uint32_t i = 0; i < count; ++i) {
        const BuiltinParameter& parameter = row.parameters[i < last ? i : last];
        const Value& argument = i == 0 && receiver != nullptr ? *receiver : window[1 + i];
        if ((parameter.kinds & kind_bit(argument.kind())) != 0) [[likely]] continue;
        std::string message(row.name);
        message += ": parameter `";
        message += parameter.name;
        message += "` expects ";
        const BuiltinRow* first = i == 0 && hidden == 0 ? find_builtin(row.name) : nullptr;
        message += first != nullptr ? expected_first_argument(*first) : expected_kinds_text(parameter.type);
        message += ", got ";
        message += value_kind_name(argument.kind());
        vm.raise(ErrorKind::Type, message);
        return false;
    }
    return true;
}

Value default_value(const BuiltinParameter& parameter) {
    switch (parameter.default_kind) {
        case DefaultKind::Required:
        case DefaultKind::Null: return Value();
        case DefaultKind::Bool: return Value::boolean(parameter.default_bool());
        case DefaultKind::Int: return Value::integer(parameter.default_int());
        case DefaultKind::Float: return Value::floating(parameter.default_float());
        case DefaultKind::String: return Value::adopt(intern(parameter.default_text));
    }
    return Value();
}

Outcome run_body(NativeFunction body, Call& call) {
    return run_native(call.vm, [&] { return call.row.shown_name(); }, [&] { return body(call); });
}

constexpr KindMask kPulledKinds = kind_bit(ValueKind::Generator) | kind_bit(ValueKind::Channel) | kind_bit(ValueKind::File) |
                                  kind_bit(ValueKind::Struct);

/// The arguments, one bit each, that a native body would have to pull from a generator, a channel, a file or an `iter` method.
/// A body cannot wait, so they are collected first.
std::uint64_t arguments_to_collect(const BuiltinRow& row, const Value* window, std::uint32_t count) {
    std::uint64_t found = 0;
    for (std::uint32_t i = 0; i < std::min<std::uint32_t>(count, 64); ++i) {
        const BuiltinParameter& parameter = row.parameters[std::min<std::size_t>(i, row.parameters.size() - 1)];
        const bool is_pulled = (kPulledKinds & kind_bit(window[1 + i].kind())) != 0;
        if (is_pulled && parameter.is_iterable) found |= std::uint64_t{1} << i;
    }
    return found;
}

/// Calls `row` through the prelude, which turns the marked arguments into arrays.
bool call_collected(Vm& vm, const BuiltinRow& row, Value* window, std::uint32_t count, std::uint32_t frame_flags, std::uint64_t marked) {
    Value* base = ensure_stack(vm, window + 1, count + 2);
    if (base == nullptr) return unwind(vm);
    for (std::uint32_t i = count; i-- > 0;) base[i + 2] = std::move(base[i]);
    base[0] = make_builtin_function(row);
    base[1] = Value::integer(static_cast<std::int64_t>(marked));
    return call_builtin(vm, builtin_row(BuiltinId::call_collected), base - 1, count + 2, frame_flags);
}

}  // namespace

bool call_builtin(Vm& vm, const BuiltinRow& row, Value* window, std::uint32_t count, std::uint32_t frame_flags, Value* receiver,
                  std::uint32_t hidden) {
    if (!check_builtin_arguments(vm, row, window, count, hidden, receiver)) {
        clear_window(window, count);
        return unwind(vm);
    }
    if (row.walks_arguments) {
        const std::uint64_t marked = arguments_to_collect(row, window, count);
        if (marked != 0) return call_collected(vm, row, window, count, frame_flags, marked);
    }
    if (count < row.positional_count) {
        Value* base = ensure_stack(vm, window + 1, row.positional_count);
        if (base == nullptr) return unwind(vm);
        window = base - 1;
        for (; count < row.positional_count; ++count) window[1 + count] = default_value(row.parameters[count]);
    }
    // `await async_sleep(ms)` waits itself: no promise is made for it.
    const bool sleeps = row.id == BuiltinId::async_sleep && (frame_flags & kFrameAwait) != 0;
    const NativeFunction function = vm.natives().bodies[static_cast<int>(sleeps ? BuiltinId::sleep : row.id)].function;
    if (function == nullptr) {
        Code* code = vm.prelude_code(row);
        return call_code(vm, *code, window, count, frame_flags);
    }
    if (row.has_effect(effects::Suspends)) {
        if (!can_suspend(vm)) {
            clear_window(window, count);
            return raise(vm, ErrorKind::Type, std::string(row.name) + " cannot wait here: the caller cannot be suspended");
        }
        if (must_unwind(vm)) {
            clear_window(window, count);
            return raise_cancellation(vm);
        }
    }
    const auto position = static_cast<std::uint32_t>(window - vm.fiber->stack);
    const std::uint32_t saved_top = std::exchange(vm.native_top, position + 1 + count);
    Call call(vm, row, position + 1, count, receiver);
    const Outcome outcome = run_body(function, call);
    vm.native_top = saved_top;
    window = vm.fiber->stack + position;
    clear_window(window, count);
    switch (outcome) {
        case Outcome::Done:
            if ((frame_flags & kFrameAwait) != 0) return await_register(vm, window);
            return true;
        case Outcome::Raised:
            window[0].set_null();
            return unwind(vm);
        case Outcome::Suspended:
            window[0].set_null();
            vm.fiber->resume_register = position;
            vm.fiber->resume_mode = ResumeMode::Register;
            return switch_away(vm);
    }
    return true;
}

namespace {

/// Calls the builtin function `row` (the first of its name), picking the row for the first argument.
bool call_builtin_function(Vm& vm, const BuiltinRow& first, Value* window, std::uint32_t count, std::uint32_t frame_flags) {
    const BuiltinRow& row = count > 0 ? select_builtin(first, window[1].kind()) : select_builtin_without_arguments(first);
    return call_builtin(vm, row, window, count, frame_flags);
}

/// Makes room for one more argument at the front of the window: the receiver of a bound method.
Value* insert_receiver(Vm& vm, Value* window, std::uint32_t count, const Value& receiver) {
    Value* base = ensure_stack(vm, window + 1, count + 1);
    if (base == nullptr) return nullptr;
    for (std::uint32_t i = count; i > 0; --i) base[i] = std::move(base[i - 1]);
    base[0] = receiver;
    return base - 1;
}

/// Takes the receiver out of the window: calls of a function found in a field do not pass it.
void drop_receiver(Value* window, std::uint32_t& count, Value callee) {
    window[0] = std::move(callee);
    for (std::uint32_t i = 1; i < count; ++i) window[i] = std::move(window[i + 1]);
    window[count].set_null();
    --count;
}

}  // namespace

bool call_value(Vm& vm, Value* window, std::uint32_t count, std::uint32_t frame_flags) {
    if (!window[0].is(ValueKind::Function)) {
        const std::string got(value_kind_name(window[0].kind()));
        clear_window(window, count);
        return raise(vm, ErrorKind::Type, got + " is not a function");
    }
    const FunctionObject& function = *window[0].as<FunctionObject>();
    switch (function.form()) {
        case FunctionForm::Closure: return call_code(vm, *function.code, window, count, frame_flags);
        case FunctionForm::Builtin: return call_builtin_function(vm, *function.builtin, window, count, frame_flags);
        case FunctionForm::BoundMethod: {
            const Value bound = window[0];
            window = insert_receiver(vm, window, count, function.captures()[0]);
            if (window == nullptr) return unwind(vm);
            if (function.code != nullptr) return call_code(vm, *function.code, window, count + 1, frame_flags);
            return call_builtin(vm, *function.builtin, window, count + 1, frame_flags, nullptr, 1);
        }
    }
    return true;
}

namespace {

std::uint32_t await_flag(Instruction ins) { return (ins.flags & bc::kAwaitCall) != 0 ? std::uint32_t{kFrameAwait} : 0; }

}  // namespace

bool slow_call(Vm& vm, Instruction ins) {
    Value* window = vm.frame->base + ins.a;
    return call_value(vm, window, ins.b, await_flag(ins));
}

bool slow_call_function(Vm& vm, Instruction ins) {
    Value* window = vm.frame->base + ins.a;
    window[0] = vm.frame->code->constants[ins.c];
    return call_value(vm, window, ins.b, await_flag(ins));
}

bool slow_enter(Vm& vm, Instruction ins) {
    if (ins.op == bc::Op::CallFunction) return slow_call_function(vm, ins);
    return ins.op == bc::Op::Invoke ? slow_invoke(vm, ins) : slow_call(vm, ins);
}

bool slow_call_builtin(Vm& vm, Instruction ins) {
    Value* window = vm.frame->base + ins.a;
    return call_builtin_function(vm, builtin_row(static_cast<BuiltinId>(ins.c)), window, ins.b, await_flag(ins));
}

// --- methods -----------------------------------------------------------------------------------------------------

namespace {

bool raise_no_method(Vm& vm, const Value& receiver, std::string_view name) {
    std::string message = "`" + std::string(name) + "` is not a method of ";
    std::vector<std::string_view> known;
    if (receiver.is(ValueKind::Struct)) {
        const StructInfo& info = *receiver.as_struct()->info;
        message += info.name->view();
        for (const auto& method : info.methods) known.push_back(method.name->view());
        for (const StringObject* field : info.field_names) {
            if (field->view() == name) {
                vm.raise(ErrorKind::Type, "`" + std::string(name) + "` is a field of " + std::string(info.name->view()) + ", and not a function");
                return false;
            }
        }
    } else {
        message += value_kind_name(receiver.kind());
    }
    for (const BuiltinRow& row : all_builtins()) {
        if (row.is_method() && row.accepts_first(receiver.kind())) known.push_back(row.name);
    }
    const std::string_view near = nearest_name(name, known);
    vm.raise(ErrorKind::Name, message, near.empty() ? std::string() : "did you mean `" + std::string(near) + "`?");
    return false;
}

/// What `receiver.name(…)` calls when it is neither a method of the user's struct nor a generator's: a callable field, dict
/// entry or module member (`callee` set), else a builtin method. False: raised.
bool find_callee(Vm& vm, const Value& receiver, StringObject* name, Value& callee, const BuiltinRow*& row) {
    switch (receiver.kind()) {
        case ValueKind::Struct: {
            const int index = receiver.as_struct()->info->field_index(name);
            if (index >= 0 && receiver.as_struct()->fields()[index].is(ValueKind::Function)) {
                callee = receiver.as_struct()->fields()[index];
                return true;
            }
            break;
        }
        case ValueKind::Dict: {
            const Value* entry = dict_find(receiver.as_dict(), name);
            if (entry != nullptr && entry->is(ValueKind::Function)) {
                callee = *entry;
                return true;
            }
            break;
        }
        case ValueKind::Module: {
            const Value* member = vm.module_member(receiver, name);
            if (member == nullptr) return false;
            callee = *member;
            return true;
        }
        case ValueKind::Error:
            if (Value field = error_field(vm, *receiver.as<ErrorObject>(), name->view()); field.is(ValueKind::Function)) {
                callee = std::move(field);
                return true;
            }
            break;
        default: break;
    }
    row = find_builtin_method(receiver.kind(), name->view());
    if (row != nullptr) return true;
    return raise_no_method(vm, receiver, name->view());
}

/// The method of a site for `receiver`, through the site's cache.
Code* find_user_method(Vm& vm, const Code& caller, std::uint16_t site, const Value& receiver) {
    if (!receiver.is(ValueKind::Struct)) return nullptr;
    const StructInfo* info = receiver.as_struct()->info;
    Code* method = info->find_method(caller.site_names[site]);
    if (method != nullptr && method->is_plain) vm.caches[caller.cache_base + site] = {.type = info, .method = method};
    return method;
}

/// Stands for a built-in kind in a cache: no StructInfo lives at such an address.
const void* kind_identity(ValueKind kind) { return std::bit_cast<const void*>(static_cast<std::uintptr_t>(kind) + 1); }

const BuiltinRow* cached_builtin_method(Vm& vm, const Code& caller, std::uint16_t site, ValueKind kind) {
    const InlineCache& cache = vm.caches[caller.cache_base + site];
    return cache.type == kind_identity(kind) ? std::bit_cast<const BuiltinRow*>(cache.slot) : nullptr;
}

void remember_builtin_method(Vm& vm, const Code& caller, std::uint16_t site, ValueKind kind, const BuiltinRow* row) {
    if (kind == ValueKind::Struct || kind == ValueKind::Dict || kind == ValueKind::Error) return;   // entries come first
    InlineCache& cache = vm.caches[caller.cache_base + site];
    cache.type = kind_identity(kind);
    cache.slot = std::bit_cast<std::uint64_t>(row);
}

bool invoke_generator(Vm& vm, Value* window, std::uint32_t count, std::string_view name, bool& handled) {
    handled = true;
    auto& generator = *window[1].as<GeneratorObject>();
    const Value keep = window[1];
    if (name == "next" || name == "send") {
        const std::uint32_t wanted = name == "send" ? 2 : 1;
        if (count != wanted) {
            clear_window(window, count);
            return raise(vm, ErrorKind::Type, arity_message(name, wanted, wanted, false, count, 1));
        }
        Value sent = wanted == 2 ? std::move(window[2]) : Value();
        window[1].set_null();
        window[0] = keep;   // held while it runs
        return pull_generator(vm, generator, std::move(sent), window, ResumeMode::Register);
    }
    handled = false;
    return true;
}

/// Calls method `name` of the receiver in window[1].
bool invoke(Vm& vm, const Code& caller, std::uint16_t site, Value* window, std::uint32_t count, std::uint32_t frame_flags) {
    StringObject* name = caller.site_names[site];
    if (Code* method = find_user_method(vm, caller, site, window[1])) return call_code(vm, *method, window, count, frame_flags);
    const BuiltinRow* row = cached_builtin_method(vm, caller, site, window[1].kind());
    if (row == nullptr) {
        if (window[1].is(ValueKind::Generator)) {
            bool handled;
            const bool go_on = invoke_generator(vm, window, count, name->view(), handled);
            if (handled) return go_on;
        }
        Value callee;
        if (!find_callee(vm, window[1], name, callee, row)) {
            clear_window(window, count);
            return unwind(vm);
        }
        if (row == nullptr) {
            drop_receiver(window, count, std::move(callee));
            return call_value(vm, window, count, frame_flags);
        }
        remember_builtin_method(vm, caller, site, window[1].kind(), row);
    }
    if (row->is_mutating()) {   // on a temporary: the change is lost with it
        Value temporary = std::move(window[1]);
        return call_builtin(vm, *row, window, count, frame_flags, &temporary, 1);
    }
    return call_builtin(vm, *row, window, count, frame_flags, nullptr, 1);
}

}  // namespace

bool slow_invoke(Vm& vm, Instruction ins) {
    return invoke(vm, *vm.frame->code, ins.c, vm.frame->base + ins.a, ins.b, await_flag(ins));
}

// --- methods on places -------------------------------------------------------------------------------------------

namespace {

/// Takes the value of `place` out for exclusive use: into window[1], what is around it into the keeper window[-1]; the variable
/// at the root is marked as held by `method`. False: raised.
bool take_place(Vm& vm, const Code& code, const bc::Place& place, Value* base, Value* window, StringObject* method) {
    Value* root = place_root(vm, place, base);
    if (root == nullptr) return false;
    if (place.steps.empty()) {
        window[1] = std::move(*root);
        if (place.root != bc::PlaceRoot::Register) root->set_held(method);
        return true;
    }
    Value* slot = unique_place(vm, code, place, root, base, place.steps.size());
    if (slot == nullptr) return false;
    window[1] = std::move(*slot);
    window[-1] = std::move(*root);
    if (place.root != bc::PlaceRoot::Register) root->set_held(method);
    return true;
}

Value* raw_root(Vm& vm, const bc::Place& place, Value* base) {
    switch (place.root) {
        case bc::PlaceRoot::Register: return base + place.index;
        case bc::PlaceRoot::CellRegister: return &base[place.index].as<CellObject>()->value;
        case bc::PlaceRoot::UpvalueCell: return &base[-1].as<FunctionObject>()->captures()[place.index].as<CellObject>()->value;
        case bc::PlaceRoot::Upvalue: return &base[-1].as<FunctionObject>()->captures()[place.index];
        case bc::PlaceRoot::Global: return &vm.globals[place.index];
    }
    return nullptr;
}

void put_back(Vm& vm, const Code& code, const bc::Place& place, Value* base, Value* window) {
    Value* root = raw_root(vm, place, base);
    if (place.steps.empty()) {
        *root = std::move(window[1]);
        return;
    }
    // The walk cannot fail: it succeeded when the value was taken, and nobody else has seen the container since.
    if (Value* slot = unique_place(vm, code, place, &window[-1], base, place.steps.size())) *slot = std::move(window[1]);
    *root = std::move(window[-1]);
}

bool can_enter(Vm& vm, const Code& code, Value*& window) {
    const auto position = window - vm.fiber->stack;
    if (vm.frame + 2 >= vm.frame_end && !reserve_frame(vm)) {
        vm.raise(ErrorKind::Overflow, "Stack overflow");
        return false;
    }
    Value* base = ensure_stack(vm, window + 1, code.register_count);
    if (base == nullptr) return false;
    window = vm.fiber->stack + position;
    return true;
}

/// A mutating method of the user's struct on a place.
bool invoke_mutating(Vm& vm, const Code& code, const bc::Place& place, Code& method, Value* window, std::uint32_t count) {
    if (!check_mutable(vm, place)) {
        clear_window(window, count);
        return unwind(vm);
    }
    if (!code_fits(method, count)) {
        clear_window(window, count);
        raise_arity(vm, method, count);
        return unwind(vm);
    }
    if (!can_enter(vm, method, window) || !take_place(vm, code, place, vm.frame->base, window, method.name)) {
        clear_window(window, count);
        return unwind(vm);
    }
    return call_code(vm, method, window, count, kFrameMutatesSelf);
}

/// A mutating builtin method on a place; the WriteBack that follows is not needed.
bool invoke_mutating_builtin(Vm& vm, const Code& code, const bc::Place& place, const BuiltinRow& row, Value* window, std::uint32_t count,
                             bool discard = false) {
    StringObject* method = code.site_names[place.method];
    const auto position = window - vm.fiber->stack;
    if (!check_mutable(vm, place) || !take_place(vm, code, place, vm.frame->base, window, method)) {
        clear_window(window, count);
        return unwind(vm);
    }
    // The receiver stays in the window; the body finds it there through Call::receiver.
    if (!check_builtin_arguments(vm, row, window, count, 1, nullptr)) {
        put_back(vm, code, place, vm.frame->base, window);
        clear_window(window, count);
        return unwind(vm);
    }
    for (; count < row.positional_count; ++count) {
        Value* base = ensure_stack(vm, window + 1, count + 1);
        if (base == nullptr) return unwind(vm);
        window = base - 1;
        window[1 + count] = default_value(row.parameters[count]);
    }
    const auto saved_top = std::exchange(vm.native_top, static_cast<std::uint32_t>(position) + 1 + count);
    Call call(vm, row, static_cast<std::uint32_t>(position + 1), count, nullptr);
    const Outcome outcome = run_body(vm.natives().bodies[static_cast<int>(row.id)].function, call);
    vm.native_top = saved_top;
    window = vm.fiber->stack + position;
    put_back(vm, code, place, vm.frame->base, window);
    clear_window(window, count);
    if (outcome == Outcome::Raised) {
        window[0].set_null();
        return unwind(vm);
    }
    if (discard) window[0].set_null();   // a result that shares the receiver would be copied at its next change
    return true;
}

/// `xs.push(v)` on a variable of this frame: the idiom that builds most arrays.
bool push_to_register(const bc::Place& place, const BuiltinRow* row, Value* root, Value* window, std::uint32_t count, bool discard) {
    if (row == nullptr || row->id != BuiltinId::array_push_in_place || count != 2) return false;
    if (place.mutability != bc::Mutability::Mutable || !root->is_array()) return false;
    ArrayObject* array = root->as_array();
    if (array->head.is_shared() || !array_push(array, std::move(window[2]))) return false;
    if (!discard) window[0] = *root;
    return true;
}

}  // namespace

bool slow_invoke_place(Vm& vm, Instruction ins) {
    const Code& code = *vm.frame->code;
    const bc::Place& place = code.source->places[ins.c];
    Value* base = vm.frame->base;
    Value* window = base + ins.a;
    std::uint32_t count = ins.b;
    Value scratch;
    const Value* receiver = read_place(vm, code, place, base, place.steps.size(), scratch);
    if (receiver == nullptr) {
        clear_window(window, count);
        return unwind(vm);
    }
    if ((ins.flags & bc::kBuiltinForm) != 0 && !receiver->is_array()) {
        // Not what the function takes: it says so.
        Value copy = *receiver;
        window[1] = std::move(copy);
        return call_builtin(vm, *find_builtin(code.site_names[place.method]->view()), window, count, 0);
    }
    if (Code* method = find_user_method(vm, code, place.method, *receiver); method != nullptr && method->mutates_self) {
        scratch.set_null();
        return invoke_mutating(vm, code, place, *method, window, count);
    }
    const BuiltinRow* row = cached_builtin_method(vm, code, place.method, receiver->kind());
    if (row == nullptr && !receiver->is(ValueKind::Struct) && !receiver->is(ValueKind::Dict) && !receiver->is(ValueKind::Generator)) {
        row = find_builtin_method(receiver->kind(), code.site_names[place.method]->view());
        if (row != nullptr) remember_builtin_method(vm, code, place.method, receiver->kind(), row);
    } else if (receiver->is(ValueKind::Dict)) {
        const Value* entry = dict_find(receiver->as_dict(), code.site_names[place.method]);
        if (entry == nullptr || !entry->is(ValueKind::Function)) {
            row = find_builtin_method(ValueKind::Dict, code.site_names[place.method]->view());
        }
    }
    vm.frame->pc += 1;   // past the WriteBack
    if (place.root == bc::PlaceRoot::Register && place.steps.empty() &&
        push_to_register(place, row, base + place.index, window, count, (ins.flags & bc::kDiscard) != 0)) {
        return true;
    }
    if (row != nullptr && row->is_mutating()) {
        scratch.set_null();
        return invoke_mutating_builtin(vm, code, place, *row, window, count, (ins.flags & bc::kDiscard) != 0);
    }
    Value copy = *receiver;
    window[1] = std::move(copy);
    scratch.set_null();
    return invoke(vm, code, place.method, window, count, await_flag(ins));
}

void write_back(Vm& vm, const Code& code, Value* base, Instruction ins) {
    put_back(vm, code, code.source->places[ins.c], base, base + ins.a);
}

bool slow_write_back(Vm& vm, Instruction ins) {
    write_back(vm, *vm.frame->code, vm.frame->base, ins);
    return true;
}

// --- spread and named arguments ----------------------------------------------------------------------------------

namespace {

/// Where a name goes among the parameters; -1: nowhere.
int parameter_index(const FunctionObject* function, std::string_view name) {
    if (function->code != nullptr) {
        const auto& parameters = function->code->source->parameters;
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            if (!parameters[i].name.empty() && parameters[i].name == name && i < function->code->parameter_count) return static_cast<int>(i);
        }
        return -1;
    }
    const BuiltinRow& row = *function->builtin;
    for (std::size_t i = 0; i < row.positional_count; ++i) {
        if (row.parameters[i].name == name) return static_cast<int>(i);
    }
    return -1;
}

struct SpreadCall {
    Value positional;                 ///< array
    std::vector<Value> named;
    const ArrayObject* names = nullptr;
    const std::vector<std::string>* site_names = nullptr;

    [[nodiscard]] std::string_view name(std::size_t i) const {
        return names != nullptr ? names->elements[i].as_string()->view() : std::string_view((*site_names)[i]);
    }
};

/// Lays the arguments out behind window[first_argument - 1 …] in order of the parameters. Unset marks what was left out. False:
/// raised.
bool lay_out(Vm& vm, const FunctionObject* function, Value*& window, std::uint32_t receivers, SpreadCall& call, std::uint32_t& count) {
    const ArrayObject* positional = call.positional.as_array();
    std::uint32_t needed = receivers + static_cast<std::uint32_t>(positional->size);
    std::vector<std::uint32_t> places;
    for (std::size_t i = 0; i < call.named.size(); ++i) {
        const int index = parameter_index(function, call.name(i));
        if (index < 0) {
            vm.raise(ErrorKind::Type, std::string(function_name(function)) + " has no parameter `" + std::string(call.name(i)) + "`");
            return false;
        }
        if (static_cast<std::uint32_t>(index) < receivers + positional->size) {
            vm.raise(ErrorKind::Type, std::string(function_name(function)) + ": parameter `" + std::string(call.name(i)) + "` is given twice");
            return false;
        }
        places.push_back(static_cast<std::uint32_t>(index));
        needed = std::max(needed, static_cast<std::uint32_t>(index) + 1);
    }
    Value* base = ensure_stack(vm, window + 1, needed + 1);
    if (base == nullptr) return false;
    window = base - 1;
    for (std::size_t i = 0; i < positional->size; ++i) base[receivers + i] = positional->elements[i];
    for (std::uint32_t i = receivers + static_cast<std::uint32_t>(positional->size); i < needed; ++i) base[i] = Value::unset();
    for (std::size_t i = 0; i < places.size(); ++i) base[places[i]] = std::move(call.named[i]);
    count = needed;
    return true;
}

/// Parameters that nobody gave a value: required ones are missing, the others take their default.
bool check_left_out(Vm& vm, const FunctionObject* function, Value* window, std::uint32_t count) {
    std::uint32_t given = 0;
    bool missing = false;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (!window[1 + i].is_marker()) {
            ++given;
            continue;
        }
        if (function->code != nullptr) {
            if (!function->code->source->parameters[i].has_default) missing = true;
        } else if (function->builtin->parameters[i].is_required()) {
            missing = true;
        } else {
            window[1 + i] = default_value(function->builtin->parameters[i]);
        }
    }
    if (!missing) return true;
    if (function->code != nullptr) {
        raise_arity(vm, *function->code, given);
    } else {
        const BuiltinRow& row = *function->builtin;
        vm.raise(ErrorKind::Type, arity_message(row.name, row.required_count, row.positional_count, row.has_rest, given, 0));
    }
    return false;
}

/// Calls `function` with the spread call's arguments behind `receivers` values that are in the window already.
bool call_laid_out(Vm& vm, const Value& function_value, Value* window, std::uint32_t receivers, SpreadCall& call, std::uint32_t flags) {
    if (!function_value.is(ValueKind::Function)) {
        return raise(vm, ErrorKind::Type, std::string(value_kind_name(function_value.kind())) + " is not a function");
    }
    const FunctionObject* function = function_value.as<FunctionObject>();
    if (function->form() == FunctionForm::BoundMethod) {
        window[1] = function->captures()[0];
        receivers = 1;
    }
    std::uint32_t count = receivers;
    if (!lay_out(vm, function, window, receivers, call, count) || !check_left_out(vm, function, window, count)) {
        clear_window(window, count);
        return unwind(vm);
    }
    if (function->code == nullptr) {
        const BuiltinRow& row = count > 0 && receivers == 0 ? select_builtin(*function->builtin, window[1].kind()) : *function->builtin;
        return call_builtin(vm, row, window, count, flags, nullptr, receivers);
    }
    return call_code(vm, *function->code, window, count, flags);
}

void collect_named(SpreadCall& call, Value* first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) call.named.push_back(std::move(first[i]));
}

}  // namespace

bool slow_call_spread(Vm& vm, Instruction ins) {
    Value* window = vm.frame->base + ins.a;
    SpreadCall call;
    call.positional = std::move(window[1]);
    if (ins.b > 0) call.names = vm.frame->code->constants[ins.c].as_array();
    collect_named(call, window + 2, ins.b);
    const Value function = window[0];
    return call_laid_out(vm, function, window, 0, call, await_flag(ins));
}

namespace {

bool invoke_spread(Vm& vm, const Code& caller, std::uint16_t site, Value* window, SpreadCall& call, std::uint32_t flags) {
    StringObject* name = caller.site_names[site];
    Value callee;
    if (Code* method = find_user_method(vm, caller, site, window[1])) {
        callee = Value::share(method->constant);
        return call_laid_out(vm, callee, window, 1, call, flags);
    }
    const BuiltinRow* row = nullptr;
    if (!find_callee(vm, window[1], name, callee, row)) return unwind(vm);
    if (row != nullptr) return call_laid_out(vm, make_builtin_function(*row), window, 1, call, flags);
    window[1].set_null();
    window[0] = callee;
    return call_laid_out(vm, callee, window, 0, call, flags);
}

}  // namespace

bool slow_invoke_spread(Vm& vm, Instruction ins) {
    const Code& code = *vm.frame->code;
    Value* window = vm.frame->base + ins.a;
    SpreadCall call;
    call.positional = std::move(window[2]);
    call.site_names = &code.source->sites[ins.c].argument_names;
    collect_named(call, window + 3, ins.b);
    return invoke_spread(vm, code, ins.c, window, call, await_flag(ins));
}

bool slow_invoke_place_spread(Vm& vm, Instruction ins) {
    const Code& code = *vm.frame->code;
    const bc::Place& place = code.source->places[ins.c];
    Value* base = vm.frame->base;
    Value* window = base + ins.a;
    SpreadCall call;
    call.positional = std::move(window[2]);
    call.site_names = &code.source->sites[place.method].argument_names;
    collect_named(call, window + 3, ins.b);
    Value scratch;
    const Value* receiver = read_place(vm, code, place, base, place.steps.size(), scratch);
    if (receiver == nullptr) return unwind(vm);
    Code* method = find_user_method(vm, code, place.method, *receiver);
    const BuiltinRow* row =
        method == nullptr ? find_builtin_method(receiver->kind(), code.site_names[place.method]->view()) : nullptr;
    const bool mutates_user = method != nullptr && method->mutates_self;
    const bool mutates_builtin = row != nullptr && row->is_mutating();
    if (!mutates_user && !mutates_builtin) {
        window[1] = *receiver;
        vm.frame->pc += 1;
        return invoke_spread(vm, code, place.method, window, call, await_flag(ins));
    }
    // Lay the arguments out first: the receiver is taken once nothing can fail any more.
    const Value function = mutates_user ? Value::share(method->constant) : make_builtin_function(*row);
    scratch.set_null();
    window[1].set_null();
    std::uint32_t count = 1;
    if (!lay_out(vm, function.as<FunctionObject>(), window, 1, call, count) ||
        !check_left_out(vm, function.as<FunctionObject>(), window, count)) {
        clear_window(window, count);
        return unwind(vm);
    }
    if (mutates_user) return invoke_mutating(vm, code, place, *method, window, count);
    vm.frame->pc += 1;
    return invoke_mutating_builtin(vm, code, place, *row, window, count);
}

// --- calls from C++ ----------------------------------------------------------------------------------------------

namespace {

/// Calls on top of the running frame and runs the loop until that call has returned. A trampoline frame marks the boundary:
/// errors stop there, so that the C++ caller can go on.
Outcome run_nested(Vm& vm, const Value& callee, const Code* method, const Value* arguments, std::uint32_t count, Value& result) {
    if (vm.native_depth >= Vm::kMaxNativeDepth) return vm.raise(ErrorKind::Overflow, "Stack overflow");
    Fiber& fiber = *vm.fiber;
    const auto frame_top = static_cast<std::size_t>(vm.frame->base - fiber.stack) + vm.frame->code->register_count;
    const std::size_t position = std::max<std::size_t>(frame_top, vm.native_top) + 1;
    Value* window = ensure_stack(vm, fiber.stack + position, count + 2);
    if (window == nullptr) return Outcome::Raised;
    if (vm.frame + 1 >= vm.frame_end && !reserve_frame(vm)) return vm.raise(ErrorKind::Overflow, "Stack overflow");
    window[0] = callee;
    for (std::uint32_t i = 0; i < count; ++i) window[1 + i] = arguments[i];
    *++vm.frame = {vm.idle_code().instructions + 1, &vm.idle_code(), window, kFrameBoundary, 0};
    const auto saved_top = vm.native_top;
    vm.native_top = static_cast<std::uint32_t>(position + count + 1);
    ++vm.native_depth;
    ++fiber.boundaries;
    const bool go_on = method != nullptr ? call_code(vm, *method, window, count, 0) : call_value(vm, window, count, 0);
    if (go_on) run_interpreter(vm);
    --fiber.boundaries;
    --vm.native_depth;
    vm.native_top = saved_top;
    if (vm.exit_code >= 0 || vm.has_pending_error()) return Outcome::Raised;
    result = std::move(fiber.stack[position - 1]);
    return Outcome::Done;
}

}  // namespace

Outcome Vm::call_sync(const Value& function, const Value* arguments, std::uint32_t count, Value& result) {
    return run_nested(*this, function, nullptr, arguments, count, result);
}

Outcome Vm::call_method_sync(Code* method, const Value& receiver, const Value* arguments, std::uint32_t count, Value& result) {
    Value all[4];
    all[0] = receiver;
    for (std::uint32_t i = 0; i < count && i < 3; ++i) all[1 + i] = arguments[i];
    return run_nested(*this, Value(), method, all, count + 1, result);
}

}  // namespace ruff::vm
