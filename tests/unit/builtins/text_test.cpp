#include "core/builtins/base64.h"
#include "core/builtins/format_template.h"
#include "core/builtins/text_case.h"
#include "core/builtins/text_escapes.h"
#include "core/builtins/text_layout.h"
#include "core/builtins/unicode_text.h"
#include "tests/support/catch.h"

using namespace ruff;
using namespace ruff::builtins;

TEST_CASE("letter case follows Unicode in full", "[builtins][text]") {
    CHECK(to_upper("straße ŉ ﬁ") == "STRASSE ʼN FI");
    CHECK(to_upper("\xCE\x90") == "\xCE\x99\xCC\x88\xCC\x81");
    CHECK(to_lower("ÀÉÎ") == "àéî");
    CHECK(to_lower("ΟΔΥΣΣΕΥΣ ΣΑΣ.") == "οδυσσευς σας.");
    CHECK(to_lower("Σ") == "σ");
    CHECK(to_lower("\xC4\xB0") == "i\xCC\x87");
    CHECK(capitalize("ßa") == "Ssa");
    CHECK(title_case("the old man's SEA-side") == "The Old Man's Sea-Side");
    CHECK(title_case("ǆabc") == "ǅabc");
    CHECK(to_upper("") == "");
}

TEST_CASE("classes of characters look at whole texts", "[builtins][text]") {
    CHECK(is_all_digits("٣42"));
    CHECK_FALSE(is_all_digits("4²"));
    CHECK_FALSE(is_all_digits(""));
    CHECK(is_all_letters("Straßeжλ"));
    CHECK_FALSE(is_all_letters("a b"));
    CHECK(is_all_letters_and_digits("a1ж"));
    CHECK(is_all_blank(" \t\n\xC2\xA0\xE2\x80\xA8"));
    CHECK(is_all_upper("ÀB1-"));
    CHECK_FALSE(is_all_upper("1-"));
    CHECK(is_all_lower("àb1"));
    CHECK_FALSE(is_all_lower("aB"));
}

TEST_CASE("normal forms", "[builtins][text]") {
    CHECK(normalize("e\xCC\x81", "NFC") == "é");
    CHECK(normalize("é", "NFD") == "e\xCC\x81");
    CHECK(normalize("ﬁ²", "NFKC") == "fi2");
    CHECK(normalize("가", "NFD").value().size() == 6);
    CHECK_FALSE(normalize("a", "nfc").has_value());
}

TEST_CASE("words of an identifier", "[builtins][text]") {
    CHECK(to_snake_case("parseHTTPResponse code") == "parse_http_response_code");
    CHECK(to_snake_case("already_snake__case") == "already_snake_case");
    CHECK(to_snake_case("v2Beta10Test") == "v2_beta10_test");
    CHECK(to_kebab_case("ÉcoleNormale") == "école-normale");
    CHECK(to_camel_case("user-first_name ID") == "userFirstNameId");
    CHECK(to_camel_case("") == "");
    CHECK(slugify("  Crème brûlée, 2nd try! ") == "creme-brulee-2nd-try");
    CHECK(slugify("Ærø & Łódź") == "aero-lodz");
    CHECK(slugify("!!!") == "");
}

TEST_CASE("dedent and wrap", "[builtins][text]") {
    CHECK(dedent("  a\n    b\n\n   \n  c") == "a\n  b\n\n\nc");
    CHECK(dedent("\ta\n  b") == "\ta\n  b");
    CHECK(dedent("") == "");
    CHECK(wrap("the quick brown fox", 10) == "the quick\nbrown fox");
    CHECK(wrap("a verylongword b", 4) == "a\nverylongword\nb");
    CHECK(wrap("  one two\nthree", 6) == "  one\n  two\nthree");
    CHECK(wrap("日本 語", 5) == "日本\n語");
    CHECK(wrap("", 5) == "");
}

