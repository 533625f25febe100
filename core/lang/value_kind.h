#pragma once
// The kinds of value as an enumeration, with their names; see value_kinds.def.

#include <cstdint>
#include <string_view>

namespace ruff {

enum class ValueKind : std::uint8_t {
#define VALUE_KIND(Name, type_name, heap) Name,
#include "core/lang/value_kinds.def"
};

inline constexpr int kValueKindCount = 0
#define VALUE_KIND(Name, type_name, heap) +1
#include "core/lang/value_kinds.def"
    ;

namespace detail {
inline constexpr std::string_view kValueKindNames[] = {
#define VALUE_KIND(Name, type_name, heap) type_name,
#include "core/lang/value_kinds.def"
};
}  // namespace detail

/// What `type(v)` gives for a value of this kind.
[[nodiscard]] constexpr std::string_view value_kind_name(ValueKind kind) {
    return detail::kValueKindNames[static_cast<int>(kind)];
}

/// A set of kinds, one bit each: what a parameter of a builtin accepts.
using KindMask = std::uint64_t;
[[nodiscard]] constexpr KindMask kind_bit(ValueKind kind) { return KindMask{1} << static_cast<int>(kind); }
inline constexpr KindMask kAnyKind = ~KindMask{0};

}  // namespace ruff
