// Limits, and that whatever is long is handled in linear time and bounded stack.

#include <chrono>
#include <string>

#include "core/support/render.h"
#include "core/syntax/dump.h"
#include "core/syntax/parser.h"
#include "core/syntax/walk.h"
#include "tests/support/catch.h"

using namespace ruff;
using namespace ruff::syntax;

namespace {

ParseResult parse(std::string text) { return parse_file(make_source("test.ruff", std::move(text))); }

std::string repeated(std::string_view text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += text;
    return result;
}

/// The code of the only diagnostic; empty if there is none, "several" if there are more.
std::string only_code(std::string text) {
    ParseResult tree = parse(std::move(text));
    if (tree->diagnostics.size() > 1) return "several";
    return tree->diagnostics.empty() ? "" : std::string(tree->diagnostics[0].code);
}

std::string nested(std::string_view open, std::string_view close, std::size_t count, std::string_view inner = "1",
                   std::string_view before = "x := ") {
    return std::string(before) + repeated(open, count) + std::string(inner) + repeated(close, count);
}

}  // namespace

TEST_CASE("brackets and expressions nest to 256", "[syntax]") {
    struct Form {
        std::string_view open, close, inner, before;
    };
    for (const Form& form : {Form{"(", ")", "1", "x := "}, Form{"[", "]", "1", "x := "}, Form{"f(", ")", "1", "x := "},
                             Form{"a[", "]", "1", "x := "}, Form{"{a: ", "}", "1", "x := "},
                             Form{"P { a: ", "}", "1", "x := "}, Form{"!", "", "1", "x := "}, Form{"- ", "", "1", "x := "},
                             Form{"await ", "", "1", "x := "}, Form{"not ", "", "1", "x := "},
                             Form{"|x| ", "", "1", "x := "}, Form{"throw ", "", "1", "x := "},
                             Form{"[", "] ", "a", "let "}, Form{"{a: ", "}", "a", "let "}}) {
        std::string_view tail = form.before == "let " ? " := 1" : "";
        INFO(form.open);
        CHECK(only_code(nested(form.open, form.close, 256, form.inner, form.before) + std::string(tail)) == "");
        CHECK(only_code(nested(form.open, form.close, 257, form.inner, form.before) + std::string(tail)) ==
              "nested-too-deeply");
        CHECK(only_code(nested(form.open, form.close, 100'000, form.inner, form.before) + std::string(tail)) ==
              "nested-too-deeply");
    }
}

TEST_CASE("types nest to 256", "[syntax]") {
    CHECK(only_code("let x: " + nested("array<", ">", 255, "int", "") + " := 1") == "");
    CHECK(only_code("let x: " + nested("array<", ">", 256, "int", "") + " := 1") == "nested-too-deeply");
    CHECK(only_code("let x: " + nested("(", ")", 100'000, "int", "") + " := 1") == "nested-too-deeply");
}

TEST_CASE("blocks nest to 128", "[syntax]") {
    for (std::string_view open : {"if a { ", "loop { ", "func f() { ", "match a { default: { ", "try { ", "|| { "}) {
        INFO(open);
        bool is_match = open.starts_with("match");
        bool is_try = open.starts_with("try");
        std::string_view close = is_match ? "} }" : is_try ? "} finally { }" : "}";
        std::size_t most = is_match ? 64 : 128;
        CHECK(only_code(nested(open, close, most, "", "")) == "");
        CHECK(only_code(nested(open, close, most + 1, "", "")) == "nested-too-deeply");
        CHECK(only_code(nested(open, close, 20'000, "", "")) == "nested-too-deeply");
    }
}

TEST_CASE("a lambda in a call in a lambda counts each once", "[syntax]") {
    CHECK(only_code(nested("f(|| { ", " })", 128, "", "")) == "");
    CHECK(only_code(nested("f(|| { ", " })", 129, "", "")) == "nested-too-deeply");
}

TEST_CASE("what is beyond a limit is refused, not ungrammatical", "[syntax]") {
    ParseResult tree = parse(nested("(", ")", 300));
    CHECK(tree->has_errors);
    CHECK_FALSE(tree->has_grammar_errors);
}

TEST_CASE("100,000 unclosed brackets are one mistake", "[syntax]") {
    for (std::string_view open : {"(", "[", "x := {a: ", "f(", "if a { ", "func f() { ", "{", "\"${", "P { a: "}) {
        INFO(open);
        CHECK(only_code(repeated(open, 100'000)) != "");
        CHECK(only_code(repeated(open, 100'000)) != "several");
    }
}

TEST_CASE("100,000 stray brackets are one mistake", "[syntax]") {
    for (std::string_view close : {")", "]", "}", ")]}"}) {
        INFO(close);
        CHECK(only_code(repeated(close, 100'000)) == "unopened-bracket");
    }
}

TEST_CASE("chains have no limit", "[syntax]") {
    constexpr std::size_t kLength = 100'000;
    for (std::string_view link : {" + a", " && a", " ?? a", " |> a", ".a", "(a)", "[a]", " ?", " - 1", "?.a"}) {
        INFO(link);
        ParseResult tree = parse("x := a" + repeated(link, kLength));
        CHECK_FALSE(tree->has_errors);
        std::size_t count = 0;
        walk(*tree->root, [&](const Node&) {
            ++count;
            return true;
        });
        CHECK(count >= kLength);
        CHECK(dump_ast(*tree).size() > kLength);
    }
    CHECK_FALSE(parse("if a { }" + repeated(" else if a { }", kLength))->has_errors);
    CHECK_FALSE(parse("match a { case 1" + repeated(" | 1", kLength) + ": b }")->has_errors);
    CHECK_FALSE(parse("let x: int" + repeated(" | int", kLength) + " := 1")->has_errors);
    CHECK_FALSE(parse("let x: int" + repeated("?", kLength) + " := 1")->has_errors);
}

TEST_CASE("long inputs take linear time", "[syntax]") {
    // Each of these would take minutes if anything were quadratic.
    std::string_view pieces[] = {"[a, ",
                                 "[a] ",
                                 "f(\n",
                                 "x := (\n",
                                 "|",
                                 "|a",
                                 "\"",
                                 "\"${",
                                 "'",
                                 "`",
                                 "{a: [",
                                 "a b ",
                                 "a ? ",
                                 "/* ",
                                 "\"\"\"\n",
                                 "func ",
                                 "func f(",
                                 "match a { ",
                                 "case ",
                                 "let a: array<int>=1\n",
                                 "let a: array<array<",
                                 "if a:\n",
                                 "if a:\n  ",
                                 "for (",
                                 "a, ",
                                 "x++ ",
                                 "else ",
                                 "..",
                                 "a.\n",
                                 "import a, ",
                                 "from a import b, ",
                                 "enum E { ",
                                 "enum E { A = ",
                                 "struct S { a b ",
                                 "\"${f(}",
                                 "[|x| { [",
                                 "async ",
                                 "}\n{",
                                 ") (",
                                 "-",
                                 "=> ",
                                 "(a, b) => "};
    for (std::string_view piece : pieces) {
        std::string text = repeated(piece, 1'000'000 / piece.size());
        auto start = std::chrono::steady_clock::now();
        ParseResult tree = parse(text);
        std::string shown = render_diagnostics(*tree->source, tree->diagnostics);
        std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        INFO(piece);
        CHECK(elapsed.count() < 8.0);
        CHECK(tree->root != nullptr);
        CHECK(shown.size() < 1'000'000);
    }
}

TEST_CASE("a source of 16 MiB is accepted, a larger one refused", "[syntax]") {
    std::string line = "x := 1 #" + std::string(kMaxSourceSize - 8, 'x');
    ParseResult tree = parse(line);
    CHECK_FALSE(tree->has_errors);
    tree = parse(line + "x");
    REQUIRE(tree->diagnostics.size() == 1);
    CHECK(tree->diagnostics[0].code == "source-too-large");
    CHECK(tree->has_errors);
    CHECK_FALSE(tree->has_grammar_errors);
    CHECK(dump_ast(*tree) == "(file)\n");
}

TEST_CASE("a mistake in a line of megabytes is shown in a window", "[syntax]") {
    std::string text = "x := [" + repeated("1, ", 1'000'000) + "a b" + repeated(", 1", 1'000'000) + "]";
    ParseResult tree = parse(text);
    REQUIRE(tree->diagnostics.size() == 1);
    std::string shown = render_diagnostics(*tree->source, tree->diagnostics);
    CHECK(shown.size() < 1000);
    CHECK(shown.find("a b") != std::string::npos);
}

TEST_CASE("a file of nothing but mistakes keeps few of them", "[syntax]") {
    ParseResult tree = parse(repeated("a b\n", 100'000));
    CHECK(tree->diagnostics.size() == 1000);
    CHECK(tree->has_grammar_errors);
}
