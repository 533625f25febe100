// `ruff test`: each file runs in a process of its own, as many at once as there are cores; the parent collects what they report.

#include <dirent.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "cli/command.h"
#include "core/engine/engine.h"
#include "core/support/escape.h"
#include "core/support/progress.h"
#include "core/support/render.h"
#include "core/support/write_all.h"

namespace ruff::cli {
namespace {

// --- what a child reports ----------------------------------------------------------------------------------------

/// Fields of a report, each a length and then its bytes: no byte of a message needs escaping.
void put(std::string& out, std::string_view field) {
    out += std::to_string(field.size()) + ":";
    out += field;
}

std::string_view take(std::string_view& report) {
    const std::size_t colon = report.find(':');
    if (colon == std::string_view::npos) return {};
    const std::size_t size = static_cast<std::size_t>(std::atoll(std::string(report.substr(0, colon)).c_str()));
    const std::string_view field = report.substr(colon + 1, size);
    report.remove_prefix(std::min(report.size(), colon + 1 + size));
    return field;
}

std::string encode(const engine::TestFileResult& result) {
    std::string out;
    put(out, std::to_string(result.exit_code));
    put(out, result.failure);
    for (const engine::TestResult& test : result.tests) {
        put(out, test.name);
        put(out, test.passed ? "1" : "0");
        put(out, test.message);
        put(out, std::to_string(test.milliseconds));
        put(out, std::to_string(test.line));
    }
    return out;
}

engine::TestFileResult decode(std::string_view report) {
    engine::TestFileResult result;
    result.exit_code = std::atoi(std::string(take(report)).c_str());
    result.failure = take(report);
    while (!report.empty()) {
        engine::TestResult& test = result.tests.emplace_back();
        test.name = take(report);
        test.passed = take(report) == "1";
        test.message = take(report);
        test.milliseconds = std::atof(std::string(take(report)).c_str());
        test.line = static_cast<std::uint32_t>(std::atoi(std::string(take(report)).c_str()));
    }
    return result;
}

// --- one file ----------------------------------------------------------------------------------------------------

engine::TestFileResult run_file(const std::string& path, std::string_view filter) {
    engine::TestFileResult result;
    Result<std::shared_ptr<const SourceFile>> source = load_source(path);
    if (!source) {
        result.exit_code = kExitNotFound;
        result.failure = "error: " + source.error().message + "\n";
        return result;
    }
    engine::LoadResult program = engine::load_program(*source);
    if (program.image == nullptr) {
        result.exit_code = kExitRefused;
        result.failure = render_diagnostics(*program.source, program.diagnostics, {});
        return result;
    }
    vm::VmOptions options;
    options.script_path = path;
    return engine::run_tests(std::move(program.image), std::move(options), filter);
}

struct Job {
    std::string path;
    pid_t pid = -1;
    int pipe = -1;
    std::string report;
    engine::TestFileResult result;
    bool is_done = false;
};

/// `reports_to_stdout`: nothing else may stand there, so what the tests print goes to stderr.
void start(Job& job, std::string_view filter, bool reports_to_stdout) {
    int ends[2];
    if (pipe(ends) != 0) return;
    std::fflush(nullptr);
    job.pid = fork();
    if (job.pid == 0) {
        close(ends[0]);
        if (reports_to_stdout) dup2(STDERR_FILENO, STDOUT_FILENO);
        const std::string report = encode(run_file(job.path, filter));
        vm::Output::flush();
        std::_Exit(write_all(ends[1], report) == 0 ? 0 : kExitInternal);
    }
    close(ends[1]);
    job.pipe = ends[0];
}

void finish(Job& job) {
    close(job.pipe);
    job.pipe = -1;
    int status = 0;
    waitpid(job.pid, &status, 0);
    job.is_done = true;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !job.report.empty()) {
        job.result = decode(job.report);
        return;
    }
    job.result.exit_code = kExitInternal;
    job.result.failure = WIFSIGNALED(status) ? "error: the test run ended by signal " + std::to_string(WTERMSIG(status)) + "\n"
                                             : "error: the test run ended without a result\n";
}

/// Reads reports until a running job has ended.
void wait_for_one(std::vector<Job>& jobs, Progress& progress) {
    std::vector<pollfd> waiting;
    std::vector<Job*> owners;
    for (Job& job : jobs) {
        if (job.pipe < 0) continue;
        waiting.push_back({job.pipe, POLLIN, 0});
        owners.push_back(&job);
    }
    poll(waiting.data(), waiting.size(), -1);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        if (waiting[i].revents == 0) continue;
        char buffer[65536];
        const ssize_t n = read(owners[i]->pipe, buffer, sizeof buffer);
        if (n > 0) owners[i]->report.append(buffer, static_cast<std::size_t>(n));
        if (n != 0) continue;
        finish(*owners[i]);
        progress.advance();
    }
}

