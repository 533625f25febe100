#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/vm/vm_fixture.h"

using namespace ruff::vm;

namespace {

/// Text of `count` code points, mixed from one to four bytes.
std::string mixed_text(std::size_t count) {
    static const char* const kPieces[] = {"a", "é", "日", "🎉", "b"};
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += kPieces[(i * 7 + i / 3) % 5];
    return all;
}

std::vector<std::string> split_code_points(const std::string& all) {
    std::vector<std::string> points;
    for (const char c : all) {
        if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) points.emplace_back();
        points.back() += c;
    }
    return points;
}

}  // namespace

TEST_CASE("short strings are shared, constants are interned", "[vm][string]") {
    HeapFixture fixture;
    CHECK(text("").object() == text("").object());
    CHECK(text("x").object() == &intern("x")->head);
    CHECK(text("é").object() != &intern("é")->head);
    CHECK(intern("hello") == intern("hello"));
    CHECK(intern("hello") == find_interned("hello"));
    CHECK(find_interned("never interned by anyone") == nullptr);
    CHECK(strings_equal(text("hello").as_string(), intern("hello")));
    CHECK_FALSE(strings_equal(intern("hello"), intern("hellp")));
    CHECK(intern("hello")->head.is_immortal());
    CHECK(string_hash(intern("é")) == string_hash(text("é").as_string()));
}

