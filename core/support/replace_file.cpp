#include "core/support/replace_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/support/neighbour_file.h"

namespace ruff {

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
    const std::string target = link_target(path);
    // To root everything is writable: the permissions say what is meant.
    if ((read.status().st_mode & 0222) == 0 || access(target.c_str(), W_OK) != 0) return refused("it is read-only");
    const auto refused_beside = [&] { return refused(std::string("cannot write beside it: ") + std::strerror(errno)); };
    NeighbourFile file(target, NeighbourFile::OnSignal::Remove);
    if (!file.is_open()) return refused_beside();
    if (!file.write(text)) return refused_beside();
    if (!file.take_over(read.status())) return refused(std::string("its owner and permissions cannot be kept: ") + std::strerror(errno));
    if (!file.finish()) return refused_beside();
    const Result<FileState> now = FileState::of(target);
    if (!now || !(*now == read)) return refused("it was changed meanwhile");
    return file.replace() ? Result<void>() : refused(std::strerror(errno));
}

}  // namespace ruff
