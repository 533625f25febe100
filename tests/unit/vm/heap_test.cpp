#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <vector>

#include "core/vm/code.h"
#include "core/vm/function.h"
#include "tests/unit/vm/vm_fixture.h"

using namespace ruff::vm;

namespace {

Value new_cell_value(Value content = Value::null()) { return Value::adopt(new_cell(std::move(content))); }
void set_cell(const Value& cell, Value content) { cell.as<CellObject>()->value = std::move(content); }

/// cell -> array -> dict -> closure -> cell
Value make_ring() {
    static Code code;
    const Value cell = new_cell_value();
    FunctionObject* closure = new_closure(&code, 1);
    closure->captures()[0] = cell;
    const Value dict = Value::adopt(&new_dict(0)->head);
    REQUIRE(dict_set(dict.as_dict(), text("callback"), Value::adopt(closure)));
    set_cell(cell, array_of({integer(1), dict, text("some text of a few bytes")}));
    return cell;
}

}  // namespace

TEST_CASE("blocks of every size come back", "[vm][heap]") {
    HeapFixture fixture;
    std::vector<std::pair<char*, std::size_t>> blocks;
    for (std::size_t size = 1; size < 3000; size += 7) {
        auto* memory = static_cast<char*>(fixture.heap.allocate(size));
        REQUIRE(reinterpret_cast<std::uintptr_t>(memory) % 16 == 0);
        std::memset(memory, static_cast<int>(size & 0xff), size);
        blocks.emplace_back(memory, size);
    }
    for (auto& [memory, size] : blocks) {
        const std::size_t grown = size * 3 / 2 + 1;
        memory = static_cast<char*>(fixture.heap.reallocate(memory, size, grown));
        for (std::size_t i = 0; i < size; i += 11) REQUIRE(static_cast<unsigned char>(memory[i]) == (size & 0xff));
        size = grown;
    }
    CHECK(fixture.heap.live_blocks() == blocks.size());
    for (const auto& [memory, size] : blocks) fixture.heap.deallocate(memory, size);
    CHECK(fixture.heap.live_blocks() == 0);
}

TEST_CASE("a value a million deep is freed without a deep stack", "[vm][heap]") {
    HeapFixture fixture;
    Value deep = nested(1'000'000, text("the innermost"));
    deep = Value::null();
    CHECK(fixture.heap.live_blocks() == 0);
    Value dict = Value::null();
    for (int i = 0; i < 300'000; ++i) {
        DictObject* outer = new_dict(1);
        REQUIRE(dict_set(outer, text("next"), std::move(dict)));
        dict = Value::adopt(&outer->head);
    }
    dict = Value::null();
    CHECK(fixture.heap.live_blocks() == 0);
}

TEST_CASE("a cycle through data is freed when nobody holds it", "[vm][heap]") {
    HeapFixture fixture;
    Value ring = make_ring();
    const std::size_t blocks = fixture.heap.live_blocks();
    fixture.heap.collect_cycles();
    CHECK(fixture.heap.live_blocks() == blocks);
    CHECK(shown(ring.as<CellObject>()->value).substr(0, 3) == "[1,");
    ring = Value::null();
    CHECK(fixture.heap.live_blocks() == blocks);
    fixture.heap.collect_cycles();
    CHECK(fixture.heap.live_blocks() == 0);
    CHECK(fixture.heap.counters.cycles_freed == 2);
    CHECK(fixture.heap.tracked_count() == 0);
}

TEST_CASE("a cycle held in its middle lives, by data too", "[vm][heap]") {
    HeapFixture fixture;
    Value held;
    {
        const Value ring = make_ring();
        held = ring.as<CellObject>()->value;   // the array, itself not tracked
    }
    fixture.heap.collect_cycles();
    CHECK(held.as_array()->size == 3);
    CHECK(dict_find(held.as_array()->elements[1].as_dict(), "callback") != nullptr);
    held = Value::null();
    fixture.heap.collect_cycles();
    CHECK(fixture.heap.live_blocks() == 0);
}

TEST_CASE("shared data inside garbage survives when it is held outside", "[vm][heap]") {
    HeapFixture fixture;
    const Value kept = array_of({text("kept alive by the test"), integer(7)});
    {
        const Value a = new_cell_value(), b = new_cell_value();
        set_cell(a, array_of({b, kept}));
        set_cell(b, array_of({a, kept, kept}));
    }
    fixture.heap.collect_cycles();
    CHECK(shown(kept) == "[\"kept alive by the test\", 7]");
    CHECK(kept.object()->references == 1);
}

TEST_CASE("random graphs of cells: exactly what is reachable lives", "[vm][heap]") {
    for (unsigned seed = 0; seed < 60; ++seed) {
        HeapFixture fixture;
        std::srand(seed);
        const auto pick = [](std::size_t n) { return static_cast<std::size_t>(std::rand()) % n; };
        std::vector<Value> cells;
        for (int i = 0; i < 60; ++i) cells.push_back(new_cell_value());
        std::vector<std::vector<std::size_t>> edges(cells.size());
        for (std::size_t i = 0; i < cells.size(); ++i) {
            Value list = Value::adopt(new_array(0));
            for (std::size_t n = pick(3); n > 0; --n) {
                edges[i].push_back(pick(cells.size()));
                REQUIRE(array_push(list.as_array(), Value(cells[edges[i].back()])));
            }
            set_cell(cells[i], std::move(list));
        }
        std::vector<bool> lives(cells.size());
        std::vector<std::size_t> pending;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (pick(10) == 0) pending.push_back(i);
        }
        std::vector<Value> held;
        for (const std::size_t i : pending) held.push_back(cells[i]);
        while (!pending.empty()) {
            const std::size_t i = pending.back();
            pending.pop_back();
            if (lives[i]) continue;
            lives[i] = true;
            for (const std::size_t next : edges[i]) pending.push_back(next);
        }
        cells.clear();
        fixture.heap.collect_cycles();
        REQUIRE(fixture.heap.tracked_count() == static_cast<std::size_t>(std::count(lives.begin(), lives.end(), true)));
        held.clear();
    }
}

TEST_CASE("collections come by themselves and in proportion", "[vm][heap]") {
    HeapFixture fixture;
    for (int i = 0; i < 100'000; ++i) (void)make_ring();
    CHECK(fixture.heap.counters.cycle_collections >= 3);
    CHECK(fixture.heap.tracked_count() < 60'000);
    // Many that live: few collections.
    std::vector<Value> cells;
    const std::uint64_t before = fixture.heap.counters.cycle_collections;
    for (int i = 0; i < 300'000; ++i) cells.push_back(new_cell_value(integer(i)));
    CHECK(fixture.heap.counters.cycle_collections - before < 8);
}

TEST_CASE("under stress every tracked allocation collects", "[vm][heap]") {
    HeapFixture fixture;
    fixture.heap.set_stress(true);
    for (int i = 0; i < 200; ++i) (void)make_ring();
    CHECK(fixture.heap.counters.cycle_collections >= 400);
    CHECK(fixture.heap.tracked_count() <= 4);
}

TEST_CASE("small objects beyond the limit raise an alarm", "[vm][heap]") {
    HeapFixture fixture;
    std::atomic<std::uint32_t> flags{1};
    fixture.heap.set_alarm(&flags, 8);
    fixture.heap.set_limit(4 * 1024 * 1024);
    std::vector<Value> all;
    while (flags == 1 && all.size() < 1'000'000) all.push_back(text("a string of some bytes"));
    CHECK(flags == 9);
    CHECK(all.size() > 50'000);
    CHECK(fixture.heap.allocate(100'000) == nullptr);
}
