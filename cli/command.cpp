#include "cli/command.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "core/support/edit_distance.h"
#include "core/support/write_all.h"

namespace ruff::cli {

#define RUFF_COMMAND(name, alias, operands, summary) extern const CommandBody name##_command;
#include "cli/commands.def"

namespace {

constexpr Command kCommands[] = {
#define RUFF_COMMAND(name, alias, operands, summary) {#name, alias, operands, summary, &name##_command},
#include "cli/commands.def"
};

// A word that is meant as a program rather than as a command: `ruff report.ruff`, `ruff ./report`, `ruff -`.
bool names_a_program(std::string_view word) {
    if (word == "-" || word.ends_with(".ruff") || word.find('/') != std::string_view::npos) return true;
    return access(std::string(word).c_str(), F_OK) == 0;
}

int invoke_command(const Command& command, std::span<const std::string_view> words) {
    ParsedArguments parsed = parse_arguments(command.body->options, command.body->operands, words);
    if (parsed.asks_for_help) {
        print(command_help(command));
        return kExitSuccess;
    }
    if (!parsed.error.empty()) {
        return usage_error(std::string(command.name) + ": " + parsed.error);
    }
    return command.body->run(parsed.arguments);
}

// `ruff FILE WORDS…`, which is also what `#!/usr/bin/env ruff` gives: all that follows the file is the program's.
int run_program(const Command& run, std::span<const std::string_view> words) {
    Arguments arguments;
    arguments.operands.push_back(words[0]);
    std::span<const std::string_view> rest = words.subspan(1);
    if (!rest.empty() && rest[0] == "--") rest = rest.subspan(1);
    arguments.program_arguments.assign(rest.begin(), rest.end());
    return run.body->run(arguments);
}

}  // namespace

int run_command_line(std::span<const std::string_view> words) {
    if (words.empty()) {
        print(general_help());
        return kExitUsage;
    }
    std::string_view first = words[0];
    if (asks_for_help(first)) {
        print(general_help());
        return kExitSuccess;
    }
    if (first == "--version" || first == "-V") return invoke_command(*find_command("version"), {});
    if (const Command* command = find_command(first)) return invoke_command(*command, words.subspan(1));
    const Command* run = find_command("run");
    if (run && names_a_program(first)) return run_program(*run, words);
    if (first.starts_with('-') && first.size() > 1) {
        constexpr std::string_view kOptions[] = {"--help", "--version"};
        std::string_view near = nearest_name(first, kOptions);
        return usage_error("unknown option `" + std::string(first) + "`" +
                           (near.empty() ? "; an option of a command stands behind the command"
                                         : "; did you mean `" + std::string(near) + "`?"));
    }
    return usage_error(describe_unknown_command(first));
}

std::span<const Command> all_commands() {
    return kCommands;
}

const Command* find_command(std::string_view name) {
    for (const Command& command : kCommands) {
        if (command.name == name || (!command.alias.empty() && command.alias == name)) return &command;
    }
    return nullptr;
}

std::string describe_unknown_command(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Command& command : kCommands) {
        names.push_back(command.name);
        if (!command.alias.empty()) names.push_back(command.alias);
    }
    std::string_view near = nearest_name(name, names);
    std::string text = "unknown command `" + std::string(name) + "`";
    if (near.empty()) return text + "; `ruff help` lists the commands";
    return text + "; did you mean `" + std::string(near) + "`?";
}

void print(std::string_view text) {
    std::fflush(stdout);
    const int failure = write_all(STDOUT_FILENO, text);
    if (failure == 0) return;
    print_error(std::string("cannot write to standard output: ") + std::strerror(failure));
    std::_Exit(kExitUncaught);
}

void print_error(std::string_view text) {
    std::string line = "ruff: " + std::string(text) + "\n";
    std::fflush(stdout);
    std::fwrite(line.data(), 1, line.size(), stderr);
}

int usage_error(std::string_view text) {
    print_error(text);
    return kExitUsage;
}

}  // namespace ruff::cli
