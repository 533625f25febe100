// Bodies of the family `math`.
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/builtins/gate.h"
#include "core/builtins/random_source.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::Value;

std::string shown(const Value& value) { return vm::display_for_message(value); }

Outcome raise_overflow(Call& call, const std::string& words) {
    return call.raise(ErrorKind::Arithmetic, "Integer overflow: " + words);
}

// The result of a real function; NaN from a number means that there is none.
Outcome done_real(Call& call, double result) {
    if (std::isnan(result) && !std::isnan(call.number(0))) {
        return raise_value_error(call, "has no real result for " + shown(call[0]));
    }
    return call.done(Value::floating(result));
}

template <double (*Function)(double)>
Outcome real_function(Call& call) {
    return done_real(call, Function(call.number(0)));
}

// A whole float as an int.
Outcome done_whole(Call& call, double whole) {
    if (!(whole >= -0x1p63 && whole < 0x1p63))
        return raise_value_error(call, shown(call[0]) + " is out of the range of int");
    return call.done(Value::integer(static_cast<std::int64_t>(whole)));
}

// A logarithm is that of a positive number.
Outcome logarithm(Call& call, double (*function)(double)) {
    if (call.number(0) <= 0) return raise_value_error(call, "has no real result for " + shown(call[0]));
    return call.done(Value::floating(function(call.number(0))));
}

double power_of_ten(int exponent) { return std::pow(10.0, exponent); }

// Halves away from zero, judged by the shortest decimal of the number: 2.675 rounds to 2.68.
double round_decimal(double x, std::int64_t digits) {
    if (digits > 15 || !std::isfinite(x) || x == 0) return x;
    if (digits < -308) return 0;
    double scale = power_of_ten(static_cast<int>(std::abs(digits)));
    double scaled = digits >= 0 ? x * scale : x / scale;
    if (std::fabs(scaled) >= 0x1p52) return x;
    double nearest = std::round(scaled);
    // x * scale may fall a little short of the half that the decimal means.
    double next = std::nextafter(scaled, scaled < 0 ? -INFINITY : INFINITY);
    if (std::round(next) != nearest) nearest = std::round(next);
    return digits >= 0 ? nearest / scale : nearest * scale;
}

Outcome round_int(Call& call, std::int64_t value, std::int64_t digits) {
    if (digits >= 0) return call.done(call[0]);
    if (digits < -18) return call.done(Value::integer(0));
    std::int64_t scale = 1;
    for (std::int64_t i = digits; i < 0; ++i) scale *= 10;
    std::int64_t rest = value % scale;
    std::int64_t result = value - rest;
    std::int64_t half = scale / 2;
    bool overflows = false;
    if (rest >= half) overflows = __builtin_add_overflow(result, scale, &result);
    if (rest <= -half) overflows = __builtin_sub_overflow(result, scale, &result);
    return overflows ? raise_overflow(call, "round(" + std::to_string(value) + ")")
                     : call.done(Value::integer(result));
}

// base ** exponent by squaring. False: overflow.
bool integer_power(std::int64_t base, std::int64_t exponent, std::int64_t& result) {
    result = 1;
    for (; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) return false;
        if (exponent > 1 && __builtin_mul_overflow(base, base, &base)) return false;
    }
    return true;
}

std::uint64_t magnitude(std::int64_t value) {
    return value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
}

bool is_collection(ValueKind kind) {
    return kind == ValueKind::Array || kind == ValueKind::Set || kind == ValueKind::Range ||
           kind == ValueKind::Dict || kind == ValueKind::Bytes || kind == ValueKind::String;
}

// The first of the least (sign 1) or greatest (sign -1) elements. NaN wins over everything.
template <typename Next>
Outcome done_extreme(Call& call, int sign, Next next) {
    Value best, element;
    bool is_first = true;
    while (next(element)) {
        if (element.is_float() && std::isnan(element.as_float())) return call.done(std::move(element));
        int order = -1;
        if (is_first && !element.is_number() && !vm::compare(call.vm, element, element, "<", order))
            return Outcome::Raised;
        if (!is_first && !vm::compare(call.vm, element, best, "<", order)) return Outcome::Raised;
        if (is_first || order * sign < 0) best = std::move(element);
        is_first = false;
    }
    return call.done(std::move(best));
}

