#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "core/support/result.h"

namespace ruff {

/// What a file was at one moment: which one, how large, when it was written. A change shows as another state.
class FileState {
public:
    /// Of the file that `path` leads to, through symbolic links. Fails with `NotFound` or `Unreadable`; the message
    /// says which path and why.
    [[nodiscard]] static Result<FileState> of(const std::string& path);

    /// Whether it is a plain file, which is the only kind that can be replaced.
    [[nodiscard]] bool is_regular() const { return S_ISREG(status_.st_mode); }
    [[nodiscard]] const struct stat& status() const { return status_; }

    friend bool operator==(const FileState& a, const FileState& b);

private:
    explicit FileState(const struct stat& status) : status_(status) {}
    struct stat status_;
};

/// Puts `text` in the place of the whole file at `path`, whose state was `read` before it was read.
///
/// The text is written to a new file beside it, flushed, and renamed over it, so that the file is there whole at any
/// time, before or after, also if the machine stops. A signal that ends the process takes the new file along: for that
/// the first call installs handlers for those that would end it (SIGINT, SIGTERM, SIGHUP, ...). The file keeps its owner and permissions; of a symbolic link the target
/// is replaced. A file that is read-only, or that somebody has changed since, stays as it is; so does one whose folder
/// cannot be written. Then the message of the error is `PATH is left as it was: WHY`.
[[nodiscard]] Result<void> replace_file(const std::string& path, const FileState& read, std::string_view text);

}  // namespace ruff
