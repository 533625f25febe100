#pragma once

#include "tests/support/runner/suite.h"

/// The committed output of the generator: that it is the output of the grammar.js beside it, and that it keeps to its
/// budget: size of the compiled grammar, time for a large file and for an edit in one.

namespace ruff::tests {

void discover_generated(const Context& context, std::vector<TestCase>& cases);
[[nodiscard]] Outcome run_generated(const TestCase& test, const Context& context);

}  // namespace ruff::tests