Outcome extreme(Call& call, int sign) {
    if (call.count == 1 && is_collection(call[0].kind())) {
        ElementCursor cursor(call[0]);
        return done_extreme(call, sign, [&](Value& element) { return cursor.next(element); });
    }
    std::uint32_t next = 0;
    return done_extreme(call, sign, [&](Value& element) {
        if (next == call.count) return false;
        element = call[next++];
        return true;
    });
}

bool read_shift(Call& call, unsigned& count) {
    std::int64_t value = call.integer(1);
    count = static_cast<unsigned>(value);
    if (value >= 0 && value <= 63) return true;
    raise_value_error(call, "the count must be 0 to 63, got " + std::to_string(value));
    return false;
}

// `count` bytes from the system's generator. False: raised.
bool read_system_bytes(Call& call, std::size_t count, std::string& bytes) {
    bytes.resize(count);
    if (fill_from_system({reinterpret_cast<unsigned char*>(bytes.data()), count})) return true;
    call.raise(ErrorKind::Io, std::string(call.row.shown_name()) + ": the system has no random numbers");
    return false;
}

constexpr std::int64_t kMaxRandomBytes = 1 << 30;

}  // namespace

namespace bodies {

// ---- Ints and floats --------------------------------------------------------------------------------------

Outcome abs(Call& call) {
    if (call[0].is_float()) return call.done(Value::floating(std::fabs(call.number(0))));
    if (call.integer(0) == INT64_MIN) return raise_overflow(call, "abs(" + shown(call[0]) + ")");
    return call.done(Value::integer(std::abs(call.integer(0))));
}

Outcome min(Call& call) { return extreme(call, 1); }
Outcome max(Call& call) { return extreme(call, -1); }

Outcome floor(Call& call) {
    return call[0].is_int() ? call.done(call[0]) : done_whole(call, std::floor(call.number(0)));
}
Outcome ceil(Call& call) {
    return call[0].is_int() ? call.done(call[0]) : done_whole(call, std::ceil(call.number(0)));
}
Outcome trunc(Call& call) {
    return call[0].is_int() ? call.done(call[0]) : done_whole(call, std::trunc(call.number(0)));
}

Outcome round(Call& call) {
    std::int64_t digits = call.integer(1);
    if (call[0].is_int()) return round_int(call, call.integer(0), digits);
    if (digits == 0) return done_whole(call, std::round(call.number(0)));
    return call.done(Value::floating(round_decimal(call.number(0), digits)));
}

Outcome sign(Call& call) {
    double x = call.number(0);
    if (std::isnan(x)) return raise_value_error(call, "NaN has no sign");
    return call.done(Value::integer(x > 0 ? 1 : x < 0 ? -1 : 0));
}

Outcome clamp(Call& call) {
    int order = 0;
    if (!vm::compare(call.vm, call[2], call[1], "<", order)) return Outcome::Raised;
    if (order < 0) return raise_value_error(call, "the low limit is above the high one");
    if (!vm::compare(call.vm, call[0], call[1], "<", order)) return Outcome::Raised;
    if (order < 0) return call.done(call[1]);
    if (!vm::compare(call.vm, call[2], call[0], "<", order)) return Outcome::Raised;
    return call.done(order < 0 ? call[2] : call[0]);
}

Outcome pow(Call& call) {
    bool is_integer = call[0].is_int() && call[1].is_int() && call.integer(1) >= 0;
    if (is_integer) {
        std::int64_t result = 0;
        if (!integer_power(call.integer(0), call.integer(1), result)) {
            return raise_overflow(call, "pow(" + shown(call[0]) + ", " + shown(call[1]) + ")");
        }
        return call.done(Value::integer(result));
    }
    if (call.number(0) == 0 && call.number(1) < 0)
        return call.raise(ErrorKind::Arithmetic, "Division by zero");
    double result = std::pow(call.number(0), call.number(1));
    bool is_undefined = std::isnan(result) && !std::isnan(call.number(0)) && !std::isnan(call.number(1));
    if (is_undefined)
        return raise_value_error(call, "has no real result for " + shown(call[0]) + " and " + shown(call[1]));
    return call.done(Value::floating(result));
}

Outcome gcd(Call& call) {
    std::uint64_t result = std::gcd(magnitude(call.integer(0)), magnitude(call.integer(1)));
    if (result > INT64_MAX)
        return raise_overflow(call, "gcd(" + shown(call[0]) + ", " + shown(call[1]) + ")");
    return call.done(Value::integer(static_cast<std::int64_t>(result)));
}

Outcome lcm(Call& call) {
    std::uint64_t a = magnitude(call.integer(0)), b = magnitude(call.integer(1));
    if (a == 0 || b == 0) return call.done(Value::integer(0));
    std::uint64_t result = 0;
    bool overflows = __builtin_mul_overflow(a / std::gcd(a, b), b, &result) || result > INT64_MAX;
    if (overflows) return raise_overflow(call, "lcm(" + shown(call[0]) + ", " + shown(call[1]) + ")");
    return call.done(Value::integer(static_cast<std::int64_t>(result)));
}

// ---- Real functions ---------------------------------------------------------------------------------------

Outcome sqrt(Call& call) { return real_function<std::sqrt>(call); }
// In the long form, which is exact where the root is a whole number.
Outcome cbrt(Call& call) {
    return done_real(call, static_cast<double>(std::cbrt(static_cast<long double>(call.number(0)))));
}
Outcome exp(Call& call) { return real_function<std::exp>(call); }
Outcome sin(Call& call) { return real_function<std::sin>(call); }
Outcome cos(Call& call) { return real_function<std::cos>(call); }
Outcome tan(Call& call) { return real_function<std::tan>(call); }
Outcome asin(Call& call) { return real_function<std::asin>(call); }
Outcome acos(Call& call) { return real_function<std::acos>(call); }
Outcome atan(Call& call) { return real_function<std::atan>(call); }
Outcome atan2(Call& call) { return call.done(Value::floating(std::atan2(call.number(0), call.number(1)))); }
Outcome hypot(Call& call) { return call.done(Value::floating(std::hypot(call.number(0), call.number(1)))); }
Outcome log2(Call& call) { return logarithm(call, std::log2); }
Outcome log10(Call& call) { return logarithm(call, std::log10); }

Outcome log(Call& call) {
    if (call.is_null(1)) return logarithm(call, std::log);
    double base = call.number(1);
    if (base <= 0 || base == 1)
        return raise_value_error(call, "the base must be positive and not 1, got " + shown(call[1]));
    if (base == 2) return logarithm(call, std::log2);
    if (base == 10) return logarithm(call, std::log10);
    if (call.number(0) <= 0) return logarithm(call, std::log);
    return call.done(Value::floating(std::log(call.number(0)) / std::log(base)));
}

// ---- Bits -------------------------------------------------------------------------------------------------

Outcome bit_and(Call& call) { return call.done(Value::integer(call.integer(0) & call.integer(1))); }
Outcome bit_or(Call& call) { return call.done(Value::integer(call.integer(0) | call.integer(1))); }
Outcome bit_xor(Call& call) { return call.done(Value::integer(call.integer(0) ^ call.integer(1))); }
Outcome bit_not(Call& call) { return call.done(Value::integer(~call.integer(0))); }

Outcome bit_shl(Call& call) {
    unsigned count = 0;
    if (!read_shift(call, count)) return Outcome::Raised;
    return call.done(
        Value::integer(static_cast<std::int64_t>(static_cast<std::uint64_t>(call.integer(0)) << count)));
}

Outcome bit_shr(Call& call) {
    unsigned count = 0;
    if (!read_shift(call, count)) return Outcome::Raised;
    return call.done(Value::integer(call.integer(0) >> count));
}

// ---- Random numbers ---------------------------------------------------------------------------------------

Outcome random(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    return call.done(Value::floating(RandomSource::of_thread().next_unit()));
}

Outcome random_int(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    std::int64_t low = call.integer(0), high = call.integer(1);
    if (low > high) return raise_value_error(call, "the low limit is above the high one");
    std::uint64_t span =
        static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;  // 0 stands for 2^64
    return call.done(Value::integer(
        static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + RandomSource::of_thread().below(span))));
}

