// `ruff lsp --check` over every .ruff file of the tree, some files of a folder a case: every feature answers at every token, once, with
// positions inside the file.

#include <algorithm>
#include <map>

#include "tests/support/runner/files.h"
#include "tests/support/runner/process.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesInCase = 4;

/// A part of the files right in the folder.
std::vector<fs::path> files_in(const fs::path& folder, std::size_t part) {
    std::vector<fs::path> files = find_files(folder, ".ruff");
    std::erase_if(files, [&](const fs::path& file) { return file.parent_path() != folder; });
    const auto begin = static_cast<std::ptrdiff_t>(part * kFilesInCase);
    const auto end = static_cast<std::ptrdiff_t>(std::min(files.size(), (part + 1) * kFilesInCase));
    return {files.begin() + begin, files.begin() + end};
}

}  // namespace

std::vector<TestCase> discover_lsp_check(const Context& context) {
    std::map<fs::path, std::size_t> folders;  // with how many files
    for (const char* top : {"bench", "core", "examples", "tests", "grammar"}) {
        for (const fs::path& file : find_files(context.root / top, ".ruff")) ++folders[file.parent_path()];
    }
    std::vector<TestCase> cases;
    for (const auto& [folder, count] : folders) {
        const std::string name = "lsp_check/" + folder.lexically_relative(context.root).generic_string();
        for (std::size_t part = 0; part * kFilesInCase < count; ++part) {
            cases.push_back({part == 0 ? name : name + "-" + std::to_string(part + 1), folder, part});
        }
    }
    return cases;
}

Outcome run_lsp_check(const TestCase& test, const Context& context) {
    if (context.is_sanitized) return skip("takes too long there; tests/lsp and the fuzzer cover the same code\n");
    ProcessOptions options = process_options(context, context.root);
    options.command = {(context.bin / "ruff-lsp").native(), "--check"};
    for (const fs::path& file : files_in(test.path, test.index)) options.command.push_back(file.native());
    options.joins_error = true;
    options.time_limit = std::chrono::minutes(4);
    const ProcessResult result = run_process(options);
    return result.exit_code == 0 && result.signal == 0 && !result.timed_out ? pass() : fail(result.describe_end() + "\n" + result.output);
}

}  // namespace ruff::tests
