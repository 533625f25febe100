#include "tests/support/runner/pool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace ruff::tests {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kGrace{2'000};

// An outcome on the wire: `verdict`, then every string as its length, a blank and its bytes.
void put(std::string& wire, std::string_view text) {
    wire += std::to_string(text.size()) + " ";
    wire += text;
}

std::string encode(const Outcome& outcome) {
    std::string wire;
    put(wire, std::to_string(static_cast<int>(outcome.verdict)));
    put(wire, outcome.message);
    put(wire, std::to_string(outcome.rewrites.size()));
    for (const Rewrite& rewrite : outcome.rewrites) {
        put(wire, rewrite.path.native());
        put(wire, std::to_string(rewrite.begin));
        put(wire, std::to_string(rewrite.end));
        put(wire, rewrite.text);
    }
    put(wire, "end");
    return wire;
}

class Decoder {
  public:
    explicit Decoder(std::string_view wire) : wire_(wire) {}

    std::string text() {
        std::size_t size = 0;
        auto [end, error] = std::from_chars(wire_.data(), wire_.data() + wire_.size(), size);
        std::size_t skipped = static_cast<std::size_t>(end - wire_.data()) + 1;
        if (error != std::errc() || skipped + size > wire_.size()) {
            is_good_ = false;
            return {};
        }
        std::string value(wire_.substr(skipped, size));
        wire_.remove_prefix(skipped + size);
        return value;
    }
    std::size_t number() { return static_cast<std::size_t>(std::strtoull(text().c_str(), nullptr, 10)); }
    [[nodiscard]] bool is_good() const { return is_good_; }

  private:
    std::string_view wire_;
    bool is_good_ = true;
};

// False when the process died before it had written everything.
bool decode(std::string_view wire, Outcome& outcome) {
    Decoder decoder(wire);
    outcome.verdict = static_cast<Verdict>(decoder.number());
    outcome.message = decoder.text();
    std::size_t count = decoder.number();
    for (std::size_t i = 0; i < count && decoder.is_good(); ++i) {
        Rewrite rewrite;
        rewrite.path = decoder.text();
        rewrite.begin = decoder.number();
        rewrite.end = decoder.number();
        rewrite.text = decoder.text();
        outcome.rewrites.push_back(std::move(rewrite));
    }
    return decoder.text() == "end" && decoder.is_good();
}

struct Worker {
    const Job* job = nullptr;
    pid_t process = 0;
    int outcome_end = -1;  // of the pipe the outcome comes through
    int noise_end = -1;    // what the case itself printed: shown when it crashes
    std::string wire;
    std::string noise;
    Clock::time_point start;
    Clock::time_point deadline;
};

