#include "core/config/config.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "tests/support/catch.h"

using namespace ruff;
using namespace ruff::config;
namespace fs = std::filesystem;

namespace {

LoadedConfig parse(std::string text) {
    return parse_config(make_source("/project/rufflang.toml", std::move(text)));
}

std::string_view underlined(const LoadedConfig& loaded, std::size_t index = 0) {
    return loaded.source->text(loaded.diagnostics.at(index).span);
}

}  // namespace

TEST_CASE("every key of rufflang.toml is read", "[config]") {
    LoadedConfig loaded = parse(R"(
exclude = ["vendor", "tests/broken/**"]
[package]
name = "reports"
[format]
line_width = 80
indent = 2
[check]
select = ["missing-timeout"]
ignore = ["empty-except", "no-effect"]
severity = { unused-variable = "error", unused-import = "off" }
)");
    CHECK(loaded.diagnostics.empty());
    const Config& config = loaded.config;
    CHECK(config.folder == "/project");
    CHECK(config.package_name == "reports");
    CHECK(config.exclude == std::vector<std::string>{"vendor", "tests/broken/**"});
    CHECK(config.format.line_width == 80u);
    CHECK(config.format.indent == 2u);
    REQUIRE(config.check.select.size() == 1);
    CHECK(config.check.select[0].name == "missing-timeout");
    CHECK(loaded.source->text(config.check.select[0].span) == "\"missing-timeout\"");
    CHECK(config.check.ignore.size() == 2);
    REQUIRE(config.check.levels.size() == 2);
    CHECK(config.check.levels[0].rule.name == "unused-variable");
    CHECK(config.check.levels[0].severity == Severity::Error);
    CHECK_FALSE(config.check.levels[1].severity.has_value());
}

TEST_CASE("an empty rufflang.toml says nothing", "[config]") {
    LoadedConfig loaded = parse("");
    CHECK(loaded.diagnostics.empty());
    CHECK_FALSE(loaded.config.format.line_width.has_value());
}

TEST_CASE("an unknown key is reported where it stands, with a suggestion", "[config]") {
    LoadedConfig loaded = parse("# größer\n[format]\nlne_width = 80\ncolour = true\n");
    REQUIRE(loaded.diagnostics.size() == 2);
    CHECK(loaded.diagnostics[0].severity == Severity::Warning);
    CHECK(loaded.diagnostics[0].message == "unknown key `lne_width` in [format]");
    CHECK(loaded.diagnostics[0].help == "did you mean `line_width`?");
    CHECK(underlined(loaded) == "lne_width");
    CHECK(loaded.diagnostics[1].help == "the keys here are `line_width` and `indent`");
}

TEST_CASE("a wrong value costs its key only", "[config]") {
    LoadedConfig loaded = parse("[format]\nline_width = \"wide\"\nindent = 99\n[check]\nselect = [1, \"a\"]\n"
                                "[check.severity]\nno-effect = \"eror\"\n[package]\nname = \"p\"\n");
    REQUIRE(loaded.diagnostics.size() == 4);
    CHECK(loaded.diagnostics[0].message == "`line_width` takes an integer, not a string");
    CHECK(underlined(loaded) == "\"wide\"");
    CHECK(loaded.diagnostics[1].message == "`indent` takes a number from 1 to 16, not 99");
    CHECK(underlined(loaded, 1) == "99");
    CHECK(loaded.diagnostics[2].message == "this takes a string, not an integer");
    CHECK(loaded.diagnostics[3].message == "there is no severity `eror`");
    CHECK(loaded.diagnostics[3].help == "did you mean `error`?");
    CHECK(loaded.config.check.select.size() == 1);
    CHECK(loaded.config.package_name == "p");
}

