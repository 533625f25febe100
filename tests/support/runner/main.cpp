// ruff-tests: finds every case of every suite, runs them in parallel, shows what failed and how to repeat it.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include "cli/options.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/pool.h"
#include "tests/support/runner/suite.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;
using cli::Option;
using cli::OptionKind;

constexpr Option kOptions[] = {
    {.name = "--only", .kind = OptionKind::value, .value_name = "NAME",
     .help = "Runs this case, or all below this folder of cases; may be repeated"},
    {.name = "--filter", .kind = OptionKind::value, .value_name = "TEXT",
     .help = "Runs the cases whose name contains TEXT; may be repeated"},
    {.name = "--except", .kind = OptionKind::value, .value_name = "NAME",
     .help = "Leaves out this case, or all below this folder of cases; may be repeated"},
    {.name = "--update", .help = "Rewrites the expectations of what fails, never to a crash"},
    {.name = "--list", .help = "Prints the names of the cases instead of running them"},
    {.name = "--slowest", .kind = OptionKind::value, .value_name = "N", .help = "Prints the N slowest cases"},
    {.name = "--jobs", .kind = OptionKind::value, .value_name = "N",
     .help = "Runs N cases at once; as many as there are cores without it", .short_name = 'j'},
    {.name = "--time-limit", .kind = OptionKind::value, .value_name = "SECONDS",
     .help = "For one case: 20, or 80 in a sanitized build"},
    {.name = "--stress", .help = "Many more runs of what is random"},
    {.name = "--ruff", .kind = OptionKind::value, .value_name = "FILE",
     .help = "The program to test; the one beside this runner without it"},
    {.name = "--root", .kind = OptionKind::value, .value_name = "FOLDER", .help = "The source tree to find cases in"},
    {.name = "--help", .help = "Shows this page", .short_name = 'h'},
};

struct Counts {
    std::size_t passed = 0, failed = 0, skipped = 0;
};

struct Timing {
    std::chrono::milliseconds elapsed;
    std::string name;
};

bool is_at_or_below(std::string_view name, std::string_view folder) {
    while (folder.ends_with('/')) folder.remove_suffix(1);
    return name.starts_with(folder) && (name.size() == folder.size() || name[folder.size()] == '/');
}

bool is_selected(std::string_view name, const cli::Arguments& arguments) {
    auto has_prefix = [&](std::string_view folder) { return is_at_or_below(name, folder); };
    auto has_text = [&](std::string_view text) { return name.find(text) != std::string_view::npos; };
    std::vector<std::string_view> only = arguments.values("--only");
    std::vector<std::string_view> filters = arguments.values("--filter");
    std::vector<std::string_view> without = arguments.values("--except");
    if (std::ranges::any_of(without, has_prefix)) return false;
    if (!only.empty() && std::ranges::none_of(only, has_prefix)) return false;
    return filters.empty() || std::ranges::any_of(filters, has_text);
}

// A suite whose name cannot be part of the selection is not even asked for its cases.
bool may_be_selected(const Suite& suite, const cli::Arguments& arguments) {
    std::vector<std::string_view> only = arguments.values("--only");
    return only.empty() || std::ranges::any_of(only, [&](std::string_view name) {
               return is_at_or_below(name, suite.name);
           });
}

std::vector<Job> find_jobs(const Context& context, const cli::Arguments& arguments) {
    std::vector<Job> jobs;
    for (const Suite& suite : all_suites()) {
        if (!may_be_selected(suite, arguments)) continue;
        for (TestCase& test : suite.discover(context)) {
            if (is_selected(test.name, arguments)) jobs.push_back({&suite, std::move(test)});
        }
    }
    return jobs;
}

