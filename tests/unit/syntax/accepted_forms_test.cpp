#include "core/support/render.h"
#include "core/syntax/parser.h"
#include "tests/support/catch.h"

namespace {

// The diagnostics as text: empty when the program is accepted.
std::string complaints(std::string program) {
    auto source = ruff::make_source("main.ruff", std::move(program));
    return ruff::render_diagnostics(*source, ruff::syntax::parse_file(source)->diagnostics);
}

}  // namespace

TEST_CASE("a match that begins with its default arm is no struct literal", "[syntax]") {
    CHECK(complaints("match x { default: print(1) }\n") == "");
    CHECK(complaints("y := [match x {\n    default: 1\n}]\n") == "");
    CHECK(complaints("if x { default: 1 } { }\n") != "");
}

TEST_CASE("a function type between the bars of a lambda ends at the bar", "[syntax]") {
    CHECK(complaints("f := |g: func(int | null) -> float| g(1)\n") == "");
    CHECK(complaints("f := |g: func(int) -> (float | null)| g(1)\n") == "");
    CHECK(complaints("let g: func(int) -> float | null := h\n") == "");
}

TEST_CASE("the smallest int can be written at the end of a line", "[syntax]") {
    CHECK(complaints("-9223372036854775808\n[a, b] := c\n") == "");
    CHECK(complaints("x := -9223372036854775808\n(f)(x)\n") == "");
    CHECK(complaints("x := -9223372036854775808[0]\n") != "");
    CHECK(complaints("x := (-9223372036854775808\n[0])\n") != "");
    CHECK(complaints("x := 9223372036854775808\n") != "");
}