// --- which files -------------------------------------------------------------------------------------------------

bool is_program(std::string_view name) { return name.size() > 5 && name.substr(name.size() - 5) == ".ruff"; }

/// Every program below `folder`, in order of name; hidden folders are passed over.
void collect(const std::string& folder, std::vector<std::string>& files) {
    DIR* directory = opendir(folder.c_str());
    if (directory == nullptr) return;
    std::vector<std::string> names;
    while (const dirent* entry = readdir(directory)) {
        if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    }
    closedir(directory);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
        const std::string path = folder == "." ? name : folder + "/" + name;
        struct stat info;
        if (lstat(path.c_str(), &info) != 0) continue;
        if (S_ISDIR(info.st_mode)) collect(path, files);
        if (S_ISREG(info.st_mode) && is_program(name)) files.push_back(path);
    }
}

bool mentions_tests(const std::string& path) {
    Result<std::shared_ptr<const SourceFile>> source = load_source(path);
    return !source || (*source)->text().find("test") != std::string_view::npos;
}

// --- output ------------------------------------------------------------------------------------------------------

struct Totals {
    int passed = 0, failed = 0, exit_code = 0;
};

std::string indented(std::string_view text) {
    std::string out = "    ";
    for (const char c : text) {
        out += c;
        if (c == '\n') out += "    ";
    }
    while (!out.empty() && (out.back() == ' ' || out.back() == '\n')) out.pop_back();
    return out + "\n";
}

/// The order in which one exit code outranks another.
int rank(int code) {
    switch (code) {
        case 0: return 0;
        case 1: return 1;
        case 3: return 2;
        case 5: return 3;
        default: return 4;
    }
}

int exit_code_of(const engine::TestFileResult& result) { return result.exit_code == kExitUncaught ? kExitGateFailed : result.exit_code; }

void show_text(const Job& job, bool color, Totals& totals) {
    const auto paint = [&](const char* code, const std::string& text) { return color ? std::string(code) + text + "\x1b[0m" : text; };
    for (const engine::TestResult& test : job.result.tests) {
        if (test.passed) continue;
        print(paint("\x1b[1;31m", "FAILED") + " " + job.path + ":" + std::to_string(test.line) + " " + test.name + "\n");
        print(indented(test.message));
    }
    if (!job.result.failure.empty()) {
        print(paint("\x1b[1;31m", "FAILED") + " " + job.path + "\n");
        print(indented(job.result.failure));
        ++totals.failed;
    }
}

void show_json(const std::vector<Job>& jobs, const Totals& totals) {
    std::string out = "{\"passed\":" + std::to_string(totals.passed) + ",\"failed\":" + std::to_string(totals.failed) + ",\"files\":[";
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        out += (i > 0 ? ",{\"path\":" : "{\"path\":") + json_string(jobs[i].path) + ",\"failure\":" +
               (jobs[i].result.failure.empty() ? "null" : json_string(jobs[i].result.failure)) + ",\"tests\":[";
        for (std::size_t t = 0; t < jobs[i].result.tests.size(); ++t) {
            const engine::TestResult& test = jobs[i].result.tests[t];
            out += (t > 0 ? ",{\"name\":" : "{\"name\":") + json_string(test.name) + ",\"line\":" + std::to_string(test.line) + ",\"passed\":" +
                   (test.passed ? "true" : "false") + ",\"milliseconds\":" + std::to_string(test.milliseconds) + ",\"message\":" +
                   (test.passed ? "null" : json_string(test.message)) + "}";
        }
        out += "]}";
    }
    print(out + "]}\n");
}

