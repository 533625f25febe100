#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What `ruff fmt` and `ruff-fmt` do: files in, files or text out.
namespace ruff::formatter {

struct LineRange {
    std::uint32_t first = 1;  ///< from 1, both inclusive
    std::uint32_t last = 1;
};

struct CommandOptions {
    /// Files, folders (all `.ruff` files below them) and `-` for standard input.
    std::vector<std::string> paths;
    bool is_check = false;  ///< writes nothing, names the files that would change
    bool is_diff = false;   ///< writes nothing, shows what would change
    /// The name that standard input goes by: for messages and to find its configuration.
    std::string stdin_path;
    std::optional<LineRange> range;
};

/// `4:9` or `4`; nothing if it is neither.
[[nodiscard]] std::optional<LineRange> parse_line_range(std::string_view text);

/// Text goes to stdout, messages to stderr. The exit code: 6 where Ruff itself failed, 5 for a file that cannot be
/// read or written, 3 for one with errors, 1 for one that would change (`is_check`, `is_diff`), else 0; over many
/// files the highest.
///
/// A file is written beside its place and then renamed over it, so it is there whole at any time, before or after.
/// It keeps its permissions, its line ends and its byte order mark; of a symbolic link the target is replaced. A file
/// that is not writable, or that somebody else changes meanwhile, stays as it is.
[[nodiscard]] int run_command(const CommandOptions& options);

}  // namespace ruff::formatter
