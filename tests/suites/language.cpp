// tests/language/**/NAME.ruff, and folders NAME/main.ruff whose other files are modules.

#include "tests/support/runner/files.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {

namespace fs = std::filesystem;

std::vector<TestCase> discover_language(const Context& context) {
    std::vector<TestCase> cases;
    fs::path folder = context.root / "tests/language";
    for (const fs::path& path : find_files(folder, ".ruff")) {
        bool is_main = path.filename() == "main.ruff";
        // A module of a program of several files, at any depth below its main.ruff.
        bool is_module = false;
        for (fs::path above = path.parent_path(); !is_main && above != folder; above = above.parent_path()) {
            is_module = is_module || fs::exists(above / "main.ruff");
        }
        if (is_module) continue;
        fs::path name = is_main ? path.parent_path() : fs::path(path).replace_extension();
        cases.push_back({"language/" + name.lexically_relative(folder).generic_string(), path, 0});
    }
    return cases;
}

Outcome run_language(const TestCase& test, const Context& context) {
    if (!has_command(context, "run")) return skip("this build has no `ruff run`");
    std::optional<std::string> program = read_file(test.path);
    if (!program) return fail("cannot read " + test.path.native());
    return run_program({.program = *program,
                        .folder = test.path.parent_path(),
                        .file = test.path.filename(),
                        .original = test.path},
                       context);
}

}  // namespace ruff::tests
