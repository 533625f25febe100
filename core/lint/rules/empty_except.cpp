#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

void check(Context& context) {
    context.each<Try>([&](const Try& attempt) {
        const Block* block = attempt.except_block;
        if (block == nullptr || block->is_missing || !block->statements.empty()) return;
        const Span span = context.tree.span(*block);
        if (has_comment_in(context, span)) return;
        context.report(span, "this `except` swallows every error").help =
            "handle the error, or say in a comment inside why nothing has to be done";
    });
}

}  // namespace

extern const RuleBody empty_except_rule = {check, R"md(Finds an `except` block with nothing in it, not even a comment.

It swallows every error of its `try`, misspelt names included.

```ruff no-run
try { remove_file("cache.json") } except {}
```

Use instead:

```ruff no-run
try {
    remove_file("cache.json")
} except {
    # it is there only after the first run
}
```

There is no fix. A comment inside the block makes the rule silent.
)md"};

}  // namespace ruff::lint
