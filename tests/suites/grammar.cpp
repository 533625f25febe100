// The tree-sitter grammar: grammar/test/corpus, and what tests/grammar says about the rest.

#include "tests/grammar/agreement.h"
#include "tests/grammar/corpus.h"
#include "tests/grammar/generated.h"
#include "tests/grammar/queries.h"

namespace ruff::tests {

std::vector<TestCase> discover_grammar(const Context& context) {
    std::vector<TestCase> cases;
    discover_generated(context, cases);
    discover_corpus(context, cases);
    discover_queries(context, cases);
    discover_agreement(context, cases);
    return cases;
}

Outcome run_grammar(const TestCase& test, const Context& context) {
    if (test.name.starts_with("grammar/corpus/")) return run_corpus(test);
    if (test.name.starts_with("grammar/queries/")) return run_query(test);
    if (test.name.starts_with("grammar/highlights/")) return run_highlights(test, context);
    if (test.name.starts_with("grammar/agreement/")) return run_agreement(test, context);
    return run_generated(test, context);
}

}  // namespace ruff::tests
