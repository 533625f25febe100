#pragma once
// What is known about the type of a value. A type is a set of value kinds, and where the set holds just one kind (null
// aside) what is inside: the element of an array, which struct it is, which function. Types say what a value certainly
// is, so `any` is always right, and a type that holds no kind belongs to code that cannot run.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/lang/builtins.h"
#include "core/lang/value_kind.h"
#include "core/sema/semantic_model.h"

namespace ruff::sema {

/// A type of one TypeTable; equal types are equal handles.
enum class Type : std::uint32_t { Any = 0, Never = 1 };

/// Every kind that a program can see.
inline constexpr KindMask kAllKinds = ((KindMask{1} << kValueKindCount) - 1) & ~kind_bit(ValueKind::Unset) &
                                      ~kind_bit(ValueKind::Held) & ~kind_bit(ValueKind::Cell);
inline constexpr KindMask kNumberKinds = kind_bit(ValueKind::Int) | kind_bit(ValueKind::Float);
inline constexpr KindMask kPromiseKinds = kind_bit(ValueKind::Promise) | kind_bit(ValueKind::TaskHandle);

/// What a type is made of. The parts mean, by the kind that is not null:
///   array, set, generator, promise, taskhandle, channel, option   element: what is in it, or comes out of it
///   dict                                                          key, element
///   result                                                        element: of Ok; key: of Err
///   function      element: what a call gives. owner, index: the FunctionId; without owner a BuiltinId, or kNone
///   struct        owner, index: in `owner->structs`; kNone for a struct of the prelude
///   enum          owner, index: the BindingId of the EnumDecl
///   module        owner: the model of the module, null when it cannot be had
struct TypeData {
    KindMask kinds = kAllKinds;
    Type element = Type::Any;
    Type key = Type::Any;
    const SemanticModel* owner = nullptr;
    std::uint32_t index = kNone;

    bool operator==(const TypeData&) const = default;
};

/// Makes and joins types. Nesting is cut at a small depth, so that joining ends. Not thread-safe.
class TypeTable {
public:
    TypeTable();
    TypeTable(const TypeTable&) = delete;
    TypeTable& operator=(const TypeTable&) = delete;

    [[nodiscard]] const TypeData& data(Type type) const { return types_[static_cast<std::size_t>(type)]; }
    [[nodiscard]] KindMask kinds(Type type) const { return data(type).kinds; }
    /// Whether it has just that kind.
    [[nodiscard]] bool is(Type type, ValueKind kind) const { return kinds(type) == kind_bit(kind); }
    /// Whether some of its values are of one of the kinds; never for code that cannot run.
    [[nodiscard]] bool may_be(Type type, KindMask mask) const { return (kinds(type) & mask) != 0; }
    /// Whether all its values are of these kinds, and it has some.
    [[nodiscard]] bool is_only(Type type, KindMask mask) const {
        return kinds(type) != 0 && (kinds(type) & ~mask) == 0;
    }
    /// The kind of a type with just one, null aside; Unset otherwise.
    [[nodiscard]] ValueKind single_kind(Type type) const { return single_kind(kinds(type)); }
    [[nodiscard]] static ValueKind single_kind(KindMask kinds);

    [[nodiscard]] Type make(const TypeData& data);
    [[nodiscard]] Type of_kind(ValueKind kind) const { return plain_[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] Type of_kinds(KindMask kinds) { return make({kinds}); }
    [[nodiscard]] Type array_of(Type element) { return make({kind_bit(ValueKind::Array), element}); }
    [[nodiscard]] Type dict_of(Type key, Type value) { return make({kind_bit(ValueKind::Dict), value, key}); }
    [[nodiscard]] Type promise_of(Type element) { return make({kind_bit(ValueKind::Promise), element}); }
    [[nodiscard]] Type with_element(ValueKind kind, Type element) { return make({kind_bit(kind), element}); }
    [[nodiscard]] Type optional(Type type) { return join(type, of_kind(ValueKind::Null)); }

    /// A type that holds the values of both.
    [[nodiscard]] Type join(Type left, Type right);
    /// The values of `type` that are of these kinds.
    [[nodiscard]] Type narrow(Type type, KindMask kinds);
    /// The same type with what another table says, for types that come out of another module.
    [[nodiscard]] Type adopt(const TypeTable& from, Type type);

    /// `int`, `array<string>`, `Point?`, `Promise<any>`, `int | string`, `func(a, b) -> int`, `any`.
    [[nodiscard]] std::string text(Type type) const;

private:
    void grow_slots();
    [[nodiscard]] std::size_t slot_of(const TypeData& data) const;
    [[nodiscard]] int depth(Type type) const { return depths_[static_cast<std::size_t>(type)]; }
    [[nodiscard]] std::string kind_text(const TypeData& data, ValueKind kind) const;
    [[nodiscard]] std::string function_text(const TypeData& data) const;

    std::vector<TypeData> types_;
    std::vector<std::uint8_t> depths_;
    std::array<Type, kValueKindCount> plain_{};
    std::vector<std::uint32_t> slots_;  // open addressing, a power of two; 0 is free, otherwise 1 + the type
};

}  // namespace ruff::sema
