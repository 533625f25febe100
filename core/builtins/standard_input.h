#pragma once

#include <optional>
#include <string>

namespace ruff::builtins {

/// The process's standard input, read in blocks and shared by `input` and `read_stdin`, in every isolate.
/// Standard output is flushed before it is read. Thread-safe; blocks the thread.
class StandardInput {
  public:
    /// The next line without its end; nothing at the end of the input.
    [[nodiscard]] static std::optional<std::string> read_line();
    [[nodiscard]] static std::string read_rest();
};

}  // namespace ruff::builtins
