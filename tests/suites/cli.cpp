// tests/cli/*.txt: what somebody types and sees.
//
//     Lines before the first `--- file` or `$` are a comment. One of the form `# needs: NAME` skips the transcript where
//     this build has no command of that name, `# no sanitizer: REASON` in builds with a sanitizer.
//     --- file hello.ruff
//     print("hello")
//     --- end
//     $ ruff run hello.ruff
//     hello
//     $ ruff run missing.ruff
//     ...
//     [exit 5]
//
// Each file runs in a fresh folder that holds its files; `ruff` is the one under test; stdout and stderr come together.
// `> ` continues a command on the next line. `...` alone stands for any lines, `[..]` for anything in a line, `[dir]` for
// the folder. Without `[exit N]` the exit code is 0. Empty lines after the output only separate.

#include <algorithm>
#include <cstdlib>
#include <span>

#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

struct Step {
    std::string command;
    std::vector<std::string> expected;  // lines of output, patterns among them
    int exit_code = 0;
    std::size_t line = 0;   // of the `$`
    std::size_t begin = 0;  // bytes of the file: what stands behind the command
    std::size_t end = 0;
};

struct Transcript {
    std::vector<std::string> needed_commands;
    std::string why_no_sanitizer;
    std::vector<std::pair<std::string, std::string>> files;
    std::vector<Step> steps;
};

bool read_exit_code(std::string_view line, int& code) {
    if (!line.starts_with("[exit ") || !line.ends_with(']')) return false;
    code = std::atoi(std::string(line.substr(6)).c_str());
    return true;
}

Transcript read_transcript(std::string_view text) {
    Transcript transcript;
    std::string* open_file = nullptr;
    bool is_in_command = false;
    std::size_t number = 0;
    for (std::string_view line : split_lines(text)) {
        ++number;
        std::size_t begin = static_cast<std::size_t>(line.data() - text.data());
        std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
        constexpr std::string_view kNeeds = "# needs: ";
        constexpr std::string_view kNoSanitizer = "# no sanitizer: ";
        if (line.starts_with(kNoSanitizer) && transcript.files.empty() && transcript.steps.empty()) {
            transcript.why_no_sanitizer = line.substr(kNoSanitizer.size());
        } else if (line.starts_with(kNeeds) && transcript.files.empty() && transcript.steps.empty()) {
            transcript.needed_commands.emplace_back(line.substr(kNeeds.size()));
        } else if (line.starts_with("--- file ")) {
            open_file = &transcript.files.emplace_back(line.substr(9), "").second;
            is_in_command = false;
        } else if (line == "--- end") {
            open_file = nullptr;
        } else if (line.starts_with("$ ")) {
            open_file = nullptr;
            is_in_command = true;
            transcript.steps.push_back({std::string(line.substr(2)), {}, 0, number, end, end});
        } else if (open_file) {
            *open_file += text.substr(begin, end - begin);
        } else if (!transcript.steps.empty()) {
            Step& step = transcript.steps.back();
            if (is_in_command && line.starts_with("> ")) {
                step.command += "\n" + std::string(line.substr(2));
                step.begin = step.end = end;
                continue;
            }
            is_in_command = false;
            step.end = end;
            if (!read_exit_code(line, step.exit_code)) step.expected.emplace_back(line);
        }
    }
    for (Step& step : transcript.steps) {
        while (!step.expected.empty() && step.expected.back().empty()) step.expected.pop_back();
    }
    return transcript;
}

// `[..]` stands for any text.
bool line_matches(std::string_view pattern, std::string_view line) {
    std::size_t wildcard = pattern.find("[..]");
    if (wildcard == std::string_view::npos) return pattern == line;
    if (!line.starts_with(pattern.substr(0, wildcard))) return false;
    std::string_view rest = pattern.substr(wildcard + 4);
    for (std::size_t at = wildcard; at <= line.size(); ++at) {
        if (line_matches(rest, line.substr(at))) return true;
    }
    return false;
}

// `...` stands for any lines.
bool lines_match(std::span<const std::string> patterns, std::span<const std::string> lines) {
    if (patterns.empty()) return lines.empty();
    if (patterns[0] != "...") {
        return !lines.empty() && line_matches(patterns[0], lines[0]) && lines_match(patterns.subspan(1), lines.subspan(1));
    }
    for (std::size_t skipped = 0; skipped <= lines.size(); ++skipped) {
        if (lines_match(patterns.subspan(1), lines.subspan(skipped))) return true;
    }
    return false;
}

std::vector<std::string> shown_lines(std::string_view output, const fs::path& folder) {
    std::vector<std::string> lines;
    for (std::string_view line : split_lines(output)) {
        std::string& shown = lines.emplace_back(line);
        for (std::size_t at; (at = shown.find(folder.native())) != std::string::npos;) {
            shown.replace(at, folder.native().size(), "[dir]");
        }
    }
    while (!lines.empty() && lines.back().empty()) lines.pop_back();
    return lines;
}

std::string block_text(const std::vector<std::string>& lines, int exit_code) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    if (exit_code != 0) text += "[exit " + std::to_string(exit_code) + "]\n";
    return text;
}

void run_step(const Step& step, bool is_last, const TestCase& test, const fs::path& folder, const Context& context,
              Outcome& outcome) {
    ProcessOptions options = process_options(context, folder);
    options.environment.emplace_back("HOME", folder.native());
    options.command = {"sh", "-c", step.command};
    options.joins_error = true;
    ProcessResult result = run_process(options);
    std::vector<std::string> lines = shown_lines(result.output, folder);
    bool has_crashed = result.has_crashed() && result.exit_code != step.exit_code;
    if (!has_crashed && result.exit_code == step.exit_code && lines_match(step.expected, lines)) return;

    std::string actual = block_text(lines, result.exit_code);
    outcome.verdict = Verdict::failed;
    outcome.message += test.path.native() + ":" + std::to_string(step.line) + ": $ " + step.command + "\n";
    if (has_crashed) outcome.message += result.describe_end() + "\n";
    outcome.message += diff_lines(block_text(step.expected, step.exit_code), actual);
    if (!has_crashed) outcome.rewrites.push_back({test.path, step.begin, step.end, actual + (is_last ? "" : "\n")});
}

}  // namespace

std::vector<TestCase> discover_cli(const Context& context) {
    std::vector<TestCase> cases;
    fs::path folder = context.root / "tests/cli";
    for (const fs::path& path : find_files(folder, ".txt")) {
        fs::path name = path.lexically_relative(folder).replace_extension();
        cases.push_back({"cli/" + name.generic_string(), path, 0});
    }
    return cases;
}

Outcome run_cli(const TestCase& test, const Context& context) {
    Transcript transcript = read_transcript(read_file(test.path).value_or(""));
    if (transcript.steps.empty()) return fail("The transcript has no `$ command`.\n");
    if (context.is_sanitized && !transcript.why_no_sanitizer.empty()) return skip(transcript.why_no_sanitizer);
    for (const std::string& command : transcript.needed_commands) {
        if (!has_command(context, command)) return skip("this build has no `ruff " + command + "`");
    }
    TemporaryFolder folder;
    for (const auto& [name, content] : transcript.files) {
        if (!write_file(folder.path() / name, content)) return fail("cannot write the file " + name + "\n");
    }
    Outcome outcome;
    for (const Step& step : transcript.steps) {
        run_step(step, &step == &transcript.steps.back(), test, folder.path(), context, outcome);
    }
    return outcome;
}

}  // namespace ruff::tests
