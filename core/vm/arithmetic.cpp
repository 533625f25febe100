// Operators on what the interpreter's fast paths do not take: mixed numbers, text, arrays, and every mistake.

#include "core/vm/arithmetic.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "core/vm/array.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::vm {
namespace {

using bytecode::BinaryOperator;

constexpr std::string_view operator_sign(BinaryOperator op) {
    switch (op) {
        case BinaryOperator::Add: return "+";
        case BinaryOperator::Sub: return "-";
        case BinaryOperator::Mul: return "*";
        case BinaryOperator::Div: return "/";
        case BinaryOperator::Mod: return "%";
    }
    return "?";
}

bool raise_overflow(Vm& vm, std::int64_t left, std::string_view op, std::int64_t right) {
    vm.raise(ErrorKind::Arithmetic,
             "Integer overflow: " + std::to_string(left) + " " + std::string(op) + " " + std::to_string(right));
    return false;
}

bool raise_by_zero(Vm& vm, BinaryOperator op) {
    vm.raise(ErrorKind::Arithmetic, op == BinaryOperator::Div ? "Division by zero" : "Modulo by zero");
    return false;
}

// --- numbers

bool int_arithmetic(Vm& vm, BinaryOperator op, std::int64_t left, std::int64_t right, Value& result) {
    std::int64_t value = 0;
    bool overflows = false;
    switch (op) {
        case BinaryOperator::Add: overflows = __builtin_add_overflow(left, right, &value); break;
        case BinaryOperator::Sub: overflows = __builtin_sub_overflow(left, right, &value); break;
        case BinaryOperator::Mul: overflows = __builtin_mul_overflow(left, right, &value); break;
        case BinaryOperator::Div:
        case BinaryOperator::Mod: {
            if (right == 0) return raise_by_zero(vm, op);
            if (right == -1) {   // the one division that overflows; x % -1 is 0 for every x
                overflows = op == BinaryOperator::Div && left == std::numeric_limits<std::int64_t>::min();
                if (!overflows) value = op == BinaryOperator::Div ? -left : 0;
            } else {
                value = op == BinaryOperator::Div ? left / right : left % right;
            }
            break;
        }
    }
    if (overflows) return raise_overflow(vm, left, operator_sign(op), right);
    result = Value::integer(value);
    return true;
}

bool float_arithmetic(Vm& vm, BinaryOperator op, double left, double right, Value& result) {
    double value = 0;
    switch (op) {
        case BinaryOperator::Add: value = left + right; break;
        case BinaryOperator::Sub: value = left - right; break;
        case BinaryOperator::Mul: value = left * right; break;
        case BinaryOperator::Div:
            if (right == 0) return raise_by_zero(vm, op);
            value = left / right;
            break;
        case BinaryOperator::Mod:
            if (right == 0) return raise_by_zero(vm, op);
            value = std::fmod(left, right);
            break;
    }
    result = Value::floating(value);
    return true;
}

// --- text

bool is_joined_to_text(const Value& value) { return value.is_number() || value.is_bool(); }

bool give(Vm& vm, Value made, std::string_view what, Value& result) {
    if (made.is_null()) {
        vm.raise_out_of_memory(what);
        return false;
    }
    result = std::move(made);
    return true;
}

bool join_text(Vm& vm, const Value& left, const Value& right, Value& result) {
    if (left.is_string() && right.is_string()) {
        return give(vm, concatenate(left.as_string(), right.as_string()), "string", result);
    }
    StringBuilder text;
    display_plainly(left, text);
    display_plainly(right, text);
    return give(vm, text.take(), "string", result);
}

bool repeat_text(Vm& vm, StringObject* text, std::int64_t count, Value& result) {
    if (count <= 0 || text->size == 0) {
        result = Value::adopt(empty_string());
        return true;
    }
    if (static_cast<std::uint64_t>(count) > kMaxStringSize / text->size) return give(vm, Value::null(), "string", result);
    const std::size_t size = text->size * static_cast<std::size_t>(count);
    StringObject* repeated = new_string(size);
    if (!repeated) return give(vm, Value::null(), "string", result);
    // Doubling what is there: few long copies instead of many short ones.
    char* data = repeated->data();
    std::memcpy(data, text->data(), text->size);
    for (std::size_t done = text->size; done < size;) {
        const std::size_t step = std::min(done, size - done);
        std::memcpy(data + done, data, step);
        done += step;
    }
    if (text->is_ascii()) finish_string(repeated);
    return give(vm, Value::adopt(repeated), "string", result);
}

// --- arrays

Value adopt_or_null(ArrayObject* array) { return array ? Value::adopt(array) : Value::null(); }

bool repeat_array(Vm& vm, const ArrayObject* array, std::int64_t count, Value& result) {
    const std::size_t times = count <= 0 || array->size == 0 ? 0 : static_cast<std::size_t>(count);
    if (times != 0 && times > SIZE_MAX / sizeof(Value) / 8 / array->size) return give(vm, Value::null(), "array", result);
    ArrayObject* repeated = new_array(array->size * times);
    if (!repeated) return give(vm, Value::null(), "array", result);
    for (std::size_t i = 0; i < times; ++i) (void)array_append(repeated, array->elements, array->size);
    return give(vm, Value::adopt(repeated), "array", result);
}

}  // namespace

