// Each Catch2 test case of ruff-unit-tests is a case of its own: `unit/edit distance counts …`.

#include "tests/support/runner/files.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

// Commas, brackets, quotes and stars mean something in a Catch2 test specification.
std::string escaped(std::string_view name) {
    std::string pattern;
    for (char c : name) {
        if (std::string_view(",[]\"\\*~").find(c) != std::string_view::npos) pattern += '\\';
        pattern += c;
    }
    return pattern;
}

}  // namespace

std::vector<TestCase> discover_unit(const Context& context) {
    ProcessOptions options = process_options(context, context.root);
    options.command = {(context.bin / "ruff-unit-tests").native(), "--list-test-names-only"};
    std::vector<TestCase> cases;
    ProcessResult listed = run_process(options);
    for (std::string_view name : split_lines(listed.output)) {
        if (!name.empty()) cases.push_back({"unit/" + std::string(name), context.bin / "ruff-unit-tests", 0});
    }
    // Without a list there is nothing to run, which must not look like success.
    if (cases.empty()) cases.push_back({"unit/list", context.bin / "ruff-unit-tests", 1});
    return cases;
}

Outcome run_unit(const TestCase& test, const Context& context) {
    if (test.index == 1) return fail(test.path.native() + " lists no tests\n");
    ProcessOptions options = process_options(context, context.root);
    options.command = {test.path.native(), escaped(test.name.substr(5))};
    options.joins_error = true;
    ProcessResult result = run_process(options);
    bool ran_one = result.output.find("No test cases matched") == std::string::npos;
    if (result.exit_code == 0 && !result.has_crashed() && ran_one) return pass();
    return fail(result.describe_end() + "\n" + result.output);
}

}  // namespace ruff::tests
