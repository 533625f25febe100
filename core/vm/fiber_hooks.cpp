// Promises and generators as values.
//
// For the cycle collector a fiber that waits or runs is held by what will wake it, so a promise's fiber is not walked: its
// references come from outside. A generator's fiber has nobody else: what its registers hold belongs to the generator.

#include "core/vm/drivers.h"
#include "core/vm/fiber.h"
#include "core/vm/hash.h"
#include "core/vm/heap.h"
#include "core/vm/machine.h"

namespace ruff::vm {

namespace hooks {

RUFF_IDENTITY(Promise)
RUFF_KEYS_BY_IDENTITY(Promise)
bool display_Promise(const Value& value, Cursor&, DisplayDriver& out) {
    switch (value.as<PromiseObject>()->state) {
        case PromiseState::Pending: out.text("<promise pending>"); break;
        case PromiseState::Fulfilled: out.text("<promise fulfilled>"); break;
        case PromiseState::Rejected: out.text("<promise rejected>"); break;
    }
    return true;
}
Sendable sendable_Promise() { return Sendable::Proxy; }
void children_Promise(Object* object, ValueVisitor& visitor) { visitor.visit(reinterpret_cast<PromiseObject*>(object)->result); }
bool revive_Promise(Object*) { return false; }
void free_Promise(Object* object) {
    auto* promise = reinterpret_cast<PromiseObject*>(object);
    Heap& heap = current_heap();
    if (Vm* vm = current_vm()) vm->promise_dropped(*promise);
    if (promise->links.next) heap.untrack(&promise->links);
    promise->result.~Value();
    heap.deallocate(promise, sizeof(PromiseObject));
}

RUFF_IDENTITY(Generator)
RUFF_NO_KEYS(Generator, "a generator")
bool display_Generator(const Value& value, Cursor&, DisplayDriver& out) {
    out.text("<generator ");
    out.text(value.as<GeneratorObject>()->name->view());
    out.text(">");
    return true;
}
Sendable sendable_Generator() { return Sendable::Refused; }
void children_Generator(Object* object, ValueVisitor& visitor) {
    const Fiber* fiber = reinterpret_cast<GeneratorObject*>(object)->fiber;
    if (!fiber) return;
    for (std::uint32_t i = 0; i < fiber->stack_capacity; ++i) visitor.visit(fiber->stack[i]);
}

bool revive_Generator(Object*) { return false; }
void free_Generator(Object* object) {
    auto* generator = reinterpret_cast<GeneratorObject*>(object);
    Heap& heap = current_heap();
    if (generator->links.next) heap.untrack(&generator->links);
    if (Vm* vm = current_vm()) generator_dropped(*vm, *generator);
    heap.deallocate(generator, sizeof(GeneratorObject));
}

}  // namespace hooks
}  // namespace ruff::vm
