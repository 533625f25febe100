#include "lsp/protocol/json.h"
#include "lsp/protocol/messages.h"
#include "lsp/protocol/uri.h"
#include "tests/support/catch.h"

using namespace ruff::lsp;

TEST_CASE("numbers are written as they are read") {
    for (const char* text : {"0", "-1", "1.5", "9007199254740991", "-0.25", "[1,2.5]"}) {
        const auto json = parse_json(text);
        REQUIRE(json);
        CHECK(write_json(*json) == text);
    }
    CHECK(write_json(*parse_json("1.0")) == "1");
    CHECK(parse_json("1.0")->integer() == 1);
    CHECK_FALSE(parse_json("1.5")->integer());
}

TEST_CASE("text survives, and what is no UTF-8 is replaced") {
    const std::string text = R"("a\"\\\n\té漢🎉\u0001")";
    CHECK(write_json(*parse_json(text)) == text);
    CHECK(write_json(Json(std::string("a\xFFz"))) == "\"a\xEF\xBF\xBDz\"");
    CHECK(parse_json(R"("\ud83c\udf89")")->text() == "🎉");
}

TEST_CASE("what is not one JSON value is refused") {
    for (const char* text : {"", "{", "[1,]", "{} {}", "nul", "\"\xFF\"", "{\"a\" 1}"}) CHECK_FALSE(parse_json(text));
    CHECK(parse_json(" {} \n"));
    CHECK(parse_json(std::string(400, '[') + std::string(400, ']')));
    CHECK_FALSE(parse_json(std::string(100'000, '[')));
}

TEST_CASE("reading what is not there gives null") {
    const Json json = *parse_json(R"({"a": {"b": [1]}})");
    CHECK(json["a"]["b"].items()[0].integer() == 1);
    CHECK(json["x"]["y"]["z"].is_null());
    CHECK(json["a"].text().empty());
    CHECK(json["a"]["b"]["c"].items().empty());
}

TEST_CASE("frames come out whole, however they are cut") {
    const std::string stream = frame_text(R"({"a":1})") + "content-length:  2\r\nContent-Type: x\r\n\r\n{}" + frame_text("");
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        FrameReader reader;
        std::vector<std::string> bodies;
        for (std::size_t at = 0; at < stream.size(); at += size) {
            reader.feed(std::string_view(stream).substr(at, size));
            for (FrameReader::Event event; (event = reader.next()) != FrameReader::Event::None;) {
                CHECK(event == FrameReader::Event::Frame);
                bodies.emplace_back(reader.body());
            }
        }
        CHECK(bodies == std::vector<std::string>{R"({"a":1})", "{}", ""});
    }
}

TEST_CASE("a frame that is too large, or has no length, costs itself alone") {
    FrameReader reader;
    const std::size_t size = kMaxFrameSize + 1;
    reader.feed("Content-Length: " + std::to_string(size) + "\r\n\r\n");
    CHECK(reader.next() == FrameReader::Event::TooLarge);
    const std::string chunk(1024 * 1024, 'x');
    for (std::size_t left = size; left > 0;) {
        const std::size_t count = std::min(left, chunk.size());
        reader.feed(std::string_view(chunk).substr(0, count));
        CHECK(reader.next() == FrameReader::Event::None);
        left -= count;
    }
    reader.feed("X-Nothing: 1\r\n\r\n" + frame_text("[]"));
    CHECK(reader.next() == FrameReader::Event::BadHeader);
    CHECK(reader.next() == FrameReader::Event::Frame);
    CHECK(reader.body() == "[]");
}

TEST_CASE("URIs and paths lead to each other") {
    for (const std::string path : {"/a/b.ruff", "/with space/100%/é漢.ruff", "/a#b?c", "/x/[1]"}) {
        CHECK(path_of_uri(uri_of_path(path)) == path);
    }
    CHECK(uri_of_path("/a b") == "file:///a%20b");
    CHECK(path_of_uri("file:///a/../b/./c") == "/b/c");
    CHECK(path_of_uri("file://localhost/a%20b") == "/a b");
    CHECK(path_of_uri("file:///a%zz") == "/a%zz");
    CHECK(path_of_uri("untitled:Untitled-1").empty());
    CHECK(path_of_uri("file://").empty());
    CHECK(path_of_uri("").empty());
}
