#include "cli/options.h"

#include <algorithm>

#include "core/support/edit_distance.h"

namespace ruff::cli {
namespace {

std::string quoted(std::string_view word) {
    return "`" + std::string(word) + "`";
}

const Option* find_option(std::span<const Option> table, std::string_view name) {
    for (const Option& option : table) {
        if (option.name == name) return &option;
        if (option.short_name && name.size() == 2 && name[0] == '-' && name[1] == option.short_name) return &option;
    }
    return nullptr;
}

std::string unknown_option(std::span<const Option> table, std::string_view name) {
    std::vector<std::string_view> names;
    for (const Option& option : table) names.push_back(option.name);
    names.push_back("--help");
    std::string_view near = nearest_name(name, names);
    return "unknown option " + quoted(name) + (near.empty() ? "" : "; did you mean " + quoted(near) + "?");
}

std::vector<std::string_view> choices_of(const Option& option) {
    std::vector<std::string_view> choices;
    std::string_view rest = option.value_name;
    while (true) {
        std::size_t bar = rest.find('|');
        choices.push_back(rest.substr(0, bar));
        if (bar == std::string_view::npos) return choices;
        rest.remove_prefix(bar + 1);
    }
}

// Empty when the value is one that the option takes.
std::string refuse_value(const Option& option, std::string_view value) {
    if (!option.has_choices) return {};
    std::vector<std::string_view> choices = choices_of(option);
    if (std::ranges::find(choices, value) != choices.end()) return {};
    std::string expected;
    for (std::string_view choice : choices) {
        if (!expected.empty()) expected += choice == choices.back() ? " or " : ", ";
        expected += choice;
    }
    std::string_view near = nearest_name(value, choices);
    return std::string(option.name) + " takes " + expected + ", not " + quoted(value) +
           (near.empty() ? "" : "; did you mean " + quoted(near) + "?");
}

// Reads the option at `words[position]` and moves `position` behind it; gives an error or nothing.
std::string parse_option(std::span<const Option> table, std::span<const std::string_view> words,
                         std::size_t& position, Arguments& out) {
    std::string_view word = words[position++];
    std::size_t equals = word.find('=');
    std::string_view name = word.substr(0, equals);
    bool has_value = equals != std::string_view::npos;
    std::string_view value = has_value ? word.substr(equals + 1) : std::string_view();

    const Option* option = find_option(table, name);
    if (!option) return unknown_option(table, name);
    switch (option->kind) {
        case OptionKind::flag:
            if (has_value) return std::string(option->name) + " takes no value";
            break;
        case OptionKind::value:
            if (!has_value) {
                if (position == words.size()) {
                    return std::string(option->name) + " expects " + std::string(option->value_name) +
                           " after it";
                }
                value = words[position++];
            }
            if (std::string error = refuse_value(*option, value); !error.empty()) return error;
            break;
        case OptionKind::optional_value:
            if (has_value) {
                if (std::string error = refuse_value(*option, value); !error.empty()) return error;
            }
            break;
    }
    out.options.push_back({option, value});
    return {};
}

std::string left_column(const Option& option) {
    std::string text = option.short_name ? std::string("-") + option.short_name + ", " : "";
    text += option.name;
    std::string value(option.value_name);
    if (option.kind == OptionKind::value) text += " " + value;
    if (option.kind == OptionKind::optional_value) text += "[=" + value + "]";
    return text;
}

}  // namespace

bool Arguments::has(std::string_view name) const {
    return std::ranges::any_of(options, [&](const OptionValue& given) { return given.option->name == name; });
}

std::string_view Arguments::value(std::string_view name, std::string_view otherwise) const {
    for (auto given = options.rbegin(); given != options.rend(); ++given) {
        if (given->option->name == name) return given->value;
    }
    return otherwise;
}

std::vector<std::string_view> Arguments::values(std::string_view name) const {
    std::vector<std::string_view> found;
    for (const OptionValue& given : options) {
        if (given.option->name == name) found.push_back(given.value);
    }
    return found;
}

bool asks_for_help(std::string_view word) { return word == "--help" || word == "-h"; }

ParsedArguments parse_arguments(std::span<const Option> table, Operands operands,
                                std::span<const std::string_view> words) {
    ParsedArguments parsed;
    Arguments& out = parsed.arguments;
    auto add_operand = [&](std::string_view word) {
        bool is_for_program = operands == Operands::program && !out.operands.empty();
        (is_for_program ? out.program_arguments : out.operands).push_back(word);
    };
    std::size_t position = 0;
    while (position < words.size()) {
        std::string_view word = words[position];
        if (!out.program_arguments.empty()) {
            add_operand(word);
            ++position;
        } else if (word == "--") {
            for (++position; position < words.size(); ++position) add_operand(words[position]);
        } else if (asks_for_help(word) && find_option(table, word) == nullptr) {
            parsed.asks_for_help = true;
            return parsed;
        } else if (word.size() > 1 && word[0] == '-') {
            parsed.error = parse_option(table, words, position, out);
            if (parsed.error.empty()) continue;
            if (operands == Operands::program && !out.operands.empty()) {
                parsed.error += " (what the program shall get stands after `--`)";
            }
            return parsed;
        } else {
            add_operand(word);
            ++position;
        }
    }
    return parsed;
}

std::string describe_options(std::span<const Option> table) {
    constexpr std::size_t kWidestLeft = 28;
    std::size_t width = 0;
    for (const Option& option : table) {
        std::size_t needed = left_column(option).size();
        if (needed <= kWidestLeft) width = std::max(width, needed);
    }
    std::string text;
    for (const Option& option : table) {
        std::string left = left_column(option);
        std::string indent(width + 4, ' ');
        text += "  " + left;
        text += left.size() > width ? "\n" + indent : std::string(width + 2 - left.size(), ' ');
        for (char c : option.help) {
            text += c;
            if (c == '\n') text += indent;
        }
        text += '\n';
    }
    return text;
}

}  // namespace ruff::cli
