// tests/complexity/*.ruff: each idiom runs with N and with 2N elements, and the containers it copied are counted. A program says
// in its first line how many copies it may make, `# copies: 1`; the number does not depend on N. One stray reference makes an
// idiom quadratic, and a copy more for every element: nothing here depends on time.

#include <cstdlib>

#include "tests/support/runner/files.h"
#include "tests/support/runner/process.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

constexpr int kElements = 3000;
constexpr std::string_view kCounter = "containers copied: ";

/// Copies counted in a run with `elements`; -1 when it failed (`message` says how).
long count_copies(const TestCase& test, const Context& context, int elements, std::string& message) {
    ProcessOptions options;
    options.command = {context.ruff.native(), "run", "--stats", test.path.native(), "--", std::to_string(elements)};
    options.time_limit = context.time_limit;
    const ProcessResult result = run_process(options);
    const std::size_t at = result.error.find(kCounter);
    if (result.exit_code != 0 || result.has_crashed() || at == std::string::npos) {
        message = result.describe_end() + " with " + std::to_string(elements) + " elements:\n" + result.error;
        return -1;
    }
    return std::atol(result.error.c_str() + at + kCounter.size());
}

}  // namespace

std::vector<TestCase> discover_complexity(const Context& context) {
    std::vector<TestCase> cases;
    for (const fs::path& path : find_files(context.root / "tests/complexity", ".ruff")) {
        cases.push_back({"complexity/" + path.stem().native(), path, 0});
    }
    return cases;
}

Outcome run_complexity(const TestCase& test, const Context& context) {
    constexpr std::string_view kMark = "# copies: ";
    const std::string program = read_file(test.path).value_or("");
    if (!program.starts_with(kMark)) return fail("the first line must say `# copies: N`\n");
    const long allowed = std::atol(program.c_str() + kMark.size());
    std::string message;
    for (const int elements : {kElements, 2 * kElements}) {
        const long copies = count_copies(test, context, elements, message);
        if (copies < 0) return fail(message);
        if (copies > allowed) {
            return fail("copied " + std::to_string(copies) + " containers with " + std::to_string(elements) + " elements, " +
                        std::to_string(allowed) + " allowed\n");
        }
    }
    return pass();
}

}  // namespace ruff::tests
