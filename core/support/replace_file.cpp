#include "core/support/replace_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace ruff {
namespace {

Error unwritable(int code) { return {ErrorCode::Unreadable, std::strerror(code)}; }

/// False with `errno`.
bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

/// The permissions and owner of another file. The owner first: changing it takes bits of the permissions away.
bool take_over(int descriptor, const struct stat& from) {
    if ((from.st_uid != geteuid() || from.st_gid != getegid()) && fchown(descriptor, from.st_uid, from.st_gid) != 0) {
        return false;
    }
    return fchmod(descriptor, from.st_mode & 07777) == 0;
}

/// Writes all of `text` to a new file beside `target`; its name, or why not.
Result<std::string> write_beside(const std::string& target, const struct stat& status, std::string_view text) {
    std::string name = target.substr(0, target.rfind('/') + 1) + ".ruff-XXXXXX";
    const int file = mkostemp(name.data(), O_CLOEXEC);
    if (file < 0) return unwritable(errno);
    bool is_written = write_all(file, text) && take_over(file, status) && fsync(file) == 0;
    const int code = errno;
    is_written = close(file) == 0 && is_written;
    if (is_written) return name;
    unlink(name.c_str());
    return unwritable(code);
}

/// The file behind all symbolic links.
std::string target_of(const std::string& path) {
    char* resolved = realpath(path.c_str(), nullptr);
    std::string target = resolved != nullptr ? resolved : path;
    std::free(resolved);
    return target;
}

}  // namespace

Result<FileState> FileState::of(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0) return FileState(status);
    const ErrorCode code = errno == ENOENT || errno == ENOTDIR ? ErrorCode::NotFound : ErrorCode::Unreadable;
    return Error{code, "cannot read " + path + ": " + std::strerror(errno)};
}

bool operator==(const FileState& a, const FileState& b) {
    const struct stat &x = a.status_, &y = b.status_;
    return x.st_dev == y.st_dev && x.st_ino == y.st_ino && x.st_size == y.st_size &&
           x.st_mtim.tv_sec == y.st_mtim.tv_sec && x.st_mtim.tv_nsec == y.st_mtim.tv_nsec;
}

Result<void> replace_file(const std::string& path, const FileState& read, std::string_view text) {
    const auto refused = [&](const std::string& why) {
        return Error{ErrorCode::Unreadable, path + " is left as it was: " + why};
    };
    const std::string target = target_of(path);
    // To root everything is writable: the permissions say what is meant.
    if ((read.status().st_mode & 0222) == 0 || access(target.c_str(), W_OK) != 0) return refused("it is read-only");
    const Result<std::string> beside = write_beside(target, read.status(), text);
    if (!beside) return refused("cannot write beside it: " + beside.error().message);
    const Result<FileState> now = FileState::of(target);
    std::string why;
    if (!now || !(*now == read)) {
        why = "it was changed meanwhile";
    } else if (rename(beside->c_str(), target.c_str()) != 0) {
        why = std::strerror(errno);
    } else {
        return {};
    }
    unlink(beside->c_str());
    return refused(why);
}

}  // namespace ruff
