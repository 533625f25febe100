#include "core/support/path_pattern.h"

#include <string>

#include "tests/support/catch.h"

using ruff::matches_path_pattern;

TEST_CASE("a pattern without a slash matches any part of a path", "[support]") {
    CHECK(matches_path_pattern("vendor", "vendor"));
    CHECK(matches_path_pattern("a/vendor/b.ruff", "vendor"));
    CHECK(matches_path_pattern("a/vendor/b.ruff", "vendor/"));
    CHECK(matches_path_pattern("a/b.tmp.ruff", "*.tmp.ruff"));
    CHECK(matches_path_pattern("a/b1.ruff", "b?.ruff"));
    CHECK_FALSE(matches_path_pattern("a/vendors/b.ruff", "vendor"));
    CHECK_FALSE(matches_path_pattern("a/b.ruff", "b?.ruff"));
}

TEST_CASE("a pattern with a slash is anchored", "[support]") {
    CHECK(matches_path_pattern("tests/broken/a.ruff", "tests/broken"));
    CHECK(matches_path_pattern("/build/a.ruff", "/build"));
    CHECK_FALSE(matches_path_pattern("x/build/a.ruff", "/build"));
    CHECK_FALSE(matches_path_pattern("x/tests/broken/a.ruff", "tests/broken"));
    CHECK_FALSE(matches_path_pattern("tests/a/broken", "tests/*broken"));
}

TEST_CASE("two stars stand for whole parts", "[support]") {
    CHECK(matches_path_pattern("a/b/c/d.ruff", "a/**/d.ruff"));
    CHECK(matches_path_pattern("a/d.ruff", "a/**/d.ruff"));
    CHECK(matches_path_pattern("x/y/z/d.ruff", "**/z/*.ruff"));
    CHECK(matches_path_pattern("a/b/c", "a/**"));
    CHECK_FALSE(matches_path_pattern("a", "a/**"));
    CHECK_FALSE(matches_path_pattern("a/b/c/d.ruff", "a/**/e.ruff"));
}

TEST_CASE("a pattern of many stars does not explode", "[support]") {
    std::string path(5'000, 'a');
    std::string pattern;
    for (int i = 0; i < 200; ++i) pattern += "a*";
    CHECK_FALSE(matches_path_pattern(path, pattern + "b"));
    CHECK_FALSE(matches_path_pattern("", "a"));
    CHECK_FALSE(matches_path_pattern("a", ""));
}
