#include "core/support/render.h"

#include <string>

#include "tests/support/catch.h"

using namespace ruff;

namespace {

Diagnostic error_at(std::uint32_t begin, std::uint32_t end, std::string message) {
    Diagnostic diagnostic;
    diagnostic.span = {begin, end};
    diagnostic.message = std::move(message);
    return diagnostic;
}

}  // namespace

TEST_CASE("a diagnostic shows its line, its underline and its help", "[support]") {
    auto source = make_source("dir/a.ruff", "let a := 1\nprint(b)\n");
    Diagnostic diagnostic = error_at(17, 18, "undefined variable");
    diagnostic.code = "undefined-variable";
    diagnostic.severity = Severity::Warning;
    diagnostic.is_rule = true;
    diagnostic.label = "not declared";
    diagnostic.labels.push_back({{4, 5}, "did you mean this?", nullptr});
    diagnostic.notes.push_back("a note");
    diagnostic.help = "declare it\nor not";
    CHECK(render_diagnostic(*source, diagnostic) == R"(warning: undefined variable [undefined-variable]
  --> dir/a.ruff:2:7
   |
 1 | let a := 1
   |     - did you mean this?
 2 | print(b)
   |       ^ not declared
   |
   = note: a note
   = help: declare it
           or not
)");
}

TEST_CASE("tabs, wide characters and controls keep columns right", "[support]") {
    auto source = make_source("a", "\tx\t名 \x1b[31m é y\n");
    // The underline of `y`: 4 + 1 + 3 + 2 + 1 + 1 + 4 + 1 + 1 + 1 columns before it.
    std::string text = render_diagnostic(*source, error_at(16, 17, "here"));
    CHECK(text == "error: here\n  --> a:1:14\n   |\n 1 |     x   名 \xEF\xBF\xBD[31m é y\n   |" +
                      std::string(20, ' ') + "^\n");
}

TEST_CASE("a fix is shown as a difference", "[support]") {
    auto source = make_source("a", "one\ntwo\nthree\n");
    Diagnostic diagnostic = error_at(4, 7, "bad");
    diagnostic.fixes.push_back({"Make it better", FixSafety::Safe, {{{4, 7}, "2"}, {{8, 8}, "a\n"}}});
    CHECK(render_diagnostic(*source, diagnostic) == R"(error: bad
  --> a:2:1
   |
 2 | two
   | ^^^
   |
   = help: Make it better
   |
 2 - two
 3 - three
 2 + 2
 3 + a
 4 + three
)");
    RenderOptions options;
    options.show_fixes = false;
    CHECK(render_diagnostic(*source, diagnostic, options).find("+ 2") == std::string::npos);
}

TEST_CASE("lines far apart are joined by dots, a line between is shown", "[support]") {
    auto source = make_source("a", "a\nb\nc\nd\ne\nf\n");
    Diagnostic diagnostic = error_at(10, 11, "here");
    diagnostic.labels.push_back({{0, 1}, "first", nullptr});
    diagnostic.labels.push_back({{4, 5}, "second", nullptr});
    CHECK(render_diagnostic(*source, diagnostic) == R"(error: here
  --> a:6:1
   |
 1 | a
   | - first
 2 | b
 3 | c
   | - second
...
 6 | f
   | ^
)");
}

TEST_CASE("a label in another file has its own excerpt", "[support]") {
    auto source = make_source("a", "x\n");
    Diagnostic diagnostic = error_at(0, 1, "here");
    diagnostic.labels.push_back({{0, 1}, "there", make_source("b", "y\n")});
    CHECK(render_diagnostic(*source, diagnostic) == R"(error: here
  --> a:1:1
   |
 1 | x
   | ^
  ::: b:1:1
   |
 1 | y
   | - there
)");
}

TEST_CASE("a long line is cut around what is underlined", "[support]") {
    std::string line = std::string(5000, 'a') + "HERE" + std::string(5000, 'b');
    auto source = make_source("a", line);
    RenderOptions options;
    options.width = 40;
    std::string text = render_diagnostic(*source, error_at(5000, 5004, "cut"), options);
    CHECK(text.find("…aaaaaaaaaaaaaHEREbbb") != std::string::npos);
    CHECK(text.find("|               ^^^^\n") != std::string::npos);
    CHECK(text.size() < 300);
}

TEST_CASE("only the first diagnostics are shown, the rest counted", "[support]") {
    auto source = make_source("a", "x\n");
    std::vector<Diagnostic> diagnostics(103, error_at(0, 1, "again"));
    std::string text = render_diagnostics(*source, diagnostics);
    CHECK(text.ends_with("\n... and 3 more\n"));
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find("error: again", at)) != std::string::npos; ++at) ++count;
    CHECK(count == 100);
}

TEST_CASE("colour is only there when asked for", "[support]") {
    auto source = make_source("a", "x\n");
    CHECK(render_diagnostic(*source, error_at(0, 1, "m")).find('\x1b') == std::string::npos);
    RenderOptions options;
    options.use_color = true;
    CHECK(render_diagnostic(*source, error_at(0, 1, "m"), options).starts_with("\x1b[1;31merror\x1b[0m"));
}

TEST_CASE("a place at the end of the file is shown", "[support]") {
    auto source = make_source("a", "x :=");
    CHECK(render_diagnostic(*source, error_at(4, 4, "m")).find("   |     ^\n") != std::string::npos);
    CHECK_FALSE(render_diagnostic(*make_source("a", ""), error_at(0, 0, "m")).empty());
    CHECK(render_excerpt(*source, {0, 1}, "in f") == "  --> a:1:1\n   |\n 1 | x :=\n   | ^ in f\n");
}

TEST_CASE("edits are applied from left to right", "[support]") {
    CHECK(apply_edits("abcdef", {{{0, 0}, "<"}, {{1, 3}, "X"}, {{6, 6}, ">"}}) == "<aXdef>");
    CHECK(apply_edits("abc", {}) == "abc");
}
