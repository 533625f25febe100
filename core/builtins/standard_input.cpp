#include "core/builtins/standard_input.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/support/mutex.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

constexpr std::size_t kBlockSize = 64 * 1024;

struct Pending {
    Mutex lock;
    std::string text;  // read and not yet given out, from `start` on
    std::size_t start = 0;
};

Pending& pending() {
    static Pending state;
    return state;
}

// Reads one block behind what is pending. False at the end of the input or on an error, which ends it too.
bool read_block(std::string& text) {
    std::size_t size = text.size();
    text.resize(size + kBlockSize);
    ssize_t count = 0;
    do count = ::read(STDIN_FILENO, text.data() + size, kBlockSize);
    while (count < 0 && errno == EINTR);
    text.resize(size + static_cast<std::size_t>(count > 0 ? count : 0));
    return count > 0;
}

}  // namespace

std::optional<std::string> StandardInput::read_line(const std::atomic<bool>& is_abandoned) {
    vm::Output::flush();
    Pending& state = pending();
    const std::lock_guard guard(state.lock);
    std::size_t searched = state.start;
    for (;;) {
        std::size_t end = state.text.find('\n', searched);
        if (end != std::string::npos) {
            if (is_abandoned) return std::nullopt;
            std::string line = state.text.substr(state.start, end - state.start);
            state.start = end + 1;
            if (line.ends_with('\r')) line.pop_back();
            return line;
        }
        state.text.erase(0, state.start);
        state.start = 0;
        searched = state.text.size();
        if (read_block(state.text)) continue;
        if (state.text.empty() || is_abandoned) return std::nullopt;
        return std::exchange(state.text, {});
    }
}

std::string StandardInput::read_rest(const std::atomic<bool>& is_abandoned) {
    vm::Output::flush();
    Pending& state = pending();
    const std::lock_guard guard(state.lock);
    state.text.erase(0, state.start);
    state.start = 0;
    while (read_block(state.text)) {
    }
    return is_abandoned ? std::string() : std::exchange(state.text, {});
}

bool StandardInput::has_line() {
    Pending& state = pending();
    const std::unique_lock guard(state.lock, std::try_to_lock);   // not free: somebody waits for more
    return guard.owns_lock() && state.text.find('\n', state.start) != std::string::npos;
}

bool StandardInput::is_file() {
    struct stat status {};
    return ::fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace ruff::builtins
