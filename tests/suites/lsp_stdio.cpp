// The language server as a process: frames in pieces over a pipe, a client that stops reading, how it ends.

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <set>

#include "lsp/protocol/messages.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/programs.h"
#include "tests/support/runner/suite.h"

extern char** environ;

namespace ruff::tests {
namespace {

using lsp::Json;
using lsp::make_object;

/// A server with both ends of its pipes.
class ServerProcess {
public:
    explicit ServerProcess(const Context& context) {
        int in[2], out[2];
        if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return;
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
        std::string program = (context.bin / "ruff-lsp").native();
        char* arguments[] = {program.data(), nullptr};
        if (posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environ) != 0) pid_ = -1;
        posix_spawn_file_actions_destroy(&actions);
        close(in[0]);
        close(out[1]);
        in_ = in[1];
        out_ = out[0];
        fcntl(in_, F_SETFL, O_NONBLOCK);
    }
    ~ServerProcess() {
        close_input();
        if (out_ >= 0) close(out_);
        if (pid_ > 0 && !has_ended_) {
            kill(pid_, SIGKILL);
            waitpid(pid_, nullptr, 0);
        }
    }

    /// Bytes written before the pipe was full for `patience` milliseconds.
    std::size_t write(std::string_view bytes, int patience) {
        std::size_t written = 0;
        while (written < bytes.size()) {
            pollfd ready{in_, POLLOUT, 0};
            if (poll(&ready, 1, patience) <= 0) break;
            const ssize_t count = ::write(in_, bytes.data() + written, bytes.size() - written);
            if (count > 0) written += static_cast<std::size_t>(count);
        }
        return written;
    }

    /// The next message; null at the end of the output.
    Json read() {
        for (;;) {
            if (frames_.next() == lsp::FrameReader::Event::Frame) return lsp::parse_json(frames_.body()).value_or(Json());
            char buffer[65536];
            const ssize_t count = ::read(out_, buffer, sizeof buffer);
            if (count <= 0) return {};
            frames_.feed({buffer, static_cast<std::size_t>(count)});
        }
    }

    [[nodiscard]] long resident_kib() const {
        const auto status = read_file("/proc/" + std::to_string(pid_) + "/status");
        const std::size_t at = status ? status->find("VmRSS:") : std::string::npos;
        return at == std::string::npos ? 0 : std::atol(status->c_str() + at + 6);
    }

    void close_input() {
        if (in_ >= 0) close(in_);
        in_ = -1;
    }

    int wait() {
        int status = 0;
        waitpid(pid_, &status, 0);
        has_ended_ = true;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t pid_ = -1;
    int in_ = -1, out_ = -1;
    bool has_ended_ = false;
    lsp::FrameReader frames_;
};

std::string request(int id, std::string_view method, const Json& params) {
    return lsp::frame_text(lsp::request_text(Json(id), method, params));
}
std::string notification(std::string_view method, const Json& params) {
    return lsp::frame_text(lsp::notification_text(method, params));
}

constexpr int kPatience = 10'000;

void begin(ServerProcess& server) {
    server.write(request(0, "initialize", make_object("capabilities", make_object())), kPatience);
    server.read();
    server.write(notification("initialized", make_object()), kPatience);
}

Outcome end(ServerProcess& server, int expected) {
    const int code = server.wait();
    return code == expected ? pass() : fail("It ended with exit code " + std::to_string(code) + ".\n");
}

/// The frame comes a byte at a time.
Outcome run_pieces(const Context& context) {
    ServerProcess server(context);
    for (const char byte : request(1, "initialize", make_object("capabilities", make_object()))) server.write({&byte, 1}, kPatience);
    if (!server.read()["result"].has("capabilities")) return fail("No answer to `initialize`.\n");
    server.write(request(2, "shutdown", Json()) + notification("exit", Json()), kPatience);
    server.read();
    return end(server, 0);
}

Outcome run_end_of_input(const Context& context) {
    ServerProcess server(context);
    begin(server);
    server.close_input();
    return end(server, 1);
}

/// Nobody reads the answers for a while: the server waits instead of piling them up, then gives every one.
Outcome run_stops_reading(const Context& context) {
    constexpr int kRequests = 400;
    constexpr long kMostKib = 200 * 1024;
    ServerProcess server(context);
    begin(server);
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "func f" + std::to_string(i) + "(a, b) { return a + b }\n";
    const Json document = make_object("uri", "untitled:big", "version", 1, "text", text);
    server.write(notification("textDocument/didOpen", make_object("textDocument", document)), kPatience);
    const Json params = make_object("textDocument", make_object("uri", "untitled:big"));
    std::string requests;
    for (int id = 1; id <= kRequests; ++id) requests += request(id, "textDocument/documentSymbol", params);
    const std::size_t written = server.write(requests, 500);
    usleep(300'000);
    const long resident = server.resident_kib();
    if (!context.is_sanitized && resident > kMostKib) return fail("It grew to " + std::to_string(resident) + " KiB.\n");
    std::set<std::int64_t> answered;
    std::size_t rest = written;
    while (answered.size() < kRequests) {
        rest += server.write(std::string_view(requests).substr(rest), 0);
        const Json message = server.read();
        if (message.is_null()) return fail("It ended after " + std::to_string(answered.size()) + " answers.\n");
        if (!message.has("method")) answered.insert(message["id"].integer().value_or(-1));
    }
    server.write(request(kRequests + 1, "shutdown", Json()) + notification("exit", Json()), kPatience);
    server.read();
    return end(server, 0);
}

struct StdioCase {
    const char* name;
    Outcome (*run)(const Context&);
};
constexpr StdioCase kCases[] = {
    {"frames-in-pieces", run_pieces}, {"end-of-input", run_end_of_input}, {"a-client-that-stops-reading", run_stops_reading},
};

}  // namespace

std::vector<TestCase> discover_lsp_stdio(const Context& context) {
    std::vector<TestCase> cases;
    for (std::size_t i = 0; i < std::size(kCases); ++i) {
        cases.push_back({std::string("lsp_stdio/") + kCases[i].name, context.root / "tests/suites/lsp_stdio.cpp", i});
    }
    return cases;
}

Outcome run_lsp_stdio(const TestCase& test, const Context& context) { return kCases[test.index].run(context); }

}  // namespace ruff::tests
