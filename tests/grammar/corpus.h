#pragma once

#include "tests/support/runner/suite.h"

/// grammar/test/corpus/*.txt, in the form that `tree-sitter test` reads too:
///
///     ==================
///     what this entry shows
///     :error               (only where the text is refused)
///     ==================
///     text
///     ---
///     (file …)

namespace ruff::tests {

void discover_corpus(const Context& context, std::vector<TestCase>& cases);
[[nodiscard]] Outcome run_corpus(const TestCase& test);

}  // namespace ruff::tests
