#include "tests/support/runner/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace ruff::tests {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kLargestOutput = 64u << 20;

struct Pipe {
    int read_end = -1;
    int write_end = -1;

    Pipe() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) == 0) read_end = ends[0], write_end = ends[1];
    }
    ~Pipe() { close_read(), close_write(); }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_read() { close_end(read_end); }
    void close_write() { close_end(write_end); }
    static void close_end(int& end) {
        if (end >= 0) close(end);
        end = -1;
    }
};

// In the new process: never returns.
[[noreturn]] void become(const ProcessOptions& options, Pipe& input, Pipe& output, Pipe& error) {
    dup2(input.read_end, 0);
    dup2(output.write_end, 1);
    dup2(options.joins_error ? output.write_end : error.write_end, 2);
    if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) {
        std::perror("chdir");
        _exit(126);
    }
    for (const auto& [name, value] : options.environment) setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> words;
    for (const std::string& word : options.command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    signal(SIGPIPE, SIG_DFL);
    execvp(words[0], words.data());
    std::perror(words[0]);
    _exit(127);
}

// Appends what can be read now; closes the end at the end of the file.
void drain(int& end, std::string& text) {
    char buffer[65536];
    ssize_t count = read(end, buffer, sizeof buffer);
    if (count > 0) {
        std::size_t room = kLargestOutput - std::min(kLargestOutput, text.size());
        text.append(buffer, std::min(room, static_cast<std::size_t>(count)));
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
        Pipe::close_end(end);
    }
}

void feed(int& end, std::string_view& input) {
    ssize_t count = write(end, input.data(), std::min<std::size_t>(input.size(), 65536));
    if (count > 0) input.remove_prefix(static_cast<std::size_t>(count));
    bool is_over = input.empty() || (count < 0 && errno != EINTR && errno != EAGAIN);
    if (is_over) Pipe::close_end(end);
}

int remaining_ms(Clock::time_point deadline) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, 1 << 30));
}

// Moves the streams until both outputs are closed; false when the deadline passed first.
bool pump(Pipe& input, Pipe& output, Pipe& error, std::string_view to_feed, ProcessResult& result,
          Clock::time_point deadline) {
    if (to_feed.empty()) input.close_write();
    while (output.read_end >= 0 || error.read_end >= 0) {
        pollfd polled[3] = {{output.read_end, POLLIN, 0}, {error.read_end, POLLIN, 0}, {input.write_end, POLLOUT, 0}};
        int ready = poll(polled, 3, remaining_ms(deadline));
        if (ready == 0) return false;
        if (ready < 0) continue;
        if (polled[0].revents) drain(output.read_end, result.output);
        if (polled[1].revents) drain(error.read_end, result.error);
        if (polled[2].revents) feed(input.write_end, to_feed);
    }
    return true;
}

// Waits for a process that has closed its outputs, and may still run.
bool wait_until(pid_t process, int& status, Clock::time_point deadline) {
    while (true) {
        pid_t ended = waitpid(process, &status, WNOHANG);
        if (ended == process) return true;
        if (remaining_ms(deadline) == 0) return false;
        usleep(300);
    }
}

}  // namespace

bool ProcessResult::has_crashed() const {
    return signal != 0 || timed_out || exit_code == kSanitizerExit || exit_code == 6 ||
           error.find("Sanitizer:") != std::string::npos || output.find("Sanitizer:") != std::string::npos;
}

std::string ProcessResult::describe_end() const {
    if (!not_started.empty()) return "not started: " + not_started;
    if (timed_out) return "stopped: it ran longer than its time limit";
    if (signal) return "killed by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
    if (exit_code == kSanitizerExit) return "a sanitizer report";
    if (exit_code == 6) return "exit code 6 (internal error)";
    return "exit code " + std::to_string(exit_code);
}

ProcessResult run_process(const ProcessOptions& options) {
    ProcessResult result;
    Clock::time_point deadline = Clock::now() + options.time_limit;
    Pipe input, output, error;
    std::fflush(nullptr);
    pid_t process = fork();
    if (process == 0) become(options, input, output, error);
    if (process < 0) {
        result.not_started = strerror(errno);
        return result;
    }
    input.close_read();
    output.close_write();
    error.close_write();
    signal(SIGPIPE, SIG_IGN);
    fcntl(input.write_end, F_SETFL, O_NONBLOCK);

    int status = 0;
    bool is_over = pump(input, output, error, options.input, result, deadline) && wait_until(process, status, deadline);
    if (!is_over) {
        result.timed_out = true;
        kill(process, SIGKILL);
        waitpid(process, &status, 0);
        return result;
    }
    if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    return result;
}

}  // namespace ruff::tests
