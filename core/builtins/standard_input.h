#pragma once

#include <atomic>
#include <optional>
#include <string>

namespace ruff::builtins {

/// The process's standard input, read in blocks and shared by `input` and `read_stdin`, in every isolate.
/// Standard output is flushed before it is read. Thread-safe; reading blocks the thread.
class StandardInput {
  public:
    /// The next line without its end; nothing at the end of the input. Who reads may have gone when the line is there
    /// (`is_abandoned`): then it stays for the next.
    [[nodiscard]] static std::optional<std::string> read_line(const std::atomic<bool>& is_abandoned);
    [[nodiscard]] static std::string read_rest(const std::atomic<bool>& is_abandoned);
    /// True when a line has been read already: `read_line` gives it without waiting. Does not block.
    [[nodiscard]] static bool has_line();
    /// True for a file of a disk, which keeps nobody waiting for long.
    [[nodiscard]] static bool is_file();
};

}  // namespace ruff::builtins