TEST_CASE("escapes for URLs and HTML", "[builtins][text]") {
    std::size_t bad = 0;
    CHECK(url_encode("a b~é/") == "a%20b~%C3%A9%2F");
    CHECK(url_decode("a%20b%c3%A9+", bad) == "a bé+");
    CHECK_FALSE(url_decode("ab%2", bad).has_value());
    CHECK(bad == 2);
    CHECK_FALSE(url_decode("%zz", bad).has_value());
    CHECK(html_escape("<a href='x'>\"&\"") == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;");
    CHECK(html_unescape("&lt;&eacute;&#8364;&#x41;&unknown;&amp &#xD800;") ==
          "<é€A&unknown;&amp \xEF\xBF\xBD");
    CHECK(html_unescape("&thetasym;&zwnj;") == "ϑ\xE2\x80\x8C");
}

TEST_CASE("base64", "[builtins][text]") {
    std::size_t bad = 0;
    CHECK(encode_base64("", false) == "");
    CHECK(encode_base64("f", false) == "Zg==");
    CHECK(encode_base64("fo", false) == "Zm8=");
    CHECK(encode_base64("foobar", false) == "Zm9vYmFy");
    CHECK(encode_base64("\xFB\xFF", true) == "-_8");
    CHECK(decode_base64("Zm9v\nYmE=", false, bad) == "fooba");
    CHECK(decode_base64("Zm8", false, bad) == "fo");
    CHECK(decode_base64("-_8", true, bad) == "\xFB\xFF");
    CHECK_FALSE(decode_base64("Zm9*", false, bad).has_value());
    CHECK(bad == 3);
    CHECK_FALSE(decode_base64("Z", false, bad).has_value());
    CHECK_FALSE(decode_base64("Zg=", false, bad).has_value());
    CHECK_FALSE(decode_base64("Zg==Zg", false, bad).has_value());
    CHECK_FALSE(decode_base64("-_8", false, bad).has_value());
}

namespace {

FormatSpec spec_of(std::string_view text) {
    auto pieces = parse_format_template("{:" + std::string(text) + "}");
    REQUIRE(pieces);
    return (*pieces)[0].spec;
}

std::string integer(std::int64_t value, std::string_view spec) {
    return *format_integer(value, spec_of(spec));
}
std::string floating(double value, std::string_view spec) {
    return *format_float(value, "1.5", spec_of(spec));
}
std::string text(std::string_view value, std::string_view spec) { return *format_text(value, spec_of(spec)); }

}  // namespace

TEST_CASE("format: numbers", "[builtins][format]") {
    CHECK(integer(42, "") == "42");
    CHECK(integer(42, "5") == "   42");
    CHECK(integer(42, "<5") == "42   ");
    CHECK(integer(42, "*^6") == "**42**");
    CHECK(integer(-42, "06") == "-00042");
    CHECK(integer(42, "+") == "+42");
    CHECK(integer(1234567, ",") == "1,234,567");
    CHECK(integer(-1234, "_") == "-1_234");
    CHECK(integer(255, "x") == "ff");
    CHECK(integer(255, "#X") == "0XFF");
    CHECK(integer(255, "#06x") == "0x00ff");
    CHECK(integer(5, "b") == "101");
    CHECK(integer(INT64_MIN, "d") == "-9223372036854775808");
    CHECK(integer(2, ".2f") == "2.00");
    CHECK(integer(1, "%") == "100.000000%");
    CHECK(floating(3.14159, ".2f") == "3.14");
    CHECK(floating(2.675, ".2f") == "2.67");
    CHECK(floating(1234567.891, ",.2f") == "1,234,567.89");
    CHECK(floating(-0.5, "08.3f") == "-000.500");
    CHECK(floating(0.25, ".1%") == "25.0%");
    CHECK(floating(12345.678, ".3e") == "1.235e+04");
    CHECK(floating(0.0001234, "g") == "0.0001234");
    CHECK(floating(1e300 * 1e10, "6.1f") == "   inf");
    CHECK(floating(1.5, "") == "1.5");
    CHECK(floating(1.23456, ".3") == "1.23");
}

TEST_CASE("format: texts", "[builtins][format]") {
    CHECK(text("ab", ">4") == "  ab");
    CHECK(text("ab", "4") == "ab  ");
    CHECK(text("héllo", ".2") == "hé");
    CHECK(text("é", "·^3") == "·é·");
    CHECK_FALSE(format_text("a", spec_of("d")));
    CHECK_FALSE(format_text("a", spec_of("05")));
    CHECK_FALSE(format_float(1.5, "1.5", spec_of("x")));
}

TEST_CASE("format: templates", "[builtins][format]") {
    auto pieces = parse_format_template("a{{{}}}{1:>3}{name:x}");
    REQUIRE(pieces);
    REQUIRE(pieces->size() == 5);
    CHECK((*pieces)[0].text == "a{");
    CHECK((*pieces)[1].kind == FormatPiece::Kind::Next);
    CHECK((*pieces)[2].text == "}");
    CHECK((*pieces)[3].position == 1);
    CHECK((*pieces)[4].text == "name");
    CHECK_FALSE(parse_format_template("{"));
    CHECK_FALSE(parse_format_template("}"));
    CHECK_FALSE(parse_format_template("{0x}"));
    CHECK_FALSE(parse_format_template("{:q}"));
    CHECK_FALSE(parse_format_template("{:99999999}"));
    CHECK_FALSE(parse_format_template("{:.}"));
}
