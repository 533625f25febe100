// tests/instructions/*.ruff, each run under valgrind, which counts the instructions of the whole process. Unlike time, the count is
// the same on every machine with the same compiler: more than kTolerance above the number in counts.txt fails. `--update` writes
// the present counts.

#include <cstdio>
#include <cstdlib>

#include "tests/support/runner/files.h"
#include "tests/support/runner/process.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

constexpr double kTolerance = 0.05;

/// The line `name count` of counts.txt: where its number stands.
struct Recorded {
    double count = 0;
    std::size_t begin = std::string::npos;
    std::size_t end = 0;
};

Recorded find_recorded(const std::string& counts, const std::string& name) {
    for (std::size_t line = 0; line < counts.size();) {
        const std::size_t line_end = std::min(counts.find('\n', line), counts.size());
        if (counts.compare(line, name.size() + 1, name + " ") == 0) {
            const std::size_t begin = line + name.size() + 1;
            return {std::atof(counts.c_str() + begin), begin, line_end};
        }
        line = line_end + 1;
    }
    return {};
}

/// Instructions of a run; 0 when valgrind is not here or cannot run the program.
double count_instructions(const TestCase& test, const Context& context, ProcessResult& result) {
    ProcessOptions options;
    options.command = {"valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", context.ruff.native(), "run", test.path.native()};
    options.time_limit = std::chrono::milliseconds(120'000);
    result = run_process(options);
    constexpr std::string_view kMark = "Collected : ";
    const std::size_t at = result.error.find(kMark);
    return at == std::string::npos ? 0 : std::atof(result.error.c_str() + at + kMark.size());
}

}  // namespace

std::vector<TestCase> discover_instructions(const Context& context) {
    std::vector<TestCase> cases;
    for (const fs::path& path : find_files(context.root / "tests/instructions", ".ruff")) {
        cases.push_back({"instructions/" + path.stem().native(), path, 0});
    }
    return cases;
}

Outcome run_instructions(const TestCase& test, const Context& context) {
    if (context.is_sanitized) return skip("instructions are counted in the release build only");
    ProcessResult result;
    const double count = count_instructions(test, context, result);
    if (!result.not_started.empty()) return skip("valgrind is not here: " + result.not_started);
    if (count == 0 || result.exit_code != 0) return fail(result.describe_end() + "\n" + result.error);
    const fs::path file = context.root / "tests/instructions/counts.txt";
    const std::string counts = read_file(file).value_or("");
    const Recorded recorded = find_recorded(counts, test.path.stem().native());
    char text[32];
    std::snprintf(text, sizeof text, "%.0f", count);
    if (recorded.begin == std::string::npos) {
        return fail(test.path.stem().native() + " has no line in counts.txt: it took " + text + "\n",
                    {{file, counts.size(), counts.size(), test.path.stem().native() + " " + text + "\n"}});
    }
    if (count <= recorded.count * (1 + kTolerance)) return pass();
    char change[32];
    std::snprintf(change, sizeof change, "%+.1f %%", (count / recorded.count - 1) * 100);
    return fail(std::string(text) + " instructions, " + change + " of what counts.txt says\n", {{file, recorded.begin, recorded.end, text}});
}

}  // namespace ruff::tests
