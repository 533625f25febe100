// Measures the formatter in one process on one core: `ruff-bench-format [-n ROUNDS] FILE...` prints megabytes a second
// from text to checked text, as the best of the rounds.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "formatter/format.h"

using namespace ruff;

namespace {

void measure(const char* path, int rounds) {
    const auto source = load_source(path);
    if (!source) {
        std::fprintf(stderr, "%s\n", source.error().message.c_str());
        std::exit(1);
    }
    double best = std::numeric_limits<double>::max();
    formatter::FormatResult result;
    for (int round = 0; round < rounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        result = formatter::format_source(*source, {});
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        best = std::min(best, elapsed.count());
    }
    if (result.status != formatter::FormatStatus::Formatted) {
        std::fprintf(stderr, "%s could not be formatted\n", path);
        std::exit(1);
    }
    const double megabytes = static_cast<double>((*source)->text().size()) / 1e6;
    std::printf("%s: %.2f MB, %.1f MB/s\n", path, megabytes, megabytes / best);
}

}  // namespace

int main(int count, char** words) {
    int rounds = 10;
    for (int i = 1; i < count; ++i) {
        if (std::strcmp(words[i], "-n") == 0 && i + 1 < count) rounds = std::max(1, std::atoi(words[++i]));
        else measure(words[i], rounds);
    }
    return 0;
}
