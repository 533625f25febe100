#pragma once

#include <string>
#include <string_view>

#include "formatter/format.h"

/// The last step of formatting, and its safety: nothing leaves the formatter that does not say what the source says.
namespace ruff::formatter {

/// Where code should stand there is nothing but UTF-8 without NUL: of other bytes nobody knows what they are meant to be.
[[nodiscard]] bool is_readable(const syntax::SyntaxTree& tree);

/// The defect of a printer that is not in step with the tokens.
inline constexpr const char* kOutOfStep = "a token is taken out of turn";

/// `text`, which has LF, with the line ends of the source: those of its first line.
[[nodiscard]] std::string with_line_ends_of(const syntax::SyntaxTree& tree, std::string text);

/// `text` as the result of formatting `tree`, of which only tokens, comments and diagnostics are looked at; `untouched`
/// where it would not be sound.
[[nodiscard]] FormatResult checked(const syntax::SyntaxTree& tree, std::string text);

/// The source as it is, because there is nothing to do.
[[nodiscard]] FormatResult unchanged(const syntax::SyntaxTree& tree);
/// The source as it is, because it could not be formatted; `defect` says why.
[[nodiscard]] FormatResult untouched(const syntax::SyntaxTree& tree, std::string defect);

}  // namespace ruff::formatter
