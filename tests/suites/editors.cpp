// What needs no editor but Neovim: the words in the editors' files are those of core/lang, the Neovim plugin does what
// it says in a real Neovim with the compiled grammar, and the parts of the VS Code extension do in Node.

#include "tests/support/runner/files.h"
#include "tests/support/runner/process.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

Outcome run_words(const Context& context) {
    ProcessOptions options = process_options(context, context.root);
    options.command = {"python3", "scripts/editor-words", "--check"};
    options.joins_error = true;
    ProcessResult result = run_process(options);
    return result.exit_code == 0 ? pass() : fail(result.output);
}

// A Neovim that touches nothing of the person's own, with the plugin, runs one file of editors/neovim/test.
Outcome run_neovim(const TestCase& test, const Context& context) {
    TemporaryFolder folder;
    std::string parser = (folder.path() / "ruff.so").native();
    ProcessOptions options = process_options(context, context.root);
    options.joins_error = true;
    options.command = {"cc", "-O1", "-shared", "-fPIC", "-Igrammar/src", "grammar/src/parser.c", "grammar/src/scanner.c",
                       "-o", parser};
    ProcessResult compiled = run_process(options);
    if (compiled.exit_code != 0) return fail(compiled.output);
    options.environment.emplace_back("RUFF", context.ruff.native());
    options.environment.emplace_back("RUFF_PARSER", parser);
    for (const char* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"}) {
        options.environment.emplace_back(name, folder.path().native());
    }
    const std::string plugin = (context.root / "editors/neovim").native();
    options.command = {"nvim", "--headless", "-n", "-i", "NONE", "--cmd", "set rtp^=" + plugin, "-c",
                       "autocmd VimEnter * ++nested luafile " + test.path.native()};
    options.time_limit = test.least_limit;
    ProcessResult result = run_process(options);
    if (!result.not_started.empty()) return skip("no nvim: " + result.not_started + "\n");
    bool has_passed = result.exit_code == 0 && result.output.find(" passed, 0 failed") != std::string::npos;
    return has_passed ? pass() : fail(result.describe_end() + "\n" + result.output + "\n");
}

// The first run installs the extension's packages.
Outcome run_vscode(const TestCase& test, const Context& context) {
    ProcessOptions options = process_options(context, context.root);
    options.command = {"editors/vscode/check"};
    options.joins_error = true;
    options.time_limit = test.least_limit;
    ProcessResult result = run_process(options);
    constexpr int kNotToBeHad = 77;
    if (result.exit_code == kNotToBeHad) return skip(result.output);
    return result.exit_code == 0 ? pass() : fail(result.describe_end() + "\n" + result.output);
}

}  // namespace

std::vector<TestCase> discover_editors(const Context& context) {
    if (!std::filesystem::exists(context.root / "editors")) return {};
    std::vector<TestCase> cases{{"editors/words", context.root / "scripts/editor-words"},
                                {"editors/vscode", context.root / "editors/vscode/check", 0, std::chrono::minutes(5)}};
    constexpr std::string_view kEnding = "_test.lua";
    for (const auto& entry : std::filesystem::directory_iterator(context.root / "editors/neovim/test")) {
        std::string name = entry.path().filename().string();
        if (!name.ends_with(kEnding)) continue;
        name.resize(name.size() - kEnding.size());
        cases.push_back({"editors/neovim/" + name, entry.path(), 0, std::chrono::minutes(2)});
    }
    return cases;
}

Outcome run_editors(const TestCase& test, const Context& context) {
    if (test.name == "editors/words") return run_words(context);
    return test.name == "editors/vscode" ? run_vscode(test, context) : run_neovim(test, context);
}

}  // namespace ruff::tests
