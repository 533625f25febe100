#include "tests/support/runner/programs.h"

#include <cstdlib>

#include "tests/support/runner/expectations.h"

namespace ruff::tests {

bool has_command(const Context& context, std::string_view command) {
    ProcessOptions options = process_options(context, context.root);
    options.command = {context.ruff.native(), "help", std::string(command)};
    return run_process(options).exit_code == 0;
}

ProcessOptions process_options(const Context& context, const std::filesystem::path& folder) {
    const char* path = std::getenv("PATH");
    ProcessOptions options;
    options.folder = folder;
    options.time_limit = context.time_limit;
    options.environment = {
        {"PATH", context.ruff.parent_path().native() + ":" + (path ? path : "/usr/bin:/bin")},
        {"NO_COLOR", "1"},
        {"LC_ALL", "C.UTF-8"},
        {"TZ", "UTC"},
    };
    return options;
}

ProcessResult run_ruff(const Context& context, std::vector<std::string> words, const std::filesystem::path& folder,
                       std::string input, std::vector<std::pair<std::string, std::string>> environment) {
    ProcessOptions options = process_options(context, folder);
    for (auto& variable : environment) options.environment.push_back(std::move(variable));
    options.command = std::move(words);
    options.command.insert(options.command.begin(), context.ruff.native());
    options.input = std::move(input);
    return run_process(options);
}

Outcome run_program(const ProgramRun& run, const Context& context) {
    Expectations expected = read_expectations(run.program);
    if (!expected.mistakes.empty()) {
        std::string text;
        for (const std::string& mistake : expected.mistakes) text += mistake + "\n";
        return fail(text);
    }

    std::vector<std::string> words{"run", run.file};
    if (!expected.arguments.empty()) words.push_back("--");
    words.insert(words.end(), expected.arguments.begin(), expected.arguments.end());
    ProcessResult result = run_ruff(context, std::move(words), run.folder, expected.input, run.environment);

    std::string wrong;
    if (expected.items.empty() && run.needs_expectation) {
        wrong = "The program states no expectation; say `# expect: TEXT`, or what else it shows.\n";
    } else if (expected.items.empty()) {
        expected.items.push_back({ExpectationKind::exit_code, "0", 0, false, 0, 0});
        if (!result.has_crashed() && result.exit_code == 0) return pass();
        wrong = judge_run(expected, result, run.file);
    } else {
        wrong = judge_run(expected, result, std::filesystem::path(run.file).filename().native());
    }
    if (wrong.empty()) return pass();
    std::optional<std::string> rewritten = rewrite_expectations(run.program, expected, result);
    if (!rewritten || *rewritten == run.program || result.exit_code != expected.exit_code()) return fail(wrong);
    return fail(wrong, {{run.original, run.offset, run.offset + run.program.size(), *rewritten}});
}

}  // namespace ruff::tests
