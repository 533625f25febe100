#include "core/lint/code_shape.h"
#include "core/support/edit_distance.h"

namespace ruff::lint {
namespace {

using namespace syntax;

const Path& path_of(const Node& import) {
    return import.is<Import>() ? *import.to<Import>().path : *import.to<FromImport>().path;
}

/// `from m import x` of a module that has no such export.
void check_names(Context& context, const FromImport& statement, const sema::ModuleImport& import) {
    std::vector<std::string_view> exported;
    for (const sema::BindingId id : import.module->exports) exported.push_back(import.module->name(id));
    for (const ImportItem* item : statement.items) {
        const std::string_view name = item->name.text();
        if (item->name.is_missing() || import.module->find_export(name) != sema::kNone) continue;
        const Span span = context.tree.span(item->name);
        Diagnostic& finding = context.report(span, "Module " + import.name + " does not export " + std::string(name));
        const std::string near(nearest_name(name, exported));
        if (near.empty()) continue;
        finding.help = "did you mean `" + near + "`?";
        const std::string written = item->alias ? near : near + " as " + std::string(name);
        finding.fixes.push_back({"Import `" + near + "`", FixSafety::Unsafe, {{span, written}}});
    }
}

void check(Context& context) {
    for (const sema::ModuleImport& import : context.model.imports) {
        if (import.node == nullptr || path_of(*import.node).names.empty()) continue;
        const std::string& failure = import.failure.empty() ? import.circle : import.failure;
        if (!failure.empty()) {
            context.report(path_of(*import.node), failure).help = import.failure_hint;
        } else if (const auto* from = import.node->as<FromImport>(); from != nullptr && import.module != nullptr) {
            check_names(context, *from, import);
        }
    }
}

}  // namespace

extern const RuleBody unresolved_import_rule = {check, R"md(Finds imports that certainly raise: of a module that does not exist, that has an error or that imports this file in a circle, and of
names that the module does not export.

A module `a.b` is the file `a/b.ruff`, sought beside the importing file, then in each folder above it up to the package root, then in the
root's `modules/`. What a circle has in common belongs into a module of its own.

```ruff no-run
from geometry import aera
print(aera(2, 3))
```

Use instead:

```ruff no-run
from geometry import area
print(area(2, 3))
```

The fix imports the export that is spelled nearly so, under the name that the file uses. It is unsafe.
)md"};

}  // namespace ruff::lint
