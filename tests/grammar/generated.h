#pragma once

#include "tests/support/runner/suite.h"

/// The committed output of the generator: that it is the output of the grammar.js beside it, and that it keeps to its
/// budget of size; and what parsing a large file and an edit in one take, which is told and not judged.

namespace ruff::tests {

void discover_generated(const Context& context, std::vector<TestCase>& cases);
[[nodiscard]] Outcome run_generated(const TestCase& test, const Context& context);

}  // namespace ruff::tests
