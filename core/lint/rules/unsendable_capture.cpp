#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

constexpr KindMask kUnsendable = kind_bit(ValueKind::Generator) | kind_bit(ValueKind::File) | kind_bit(ValueKind::Process) |
                                 kind_bit(ValueKind::Mutex) | kind_bit(ValueKind::Semaphore) | kind_bit(ValueKind::HttpStream);

void check(Context& context) {
    context.each<Spawn>([&](const Spawn& spawn) {
        std::vector<sema::BindingId> reported;
        for_each_in_function(*spawn.body, [&](const Node& node) {
            const sema::BindingId id = node.is<NameExpr>() || node.is<DictShorthand>() ? context.model.binding_of(node) : sema::kNone;
            if (id == sema::kNone || std::find(reported.begin(), reported.end(), id) != reported.end()) return;
            const sema::Binding& binding = context.model.bindings[id];
            if (!binding.is_variable() || binding.declaration == nullptr || is_inside(context, *binding.declaration, spawn)) return;
            const sema::Type type = context.types().type_of_binding(id);
            if (!context.types().is_only(type, kUnsendable)) return;
            reported.push_back(id);
            const std::string name(context.model.name(id));
            context.report(node, "cannot send " + context.types().text(type) + " `" + name + "` to another task").help =
                "make it in the task, or send what comes out of it through a channel";
        });
    });
}

}  // namespace

extern const RuleBody unsendable_capture_rule = {check, R"md(Finds a `spawn` block that names a generator, an open file or a process of the code around it.

Such a handle belongs to the isolate that made it and cannot go over to another one: the spawn raises. Functions, channels, promises,
task handles and all values may go over.

```ruff no-run
func* numbers() {
    yield 1
    yield 2
}
g := numbers()
task := spawn { g.next() }
print(await task)
```

Use instead:

```ruff no-run
func* numbers() {
    yield 1
    yield 2
}
task := spawn {
    g := numbers()
    g.next()
}
print(await task)
```

There is no fix.
)md"};

}  // namespace ruff::lint
