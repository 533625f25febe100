#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ruff::tests {

/// The whole file, or nothing when it cannot be read.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& path);
/// Creates the folders above `path`; gives whether all was written.
bool write_file(const std::filesystem::path& path, std::string_view content);

/// Regular files below `folder` (recursively) with this extension (".ruff"), sorted; empty without the folder.
[[nodiscard]] std::vector<std::filesystem::path> find_files(const std::filesystem::path& folder,
                                                            std::string_view extension);

/// The lines without their ends (LF or CRLF); a final line end does not begin another line.
[[nodiscard]] std::vector<std::string_view> split_lines(std::string_view text);

/// A fresh folder below the system's temporary one, removed with all that is in it.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace ruff::tests
