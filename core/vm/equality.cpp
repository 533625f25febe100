// Equality: of values as a program sees them, and of dict keys.

#include <cmath>

#include "core/vm/code.h"
#include "core/vm/drivers.h"
#include "core/vm/operations.h"

namespace ruff::vm {

namespace {

/// An int and a float that is whole and in range of ints compare as ints; every other float equals no int.
bool int_equals_float(std::int64_t integer, double number) {
    return number >= -0x1p63 && number < 0x1p63 && static_cast<double>(static_cast<std::int64_t>(number)) == number &&
           static_cast<std::int64_t>(number) == integer;
}

Code* equality_method(const Value& value) { return value.is(ValueKind::Struct) ? value.as_struct()->info->op_eq : nullptr; }

}  // namespace

bool numbers_equal(const Value& a, const Value& b) {
    if (a.is_int()) return b.is_int() ? a.as_int() == b.as_int() : int_equals_float(a.as_int(), b.as_float());
    return b.is_int() ? int_equals_float(b.as_int(), a.as_float()) : a.as_float() == b.as_float();
}

bool EqualityDriver::pair(const Value& a, const Value& b) {
    if (a.is_number()) return (b.is_number() && numbers_equal(a, b)) || unequal();
    if (methods_) {
        if (Code* method = equality_method(a)) {
            verdict_ = methods_->test(method, a, b);
            return verdict_ == Truth::True;
        }
    }
    if (a.kind() != b.kind()) return unequal();
    if (a.is_string()) return strings_equal(a.as_string(), b.as_string()) || unequal();
    if (!a.is_heap()) return a.bits() == b.bits() || unequal();
    if (equal_.is_long() && equal_.find(a, b) != nullptr) return true;
    frames_.push_back({&a, &b, {}});
    return false;
}

Truth EqualityDriver::run(const Value& a, const Value& b) {
    if (pair(a, b)) return Truth::True;
    while (verdict_ == Truth::True && !frames_.empty()) {
        Frame& top = frames_.back();
        if (!kind_hooks(top.a->kind()).equals(*top.a, *top.b, top.cursor, *this)) continue;
        equal_.note(*top.a, *top.b, 1);
        frames_.pop_back();
    }
    return verdict_;
}

bool equals_plainly(const Value& a, const Value& b) { return EqualityDriver(nullptr).run(a, b) == Truth::True; }

bool keys_equal(const Value& a, const Value& b) { return equals_plainly(a, b); }

}  // namespace ruff::vm
