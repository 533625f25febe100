#include <limits>

#include "core/vm/range.h"
#include "tests/unit/vm/isolate_fixture.h"

using namespace ruff::vm;

namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min(), kMax = std::numeric_limits<std::int64_t>::max();

struct Elements : IsolateFixture {
    std::string get(const Value& container, const Value& key) {
        Value result;
        const bool succeeded = get_index(vm, container, key, result);
        return outcome(succeeded, result);
    }
    std::string field(const Value& container, std::string_view name) {
        Value result;
        const bool succeeded = get_field(vm, container, intern(name), result);
        return outcome(succeeded, result);
    }
    std::string set(Value& slot, const Value& key, Value value) {
        const bool succeeded = set_index(vm, slot, key, std::move(value));
        return outcome(succeeded, slot);
    }
    std::string part(const Value& container, const Value& low, const Value& high) {
        Value result;
        const bool succeeded = slice(vm, container, low, high, result);
        return outcome(succeeded, result);
    }
};

Value make_account() {
    Value fields[] = {text("main"), integer(5)};
    return make_struct(declare_struct("Account", {"owner", "balance"}), fields);
}

}  // namespace

TEST_CASE("indexing sequences", "[vm][elements]") {
    Elements run;
    const Value list = array_of({integer(10), integer(20), integer(30)});
    CHECK(run.get(list, integer(0)) == "10");
    CHECK(run.get(list, integer(-1)) == "30");
    CHECK(run.get(list, integer(-3)) == "10");
    for (const std::int64_t index : {std::int64_t{3}, std::int64_t{-4}, kMax, kMin}) {
        CHECK(run.get(list, integer(index)) == "index: Index out of bounds: " + std::to_string(index));
    }
    CHECK(run.get(text(""), integer(0)) == "index: Index out of bounds: 0");
    CHECK(run.get(text("héllo"), integer(1)) == "\"é\"");
    CHECK(run.get(text("héllo"), integer(-1)) == "\"o\"");
    CHECK(run.get(make_bytes("\x07\xff"), integer(-1)) == "255");
    CHECK(run.get(make_range(0, 10, 3), integer(2)) == "6");
    CHECK(run.get(make_range(kMin, kMax), integer(-1)) == std::to_string(kMax - 1));
    CHECK(run.get(list, text("a")) == "type: the index of array must be int, got string");
    CHECK(run.get(list, Value::floating(0)) == "type: the index of array must be int, got float");
    CHECK(run.get(integer(5), integer(0)) == "type: int has no elements to index");
    CHECK(run.get(Value::null(), integer(0)).starts_with("type: null has no elements to index (check for null"));
    CHECK(run.get(make_account(), text("owner")).starts_with("type: Account has no elements to index"));
}

TEST_CASE("reading dicts", "[vm][elements]") {
    Elements run;
    const Value dict = dict_of({{text("color"), text("red")}, {integer(3), Value::null()}});
    CHECK(run.get(dict, text("color")) == "\"red\"");
    CHECK(run.get(dict, Value::floating(3)) == "null");
    CHECK(run.get(dict, text("colour")) == "key: Missing map key: \"colour\" (did you mean \"color\"?)");
    CHECK(run.get(dict, integer(4)) == "key: Missing map key: 4");
    CHECK(run.get(dict, array_of({integer(1)})) == "key: Missing map key: [1]");
    CHECK(run.get(dict, Value::floating(std::numeric_limits<double>::quiet_NaN())) == "key: Cannot use NaN as a key");
    CHECK(run.field(dict, "color") == "\"red\"");
    CHECK(run.field(dict, "size") == "key: Missing map key: \"size\"");
    CHECK(run.get(dict, text(std::string(5000, 'x'))).size() < 300);
}

