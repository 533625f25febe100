// Values of enums, results and options: one layout, three kinds.

#include <cstdlib>

#include "core/vm/code.h"
#include "core/vm/drivers.h"
#include "core/vm/hash.h"
#include "core/vm/heap.h"
#include "core/vm/string.h"

namespace ruff::vm {
namespace {

std::size_t variant_size(std::size_t payload) { return sizeof(VariantObject) + payload * sizeof(Value); }

/// The infos of a built-in enum; never destroyed, since immortal values point at them.
const EnumInfo& make_builtin_enum(std::string_view name, ValueKind kind, std::initializer_list<std::string_view> variants) {
    auto& info = *new EnumInfo;
    info.name = intern(name);
    info.kind = kind;
    info.variants.resize(variants.size());
    std::uint16_t index = 0;
    for (const std::string_view variant_name : variants) {
        VariantInfo& variant = info.variants[index];
        variant.name = intern(variant_name);
        variant.type = &info;
        variant.has_payload_list = true;
        variant.arity = variant_name == "None" ? 0 : 1;
        variant.index = index++;
        variant.bare = new (std::malloc(sizeof(VariantObject))) VariantObject{{kImmortal, kind, 0, 0}, &variant};
    }
    return info;
}

Value make_single(const VariantInfo& variant, Value& payload) { return make_variant(variant, &payload, 1); }

}  // namespace

const EnumInfo& result_enum() {
    static const EnumInfo& info = make_builtin_enum("Result", ValueKind::Result, {"Ok", "Err"});
    return info;
}
const EnumInfo& option_enum() {
    static const EnumInfo& info = make_builtin_enum("Option", ValueKind::Option, {"Some", "None"});
    return info;
}

Value make_ok(Value value) { return make_single(result_enum().variants[0], value); }
Value make_err(Value error) { return make_single(result_enum().variants[1], error); }
Value make_some(Value value) { return make_single(option_enum().variants[0], value); }
Value make_none() { return Value::adopt(option_enum().variants[1].bare); }

Value make_variant(const VariantInfo& variant, Value* payload, std::uint32_t count) {
    if (count == 0 && variant.bare) return Value::adopt(variant.bare);
    auto* object = static_cast<VariantObject*>(current_heap().allocate(variant_size(count)));
    if (!object) return Value::null();
    object->head = {1, variant.type->kind, 0, static_cast<std::uint16_t>(count)};
    object->info = &variant;
    if (count != 0) relocate(object->payload(), payload, count);
    for (std::uint32_t i = 0; i < count; ++i) payload[i].forget();
    return Value::adopt(object);
}

namespace {

bool display_variant(const Value& value, Cursor& at, DisplayDriver& out) {
    const auto* variant = value.as<VariantObject>();
    if (at.position == 0) {
        if (variant->head.kind == ValueKind::Enum) {
            out.text(variant->info->type->name->view());
            out.text("::");
        }
        out.text(variant->info->name->view());
        if (variant->payload_count() == 0) return true;
        out.text("(");
    }
    while (at.position < variant->payload_count()) {
        if (at.position != 0) out.text(", ");
        if (!out.child(variant->payload()[at.position++])) return false;
    }
    out.text(")");
    return true;
}

bool equals_variant(const Value& a, const Value& b, Cursor& at, EqualityDriver& driver) {
    const auto* left = a.as<VariantObject>();
    const auto* right = b.as<VariantObject>();
    if (left->info != right->info || left->payload_count() != right->payload_count()) return driver.unequal();
    while (at.position < left->payload_count()) {
        const std::size_t i = at.position++;
        if (!driver.pair(left->payload()[i], right->payload()[i])) return false;
    }
    return true;
}

bool hash_variant(const Value& key, Cursor& at, HashDriver& driver) {
    const auto* variant = key.as<VariantObject>();
    if (at.position == 0) at.state = hash_combine(variant->info->type->name->hash, variant->info->index);
    while (at.position < variant->payload_count()) {
        if (!driver.child(variant->payload()[at.position++], at, ValueKind::Enum)) return false;
    }
    return true;
}

void children_variant(Object* object, ValueVisitor& visitor) {
    auto* variant = reinterpret_cast<VariantObject*>(object);
    for (std::size_t i = 0; i < variant->payload_count(); ++i) visitor.visit(variant->payload()[i]);
}

void free_variant(Object* object) {
    auto* variant = reinterpret_cast<VariantObject*>(object);
    for (std::size_t i = 0; i < variant->payload_count(); ++i) variant->payload()[i].~Value();
    current_heap().deallocate(variant, variant_size(variant->payload_count()));
}

}  // namespace

namespace hooks {

#define RUFF_VARIANT_KIND(Name)                                                                              \
    RUFF_ALWAYS_TRUTHY(Name)                                                                                 \
    RUFF_UNORDERED(Name)                                                                                     \
    RUFF_KEYS_BY_CONTENT(Name)                                                                               \
    bool display_##Name(const Value& value, Cursor& at, DisplayDriver& out) { return display_variant(value, at, out); } \
    bool equals_##Name(const Value& a, const Value& b, Cursor& at, EqualityDriver& driver) {                 \
        return equals_variant(a, b, at, driver);                                                             \
    }                                                                                                        \
    bool hash_##Name(const Value& key, Cursor& at, HashDriver& driver) { return hash_variant(key, at, driver); } \
    Sendable sendable_##Name() { return Sendable::Copy; }                                                    \
    void children_##Name(Object* object, ValueVisitor& visitor) { children_variant(object, visitor); }       \
    void free_##Name(Object* object) { free_variant(object); }

RUFF_VARIANT_KIND(Enum)
RUFF_VARIANT_KIND(Result)
RUFF_VARIANT_KIND(Option)
#undef RUFF_VARIANT_KIND

}  // namespace hooks
}  // namespace ruff::vm
