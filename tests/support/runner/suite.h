#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// What a test suite is to the runner. A suite is one file of tests/suites and one row of tests/suites/suites.def;
/// it finds its cases by folder and runs one at a time. Each case runs in a process of its own (see pool.h), so a
/// suite may call into the libraries: a crash or an endless loop fails that case and no other.

namespace ruff::tests {

struct TestCase {
    /// Unique: folder and file without its ending, then the entry of the file if it holds several, as in
    /// `language/bindings/move` or `format/comments/after-comma`.
    std::string name;
    std::filesystem::path path;
    /// Which entry of the file; 0 where a file is one case.
    std::size_t index = 0;
    /// How long it may take where that is more than the time limit of every case: what installs or drives other programs.
    std::chrono::milliseconds least_limit{0};
};

enum class Verdict : unsigned char { passed, failed, skipped };

/// Replaces the bytes [begin, end) of a file, to make an expectation true.
struct Rewrite {
    std::filesystem::path path;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string text;
};

struct Outcome {
    Verdict verdict = Verdict::passed;
    /// Why it failed or was skipped: whole lines, a diff where there is one.
    std::string message;
    /// What `--update` would change. Empty for a crash or a hang: those are never an expectation.
    std::vector<Rewrite> rewrites;
};

[[nodiscard]] inline Outcome pass() {
    return {};
}
[[nodiscard]] inline Outcome skip(std::string why) {
    return {Verdict::skipped, std::move(why), {}};
}
[[nodiscard]] inline Outcome fail(std::string why, std::vector<Rewrite> rewrites = {}) {
    return {Verdict::failed, std::move(why), std::move(rewrites)};
}

/// Where things are, for every suite.
struct Context {
    std::filesystem::path root;      // the source tree (or the tree given with --root)
    std::filesystem::path bin;       // the folder of ruff, ruff-fmt, ruff-lsp, ruff-unit-tests, ruff-generate
    std::filesystem::path ruff;      // the `ruff` to test
    std::chrono::milliseconds time_limit{20'000};  // for one case
    bool is_stress = false;        // many more runs of what is random
    bool is_sanitized = false;       // ASan, UBSan or TSan: slower, and its reports are crashes
};

struct Suite {
    std::string_view name;  // the first part of its cases' names
    std::vector<TestCase> (*discover)(const Context& context);
    Outcome (*run)(const TestCase& test, const Context& context);
};

/// The rows of tests/suites/suites.def, in order.
[[nodiscard]] const std::vector<Suite>& all_suites();

}  // namespace ruff::tests
