// tests/tasks_stress/storm.ruff from many seeds: tasks that spawn tasks, cancelled and cut off at random. 300 seeds, or 10,000 with
// --stress. A case that fails names the seed, and the command that repeats it.

#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

constexpr std::size_t kSeedsPerCase = 25;

std::size_t seed_count(const Context& context) { return context.is_stress ? 10'000 : 300; }

}  // namespace

std::vector<TestCase> discover_tasks_stress(const Context& context) {
    const std::filesystem::path program = context.root / "tests/tasks_stress/storm.ruff";
    if (!std::filesystem::exists(program)) return {};
    std::vector<TestCase> cases;
    for (std::size_t i = 0; i < seed_count(context) / kSeedsPerCase; ++i) {
        cases.push_back({"tasks_stress/seeds-" + std::to_string(i * kSeedsPerCase), program, i});
    }
    return cases;
}

Outcome run_tasks_stress(const TestCase& test, const Context& context) {
    if (!has_command(context, "run")) return skip("this build has no `ruff run`");
    const std::string first = std::to_string(test.index * kSeedsPerCase), count = std::to_string(kSeedsPerCase);
    const ProcessResult result = run_ruff(context, {"run", test.path.native(), first, count}, test.path.parent_path());
    const std::string expected = "survived " + count + " storms\n";
    if (result.exit_code == 0 && !result.has_crashed() && result.output == expected) return pass();
    return fail("`ruff run tests/tasks_stress/storm.ruff " + first + " " + count + "`: " + result.describe_end() + "\n" + result.output +
                result.error);
}

}  // namespace ruff::tests
