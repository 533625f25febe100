#include <algorithm>
#include <cmath>
#include <limits>

#include "core/vm/code.h"
#include "core/vm/drivers.h"
#include "core/vm/error.h"
#include "core/vm/range.h"
#include "tests/unit/vm/vm_fixture.h"

using namespace ruff::vm;

namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInfinity = std::numeric_limits<double>::infinity();
Value number(double value) { return Value::floating(value); }

/// -1, 0, 1, kUnordered, or 9 when there is no order.
int order_of(const Value& a, const Value& b) {
    int order = 0;
    return OrderDriver(nullptr).run(a, b, order) == OrderDriver::Result::Ordered ? order : 9;
}

const StructInfo& point() { return declare_struct("TestPoint", {"x", "y"}); }
Value make_point(Value x, Value y) {
    Value fields[] = {std::move(x), std::move(y)};
    return make_struct(point(), fields);
}

}  // namespace

TEST_CASE("floats show as the shortest decimal that reads back", "[vm][display]") {
    HeapFixture fixture;
    const std::pair<double, const char*> cases[] = {
        {1.0, "1"}, {-1.0, "-1"}, {0.0, "0"}, {-0.0, "-0"}, {0.1, "0.1"}, {0.1 + 0.2, "0.30000000000000004"},
        {1e15, "1000000000000000"}, {1e20, "100000000000000000000"}, {1e21, "1e21"}, {1.5e21, "1.5e21"},
        {999999999999999900000.0, "999999999999999900000"}, {123456789.125, "123456789.125"}, {1e-6, "0.000001"},
        {1.5e-6, "0.0000015"}, {1e-7, "1e-7"}, {1.5e-7, "1.5e-7"}, {9.99e-7, "9.99e-7"}, {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e308"}, {kInfinity, "inf"}, {-kInfinity, "-inf"}, {kNan, "nan"},
        {9007199254740993.0, "9007199254740992"}, {-2.5, "-2.5"}, {1e23, "1e23"},
    };
    for (const auto& [value, expected] : cases) CHECK(shown(number(value)) == expected);
    CHECK(represented(number(1)) == "1.0");
    CHECK(represented(number(-0.0)) == "-0.0");
    CHECK(represented(number(1e20)) == "100000000000000000000.0");
    CHECK(represented(number(1e21)) == "1e21");
    CHECK(represented(number(0.5)) == "0.5");
    std::uint64_t bits = 0x9e3779b97f4a7c15ull;
    for (int i = 0; i < 20'000; ++i) {
        bits = bits * 6364136223846793005ull + 1442695040888963407ull;
        const double value = std::bit_cast<double>(bits);
        if (std::isfinite(value)) REQUIRE(std::strtod(shown(number(value)).c_str(), nullptr) == value);
    }
}

TEST_CASE("values show as they would be written", "[vm][display]") {
    HeapFixture fixture;
    CHECK(shown(integer(std::numeric_limits<std::int64_t>::min())) == "-9223372036854775808");
    CHECK(shown(text("raw \"text\"")) == "raw \"text\"");
    CHECK(represented(text("tab\t nl\n q\" b\\ z\x01 d${x} $5 e\x1b")) == R"("tab\t nl\n q\" b\\ z\x01 d\${x} $5 e\e")");
    CHECK(represented(make_string(std::string_view("\0\x7f", 2))) == R"("\0\x7f")");
    CHECK(shown(array_of({})) == "[]");
    CHECK(shown(array_of({integer(1), text("a"), array_of({}), Value::null(), Value::boolean(true), number(2)})) ==
          "[1, \"a\", [], null, true, 2]");
    const Value dict = Value::adopt(&new_dict(0)->head);
    CHECK(shown(dict) == "{}");
    REQUIRE(dict_set(dict.as_dict(), text("k"), text("v")));
    REQUIRE(dict_set(dict.as_dict(), integer(3), array_of({integer(1)})));
    REQUIRE(dict_set(dict.as_dict(), array_of({integer(2)}), Value::null()));
    CHECK(shown(dict) == "{\"k\": \"v\", 3: [1], [2]: null}");
    const Value set = Value::adopt(&new_set(0)->head);
    CHECK(shown(set) == "set()");
    REQUIRE(dict_set(set.as_dict(), integer(1), Value::null()));
    REQUIRE(dict_set(set.as_dict(), array_of({text("x")}), Value::null()));
    CHECK(shown(set) == "set(1, [\"x\"])");
    CHECK(shown(make_range(0, 10)) == "0..10");
    CHECK(shown(make_range(0, 10, 1, true)) == "0..=10");
    CHECK(shown(make_range(0, 10, 2)) == "range(0, 10, 2)");
    CHECK(shown(make_bytes(std::string_view("\x01\xff", 2))) == "bytes(0x01, 0xff)");
    CHECK(shown(make_point(integer(1), text("two"))) == "TestPoint { x: 1, y: \"two\" }");
    CHECK(shown(make_struct(declare_struct("TestUnit", {}), nullptr)) == "TestUnit {}");
    CHECK(shown(make_ok(integer(1))) == "Ok(1)");
    CHECK(shown(array_of({make_err(text("bad")), make_some(make_none())})) == "[Err(\"bad\"), Some(None)]");
    CHECK(shown(make_error(ErrorKind::Index, "Index out of bounds: 3")) == "Error: Index out of bounds: 3");
    EnumInfo status;
    status.name = intern("Status");
    status.variants.resize(1);
    status.variants[0] = {intern("Failed"), &status, true, 2, 0, nullptr};
    Value payload[] = {text("x"), integer(2)};
    CHECK(shown(make_variant(status.variants[0], payload, 2)) == "Status::Failed(\"x\", 2)");
}

TEST_CASE("deep values end in an ellipsis, messages are cut", "[vm][display]") {
    HeapFixture fixture;
    const std::string deep = shown(nested(1'000'000, integer(7)));
    CHECK(deep.size() < 10'000);
    CHECK(deep.find("…") != std::string::npos);
    CHECK(deep.substr(0, 4) == "[[[[");
    CHECK(shown(nested(20, integer(7))) == std::string(20, '[') + "7" + std::string(20, ']'));
    CHECK(display_for_message(text("short")) == "\"short\"");
    const std::string cut = display_for_message(text(std::string(5'000'000, 'x')));
    CHECK(cut == "\"" + std::string(199, 'x') + "…");
    std::string umlauts;
    for (int i = 0; i < 500; ++i) umlauts += "ü";
    CHECK(cut_for_message(umlauts).size() == 2 * 200 + 3);
    CHECK(cut_for_message("as it is") == "as it is");
    Value wide = Value::adopt(new_array(0));
    for (int i = 0; i < 100'000; ++i) REQUIRE(array_push(wide.as_array(), integer(i)));
    CHECK(display_for_message(wide).size() == 203);
}

TEST_CASE("numbers are equal by exact value", "[vm][equality]") {
    HeapFixture fixture;
    CHECK(equals_plainly(integer(1), number(1)));
    CHECK(equals_plainly(number(0.0), number(-0.0)));
    CHECK_FALSE(equals_plainly(number(kNan), number(kNan)));
    CHECK_FALSE(equals_plainly(integer(9007199254740993), number(9007199254740992.0)));
    CHECK(equals_plainly(integer(std::numeric_limits<std::int64_t>::min()), number(-0x1p63)));
    CHECK_FALSE(equals_plainly(integer(std::numeric_limits<std::int64_t>::max()), number(0x1p63)));
    CHECK_FALSE(equals_plainly(integer(1), Value::boolean(true)));
    CHECK_FALSE(equals_plainly(integer(0), Value::null()));
}

TEST_CASE("equality is deep and never looks at what is shared", "[vm][equality]") {
    HeapFixture fixture;
    const Value with_nan = array_of({number(kNan)});
    CHECK_FALSE(equals_plainly(with_nan, with_nan));
    CHECK(equals_plainly(array_of({integer(1), text("a")}), array_of({number(1), text("a")})));
    CHECK_FALSE(equals_plainly(array_of({integer(1)}), array_of({integer(1), integer(1)})));
    CHECK(equals_plainly(nested(1'000'000, integer(1)), nested(1'000'000, number(1))));
    CHECK_FALSE(equals_plainly(nested(1'000'000, integer(1)), nested(1'000'000, integer(2))));
    CHECK_FALSE(equals_plainly(nested(10, integer(1)), nested(11, integer(1))));
    CHECK(equals_plainly(make_point(integer(1), text("a")), make_point(number(1), text("a"))));
    CHECK_FALSE(equals_plainly(make_point(integer(1), text("a")), make_point(integer(1), text("b"))));
    CHECK(equals_plainly(make_ok(integer(1)), make_ok(integer(1))));
    CHECK_FALSE(equals_plainly(make_ok(integer(1)), make_err(integer(1))));
    CHECK_FALSE(equals_plainly(make_ok(integer(1)), make_some(integer(1))));
    CHECK(equals_plainly(make_error(ErrorKind::Key, "k"), make_error(ErrorKind::Key, "k")));
    CHECK_FALSE(equals_plainly(make_error(ErrorKind::Key, "k"), make_error(ErrorKind::Index, "k")));
    CHECK_FALSE(equals_plainly(text("ab"), make_bytes("ab")));
    CHECK(equals_plainly(make_bytes("ab"), make_bytes("ab")));
}

TEST_CASE("order of numbers, strings and arrays", "[vm][order]") {
    HeapFixture fixture;
    CHECK(order_of(integer(1), number(1.5)) == -1);
    CHECK(order_of(number(1.5), integer(1)) == 1);
    CHECK(order_of(number(-1.5), integer(-1)) == -1);
    CHECK(order_of(integer(9007199254740993), number(9007199254740992.0)) == 1);
    CHECK(order_of(number(kInfinity), integer(std::numeric_limits<std::int64_t>::max())) == 1);
    CHECK(order_of(integer(std::numeric_limits<std::int64_t>::min()), number(-kInfinity)) == 1);
    CHECK(order_of(integer(1), number(kNan)) == kUnordered);
    CHECK(order_of(number(kNan), integer(1)) == kUnordered);
    CHECK(order_of(text("Zoe"), text("adam")) == -1);
    CHECK(order_of(text("é"), text("z")) == 1);
    CHECK(order_of(text("ab"), text("ab")) == 0);
    CHECK(order_of(array_of({integer(1), integer(2)}), array_of({integer(1), integer(2), integer(0)})) == -1);
    CHECK(order_of(array_of({integer(2)}), array_of({integer(1), text("x")})) == 1);
    CHECK(order_of(array_of({integer(1), integer(3)}), array_of({integer(1), integer(2)})) == 1);
    CHECK(order_of(nested(300'000, integer(1)), nested(300'000, integer(2))) == -1);
    CHECK(order_of(integer(1), text("a")) == 9);
    CHECK(order_of(array_of({integer(1)}), array_of({text("a")})) == 9);
    CHECK(order_of(array_of({integer(1), integer(1)}), array_of({integer(2), text("a")})) == -1);
    CHECK(order_of(Value::null(), Value::null()) == 9);
    CHECK(order_of(Value::boolean(true), Value::boolean(false)) == 9);
}

TEST_CASE("truth", "[vm][truth]") {
    HeapFixture fixture;
    for (const Value& falsy : {Value::null(), Value::boolean(false), integer(0), number(0), number(-0.0), text(""),
                               array_of({}), Value::adopt(&new_dict(0)->head), Value::adopt(&new_set(0)->head),
                               make_range(3, 3), make_bytes("")}) {
        CHECK_FALSE(is_truthy(falsy));
    }
    for (const Value& truthy : {Value::boolean(true), integer(-1), number(kNan), text("false"), array_of({Value::null()}),
                                make_none(), make_err(Value::null()), make_range(0, 1), make_bytes("a"),
                                make_point(integer(0), integer(0)), make_error(ErrorKind::Io, "")}) {
        CHECK(is_truthy(truthy));
    }
}

TEST_CASE("ranges count without overflow", "[vm][range]") {
    HeapFixture fixture;
    constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min(), kMax = std::numeric_limits<std::int64_t>::max();
    const auto length = [](std::int64_t a, std::int64_t b, std::int64_t step, bool inclusive) {
        return range_length(*make_range(a, b, step, inclusive).as<RangeObject>());
    };
    CHECK(length(0, 10, 1, false) == 10);
    CHECK(length(0, 10, 1, true) == 11);
    CHECK(length(10, 0, 1, true) == 0);
    CHECK(length(0, 10, 3, false) == 4);
    CHECK(length(9, 0, -3, false) == 3);
    CHECK(length(9, 0, -3, true) == 4);
    CHECK(length(kMin, kMax, 1, false) == UINT64_MAX);
    CHECK(length(kMin, kMax, 1, true) == UINT64_MAX);
    CHECK(length(kMax, kMax, 1, true) == 1);
    CHECK(length(kMin, kMin, -1, true) == 1);
    CHECK(length(kMax, kMin, kMin, true) == 2);
    const auto contains = [](std::int64_t a, std::int64_t b, std::int64_t step, bool inclusive, std::int64_t value) {
        return range_contains(*make_range(a, b, step, inclusive).as<RangeObject>(), value);
    };
    for (std::int64_t a = -4; a <= 4; ++a) {
        for (std::int64_t b = -4; b <= 4; ++b) {
            for (const std::int64_t step : {-3, -2, -1, 1, 2, 3}) {
                for (const bool inclusive : {false, true}) {
                    std::vector<std::int64_t> members;
                    for (std::int64_t x = a; step > 0 ? (inclusive ? x <= b : x < b) : (inclusive ? x >= b : x > b); x += step) members.push_back(x);
                    REQUIRE(length(a, b, step, inclusive) == members.size());
                    for (std::int64_t x = -9; x <= 9; ++x) {
                        REQUIRE(contains(a, b, step, inclusive, x) == (std::count(members.begin(), members.end(), x) > 0));
                    }
                    const Value range = make_range(a, b, step, inclusive);
                    for (std::size_t i = 0; i <= members.size(); ++i) {
                        for (std::size_t j = i; j <= members.size(); ++j) {
                            const Value part = range_slice(*range.as<RangeObject>(), i, j);
                            REQUIRE(range_length(*part.as<RangeObject>()) == j - i);
                            if (i < j) REQUIRE(range_at(*part.as<RangeObject>(), 0) == members[i]);
                        }
                    }
                }
            }
        }
    }
    CHECK(contains(kMin, kMax, 1, true, kMax));
    CHECK_FALSE(contains(kMin, kMax, 1, false, kMax));
    CHECK(equals_plainly(make_range(0, 3), make_range(0, 2, 1, true)));
    CHECK(equals_plainly(make_range(0, 0), make_range(5, 2)));
    CHECK(hash_key(make_range(0, 3)) == hash_key(make_range(0, 2, 1, true)));
    CHECK_FALSE(equals_plainly(make_range(0, 3), make_range(0, 4)));
}
