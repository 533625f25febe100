// What a file full of undefined names costs.

#include "core/lint/lint.h"
#include "core/sema/resolver.h"
#include "core/syntax/parser.h"
#include "tests/support/catch.h"

namespace ruff::lint {
namespace {

std::vector<Diagnostic> undefined_in(const std::string& text) {
    Selection selection;
    selection.clear();
    selection.add(*find_rule("undefined-variable"));
    return check_file(*sema::resolve(syntax::parse_file(make_source("names.ruff", text))), selection);
}

TEST_CASE("thousands of undefined names are all reported, the first of them with help") {
    constexpr std::size_t kCount = 3000;
    std::string text;
    for (std::size_t i = 0; i < kCount; ++i) text += "variable_" + std::to_string(i) + " := " + std::to_string(i) + "\n";
    for (std::size_t i = 0; i < kCount; ++i) text += "print(variabel_" + std::to_string(i) + ")\n";
    const std::vector<Diagnostic> findings = undefined_in(text);
    REQUIRE(findings.size() == kCount);
    CHECK(findings[0].help == "did you mean `variable_0`?");
    CHECK(findings[50].help == "did you mean `variable_50`?");
    CHECK(findings[kCount - 1].message == "Undefined variable: variabel_2999");
    CHECK(findings[kCount - 1].help.empty());
}

TEST_CASE("a file of a usual size gets help for every undefined name") {
    std::string text;
    for (int i = 0; i < 400; ++i) text += "print(lenn, " + std::to_string(i) + ")\n";
    const std::vector<Diagnostic> findings = undefined_in(text);
    REQUIRE(findings.size() == 400);
    for (const Diagnostic& each : findings) CHECK(each.help == "did you mean `len`?");
}

}  // namespace
}  // namespace ruff::lint
