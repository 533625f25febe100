#include "core/vm/message.h"

#include "core/vm/function.h"
#include "tests/unit/vm/isolate_fixture.h"

namespace ruff::vm {
namespace {

/// Writes a value in one heap and reads it in another.
struct TwoHeaps : IsolateFixture {
    Value sent(Value value) {
        Message message;
        REQUIRE(write_message(vm, std::move(value), Sending::Value, message));
        Value result;
        REQUIRE(read_message(vm, std::move(message), result));
        return result;
    }
};

TEST_CASE_METHOD(TwoHeaps, "plain data arrives as it was", "[vm][message]") {
    const Value all = array_of({Value(), Value::boolean(true), integer(-5), Value::floating(2.5), text("é"), text(""),
                                dict_of({{text("k"), array_of({integer(1)})}, {integer(3), text("v")}}),
                                make_some(array_of({make_err(text("e"))}))});
    CHECK(represented(sent(all)) == represented(all));
}

TEST_CASE_METHOD(TwoHeaps, "what is shared in a message stays shared", "[vm][message]") {
    const Value part = array_of({integer(1)});
    const Value back = sent(array_of({part, part}));
    const ArrayObject& array = *back.as_array();
    CHECK(array.elements[0].object() == array.elements[1].object());
    CHECK(array.elements[0].object()->references == 2);
    CHECK(array.elements[0].object() != part.object());
}

TEST_CASE_METHOD(TwoHeaps, "a cycle through a variable arrives as a cycle", "[vm][message]") {
    CellObject* cell = new_cell(Value());
    const Value variable = Value::adopt(cell);
    cell->value = array_of({variable});
    const Value back = sent(array_of({variable}));
    const Value& copy = back.as_array()->elements[0];
    CHECK(copy.as<CellObject>()->value.as_array()->elements[0].object() == copy.object());
    CHECK(copy.object() != variable.object());
    cell->value.set_null();
    copy.as<CellObject>()->value.set_null();
}

TEST_CASE_METHOD(TwoHeaps, "a large block that nobody else holds is handed over", "[vm][message]") {
    Value numbers = Value::adopt(new_array(1000));
    for (int i = 0; i < 1000; ++i) REQUIRE(array_push(numbers.as_array(), integer(i)));
    const Value* const block = numbers.as_array()->elements;
    CHECK(sent(std::move(numbers)).as_array()->elements == block);

    Value string = make_string(std::string(10'000, 'x'));
    const Object* const object = string.object();
    CHECK(sent(std::move(string)).object() == object);

    // Inside a value that is held once, too.
    Value inner = make_string(std::string(10'000, 'y'));
    const Object* const inner_object = inner.object();
    Value outer = array_of({integer(1)});
    REQUIRE(array_push(outer.as_array(), std::move(inner)));
    CHECK(sent(std::move(outer)).as_array()->elements[1].object() == inner_object);
}

TEST_CASE_METHOD(TwoHeaps, "a large block that somebody else holds is copied", "[vm][message]") {
    const Value string = make_string(std::string(10'000, 'x'));
    const Value back = sent(string);
    CHECK(back.object() != string.object());
    CHECK(represented(back) == represented(string));
}

TEST_CASE_METHOD(TwoHeaps, "a value nests as deep as memory allows", "[vm][message]") {
    Value back = sent(nested(300'000, integer(7)));
    std::size_t depth = 0;
    while (back.is_array()) {
        back = Value(back.as_array()->elements[0]);
        ++depth;
    }
    CHECK(depth == 300'000);
    CHECK(back.as_int() == 7);
}

TEST_CASE_METHOD(TwoHeaps, "a message may be read more than once, and dropped unread", "[vm][message]") {
    const Value value = array_of({make_string(std::string(10'000, 'z')), text("small")});
    Message message;
    REQUIRE(write_message(vm, value, Sending::Value, message));
    Value first, second;
    REQUIRE(copy_message(vm, message, first));
    REQUIRE(copy_message(vm, message, second));
    CHECK(represented(first) == represented(second));
    Message unread;
    REQUIRE(write_message(vm, value, Sending::Value, unread));
}

TEST_CASE_METHOD(TwoHeaps, "what does not fit below the heap's limit is refused", "[vm][message]") {
    Value large = Value::adopt(new_array(100'000));
    for (int i = 0; i < 100'000; ++i) REQUIRE(array_push(large.as_array(), integer(i)));
    vm.heap.set_limit(vm.heap.counters.live_bytes + 1000);
    Message message;
    CHECK_FALSE(write_message(vm, large, Sending::Value, message));
    CHECK(message.is_empty());
    CHECK(raised() == "value: Out of memory: the message is too large");
}

TEST_CASE_METHOD(TwoHeaps, "plain constants are frozen, others are not", "[vm][message]") {
    const Value plain = array_of({text("é"), dict_of({{text("a"), integer(1)}})});
    CHECK(freeze(plain));
    CHECK(plain.as_array()->elements[0].as_string()->length == 1);
    static const Object* immortal = nullptr;   // nobody frees it; where a leak is looked for, it is found here
    immortal = plain.object();
    CHECK(immortal->is_immortal());
    const Value other = array_of({Value::adopt(new_cell(Value()))});
    CHECK_FALSE(freeze(other));
    CHECK_FALSE(other.object()->is_immortal());
}

}  // namespace
}  // namespace ruff::vm
