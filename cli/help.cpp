#include <algorithm>

#include "cli/command.h"

namespace ruff::cli {
namespace {

std::string padded(std::string_view text, std::size_t width) {
    std::string result(text);
    result.resize(std::max(width, text.size()), ' ');
    return result;
}

// "  " before every line.
std::string indented(std::string_view text) {
    std::string result = "  ";
    for (char c : text) {
        result += c;
        if (c == '\n') result += "  ";
    }
    return result;
}

std::string usage_line(const Command& command) {
    std::string line = "Usage: ruff " + std::string(command.name);
    if (!command.body->options.empty()) line += " [OPTIONS]";
    if (!command.operands.empty()) line += " " + std::string(command.operands);
    return line + "\n";
}

}  // namespace

std::string general_help() {
    std::string text =
        "Ruff, a scripting language for automation and concurrent I/O\n\n"
        "Usage: ruff FILE [ARGUMENTS]\n"
        "       ruff COMMAND [OPTIONS] …\n\n"
        "Commands:\n";
    std::size_t width = 0;
    for (const Command& command : all_commands()) width = std::max(width, command.name.size());
    for (const Command& command : all_commands()) {
        text += "  " + padded(command.name, width + 2) + std::string(command.summary) + "\n";
    }
    return text +
           "\nOptions:\n"
           "  -h, --help     Shows this page; behind a command, the page of that command\n"
           "  -V, --version  Prints the version\n";
}

std::string command_help(const Command& command) {
    std::string text = std::string(command.summary) + ".\n\n" + usage_line(command);
    if (!command.alias.empty()) text += "Alias: ruff " + std::string(command.alias) + "\n";
    if (!command.body->about.empty()) text += "\n" + std::string(command.body->about) + "\n";
    if (!command.body->options.empty()) text += "\nOptions:\n" + describe_options(command.body->options);
    if (!command.body->examples.empty()) text += "\nExamples:\n" + indented(command.body->examples) + "\n";
    return text;
}

}  // namespace ruff::cli
