// examples/*.ruff, each run as `ruff run examples/NAME.ruff` in a copy of examples/, so that one may write files.

#include "tests/support/runner/files.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {

namespace fs = std::filesystem;

std::vector<TestCase> discover_examples(const Context& context) {
    std::vector<TestCase> cases;
    for (const fs::path& path : find_files(context.root / "examples", ".ruff")) {
        if (path.parent_path() != context.root / "examples") continue;
        cases.push_back({"examples/" + path.stem().native(), path, 0});
    }
    return cases;
}

Outcome run_examples(const TestCase& test, const Context& context) {
    if (!has_command(context, "run")) return skip("this build has no `ruff run`");
    TemporaryFolder folder;
    fs::copy(context.root / "examples", folder.path() / "examples", fs::copy_options::recursive);
    return run_program({.program = read_file(test.path).value_or(""),
                        .folder = folder.path(),
                        .file = "examples/" + test.path.filename().native(),
                        .original = test.path},
                       context);
}

}  // namespace ruff::tests
