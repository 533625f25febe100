#include "core/support/escape.h"

#include "tests/support/catch.h"

using ruff::json_string;
using ruff::xml_text;

TEST_CASE("JSON strings escape what JSON cannot hold, and nothing else", "[support]") {
    CHECK(json_string("") == R"("")");
    CHECK(json_string("a/b é😀") == R"("a/b é😀")");
    CHECK(json_string("say \"no\" \\ \n\r\t\b\f") == R"("say \"no\" \\ \n\r\t\b\f")");
    CHECK(json_string(std::string_view("\0\x1b\x7f", 3)) == R"("\u0000\u001b\u007f")");
    CHECK(json_string("a\xff\xc3") == "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST_CASE("XML text keeps its line ends in attributes, too", "[support]") {
    CHECK(xml_text("a < b && c > \"d\" é") == "a &lt; b &amp;&amp; c &gt; &quot;d&quot; é");
    CHECK(xml_text("1\n2\t3\r") == "1&#10;2&#9;3&#13;");
    CHECK(xml_text("\x1b[1m\xff") == "?[1m\xEF\xBF\xBD");
}
