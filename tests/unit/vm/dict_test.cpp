#include <random>
#include <string>
#include <vector>

#include "tests/unit/vm/vm_fixture.h"

using namespace ruff::vm;

namespace {

/// The obvious dict: pairs in order.
struct Model {
    std::vector<std::pair<Value, std::int64_t>> entries;

    std::size_t find(const Value& key) const {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (keys_equal(entries[i].first, key)) return i;
        }
        return entries.size();
    }
    void set(const Value& key, std::int64_t value) {
        const std::size_t i = find(key);
        if (i < entries.size()) {
            entries[i].second = value;
        } else {
            entries.emplace_back(key, value);
        }
    }
    bool remove(const Value& key) {
        const std::size_t i = find(key);
        if (i == entries.size()) return false;
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
    }
};

void check_same(const DictObject* dict, const Model& model) {
    REQUIRE(dict->count == model.entries.size());
    std::size_t n = 0;
    for (std::uint32_t i = dict_next(dict, 0); i < dict->used; i = dict_next(dict, i + 1), ++n) {
        REQUIRE(n < model.entries.size());
        REQUIRE(shown(dict->entries[i].key) == shown(model.entries[n].first));
        REQUIRE(dict->entries[i].value.as_int() == model.entries[n].second);
    }
    REQUIRE(n == model.entries.size());
}

Value any_key(std::mt19937& random, int variety) {
    const auto n = static_cast<std::int64_t>(random() % static_cast<unsigned>(variety));
    switch (random() % 8) {
        case 0: return integer(n * 1024);
        case 1: return integer(n);
        case 2: return Value::floating(static_cast<double>(n) / 2);
        case 3: return Value::adopt(intern("key" + std::to_string(n)));
        case 4: return text("key" + std::to_string(n));
        case 5: return array_of({integer(n), text("in an array")});
        case 6: return Value::boolean(n % 2 == 0);
        default: return text(std::to_string(n));
    }
}

void run_model(unsigned seed, int variety, unsigned removals) {
    HeapFixture fixture;
    std::mt19937 random(seed);
    Value value = Value::adopt(&new_dict(0)->head);
    Model model;
    std::vector<Value> copies;
    std::vector<Model> copied_models;
    for (int step = 0; step < 4000; ++step) {
        const Value key = any_key(random, variety);
        DictObject* dict = unshare_dict(value);
        const unsigned choice = random() % 100;
        if (choice < removals) {
            Value removed;
            const bool was_there = model.find(key) < model.entries.size();
            REQUIRE(dict_remove(dict, key, &removed) == was_there);
            if (was_there) REQUIRE(removed.as_int() == model.entries[model.find(key)].second);
            model.remove(key);
        } else if (choice < removals + 5 && !model.entries.empty()) {
            const Value oldest = dict->entries[dict_next(dict, 0)].key;
            REQUIRE(keys_equal(oldest, model.entries[0].first));
            REQUIRE(dict_remove(dict, oldest, nullptr));
            model.entries.erase(model.entries.begin());
        } else if (choice == 99 && random() % 8 == 0) {
            dict_clear(dict);
            model.entries.clear();
        } else if (choice == 98) {
            copies.push_back(value);
            copied_models.push_back(model);
        } else {
            REQUIRE(dict_set(dict, key, integer(step)));
            model.set(key, step);
        }
        const Value probe = any_key(random, variety);
        const Value* found = dict_find(value.as_dict(), probe);
        const std::size_t expected = model.find(probe);
        REQUIRE((found != nullptr) == (expected < model.entries.size()));
        if (found) REQUIRE(found->as_int() == model.entries[expected].second);
        if (probe.is_string()) {
            REQUIRE(dict_find(value.as_dict(), probe.as_string()) == found);
            REQUIRE(dict_find(value.as_dict(), probe.as_string()->view()) == found);
        }
        if (step % 16 == 0) check_same(value.as_dict(), model);
    }
    check_same(value.as_dict(), model);
    for (std::size_t i = 0; i < copies.size(); ++i) check_same(copies[i].as_dict(), copied_models[i]);
}

}  // namespace

TEST_CASE("dicts behave as a list of pairs under random changes", "[vm][dict]") {
    for (unsigned seed = 0; seed < 3; ++seed) {
        run_model(seed, 3, 40);     // small, no index
        run_model(seed, 10, 30);    // around the change from one form to the other
        run_model(seed, 200, 15);   // large
        run_model(seed, 200, 45);   // mostly removing
    }
}

TEST_CASE("numbers are one key when they are equal", "[vm][dict]") {
    HeapFixture fixture;
    for (const int filler : {0, 50}) {
        const Value owner = Value::adopt(&new_dict(0)->head);
        DictObject* dict = owner.as_dict();
        for (int i = 0; i < filler; ++i) REQUIRE(dict_set(dict, integer(1000 + i), integer(i)));
        REQUIRE(dict_set(dict, integer(1), integer(10)));
        REQUIRE(dict_set(dict, Value::floating(1.0), integer(11)));
        REQUIRE(dict_set(dict, text("1"), integer(12)));
        REQUIRE(dict_set(dict, Value::boolean(true), integer(13)));
        REQUIRE(dict_set(dict, Value::floating(-0.0), integer(14)));
        REQUIRE(dict_set(dict, integer(0), integer(15)));
        CHECK(dict->count == static_cast<std::uint32_t>(filler) + 4);
        CHECK(dict_find(dict, integer(1))->as_int() == 11);
        CHECK(dict_find(dict, Value::floating(0.0))->as_int() == 15);
        // 2^53 + 1 as an int is no float.
        REQUIRE(dict_set(dict, integer(9007199254740993), integer(1)));
        CHECK(dict_find(dict, Value::floating(9007199254740992.0)) == nullptr);
        CHECK(dict_find(dict, Value::floating(0x1p63)) == nullptr);
    }
}

