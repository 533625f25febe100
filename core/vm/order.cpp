// Order: numbers exactly, strings by code point, arrays element by element, structs by their `op_lt`.

#include <cmath>

#include "core/vm/code.h"
#include "core/vm/drivers.h"
#include "core/vm/operations.h"

namespace ruff::vm {
namespace {

template <typename T>
int three_way(T a, T b) { return (a > b) - (a < b); }

/// Exact: the float's whole part is compared as an int, its fraction decides between equals.
int compare_int_float(std::int64_t integer, double number) {
    if (std::isnan(number)) return kUnordered;
    if (number >= 0x1p63) return -1;
    if (number < -0x1p63) return 1;
    const double whole = std::trunc(number);
    const int order = three_way(integer, static_cast<std::int64_t>(whole));
    return order != 0 ? order : three_way(whole, number);
}

int compare_floats(double a, double b) { return std::isnan(a) || std::isnan(b) ? kUnordered : three_way(a, b); }

Code* order_method(const Value& value) { return value.is(ValueKind::Struct) ? value.as_struct()->info->op_lt : nullptr; }

}  // namespace

int compare_numbers(const Value& a, const Value& b) {
    if (a.is_int()) return b.is_int() ? three_way(a.as_int(), b.as_int()) : compare_int_float(a.as_int(), b.as_float());
    if (b.is_float()) return compare_floats(a.as_float(), b.as_float());
    const int reversed = compare_int_float(b.as_int(), a.as_float());
    return reversed == kUnordered ? kUnordered : -reversed;
}

bool OrderDriver::decide_by_method(Code* method, const Value& a, const Value& b) {
    Truth less = methods_->test(method, a, b);
    if (less == Truth::True) return decide(-1);
    Code* reverse = order_method(b);
    if (less == Truth::False && reverse) {
        less = methods_->test(reverse, b, a);
        if (less == Truth::True) return decide(1);
    }
    if (less == Truth::False) return true;
    result_ = Result::Raised;
    return false;
}

bool OrderDriver::pair(const Value& a, const Value& b) {
    if (a.is_number() && b.is_number()) return decide(compare_numbers(a, b));
    if (methods_) {
        if (Code* method = order_method(a)) return decide_by_method(method, a, b);
    }
    refused_left_ = &a;
    refused_right_ = &b;
    if (a.kind() != b.kind() || !a.is_heap()) return refuse();
    if (equal_.is_long() && equal_.find(a, b) != nullptr) return true;
    frames_.push_back({&a, &b, {}});
    return false;
}

OrderDriver::Result OrderDriver::run(const Value& a, const Value& b, int& order) {
    if (!pair(a, b)) {
        while (result_ == Result::Ordered && order_ == 0 && !frames_.empty()) {
            Frame& top = frames_.back();
            const auto hook = kind_hooks(top.a->kind()).order;
            if (!hook(*top.a, *top.b, top.cursor, *this)) continue;
            if (order_ == 0) equal_.note(*top.a, *top.b, 1);
            frames_.pop_back();
        }
    }
    order = order_;
    return result_;
}

}  // namespace ruff::vm
