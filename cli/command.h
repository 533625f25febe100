#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/options.h"

namespace ruff::cli {

/// Exit codes, the same for every command (docs/language.md, "Limits and exit codes").
enum ExitCode : int {
    kExitSuccess = 0,
    kExitGateFailed = 1,     // `fmt --check`, `check`, `test`
    kExitUsage = 2,          // unknown command, option or rule
    kExitRefused = 3,        // the program does not compile
    kExitUncaught = 4,       // uncaught error, unhandled rejection, deadlock
    kExitNotFound = 5,       // a file is missing or unreadable
    kExitInternal = 6,       // a defect of Ruff itself
    kExitInterrupted = 130,  // Ctrl-C
};

/// What a command's file defines; its row of commands.def holds the rest.
struct CommandBody {
    /// Takes the parsed command line and gives the exit code. Data goes to stdout, messages to stderr.
    int (*run)(const Arguments& arguments);
    std::span<const Option> options = {};
    Operands operands = Operands::any;
    /// What `--help` says below the usage line; ends without a newline.
    std::string_view about = {};
    /// Lines of `ruff …  # what it does`, for `--help`; ends without a newline.
    std::string_view examples = {};
};

struct Command {
    std::string_view name;
    std::string_view alias;
    std::string_view operands;
    std::string_view summary;
    const CommandBody* body;
};

/// The rows of commands.def, in order.
[[nodiscard]] std::span<const Command> all_commands();
/// By name or alias; null when there is none.
[[nodiscard]] const Command* find_command(std::string_view name);
/// "unknown command `rnu`; did you mean `run`?"
[[nodiscard]] std::string describe_unknown_command(std::string_view name);

/// The pages of `ruff help` and `ruff help COMMAND`.
[[nodiscard]] std::string general_help();
[[nodiscard]] std::string command_help(const Command& command);

/// Writes `text` to stdout, or `ruff: text` and a newline to stderr.
void print(std::string_view text);
void print_error(std::string_view text);
/// print_error() with kExitUsage to return: `return usage_error("…");`
[[nodiscard]] int usage_error(std::string_view text);

/// The whole of `ruff`: picks the command, parses its options, runs it.
[[nodiscard]] int run_command_line(std::span<const std::string_view> words);

}  // namespace ruff::cli