Outcome random_choice(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    RandomSource& random = RandomSource::of_thread();
    const Value& from = call[0];
    if (from.is_array()) {
        std::size_t size = from.as_array()->size;
        return call.done(size == 0 ? Value() : from.as_array()->elements[random.below(size)]);
    }
    if (from.is_string()) {
        std::uint32_t length = vm::string_length(from.as_string());
        return call.done(
            length == 0 ? Value()
                        : vm::string_at(from.as_string(), static_cast<std::uint32_t>(random.below(length))));
    }
    if (from.is(ValueKind::Range)) {
        const auto& range = *from.as<vm::RangeObject>();
        std::uint64_t length = vm::range_length(range);
        return call.done(length == 0 ? Value() : Value::integer(vm::range_at(range, random.below(length))));
    }
    std::uint64_t count = from.is(ValueKind::Set) ? from.as_dict()->count : from.as_string()->size;
    if (count == 0) return call.done(Value());
    std::uint64_t chosen = random.below(count);
    Value element;
    for (ElementCursor cursor(from); cursor.next(element) && chosen > 0; --chosen) {
    }
    return call.done(std::move(element));
}

Outcome random_id(Call& call) {
    constexpr std::string_view kCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    constexpr unsigned kUsable =
        256 / kCharacters.size() * kCharacters.size();  // above it some would be likelier
    if (!pass_gate(call)) return Outcome::Raised;
    std::int64_t length = call.integer(0);
    if (length < 0 || length > kMaxRandomBytes)
        return raise_value_error(call, "a length of " + std::to_string(length) + " is not possible");
    std::string id, bytes;
    while (id.size() < static_cast<std::size_t>(length)) {
        if (!read_system_bytes(call, static_cast<std::size_t>(length) + 16, bytes)) return Outcome::Raised;
        for (char c : bytes) {
            auto byte = static_cast<unsigned char>(c);
            if (byte < kUsable && id.size() < static_cast<std::size_t>(length))
                id += kCharacters[byte % kCharacters.size()];
        }
    }
    return call.done_text(id);
}

Outcome uuid_v4(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    std::array<unsigned char, 16> bytes{};
    if (!fill_from_system(bytes))
        return call.raise(ErrorKind::Io, "uuid_v4: the system has no random numbers");
    return call.done_text(uuid_from(bytes));
}

Outcome set_random_seed(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    RandomSource::of_thread().seed(static_cast<std::uint64_t>(call.integer(0)));
    return call.done(Value());
}

Outcome clear_random_seed(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    RandomSource::of_thread().seed_from_system();
    return call.done(Value());
}

Outcome random_bytes(Call& call) {
    if (!pass_gate(call)) return Outcome::Raised;
    std::int64_t count = call.integer(0);
    if (count < 0 || count > kMaxRandomBytes)
        return raise_value_error(call, "a count of " + std::to_string(count) + " is not possible");
    std::string bytes;
    if (!read_system_bytes(call, static_cast<std::size_t>(count), bytes)) return Outcome::Raised;
    return done_or_out_of_memory(call, vm::make_bytes(bytes));
}

}  // namespace bodies
}  // namespace ruff::builtins
