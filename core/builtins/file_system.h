#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/support/result.h"

// Files by the system's own calls, with errors as `path: words of the system`. Everything here blocks the
// thread.
namespace ruff::builtins {

/// A descriptor that is closed when it goes out of scope.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();
    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    int release();
    /// Closes and gives what the system said: data may be refused only now.
    [[nodiscard]] bool close();

  private:
    int number_ = -1;
};

/// The error that `errno` names, about `path`.
[[nodiscard]] Error system_error(std::string_view path);

[[nodiscard]] Result<Descriptor> open_path(const std::string& path, int flags, unsigned mode = 0666);
/// All bytes from the descriptor's position on. Fails above `limit` bytes.
[[nodiscard]] Result<std::string> read_all(int descriptor, std::string_view path, std::size_t limit);
[[nodiscard]] Result<std::string> read_whole_file(const std::string& path, std::size_t limit);
[[nodiscard]] Result<void> write_all(int descriptor, std::string_view path, std::string_view content);

struct WriteOptions {
    bool overwrite = true;
    bool atomic = false;
};
/// Writes a file anew. Atomic: a file beside it is written, brought to the disk and renamed, and keeps the
/// permissions of the one that it replaces; on failure nothing is left behind.
[[nodiscard]] Result<void> write_whole_file(const std::string& path, std::string_view content,
                                            const WriteOptions& options);
[[nodiscard]] Result<void> append_to_file(const std::string& path, std::string_view content);
[[nodiscard]] Result<void> copy_file_content(const std::string& from, const std::string& to, bool overwrite);

/// The names in a folder without `.` and `..`, sorted by bytes.
[[nodiscard]] Result<std::vector<std::string>> list_names(const std::string& path);
[[nodiscard]] Result<void> create_folder(const std::string& path, bool with_parents);
/// Removes a folder with everything in it; symbolic links are removed, not followed.
[[nodiscard]] Result<void> remove_tree(const std::string& path);

/// False if there is nothing at the path, or it cannot be seen.
[[nodiscard]] bool status_of(const std::string& path, bool follows_links, struct stat& status);

/// The paths that a pattern fits, sorted; folders that cannot be read count as empty.
[[nodiscard]] std::vector<std::string> glob_paths(std::string_view pattern);

[[nodiscard]] std::string temporary_folder();
[[nodiscard]] Result<std::string> current_folder();

/// `text` with every byte that is not UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string with_replacements(std::string_view text);

}  // namespace ruff::builtins