[[noreturn]] void run_in_child(const Job& job, const Context& context, int outcome_end, int noise_end) {
    setpgid(0, 0);
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    dup2(noise_end, 1);
    dup2(noise_end, 2);
    rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    std::string wire = encode(job.suite->run(job.test, context));
    std::fflush(nullptr);
    for (std::string_view rest = wire; !rest.empty();) {
        ssize_t count = write(outcome_end, rest.data(), rest.size());
        if (count <= 0) break;
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
    _exit(0);
}

std::chrono::milliseconds time_limit_of(const Job& job, const Context& context) {
    return std::max(job.test.least_limit, context.time_limit);
}

Worker start_worker(const Job& job, const Context& context) {
    int outcome_ends[2], noise_ends[2];
    if (pipe2(outcome_ends, O_CLOEXEC) != 0 || pipe2(noise_ends, O_CLOEXEC) != 0) {
        std::perror("ruff-tests: pipe");
        std::exit(1);
    }
    Worker worker;
    worker.job = &job;
    worker.start = Clock::now();
    worker.deadline = worker.start + time_limit_of(job, context) + kGrace;
    std::fflush(nullptr);
    worker.process = fork();
    if (worker.process == 0) run_in_child(job, context, outcome_ends[1], noise_ends[1]);
    if (worker.process < 0) {
        std::perror("ruff-tests: fork");
        std::exit(1);
    }
    setpgid(worker.process, worker.process);
    close(outcome_ends[1]);
    close(noise_ends[1]);
    worker.outcome_end = outcome_ends[0];
    worker.noise_end = noise_ends[0];
    fcntl(worker.outcome_end, F_SETFL, O_NONBLOCK);
    fcntl(worker.noise_end, F_SETFL, O_NONBLOCK);
    return worker;
}

// Reads what is there; false at the end of the stream.
bool read_some(int end, std::string& text) {
    char buffer[65536];
    while (true) {
        ssize_t count = read(end, buffer, sizeof buffer);
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        if (count == 0) return false;
        if (text.size() < (256u << 20)) text.append(buffer, static_cast<std::size_t>(count));
    }
}

std::string last_lines(std::string_view text) {
    constexpr std::size_t kMost = 8'000;
    if (text.size() <= kMost) return std::string(text);
    return "…" + std::string(text.substr(text.size() - kMost));
}

Outcome describe_crash(const Worker& worker, int status, bool was_killed, const Context& context) {
    std::string why;
    if (was_killed) {
        double seconds = static_cast<double>(time_limit_of(*worker.job, context).count()) / 1000.0;
        why = "It did not end within " + std::to_string(seconds).substr(0, 4) + " s.\n";
    } else if (WIFSIGNALED(status)) {
        why = std::string("The test crashed: ") + strsignal(WTERMSIG(status)) + ".\n";
    } else {
        why = "The test ended with exit code " + std::to_string(WEXITSTATUS(status)) + " before it had a result.\n";
    }
    if (!worker.noise.empty()) why += last_lines(worker.noise);
    if (!why.ends_with('\n')) why += '\n';
    return fail(why);
}

Outcome finish(Worker& worker, bool was_killed, const Context& context) {
    // The whole group: a case that passed may have left something running.
    kill(-worker.process, SIGKILL);
    int status = 0;
    waitpid(worker.process, &status, 0);
    read_some(worker.noise_end, worker.noise);
    close(worker.outcome_end);
    close(worker.noise_end);
    Outcome outcome;
    if (!was_killed && decode(worker.wire, outcome)) return outcome;
    return describe_crash(worker, status, was_killed, context);
}

int next_timeout_ms(std::span<const Worker> workers) {
    Clock::time_point first = Clock::time_point::max();
    for (const Worker& worker : workers) first = std::min(first, worker.deadline);
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(first - Clock::now()).count() + 1;
    return static_cast<int>(std::clamp<long long>(left, 0, 60'000));
}

}  // namespace

void run_jobs(std::span<const Job> jobs, const Context& context, const PoolOptions& options) {
    std::vector<Worker> workers;
    std::size_t next = 0;
    while (next < jobs.size() || !workers.empty()) {
        while (next < jobs.size() && workers.size() < std::max(1u, options.worker_count)) {
            if (options.on_start) options.on_start(jobs[next]);
            workers.push_back(start_worker(jobs[next++], context));
        }
        std::vector<pollfd> polled;
        for (const Worker& worker : workers) {
            polled.push_back({worker.outcome_end, POLLIN, 0});
            polled.push_back({worker.noise_end, POLLIN, 0});
        }
        poll(polled.data(), polled.size(), next_timeout_ms(workers));

        for (std::size_t i = workers.size(); i-- > 0;) {
            Worker& worker = workers[i];
            // Closing its standard output is not the end of a case; poll() leaves out what is negative.
            if (polled[2 * i + 1].revents && !read_some(worker.noise_end, worker.noise)) {
                close(worker.noise_end);
                worker.noise_end = -1;
            }
            bool is_over = polled[2 * i].revents && !read_some(worker.outcome_end, worker.wire);
            bool is_late = !is_over && Clock::now() >= worker.deadline;
            if (!is_over && !is_late) continue;
            auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - worker.start);
            Outcome outcome = finish(worker, is_late, context);
            if (options.on_end) options.on_end(*worker.job, std::move(outcome), elapsed);
            workers.erase(workers.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
}

}  // namespace ruff::tests
