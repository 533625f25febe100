// Includes and links keep to cmake/layers.txt, and every third party stays behind its door.

#include "tests/support/runner/process.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {

std::vector<TestCase> discover_layers(const Context& context) {
    if (!std::filesystem::exists(context.root / "scripts/check_layers.py")) return {};
    return {{"layers/includes", context.root / "scripts/check_layers.py", 0}};
}

Outcome run_layers(const TestCase& test, const Context& context) {
    ProcessOptions options = process_options(context, context.root);
    options.command = {"python3", test.path.native()};
    options.joins_error = true;
    ProcessResult result = run_process(options);
    return result.exit_code == 0 && !result.has_crashed() ? pass() : fail(result.output);
}

}  // namespace ruff::tests
