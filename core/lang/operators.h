#pragma once

#include <cstdint>
#include <string_view>

namespace ruff {

/// The levels of the grammar, loosest first.
enum class Precedence : std::uint8_t {
    Lowest,
    Pipe,
    Coalesce,
    Or,
    And,
    Not,
    Compare,
    Range,
    Sum,
    Product,
    Unary,
    Postfix,
    Primary,
};

enum class BinaryOp : std::uint8_t {
#define RUFF_BINARY_OPERATOR(Op, text, precedence, method) Op,
#include "core/lang/operators.def"
};

enum class UnaryOp : std::uint8_t {
#define RUFF_UNARY_OPERATOR(Op, text, method) Op,
#include "core/lang/operators.def"
};

/// `Set` is `:=`, and `=` which means the same.
enum class AssignOp : std::uint8_t {
#define RUFF_ASSIGN_OPERATOR(Op, text, binary) Op,
#include "core/lang/operators.def"
};

/// The preferred spelling: `&&` also for `and`, `!` also for `not`.
[[nodiscard]] std::string_view operator_text(BinaryOp op);
[[nodiscard]] std::string_view operator_text(UnaryOp op);
[[nodiscard]] std::string_view operator_text(AssignOp op);

/// `op_add` and the like; empty where a struct cannot overload the operator.
[[nodiscard]] std::string_view operator_method(BinaryOp op);
[[nodiscard]] std::string_view operator_method(UnaryOp op);

[[nodiscard]] Precedence operator_precedence(BinaryOp op);

/// The operation a compound assignment performs; `op` is not `Set`.
[[nodiscard]] BinaryOp compound_operation(AssignOp op);

}  // namespace ruff
