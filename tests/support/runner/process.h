#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace ruff::tests {

struct ProcessOptions {
    std::vector<std::string> command;  // command[0] is looked up in PATH when it has no slash
    std::string input;                 // stdin, then end of file
    std::filesystem::path folder;      // working folder; empty: the present one
    std::vector<std::pair<std::string, std::string>> environment;  // set on top of the present one
    std::chrono::milliseconds time_limit{20'000};
    bool joins_error = false;          // stderr goes to `output`, in the order written
};

struct ProcessResult {
    std::string output;
    std::string error;
    int exit_code = 0;     // when it ended by itself
    int signal = 0;        // when it was killed
    bool timed_out = false;
    std::string not_started;  // why, when it could not be

    /// Signals, time-outs, sanitizer reports and exit code 6: never something to expect.
    [[nodiscard]] bool has_crashed() const;
    /// "exit code 4", "killed by signal 11 (Segmentation fault)", "stopped after 20 s".
    [[nodiscard]] std::string describe_end() const;
};

/// The exit code that sanitizers are told to use, so that their reports are not taken for exit code 1.
inline constexpr int kSanitizerExit = 77;

/// Runs a program to its end and collects what it writes (64 MiB at most of each stream, the rest is dropped).
[[nodiscard]] ProcessResult run_process(const ProcessOptions& options);

}  // namespace ruff::tests
