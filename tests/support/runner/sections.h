#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/runner/suite.h"

/// Files of many cases, each an input and what comes of it:
///
///     Anything before the first `>>>` is a comment.
///     >>> what this case shows
///     input
///     <<<
///     expected
///
/// The title names the case and may carry options for the suite, such as `(width 40)`. A case's input and expected
/// text are whole lines; empty lines before the next `>>>` belong to the expected text except for the last one, which
/// only separates.

namespace ruff::tests {

struct Section {
    std::string title;
    std::size_t line = 0;            // of its `>>>`, from 1
    std::string input;
    std::string expected;
    std::size_t expected_begin = 0;  // bytes of the file, for --update
    std::size_t expected_end = 0;
};

struct SectionFile {
    std::vector<Section> sections;
    std::vector<std::string> mistakes;  // `line 3: …`
};

[[nodiscard]] SectionFile read_sections(std::string_view text);

/// A case for every section of every file with this extension below root/tests/`folder`. A file with mistakes is one
/// case, which fails and says them.
[[nodiscard]] std::vector<TestCase> discover_sections(const Context& context, std::string_view folder,
                                                      std::string_view extension);

/// Runs one of them: `transform` gives what its input really comes to.
[[nodiscard]] Outcome run_section(const TestCase& test, std::string (*transform)(const Section& section));

/// `Takes a Trailing, comma (width 40)` -> `takes-a-trailing-comma-width-40`: a title as part of a case's name.
[[nodiscard]] std::string case_name_of(std::string_view title);

}  // namespace ruff::tests
