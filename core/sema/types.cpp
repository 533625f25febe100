#include "core/sema/types.h"

#include <algorithm>
#include <bit>

namespace ruff::sema {

using namespace ruff::syntax;

namespace {

/// An element nested deeper than this is `any`.
constexpr int kMaxDepth = 4;
/// A type with more alternatives than this is shown as `any`.
constexpr int kMaxShownKinds = 5;

constexpr KindMask kNull = kind_bit(ValueKind::Null);

}  // namespace

TypeTable::TypeTable() : slots_(128) {
    types_.reserve(64);
    depths_.reserve(64);
    (void)make(TypeData{});
    (void)make(TypeData{0});
    for (int kind = 0; kind < kValueKindCount; ++kind) {
        plain_[static_cast<std::size_t>(kind)] = make({kind_bit(static_cast<ValueKind>(kind)) & kAllKinds});
    }
}

/// Where the type is, or the free slot where it would be.
std::size_t TypeTable::slot_of(const TypeData& data) const {
    std::size_t hash = data.kinds;
    const auto mix = [&](std::size_t part) { hash = (hash ^ part) * 0x9E3779B97F4A7C15u, hash ^= hash >> 29; };
    mix(static_cast<std::size_t>(data.element) << 32 | static_cast<std::size_t>(data.key));
    mix(reinterpret_cast<std::size_t>(data.owner));
    mix(data.index);
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != 0 && !(types_[slots_[slot] - 1] == data)) slot = (slot + 1) & (slots_.size() - 1);
    return slot;
}

void TypeTable::grow_slots() {
    slots_.assign(slots_.size() * 2, 0);
    for (std::size_t i = 0; i < types_.size(); ++i) slots_[slot_of(types_[i])] = static_cast<std::uint32_t>(i + 1);
}

ValueKind TypeTable::single_kind(KindMask kinds) {
    const KindMask rest = kinds == kNull ? kinds : kinds & ~kNull;
    return std::popcount(rest) == 1 ? static_cast<ValueKind>(std::countr_zero(rest)) : ValueKind::Unset;
}

Type TypeTable::make(const TypeData& wanted) {
    TypeData data = wanted;
    if (single_kind(data.kinds) == ValueKind::Unset) data = {data.kinds};
    if (data.element > Type::Never && depth(data.element) >= kMaxDepth) data.element = Type::Any;
    if (data.key > Type::Never && depth(data.key) >= kMaxDepth) data.key = Type::Any;
    const std::size_t slot = slot_of(data);
    if (slots_[slot] != 0) return static_cast<Type>(slots_[slot] - 1);
    const auto made = static_cast<Type>(types_.size());
    types_.push_back(data);
    depths_.push_back(types_.size() <= 2 ? 0 : static_cast<std::uint8_t>(1 + std::max(depth(data.element), depth(data.key))));
    slots_[slot] = static_cast<std::uint32_t>(types_.size());
    if (types_.size() * 2 > slots_.size()) grow_slots();
    return made;
}

Type TypeTable::join(Type left, Type right) {
    if (left == right || right == Type::Never) return left;
    if (left == Type::Never) return right;
    if (left == Type::Any || right == Type::Any) return Type::Any;
    const TypeData a = data(left), b = data(right);
    const KindMask kinds = a.kinds | b.kinds;
    if ((b.kinds & ~kNull) == 0) return make({kinds, a.element, a.key, a.owner, a.index});
    if ((a.kinds & ~kNull) == 0) return make({kinds, b.element, b.key, b.owner, b.index});
    if (single_kind(kinds) == ValueKind::Unset) return make({kinds});
    TypeData joined{kinds, join(a.element, b.element), join(a.key, b.key), a.owner, a.index};
    if (a.owner != b.owner || a.index != b.index) joined.owner = nullptr, joined.index = kNone;
    return make(joined);
}

Type TypeTable::narrow(Type type, KindMask kinds) {
    TypeData narrowed = data(type);
    narrowed.kinds &= kinds;
    if (narrowed.kinds == 0) return Type::Never;
    if ((narrowed.kinds & ~kNull) == 0) return make({narrowed.kinds});
    return make(narrowed);
}

