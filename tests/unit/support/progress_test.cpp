#include "core/support/progress.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "tests/support/catch.h"

using namespace std::chrono_literals;
using ruff::Progress;

namespace {

/// A terminal nobody sits at.
class Terminal {
public:
    Terminal() : screen_(posix_openpt(O_RDWR | O_NOCTTY)) {
        REQUIRE(screen_ >= 0);
        REQUIRE(grantpt(screen_) == 0);
        REQUIRE(unlockpt(screen_) == 0);
        descriptor_ = open(ptsname(screen_), O_RDWR | O_NOCTTY);
        REQUIRE(descriptor_ >= 0);
    }
    ~Terminal() {
        close(descriptor_);
        close(screen_);
    }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// What was written so far.
    [[nodiscard]] std::string text() const {
        std::string text;
        pollfd ready{screen_, POLLIN, 0};
        char bytes[512];
        while (poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) != 0) {
            const ssize_t count = read(screen_, bytes, sizeof bytes);
            if (count <= 0) break;
            text.append(bytes, static_cast<std::size_t>(count));
        }
        return text;
    }

private:
    int screen_;
    int descriptor_ = -1;
};

}  // namespace

TEST_CASE("progress is one line that goes in the end", "[support]") {
    const Terminal terminal;
    {
        Progress progress(terminal.descriptor(), "formatting", 3, 0ms);
        progress.advance();
    }
    CHECK(terminal.text() == "\r\x1B[Kformatting 1 of 3 files\r\x1B[K");
}

TEST_CASE("work that is soon over shows none", "[support]") {
    const Terminal terminal;
    {
        Progress progress(terminal.descriptor(), "formatting", 3, 24h);
        for (int i = 0; i < 3; ++i) progress.advance();
    }
    CHECK(terminal.text().empty());
}

TEST_CASE("one file shows none", "[support]") {
    const Terminal terminal;
    { Progress(terminal.descriptor(), "formatting", 1, 0ms).advance(); }
    CHECK(terminal.text().empty());
}

TEST_CASE("without a terminal there is none", "[support]") {
    int pipe_ends[2];
    REQUIRE(pipe(pipe_ends) == 0);
    { Progress(pipe_ends[1], "formatting", 3, 0ms).advance(); }
    close(pipe_ends[1]);
    char byte;
    CHECK(read(pipe_ends[0], &byte, 1) == 0);
    close(pipe_ends[0]);
}
