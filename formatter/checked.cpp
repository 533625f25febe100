#include "formatter/checked.h"

#include <algorithm>

#include "core/support/utf8.h"
#include "core/syntax/parser.h"

namespace ruff::formatter {

using namespace syntax;

namespace {

/// Whether two texts are the same but for LF and CRLF.
bool is_same_text(std::string_view a, std::string_view b) {
    if (a == b) return true;
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (a[i] == '\r' && i + 1 < a.size() && a[i + 1] == '\n') ++i;
        if (b[j] == '\r' && j + 1 < b.size() && b[j + 1] == '\n') ++j;
        if (a[i++] != b[j++]) return false;
    }
    return i == a.size() && j == b.size();
}

/// Blanks at the end of a comment go.
bool is_same_comment(std::string_view a, std::string_view b) {
    const auto trim = [](std::string_view text) { return text.substr(0, text.find_last_not_of(" \t\r\n") + 1); };
    return is_same_text(trim(a), trim(b));
}

bool is_closer(TokenKind kind) {
    return kind == TokenKind::RightParen || kind == TokenKind::RightBracket || kind == TokenKind::RightBrace ||
           kind == TokenKind::Greater || kind == TokenKind::Bar;
}

/// The next token at or behind `token` that formatting may not drop or add.
std::size_t skip_free_tokens(const SyntaxTree& tree, std::size_t token) {
    while (true) {
        const TokenKind kind = tree.tokens[token].kind;
        if (kind == TokenKind::Semicolon) {
            ++token;
        } else if (kind == TokenKind::Comma && is_closer(tree.tokens[token + 1].kind)) {
            ++token;
        } else {
            return token;
        }
    }
}

/// `=` and `:=` are one.
bool is_same_token(const SyntaxTree& before, const Token& a, const SyntaxTree& after, const Token& b) {
    const auto folded = [](TokenKind kind) { return kind == TokenKind::Equal ? TokenKind::ColonEqual : kind; };
    if (folded(a.kind) != folded(b.kind)) return false;
    return folded(a.kind) == TokenKind::ColonEqual || is_same_text(before.text(a), after.text(b));
}

std::string describe(const SyntaxTree& tree, const char* what, Span before) {
    return std::string(what) + " on line " + std::to_string(tree.source->lines().line_of(before.begin) + 1);
}

/// UTF-8 without NUL.
bool is_plain_text(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const utf8::Decoded decoded = utf8::decode(text, at);
        if (!decoded.is_valid || decoded.code_point == 0) return false;
        at += decoded.size;
    }
    return true;
}

FormatResult source_as(FormatStatus status, const SyntaxTree& tree) {
    FormatResult result;
    result.status = status;
    result.text = std::string(tree.text());
    result.diagnostics = tree.diagnostics;
    return result;
}

FormatStatus status_of(const SyntaxTree& tree) {
    return tree.has_errors ? FormatStatus::HasErrors : FormatStatus::Formatted;
}

}  // namespace

bool is_readable(const SyntaxTree& tree) {
    return std::none_of(tree.tokens.begin(), tree.tokens.end(), [&](const Token& token) {
        return token.kind == TokenKind::Unknown && !is_plain_text(tree.text(token));
    });
}

std::string with_line_ends_of(const SyntaxTree& tree, std::string text) {
    const std::size_t end = tree.text().find('\n');
    if (end == std::string_view::npos || end == 0 || tree.text()[end - 1] != '\r') return text;
    std::string result;
    result.reserve(text.size() + text.size() / 16);
    for (const char c : text) {
        if (c == '\n') result += '\r';
        result += c;
    }
    return result;
}

std::string compare_content(const SyntaxTree& before, const SyntaxTree& after) {
    // Step by step through both: the same token, with the same comments since the token before it.
    std::size_t i = 0, j = 0, comment_i = 0, comment_j = 0;
    while (true) {
        i = skip_free_tokens(before, i), j = skip_free_tokens(after, j);
        const Token& a = before.tokens[i];
        const Token& b = after.tokens[j];
        if (!is_same_token(before, a, after, b)) return describe(before, "a token changes", a.span());
        while (comment_i < before.comments.size() && before.comments[comment_i].next_token <= i) {
            const Comment& comment = before.comments[comment_i++];
            const bool is_there = comment_j < after.comments.size() && after.comments[comment_j].next_token <= j;
            if (!is_there) return describe(before, "a comment moves or is lost", comment.span);
            if (!is_same_comment(before.text(comment.span), after.text(after.comments[comment_j++].span))) {
                return describe(before, "a comment changes", comment.span);
            }
        }
        if (comment_j < after.comments.size() && after.comments[comment_j].next_token <= j) {
            return describe(before, "a comment moves or appears", a.span());
        }
        if (a.kind == TokenKind::Eof) return {};
        ++i, ++j;
    }
}

FormatResult unchanged(const SyntaxTree& tree) { return source_as(status_of(tree), tree); }

FormatResult untouched(const SyntaxTree& tree, std::string defect) {
    FormatResult result = source_as(FormatStatus::Untouched, tree);
    result.defect = std::move(defect);
    return result;
}

FormatResult checked(const SyntaxTree& tree, std::string text) {
    if (text == tree.text()) return unchanged(tree);
    // Parsed and not only split into tokens: with a line break in the wrong place the same tokens are other statements.
    const auto after = make_source(tree.source->path(), std::move(text));
    {
        const ParseResult parsed = parse_file(after);
        std::string defect = compare_content(tree, *parsed);
        // One line going on with another makes other statements of the same tokens: then there are more or fewer nodes.
        if (defect.empty() && !tree.has_errors && !parsed->has_errors && parsed->node_count != tree.node_count) {
            defect = "what belongs together changes";
        }
        if (defect.empty() && parsed->has_errors != tree.has_errors) {
            defect = tree.has_errors ? "mistakes go"
                                     : describe(*parsed, parsed->diagnostics[0].message.c_str(), parsed->diagnostics[0].span) +
                                           " of the result";
        }
        if (!defect.empty()) return untouched(tree, std::move(defect));
    }
    FormatResult result;
    result.status = status_of(tree);
    result.text = std::string(after->text());
    result.diagnostics = tree.diagnostics;
    return result;
}

}  // namespace ruff::formatter