void show_junit(const std::vector<Job>& jobs, const Totals& totals) {
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"" + std::to_string(totals.passed + totals.failed) +
                      "\" failures=\"" + std::to_string(totals.failed) + "\">\n";
    for (const Job& job : jobs) {
        out += "  <testsuite name=\"" + xml_text(job.path) + "\">\n";
        if (!job.result.failure.empty()) {
            out += "    <testcase name=\"(file)\"><failure>" + xml_text(job.result.failure) + "</failure></testcase>\n";
        }
        for (const engine::TestResult& test : job.result.tests) {
            char seconds[32];
            std::snprintf(seconds, sizeof seconds, "%.6f", test.milliseconds / 1e3);
            out += "    <testcase name=\"" + xml_text(test.name) + "\" classname=\"" + xml_text(job.path) + "\" time=\"" + seconds + "\"";
            out += test.passed ? "/>\n" : "><failure>" + xml_text(test.message) + "</failure></testcase>\n";
        }
        out += "  </testsuite>\n";
    }
    print(out + "</testsuites>\n");
}

void run_jobs(std::vector<Job>& jobs, std::string_view filter, bool reports_to_stdout) {
    Progress progress(STDERR_FILENO, "testing", jobs.size());
    const auto limit = static_cast<std::size_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
    std::size_t next = 0, running = 0, done = 0;
    while (done < jobs.size()) {
        while (next < jobs.size() && running < limit) {
            start(jobs[next++], filter, reports_to_stdout);
            ++running;
        }
        wait_for_one(jobs, progress);
        done = running = 0;
        for (const Job& job : jobs) {
            done += job.is_done ? 1 : 0;
            running += job.pipe >= 0 ? 1 : 0;
        }
    }
}

int run(const Arguments& arguments) {
    const std::string_view format = arguments.value("--output-format", "text");
    std::vector<Job> jobs;
    Totals totals;
    std::vector<std::string> paths(arguments.operands.begin(), arguments.operands.end());
    if (paths.empty()) paths.emplace_back(".");
    for (const std::string& path : paths) {
        struct stat info;
        if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
            std::vector<std::string> files;
            collect(path, files);
            for (std::string& file : files) {
                if (mentions_tests(file)) jobs.emplace_back().path = std::move(file);
            }
        } else {
            jobs.emplace_back().path = path;
        }
    }
    const bool color = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
    run_jobs(jobs, arguments.value("--filter"), format != "text");
    for (const Job& job : jobs) {
        const int code = exit_code_of(job.result);
        if (rank(code) > rank(totals.exit_code)) totals.exit_code = code;
        for (const engine::TestResult& test : job.result.tests) ++(test.passed ? totals.passed : totals.failed);
        if (format == "text") show_text(job, color, totals);
        else if (!job.result.failure.empty()) ++totals.failed;
    }
    if (format == "json") show_json(jobs, totals);
    else if (format == "junit") show_junit(jobs, totals);
    else print(std::to_string(totals.passed) + " passed, " + std::to_string(totals.failed) + " failed\n");
    return totals.exit_code;
}

constexpr Option kOptions[] = {
    {.name = "--filter", .kind = OptionKind::value, .value_name = "TEXT", .help = "Only tests whose full name contains TEXT"},
    {.name = "--output-format", .kind = OptionKind::value, .value_name = "text|json|junit", .help = "How results are reported", .has_choices = true},
};

}  // namespace

extern const CommandBody test_command = {
    .run = run,
    .options = kOptions,
    .about = "Runs the `test` blocks of the files, of every .ruff file below the folders, or of everything below\n"
             "the current folder. Files run in parallel. Each test starts from a fresh copy of what the file's\n"
             "top level left behind; time is virtual, so waiting for a timeout takes no time.\n"
             "\n"
             "Exit codes: 0 all passed, 1 some failed, 3 a file was refused, 5 a file is missing.",
    .examples = "ruff test                          # everything below this folder\n"
                "ruff test parser.ruff --filter nested",
};

}  // namespace ruff::cli
