#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/support/diagnostic.h"
#include "core/support/result.h"
#include "core/support/source_file.h"

/// `rufflang.toml`, the one configuration file. Its folder is the package root (modules are not sought above it), and
/// what it says holds for `ruff fmt`, `ruff check` and the language server alike:
///
///     exclude = ["vendor", "tests/broken/**"]   # not formatted or checked; patterns as in .gitignore
///     [package]
///     name = "reports"
///     [format]
///     line_width = 100                          # 20 to 400
///     indent = 4                                # 1 to 16
///     [check]
///     select = ["missing-timeout"]              # rules in addition to those on by default
///     ignore = ["empty-except"]                 # rules to leave out
///     [check.severity]
///     unused-variable = "error"                 # off, hint, info, warning, error

namespace ruff::config {

inline constexpr std::string_view kConfigFileName = "rufflang.toml";
inline constexpr std::uint32_t kDefaultLineWidth = 100;
inline constexpr std::uint32_t kDefaultIndent = 4;
inline constexpr std::uint32_t kLeastLineWidth = 20, kMostLineWidth = 400;
inline constexpr std::uint32_t kLeastIndent = 1, kMostIndent = 16;

/// Empty where the file says nothing, so that `.editorconfig` or an option may.
struct FormatConfig {
    std::optional<std::uint32_t> line_width;
    std::optional<std::uint32_t> indent;
};

/// A rule's name as it stands in the file. Whether there is such a rule is for core/lint to say, at `span`.
struct RuleName {
    std::string name;
    Span span;
};

struct RuleLevel {
    RuleName rule;
    std::optional<Severity> severity;  // none: off
};

struct CheckConfig {
    std::vector<RuleName> select;
    std::vector<RuleName> ignore;
    std::vector<RuleLevel> levels;
};

struct Config {
    /// Absolute folder of the file: the package root. Empty when there is no file.
    std::string folder;
    std::string package_name;
    std::vector<std::string> exclude;
    FormatConfig format;
    CheckConfig check;

    /// Whether `path`, absolute, matches a pattern of `exclude`. Paths outside `folder` never do.
    [[nodiscard]] bool is_excluded(std::string_view path) const;
};

/// What a file says and what is wrong with it. A mistake costs the key it stands at, a syntax error its line.
struct LoadedConfig {
    Config config;
    std::shared_ptr<const SourceFile> source;
    std::vector<Diagnostic> diagnostics;
};

/// Reads a text that may be on disk or in an editor. Never fails.
[[nodiscard]] LoadedConfig parse_config(std::shared_ptr<const SourceFile> source);

/// Reads the file at `path`; fails as load_source() does.
[[nodiscard]] Result<LoadedConfig> load_config(const std::string& path);

/// The absolute path of the nearest `rufflang.toml` in `folder` or above it, or nothing.
[[nodiscard]] std::optional<std::string> find_config(const std::string& folder);

}  // namespace ruff::config
