#pragma once

#include "lsp/analysis/mentions.h"

namespace ruff::lsp {

/// What is known of a value: the module, the struct type or the kind it certainly has.
struct Receiver {
    enum class Kind : std::uint8_t { Unknown, Module, Struct, Builtin };
    Kind kind = Kind::Unknown;
    const Analysis* file = nullptr;                ///< of a module; of a struct the file that declares it
    const syntax::StructDecl* type = nullptr;
    ValueKind value_kind = ValueKind::Null;
};

[[nodiscard]] Receiver receiver_of(const Analysis& file, const syntax::Node& expression);

/// The type of an expression as it is written in annotations; empty when it is not known.
[[nodiscard]] std::string type_text_of(const Analysis& file, const syntax::Node& expression);
/// The same of a variable.
[[nodiscard]] std::string type_text_of(const Analysis& file, sema::BindingId binding);

/// The function that a call runs, or nothing: a Function, Method or Builtin.
[[nodiscard]] Entity callee_of(const Analysis& file, const syntax::CallExpr& call);

}  // namespace ruff::lsp
