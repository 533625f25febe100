#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace ruff {

/// A line such as `formatting 120 of 3000 files` that is rewritten in place while many files are worked on, and goes
/// when the work is over. Shown only on a terminal, and only when the work takes longer than `delay`. Thread-safe.
class Progress {
public:
    /// `verb` as in "formatting"; `descriptor` is where messages go.
    Progress(int descriptor, std::string verb, std::size_t total,
             std::chrono::milliseconds delay = std::chrono::milliseconds(300));
    Progress(const Progress&) = delete;
    ~Progress();

    /// One more file is done.
    void advance();

private:
    using Clock = std::chrono::steady_clock;
    void draw(std::size_t done);

    const int descriptor_;
    const std::string verb_;
    const std::size_t total_;
    const bool is_shown_;
    std::atomic<std::size_t> done_{0};
    std::mutex mutex_;          // of what follows
    Clock::time_point next_;    // when to draw again
    bool is_drawn_ = false;
};

}  // namespace ruff
