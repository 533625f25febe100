#include "core/config/editorconfig.h"

#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"

using ruff::config::EditorConfigs;
using ruff::config::FormatConfig;
using ruff::config::matches_editorconfig_glob;

namespace {

namespace fs = std::filesystem;

/// A folder with files, gone at the end.
class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "ruff-editorconfig-XXXXXX").native();
        path_ = fs::canonical(mkdtemp(name.data()));
    }
    ~Folder() { fs::remove_all(path_); }

    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name) << text;
    }
    [[nodiscard]] FormatConfig format_of(const std::string& name) const {
        return EditorConfigs().format_of((path_ / name).native());
    }

private:
    fs::path path_;
};

}  // namespace

TEST_CASE("globs of .editorconfig", "[config]") {
    CHECK(matches_editorconfig_glob("*", "a.ruff"));
    CHECK(matches_editorconfig_glob("*.ruff", "src/a.ruff"));
    CHECK(matches_editorconfig_glob("*.{js,ruff}", "src/a.ruff"));
    CHECK(matches_editorconfig_glob("{a,b{1,2}}.ruff", "b2.ruff"));
    CHECK(matches_editorconfig_glob("src/*.ruff", "src/a.ruff"));
    CHECK(matches_editorconfig_glob("/a.ruff", "a.ruff"));
    CHECK(matches_editorconfig_glob("src/**.ruff", "src/deep/a.ruff"));
    CHECK(matches_editorconfig_glob("file{1..12}.ruff", "file10.ruff"));
    CHECK(matches_editorconfig_glob("[a-c]?.ruff", "bz.ruff"));
    CHECK(matches_editorconfig_glob("[!a]*", "b.ruff"));
    CHECK(matches_editorconfig_glob("\\*.ruff", "*.ruff"));
    CHECK(matches_editorconfig_glob("{", "{"));
    CHECK_FALSE(matches_editorconfig_glob("*.js", "a.ruff"));
    CHECK_FALSE(matches_editorconfig_glob("src/*.ruff", "src/deep/a.ruff"));
    CHECK_FALSE(matches_editorconfig_glob("/a.ruff", "src/a.ruff"));
    CHECK_FALSE(matches_editorconfig_glob("file{1..12}.ruff", "file13.ruff"));
    CHECK_FALSE(matches_editorconfig_glob("[!a]*", "a.ruff"));
    CHECK_FALSE(matches_editorconfig_glob("a?.ruff", "a.ruff"));
}

TEST_CASE("a glob that could be tried in many ways is matched at once", "[config]") {
    std::string glob, path(2000, 'a');
    for (int i = 0; i < 200; ++i) glob += "*a{,a}";
    CHECK_FALSE(matches_editorconfig_glob(glob + "b", path));
    CHECK(matches_editorconfig_glob(glob, path));
}

TEST_CASE("the nearest .editorconfig says the last word", "[config]") {
    const Folder folder;
    folder.write(".editorconfig", "root = true\n[*]\nindent_size = 8\nmax_line_length = 120\n");
    folder.write("src/.editorconfig", "# near\n[*.ruff]\nIndent_Size = 2 \n[b.ruff]\nmax_line_length = off\n");
    CHECK(folder.format_of("a.ruff").indent == 8U);
    CHECK(folder.format_of("a.ruff").line_width == 120U);
    CHECK(folder.format_of("src/a.ruff").indent == 2U);
    CHECK(folder.format_of("src/a.ruff").line_width == 120U);
    CHECK_FALSE(folder.format_of("src/b.ruff").line_width);
}

TEST_CASE("root ends the search", "[config]") {
    const Folder folder;
    folder.write(".editorconfig", "[*]\nindent_size = 8\n");
    folder.write("src/.editorconfig", "root = true\n");
    CHECK_FALSE(folder.format_of("src/a.ruff").indent);
}

TEST_CASE("tab widths, and values that are none", "[config]") {
    const Folder folder;
    folder.write(".editorconfig", "root=true\n[a.ruff]\nindent_size=tab\ntab_width=3\n[b.ruff]\nindent_size=99\n"
                                  "max_line_length=wide\n[c.ruff]\nindent_size=unset\nno equals sign\n");
    CHECK(folder.format_of("a.ruff").indent == 3U);
    CHECK_FALSE(folder.format_of("b.ruff").indent);
    CHECK_FALSE(folder.format_of("b.ruff").line_width);
    CHECK_FALSE(folder.format_of("c.ruff").indent);
}
