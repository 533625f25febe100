#include "core/lint/rule.h"

namespace ruff::lint {

extern const RuleBody unknown_variant_rule = {nullptr, R"md(A variant that its enum does not have.

Such a file is refused before it runs, so this cannot be switched off. The message names a variant that is spelled nearly so.

```ruff no-run
enum Status { Ready, Failed(reason) }
print(Status::Redy)
```

Use instead:

```ruff no-run
enum Status { Ready, Failed(reason) }
print(Status::Ready)
```

The fix writes the variant that is spelled nearly so. It is unsafe.
)md"};

}  // namespace ruff::lint
