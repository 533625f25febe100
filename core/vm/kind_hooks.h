#pragma once
// What every kind of value must bring: one set of hooks a kind, found by its row in core/lang/value_kinds.def. A row whose
// hooks are missing does not link, and the linker names the hook (`ruff::vm::hooks::display_Channel`).
//
// No hook recurses into children: the drivers (core/vm/drivers.h) keep explicit work lists, so a value may nest as deep as
// memory allows. A hook that walks children is called again after each child that could not be handled at once; `Cursor`
// is what it remembers between the calls.

#include <string_view>

#include "core/lang/value_kind.h"
#include "core/vm/value.h"

namespace ruff::vm {

/// Whether a value of the kind may go to another isolate.
enum class Sendable : std::uint8_t { Immediate, Copy, Proxy, Refused };

/// Visits the values an object holds. May take a value out of its place (when a dead cycle is freed).
class ValueVisitor {
public:
    virtual void visit(Value& child) = 0;
protected:
    ~ValueVisitor() = default;
};

/// Where a hook stands in the value it walks. All zero at the first call.
struct Cursor {
    std::size_t position = 0;
    std::uint64_t state = 0;    ///< hash: what the children seen so far gave
    std::uint64_t extra = 0;
};

class DisplayDriver;
class EqualityDriver;
class OrderDriver;
class HashDriver;

struct KindHooks {
    bool (*truthy)(const Value& value);
    /// Writes the value; true when it is finished, false to be called again after `child`.
    bool (*display)(const Value& value, Cursor& at, DisplayDriver& out);
    /// Both of this kind, not the same object. True: equal; false: decided, or to be called again after `pair`.
    bool (*equals)(const Value& a, const Value& b, Cursor& at, EqualityDriver& driver);
    /// Both of this kind. As equals; kinds without an order refuse.
    bool (*order)(const Value& a, const Value& b, Cursor& at, OrderDriver& driver);
    /// Of a permitted key: leaves its hash in `at.state`.
    bool (*hash)(const Value& key, Cursor& at, HashDriver& driver);
    /// Why the value itself cannot be a key ("a function"); empty when it depends on its children only.
    std::string_view (*key_refusal)(const Value& value);
    Sendable (*sendable)();
    // The rest for heap kinds only.
    /// Every value the object holds.
    void (*children)(Object* object, ValueVisitor& visitor);
    /// Releases what the object holds and gives back its memory.
    void (*free)(Object* object);
    /// Null for most. Called when an object has died; true: something holds it again (a generator that has to run its
    /// `finally` blocks).
    bool (*revive)(Object* object);
};

extern const KindHooks kKindHooks[kValueKindCount];
[[nodiscard]] inline const KindHooks& kind_hooks(ValueKind kind) { return kKindHooks[static_cast<int>(kind)]; }

/// Kinds whose objects may be tracked; they begin with a TrackedObject (core/vm/heap.h).
inline constexpr KindMask kTrackedKinds = kind_bit(ValueKind::Function) | kind_bit(ValueKind::Cell) |
                                          kind_bit(ValueKind::Generator) | kind_bit(ValueKind::Promise);

namespace hooks {

#define RUFF_KIND_HOOKS_0(Name)
#define RUFF_KIND_HOOKS_1(Name)                                \
    void children_##Name(Object* object, ValueVisitor& visitor); \
    void free_##Name(Object* object);
#define VALUE_KIND(Name, type_name, heap)                                                   \
    bool truthy_##Name(const Value& value);                                                 \
    bool display_##Name(const Value& value, Cursor& at, DisplayDriver& out);                \
    bool equals_##Name(const Value& a, const Value& b, Cursor& at, EqualityDriver& driver); \
    bool order_##Name(const Value& a, const Value& b, Cursor& at, OrderDriver& driver);     \
    bool hash_##Name(const Value& key, Cursor& at, HashDriver& driver);                     \
    std::string_view key_refusal_##Name(const Value& value);                                \
    Sendable sendable_##Name();                                                             \
    RUFF_KIND_HOOKS_##heap(Name)
#include "core/lang/value_kinds.def"
#undef RUFF_KIND_HOOKS_0
#undef RUFF_KIND_HOOKS_1

bool revive_Generator(Object* object);
bool revive_Promise(Object* object);

}  // namespace hooks

// What many kinds share, for the files that define their hooks (inside namespace ruff::vm::hooks).

/// A kind without an order.
#define RUFF_UNORDERED(Name) \
    bool order_##Name(const Value&, const Value&, Cursor&, OrderDriver& driver) { return driver.refuse(); }
/// A kind whose values are always truthy.
#define RUFF_ALWAYS_TRUTHY(Name) \
    bool truthy_##Name(const Value&) { return true; }
/// A kind whose values are keys when what they contain is.
#define RUFF_KEYS_BY_CONTENT(Name) \
    std::string_view key_refusal_##Name(const Value&) { return {}; }
/// A kind that never is a key.
#define RUFF_NO_KEYS(Name, reason)                                             \
    std::string_view key_refusal_##Name(const Value&) { return reason; }       \
    bool hash_##Name(const Value&, Cursor&, HashDriver&) { return true; }
/// Objects equal only to themselves: equality (the drivers have compared the pointers), truth and order.
#define RUFF_IDENTITY(Name)                                                                                      \
    RUFF_ALWAYS_TRUTHY(Name)                                                                                     \
    RUFF_UNORDERED(Name)                                                                                         \
    bool equals_##Name(const Value& a, const Value& b, Cursor&, EqualityDriver& driver) {                        \
        return a.object() == b.object() ? true : driver.unequal();                                               \
    }
/// Keys by identity.
#define RUFF_KEYS_BY_IDENTITY(Name)                                      \
    std::string_view key_refusal_##Name(const Value&) { return {}; }     \
    bool hash_##Name(const Value& key, Cursor& at, HashDriver&) {        \
        at.state = hash_word(key.bits());                                \
        return true;                                                     \
    }

}  // namespace ruff::vm