bool arithmetic(Vm& vm, BinaryOperator op, const Value& left, const Value& right, Value& result) {
    if (left.is_number() && right.is_number()) {
        if (left.is_int() && right.is_int()) return int_arithmetic(vm, op, left.as_int(), right.as_int(), result);
        return float_arithmetic(vm, op, left.as_number(), right.as_number(), result);
    }
    if (op == BinaryOperator::Add) {
        if (left.is_string() && (right.is_string() || is_joined_to_text(right))) return join_text(vm, left, right, result);
        if (right.is_string() && is_joined_to_text(left)) return join_text(vm, left, right, result);
        if (left.is_array() && right.is_array()) {
            return give(vm, adopt_or_null(array_concatenate(left.as_array(), right.as_array())), "array", result);
        }
    }
    if (op == BinaryOperator::Mul && right.is_int()) {
        if (left.is_string()) return repeat_text(vm, left.as_string(), right.as_int(), result);
        if (left.is_array()) return repeat_array(vm, left.as_array(), right.as_int(), result);
    }
    return raise_invalid_operation(vm, left, operator_sign(op), right);
}

bool append_into(Vm& vm, Value& target, const Value& right) {
    if (target.is_string()) {
        if (right.is_string()) {
            const StringObject* text = right.as_string();
            if (append_in_place(target, text->view(), text->is_ascii())) [[likely]] return true;
            vm.raise_out_of_memory("string");
            return false;
        }
        if (is_joined_to_text(right)) {
            StringBuilder text;
            display_plainly(right, text);
            if (append_in_place(target, text.view(), true)) return true;
            vm.raise_out_of_memory("string");
            return false;
        }
    }
    if (target.is_array() && right.is_array() && !target.object()->is_shared()) {
        const ArrayObject* more = right.as_array();
        if (array_append(target.as_array(), more->elements, more->size)) [[likely]] return true;
        vm.raise_out_of_memory("array");
        return false;
    }
    Value sum;
    if (!arithmetic(vm, BinaryOperator::Add, target, right, sum)) return false;
    target = std::move(sum);
    return true;
}

bool negate(Vm& vm, const Value& value, Value& result) {
    if (value.is_float()) {
        result = Value::floating(-value.as_float());
        return true;
    }
    if (value.is_int()) {
        if (value.as_int() != std::numeric_limits<std::int64_t>::min()) {
            result = Value::integer(-value.as_int());
            return true;
        }
        vm.raise(ErrorKind::Arithmetic, "Integer overflow: -(-9223372036854775808)");
        return false;
    }
    vm.raise(ErrorKind::Type, "Invalid unary operation: -" + std::string(value_kind_name(value.kind())));
    return false;
}

// --- mistakes ----------------------------------------------------------------------------------------------------------

namespace {

/// The method of `right` that would have answered had it stood on the left.
bool has_operator(const Value& right, std::string_view sign) {
    static constexpr std::pair<std::string_view, std::string_view> kMethods[] = {
        {"+", "op_add"}, {"-", "op_sub"}, {"*", "op_mul"}, {"/", "op_div"}, {"%", "op_mod"}, {"<", "op_lt"},
    };
    if (!right.is(ValueKind::Struct)) return false;
    for (const auto& [operation, method] : kMethods) {
        if (operation == sign) return right.as_struct()->info->find_method(intern(method)) != nullptr;
    }
    return false;
}

std::string invalid_operation_hint(const Value& left, std::string_view op, const Value& right) {
    if (has_operator(right, op)) {
        const std::string name(right.as_struct()->info->name->view());
        return "the left operand decides: write the " + name + " first, `" + name + " " + std::string(op) + " " +
               std::string(value_kind_name(left.kind())) + "`";
    }
    if (op == "*" && left.is_int() && (right.is_string() || right.is_array())) {
        return "the number stands on the right: `" + std::string(value_kind_name(right.kind())) + " * int`";
    }
    if (op != "+") return {};
    if (left.is_string() || right.is_string()) return "to join text, write it in a string: \"… ${value}\"";
    if (left.is_dict() && right.is_dict()) return "to merge dicts, write `{...a, ...b}`";
    if (left.is_array()) return "to add one element, write `[…]` around it or call `push`";
    return {};
}

}  // namespace

bool raise_invalid_operation(Vm& vm, const Value& left, std::string_view op, const Value& right) {
    std::string message = "Invalid binary operation: ";
    message.append(value_kind_name(left.kind())).append(" ").append(op).append(" ").append(value_kind_name(right.kind()));
    vm.raise(ErrorKind::Type, message, invalid_operation_hint(left, op, right));
    return false;
}

}  // namespace ruff::vm
