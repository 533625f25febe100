#include "core/support/replace_file.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace ruff {
namespace {

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

// ---- The file beside it --------------------------------------------------------------------------------------
//
// It must not stay behind when a signal ends the process. So its name lies where a handler finds it at any moment, on
// any thread, with nothing but atomics and unlink(); git keeps its temporary files in the same way. Other threads run on
// until the process ends: from the handler on none of them creates a file, and the handler waits for those that do.

/// The name of one such file, while it `is_named`. A place is never freed, only left, so that a handler reads it safely.
struct Place {
    std::atomic<bool> is_taken;
    std::atomic<bool> is_named;
    char name[PATH_MAX];
};
constinit std::array<Place, 64> places{};
constinit std::atomic<bool> is_ending{false};
constinit std::atomic<int> creating_count{0};

void remove_and_end(int signal) {
    is_ending.store(true);
    while (creating_count.load() > 0) sched_yield();
    for (const Place& place : places) {
        if (place.is_named.load()) unlink(place.name);
    }
    raise(signal);  // takes effect when this returns, and as if there had been no handler
}

/// As mkostemp(). No signal interrupts it: the handler would wait for itself.
int create(char* name) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    creating_count.fetch_add(1);
    errno = EINTR;
    const int file = is_ending.load() ? -1 : mkostemp(name, O_CLOEXEC);
    const int code = errno;
    creating_count.fetch_sub(1);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = code;
    return file;
}

/// Only where a signal would end the process as it is: whoever ignores or handles it knows better.
void catch_ending_signals() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXFSZ}) {
        struct sigaction action {};
        if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;
        action.sa_handler = remove_and_end;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        sigaction(signal, &action, nullptr);
    }
}

/// A file that is written beside another and either takes its place or is gone with this object.
class FileBeside {
public:
    explicit FileBeside(const std::string& target) {
        static const bool is_caught = (catch_ending_signals(), true);
        static_cast<void>(is_caught);
        for (Place& place : places) {
            if (place.is_taken.exchange(true)) continue;
            place_ = &place;
            break;
        }
        const std::string pattern = target.substr(0, target.rfind('/') + 1) + ".ruff-XXXXXX";
        if (place_ == nullptr || pattern.size() >= sizeof place_->name) {
            errno = place_ == nullptr ? EMFILE : ENAMETOOLONG;
            return;
        }
        std::memcpy(place_->name, pattern.c_str(), pattern.size() + 1);
        place_->is_named.store(true);
        file_ = create(place_->name);
        exists_ = file_ >= 0;
    }
    FileBeside(const FileBeside&) = delete;
    ~FileBeside() {
        if (file_ >= 0) close(file_);
        if (exists_) unlink(place_->name);
        if (place_ == nullptr) return;
        place_->is_named.store(false);
        place_->is_taken.store(false);
    }

    /// All of `text`, with the permissions of another file. False with `errno`.
    [[nodiscard]] bool write(std::string_view text, const struct stat& status) {
        if (!exists_ || !write_all(file_, text) || !take_over(file_, status) || fsync(file_) != 0) return false;
        return close(std::exchange(file_, -1)) == 0;
    }

    /// False with `errno`.
    [[nodiscard]] bool take_place_of(const std::string& target) {
        exists_ = rename(place_->name, target.c_str()) != 0;
        return !exists_;
    }

private:
    Place* place_ = nullptr;
    int file_ = -1;
    bool exists_ = false;
};

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
    FileBeside beside(target);
    if (!beside.write(text, read.status())) return refused(std::string("cannot write beside it: ") + std::strerror(errno));
    const Result<FileState> now = FileState::of(target);
    if (!now || !(*now == read)) return refused("it was changed meanwhile");
    if (!beside.take_place_of(target)) return refused(std::strerror(errno));
    return {};
}

}  // namespace ruff
