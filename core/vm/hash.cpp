// Hashing keys that are neither strings nor ints, and deciding what may be a key at all.

#include "core/vm/hash.h"

#include <cmath>

#include "core/vm/dict.h"
#include "core/vm/drivers.h"

namespace ruff::vm {
namespace {

/// Dicts and sets that are keys of dicts that are keys … are compared and hashed one inside the other; deeper ones are refused.
constexpr int kMaxKeyNesting = 100;

/// Walks what a key contains. Containers wait in a list; only the few levels of dicts inside keys are counted.
class KeyInspector final : public ValueVisitor {
public:
    std::string_view inspect(const Value& key) {
        look_at(key);
        while (refusal_.empty() && !pending_.empty()) {
            const Pending next = pending_.back();
            pending_.pop_back();
            nesting_ = next.nesting;
            if (next.object->kind == ValueKind::Dict || next.object->kind == ValueKind::Set) ++nesting_;
            if (nesting_ > kMaxKeyNesting) return "a value that nests so many dicts and sets as keys";
            look_into(next.object);
        }
        return refusal_;
    }
    void visit(Value& child) override { look_at(child); }

private:
    struct Pending { Object* object; int nesting; };

    /// The environment of a struct is no part of its value.
    void look_into(Object* object) {
        if (object->kind != ValueKind::Struct) return kind_hooks(object->kind).children(object, *this);
        const auto* made = reinterpret_cast<const StructObject*>(object);
        for (std::size_t i = 0; i < made->field_count(); ++i) look_at(made->fields()[i]);
    }
    void look_at(const Value& value) {
        if (!refusal_.empty()) return;
        refusal_ = kind_hooks(value.kind()).key_refusal(value);
        if (!refusal_.empty() || !holds_values(value)) return;
        if (inspected_.is_long()) {
            // Met before at this depth or deeper: nothing new is in it.
            const std::uint32_t* before = inspected_.find(value, value);
            if (before != nullptr && *before >= static_cast<std::uint32_t>(nesting_)) return;
            inspected_.note(value, value, static_cast<std::uint32_t>(nesting_));
        }
        pending_.push_back({value.object(), nesting_});
    }
    static bool holds_values(const Value& value) {
        switch (value.kind()) {
            case ValueKind::Array:
            case ValueKind::Dict:
            case ValueKind::Set:
            case ValueKind::Struct:
            case ValueKind::Enum:
            case ValueKind::Result:
            case ValueKind::Option: return true;
            default: return false;   // leaves, and keys by identity
        }
    }

    std::vector<Pending> pending_;
    SharedMemory inspected_;
    std::string_view refusal_;
    int nesting_ = 0;
};

}  // namespace

std::string_view key_refusal_slow(const Value& key) { return KeyInspector().inspect(key); }

std::uint32_t hash_key_slow(const Value& key) { return HashDriver().run(key); }

void HashDriver::combine(Cursor& at, ValueKind container, std::uint32_t hash) {
    if (container == ValueKind::Dict) {
        at.state += hash_combine(at.extra, hash);   // a sum: the order of the entries does not count
    } else {
        at.state = hash_combine(at.state, hash);
    }
}

bool HashDriver::child(const Value& value, Cursor& at, ValueKind container) {
    if (value.is_string() || value.is_int()) {
        combine(at, container, hash_key(value));
        return true;
    }
    if (value.is_heap() && hashes_.is_long()) {
        if (const std::uint32_t* known = hashes_.find(value, value)) {
            combine(at, container, *known);
            return true;
        }
    }
    frames_.push_back({&value, {}});
    return false;
}

std::uint32_t HashDriver::run(const Value& key) {
    frames_.push_back({&key, {}});
    for (;;) {
        Frame& top = frames_.back();
        if (!kind_hooks(top.value->kind()).hash(*top.value, top.cursor, *this)) continue;
        const auto hash = static_cast<std::uint32_t>(top.cursor.state);
        if (top.value->is_heap()) hashes_.note(*top.value, *top.value, hash);
        frames_.pop_back();
        if (frames_.empty()) return hash;
        combine(frames_.back().cursor, frames_.back().value->kind(), hash);
    }
}

}  // namespace ruff::vm
