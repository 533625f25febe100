#include "core/builtins/path_text.h"

#include <set>
#include <string>

#include "core/builtins/random_source.h"
#include "tests/support/catch.h"

using namespace ruff::builtins;

namespace {

std::string joined(std::initializer_list<std::string_view> parts) {
    return join_path({parts.begin(), parts.size()});
}

}  // namespace

TEST_CASE("paths are put together and taken apart", "[builtins][path]") {
    CHECK(joined({"a", "b/", "c"}) == "a/b/c");
    CHECK(joined({"a", "", "/b"}) == "/b");
    CHECK(joined({}) == "");
    CHECK(path_dirname("/a/b.txt") == "/a");
    CHECK(path_dirname("a//b/") == "a");
    CHECK(path_dirname("/a") == "/");
    CHECK(path_dirname("a") == ".");
    CHECK(path_dirname("/") == "/");
    CHECK(path_basename("/a/b/") == "b");
    CHECK(path_basename("/") == "/");
    CHECK(path_extension("a.tar.gz") == ".gz");
    CHECK(path_extension(".profile") == "");
    CHECK(path_extension("..") == "");
    CHECK(path_extension("a.d/b") == "");
    CHECK(path_stem("a/b.tar.gz") == "b.tar");
    CHECK(normalize_path("a/./b//../c/") == "a/c");
    CHECK(normalize_path("/../a") == "/a");
    CHECK(normalize_path("../../a/..") == "../..");
    CHECK(normalize_path("a/..") == ".");
    CHECK(relative_path("/a/b/c", "/a/d") == "../b/c");
    CHECK(relative_path("/a", "/a") == ".");
}

TEST_CASE("names fit patterns", "[builtins][path]") {
    CHECK(matches_name_pattern("a.txt", "*.txt"));
    CHECK(matches_name_pattern("abcabc", "a*c"));
    CHECK_FALSE(matches_name_pattern("abcabd", "a*c"));
    CHECK(matches_name_pattern("é", "?"));
    CHECK(matches_name_pattern("b1", "[a-c][0-9]"));
    CHECK_FALSE(matches_name_pattern("d", "[!d]"));
    CHECK(matches_name_pattern("]", "[]]"));
    CHECK(matches_name_pattern("[a", "[a"));
    CHECK_FALSE(matches_name_pattern(".hidden", "*"));
    CHECK(matches_name_pattern(".hidden", ".*"));
    CHECK(matches_name_pattern("*", "\\*"));
    CHECK_FALSE(matches_name_pattern("a", "\\*"));
    CHECK(matches_name_pattern("", "*"));
    CHECK_FALSE(matches_name_pattern("", "?"));
    CHECK_FALSE(matches_name_pattern(std::string(5000, 'a'), "*a*a*a*a*a*a*b"));
    using Strings = std::vector<std::string>;
    CHECK(expand_braces("a{b,c{d,e}}f") == Strings{"abf", "acdf", "acef"});
    CHECK(expand_braces("{a,b}{1,2}") == Strings{"a1", "a2", "b1", "b2"});
    CHECK(expand_braces("a{b") == Strings{"a{b"});
}

TEST_CASE("random numbers follow their seed and stay in range", "[builtins][random]") {
    RandomSource& random = RandomSource::of_thread();
    random.seed(7);
    std::uint64_t first = random.next();
    random.seed(7);
    CHECK(random.next() == first);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) {
        std::uint64_t value = random.below(6);
        REQUIRE(value < 6);
        seen.insert(value);
        double unit = random.next_unit();
        REQUIRE((unit >= 0 && unit < 1));
    }
    CHECK(seen.size() == 6);
    unsigned char bytes[16];
    REQUIRE(fill_from_system(bytes));
    std::string uuid = uuid_from(bytes);
    CHECK(uuid.size() == 36);
    CHECK(uuid[14] == '4');
    CHECK(std::string_view("89ab").find(uuid[19]) != std::string_view::npos);
}
