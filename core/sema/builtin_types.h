#pragma once
// The types in the signatures of the builtins, ready to be filled in with what is known at a call.

#include <array>
#include <span>

#include "core/lang/builtins.h"
#include "core/sema/types.h"

namespace ruff::sema {

/// What the letters of a signature (`array<T>`, `func(T) -> U`) stand for in one call.
struct TypeLetters {
    std::array<Type, 26> types;
    TypeLetters() { types.fill(Type::Never); }
};

/// Whether the signature has letters at all: without, every call gives the same.
[[nodiscard]] bool has_letters(const BuiltinRow& row);

/// Notes what the letters of parameter `index` stand for, given the type of its argument.
void match_parameter(TypeTable& table, const BuiltinRow& row, std::size_t index, Type argument, TypeLetters& letters);

/// The result of a call. A letter that stands for nothing is `any`.
[[nodiscard]] Type builtin_result(TypeTable& table, const BuiltinRow& row, const TypeLetters& letters);

/// What a callback is called with, by the type of its parameter: `func(T, int) -> U`. A letter that its own result helps
/// to decide, and one that stands for nothing, is `any`.
[[nodiscard]] std::vector<Type> callback_types(TypeTable& table, std::string_view parameter, const TypeLetters& letters);

/// What iterating over a value of the type gives; of a dict its keys.
[[nodiscard]] Type iterated(TypeTable& table, Type type);

}  // namespace ruff::sema