TEST_CASE("what may not be a key says why", "[vm][dict]") {
    HeapFixture fixture;
    CHECK(key_refusal(text("a")).empty());
    CHECK(key_refusal(Value::null()).empty());
    CHECK(key_refusal(array_of({integer(1), array_of({Value::floating(0.5)})})).empty());
    CHECK(key_refusal(Value::floating(std::numeric_limits<double>::quiet_NaN())) == "NaN");
    CHECK(key_refusal(array_of({array_of({Value::floating(std::numeric_limits<double>::quiet_NaN())})})) == "NaN");
    CHECK(key_refusal(nested(200'000, integer(1))).empty());
}

TEST_CASE("deep and wide keys hash and compare by content", "[vm][dict]") {
    HeapFixture fixture;
    CHECK(hash_key(nested(200'000, text("x"))) == hash_key(nested(200'000, text("x"))));
    CHECK(keys_equal(nested(200'000, text("x")), nested(200'000, text("x"))));
    CHECK_FALSE(keys_equal(nested(200'000, text("x")), nested(200'000, text("y"))));
    CHECK(hash_key(array_of({integer(1), integer(2)})) != hash_key(array_of({integer(2), integer(1)})));
    const auto dict_of = [](std::initializer_list<std::pair<const char*, int>> pairs) {
        const Value value = Value::adopt(&new_dict(0)->head);
        for (const auto& [key, number] : pairs) REQUIRE(dict_set(value.as_dict(), text(key), integer(number)));
        return value;
    };
    CHECK(hash_key(dict_of({{"a", 1}, {"b", 2}})) == hash_key(dict_of({{"b", 2}, {"a", 1}})));
    CHECK(hash_key(dict_of({{"a", 1}, {"b", 2}})) != hash_key(dict_of({{"a", 2}, {"b", 1}})));
    CHECK(keys_equal(dict_of({{"a", 1}, {"b", 2}}), dict_of({{"b", 2}, {"a", 1}})));
}

TEST_CASE("a dict used as a queue finds its oldest entry at once", "[vm][dict]") {
    HeapFixture fixture;
    const Value owner = Value::adopt(&new_dict(0)->head);
    DictObject* dict = owner.as_dict();
    std::size_t looked_at = 0;
    for (std::int64_t i = 0; i < 200'000; ++i) {
        REQUIRE(dict_set(dict, integer(i), integer(i)));
        if (i < 1000) continue;
        const std::uint32_t first = dict_next(dict, 0);
        looked_at += first - dict->first + 1;
        REQUIRE(dict->entries[first].key.as_int() == i - 1000);
        REQUIRE(dict_remove(dict, integer(i - 1000), nullptr));
    }
    CHECK(dict->count == 1000);
    CHECK(looked_at < 250'000);
    CHECK(dict->capacity < 10'000);
}

TEST_CASE("an emptied dict gives its memory back", "[vm][dict]") {
    HeapFixture fixture;
    const Value owner = Value::adopt(&new_dict(0)->head);
    DictObject* dict = owner.as_dict();
    for (std::int64_t i = 0; i < 100'000; ++i) REQUIRE(dict_set(dict, integer(i), integer(i)));
    for (std::int64_t i = 99'999; i > 0; --i) REQUIRE(dict_remove(dict, integer(i), nullptr));
    CHECK(dict->count == 1);
    CHECK(dict->capacity < 1000);
    CHECK(shown(owner) == "{0: 0}");
}

TEST_CASE("refused memory leaves a dict usable", "[vm][dict]") {
    HeapFixture fixture;
    fixture.heap.set_limit(1024 * 1024);
    const Value owner = Value::adopt(&new_dict(0)->head);
    DictObject* dict = owner.as_dict();
    std::int64_t count = 0;
    while (dict_set(dict, integer(count), integer(count))) ++count;
    CHECK(count > 10'000);
    CHECK(dict->count == static_cast<std::uint32_t>(count));
    for (std::int64_t i = 0; i < count; ++i) REQUIRE(dict_find(dict, integer(i))->as_int() == i);
    CHECK(dict_remove(dict, integer(0), nullptr));
    CHECK(dict_find(dict, integer(0)) == nullptr);
    CHECK(dict_find(dict, integer(count)) == nullptr);
}

TEST_CASE("strided and clustered ints spread over the index", "[vm][dict]") {
    HeapFixture fixture;
    for (const std::int64_t stride : {1ll, 8ll, 1024ll, 65536ll, 1ll << 32, 1ll << 48, -4096ll}) {
        const Value owner = Value::adopt(&new_dict(0)->head);
        DictObject* dict = owner.as_dict();
        for (std::int64_t i = 0; i < 3000; ++i) REQUIRE(dict_set(dict, integer(i * stride), integer(i)));
        // The longest run of full slots says how far a miss has to look.
        std::uint32_t run = 0, longest = 0;
        for (std::uint32_t slot = 0; slot <= dict->index_mask; ++slot) {
            run = dict->index[slot] == 0xffffffff ? 0 : run + 1;
            longest = std::max(longest, run);
        }
        CHECK(longest < 200);
    }
}
