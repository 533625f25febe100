#include "core/lang/operators.h"

#include <cstddef>

namespace ruff {
namespace {

struct BinaryRow {
    std::string_view text;
    Precedence precedence;
    std::string_view method;
};
constexpr BinaryRow kBinary[] = {
#define RUFF_BINARY_OPERATOR(Op, text, precedence, method) {text, Precedence::precedence, method},
#include "core/lang/operators.def"
};

struct UnaryRow {
    std::string_view text;
    std::string_view method;
};
constexpr UnaryRow kUnary[] = {
#define RUFF_UNARY_OPERATOR(Op, text, method) {text, method},
#include "core/lang/operators.def"
};

struct AssignRow {
    std::string_view text;
    BinaryOp binary;
};
constexpr AssignRow kAssign[] = {
#define RUFF_ASSIGN_OPERATOR(Op, text, binary) {text, BinaryOp::binary},
#include "core/lang/operators.def"
};

constexpr const BinaryRow& row(BinaryOp op) { return kBinary[static_cast<std::size_t>(op)]; }
constexpr const UnaryRow& row(UnaryOp op) { return kUnary[static_cast<std::size_t>(op)]; }
constexpr const AssignRow& row(AssignOp op) { return kAssign[static_cast<std::size_t>(op)]; }

}  // namespace

std::string_view operator_text(BinaryOp op) { return row(op).text; }
std::string_view operator_text(UnaryOp op) { return row(op).text; }
std::string_view operator_text(AssignOp op) { return row(op).text; }
std::string_view operator_method(BinaryOp op) { return row(op).method; }
std::string_view operator_method(UnaryOp op) { return row(op).method; }
Precedence operator_precedence(BinaryOp op) { return row(op).precedence; }
BinaryOp compound_operation(AssignOp op) { return row(op).binary; }

}  // namespace ruff
