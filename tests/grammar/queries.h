#pragma once

#include "tests/support/runner/suite.h"

/// grammar/queries/<editor>/*.scm name only nodes, fields and captures that exist, and tests/grammar/highlights/*.txt
/// state the class of each token.

namespace ruff::tests {

void discover_queries(const Context& context, std::vector<TestCase>& cases);
[[nodiscard]] Outcome run_query(const TestCase& test);
[[nodiscard]] Outcome run_highlights(const TestCase& test, const Context& context);

}  // namespace ruff::tests
