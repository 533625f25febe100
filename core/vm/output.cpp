#include "core/vm/output.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <unistd.h>

#include "core/support/mutex.h"
#include "core/support/write_all.h"

namespace ruff::vm {
namespace {

constexpr std::size_t kBufferSize = 64 * 1024;

// Static data without constructors: output works from the first statement to the last, in whatever order things end.
constinit Mutex g_mutex;
constinit char g_buffer[kBufferSize] = {};
std::size_t g_used = 0;
int g_failure = 0;           // errno of the first write that failed
signed char g_terminal = -1; // not asked yet

[[noreturn]] void end_by_broken_pipe() {
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
    _exit(128 + SIGPIPE);
}

bool write_out(std::string_view text) {
    if (text.empty()) return g_failure == 0;
    const int failure = write_all(STDOUT_FILENO, text);
    if (failure == EPIPE) end_by_broken_pipe();
    if (failure != 0 && g_failure == 0) g_failure = failure;
    return failure == 0;
}

bool flush_buffer() {
    const std::string_view waiting{g_buffer, g_used};
    g_used = 0;
    return write_out(waiting);
}

bool is_terminal() {
    if (g_terminal < 0) g_terminal = ::isatty(STDOUT_FILENO) == 1 ? 1 : 0;
    return g_terminal == 1;
}

}  // namespace

bool Output::write(std::string_view text) {
    const std::lock_guard lock(g_mutex);
    if (text.size() > kBufferSize - g_used && !flush_buffer()) return false;
    if (text.size() > kBufferSize) return write_out(text);
    std::memcpy(g_buffer + g_used, text.data(), text.size());
    g_used += text.size();
    return !is_terminal() || flush_buffer();
}

void Output::write_error(std::string_view text) {
    const std::lock_guard lock(g_mutex);
    (void)flush_buffer();
    (void)write_all(STDERR_FILENO, text);
}

bool Output::flush() {
    const std::lock_guard lock(g_mutex);
    return flush_buffer();
}

std::string Output::failure() {
    const std::lock_guard lock(g_mutex);
    return g_failure == 0 ? std::string() : std::strerror(g_failure);
}

}  // namespace ruff::vm
