#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// Whether running the top level of a module does nothing that anyone could notice.
bool is_declarations_only(const sema::SemanticModel& module) {
    for (const Node* statement : module.tree->root->statements) {
        if (const auto* exported = statement->as<Export>()) statement = exported->declaration;
        if (statement->is<FuncDecl>() || statement->is<StructDecl>() || statement->is<EnumDecl>() || statement->is<Test>()) continue;
        const auto* binding = statement->as<Binding>();
        if (binding == nullptr || !is_plain_literal(*binding->value)) return false;
    }
    return true;
}

bool is_unused(const sema::Binding& binding) {
    return !binding.is_read && !binding.is_exported && !binding.is_changed && !binding.is_reassigned && !binding.is_weak;
}

void report_import(Context& context, const Node& statement, const std::string& what, const sema::ModuleImport& import) {
    Diagnostic& finding = context.report(statement, what);
    finding.tags.is_unnecessary = true;
    if (!is_declarations_only(*import.module)) return;
    if (const auto removal = removal_of(context, statement)) {
        finding.fixes.push_back({"Remove the import", FixSafety::Safe, {*removal}});
    }
}

/// One of several names: from it to the next, or from the one before to it.
TextEdit item_removal(const Context& context, const FromImport& import, std::size_t index) {
    const Span item = context.tree.span(*import.items[index]);
    if (index + 1 < import.items.size()) return {{item.begin, context.tree.span(*import.items[index + 1]).begin}, ""};
    return {{context.tree.span(*import.items[index - 1]).end, item.end}, ""};
}

void check_item(Context& context, const FromImport& import, std::size_t index, const sema::ModuleImport& module) {
    const ImportItem& item = *import.items[index];
    const sema::BindingId id = context.model.binding_of(item);
    if (id == sema::kNone || !is_unused(context.model.bindings[id])) return;
    if (context.model.bindings[id].target == sema::kNone) return;
    const std::string what = "`" + std::string(context.model.name(id)) + "` is imported and never used";
    if (import.items.size() == 1) return report_import(context, import, what, module);
    Diagnostic& finding = context.report(item, what);
    finding.tags.is_unnecessary = true;
    const TextEdit removal = item_removal(context, import, index);
    if (has_comment_in(context, removal.span)) return;
    finding.fixes.push_back({"Remove it from the import", FixSafety::Safe, {removal}});
}

void check(Context& context) {
    for (const sema::ModuleImport& import : context.model.imports) {
        if (import.module == nullptr || import.node == nullptr) continue;
        if (const auto* from = import.node->as<FromImport>()) {
            for (std::size_t i = 0; i < from->items.size(); ++i) check_item(context, *from, i, import);
            continue;
        }
        const sema::BindingId id = context.model.binding_of(*import.node);
        if (id == sema::kNone || !is_unused(context.model.bindings[id]) || !is_declarations_only(*import.module)) continue;
        report_import(context, *import.node, "`" + std::string(context.model.name(id)) + "` is imported and never used", import);
    }
}

}  // namespace

extern const RuleBody unused_import_rule = {check, R"md(Finds imported names that nothing uses.

`import m` is reported only where the module declares things and does nothing else: importing a module for what its top level
does is a purpose too. A module that cannot be found is the business of the import itself.

```ruff no-run
from shapes import Circle, Square
print(Circle { radius: 1 })
```

Use instead:

```ruff no-run
from shapes import Circle
print(Circle { radius: 1 })
```

The fix takes out the name, or the whole import where the module only declares things. It is safe.
)md"};

}  // namespace ruff::lint
