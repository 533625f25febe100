#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Command-line options, declared as a table and parsed in one place, so that `--help`, error messages and
/// suggestions cannot disagree with what is accepted.

namespace ruff::cli {

enum class OptionKind : unsigned char {
    flag,            // --check
    value,           // --filter TEXT or --filter=TEXT
    optional_value,  // --allow-read or --allow-read=PATH,…  (the value only after `=`)
};

struct Option {
    std::string_view name;  // with its dashes: "--check"
    OptionKind kind = OptionKind::flag;
    std::string_view value_name = {};  // "TEXT", or the choices: "full|json"
    std::string_view help = {};        // one line, or several separated by '\n'
    char short_name = 0;               // 'c' for -c, 0 for none
    bool has_choices = false;          // the value must be one of those that value_name lists
};

/// Which words may stand beside the options.
enum class Operands : unsigned char {
    any,      // files and folders, in any number, between the options too
    program,  // the first is a program; what stands behind `--`, or from the second one on, belongs to it
};

struct OptionValue {
    const Option* option;
    std::string_view value;  // empty for a flag
};

/// What was given. Views into the command line and the option table, which outlive it.
class Arguments {
  public:
    /// Operands before `--`; for Operands::program only the program.
    std::vector<std::string_view> operands;
    /// What belongs to the program (Operands::program).
    std::vector<std::string_view> program_arguments;
    std::vector<OptionValue> options;

    [[nodiscard]] bool has(std::string_view name) const;
    /// The value given last, or `otherwise`.
    [[nodiscard]] std::string_view value(std::string_view name, std::string_view otherwise = {}) const;
    /// The values of an option that may be repeated, in order.
    [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const;
};

struct ParsedArguments {
    Arguments arguments;
    bool asks_for_help = false;  // `--help` or `-h`, where the table has no such option of its own
    std::string error;           // one line without a newline; empty when all is well
};

[[nodiscard]] bool asks_for_help(std::string_view word);

/// Parses `words` after the table. Stops at the first mistake. Options may stand before and after operands, short
/// ones are not joined, `--` ends the options, and `-` alone is an operand (standard input).
[[nodiscard]] ParsedArguments parse_arguments(std::span<const Option> table, Operands operands,
                                              std::span<const std::string_view> words);

/// The aligned block of lines that describes the options, for `--help`.
[[nodiscard]] std::string describe_options(std::span<const Option> table);

}  // namespace ruff::cli
