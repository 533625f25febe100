#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/runner/process.h"
#include "tests/support/runner/suite.h"

/// What a Ruff program says about its own run, in comments:
///
///     # rule: bind.let-immutable, bind.scope    the rules of docs/language.md that it proves
///     # expect: TEXT                            the next line of stdout, exactly TEXT
///     # expect blank                            the next line of stdout, empty
///     # expect error: TEXT                      ends uncaught (exit 4); an error line of stderr contains TEXT
///     # expect refused: TEXT                    refused before running (exit 3), with a diagnostic containing TEXT
///     # expect stderr: TEXT                     some line of stderr contains TEXT
///     # expect exit: N                          the exit code, where none of the above says it
///     # args: a b                               the program's arguments
///     # stdin: TEXT                             its standard input (\n \t \\ are escapes)
///
/// Alone on a line or behind code; behind code, `error` and `refused` also demand the position to be that line.
/// The `expect:` and `expect blank` lines in order are the whole of stdout; stderr is empty unless something is said
/// about it or the exit code.

namespace ruff::tests {

enum class ExpectationKind : unsigned char { output, blank, error, refused, error_output, exit_code };

struct Expectation {
    ExpectationKind kind;
    std::string text;
    std::size_t line = 0;        // of the program, from 1
    bool is_behind_code = false;
    std::size_t begin = 0;       // bytes of the program: from its `#` to the end of the line
    std::size_t end = 0;
};

struct Expectations {
    std::vector<Expectation> items;
    std::vector<std::string> rules;
    std::vector<std::string> arguments;
    std::string input;
    std::vector<std::string> mistakes;  // malformed comments, as `line 3: …`

    [[nodiscard]] bool has(ExpectationKind kind) const;
    [[nodiscard]] int exit_code() const;
    [[nodiscard]] std::string output() const;
};

[[nodiscard]] Expectations read_expectations(std::string_view program);

/// What is wrong with the run, or nothing. `file_name` is how positions in messages name the program (its last path
/// component is enough).
[[nodiscard]] std::string judge_run(const Expectations& expected, const ProcessResult& result,
                                    std::string_view file_name);

/// The program with its expectations of stdout and of the uncaught error made true; nothing when the run crashed.
/// Surplus expectations are taken away, missing ones are added at the end.
[[nodiscard]] std::optional<std::string> rewrite_expectations(std::string_view program, const Expectations& expected,
                                                              const ProcessResult& result);

}  // namespace ruff::tests