TEST_CASE("threads intern the same text as the same object", "[vm][string]") {
    std::vector<std::vector<StringObject*>> found(4);
    std::vector<std::thread> threads;
    for (auto& list : found) {
        threads.emplace_back([&list] {
            for (int i = 0; i < 2000; ++i) list.push_back(intern("name" + std::to_string(i)));
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const auto& list : found) CHECK(list == found[0]);
}

TEST_CASE("code points of long mixed text", "[vm][string]") {
    HeapFixture fixture;
    for (const std::size_t count : {3u, 64u, 200u, 1000u, 5000u}) {
        const std::string all = mixed_text(count);
        const std::vector<std::string> points = split_code_points(all);
        const Value value = text(all);
        StringObject* string = value.as_string();
        REQUIRE(string_length(string) == points.size());
        std::mt19937 random(7);
        for (int i = 0; i < 500; ++i) {
            const auto index = static_cast<std::uint32_t>(random() % points.size());
            REQUIRE(string_at(string, index).as_string()->view() == points[index]);
            REQUIRE(code_point_index(string, byte_offset(string, index)) == index);
            const auto end = index + static_cast<std::uint32_t>(random() % (points.size() - index + 1));
            std::string expected;
            for (auto p = index; p < end; ++p) expected += points[p];
            REQUIRE(string_slice(string, index, end).as_string()->view() == expected);
        }
        REQUIRE(byte_offset(string, static_cast<std::uint32_t>(points.size())) == all.size());
        std::uint32_t offset = 0;
        for (const std::string& point : points) REQUIRE(next_character(string, offset).as_string()->view() == point);
        REQUIRE(offset == all.size());
    }
}

TEST_CASE("appending keeps breadcrumbs, length and hash true", "[vm][string]") {
    HeapFixture fixture;
    std::string model = mixed_text(600);
    Value value = text(model);
    for (int i = 0; i < 300; ++i) {
        const std::string piece = mixed_text(static_cast<std::size_t>(i % 9));
        REQUIRE(append_in_place(value, piece, is_ascii_text(piece)));
        model += piece;
        const std::vector<std::string> points = split_code_points(model);
        StringObject* string = value.as_string();
        REQUIRE(string->view() == model);
        REQUIRE(string_length(string) == points.size());
        REQUIRE(string_at(string, static_cast<std::uint32_t>(points.size() - 1)).as_string()->view() == points.back());
        REQUIRE(string_hash(string) == hash_bytes(model));
    }
}

TEST_CASE("appending to a shared string leaves the other alone", "[vm][string]") {
    HeapFixture fixture;
    Value a = text("abc");
    Value b = a;
    REQUIRE(append_in_place(a, "def", true));
    CHECK(a.as_string()->view() == "abcdef");
    CHECK(b.as_string()->view() == "abc");
    Value one = text("x");
    REQUIRE(append_in_place(one, "y", true));
    CHECK(one.as_string()->view() == "xy");
    CHECK(text("x").as_string()->view() == "x");
    Value own = text("abcdefgh");
    for (int i = 0; i < 8; ++i) REQUIRE(append_in_place(own, own.as_string()->view(), true));
    CHECK(own.as_string()->size == 8 * 256);
    CHECK(own.as_string()->view().substr(8 * 200, 8) == "abcdefgh");
}

TEST_CASE("appending a piece at a time moves few bytes", "[vm][string]") {
    HeapFixture fixture;
    Value value = text("start");
    std::size_t moves = 0;
    const Object* last = nullptr;
    for (int i = 0; i < 200'000; ++i) {
        REQUIRE(append_in_place(value, "0123456789", true));
        moves += value.object() != last;
        last = value.object();
    }
    CHECK(value.as_string()->size == 2'000'005);
    CHECK(moves < 60);
    CHECK(value.as_string()->is_ascii());
}

TEST_CASE("a builder gives what was appended", "[vm][string]") {
    HeapFixture fixture;
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
        StringBuilder builder(round % 3 == 0 ? 500 : 0);
        std::string model;
        for (std::size_t i = 0, n = random() % 60; i < n; ++i) {
            const std::string piece = mixed_text(random() % 12);
            builder.append(piece);
            builder.append('.');
            model += piece + ".";
        }
        REQUIRE(builder.view() == model);
        const Value value = builder.take();
        REQUIRE(value.as_string()->view() == model);
        REQUIRE(value.as_string()->is_ascii() == is_ascii_text(model));
        REQUIRE(builder.is_empty());
        REQUIRE(value.as_string()->data()[model.size()] == '\0');
    }
    StringBuilder bytes;
    bytes.append(std::string_view("\xff\x00z", 3), false);
    CHECK(shown(bytes.take_bytes()) == "bytes(0xff, 0x00, 0x7a)");
}

TEST_CASE("invalid UTF-8 is found where it stands", "[vm][string]") {
    CHECK(find_invalid_utf8(mixed_text(1000)) == std::string::npos);
    for (const std::string_view bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe6\x97", "\x80"}) {
        for (const std::size_t before : {0u, 1u, 7u, 8u, 9u, 31u, 64u}) {
            CHECK(find_invalid_utf8(std::string(before, 'a') + std::string(bad) + "bcdefghijklmnop") == before);
        }
    }
}

TEST_CASE("ASCII checks and counting at every length and place", "[vm][string]") {
    for (std::size_t size = 0; size < 100; ++size) {
        std::string ascii(size, 'q');
        CHECK(is_ascii_text(ascii));
        CHECK(count_code_points(ascii) == size);
        for (std::size_t at = 0; at < size; ++at) {
            std::string other = ascii;
            other[at] = '\x80';
            CHECK_FALSE(is_ascii_text(other));
            CHECK(count_code_points(other) == size - 1);
        }
    }
    std::string all;
    for (int i = 0; i < 5000; ++i) all += "é";
    CHECK(count_code_points(all) == 5000);
}

TEST_CASE("memory that is refused is reported, not crashed on", "[vm][string]") {
    HeapFixture fixture;
    fixture.heap.set_limit(2 * 1024 * 1024);
    CHECK(make_string(std::string(4 * 1024 * 1024, 'x')).is_null());
    Value value = text("abc");
    const std::string piece(100'000, 'y');
    bool refused = false;
    for (int i = 0; i < 100 && !refused; ++i) refused = !append_in_place(value, piece, true);
    CHECK(refused);
    CHECK(value.as_string()->view().substr(0, 4) == "abcy");
    StringBuilder builder;
    for (int i = 0; i < 100; ++i) builder.append(piece);
    CHECK(builder.has_failed());
    CHECK(builder.take().is_null());
}