TEST_CASE("reading fields", "[vm][elements]") {
    Elements run;
    CHECK(run.field(make_account(), "owner") == "\"main\"");
    CHECK(run.field(make_account(), "balanc") == "name: Account has no field `balanc` (did you mean `balance`?)");
    CHECK(run.field(make_account(), "zzz") == "name: Account has no field `zzz`");
    CHECK(run.field(integer(1), "x") == "name: int has no field `x`");
    CHECK(run.field(Value::null(), "x") == "name: null has no field `x` (the value is null: check it first, or write `?.x`)");
    CHECK(run.field(array_of({}), "length") == "name: array has no field `length` (write `len(…)`)");
}

TEST_CASE("assigning elements leaves copies alone", "[vm][elements]") {
    Elements run;
    Value list = array_of({integer(1), integer(2)});
    const Value kept = list;
    CHECK(run.set(list, integer(-1), text("last")) == "[1, \"last\"]");
    CHECK(shown(kept) == "[1, 2]");
    CHECK(list.as_array()->may_hold_heap());
    CHECK(run.set(list, integer(2), integer(0)) == "index: Index out of bounds: 2");
    CHECK(run.set(list, text("a"), integer(0)) == "type: the index of array must be int, got string");
    Value dict = dict_of({{text("a"), integer(1)}});
    const Value old = dict;
    CHECK(run.set(dict, text("b"), integer(2)) == "{\"a\": 1, \"b\": 2}");
    CHECK(shown(old) == "{\"a\": 1}");
    CHECK(run.set(dict, make_builtin_function(ruff::all_builtins()[0]), integer(1)) == "key: Cannot use a function as a key");
    Value string = text("abc");
    CHECK(run.set(string, integer(0), text("x")) ==
          "type: the elements of string cannot be assigned (strings are immutable: build a new one from slices)");
    Value account = make_account();
    const Value before = account;
    REQUIRE(set_field(run.vm, account, intern("balance"), integer(6)));
    CHECK(shown(account) == "Account { owner: \"main\", balance: 6 }");
    CHECK(shown(before) == "Account { owner: \"main\", balance: 5 }");
    CHECK_FALSE(set_field(run.vm, account, intern("none"), integer(6)));
    CHECK(run.raised() == "name: Account has no field `none`");
    REQUIRE(set_field(run.vm, dict, intern("c"), integer(3)));
    CHECK(dict_find(dict.as_dict(), "c")->as_int() == 3);
}

TEST_CASE("a place is found with every level made its own", "[vm][elements]") {
    Elements run;
    Value grid = array_of({array_of({integer(0), integer(0)}), array_of({integer(0), integer(0)})});
    const Value kept = grid;
    Value* row = index_place(run.vm, grid, integer(1));
    REQUIRE(row);
    Value* cell = index_place(run.vm, *row, integer(-1));
    REQUIRE(cell);
    *cell = integer(9);
    CHECK(shown(grid) == "[[0, 0], [0, 9]]");
    CHECK(shown(kept) == "[[0, 0], [0, 0]]");
    CHECK(run.vm.heap.counters.cow_copies == 2);
    cell = index_place(run.vm, *index_place(run.vm, grid, integer(1)), integer(0));
    *cell = integer(1);
    CHECK(run.vm.heap.counters.cow_copies == 2);
    Value dict = dict_of({{text("k"), make_account()}});
    const Value old = dict;
    Value* balance = field_place(run.vm, *field_place(run.vm, dict, intern("k")), intern("balance"));
    REQUIRE(balance);
    *balance = integer(7);
    CHECK(shown(dict) == "{\"k\": Account { owner: \"main\", balance: 7 }}");
    CHECK(shown(old) == "{\"k\": Account { owner: \"main\", balance: 5 }}");
    CHECK(index_place(run.vm, dict, text("x")) == nullptr);
    CHECK(run.raised() == "key: Missing map key: \"x\"");
    Value number = integer(1);
    CHECK(index_place(run.vm, number, integer(0)) == nullptr);
    CHECK(run.raised() == "type: int has no elements to index");
    CHECK(field_place(run.vm, number, intern("x")) == nullptr);
    CHECK(run.raised() == "name: int has no field `x`");
}

