#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/builtins/file_system.h"
#include "core/support/mutex.h"
#include "core/vm/handle.h"

namespace ruff::builtins {

/// An open file. Reading goes through a buffer, writing goes straight to the system: nothing is lost however the program
/// ends. Everything here blocks the thread. Shared by the value and by the jobs under way, one of which works at a time.
/// Thread-safe.
class OpenFile {
  public:
    OpenFile(std::string path, Descriptor descriptor, bool is_binary, bool is_regular)
        : path_(std::move(path)), descriptor_(std::move(descriptor)), is_binary_(is_binary), is_regular_(is_regular) {}

    /// The next line without its end (LF or CRLF); nothing at the end.
    [[nodiscard]] Result<std::optional<std::string>> read_line();
    /// The next line, if that takes no look at the disk; also nothing while a job is under way.
    [[nodiscard]] std::optional<std::string> take_buffered_line();
    /// Up to `count` characters (bytes of a binary file), or all that is left.
    [[nodiscard]] Result<std::string> read(std::optional<std::size_t> count);
    [[nodiscard]] Result<void> write(std::string_view content);
    /// Goes to a byte position counted from SEEK_SET, SEEK_CUR or SEEK_END, and gives the new one.
    [[nodiscard]] Result<std::int64_t> seek(std::int64_t position, int from);
    [[nodiscard]] Result<void> close();

    [[nodiscard]] bool is_binary() const { return is_binary_; }
    /// A file on a disk: reading and writing it ends.
    [[nodiscard]] bool is_regular() const { return is_regular_; }
    [[nodiscard]] std::string name() const { return "file " + path_; }

  private:
    [[nodiscard]] Result<void> check_open() const;
    [[nodiscard]] std::string take_line(std::size_t end);
    /// Reads a block behind what is buffered; false at the end.
    [[nodiscard]] Result<bool> fill();
    /// Forgets the buffer, with the system's position where the program believes to be.
    void drop_buffer();
    [[nodiscard]] std::string_view buffered() const { return std::string_view(buffer_).substr(start_); }

    const std::string path_;
    Descriptor descriptor_;
    const bool is_binary_;
    const bool is_regular_;
    Mutex mutex_;
    std::string buffer_;     // read from the system
    std::size_t start_ = 0;  // of what was not given out yet
};

/// The inside of a value of kind `file`. Dropping it closes the file once no job uses it.
class FileHandle final : public vm::Handle {
  public:
    /// Modes `r w a r+ w+ a+ x`, with `b` behind them for bytes.
    [[nodiscard]] static bool knows_mode(std::string_view mode);
    [[nodiscard]] static Result<std::unique_ptr<FileHandle>> open(const std::string& path, std::string_view mode);

    explicit FileHandle(std::shared_ptr<OpenFile> file) : file_(std::move(file)) {}
    [[nodiscard]] const std::shared_ptr<OpenFile>& file() const { return file_; }
    [[nodiscard]] std::string describe() const override { return file_->name(); }

  private:
    std::shared_ptr<OpenFile> file_;
};

}  // namespace ruff::builtins
