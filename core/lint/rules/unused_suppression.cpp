#include "core/lint/rule.h"

namespace ruff::lint {

// Found while suppressions are applied (core/lint/suppressions.cpp).
extern const RuleBody unused_suppression_rule = {nullptr, R"md(Finds names in `# ruff: allow(…)` and `# ruff: allow-file(…)` that suppress nothing, or that are no rules.

A suppression that outlives its reason hides the next mistake at that place. Rules that are switched off are left alone.

```ruff no-run
# ruff: allow(empty-except) the file may be gone
print("nothing to suppress here")
```

Take the name, or the whole comment, out. There is no fix.
)md"};

}  // namespace ruff::lint
