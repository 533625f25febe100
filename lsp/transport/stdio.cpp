#include "lsp/transport/stdio.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "core/support/write_all.h"
#include "lsp/protocol/json.h"
#include "lsp/session/server.h"

namespace ruff::lsp {
namespace {

/// The file of `--record`: `{"from":"client","at_ms":12,"message":{…}}` a line.
class Recording {
public:
    explicit Recording(const std::string& path) {
        if (!path.empty()) file_ = std::fopen(path.c_str(), "we");
    }
    ~Recording() {
        if (file_ != nullptr) std::fclose(file_);
    }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

    [[nodiscard]] bool is_open() const { return file_ != nullptr; }
    void note(std::string_view from, std::string_view body) {
        if (file_ == nullptr) return;
        const auto elapsed = std::chrono::steady_clock::now() - begin_;
        const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count();
        Json line = make_object("from", from, "at_ms", static_cast<std::int64_t>(milliseconds), "message", body);
        const std::lock_guard lock(mutex_);
        std::fputs((write_json(line) + "\n").c_str(), file_);
        std::fflush(file_);
    }

private:
    std::FILE* file_ = nullptr;
    std::mutex mutex_;
    const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

void read_frames(Server& server, Recording& recording) {
    FrameReader frames;
    std::string buffer(64 * 1024, '\0');
    for (;;) {
        const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        frames.feed(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
        for (FrameReader::Event event; (event = frames.next()) != FrameReader::Event::None;) {
            if (event != FrameReader::Event::Frame) {
                server.receive_bad_frame(event);
                continue;
            }
            recording.note("client", frames.body());
            server.receive(frames.body());
        }
    }
    server.close();
}

}  // namespace

int serve(const ServeOptions& options) {
    std::signal(SIGPIPE, SIG_IGN);
    Recording recording(options.record);
    if (!options.record.empty() && !recording.is_open()) {
        std::fprintf(stderr, "ruff lsp: cannot write %s\n", options.record.c_str());
        return 5;
    }
    int exit_code = 0;
    {
        Server server([&](std::string_view body) {
            recording.note("server", body);
            (void)write_all(STDOUT_FILENO, frame_text(body));   // nobody may read any more: the input ends, too
        });
        std::thread reader([&] { read_frames(server, recording); });
        exit_code = server.run();
        // The reader may be asleep in a read that no end of input will wake: it goes with the process.
        if (server.has_exited()) {
            std::fflush(nullptr);
            std::_Exit(exit_code);
        }
        reader.join();
    }
    return exit_code;
}

int replay(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "re");
    if (file == nullptr) {
        std::fprintf(stderr, "ruff lsp: cannot read %s\n", path.c_str());
        return 5;
    }
    Server server([](std::string_view body) { (void)write_all(STDOUT_FILENO, std::string(body) + "\n"); });
    char* line = nullptr;
    std::size_t capacity = 0;
    for (ssize_t size; (size = getline(&line, &capacity, file)) > 0;) {
        const std::optional<Json> entry = parse_json({line, static_cast<std::size_t>(size)});
        if (!entry || (*entry)["from"].text() != "client") continue;
        server.receive((*entry)["message"].text());
        server.settle();
    }
    std::free(line);
    std::fclose(file);
    server.close();
    return 0;
}

}  // namespace ruff::lsp