Type TypeTable::adopt(const TypeTable& from, Type type) {
    if (type == Type::Any || type == Type::Never) return type;
    TypeData adopted = from.data(type);
    adopted.element = adopt(from, adopted.element);
    adopted.key = adopt(from, adopted.key);
    return make(adopted);
}

// --- how types are shown -------------------------------------------------------------------------------------------

std::string TypeTable::function_text(const TypeData& data) const {
    if (data.owner == nullptr) {
        if (data.index == kNone) return data.element == Type::Any ? "func" : "func -> " + text(data.element);
        const std::string_view signature = builtin_row(static_cast<BuiltinId>(data.index)).signature;
        return "func" + std::string(signature.substr(std::min(signature.find('('), signature.size())));
    }
    const Node* node = data.owner->functions[data.index].node;
    List<Node> params;
    if (const auto* named = node->as<FuncDecl>()) params = named->params;
    if (const auto* unnamed = node->as<FuncExpr>()) params = unnamed->params;
    if (const auto* lambda = node->as<LambdaExpr>()) params = lambda->params;
    std::string shown = "func(";
    for (const Node* param : params) {
        if (param->is<SelfParam>()) continue;
        if (!shown.ends_with('(')) shown += ", ";
        shown += data.owner->tree->text(*param);
    }
    return shown + ")" + (data.element == Type::Any ? "" : " -> " + text(data.element));
}

std::string TypeTable::kind_text(const TypeData& data, ValueKind kind) const {
    const std::string name(value_kind_name(kind));
    switch (kind) {
        case ValueKind::Array:
        case ValueKind::Set:
            if (data.element == Type::Any) return name;
            return data.element == Type::Never ? name : name + "<" + text(data.element) + ">";
        case ValueKind::Dict: {
            const bool is_plain = data.key == Type::Never || (data.element == Type::Any && data.key == Type::Any);
            return is_plain ? name : "dict<" + text(data.key) + ", " + text(data.element) + ">";
        }
        case ValueKind::Promise: return "Promise<" + text(data.element) + ">";
        case ValueKind::TaskHandle: return "Task<" + text(data.element) + ">";
        case ValueKind::Channel: return "Channel<" + text(data.element) + ">";
        case ValueKind::Generator: return "Generator<" + text(data.element) + ">";
        case ValueKind::Option: return "Option<" + text(data.element == Type::Never ? Type::Any : data.element) + ">";
        case ValueKind::Result:
            return "Result<" + text(data.element == Type::Never ? Type::Any : data.element) + ", " +
                   text(data.key == Type::Never ? Type::Any : data.key) + ">";
        case ValueKind::Function: return function_text(data);
        case ValueKind::Struct:
            if (data.owner == nullptr) return name;
            return std::string(data.owner->structs[data.index].declaration->name.text());
        case ValueKind::Enum: return data.owner == nullptr ? name : std::string(data.owner->name(data.index));
        default: return name;
    }
}

std::string TypeTable::text(Type type) const {
    const TypeData& shown = data(type);
    if (shown.kinds == kAllKinds) return "any";
    if (shown.kinds == 0) return "never";
    const bool is_optional = (shown.kinds & kNull) != 0 && shown.kinds != kNull;
    const KindMask rest = is_optional ? shown.kinds & ~kNull : shown.kinds;
    if (std::popcount(rest) > kMaxShownKinds) return "any";
    std::string words;
    for (int kind = 0; kind < kValueKindCount; ++kind) {
        if ((rest & kind_bit(static_cast<ValueKind>(kind))) == 0) continue;
        if (!words.empty()) words += " | ";
        words += kind_text(shown, static_cast<ValueKind>(kind));
    }
    if (!is_optional) return words;
    const bool is_one_word = std::popcount(rest) == 1 && !words.starts_with("func");
    return is_one_word ? words + "?" : words + " | null";
}

}  // namespace ruff::sema
