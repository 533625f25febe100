#pragma once

#include "tests/support/runner/suite.h"

/// core/syntax and the tree-sitter grammar accept the same texts and give the same tree: for every Ruff file, every
/// example of the documentation and the corpus, generated programs, and all of these with mistakes in them.

namespace ruff::tests {

void discover_agreement(const Context& context, std::vector<TestCase>& cases);
[[nodiscard]] Outcome run_agreement(const TestCase& test, const Context& context);

}  // namespace ruff::tests
