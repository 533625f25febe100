#include <limits>

#include "core/vm/range.h"
#include "tests/unit/vm/isolate_fixture.h"

using namespace ruff::vm;
using Op = ruff::bytecode::BinaryOperator;

namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min(), kMax = std::numeric_limits<std::int64_t>::max();
Value number(double value) { return Value::floating(value); }

struct Arithmetic : IsolateFixture {
    std::string operator()(const Value& left, Op op, const Value& right) {
        Value result;
        const bool succeeded = arithmetic(vm, op, left, right, result);
        return outcome(succeeded, result);
    }
};

}  // namespace

TEST_CASE("arithmetic of numbers", "[vm][arithmetic]") {
    Arithmetic run;
    CHECK(run(integer(-7), Op::Div, integer(2)) == "-3");
    CHECK(run(integer(-7), Op::Mod, integer(2)) == "-1");
    CHECK(run(integer(7), Op::Mod, integer(-2)) == "1");
    CHECK(run(integer(7), Op::Div, number(2)) == "3.5");
    CHECK(run(number(-7.5), Op::Mod, integer(2)) == "-1.5");
    CHECK(run(integer(1), Op::Add, number(2)) == "3.0");
    CHECK(run(number(1e308), Op::Mul, integer(10)) == "inf");
    CHECK(run(integer(kMax), Op::Add, integer(1)) == "arithmetic: Integer overflow: 9223372036854775807 + 1");
    CHECK(run(integer(kMin), Op::Sub, integer(1)) == "arithmetic: Integer overflow: -9223372036854775808 - 1");
    CHECK(run(integer(3037000500), Op::Mul, integer(3037000500)) == "arithmetic: Integer overflow: 3037000500 * 3037000500");
    CHECK(run(integer(kMin), Op::Div, integer(-1)) == "arithmetic: Integer overflow: -9223372036854775808 / -1");
    CHECK(run(integer(kMin), Op::Mod, integer(-1)) == "0");
    CHECK(run(integer(1), Op::Div, integer(0)) == "arithmetic: Division by zero");
    CHECK(run(number(1), Op::Div, integer(0)) == "arithmetic: Division by zero");
    CHECK(run(number(1), Op::Mod, number(-0.0)) == "arithmetic: Modulo by zero");
    Value result;
    CHECK(run.outcome(negate(run.vm, integer(5), result), result) == "-5");
    CHECK(run.outcome(negate(run.vm, number(0), result), result) == "-0.0");
    CHECK(run.outcome(negate(run.vm, integer(kMin), result), result).starts_with("arithmetic: Integer overflow"));
    CHECK(run.outcome(negate(run.vm, text("a"), result), result).starts_with("type: "));
}

TEST_CASE("text joins and repeats, arrays too", "[vm][arithmetic]") {
    Arithmetic run;
    CHECK(run(text("a"), Op::Add, text("é")) == "\"aé\"");
    CHECK(run(text("n="), Op::Add, integer(1)) == "\"n=1\"");
    CHECK(run(number(1.0), Op::Add, text("n")) == "\"1n\"");
    CHECK(run(Value::boolean(false), Op::Add, text("b")) == "\"falseb\"");
    CHECK(run(text("ab"), Op::Mul, integer(3)) == "\"ababab\"");
    CHECK(run(text("ü"), Op::Mul, integer(2)) == "\"üü\"");
    CHECK(run(text("ab"), Op::Mul, integer(0)) == "\"\"");
    CHECK(run(text("ab"), Op::Mul, integer(-4)) == "\"\"");
    CHECK(run(text(""), Op::Mul, integer(kMax)) == "\"\"");
    CHECK(run(text("ab"), Op::Mul, integer(kMax)).starts_with("value: Out of memory"));
    CHECK(run(array_of({integer(1)}), Op::Add, array_of({text("x")})) == "[1, \"x\"]");
    CHECK(run(array_of({integer(1), array_of({})}), Op::Mul, integer(2)) == "[1, [], 1, []]");
    CHECK(run(array_of({integer(1)}), Op::Mul, integer(-1)) == "[]");
    CHECK(run(array_of({integer(1)}), Op::Mul, integer(kMax)).starts_with("value: Out of memory"));
    Value long_text;
    REQUIRE(arithmetic(run.vm, Op::Mul, text("abc"), integer(1'000'003), long_text));
    CHECK(long_text.as_string()->size == 3'000'009);
    CHECK(long_text.as_string()->view().substr(3'000'000) == "abcabcabc");
    CHECK(long_text.as_string()->is_ascii());
}

