// Programs from seeds, run. What they print is not known beforehand, but it is the same when every allocation collects
// and moves, and nothing in them may fail.

#include "tests/support/generator/program_generator.h"
#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

constexpr std::size_t kCases = 20;
constexpr std::uint64_t kProgramsPerCase = 10;

Outcome run_seed(std::uint64_t seed, const Context& context) {
    TemporaryFolder folder;
    std::string program = generate_runnable_program({.seed = seed});
    write_file(folder.path() / "main.ruff", program);
    ProcessOptions options = process_options(context, folder.path());
    options.command = {context.ruff.native(), "run", "main.ruff"};
    ProcessResult plain = run_process(options);
    std::string title = "The program of `ruff-generate --runnable --seed " + std::to_string(seed) + "`";
    if (plain.exit_code != 0 || plain.has_crashed()) {
        return fail(title + ": " + plain.describe_end() + "\n" + plain.error);
    }
    options.environment.emplace_back("RUFF_STRESS", "1");
    ProcessResult stressed = run_process(options);
    if (stressed.exit_code != 0 || stressed.has_crashed()) {
        return fail(title + " under RUFF_STRESS=1: " + stressed.describe_end() + "\n" + stressed.error);
    }
    if (plain.output == stressed.output) return pass();
    return fail(title + " prints something else under RUFF_STRESS=1:\n" + diff_lines(plain.output, stressed.output));
}

}  // namespace

std::vector<TestCase> discover_generated_programs(const Context& context) {
    if (!std::filesystem::exists(context.root / "tests/support/generator")) return {};
    std::vector<TestCase> cases;
    for (std::size_t i = 0; i < kCases; ++i) {
        cases.push_back({"generated_programs/run-" + std::to_string(i * kProgramsPerCase), context.root, i});
    }
    return cases;
}

Outcome run_generated_programs(const TestCase& test, const Context& context) {
    if (!has_command(context, "run")) return skip("this build has no `ruff run`");
    for (std::uint64_t i = 0; i < kProgramsPerCase; ++i) {
        Outcome outcome = run_seed(test.index * kProgramsPerCase + i, context);
        if (outcome.verdict == Verdict::failed) return outcome;
    }
    return pass();
}

}  // namespace ruff::tests
