#pragma once

#include <functional>
#include <span>

#include "tests/support/runner/suite.h"

namespace ruff::tests {

/// A case and the suite that runs it.
struct Job {
    const Suite* suite;
    TestCase test;
};

struct PoolOptions {
    unsigned worker_count = 1;
    /// Told of each case as it begins and as it ends, on the calling thread.
    std::function<void(const Job&)> on_start;
    std::function<void(const Job&, Outcome, std::chrono::milliseconds)> on_end;
};

/// Runs every job in a forked process of its own, `worker_count` at a time, each in its own process group. The
/// outcome comes back through a pipe; a process that ends without one has crashed, and one that outlives the time
/// limit (plus a grace in which it can report its own time-out) is killed with all it has started. Both are failures
/// that say so. Call it with one thread only.
void run_jobs(std::span<const Job> jobs, const Context& context, const PoolOptions& options);

}  // namespace ruff::tests
