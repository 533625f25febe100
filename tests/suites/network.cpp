// tests/network/*.ruff: programs that talk to a server of their own (tests/support/server) on loopback.
//
// Each runs in an empty folder as `ruff run FILE`, with in its environment
//     SERVER         http://127.0.0.1:PORT
//     TLS_SERVER     https://localhost:PORT, with a certificate made for the test
//     CA_FILE        what that certificate is verified by
//     CLOSED         http://127.0.0.1:PORT, where nobody listens
//     FULL           http://127.0.0.1:PORT, which takes no connection: the queue of the listener is full
//     EXAMPLES       the folder of the examples
// A first line `# lookups: test` preloads a getaddrinfo that knows `slow-MS.test` and `fail-MS.test`, `# calls: recorded` what records
// blocking calls of the program's first thread (tests/support/server/blocking_calls.cpp) in the file BLOCKING_CALLS. `# needs: PROGRAM`
// skips the case where that program is missing.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>

#include "tests/support/runner/files.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

/// A listening socket on loopback whose queue is filled by connections of ours: further ones get no answer at all.
class FullListener {
public:
    FullListener() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address_);
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address_), size);
        ::listen(listener_, 0);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address_), &size);
        for (int& filler : fillers_) {
            filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
            (void)!::connect(filler, reinterpret_cast<sockaddr*>(&address_), sizeof(address_));
        }
    }
    ~FullListener() {
        for (const int filler : fillers_) ::close(filler);
        ::close(listener_);
    }
    [[nodiscard]] int port() const { return ntohs(address_.sin_port); }

private:
    int listener_;
    int fillers_[4];
    sockaddr_in address_{};
};

/// A port of loopback where nobody listens: bound by us and not listening.
class ClosedPort {
public:
    ClosedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address_);
        ::bind(socket_, reinterpret_cast<sockaddr*>(&address_), size);
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size);
    }
    ~ClosedPort() { ::close(socket_); }
    [[nodiscard]] int port() const { return ntohs(address_.sin_port); }

private:
    int socket_;
    sockaddr_in address_{};
};

/// The server of one case; it ends when its standard input does.
class Server {
public:
    explicit Server(const std::string& command) {
        int input[2];
        if (::pipe2(input, O_CLOEXEC) != 0) return;
        const std::string line = "exec " + command + " < /proc/self/fd/" + std::to_string(input[0]);
        ::fcntl(input[0], F_SETFD, 0);
        output_ = ::popen(line.c_str(), "re");
        ::close(input[0]);
        input_ = input[1];
        if (output_ != nullptr) (void)!std::fscanf(output_, "%d %d", &port, &tls_port);
    }
    ~Server() {
        ::close(input_);
        if (output_ != nullptr) ::pclose(output_);
    }
    int port = 0;
    int tls_port = 0;

private:
    int input_ = -1;
    FILE* output_ = nullptr;
};

/// A certificate for localhost that signs itself, in `folder`. False: there is no openssl.
bool make_certificate(const fs::path& folder) {
    const std::string command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost "
                                "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout " + (folder / "key.pem").native() + " -out " +
                                (folder / "certificate.pem").native() + " 2>/dev/null";
    return std::system(command.c_str()) == 0;
}

std::string loopback(std::string_view scheme, std::string_view host, int port) {
    return std::string(scheme) + "://" + std::string(host) + ":" + std::to_string(port);
}

/// What `# needs:` names, or nothing.
std::string needed_program(const std::string& program) {
    const std::size_t at = program.find("# needs: ");
    return at == std::string::npos ? "" : program.substr(at + 9, program.find('\n', at) - at - 9);
}

}  // namespace

std::vector<TestCase> discover_network(const Context& context) {
    std::vector<TestCase> cases;
    for (const fs::path& path : find_files(context.root / "tests/network", ".ruff")) {
        cases.push_back({"network/" + path.stem().native(), path, 0});
    }
    return cases;
}

Outcome run_network(const TestCase& test, const Context& context) {
    const std::string program = read_file(test.path).value_or("");
    if (const std::string needed = needed_program(program); !needed.empty()) {
        if (std::system(("command -v " + needed + " > /dev/null").c_str()) != 0) return skip("there is no " + needed);
    }
    TemporaryFolder folder, secrets;
    std::string command = (context.bin / "ruff-test-server").native();
    const bool has_tls = make_certificate(secrets.path());
    if (has_tls) {
        command += " --certificate " + (secrets.path() / "certificate.pem").native() + " --key " + (secrets.path() / "key.pem").native();
    } else if (program.find("TLS_SERVER") != std::string::npos) {
        return skip("there is no openssl to make a certificate with");
    }
    const FullListener full;
    const ClosedPort closed;
    const Server server(command);
    if (server.port == 0) return fail("ruff-test-server does not start\n");

    std::vector<std::pair<std::string, std::string>> environment = {
        {"SERVER", loopback("http", "127.0.0.1", server.port)},
        {"TLS_SERVER", loopback("https", "localhost", server.tls_port)},
        {"CA_FILE", (secrets.path() / "certificate.pem").native()},
        {"KEY_FILE", (secrets.path() / "key.pem").native()},
        {"CLOSED", loopback("http", "127.0.0.1", closed.port())},
        {"FULL", loopback("http", "127.0.0.1", full.port())},
        {"EXAMPLES", (context.root / "examples").native()},
        {"http_proxy", ""}, {"https_proxy", ""}, {"all_proxy", ""}, {"ALL_PROXY", ""}, {"HTTPS_PROXY", ""},
    };
    const bool has_test_lookups = program.starts_with("# lookups: test");
    const bool records_calls = program.starts_with("# calls: recorded");
    if (has_test_lookups || records_calls) {
        if (context.is_sanitized) return skip("a sanitizer must be loaded first");
        environment.emplace_back("LD_PRELOAD", (context.bin / (records_calls ? "ruff-test-calls.so" : "ruff-test-lookup.so")).native());
    }
    if (records_calls) environment.emplace_back("BLOCKING_CALLS", (secrets.path() / "calls").native());
    fs::copy_file(test.path, folder.path() / "main.ruff");
    return run_program({.program = program, .folder = folder.path(), .file = "main.ruff", .original = test.path, .environment = environment}, context);
}

}  // namespace ruff::tests
