#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/runner/process.h"
#include "tests/support/runner/suite.h"

namespace ruff::tests {

/// Whether `ruff` has this command; asked of the program once a process.
[[nodiscard]] bool has_command(const Context& context, std::string_view command);

/// Runs `ruff WORDS…` in `folder` the way every suite does: our `ruff` first in PATH, no colour, a UTF-8 locale.
[[nodiscard]] ProcessResult run_ruff(const Context& context, std::vector<std::string> words,
                                     const std::filesystem::path& folder, std::string input = {},
                                     std::vector<std::pair<std::string, std::string>> environment = {});
/// The options that run_ruff() uses, for suites that run something else.
[[nodiscard]] ProcessOptions process_options(const Context& context, const std::filesystem::path& folder);

/// Runs the program at `folder / file` as `ruff run FILE` and judges it by the expectations in `program`. `original`
/// is the file that `--update` rewrites, of which `program` are the bytes from `offset` on.
struct ProgramRun {
    std::string program;
    std::filesystem::path folder;
    std::string file;
    std::filesystem::path original;
    std::size_t offset = 0;
    bool needs_expectation = true;  // without one it fails; otherwise it only has to succeed
    std::vector<std::pair<std::string, std::string>> environment{};
};
[[nodiscard]] Outcome run_program(const ProgramRun& run, const Context& context);

}  // namespace ruff::tests
