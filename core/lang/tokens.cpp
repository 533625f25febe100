#include "core/lang/tokens.h"

namespace ruff {
namespace {

struct Row {
    std::string_view name;
    std::string_view text;
    std::string_view description;
};

constexpr Row kRows[] = {
#define RUFF_TOKEN(Kind, description) {#Kind, {}, description},
#define RUFF_PUNCTUATION(Kind, text) {#Kind, text, "`" text "`"},
#define RUFF_KEYWORD(Kind, text) {#Kind, text, "`" text "`"},
#include "core/lang/tokens.def"
};
static_assert(std::size(kRows) == kTokenKindCount);

constexpr std::string_view kReserved[] = {
#define RUFF_KEYWORD(Kind, text) text,
#include "core/lang/tokens.def"
};

constexpr std::string_view kContextual[] = {
#define RUFF_CONTEXTUAL(text) text,
#include "core/lang/tokens.def"
};

constexpr std::size_t kLongestKeyword = 8;

// A perfect hash over length and three letters; the static_assert below proves that no two keywords meet.
constexpr std::size_t keyword_slot(std::string_view text) {
    auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(text[i])); };
    return (text.size() * 2 + byte(0) * 26 + byte(text.size() - 1) * 126 + byte(text.size() / 2) * 67) & 255;
}

struct KeywordTable {
    TokenKind kinds[256] = {};
    bool collides = false;
};

constexpr KeywordTable make_keyword_table() {
    KeywordTable table;
    for (TokenKind& kind : table.kinds) kind = TokenKind::Name;
    for (std::size_t i = 0; i < std::size(kReserved); ++i) {
        TokenKind& slot = table.kinds[keyword_slot(kReserved[i])];
        if (slot != TokenKind::Name) table.collides = true;
        slot = static_cast<TokenKind>(static_cast<std::size_t>(kFirstKeyword) + i);
    }
    return table;
}

constexpr KeywordTable kKeywords = make_keyword_table();
static_assert(!kKeywords.collides, "change the multipliers of keyword_slot");

}  // namespace

std::string_view token_kind_name(TokenKind kind) { return kRows[static_cast<std::size_t>(kind)].name; }
std::string_view token_text(TokenKind kind) { return kRows[static_cast<std::size_t>(kind)].text; }
std::string_view token_description(TokenKind kind) {
    return kRows[static_cast<std::size_t>(kind)].description;
}

TokenKind keyword_kind(std::string_view text) {
    if (text.size() < 2 || text.size() > kLongestKeyword) return TokenKind::Name;
    TokenKind kind = kKeywords.kinds[keyword_slot(text)];
    return kind != TokenKind::Name && token_text(kind) == text ? kind : TokenKind::Name;
}

std::span<const std::string_view> reserved_words() { return kReserved; }
std::span<const std::string_view> contextual_words() { return kContextual; }

}  // namespace ruff
