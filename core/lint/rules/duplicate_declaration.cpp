#include "core/lint/rule.h"

namespace ruff::lint {

extern const RuleBody duplicate_declaration_rule = {nullptr, R"md(A second declaration of one name in one scope. A bare `:=` that created the variable counts as a declaration.

Such a file is refused before it runs, so this cannot be switched off. The second declaration would hide the first for the rest of
the block, and one of the two is a mistake.

```ruff no-run
let port := 80
let port := 8080
```

Use another name, or assign with `port := 8080` to a variable declared with `mut`. Shadowing a name of an outer block is fine.
There is no fix.
)md"};

}  // namespace ruff::lint
