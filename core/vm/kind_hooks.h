#pragma once
// What every kind of value must bring: one set of hooks a kind, found by its row in core/lang/value_kinds.def. A row whose
// hooks are missing does not link, and the linker names the hook (`ruff::vm::hooks::display_Channel`).
//
// No hook recurses into children: the drivers in operations.cpp and heap.cpp keep explicit work lists, so a value may nest
// as deep as memory allows.

#include "core/vm/operations.h"
#include "core/vm/value.h"

namespace ruff::vm {

/// Whether a value of the kind may go to another isolate.
enum class Sendable : std::uint8_t { Immediate, Copy, Proxy, Refused };

/// Visits the values an object holds. Used by freeing (moves them out), cycle collection and hashing.
class ValueVisitor {
public:
    virtual void visit(Value& child) = 0;
protected:
    ~ValueVisitor() = default;
};

class DisplayDriver;     // operations.cpp: `text(…)`, `child(value)`, in order
class EqualityDriver;    // operations.cpp: `pair(a, b)` to compare next

struct KindHooks {
    bool (*truthy)(const Value& value);
    void (*display)(const Value& value, DisplayDriver& out);
    /// Both of this kind (or both numbers). Queues children on the driver; false: certainly unequal.
    bool (*equals)(const Value& a, const Value& b, EqualityDriver& driver);
    /// Of a permitted key. Combines children through work lists.
    std::uint32_t (*hash)(const Value& value);
    /// Every value the object holds; heap kinds only.
    void (*children)(Object* object, ValueVisitor& visitor);
    /// Gives back memory after the children were taken out; heap kinds only.
    void (*free)(Object* object);
    Sendable sendable;
};

[[nodiscard]] const KindHooks& kind_hooks(ValueKind kind);

}  // namespace ruff::vm
