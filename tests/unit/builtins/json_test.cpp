#include "core/builtins/json_text.h"

#include <string>

#include "tests/support/catch.h"

using namespace ruff;
using namespace ruff::builtins;

namespace {

// Writes the events down.
class Recorder final : public JsonSink {
  public:
    std::string events;
    void null() override { events += "null "; }
    void boolean(bool value) override { events += value ? "true " : "false "; }
    void integer(std::int64_t value) override { events += "i" + std::to_string(value) + " "; }
    void floating(double value) override {
        events += "f";
        append_json_float(events, value);
        events += " ";
    }
    void string(std::string_view text) override { events += "s:" + std::string(text) + " "; }
    void begin_array() override { events += "[ "; }
    void end_array() override { events += "] "; }
    void begin_object() override { events += "{ "; }
    void key(std::string_view text) override { events += "k:" + std::string(text) + " "; }
    void end_object() override { events += "} "; }
};

std::string read(std::string_view text) {
    Recorder recorder;
    Result<void> result = read_json(text, recorder);
    return result ? recorder.events : "error: " + result.error().message;
}

}  // namespace

TEST_CASE("JSON values are read", "[builtins][json]") {
    CHECK(read(" null ") == "null ");
    CHECK(read("[]") == "[ ] ");
    CHECK(read("{}") == "{ } ");
    CHECK(read(R"({"a": [1, -2.5, {"b": true}], "c": false})") ==
          "{ k:a [ i1 f-2.5 { k:b true } ] k:c false } ");
    CHECK(read("[[],{},[[]]]") == "[ [ ] { } [ [ ] ] ] ");
    CHECK(read("9223372036854775807") == "i9223372036854775807 ");
    CHECK(read("9223372036854776000") == "f9223372036854775808.0 ");
    CHECK(read("-100000000000000000000") == "f-100000000000000000000.0 ");
    CHECK(read("-0") == "i0 ");
    CHECK(read("1e2") == "f100.0 ");
    CHECK(read("1e-400") == "f0.0 ");
    CHECK(read(R"("a\n\"\u00e9\ud83d\ude00\/")") == "s:a\n\"é😀/ ");
}

TEST_CASE("JSON mistakes have their place", "[builtins][json]") {
    CHECK(read("") == "error: unexpected end of the text at line 1, column 1");
    CHECK(read("[1,]") == "error: expected a value at line 1, column 4");
    CHECK(read("[1 2]") == "error: expected `,` or `]` at line 1, column 4");
    CHECK(read("{\"a\":1,}") == "error: expected a key in double quotes at line 1, column 8");
    CHECK(read("{\"a\" 1}") == "error: expected `:` at line 1, column 6");
    CHECK(read("{'a': 1}") == "error: expected a key in double quotes at line 1, column 2");
    CHECK(read("[\n  \"é\", x]") == "error: expected a value at line 2, column 8");
    CHECK(read("01") == "error: a number may not begin with 0 at line 1, column 2");
    CHECK(read("1.") == "error: unexpected end of the text at line 1, column 3");
    CHECK(read("1.e") == "error: expected a digit after the point at line 1, column 3");
    CHECK(read("\"abc") == "error: unterminated string at line 1, column 1");
    CHECK(read("\"a\tb\"") == "error: a control character in a string must be escaped at line 1, column 3");
    CHECK(read(R"("\x")") == "error: unknown escape at line 1, column 2");
    CHECK(read("1 2") == "error: unexpected text after the value at line 1, column 3");
    CHECK(read("nul") == "error: expected a value at line 1, column 1");
    CHECK(read("1e999") == "error: the number is too large at line 1, column 1");
    CHECK(read("[[[") == "error: unexpected end of the text at line 1, column 4");
}

TEST_CASE("JSON nests as deep as memory allows", "[builtins][json]") {
    std::string text = std::string(1'000'000, '[') + std::string(1'000'000, ']');
    Recorder recorder;
    CHECK(read_json(text, recorder));
}

TEST_CASE("JSON numbers are written", "[builtins][json]") {
    auto number = [](double value) {
        std::string text;
        append_json_float(text, value);
        return text;
    };
    CHECK(number(1) == "1.0");
    CHECK(number(-0.1) == "-0.1");
    CHECK(number(1e21) == "1e+21");
    CHECK(number(1.5e-7) == "1.5e-07");
    CHECK(number(0) == "0.0");
}
