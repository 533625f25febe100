#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"

/// `.editorconfig` files (editorconfig.org, version 0.17), of which the formatter takes `indent_size`, `tab_width` where
/// that is `tab`, and `max_line_length`. What `rufflang.toml` says goes first. Line ends are kept as they are and
/// indentation is blanks, whatever these files say; a value that `rufflang.toml` could not have is passed over.
namespace ruff::config {

/// Whether the glob of a section, in a file of folder F, matches a path relative to F: `*` (no `/`), `**`, `?`,
/// `[abc]`, `[!abc]`, `{a,b}`, `{1..9}`, `\*`. Without a `/` it is matched with the name alone, in any folder below.
/// Takes time proportional to both lengths.
[[nodiscard]] bool matches_editorconfig_glob(std::string_view glob, std::string_view path);

/// Reads each file once. Not thread-safe.
class EditorConfigs {
public:
    /// What the files in the folder of `path`, absolute and without `..`, and in those above it say about it; up to the
    /// first with `root = true`.
    [[nodiscard]] FormatConfig format_of(const std::string& path);

private:
    struct Property {
        std::string name;
        std::string value;
    };
    struct Section {
        std::string glob;
        std::vector<Property> properties;
    };
    struct File {
        bool is_there = false;
        bool is_root = false;
        std::vector<Section> sections;
    };

    [[nodiscard]] static File read(std::string_view text);
    const File& file_in(const std::string& folder);

    std::map<std::string, File> files_;  // by folder
};

}  // namespace ruff::config
