// The table of builtins and what is made of it:
//     builtins/reference/<family>   docs/builtins/<family>.md is what the table says (its examples run in the
//     suite `docs`) builtins/missing-body/…       a row without a body does not build, and the message names
//     it

#include "core/lang/builtin_reference.h"
#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/process.h"
#include "tests/support/runner/suite.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kReference = "builtins/reference/";
constexpr std::string_view kMissingPrelude = "builtins/missing-body/prelude";
constexpr std::string_view kMissingNative = "builtins/missing-body/native";

Outcome check_page(const TestCase& test) {
    std::string wanted = test.index == all_builtin_families().size()
                             ? builtin_reference_index()
                             : builtin_reference_page(static_cast<BuiltinFamily>(test.index));
    std::optional<std::string> actual = read_file(test.path);
    if (!actual)
        return write_file(test.path, "") ? fail("the page did not exist; run again with --update\n")
                                         : fail("cannot write it\n");
    if (*actual == wanted) return pass();
    return fail(test.path.native() + " is not what the table says:\n" + diff_lines(*actual, wanted),
                {{test.path, 0, actual->size(), wanted}});
}

// Compiles in a copy; `command` runs in it with the repository at `root`.
ProcessResult run_compiler(const fs::path& folder, std::vector<std::string> words) {
    ProcessOptions options;
    options.command = {"c++", "-std=c++20", "-w", "-DRUFF_VERSION=\"0\""};
    for (std::string& word : words) options.command.push_back(std::move(word));
    options.folder = folder;
    options.time_limit = std::chrono::milliseconds(120'000);
    options.joins_error = true;
    return run_process(options);
}

Outcome expect_mention(const ProcessResult& result, std::string_view name) {
    if (!result.not_started.empty()) return skip("no compiler here: " + result.not_started);
    if (result.exit_code == 0) return fail("It was built all the same.\n");
    if (result.output.find(name) != std::string::npos) return pass();
    return fail("The message does not name `" + std::string(name) + "`:\n" + result.output.substr(0, 4000));
}

// Replaces the first `from` of a file of the copy.
bool replace_in_copy(const fs::path& path, std::string_view from, std::string_view to) {
    std::string text = read_file(path).value_or("");
    std::size_t at = text.find(from);
    if (at == std::string::npos) return false;
    text.replace(at, from.size(), to);
    return write_file(path, text);
}

Outcome check_missing_prelude(const Context& context) {
    TemporaryFolder folder;
    fs::path generated = context.bin.parent_path() / "core/builtins/generated/prelude_sources.h";
    fs::copy(generated, folder.path() / "prelude_sources.h");
    if (!replace_in_copy(folder.path() / "prelude_sources.h", "\nfunc group_by(", "\nfunc group_by_other(")) {
        return fail("there is no `func group_by(` to take away\n");
    }
    ProcessResult result = run_compiler(
        folder.path(), {"-fsyntax-only", "-I" + folder.path().native(), "-I" + context.root.native(),
                        (context.root / "core/builtins/registry.cpp").native()});
    return expect_mention(result, "group_by");
}

// Links the registry with all bodies but one.
Outcome check_missing_native(const Context& context) {
    TemporaryFolder folder;
    fs::copy(context.root / "core/builtins/math.cpp", folder.path() / "math.cpp");
    if (!replace_in_copy(folder.path() / "math.cpp", "Outcome hypot(Call& call)",
                         "Outcome another_hypot(Call& call)")) {
        return fail("there is no body of `hypot` to take away\n");
    }
    write_file(folder.path() / "main.cpp",
               "#include \"core/builtins/registry.h\"\n"
               "int main() { return ruff::builtins::native_table().bodies == nullptr; }\n");
    std::string generated = "-I" + (context.bin.parent_path() / "core/builtins/generated").native();
    // Nothing else is linked, so a great deal is undefined; what counts is that `hypot` is and its neighbour
    // is not.
    ProcessResult result =
        run_compiler(folder.path(), {"-I" + context.root.native(), generated, "main.cpp", "math.cpp",
                                     (context.root / "core/builtins/registry.cpp").native()});
    Outcome outcome = expect_mention(result, "bodies::hypot(");
    bool names_others = result.output.find("bodies::cbrt(") != std::string::npos;
    if (outcome.verdict == Verdict::passed && names_others)
        return fail("A body that is there was not found either.\n");
    return outcome;
}

}  // namespace

std::vector<TestCase> discover_builtins(const Context& context) {
    std::vector<TestCase> cases;
    for (const BuiltinFamilyInfo& family : all_builtin_families()) {
        std::string name(family.id);
        cases.push_back({std::string(kReference) + name, context.root / "docs/builtins" / (name + ".md"),
                         static_cast<std::size_t>(family.family)});
    }
    cases.push_back({std::string(kReference) + "index", context.root / "docs/builtins/index.md",
                     all_builtin_families().size()});
    cases.push_back({std::string(kMissingPrelude), context.root / "core/builtins/registry.cpp", 0});
    cases.push_back({std::string(kMissingNative), context.root / "core/builtins/registry.cpp", 0});
    return cases;
}

Outcome run_builtins(const TestCase& test, const Context& context) {
    if (test.name == kMissingPrelude) return check_missing_prelude(context);
    if (test.name == kMissingNative) return check_missing_native(context);
    return check_page(test);
}

}  // namespace ruff::tests