TEST_CASE("a syntax error has its place and costs its line", "[config]") {
    LoadedConfig loaded = parse("[format]\nindent = = 2\nline_width = 80\n[check\nname\n\"open\nindent = 1 2\n");
    REQUIRE(loaded.diagnostics.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) CHECK(loaded.diagnostics[i].code == "config-syntax");
    CHECK(loaded.diagnostics[0].message == "expected a value");
    CHECK(loaded.source->lines().position(loaded.diagnostics[0].span.begin) == LineColumn{1, 9});
    CHECK(loaded.diagnostics[1].message == "expected `]`");
    CHECK(loaded.diagnostics[2].message == "expected `=` after the key");
    CHECK(loaded.diagnostics[3].message == "the string is not closed");
    CHECK(loaded.diagnostics[4].message == "expected the end of the line");
    CHECK(loaded.config.format.line_width == 80u);
}

TEST_CASE("the forms of TOML are read", "[config]") {
    LoadedConfig loaded = parse("package.name = \"\"\"\nfirst \\\n   second \\u00e9\\t\"\"\" # note\r\n"
                                "exclude = [\"\\x\"]\n"
                                "format = {line_width = 0x50, \"indent\" = +2}\n");
    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(loaded.diagnostics[0].message == "unknown escape");
    CHECK(underlined(loaded) == "\\x");
    CHECK(loaded.config.package_name == "first second é\t");
    CHECK(loaded.config.format.line_width == 80u);
    CHECK(loaded.config.format.indent == 2u);

    loaded = parse("exclude = [ # patterns\n  'a\\b',\r\n  '''c''',\n]\n"
                   "[[files]]\na = 1\n[[files]]\na = 2\nb = 1979-05-27T07:32:00Z\n");
    CHECK(loaded.config.exclude == std::vector<std::string>{"a\\b", "c"});
    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(loaded.diagnostics[0].message == "unknown key `files`");
}

TEST_CASE("a key is set once", "[config]") {
    LoadedConfig loaded =
        parse("[format]\nindent = 2\nindent = 3\n[format]\n[package.name]\n[check.severity]\n[check]\n");
    REQUIRE(loaded.diagnostics.size() == 3);
    CHECK(loaded.diagnostics[0].message == "`indent` is already set");
    CHECK(loaded.diagnostics[1].message == "`format` is already set");
    CHECK(loaded.diagnostics[2].message == "`name` takes a string, not a table");
    CHECK(loaded.config.format.indent == 2u);
}

TEST_CASE("nesting in rufflang.toml is limited", "[config]") {
    CHECK(parse("exclude = " + std::string(100'000, '[')).diagnostics.size() == 1);
    std::string keys = "a";
    for (int i = 0; i < 100'000; ++i) keys += ".a";
    CHECK(parse(keys + " = 1").diagnostics.size() == 1);
}

TEST_CASE("paths are excluded below the file's folder", "[config]") {
    Config config = parse("exclude = [\"vendor\", \"/build\"]").config;
    CHECK(config.is_excluded("/project/a/vendor/b.ruff"));
    CHECK(config.is_excluded("/project/build/b.ruff"));
    CHECK_FALSE(config.is_excluded("/project/a/build/b.ruff"));
    CHECK_FALSE(config.is_excluded("/projects/vendor/b.ruff"));
    CHECK_FALSE(config.is_excluded("/vendor/b.ruff"));
    CHECK_FALSE(Config().is_excluded("/vendor"));
}

TEST_CASE("the nearest rufflang.toml above is found", "[config]") {
    char name[] = "/tmp/ruff-config-XXXXXX";
    REQUIRE(mkdtemp(name));
    fs::path top = fs::canonical(name);
    fs::create_directories(top / "a/b/c");
    for (const char* file : {"rufflang.toml", "a/b/rufflang.toml"}) {
        std::FILE* out = std::fopen((top / file).c_str(), "w");
        REQUIRE(out);
        std::fclose(out);
    }
    CHECK(find_config(top / "a/b/c") == (top / "a/b/rufflang.toml").native());
    CHECK(find_config((top / "a/").native()) == (top / "rufflang.toml").native());
    CHECK(load_config(top / "rufflang.toml").has_value());
    CHECK(load_config(top / "missing.toml").error().code == ErrorCode::NotFound);
    fs::remove_all(top);
}
