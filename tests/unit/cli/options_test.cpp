#include "cli/options.h"

#include "tests/support/catch.h"

using namespace ruff::cli;

namespace {

constexpr Option kTable[] = {
    {.name = "--check", .help = "Only looks", .short_name = 'c'},
    {.name = "--filter", .kind = OptionKind::value, .value_name = "TEXT", .help = "Takes what contains TEXT"},
    {.name = "--format", .kind = OptionKind::value, .value_name = "full|json", .help = "How", .has_choices = true},
    {.name = "--allow-read", .kind = OptionKind::optional_value, .value_name = "PATH", .help = "Grants"},
};

ParsedArguments parse(std::vector<std::string_view> words, Operands operands = Operands::any) {
    return parse_arguments(kTable, operands, words);
}

}  // namespace

TEST_CASE("options are found between operands", "[cli]") {
    ParsedArguments parsed = parse({"a", "-c", "b", "--filter", "x", "--filter=y", "--", "--check"});
    REQUIRE(parsed.error.empty());
    const Arguments& given = parsed.arguments;
    CHECK(given.operands == std::vector<std::string_view>{"a", "b", "--check"});
    CHECK(given.has("--check"));
    CHECK(given.value("--filter") == "y");
    CHECK(given.values("--filter") == std::vector<std::string_view>{"x", "y"});
    CHECK(given.value("--format", "full") == "full");
}

TEST_CASE("an optional value stands behind = only", "[cli]") {
    ParsedArguments parsed = parse({"--allow-read", "file", "--allow-read=dir"});
    REQUIRE(parsed.error.empty());
    CHECK(parsed.arguments.operands == std::vector<std::string_view>{"file"});
    CHECK(parsed.arguments.values("--allow-read") == std::vector<std::string_view>{"", "dir"});
}

TEST_CASE("a program gets the words behind it", "[cli]") {
    ParsedArguments parsed = parse({"-c", "main.ruff", "one", "--", "-x", "--check"}, Operands::program);
    REQUIRE(parsed.error.empty());
    CHECK(parsed.arguments.operands == std::vector<std::string_view>{"main.ruff"});
    CHECK(parsed.arguments.program_arguments == std::vector<std::string_view>{"one", "--", "-x", "--check"});
}

TEST_CASE("mistakes are one line with a suggestion", "[cli]") {
    CHECK(parse({"--chekc"}).error == "unknown option `--chekc`; did you mean `--check`?");
    CHECK(parse({"--filter"}).error == "--filter expects TEXT after it");
    CHECK(parse({"--check=1"}).error == "--check takes no value");
    CHECK(parse({"--format", "jsno"}).error == "--format takes full or json, not `jsno`; did you mean `json`?");
    CHECK(parse({"main.ruff", "--verbose"}, Operands::program).error ==
          "unknown option `--verbose` (what the program shall get stands after `--`)");
}

TEST_CASE("the table describes itself", "[cli]") {
    CHECK(describe_options(kTable) ==
          "  -c, --check          Only looks\n"
          "  --filter TEXT        Takes what contains TEXT\n"
          "  --format full|json   How\n"
          "  --allow-read[=PATH]  Grants\n");
}
