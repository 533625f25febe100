#include "core/support/edit_distance.h"

#include "tests/support/catch.h"

using ruff::edit_distance;
using ruff::nearest_name;

TEST_CASE("edit_distance counts inserted, deleted, replaced and swapped bytes", "[support]") {
    CHECK(edit_distance("", "", 3) == 0);
    CHECK(edit_distance("run", "run", 0) == 0);
    CHECK(edit_distance("rnu", "run", 3) == 1);
    CHECK(edit_distance("kitten", "sitting", 5) == 3);
    CHECK(edit_distance("abc", "", 5) == 3);
}

TEST_CASE("edit_distance stops beyond the limit", "[support]") {
    CHECK(edit_distance("kitten", "sitting", 2) == 3);
    CHECK(edit_distance("a", "abcdefgh", 2) == 3);
    CHECK(edit_distance(std::string(65, 'a'), std::string(65, 'a'), 2) == 3);
}

TEST_CASE("nearest_name finds what was meant", "[support]") {
    constexpr std::string_view names[] = {"print", "push", "Point", "version"};
    CHECK(nearest_name("prnit", names) == "print");
    CHECK(nearest_name("pussh", names) == "push");
    CHECK(nearest_name("point", names) == "Point");
    CHECK(nearest_name("vers", names) == "version");
    CHECK(nearest_name("xyzzy", names).empty());
    CHECK(nearest_name("x", names).empty());
    CHECK(nearest_name("", names).empty());
}
