#include "core/lint/rule.h"

namespace ruff::lint {

extern const RuleBody break_outside_loop_rule = {nullptr, R"md(A `break` or `continue` with no loop around it in the same function.

Such a file is refused before it runs, so this cannot be switched off. A loop around a function does not count: a callback cannot leave
the loop that it was made in.

```text
func first_even(xs) {
    each(xs, |x| { if x % 2 == 0 { break } })
}
```

Use instead:

```ruff no-run
func first_even(xs) {
    for x in xs {
        if x % 2 == 0 { break }
    }
}
```

There is no fix.
)md"};

}  // namespace ruff::lint
