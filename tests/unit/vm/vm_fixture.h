#pragma once
// A heap for tests of values that need no isolate.

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/heap.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "tests/support/catch.h"

namespace ruff::vm {

/// The thread's heap while it lives. At its end every object must have been freed.
class HeapFixture {
public:
    HeapFixture() { set_current_heap(&heap); }
    ~HeapFixture() {
        heap.collect_cycles();
        CHECK(heap.live_blocks() == 0);
        set_current_heap(nullptr);
    }
    Heap heap;
};

inline Value integer(std::int64_t value) { return Value::integer(value); }
inline Value text(std::string_view value) { return make_string(value); }

inline Value array_of(std::initializer_list<Value> elements) {
    ArrayObject* array = new_array(elements.size());
    for (const Value& element : elements) REQUIRE(array_push(array, Value(element)));
    return Value::adopt(array);
}

inline std::string shown(const Value& value) {
    StringBuilder out;
    display_plainly(value, out);
    return std::string(out.view());
}
inline std::string represented(const Value& value) {
    StringBuilder out;
    represent_plainly(value, out);
    return std::string(out.view());
}

/// `depth` arrays inside each other around `inner`.
inline Value nested(std::size_t depth, Value inner) {
    for (std::size_t i = 0; i < depth; ++i) {
        ArrayObject* array = new_array(1);
        REQUIRE(array_push(array, std::move(inner)));
        inner = Value::adopt(array);
    }
    return inner;
}

}  // namespace ruff::vm
