#pragma once

#include <map>
#include <string>

#include "core/config/config.h"
#include "core/config/editorconfig.h"
#include "formatter/document.h"

namespace ruff::formatter {

/// What the files around a program say about how it is formatted: `rufflang.toml`, and where that is silent
/// `.editorconfig`. Each file is read once. Not thread-safe.
class Settings {
public:
    /// Of a file that need not be there.
    [[nodiscard]] LayoutOptions layout_of(const std::string& path);
    /// Whether its `rufflang.toml` could be read and has no errors. Otherwise nobody knows which style is meant.
    [[nodiscard]] bool is_known_for(const std::string& path);
    /// Whether the `rufflang.toml` of its package names it in `exclude`.
    [[nodiscard]] bool is_excluded(const std::string& path);
    /// What is wrong with the `rufflang.toml` files that were read, for a terminal; empty if nothing is.
    [[nodiscard]] const std::string& problems() const { return problems_; }

private:
    struct Entry {
        config::Config config;
        bool has_errors = false;
    };

    const Entry& entry_of(const std::string& absolute_path);
    void load(const std::string& file, Entry& into);

    std::map<std::string, std::string> files_;  // by folder: the file that holds there, or nothing
    std::map<std::string, Entry> entries_;      // by file
    config::EditorConfigs editor_configs_;
    std::string problems_;
};

}  // namespace ruff::formatter
