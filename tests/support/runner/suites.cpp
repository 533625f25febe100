#include "tests/support/runner/suite.h"

namespace ruff::tests {

#define RUFF_SUITE(name)                                       \
    std::vector<TestCase> discover_##name(const Context&);     \
    Outcome run_##name(const TestCase& test, const Context&);
#include "tests/suites/suites.def"

const std::vector<Suite>& all_suites() {
    static const std::vector<Suite> suites = {
#define RUFF_SUITE(name) {#name, discover_##name, run_##name},
#include "tests/suites/suites.def"
    };
    return suites;
}

}  // namespace ruff::tests