std::string shell_word(const std::string& word) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=+@%";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
    std::string quoted = "'";
    for (char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

// The command that runs one case alone, from where this runner was started.
std::string repeat_command(const std::string& name, const cli::Arguments& arguments, const fs::path& self) {
    std::error_code error;
    fs::path shown = fs::relative(self, error);
    std::string command = shell_word((error || shown.empty() || shown.native().starts_with("..") ? self : shown).native());
    for (std::string_view kept : {"--ruff", "--root"}) {
        if (arguments.has(kept)) command += " " + std::string(kept) + " " + shell_word(std::string(arguments.value(kept)));
    }
    if (arguments.has("--stress")) command += " --stress";
    return command + " --only " + shell_word(name);
}

// Replaces from the end of each file, so that the places before stay right.
std::size_t apply_rewrites(std::vector<Rewrite>& rewrites) {
    std::ranges::sort(rewrites, [](const Rewrite& a, const Rewrite& b) {
        return a.path != b.path ? a.path < b.path : a.begin > b.begin;
    });
    std::map<fs::path, std::string> contents;
    for (const Rewrite& rewrite : rewrites) {
        auto [entry, is_new] = contents.try_emplace(rewrite.path);
        if (is_new) entry->second = read_file(rewrite.path).value_or("");
        entry->second.replace(rewrite.begin, rewrite.end - rewrite.begin, rewrite.text);
    }
    for (const auto& [path, content] : contents) write_file(path, content);
    return contents.size();
}

class Report {
  public:
    Report(std::size_t total, const cli::Arguments& arguments, fs::path self)
        : total_(total), arguments_(arguments), self_(std::move(self)), shows_progress_(isatty(1) != 0) {}

    void case_started(const Job& job) {
        if (!shows_progress_) return;
        std::printf("\r\033[K[%zu/%zu] %.100s", done_, total_, job.test.name.c_str());
        std::fflush(stdout);
    }

    void case_ended(const Job& job, Outcome outcome, std::chrono::milliseconds elapsed) {
        ++done_;
        timings_.push_back({elapsed, job.test.name});
        switch (outcome.verdict) {
            case Verdict::passed: ++counts_.passed; return;
            case Verdict::skipped:
                ++counts_.skipped;
                ++skip_reasons_[outcome.message];
                return;
            case Verdict::failed: break;
        }
        ++counts_.failed;
        clear_progress();
        std::printf("FAILED %s\n", job.test.name.c_str());
        std::fputs(outcome.message.c_str(), stdout);
        if (!outcome.message.ends_with('\n')) std::fputc('\n', stdout);
        std::printf("repeat: %s\n\n", repeat_command(job.test.name, arguments_, self_).c_str());
        std::fflush(stdout);
        for (Rewrite& rewrite : outcome.rewrites) rewrites_.push_back(std::move(rewrite));
    }

    int finish() {
        clear_progress();
        print_slowest();
        for (const auto& [reason, count] : skip_reasons_) {
            std::printf("skipped %zu: %s\n", count, reason.c_str());
        }
        if (arguments_.has("--update")) {
            std::printf("rewrote the expectations of %zu files\n", apply_rewrites(rewrites_));
        }
        std::string counts = std::to_string(counts_.passed) + " passed, " + std::to_string(counts_.failed) +
                             " failed, " + std::to_string(counts_.skipped) + " skipped\n";
        std::fputs(counts.c_str(), stdout);
        // scripts/test adds up what several runs counted.
        if (const char* path = std::getenv("RUFF_TESTS_COUNTS")) write_file(path, counts);
        return counts_.failed ? 1 : 0;
    }

  private:
    void clear_progress() const {
        if (shows_progress_) std::fputs("\r\033[K", stdout);
    }

    void print_slowest() {
        std::size_t wanted = std::strtoul(std::string(arguments_.value("--slowest", "0")).c_str(), nullptr, 10);
        std::ranges::sort(timings_, [](const Timing& a, const Timing& b) { return a.elapsed > b.elapsed; });
        for (std::size_t i = 0; i < std::min(wanted, timings_.size()); ++i) {
            std::printf("%7.2f s  %s\n", static_cast<double>(timings_[i].elapsed.count()) / 1000, timings_[i].name.c_str());
        }
    }

    std::size_t total_;
    const cli::Arguments& arguments_;
    fs::path self_;
    bool shows_progress_;
    std::size_t done_ = 0;
    Counts counts_;
    std::map<std::string, std::size_t> skip_reasons_;
    std::vector<Rewrite> rewrites_;
    std::vector<Timing> timings_;
};

Context make_context(const cli::Arguments& arguments, const fs::path& self) {
    Context context;
    context.root = fs::absolute(arguments.value("--root", RUFF_SOURCE_DIR));
    context.bin = self.parent_path();
    context.ruff = fs::absolute(arguments.value("--ruff", (context.bin / "ruff").native()));
    context.is_stress = arguments.has("--stress");
#ifdef RUFF_SANITIZED
    context.is_sanitized = true;
#endif
    double limit = context.is_sanitized ? 80 : 20;
    if (arguments.has("--time-limit")) limit = std::strtod(std::string(arguments.value("--time-limit")).c_str(), nullptr);
    context.time_limit = std::chrono::milliseconds(static_cast<long>(limit * 1000));
    return context;
}

// Reports end the process with an exit code of their own; what the caller has set stays in force. Freed memory is kept back only so
// much that tests which look at their own memory still see a leak.
void configure_sanitizers() {
    setenv("ASAN_OPTIONS", "exitcode=77:abort_on_error=0:detect_stack_use_after_return=0:quarantine_size_mb=16", 0);
    setenv("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1:exitcode=77", 0);
    setenv("TSAN_OPTIONS", "exitcode=77:halt_on_error=1:second_deadlock_stack=1", 0);
}

unsigned worker_count(const cli::Arguments& arguments) {
    unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    unsigned long given = std::strtoul(std::string(arguments.value("--jobs", "0")).c_str(), nullptr, 10);
    return given ? static_cast<unsigned>(given) : cores;
}

int run(std::span<const std::string_view> words) {
    cli::ParsedArguments parsed = cli::parse_arguments(kOptions, cli::Operands::any, words);
    const cli::Arguments& arguments = parsed.arguments;
    if (parsed.error.empty() && !arguments.operands.empty()) {
        parsed.error = "unexpected `" + std::string(arguments.operands[0]) + "`; name a case with --only";
    }
    if (!parsed.error.empty()) {
        std::fprintf(stderr, "ruff-tests: %s\n", parsed.error.c_str());
        return 2;
    }
    if (arguments.has("--help")) {
        std::printf("Usage: ruff-tests [OPTIONS]\n\nRuns the tests of Ruff.\n\nOptions:\n%s",
                    cli::describe_options(kOptions).c_str());
        return 0;
    }
    configure_sanitizers();
    fs::path self = fs::canonical("/proc/self/exe");
    Context context = make_context(arguments, self);
    std::vector<Job> jobs = find_jobs(context, arguments);
    if (arguments.has("--list")) {
        for (const Job& job : jobs) std::printf("%s\n", job.test.name.c_str());
        return 0;
    }
    if (jobs.empty()) {
        std::fprintf(stderr, "ruff-tests: no case has such a name; --list prints them\n");
        return 2;
    }
    Report report(jobs.size(), arguments, self);
    run_jobs(jobs, context,
             {.worker_count = worker_count(arguments),
              .on_start = [&](const Job& job) { report.case_started(job); },
              .on_end = [&](const Job& job, Outcome outcome, std::chrono::milliseconds elapsed) {
                  report.case_ended(job, std::move(outcome), elapsed);
              }});
    return report.finish();
}

}  // namespace
}  // namespace ruff::tests

int main(int argument_count, char** arguments) {
    std::vector<std::string_view> words(arguments + 1, arguments + argument_count);
    return ruff::tests::run(words);
}
