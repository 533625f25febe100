#include <deque>
#include <random>

#include "tests/unit/vm/vm_fixture.h"

using namespace ruff::vm;

namespace {

void check_same(const Value& value, const std::deque<std::int64_t>& model, bool as_text) {
    const ArrayObject* array = value.as_array();
    REQUIRE(array->size == model.size());
    for (std::size_t i = 0; i < model.size(); ++i) {
        if (as_text) {
            REQUIRE(array->elements[i].as_string()->view() == "v" + std::to_string(model[i]));
        } else {
            REQUIRE(array->elements[i].as_int() == model[i]);
        }
    }
}

/// Random changes, compared with a deque after each.
void run_model(unsigned seed, bool as_text) {
    HeapFixture fixture;
    std::mt19937 random(seed);
    std::deque<std::int64_t> model;
    Value value = Value::adopt(new_array(0));
    std::vector<Value> copies;
    std::vector<std::deque<std::int64_t>> copied_models;
    const auto element = [&](std::int64_t n) { return as_text ? text("v" + std::to_string(n)) : integer(n); };
    for (int step = 0; step < 3000; ++step) {
        ArrayObject* array = unshare_array(value);
        const auto n = static_cast<std::int64_t>(random() % 1000);
        const std::size_t at = model.empty() ? 0 : random() % model.size();
        switch (random() % 14) {
            case 0: case 1: case 2: case 3:
                REQUIRE(array_push(array, element(n)));
                model.push_back(n);
                break;
            case 4:
                REQUIRE(array_insert(array, 0, element(n)));
                model.push_front(n);
                break;
            case 5:
                REQUIRE(array_insert(array, at, element(n)));
                model.insert(model.begin() + static_cast<std::ptrdiff_t>(at), n);
                break;
            case 6: case 7:
                if (!model.empty()) {
                    array_remove_at(array, 0);
                    model.pop_front();
                }
                break;
            case 8:
                if (!model.empty()) {
                    array_remove_at(array, at);
                    model.erase(model.begin() + static_cast<std::ptrdiff_t>(at));
                }
                break;
            case 9:
                if (!model.empty()) {
                    array_pop(array);
                    model.pop_back();
                }
                break;
            case 10:
                if (!model.empty()) {
                    array_set(array, at, element(n));
                    model[at] = n;
                }
                break;
            case 11:
                if (model.size() < 300) {
                    REQUIRE(array_append(array, array->elements, array->size));
                    const auto old = model;
                    model.insert(model.end(), old.begin(), old.end());
                }
                break;
            case 12:
                copies.push_back(value);
                copied_models.push_back(model);
                break;
            case 13:
                if (random() % 10 == 0) {
                    array_clear(array);
                    model.clear();
                } else {
                    array_truncate(array, at);
                    model.resize(at);
                }
                break;
        }
        check_same(value, model, as_text);
    }
    for (std::size_t i = 0; i < copies.size(); ++i) check_same(copies[i], copied_models[i], as_text);
}

}  // namespace

TEST_CASE("arrays behave as a deque under random changes", "[vm][array]") {
    for (unsigned seed = 0; seed < 4; ++seed) {
        run_model(seed, false);
        run_model(seed, true);
    }
}

TEST_CASE("a queue stays small and fast", "[vm][array]") {
    HeapFixture fixture;
    ArrayObject* array = new_array(0);
    const Value owner = Value::adopt(array);
    for (std::int64_t i = 0; i < 100; ++i) REQUIRE(array_push(array, integer(i)));
    for (std::int64_t i = 100; i < 200'000; ++i) {
        REQUIRE(array_push(array, integer(i)));
        REQUIRE(array_remove_at(array, 0).as_int() == i - 100);
    }
    CHECK(array->size == 100);
    CHECK(array->capacity + static_cast<std::size_t>(array->elements - array->block) < 500);
}

TEST_CASE("inserting at the front again and again moves few elements", "[vm][array]") {
    HeapFixture fixture;
    ArrayObject* array = new_array(0);
    const Value owner = Value::adopt(array);
    std::size_t moves = 0;
    const Value* last = nullptr;
    for (std::int64_t i = 0; i < 100'000; ++i) {
        REQUIRE(array_insert(array, 0, integer(i)));
        moves += array->block != last;
        last = array->block;
    }
    CHECK(array->elements[0].as_int() == 99'999);
    CHECK(array->elements[99'999].as_int() == 0);
    CHECK(moves < 80);
}

TEST_CASE("copies happen at the first change of what is shared, once", "[vm][array]") {
    HeapFixture fixture;
    Value a = array_of({integer(1), text("two")});
    REQUIRE(array_push(unshare_array(a), integer(3)));
    CHECK(fixture.heap.counters.cow_copies == 0);
    Value b = a;
    REQUIRE(array_push(unshare_array(b), integer(4)));
    REQUIRE(array_push(unshare_array(b), integer(5)));
    CHECK(fixture.heap.counters.cow_copies == 1);
    CHECK(shown(a) == "[1, \"two\", 3]");
    CHECK(shown(b) == "[1, \"two\", 3, 4, 5]");
}

TEST_CASE("an array that may not grow keeps what it has", "[vm][array]") {
    HeapFixture fixture;
    fixture.heap.set_limit(1024 * 1024);
    Value value = Value::adopt(new_array(0));
    std::int64_t pushed = 0;
    while (array_push(value.as_array(), integer(pushed))) ++pushed;
    CHECK(pushed > 30'000);
    CHECK(value.as_array()->size == static_cast<std::size_t>(pushed));
    CHECK(value.as_array()->elements[pushed - 1].as_int() == pushed - 1);
    CHECK(new_array(1'000'000) == nullptr);
    Value copy = value;
    CHECK(unshare_array(copy) == nullptr);
    CHECK(copy.object() == value.object());
}
