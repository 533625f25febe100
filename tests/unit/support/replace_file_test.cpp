#include "core/support/replace_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/catch.h"

using ruff::ErrorCode;
using ruff::FileState;
using ruff::replace_file;
using ruff::Result;

namespace {

namespace fs = std::filesystem;

/// A folder with one file `a`, gone at the end.
class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "ruff-replace-XXXXXX").native();
        path_ = mkdtemp(name.data());
        write("before");
    }
    ~Folder() {
        fs::permissions(path_, fs::perms::owner_all);
        fs::remove_all(path_);
    }

    [[nodiscard]] std::string file() const { return (path_ / "a").native(); }
    [[nodiscard]] const fs::path& path() const { return path_; }
    void write(const std::string& text) const { std::ofstream(file()) << text; }
    [[nodiscard]] std::string read() const {
        std::ostringstream text;
        text << std::ifstream(file()).rdbuf();
        return text.str();
    }
    [[nodiscard]] std::size_t count() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
    }

private:
    fs::path path_;
};

FileState state_of(const std::string& path) { return FileState::of(path).value(); }

}  // namespace

TEST_CASE("a file is replaced whole and keeps its permissions", "[support]") {
    const Folder folder;
    fs::permissions(folder.file(), static_cast<fs::perms>(0751));
    CHECK(replace_file(folder.file(), state_of(folder.file()), "after"));
    CHECK(folder.read() == "after");
    CHECK(fs::status(folder.file()).permissions() == static_cast<fs::perms>(0751));
    CHECK(folder.count() == 1);
}

TEST_CASE("of a symbolic link the target is replaced", "[support]") {
    const Folder folder;
    const fs::path link = folder.path() / "link";
    fs::create_symlink("a", link);
    CHECK(replace_file(link.native(), state_of(link.native()), "after"));
    CHECK(fs::is_symlink(link));
    CHECK(folder.read() == "after");
}

TEST_CASE("a file that was changed stays as it is", "[support]") {
    const Folder folder;
    const FileState read = state_of(folder.file());
    folder.write("by somebody else");
    const Result<void> replaced = replace_file(folder.file(), read, "after");
    REQUIRE_FALSE(replaced);
    CHECK(replaced.error().message == folder.file() + " is left as it was: it was changed meanwhile");
    CHECK(folder.read() == "by somebody else");
    CHECK(folder.count() == 1);
}

TEST_CASE("a file that was removed is not written again", "[support]") {
    const Folder folder;
    const FileState read = state_of(folder.file());
    fs::remove(folder.file());
    CHECK_FALSE(replace_file(folder.file(), read, "after"));
    CHECK(folder.count() == 0);
}

TEST_CASE("a read-only file stays as it is", "[support]") {
    const Folder folder;
    fs::permissions(folder.file(), fs::perms::owner_read);
    const Result<void> replaced = replace_file(folder.file(), state_of(folder.file()), "after");
    REQUIRE_FALSE(replaced);
    CHECK(replaced.error().message == folder.file() + " is left as it was: it is read-only");
    CHECK(folder.read() == "before");
}

TEST_CASE("a file in a folder that cannot be written stays as it is", "[support]") {
    const Folder folder;
    constexpr uid_t kNobody = 65534;
    const bool is_root = geteuid() == 0;  // to root every folder can be written
    if (is_root) {
        REQUIRE(chown(folder.path().c_str(), kNobody, kNobody) == 0);
        REQUIRE(chown(folder.file().c_str(), kNobody, kNobody) == 0);
        REQUIRE(seteuid(kNobody) == 0);
    }
    const FileState read = state_of(folder.file());
    fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
    const Result<void> replaced = replace_file(folder.file(), read, "after");
    if (is_root) REQUIRE(seteuid(0) == 0);
    REQUIRE_FALSE(replaced);
    CHECK(replaced.error().message == folder.file() + " is left as it was: cannot write beside it: Permission denied");
    CHECK(folder.read() == "before");
    CHECK(folder.count() == 1);
}

TEST_CASE("the state of what is not there", "[support]") {
    const Result<FileState> state = FileState::of("/no/such/file");
    REQUIRE_FALSE(state);
    CHECK(state.error().code == ErrorCode::NotFound);
    CHECK_FALSE(state_of("/").is_regular());
}
