// The operations that may meet a user's method: the drivers with the isolate behind them.
//
// A method may run anything, and move the stack that holds the operands. So the outermost values are held here by a count
// of their own while a driver runs: what is shared is not changed in place, and pointers into it stay good.

#include "core/vm/operations.h"

#include <cmath>

#include "core/vm/arithmetic.h"
#include "core/vm/dict.h"
#include "core/vm/drivers.h"
#include "core/vm/range.h"
#include "core/vm/vm.h"

namespace ruff::vm {
namespace {

class VmMethods final : public UserMethods {
public:
    explicit VmMethods(Vm& vm) : vm_(vm) {}

    bool to_string(Code* method, const Value& receiver, StringBuilder& out) override {
        Value result;
        if (vm_.call_method_sync(method, receiver, nullptr, 0, result) != Outcome::Done) return false;
        if (!result.is_string()) {
            vm_.raise(ErrorKind::Type, std::string(method->name->view()) + " gave " +
                                           std::string(value_kind_name(result.kind())) + ", not a string");
            return false;
        }
        out.append(result.as_string());
        return true;
    }
    Truth test(Code* method, const Value& left, const Value& right) override {
        Value result;
        if (vm_.call_method_sync(method, left, &right, 1, result) != Outcome::Done) return Truth::Raised;
        return truth_of(is_truthy(result));
    }

private:
    Vm& vm_;
};

/// Neither holds other values nor has methods.
bool is_leaf(const Value& value) { return value.kind() < ValueKind::Array; }

bool show(Vm& vm, const Value& value, StringBuilder& out, DisplayStyle style) {
    if (is_leaf(value)) return DisplayDriver(out, style, nullptr).run(value);
    const Value held = value;
    VmMethods methods(vm);
    return DisplayDriver(out, style, &methods).run(held);
}

}  // namespace

Truth equals(Vm& vm, const Value& a, const Value& b) {
    if (is_leaf(a)) return truth_of(equals_plainly(a, b));
    const Value left = a, right = b;
    VmMethods methods(vm);
    return EqualityDriver(&methods).run(left, right);
}

bool compare(Vm& vm, const Value& a, const Value& b, std::string_view op, int& order) {
    if (a.is_number() && b.is_number()) {
        order = compare_numbers(a, b);
        return true;
    }
    const Value left = a, right = b;
    VmMethods methods(vm);
    OrderDriver driver(&methods);
    switch (driver.run(left, right, order)) {
        case OrderDriver::Result::Ordered: return true;
        case OrderDriver::Result::Refused: return raise_invalid_operation(vm, driver.refused_left(), op, driver.refused_right());
        case OrderDriver::Result::Raised: return false;
    }
    return false;
}

bool display(Vm& vm, const Value& value, StringBuilder& out) { return show(vm, value, out, DisplayStyle::Display); }
bool represent(Vm& vm, const Value& value, StringBuilder& out) { return show(vm, value, out, DisplayStyle::Represent); }

// --- in ----------------------------------------------------------------------------------------------------------------

namespace {

Truth array_contains(Vm& vm, const Value& container, const Value& element) {
    const Value held = container, wanted = element;
    const ArrayObject* array = held.as_array();
    for (std::size_t i = 0; i < array->size; ++i) {
        const Truth found = equals(vm, array->elements[i], wanted);
        if (found != Truth::False) return found;
    }
    return Truth::False;
}

bool range_contains_value(const RangeObject& range, const Value& element) {
    if (element.is_int()) return range_contains(range, element.as_int());
    if (!element.is_float()) return false;
    const double number = element.as_float();
    const bool is_whole = number >= -0x1p63 && number < 0x1p63 && std::trunc(number) == number;
    return is_whole && range_contains(range, static_cast<std::int64_t>(number));
}

}  // namespace

Truth contains(Vm& vm, const Value& container, const Value& element) {
    switch (container.kind()) {
        case ValueKind::Array: return array_contains(vm, container, element);
        case ValueKind::Dict:
        case ValueKind::Set:
            // What cannot be a key is in no dict.
            return truth_of(key_refusal(element).empty() && dict_lookup(container.as_dict(), element) != kNoEntry);
        case ValueKind::Range: return truth_of(range_contains_value(*container.as<RangeObject>(), element));
        case ValueKind::String:
            if (!element.is_string()) break;
            return truth_of(container.as_string()->view().find(element.as_string()->view()) != std::string_view::npos);
        default: break;
    }
    raise_invalid_operation(vm, element, "in", container);
    return Truth::Raised;
}

}  // namespace ruff::vm
