// Variables, operators, indices, fields and places: what the fast paths of the interpreter leave over.

#include <string>

#include "core/support/edit_distance.h"
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

/// A temporary that an instruction has read for the last time must not keep what it holds alive: a container left in a dead
/// register would be copied at its next change.
void drop_temporaries(Value* base, Instruction ins, bool a, bool b, bool c) {
    if (a && (ins.flags & bc::kTakeA) != 0) base[ins.a].set_null();
    if (b && (ins.flags & bc::kTakeB) != 0) base[ins.b].set_null();
    if (c && (ins.flags & bc::kTakeC) != 0) base[ins.c].set_null();
}

constexpr std::string_view kUnsentHint = "it stayed in the isolate that made it; send the values it gives, over a channel";

Outcome raise_marker(Vm& vm, const Value& marker, std::string_view name) {
    if (marker.is(ValueKind::Held)) {
        return vm.raise(ErrorKind::Value, std::string(name) + " is being modified by " + std::string(method_of_held(marker)));
    }
    if (marker.is(ValueKind::Unsent)) return vm.raise(ErrorKind::Type, marker.held_by()->view(), kUnsentHint);
    return vm.raise(ErrorKind::Name, std::string(name) + " is used before it is set");
}

}  // namespace

std::string_view method_of_held(const Value& marker) {
    const std::string_view name = marker.held_by()->view();
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

// --- variables ---------------------------------------------------------------------------------------------------

bool slow_get_global(Vm& vm, Instruction ins) {
    raise_marker(vm, vm.globals[ins.wide()], vm.image().program().globals[ins.wide()]);
    return unwind(vm);
}

bool slow_set_global(Vm& vm, Instruction ins) {
    Value& global = vm.globals[ins.wide()];
    if (global.is(ValueKind::Held)) return slow_get_global(vm, ins);
    Value& source = vm.frame->base[ins.a];
    if ((ins.flags & bc::kTakeA) != 0) global = std::move(source);
    else global = source;
    return true;
}

namespace {

std::string_view cell_name(const Vm& vm, std::uint16_t reg) {
    const auto& names = vm.frame->code->source->register_names;
    return reg < names.size() ? std::string_view(names[reg]) : std::string_view("variable");
}

bool set_marked(Vm& vm, Value& content, Value& source, bool take, std::string_view name) {
    if (content.is(ValueKind::Held)) {
        raise_marker(vm, content, name);
        return unwind(vm);
    }
    if (take) content = std::move(source);
    else content = source;
    return true;
}

}  // namespace

bool slow_get_cell(Vm& vm, Instruction ins) {
    raise_marker(vm, vm.frame->base[ins.b].as<CellObject>()->value, cell_name(vm, ins.b));
    return unwind(vm);
}

bool slow_set_cell(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    return set_marked(vm, base[ins.a].as<CellObject>()->value, base[ins.b], (ins.flags & bc::kTakeB) != 0, cell_name(vm, ins.a));
}

bool slow_get_upvalue(Vm& vm, Instruction ins) {
    const Frame& frame = *vm.frame;
    raise_marker(vm, frame.base[-1].as<FunctionObject>()->captures()[ins.b], frame.code->source->captures[ins.b].name);
    return unwind(vm);
}

bool slow_get_upvalue_cell(Vm& vm, Instruction ins) {
    const Frame& frame = *vm.frame;
    raise_marker(vm, frame.base[-1].as<FunctionObject>()->captures()[ins.b].as<CellObject>()->value,
                 frame.code->source->captures[ins.b].name);
    return unwind(vm);
}

bool slow_set_upvalue_cell(Vm& vm, Instruction ins) {
    const Frame& frame = *vm.frame;
    return set_marked(vm, frame.base[-1].as<FunctionObject>()->captures()[ins.b].as<CellObject>()->value, frame.base[ins.a],
                      (ins.flags & bc::kTakeA) != 0, frame.code->source->captures[ins.b].name);
}

bool slow_closure(Vm& vm, Instruction ins) {
    Frame& frame = *vm.frame;
    Code* code = vm.image().sibling(*frame.code, ins.wide());
    const auto& captures = code->source->captures;
    FunctionObject* closure = new_closure(code, static_cast<std::uint32_t>(captures.size()));
    for (std::size_t i = 0; i < captures.size(); ++i) {
        closure->captures()[i] = captures[i].source == bc::Capture::Register
                                     ? frame.base[captures[i].index]
                                     : frame.base[-1].as<FunctionObject>()->captures()[captures[i].index];
    }
    frame.base[ins.a] = Value::adopt(closure);
    vm.heap.maybe_collect();
    return true;
}

bool slow_use_environment(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    const Value& holder = base[ins.a];
    if (holder.is(ValueKind::Struct)) {
        base[-1] = holder.as_struct()->fields()[holder.as_struct()->field_count()];
    } else {
        base[-1] = holder;
    }
    return true;
}

bool slow_check_set(Vm& vm, Instruction ins) {
    const auto* name = std::get_if<std::string>(&vm.frame->code->source->constants[ins.wide()]);
    raise_marker(vm, vm.frame->base[ins.a], name != nullptr ? *name : "variable");
    return unwind(vm);
}

// --- operators ---------------------------------------------------------------------------------------------------

namespace {

/// Calls operator method `name` of the struct `left`; the result goes to `target` when it returns. False in `found`: it has none.
bool call_operator(Vm& vm, const Value& left, std::string_view name, const Value* right, std::uint16_t target, bool& found) {
    found = false;
    if (!left.is(ValueKind::Struct)) return true;
    Code* method = left.as_struct()->info->find_method(intern(name));
    if (method == nullptr) return true;
    found = true;
    const std::uint32_t count = right != nullptr ? 2 : 1;
    const Value receiver = left;
    const Value argument = right != nullptr ? *right : Value();
    Value* base = ensure_stack(vm, vm.frame->base + vm.frame->code->register_count + 1, count + 1);
    if (base == nullptr) return unwind(vm);
    if (!method->is_plain || method->parameter_count != count) {
        // Refuses a wrong arity; an async or generator operator gives its promise or generator.
        Value result;
        if (vm.call_method_sync(method, receiver, &argument, count - 1, result) != Outcome::Done) return unwind(vm);
        vm.frame->base[target] = std::move(result);
        return true;
    }
    base[0] = receiver;
    if (right != nullptr) base[1] = argument;
    return push_frame(vm, *method, base, kFrameOperator, target);
}

bc::BinaryOperator binary_operator(bc::Op op) {
    switch (op) {
        case bc::Op::Add: case bc::Op::AddI: case bc::Op::AddK: return bc::BinaryOperator::Add;
        case bc::Op::Sub: case bc::Op::SubI: case bc::Op::SubK: return bc::BinaryOperator::Sub;
        case bc::Op::Mul: case bc::Op::MulI: case bc::Op::MulK: return bc::BinaryOperator::Mul;
        case bc::Op::Div: case bc::Op::DivI: case bc::Op::DivK: return bc::BinaryOperator::Div;
        default: return bc::BinaryOperator::Mod;
    }
}

std::string_view operator_method(bc::BinaryOperator op) {
    switch (op) {
        case bc::BinaryOperator::Add: return "op_add";
        case bc::BinaryOperator::Sub: return "op_sub";
        case bc::BinaryOperator::Mul: return "op_mul";
        case bc::BinaryOperator::Div: return "op_div";
        case bc::BinaryOperator::Mod: return "op_mod";
    }
    return {};
}

bc::Operand right_operand(bc::Op op) { return bc::op_info(op).c; }

}  // namespace

bool slow_arithmetic(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    const bc::BinaryOperator op = binary_operator(ins.op);
    const bc::Operand shape = right_operand(ins.op);
    const Value immediate = Value::integer(ins.signed_c());
    const Value& right = shape == bc::Operand::Int ? immediate
                         : shape == bc::Operand::Const ? vm.frame->code->constants[ins.c] : base[ins.c];
    const bool right_is_register = shape == bc::Operand::Read;
    if (op == bc::BinaryOperator::Add && ins.a == ins.b && (base[ins.a].is_string() || base[ins.a].is_array())) {
        const Value appended = right;
        if (!append_into(vm, base[ins.a], appended)) return unwind(vm);
        drop_temporaries(vm.frame->base, ins, false, false, right_is_register && ins.c != ins.a);
        return true;
    }
    bool found;
    if (base[ins.b].is(ValueKind::Struct)) {
        const Value argument = right;
        const bool go_on = call_operator(vm, base[ins.b], operator_method(op), &argument, ins.a, found);
        if (found) return go_on;
    }
    Value result;
    if (!arithmetic(vm, op, base[ins.b], right, result)) return unwind(vm);
    base = vm.frame->base;
    drop_temporaries(base, ins, false, ins.b != ins.a, right_is_register && ins.c != ins.a);
    base[ins.a] = std::move(result);
    return true;
}

bool slow_negate(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    const Value& operand = base[ins.b];
    if (operand.is_int()) return raise(vm, ErrorKind::Arithmetic, "Integer overflow: - " + std::to_string(operand.as_int()));
    bool found;
    const bool go_on = call_operator(vm, operand, "op_neg", nullptr, ins.a, found);
    if (found) return go_on;
    return raise(vm, ErrorKind::Type, "Invalid unary operation: -" + std::string(value_kind_name(operand.kind())));
}

bool slow_not(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    bool found;
    const bool go_on = call_operator(vm, base[ins.b], "op_not", nullptr, ins.a, found);
    if (found) return go_on;
    const bool truth = is_truthy(base[ins.b]);
    drop_temporaries(base, ins, false, ins.b != ins.a, false);
    base[ins.a].set_bool(!truth);
    return true;
}

bool slow_concat(Vm& vm, Instruction ins) {
    Value* parts = vm.frame->base + ins.b;
    const std::ptrdiff_t offset = parts - vm.fiber->stack;
    StringBuilder out;
    for (std::uint32_t i = 0; i < ins.c; ++i) {
        Value* part = vm.fiber->stack + offset + i;
        if (part->is_string()) {
            out.append(part->as_string()->view());
        } else {
            const Value value = *part;   // displaying may run code that moves the stack
            if (!display(vm, value, out)) return unwind(vm);
        }
    }
    Value text = out.take();
    if (text.is_null()) {
        vm.raise_out_of_memory("string");
        return unwind(vm);
    }
    parts = vm.fiber->stack + offset;
    for (std::uint32_t i = 0; i < ins.c; ++i) parts[i].set_null();
    vm.frame->base[ins.a] = std::move(text);
    return true;
}

bool slow_range(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    const Value &low = base[ins.b], &high = base[ins.c];
    if (!low.is_int() || !high.is_int()) {
        const Value& wrong = low.is_int() ? high : low;
        return raise(vm, ErrorKind::Type, "A range needs ints, got " + std::string(value_kind_name(wrong.kind())));
    }
    base[ins.a] = make_range(low.as_int(), high.as_int(), 1, (ins.flags & bc::kInclusive) != 0);
    return true;
}

// --- comparison --------------------------------------------------------------------------------------------------

namespace {

enum class Comparison : std::uint8_t { Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual };

Comparison comparison_of(bc::Op op) {
    switch (op) {
        case bc::Op::Less: case bc::Op::JumpLess: case bc::Op::JumpLessI: return Comparison::Less;
        case bc::Op::LessEqual: case bc::Op::JumpLessEqual: case bc::Op::JumpLessEqualI: return Comparison::LessEqual;
        case bc::Op::Greater: case bc::Op::JumpGreater: case bc::Op::JumpGreaterI: return Comparison::Greater;
        case bc::Op::GreaterEqual: case bc::Op::JumpGreaterEqual: case bc::Op::JumpGreaterEqualI: return Comparison::GreaterEqual;
        case bc::Op::NotEqual: return Comparison::NotEqual;
        default: return Comparison::Equal;
    }
}

Truth invert(Truth truth) { return truth == Truth::Raised ? truth : truth_of(truth == Truth::False); }

/// Calls comparison method `name` of the struct `left`; `found` tells whether it has one.
Truth call_comparison(Vm& vm, const Value& left, std::string_view name, const Value& right, bool& found) {
    Code* method = left.as_struct()->info->find_method(intern(name));
    found = method != nullptr;
    if (!found) return Truth::False;
    const Value receiver = left, argument = right;
    Value result;
    if (vm.call_method_sync(method, receiver, &argument, 1, result) != Outcome::Done) return Truth::Raised;
    return truth_of(is_truthy(result));
}

/// The order operators of a struct: its own method, else what follows from op_lt and op_eq.
Truth compare_struct(Vm& vm, Comparison comparison, const Value& left, const Value& right, bool& found) {
    switch (comparison) {
        case Comparison::Less: return call_comparison(vm, left, "op_lt", right, found);
        case Comparison::LessEqual: {
            Truth truth = call_comparison(vm, left, "op_le", right, found);
            if (found) return truth;
            truth = call_comparison(vm, left, "op_lt", right, found);
            if (!found || truth != Truth::False) return truth;
            return equals(vm, left, right);
        }
        case Comparison::Greater: {
            const Truth truth = call_comparison(vm, left, "op_gt", right, found);
            return found ? truth : invert(compare_struct(vm, Comparison::LessEqual, left, right, found));
        }
        case Comparison::GreaterEqual: {
            const Truth truth = call_comparison(vm, left, "op_ge", right, found);
            return found ? truth : invert(call_comparison(vm, left, "op_lt", right, found));
        }
        case Comparison::Equal: found = true; return equals(vm, left, right);
        case Comparison::NotEqual: {
            const Truth truth = call_comparison(vm, left, "op_ne", right, found);
            if (found) return truth;
            found = true;
            return invert(equals(vm, left, right));
        }
    }
    return Truth::False;
}

std::string_view comparison_text(Comparison comparison) {
    constexpr std::string_view kTexts[] = {"<", "<=", ">", ">=", "==", "!="};
    return kTexts[static_cast<int>(comparison)];
}

/// They cannot be equal, and no method of a struct has a say.
bool differ_in_kind(const Value& left, const Value& right) {
    return left.kind() != right.kind() && !(left.is_number() && right.is_number()) && !left.is(ValueKind::Struct);
}

Truth compare_values(Vm& vm, Comparison comparison, const Value& left_register, const Value& right_register) {
    const bool is_equality = comparison == Comparison::Equal || comparison == Comparison::NotEqual;
    if (is_equality && differ_in_kind(left_register, right_register)) return truth_of(comparison == Comparison::NotEqual);
    const Value left = left_register, right = right_register;   // a user method may move the stack
    if (left.is(ValueKind::Struct)) {
        bool found = false;
        const Truth truth = compare_struct(vm, comparison, left, right, found);
        if (found) return truth;
    }
    if (comparison == Comparison::Equal) return equals(vm, left, right);
    if (comparison == Comparison::NotEqual) return invert(equals(vm, left, right));
    int order;
    if (!compare(vm, left, right, comparison_text(comparison), order)) return Truth::Raised;
    if (order == kUnordered) return Truth::False;   // NaN
    switch (comparison) {
        case Comparison::Less: return truth_of(order < 0);
        case Comparison::LessEqual: return truth_of(order <= 0);
        case Comparison::Greater: return truth_of(order > 0);
        default: return truth_of(order >= 0);
    }
}

}  // namespace

bool slow_compare(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    const Truth truth = compare_values(vm, comparison_of(ins.op), base[ins.b], base[ins.c]);
    if (truth == Truth::Raised) return unwind(vm);
    base = vm.frame->base;
    drop_temporaries(base, ins, false, true, true);
    base[ins.a].set_bool(truth == Truth::True);
    return true;
}

bool slow_compare_jump(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    const bc::Operand shape = bc::op_info(ins.op).b;
    const Value immediate = Value::integer(ins.signed_b());
    const Value& right = shape == bc::Operand::Int ? immediate
                         : shape == bc::Operand::Const ? vm.frame->code->constants[ins.b] : base[ins.b];
    // Written `!=`: op_ne decides, and the jump wants the opposite.
    const bool is_not_equal = comparison_of(ins.op) == Comparison::Equal && (ins.flags & bc::kNotEqual) != 0;
    Truth truth = compare_values(vm, is_not_equal ? Comparison::NotEqual : comparison_of(ins.op), base[ins.a], right);
    if (is_not_equal) truth = invert(truth);
    if (truth == Truth::Raised) return unwind(vm);
    drop_temporaries(vm.frame->base, ins, true, shape == bc::Operand::Read, false);
    if ((truth == Truth::True) != ((ins.flags & bc::kNegate) != 0)) vm.frame->pc += ins.signed_c();
    return true;
}

bool slow_in(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    const Value element = base[ins.b], container = base[ins.c];
    const Truth truth = contains(vm, container, element);
    if (truth == Truth::Raised) return unwind(vm);
    base = vm.frame->base;
    drop_temporaries(base, ins, false, true, true);
    base[ins.a].set_bool((truth == Truth::True) != ((ins.flags & bc::kNegate) != 0));
    return true;
}

// --- indices and fields ------------------------------------------------------------------------------------------

bool slow_get_index(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    Value key = ins.op == bc::Op::GetIndexI   ? Value::integer(ins.signed_c())
                : ins.op == bc::Op::GetIndexK ? Value::adopt(&vm.frame->code->site_names[ins.c]->head)
                                              : base[ins.c];
    bool found;
    const bool go_on = call_operator(vm, base[ins.b], "op_index", &key, ins.a, found);
    if (found) return go_on;
    Value result;
    if (!get_index(vm, base[ins.b], key, result)) return unwind(vm);
    drop_temporaries(base, ins, false, ins.b != ins.a, ins.op == bc::Op::GetIndex && ins.c != ins.a);
    base[ins.a] = std::move(result);
    return true;
}

namespace {

/// A member that is no data: a method. 1 found, 0 none, -1 raised.
int find_bound(Vm& vm, const Value& receiver, StringObject* name, Value& result) {
    if (receiver.is(ValueKind::Struct)) {
        Code* method = receiver.as_struct()->info->find_method(name);
        if (method != nullptr && method->mutates_self) {
            vm.raise(ErrorKind::Type, "A mutating method cannot be taken as a value: " + std::string(name->view()),
                     "write a lambda: |...| value." + std::string(name->view()) + "(...)");
            return -1;
        }
        if (method != nullptr) {
            result = make_bound_method(method, receiver);
            return 1;
        }
    }
    if (receiver.is(ValueKind::Dict)) return 0;
    if (find_builtin_method(receiver.kind(), name->view()) != nullptr) {
        vm.raise(ErrorKind::Type, "A builtin method cannot be taken as a value: " + std::string(name->view()),
                 "write a lambda: |x| x." + std::string(name->view()) + "()");
        return -1;
    }
    return 0;
}

bool get_member(Vm& vm, const Value& receiver, StringObject* name, bool optional, Value& result) {
    switch (receiver.kind()) {
        case ValueKind::Struct:
            if (const int index = receiver.as_struct()->info->field_index(name); index >= 0) {
                result = receiver.as_struct()->fields()[index];
                return true;
            }
            break;
        case ValueKind::Dict:
            if (const Value* entry = dict_find(receiver.as_dict(), name)) {
                result = *entry;
                return true;
            }
            if (optional) {
                result = Value();
                return true;
            }
            return get_field(vm, receiver, name, result);
        case ValueKind::Module: {
            const Value* member = vm.module_member(receiver, name);
            if (member == nullptr) return false;
            if (member->is_marker()) {
                raise_marker(vm, *member, name->view());
                return false;
            }
            result = *member;
            return true;
        }
        case ValueKind::Generator:
            if (name->view() == "done") {
                result = Value::boolean(receiver.as<GeneratorObject>()->head.extra != 0);
                return true;
            }
            break;
        default: break;
    }
    const int found = find_bound(vm, receiver, name, result);
    if (found != 0) return found > 0;
    return get_field(vm, receiver, name, result);
}

}  // namespace

bool slow_get_field(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    const Code& code = *vm.frame->code;
    StringObject* name = code.site_names[ins.c];
    Value result;
    if (!get_member(vm, base[ins.b], name, ins.op == bc::Op::GetFieldOptional, result)) return unwind(vm);
    if (base[ins.b].is(ValueKind::Struct)) {
        const StructInfo* info = base[ins.b].as_struct()->info;
        if (const int index = info->field_index(name); index >= 0) {
            vm.caches[code.cache_base + ins.c] = {.type = info, .slot = static_cast<std::uint64_t>(index)};
        }
    }
    base = vm.frame->base;
    drop_temporaries(base, ins, false, ins.b != ins.a, false);
    base[ins.a] = std::move(result);
    return true;
}

bool slow_slice(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    Value result;
    if (!slice(vm, base[ins.b], base[ins.c], base[ins.c + 1], result)) return unwind(vm);
    base[ins.c].set_null();
    base[ins.c + 1].set_null();
    drop_temporaries(base, ins, false, ins.b != ins.a, false);
    base[ins.a] = std::move(result);
    return true;
}

namespace {

Value taken(Value& source, bool take) {
    if (!take) return source;
    return std::move(source);
}

}  // namespace

bool slow_set_index(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    Value value = taken(base[ins.c], (ins.flags & bc::kTakeC) != 0);
    if (!set_index(vm, base[ins.a], base[ins.b], std::move(value))) return unwind(vm);
    drop_temporaries(vm.frame->base, ins, false, true, false);
    return true;
}

bool slow_set_field(Vm& vm, Instruction ins) {
    Value* base = vm.frame->base;
    const Code& code = *vm.frame->code;
    StringObject* name = code.site_names[ins.c];
    Value value = taken(base[ins.b], (ins.flags & bc::kTakeB) != 0);
    if (!set_field(vm, base[ins.a], name, std::move(value))) return unwind(vm);
    if (base[ins.a].is(ValueKind::Struct)) {
        const StructInfo* info = base[ins.a].as_struct()->info;
        if (const int index = info->field_index(name); index >= 0) {
            vm.caches[code.cache_base + ins.c] = {.type = info, .slot = static_cast<std::uint64_t>(index)};
        }
    }
    return true;
}

// --- places ------------------------------------------------------------------------------------------------------

Value* place_root(Vm& vm, const bc::Place& place, Value* base) {
    Value* root = nullptr;
    switch (place.root) {
        case bc::PlaceRoot::Register: root = base + place.index; break;
        case bc::PlaceRoot::CellRegister: root = &base[place.index].as<CellObject>()->value; break;
        case bc::PlaceRoot::UpvalueCell: root = &base[-1].as<FunctionObject>()->captures()[place.index].as<CellObject>()->value; break;
        case bc::PlaceRoot::Upvalue: root = &base[-1].as<FunctionObject>()->captures()[place.index]; break;
        case bc::PlaceRoot::Global: root = &vm.globals[place.index]; break;
    }
    if (!root->is_marker()) return root;
    raise_marker(vm, *root, place.name);
    return nullptr;
}

const Value* read_place(Vm& vm, const Code& code, const bc::Place& place, Value* base, std::size_t steps, Value& scratch) {
    const Value* value = place_root(vm, place, base);
    for (std::size_t i = 0; value != nullptr && i < steps; ++i) {
        const bc::PlaceStep& step = place.steps[i];
        if (step.kind == bc::PlaceStep::Field) {
            StringObject* name = code.site_names[step.site];
            if (value->is(ValueKind::Struct)) {
                const int index = value->as_struct()->info->field_index(name);
                if (index >= 0) {
                    value = &value->as_struct()->fields()[index];
                    continue;
                }
            } else if (value->is_dict()) {
                if (const Value* entry = dict_find(value->as_dict(), name)) {
                    value = entry;
                    continue;
                }
            }
            Value member;
            if (!get_member(vm, *value, name, step.is_optional, member)) return nullptr;
            scratch = std::move(member);
            value = &scratch;
            continue;
        }
        const Value& key = base[step.reg];
        if (value->is_array() && key.is_int() && static_cast<std::uint64_t>(key.as_int()) < value->as_array()->size) {
            value = &value->as_array()->elements[key.as_int()];
            continue;
        }
        if (value->is_dict() && key.is_string()) {
            if (const Value* entry = dict_find(value->as_dict(), key.as_string())) {
                value = entry;
                continue;
            }
        }
        Value element;
        if (value->is(ValueKind::Struct)) {
            if (Code* method = value->as_struct()->info->find_method(intern("op_index"))) {
                const Value receiver = *value, argument = key;
                if (vm.call_method_sync(method, receiver, &argument, 1, element) != Outcome::Done) return nullptr;
                scratch = std::move(element);
                value = &scratch;
                continue;
            }
        }
        if (!get_index(vm, *value, key, element)) return nullptr;
        scratch = std::move(element);
        value = &scratch;
    }
    return value;
}

namespace {

/// field_place, remembering where the site found the field last.
Value* cached_field_place(Vm& vm, const Code& code, Value& slot, std::uint16_t site) {
    if (!slot.is(ValueKind::Struct)) return field_place(vm, slot, code.site_names[site]);
    InlineCache& cache = vm.caches[code.cache_base + site];
    const StructInfo* info = slot.as_struct()->info;
    if (cache.type == info) {
        StructObject* object = slot.object()->is_shared() ? unshare_struct(slot) : slot.as_struct();
        if (object != nullptr) return &object->fields()[cache.slot];
    }
    Value* place = field_place(vm, slot, code.site_names[site]);
    if (const int index = info->field_index(code.site_names[site]); place != nullptr && index >= 0) {
        cache = {.type = info, .slot = static_cast<std::uint64_t>(index)};
    }
    return place;
}

/// index_place, with elements of arrays first. The array's may-hold-heap flag is for whoever stores there.
Value* element_place(Vm& vm, Value& slot, const Value& key) {
    if (slot.is_array() && key.is_int() && static_cast<std::uint64_t>(key.as_int()) < slot.as_array()->size) {
        ArrayObject* array = slot.object()->is_shared() ? unshare_array(slot) : slot.as_array();
        if (array != nullptr) return array->elements + key.as_int();
    }
    return index_place(vm, slot, key);
}

}  // namespace

Value* unique_place(Vm& vm, const Code& code, const bc::Place& place, Value* root, Value* base, std::size_t steps) {
    Value* slot = root;
    for (std::size_t i = 0; slot != nullptr && i < steps; ++i) {
        const bc::PlaceStep& step = place.steps[i];
        slot = step.kind == bc::PlaceStep::Field ? cached_field_place(vm, code, *slot, step.site) : element_place(vm, *slot, base[step.reg]);
    }
    return slot;
}

bool check_mutable(Vm& vm, const bc::Place& place) {
    switch (place.mutability) {
        case bc::Mutability::Mutable: return true;
        case bc::Mutability::Let: vm.raise(ErrorKind::Value, "Cannot mutate immutable let binding: " + place.name); return false;
        case bc::Mutability::Const: vm.raise(ErrorKind::Value, "Cannot mutate immutable const binding: " + place.name); return false;
        case bc::Mutability::SelfReadOnly:
            vm.raise(ErrorKind::Value, "Cannot mutate self in " + place.name + ": declare it mut self");
            return false;
        case bc::Mutability::Import: vm.raise(ErrorKind::Value, "Cannot mutate imported name: " + place.name); return false;
        case bc::Mutability::Function: vm.raise(ErrorKind::Value, "Cannot mutate function: " + place.name); return false;
    }
    return true;
}

namespace {

/// Sets the last step of `place` on `parent`, the slot of everything before it.
bool set_last_step(Vm& vm, const Code& code, const bc::Place& place, Value* parent, Value* base, Value value) {
    const bc::PlaceStep& step = place.steps.back();
    if (step.kind == bc::PlaceStep::Field) return set_field(vm, *parent, code.site_names[step.site], std::move(value));
    return set_index(vm, *parent, base[step.reg], std::move(value));
}

}  // namespace

bool slow_set_place(Vm& vm, Instruction ins) {
    Frame& frame = *vm.frame;
    const bc::Place& place = frame.code->source->places[ins.b];
    if (!check_mutable(vm, place)) return unwind(vm);
    Value value = taken(frame.base[ins.a], (ins.flags & bc::kTakeA) != 0);
    Value* root = place_root(vm, place, frame.base);
    if (root == nullptr) return unwind(vm);
    if (place.steps.empty()) {
        *root = std::move(value);
        return true;
    }
    Value* parent = unique_place(vm, *frame.code, place, root, frame.base, place.steps.size() - 1);
    if (parent == nullptr || !set_last_step(vm, *frame.code, place, parent, frame.base, std::move(value))) return unwind(vm);
    return true;
}

namespace {

/// An element slot that may now hold a heap value: its array must know.
void mark_may_hold_heap(Vm& vm, const Frame& frame, const bc::Place& place) {
    Value* root = place_root(vm, place, frame.base);
    Value* parent = unique_place(vm, *frame.code, place, root, frame.base, place.steps.size() - 1);
    if (parent != nullptr && parent->is_array()) parent->as_array()->head.flags |= kArrayMayHoldHeap;
}

}  // namespace

bool slow_update_place(Vm& vm, Instruction ins) {
    Frame& frame = *vm.frame;
    const bc::Place& place = frame.code->source->places[ins.b];
    const auto op = static_cast<bc::BinaryOperator>(ins.flags >> 4);
    if (!check_mutable(vm, place)) return unwind(vm);
    Value* root = place_root(vm, place, frame.base);
    if (root == nullptr) return unwind(vm);
    Value* slot = unique_place(vm, *frame.code, place, root, frame.base, place.steps.size());
    if (slot == nullptr) return unwind(vm);
    Value& right = frame.base[ins.c];
    if (slot->is_int() && right.is_int()) {
        std::int64_t result = 0;
        const bool overflow = op == bc::BinaryOperator::Add   ? __builtin_add_overflow(slot->as_int(), right.as_int(), &result)
                              : op == bc::BinaryOperator::Sub ? __builtin_sub_overflow(slot->as_int(), right.as_int(), &result)
                              : op == bc::BinaryOperator::Mul ? __builtin_mul_overflow(slot->as_int(), right.as_int(), &result)
                                                              : true;
        if (!overflow) {
            slot->set_int(result);
            frame.pc += 2;
            return true;
        }
    }
    if (slot->is_number() && right.is_number() && (slot->is_float() || right.is_float()) && op <= bc::BinaryOperator::Mul) {
        const double a = slot->as_number(), b = right.as_number();
        slot->set_float(op == bc::BinaryOperator::Add ? a + b : op == bc::BinaryOperator::Sub ? a - b : a * b);
        frame.pc += 2;
        return true;
    }
    if (slot->is(ValueKind::Struct) && slot->as_struct()->info->find_method(intern(operator_method(op))) != nullptr) {
        frame.base[ins.a] = *slot;   // the two instructions that follow call the method and store its result
        return true;
    }
    if (op == bc::BinaryOperator::Add && (slot->is_string() || slot->is_array())) {
        const Value appended = right;
        if (!append_into(vm, *slot, appended)) return unwind(vm);
    } else {
        Value result;
        if (!arithmetic(vm, op, *slot, right, result)) return unwind(vm);
        if (result.is_heap() && !place.steps.empty()) mark_may_hold_heap(vm, frame, place);
        *slot = std::move(result);
    }
    if ((ins.flags & bc::kTakeC) != 0) right.set_null();
    frame.pc += 2;
    return true;
}

bool slow_get_place(Vm& vm, Instruction ins) {
    Frame& frame = *vm.frame;
    const bc::Place& place = frame.code->source->places[ins.b];
    Value scratch;
    const Value* value = read_place(vm, *frame.code, place, frame.base, place.steps.size(), scratch);
    if (value == nullptr) return unwind(vm);
    Value copy = *value;
    vm.frame->base[ins.a] = std::move(copy);
    return true;
}

}  // namespace ruff::vm
