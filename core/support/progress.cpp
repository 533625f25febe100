#include "core/support/progress.h"

#include <unistd.h>

#include <string_view>
#include <utility>

namespace ruff {
namespace {

constexpr std::chrono::milliseconds kPause{100};
constexpr std::string_view kEraseLine = "\r\x1B[K";

void show(int descriptor, std::string_view text) {
    // A terminal that takes no more only misses a line that is soon replaced.
    [[maybe_unused]] const ssize_t count = write(descriptor, text.data(), text.size());
}

}  // namespace

Progress::Progress(int descriptor, std::string verb, std::size_t total, std::chrono::milliseconds delay)
    : descriptor_(descriptor), verb_(std::move(verb)), total_(total), is_shown_(total > 1 && isatty(descriptor) != 0),
      next_(Clock::now() + delay) {}

Progress::~Progress() {
    if (is_drawn_) show(descriptor_, kEraseLine);
}

void Progress::advance() {
    const std::size_t done = done_.fetch_add(1) + 1;
    if (!is_shown_) return;
    // Who finds another drawing has something better to do.
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (lock.owns_lock() && Clock::now() >= next_) draw(done);
}

void Progress::draw(std::size_t done) {
    show(descriptor_, std::string(kEraseLine) + verb_ + " " + std::to_string(done) + " of " + std::to_string(total_) + " files");
    is_drawn_ = true;
    next_ = Clock::now() + kPause;
}

}  // namespace ruff
