#include "core/builtins/file_handle.h"
#include "core/builtins/file_system.h"
#include "core/builtins/number_text.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "tests/support/catch.h"

using namespace ruff;
using namespace ruff::builtins;

namespace {

// A folder that is gone when the test ends.
class Folder {
  public:
    Folder() {
        path_ = temporary_folder() + "/ruff-unit-XXXXXX";
        REQUIRE(::mkdtemp(path_.data()) != nullptr);
    }
    ~Folder() { (void)remove_tree(path_); }
    std::string at(std::string_view name) const { return path_ + "/" + std::string(name); }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

constexpr std::size_t kLimit = 1 << 20;

std::shared_ptr<OpenFile> opened(const std::string& path, std::string_view mode) {
    Result<std::unique_ptr<FileHandle>> handle = FileHandle::open(path, mode);
    REQUIRE(handle);
    return (*handle)->file();
}

}  // namespace

TEST_CASE("whole files are written and read", "[builtins][files]") {
    Folder folder;
    REQUIRE(write_whole_file(folder.at("a"), "one", {}));
    REQUIRE(append_to_file(folder.at("a"), "two"));
    CHECK(*read_whole_file(folder.at("a"), kLimit) == "onetwo");
    CHECK_FALSE(write_whole_file(folder.at("a"), "x", {.overwrite = false}));
    CHECK_FALSE(read_whole_file(folder.at("a"), 3));
    CHECK(read_whole_file(folder.at("none"), kLimit).error().code == ErrorCode::NotFound);
}

TEST_CASE("an atomic write leaves the old file or the new one, and nothing else", "[builtins][files]") {
    Folder folder;
    REQUIRE(write_whole_file(folder.at("a"), "old", {}));
    REQUIRE(::chmod(folder.at("a").c_str(), 0600) == 0);
    REQUIRE(write_whole_file(folder.at("a"), "new", {.atomic = true}));
    CHECK(*read_whole_file(folder.at("a"), kLimit) == "new");
    struct stat status{};
    REQUIRE(status_of(folder.at("a"), true, status));
    CHECK((status.st_mode & 0777) == 0600);
    CHECK_FALSE(write_whole_file(folder.path(), "x", {.atomic = true}));
    CHECK_FALSE(write_whole_file(folder.at("no/such"), "x", {.atomic = true}));
    CHECK(*list_names(folder.path()) == std::vector<std::string>{"a"});
}

TEST_CASE("a folder is removed with everything in it", "[builtins][files]") {
    Folder folder;
    std::string deep = folder.at("t");
    for (int i = 0; i < 50; ++i) deep += "/d";
    REQUIRE(create_folder(deep, true));
    REQUIRE(write_whole_file(deep + "/f", "x", {}));
    CHECK(remove_tree(folder.at("t")));
    CHECK(list_names(folder.path())->empty());
    CHECK_FALSE(remove_tree(folder.at("t")));
}

TEST_CASE("an open file keeps its place between reading and writing", "[builtins][files]") {
    Folder folder;
    auto file = opened(folder.at("a"), "w+");
    REQUIRE(file->write("héllo\r\nworld"));
    CHECK(*file->seek(0, SEEK_SET) == 0);
    CHECK(*file->read(2) == "hé");
    CHECK(**file->read_line() == "llo");
    CHECK(*file->seek(0, SEEK_CUR) == 8);
    REQUIRE(file->write("W"));
    CHECK(*file->read(std::nullopt) == "orld");
    CHECK_FALSE(file->read_line()->has_value());
    REQUIRE(file->close());
    CHECK_FALSE(file->read(1));
    CHECK(file->close());
    CHECK_FALSE(FileHandle::knows_mode("rw"));
    CHECK(FileHandle::knows_mode("rb+"));
    CHECK_FALSE(FileHandle::open(folder.path(), "r"));
}

TEST_CASE("characters and lines may lie across the blocks that are read", "[builtins][files]") {
    Folder folder;
    std::string text(65535, 'a');
    text += "é\nlast";
    REQUIRE(write_whole_file(folder.at("a"), text, {}));
    auto by_count = opened(folder.at("a"), "r");
    CHECK(by_count->read(65535)->size() == 65535);
    CHECK(*by_count->read(1) == "é");
    auto by_line = opened(folder.at("a"), "r");
    CHECK((*by_line->read_line())->size() == 65537);
    CHECK(**by_line->read_line() == "last");
}

TEST_CASE("text that is not UTF-8 gets replacements", "[builtins][files]") {
    CHECK(with_replacements("a\xFF\xC3\xA9\xC3") == "a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD");
}

TEST_CASE("numbers in text", "[builtins][numbers]") {
    CHECK(*read_integer(" -1_000 ", 10) == -1000);
    CHECK(*read_integer("-8000000000000000", 16) == INT64_MIN);
    CHECK(*read_integer("0b11", 2) == 3);
    CHECK_FALSE(read_integer("0x", 16));
    CHECK_FALSE(read_integer("1_", 10));
    CHECK_FALSE(read_integer("_1", 10));
    CHECK_FALSE(read_integer("9223372036854775808", 10));
    CHECK_FALSE(read_integer("- 1", 10));
    CHECK(*read_float("-1.5e2") == -150);
    CHECK(*read_float("1e999") > 1e308);
    CHECK_FALSE(read_float(""));
    CHECK_FALSE(read_float("1,5"));
    CHECK_FALSE(read_float("0x10"));
}
