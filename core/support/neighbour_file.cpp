#include "core/support/neighbour_file.h"

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

#include "core/support/write_all.h"

namespace ruff {

// ---- When a signal ends the process ---------------------------------------------------------------------------
//
// The file must not stay behind. So its name lies where a handler finds it at any moment, on any thread, with nothing
// but atomics and unlink(); git keeps its temporary files in the same way. Other threads run on until the process ends:
// from the handler on none of them creates a file, and the handler waits for those that do.

/// The name of one such file, while it `is_named`. A place is never freed, only left, so that a handler reads it safely.
struct NeighbourFile::Place {
    std::atomic<bool> is_taken;
    std::atomic<bool> is_named;
    char name[PATH_MAX];

    static std::array<Place, 64> all;
};
constinit std::array<NeighbourFile::Place, 64> NeighbourFile::Place::all{};

namespace {

constinit std::atomic<bool> is_ending{false};
constinit std::atomic<int> creating_count{0};

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

/// Calls `end(signal)` for the signals that would end the process as it is: whoever ignores or handles one knows better.
void catch_ending_signals(void (*end)(int)) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXFSZ}) {
        struct sigaction action {};
        if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;
        action.sa_handler = end;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        sigaction(signal, &action, nullptr);
    }
}

}  // namespace

NeighbourFile::Place* NeighbourFile::take_place() {
    static const bool is_caught = (catch_ending_signals([](int signal) {
        is_ending.store(true);
        while (creating_count.load() > 0) sched_yield();
        for (const Place& place : Place::all) {
            if (place.is_named.load()) unlink(place.name);
        }
        raise(signal);  // takes effect when this returns, and as if there had been no handler
    }), true);
    static_cast<void>(is_caught);
    for (Place& place : Place::all) {
        if (!place.is_taken.exchange(true)) return &place;
    }
    return nullptr;
}

// ---- The file -----------------------------------------------------------------------------------------------

NeighbourFile::NeighbourFile(std::string target, OnSignal on_signal)
    : target_(std::move(target)), own_name_(target_.substr(0, target_.rfind('/') + 1) + ".ruff-XXXXXX"), name_(own_name_.data()) {
    if (on_signal == OnSignal::Remove) {
        place_ = take_place();
        if (place_ == nullptr || own_name_.size() >= sizeof place_->name) {
            errno = place_ == nullptr ? EMFILE : ENAMETOOLONG;
            return;
        }
        name_ = place_->name;
        std::memcpy(name_, own_name_.c_str(), own_name_.size() + 1);
        place_->is_named.store(true);
    }
    descriptor_ = create(name_);
    exists_ = descriptor_ >= 0;
}

NeighbourFile::~NeighbourFile() {
    const int error = errno;
    if (descriptor_ >= 0) close(descriptor_);
    if (exists_) unlink(name_);
    errno = error;
    if (place_ == nullptr) return;
    place_->is_named.store(false);
    place_->is_taken.store(false);
}

bool NeighbourFile::write(std::string_view text) {
    errno = write_all(descriptor_, text);
    return errno == 0;
}

bool NeighbourFile::set_permissions(mode_t mode) { return fchmod(descriptor_, mode) == 0; }

// The owner first: changing it takes bits of the permissions away.
bool NeighbourFile::take_over(const struct stat& from) {
    const bool is_own = from.st_uid == geteuid() && from.st_gid == getegid();
    if (!is_own && fchown(descriptor_, from.st_uid, from.st_gid) != 0) return false;
    return set_permissions(from.st_mode & 07777);
}

// Some file systems cannot sync; then there is nothing to wait for.
bool NeighbourFile::finish() {
    if (fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS) return false;
    return close(std::exchange(descriptor_, -1)) == 0 || errno == EINTR;
}

bool NeighbourFile::replace() {
    if (rename(name_, target_.c_str()) != 0) return false;
    exists_ = false;
    return true;
}

std::string link_target(const std::string& path) {
    char* resolved = realpath(path.c_str(), nullptr);
    std::string target = resolved != nullptr ? resolved : path;
    std::free(resolved);
    return target;
}

}  // namespace ruff
