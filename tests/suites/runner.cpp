// The runner itself: it must fail on what is wrong, name it, and go on with the rest. It is run on small trees with a
// shell script in the place of `ruff`.

#include <sys/stat.h>

#include "tests/support/runner/files.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

struct MetaCase {
    std::string_view name;
    std::string_view file;     // below the tree
    std::string_view content;
    std::string_view ruff;     // the script in the place of ruff
    int exit_code;
    std::string_view says;     // what the report contains
    std::string_view updated = {};  // the file's content after --update; not looked at when empty
};

constexpr std::string_view kHello = "case $1 in run) echo hello;; esac";

constexpr MetaCase kCases[] = {
    {"right-output-passes", "tests/language/a.ruff", "print(1) # expect: hello\n", kHello, 0,
     "1 passed, 0 failed, 0 skipped"},
    {"no-expectation-fails", "tests/language/a.ruff", "print(1)\n", kHello, 1, "states no expectation",
     "print(1)\n# expect: hello\n"},
    {"wrong-output-fails", "tests/language/a.ruff", "# expect: goodbye\n", kHello, 1, "- goodbye\n+ hello",
     "# expect: hello\n"},
    {"surplus-output-fails", "tests/language/a.ruff", "f() # expect: hello\n", "echo hello; echo; echo more", 1,
     "+ more", "f() # expect: hello\n# expect blank\n# expect: more\n"},
    {"missing-output-fails", "tests/language/a.ruff", "f() # expect: hello\n# expect: more\ng()\n", kHello, 1,
     "- more", "f() # expect: hello\ng()\n"},
    {"hang-fails", "tests/language/a.ruff", "# expect: hello\n", "case $1 in run) echo hello; sleep 60;; esac", 1,
     "time limit", "# expect: hello\n"},
    {"crash-fails", "tests/language/a.ruff", "# expect: hello\n", "case $1 in run) echo no; kill -SEGV $$;; esac", 1,
     "killed by signal 11", "# expect: hello\n"},
    {"internal-error-is-a-crash", "tests/language/a.ruff", "# expect exit: 6\n", "case $1 in run) exit 6;; esac", 1,
     "internal error", "# expect exit: 6\n"},
    {"wrong-exit-code-fails", "tests/language/a.ruff", "# expect: hello\n",
     "case $1 in run) echo hello; exit 3;; esac", 1, "exit code 3 instead of 0", "# expect: hello\n"},
    {"unexpected-stderr-fails", "tests/language/a.ruff", "# expect: hello\n", "echo hello; echo oops >&2", 1,
     "stderr is not empty"},
    {"error-on-its-line-passes", "tests/language/a.ruff", "f()\ng() # expect error: bad thing\n",
     "case $1 in run) echo 'error: a bad thing' >&2; echo ' --> a.ruff:2:1' >&2; exit 4;; esac", 0, "1 passed"},
    {"error-on-another-line-fails", "tests/language/a.ruff", "f()\ng() # expect error: bad thing\n",
     "case $1 in run) echo 'error: a bad thing' >&2; echo ' --> a.ruff:1:1' >&2; exit 4;; esac", 1,
     "reported at line 1"},
    {"refusal-passes", "tests/language/a.ruff", "x := # expect refused: expression\n",
     "case $1 in run) echo 'error: no expression' >&2; echo ' --> a.ruff:1:1' >&2; exit 3;; esac", 0, "1 passed"},
    {"malformed-expectation-fails", "tests/language/a.ruff", "f() # expects: hello\n", kHello, 1,
     "line 1: not an expectation"},
    {"arguments-and-input-arrive", "tests/language/a.ruff",
     "# args: a b\n# stdin: x\\ny\n# expect: a.ruff -- a b\n# expect: x\n# expect: y\n",
     "case $1 in run) shift; echo $*; cat; echo;; esac", 0, "1 passed"},
    {"module-is-no-case", "tests/language/m/main.ruff", "# expect: hello\n", kHello, 0, "1 passed, 0 failed"},
    {"transcript-passes", "tests/cli/a.txt", "Says\n--- file a.ruff\nx\n--- end\n$ cat a.ruff; ruff run b; exit 3\nx\n...\nhel[..]\n[exit 3]\n",
     kHello, 0, "1 passed"},
    {"transcript-fails", "tests/cli/a.txt", "$ ruff run b\nbye\n", kHello, 1, "- bye\n+ hello", "$ ruff run b\nhello\n"},
    {"example-in-docs-passes", "docs/a.md", "# T\n```ruff\nf() # expect: hello\n```\n", kHello, 0, "1 passed"},
    {"example-in-docs-fails", "docs/a.md", "# T\n```ruff\nf() # expect: bye\n```\n", kHello, 1, "a.md:2",
     "# T\n```ruff\nf() # expect: hello\n```\n"},
    {"selection-without-cases-is-an-error", "tests/other/a.ruff", "", kHello, 2, "no case has such a name"},
};

ProcessResult run_tree(const fs::path& tree, const Context& context, bool updates) {
    ProcessOptions options = process_options(context, tree);
    options.command = {(context.bin / "ruff-tests").native(), "--root", tree.native(), "--ruff",
                       (tree / "bin/ruff").native(), "--time-limit", "1.5"};
    for (const char* suite : {"language", "docs", "examples", "cli"}) {
        options.command.insert(options.command.end(), {"--only", suite});
    }
    options.environment.emplace_back("RUFF_TESTS_COUNTS", (tree / "counts").native());
    if (updates) options.command.emplace_back("--update");
    options.joins_error = true;
    return run_process(options);
}

}  // namespace

std::vector<TestCase> discover_runner(const Context& context) {
    std::vector<TestCase> cases;
    for (std::size_t i = 0; i < std::size(kCases); ++i) {
        cases.push_back({"runner/" + std::string(kCases[i].name), context.bin / "ruff-tests", i});
    }
    return cases;
}

Outcome run_runner(const TestCase& test, const Context& context) {
    const MetaCase& meta = kCases[test.index];
    TemporaryFolder tree;
    write_file(tree.path() / meta.file, meta.content);
    if (fs::path(meta.file).filename() == "main.ruff") {
        write_file(tree.path() / fs::path(meta.file).parent_path() / "deep/module.ruff", "no expectation\n");
    }
    fs::path ruff = tree.path() / "bin/ruff";
    write_file(ruff, "#!/bin/sh\n" + std::string(meta.ruff) + "\n");
    chmod(ruff.c_str(), 0755);

    ProcessResult result = run_tree(tree.path(), context, false);
    std::string wrong;
    if (result.exit_code != meta.exit_code) wrong += "it ended with " + result.describe_end() + "\n";
    if (result.output.find(meta.says) == std::string::npos) wrong += "it does not say: " + std::string(meta.says) + "\n";
    if (meta.exit_code == 1 && result.output.find("repeat: ") == std::string::npos) wrong += "it has no repeat line\n";
    if (!meta.updated.empty()) {
        result = run_tree(tree.path(), context, true);
        std::string updated = read_file(tree.path() / meta.file).value_or("");
        if (updated != meta.updated) wrong += "--update made it\n" + updated;
    }
    return wrong.empty() ? pass() : fail(wrong + "It said:\n" + result.output);
}

}  // namespace ruff::tests