TEST_CASE("slices of every kind agree", "[vm][elements]") {
    Elements run;
    std::string letters;
    const Value list = Value::adopt(new_array(0)), numbers = make_range(0, 9);
    for (char c = 'a'; c < 'j'; ++c) {
        letters += c;
        REQUIRE(array_push(list.as_array(), text(std::string(1, c))));
    }
    const Value string = text(letters), bytes = make_bytes(letters);
    for (std::int64_t low = -12; low <= 12; ++low) {
        for (std::int64_t high = -12; high <= 12; ++high) {
            const auto at = [](std::int64_t i) { return static_cast<std::size_t>(std::clamp<std::int64_t>(i < 0 ? i + 9 : i, 0, 9)); };
            const std::string expected = at(low) < at(high) ? letters.substr(at(low), at(high) - at(low)) : "";
            Value part;
            REQUIRE(slice(run.vm, string, integer(low), integer(high), part));
            REQUIRE(part.as_string()->view() == expected);
            REQUIRE(slice(run.vm, bytes, integer(low), integer(high), part));
            REQUIRE(part.is(ruff::ValueKind::Bytes));
            REQUIRE(part.as_string()->view() == expected);
            REQUIRE(slice(run.vm, list, integer(low), integer(high), part));
            REQUIRE(static_cast<std::size_t>(length_of(part)) == expected.size());
            if (!expected.empty()) REQUIRE(shown(part.as_array()->elements[0]) == expected.substr(0, 1));
            REQUIRE(slice(run.vm, numbers, integer(low), integer(high), part));
            REQUIRE(static_cast<std::size_t>(length_of(part)) == expected.size());
        }
    }
    CHECK(run.part(text("häuser"), Value::null(), integer(2)) == "\"hä\"");
    CHECK(run.part(text("häuser"), integer(-2), Value::null()) == "\"er\"");
    CHECK(run.part(list, integer(kMin), integer(kMax)) == represented(list));
    CHECK(run.part(list, text("a"), Value::null()) == "type: a slice needs ints, got string");
    CHECK(run.part(dict_of({}), Value::null(), Value::null()) == "type: dict has no slices");
}

TEST_CASE("what a program reads of an error", "[vm][error]") {
    Elements run;
    const Value error = make_error(ErrorKind::Index, "Index out of bounds: 3", "there are 3");
    CHECK(run.field(error, "message") == "\"Index out of bounds: 3\"");
    CHECK(run.field(error, "value") == "\"Index out of bounds: 3\"");
    CHECK(run.field(error, "kind") == "\"index\"");
    CHECK(run.field(error, "hint") == "\"there are 3\"");
    CHECK(run.field(error, "cause") == "null");
    CHECK(run.field(error, "stack") == "[]");
    CHECK(run.field(error, "suppressed") == "[]");
    CHECK(run.field(error, "code") == "name: error has no field `code`");
    const auto thrown = [&](Value value) { return error_from_thrown(run.vm, std::move(value)); };
    CHECK(run.field(thrown(text("broken")), "message") == "\"broken\"");
    CHECK(run.field(thrown(text("broken")), "kind") == "\"thrown\"");
    CHECK(run.field(thrown(text("broken")), "hint") == "null");
    CHECK(run.field(thrown(array_of({integer(1), text("a")})), "message") == "\"[1, \\\"a\\\"]\"");
    const Value dict = thrown(dict_of({{text("message"), text("no such page")}, {text("code"), integer(404)}}));
    CHECK(run.field(dict, "message") == "\"no such page\"");
    CHECK(run.field(dict, "code") == "404");
    CHECK(run.field(thrown(dict_of({{text("message"), integer(1)}})), "message") == "\"{\\\"message\\\": 1}\"");
    CHECK(run.field(thrown(make_account()), "balance") == "5");
    CHECK(thrown(error).object() == error.object());
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::Module); ++kind) {
        CHECK(error_kind_named(error_kind_name(static_cast<ErrorKind>(kind))) == static_cast<ErrorKind>(kind));
    }
}
