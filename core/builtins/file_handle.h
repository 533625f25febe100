#pragma once

#include <optional>
#include <string>

#include "core/builtins/file_system.h"
#include "core/vm/handle.h"

namespace ruff::builtins {

/// An open file, the inside of a value of kind `file`. Reading goes through a buffer, writing goes straight
/// to the system: nothing is lost however the program ends. The destructor closes. Everything here blocks the
/// thread.
class FileHandle final : public vm::Handle {
  public:
    /// Modes `r w a r+ w+ a+ x`, with `b` behind them for bytes.
    [[nodiscard]] static Result<FileHandle*> open(const std::string& path, std::string_view mode);

    /// The next line without its end (LF or CRLF); nothing at the end.
    [[nodiscard]] Result<std::optional<std::string>> read_line();
    /// Up to `count` characters (bytes of a binary file), or all that is left.
    [[nodiscard]] Result<std::string> read(std::optional<std::size_t> count);
    [[nodiscard]] Result<void> write(std::string_view content);
    /// Goes to a byte position counted from SEEK_SET, SEEK_CUR or SEEK_END, and gives the new one.
    [[nodiscard]] Result<std::int64_t> seek(std::int64_t position, int from);
    [[nodiscard]] Result<void> close();

    [[nodiscard]] bool is_binary() const { return is_binary_; }
    [[nodiscard]] std::string describe() const override { return "file " + path_; }

  private:
    [[nodiscard]] Result<void> check_open() const;
    /// Reads a block behind what is buffered; false at the end.
    [[nodiscard]] Result<bool> fill();
    /// Forgets the buffer, with the system's position where the program believes to be.
    void drop_buffer();
    [[nodiscard]] std::string_view buffered() const { return std::string_view(buffer_).substr(start_); }

    std::string path_;
    Descriptor descriptor_;
    bool is_binary_ = false;
    std::string buffer_;     // read from the system
    std::size_t start_ = 0;  // of what was not given out yet
};

}  // namespace ruff::builtins