TEST_CASE("every other pair is an invalid operation, with advice where there is some", "[vm][arithmetic]") {
    Arithmetic run;
    CHECK(run(integer(1), Op::Add, Value::null()) == "type: Invalid binary operation: int + null");
    CHECK(run(Value::boolean(true), Op::Add, integer(1)) == "type: Invalid binary operation: bool + int");
    CHECK(run(text("a"), Op::Sub, text("b")) == "type: Invalid binary operation: string - string");
    CHECK(run(text("a"), Op::Mul, number(2)) == "type: Invalid binary operation: string * float");
    CHECK(run(integer(3), Op::Mul, text("a")) ==
          "type: Invalid binary operation: int * string (the number stands on the right: `string * int`)");
    CHECK(run(text("a"), Op::Add, Value::null()).starts_with("type: Invalid binary operation: string + null (to join text"));
    CHECK(run(array_of({}), Op::Add, integer(1)).starts_with("type: Invalid binary operation: array + int (to add one element"));
    CHECK(run(dict_of({}), Op::Add, dict_of({})).starts_with("type: Invalid binary operation: dict + dict (to merge"));
}

TEST_CASE("appending happens in place when nobody else looks", "[vm][arithmetic]") {
    IsolateFixture fixture;
    Value target = text("some text");
    REQUIRE(append_into(fixture.vm, target, text(" and more, enough to grow the block")));
    const Object* grown = target.object();
    REQUIRE(append_into(fixture.vm, target, integer(42)));
    CHECK(target.object() == grown);
    CHECK(shown(target) == "some text and more, enough to grow the block42");
    const Value copy = target;
    REQUIRE(append_into(fixture.vm, target, text("!")));
    CHECK(shown(copy) == "some text and more, enough to grow the block42");
    REQUIRE(append_into(fixture.vm, target, target));
    CHECK(shown(target).size() == 94);

    Value list = array_of({integer(1), text("two")});
    const Object* same = list.object();
    REQUIRE(append_into(fixture.vm, list, array_of({text("three")})));
    REQUIRE(append_into(fixture.vm, list, list));
    CHECK(list.object() == same);
    CHECK(shown(list) == "[1, \"two\", \"three\", 1, \"two\", \"three\"]");
    const Value kept = list;
    REQUIRE(append_into(fixture.vm, list, array_of({integer(9)})));
    CHECK(kept.as_array()->size == 6);
    CHECK(list.as_array()->size == 7);

    Value count = integer(1);
    REQUIRE(append_into(fixture.vm, count, text(" apple")));
    CHECK(shown(count) == "1 apple");
    Value nothing = Value::null();
    CHECK_FALSE(append_into(fixture.vm, nothing, integer(1)));
    CHECK(fixture.raised() == "type: Invalid binary operation: null + int");
    CHECK(nothing.is_null());
}

TEST_CASE("in", "[vm][operations]") {
    IsolateFixture fixture;
    const auto in = [&](const Value& element, const Value& container) -> std::string {
        switch (contains(fixture.vm, container, element)) {
            case Truth::True: return "true";
            case Truth::False: return "false";
            case Truth::Raised: return fixture.raised();
        }
        return "";
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(in(number(2), array_of({integer(1), integer(2)})) == "true");
    CHECK(in(array_of({integer(1)}), array_of({array_of({integer(1)})})) == "true");
    CHECK(in(number(nan), array_of({number(nan)})) == "false");
    CHECK(in(text("a"), dict_of({{text("a"), integer(1)}})) == "true");
    CHECK(in(integer(1), dict_of({{text("a"), integer(1)}})) == "false");
    CHECK(in(number(nan), dict_of({})) == "false");
    CHECK(in(text(""), text("abc")) == "true");
    CHECK(in(text("ü"), text("Küste")) == "true");
    CHECK(in(number(2.0), make_range(0, 3)) == "true");
    CHECK(in(number(2.5), make_range(0, 3)) == "false");
    CHECK(in(text("1"), make_range(0, 3)) == "false");
    CHECK(in(integer(1), integer(5)) == "type: Invalid binary operation: int in int");
    CHECK(in(integer(1), text("123")) == "type: Invalid binary operation: int in string");
}
