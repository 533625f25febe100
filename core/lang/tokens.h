#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ruff {

/// What a token is; the rows of `tokens.def`, in their order.
enum class TokenKind : std::uint8_t {
#define RUFF_TOKEN(Kind, description) Kind,
#define RUFF_PUNCTUATION(Kind, text) Kind,
#define RUFF_KEYWORD(Kind, text) Kind,
#include "core/lang/tokens.def"
};

inline constexpr TokenKind kFirstPunctuation = TokenKind::LeftParen;
inline constexpr TokenKind kFirstKeyword = TokenKind::KwLet;
inline constexpr TokenKind kLastKeyword = TokenKind::KwNot;
inline constexpr std::size_t kTokenKindCount = static_cast<std::size_t>(kLastKeyword) + 1;

/// The kind's name as written in the table: `KwLet`, `ColonEqual`.
[[nodiscard]] std::string_view token_kind_name(TokenKind kind);

/// The fixed text of punctuation and keywords; empty for the other kinds.
[[nodiscard]] std::string_view token_text(TokenKind kind);

/// How a message names the kind: "a name", "`:=`".
[[nodiscard]] std::string_view token_description(TokenKind kind);

[[nodiscard]] constexpr bool is_keyword(TokenKind kind) { return kind >= kFirstKeyword; }
[[nodiscard]] constexpr bool is_punctuation(TokenKind kind) {
    return kind >= kFirstPunctuation && kind < kFirstKeyword;
}
/// A name or a reserved word: what may follow `.` and name a field or a named argument.
[[nodiscard]] constexpr bool is_word(TokenKind kind) { return kind == TokenKind::Name || is_keyword(kind); }

/// The reserved word spelled `text`, or `TokenKind::Name`.
[[nodiscard]] TokenKind keyword_kind(std::string_view text);

/// All reserved words, and all words that are keywords in one place only; each in table order.
[[nodiscard]] std::span<const std::string_view> reserved_words();
[[nodiscard]] std::span<const std::string_view> contextual_words();

}  // namespace ruff
