#pragma once

#include <string>
#include <vector>

#include "lsp/analysis/mentions.h"
#include "lsp/protocol/json.h"

namespace ruff::lsp {

/// One line of Ruff that declares it, as a person would write it: `async func load(path: string) -> dict`,
/// `let total: int`, `enum Status { Ok, Failed(why) }`.
[[nodiscard]] std::string declaration_text(const Entity& entity);

/// Its documentation, Markdown; empty if there is none.
[[nodiscard]] std::string documentation_of(const Entity& entity);

/// The declaration as code, then the documentation: what hover shows.
[[nodiscard]] std::string markdown_of(const Entity& entity);
[[nodiscard]] std::string markdown_of(const BuiltinRow& row);

[[nodiscard]] std::string code_block(std::string_view code);
/// MarkupContent: as it is, or without the fences for a client that shows plain text.
[[nodiscard]] Json markup(const std::string& markdown, bool is_markdown);

/// The parameters of a function as they are written, without `self`.
struct ParameterText {
    std::string text;  ///< `path: string = "."`
    std::string name;  ///< empty for a pattern
    bool is_rest = false;
    bool is_required = false;
};
[[nodiscard]] std::vector<ParameterText> parameters_of(const Entity& function);
/// Parameters of a row; of a method without the receiver.
[[nodiscard]] std::vector<ParameterText> parameters_of(const BuiltinRow& row, bool is_method);
/// `name(a, b) -> result` of a row; of a method without the receiver.
[[nodiscard]] std::string signature_of(const BuiltinRow& row, bool is_method);

/// The statement, member or variant that a declaration belongs to: where its doc comment stands.
[[nodiscard]] const syntax::Node* statement_of(const Entity& entity);

/// The span of its name, for a definition to go to; of a module's file its beginning.
[[nodiscard]] Span name_span(const Entity& entity);

}  // namespace ruff::lsp
