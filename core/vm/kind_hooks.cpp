// The table of hooks, one row a kind. A kind without a hook does not link: the linker's message names it.

#include "core/vm/kind_hooks.h"

namespace ruff::vm {
namespace {

#define RUFF_OBJECT_HOOKS_0(Name) nullptr, nullptr
#define RUFF_OBJECT_HOOKS_1(Name) hooks::children_##Name, hooks::free_##Name

constexpr bool (*revive_hook(ValueKind kind))(Object*) {
    if (kind == ValueKind::Generator) return hooks::revive_Generator;
    if (kind == ValueKind::Promise) return hooks::revive_Promise;
    return nullptr;
}

}  // namespace

constinit const KindHooks kKindHooks[] = {
#define VALUE_KIND(Name, type_name, heap)                                                               \
    {hooks::truthy_##Name,  hooks::display_##Name,     hooks::equals_##Name,   hooks::order_##Name,     \
     hooks::hash_##Name,    hooks::key_refusal_##Name, hooks::sendable_##Name, RUFF_OBJECT_HOOKS_##heap(Name), \
     revive_hook(ValueKind::Name)},
#include "core/lang/value_kinds.def"
};

}  // namespace ruff::vm
