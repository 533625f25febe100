#include <cstdio>
#include <string>

#include "core/support/arena.h"
#include "core/support/interner.h"
#include "core/support/line_index.h"
#include "core/support/source_file.h"
#include "core/support/utf8.h"
#include "tests/support/catch.h"

using namespace ruff;

TEST_CASE("a line index counts in each encoding", "[support]") {
    // é takes 2 bytes, 1 UTF-16 unit; 😀 takes 4 bytes, 2 units.
    LineIndex lines("a\xC3\xA9\xF0\x9F\x98\x80z\r\n\nlast");
    CHECK(lines.line_count() == 3);
    CHECK(lines.line_text(0) == "a\xC3\xA9\xF0\x9F\x98\x80z");
    CHECK(lines.line_text(1) == "");
    CHECK(lines.line_text(2) == "last");
    CHECK(lines.position(7, PositionEncoding::Utf8) == LineColumn{0, 7});
    CHECK(lines.position(7, PositionEncoding::Utf16) == LineColumn{0, 4});
    CHECK(lines.position(7, PositionEncoding::Utf32) == LineColumn{0, 3});
    CHECK(lines.offset({0, 4}, PositionEncoding::Utf16) == 7);
    CHECK(lines.offset({0, 3}, PositionEncoding::Utf16) == 3);
    CHECK(lines.offset({0, 99}, PositionEncoding::Utf16) == 8);
    CHECK(lines.offset({9, 0}, PositionEncoding::Utf16) == 15);
    CHECK(lines.position(10) == LineColumn{1, 0});
    CHECK(lines.position(999) == LineColumn{2, 4});
}

TEST_CASE("every offset of a text is found again", "[support]") {
    std::string text = "x\n\xC3\xA9\xC3\xA9\r\n\n\xF0\x9F\x98\x80\n";
    LineIndex lines(text);
    for (PositionEncoding encoding : {PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32}) {
        for (std::uint32_t offset = 0; offset <= text.size(); ++offset) {
            bool is_inside = offset < text.size() && (utf8::is_continuation(text[offset]) || text[offset] == '\n');
            if (!is_inside) CHECK(lines.offset(lines.position(offset, encoding), encoding) == offset);
        }
    }
}

TEST_CASE("UTF-8 is decoded strictly", "[support]") {
    CHECK(utf8::decode("\xC3\xA9", 0).code_point == 0xE9);
    CHECK(utf8::decode("\xF0\x9F\x98\x80", 0).size == 4);
    for (std::string_view bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                 "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xFF"}) {
        CHECK_FALSE(utf8::decode(bad, 0).is_valid);
        CHECK(utf8::find_invalid("0123456789" + std::string(bad)) == 10);
    }
    CHECK(utf8::find_invalid("plain and \xC3\xA9 and \xF0\x9F\x98\x80, long enough") == utf8::npos);
    std::string text;
    for (char32_t c : {U'a', U'\u00E9', U'\u20AC', U'\U0001F600'}) utf8::append(text, c);
    CHECK(text == "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    CHECK(utf8::count_code_points(text) == 4);
}

TEST_CASE("identifiers follow the Unicode categories", "[support]") {
    for (std::string_view good : {"a", "_", "_1", "größe", "имя", "名前", "x\xCC\x81", "ⅷ", "a‿b"}) {
        INFO(good);
        CHECK(utf8::is_identifier(good));
    }
    for (std::string_view bad : {"", "1a", "a-b", "\xCC\x81x", "😀", "a b", "€", "²"}) {
        INFO(bad);
        CHECK_FALSE(utf8::is_identifier(bad));
    }
}

TEST_CASE("display width knows wide and combining characters", "[support]") {
    CHECK(utf8::display_width("abc") == 3);
    CHECK(utf8::display_width("名前") == 4);
    CHECK(utf8::display_width("e\xCC\x81") == 1);
    CHECK(utf8::display_width("😀") == 2);
}

TEST_CASE("normalisation composes", "[support]") {
    CHECK(utf8::to_nfc("e\xCC\x81") == "\xC3\xA9");
    CHECK(utf8::to_nfc("plain") == "plain");
}

TEST_CASE("an interner numbers texts in order", "[support]") {
    Interner interner;
    std::string text = "a";
    Symbol a = interner.intern(text);
    text = "changed";
    CHECK(interner.intern("a") == a);
    CHECK(interner.text(a) == "a");
    for (int i = 0; i < 5000; ++i) {
        Symbol symbol = interner.intern("name" + std::to_string(i));
        REQUIRE(static_cast<int>(symbol) == i + 1);
    }
    Symbol found{};
    CHECK(interner.find("name4999", found));
    CHECK(interner.text(found) == "name4999");
    CHECK_FALSE(interner.find("none", found));
    CHECK(interner.size() == 5001);
}

TEST_CASE("an arena keeps what it gave out, aligned", "[support]") {
    Arena arena;
    std::vector<std::uint64_t*> numbers;
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        (void)arena.copy(std::string_view("x"));
        numbers.push_back(arena.make<std::uint64_t>(i));
    }
    Arena moved = std::move(arena);
    for (std::uint64_t i = 0; i < numbers.size(); ++i) {
        REQUIRE(*numbers[i] == i);
        REQUIRE(reinterpret_cast<std::uintptr_t>(numbers[i]) % alignof(std::uint64_t) == 0);
    }
    CHECK(moved.copy(std::string_view(std::string(5'000'000, 'a'))).size() == 5'000'000);
}

TEST_CASE("a source drops its byte order mark", "[support]") {
    auto source = make_source("a.ruff", "\xEF\xBB\xBFx");
    CHECK(source->text() == "x");
    CHECK(source->had_byte_order_mark());
    CHECK_FALSE(make_source("a.ruff", "x")->had_byte_order_mark());
}

TEST_CASE("what cannot be read is an error with the path and the system's words", "[support]") {
    auto missing = load_source("/no/such/file.ruff");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == ErrorCode::NotFound);
    CHECK(missing.error().message == "cannot read /no/such/file.ruff: No such file or directory");
    auto folder = load_source("/tmp");
    REQUIRE_FALSE(folder);
    CHECK(folder.error().code == ErrorCode::Unreadable);
    auto endless = load_source("/dev/zero");
    REQUIRE_FALSE(endless);
    CHECK(endless.error().code == ErrorCode::TooLarge);
    auto empty = load_source("/dev/null");
    REQUIRE(empty);
    CHECK((*empty)->text().empty());
}
