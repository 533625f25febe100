#include <algorithm>

#include "core/syntax/syntax_tree.h"

namespace ruff::syntax {
namespace {

/// A comment's text without its signs and the blank behind them.
std::string_view comment_text(const SyntaxTree& tree, const Comment& comment) {
    std::string_view text = tree.text(comment.span);
    switch (comment.kind) {
        case CommentKind::Hash: text.remove_prefix(1); break;
        case CommentKind::Slashes: text.remove_prefix(2); break;
        case CommentKind::Doc: text.remove_prefix(3); break;
        case CommentKind::Shebang: text.remove_prefix(2); break;
        case CommentKind::Block:
            text.remove_prefix(2);
            if (text.ends_with("*/")) text.remove_suffix(2);
            if (text.ends_with(' ')) text.remove_suffix(1);
            break;
    }
    if (text.starts_with(' ')) text.remove_prefix(1);
    return text;
}

/// Whether a comment that ends at `from` documents what begins at `to`: only `///` does across empty lines.
bool documents(const SyntaxTree& tree, const Comment& comment, std::uint32_t to) {
    if (!comment.starts_line || comment.kind == CommentKind::Shebang) return false;
    std::string_view gap = tree.text(Span{comment.span.end, to});
    if (gap.find_first_not_of(" \t\r\n") != std::string_view::npos) return false;
    auto lines = std::count(gap.begin(), gap.end(), '\n');
    return lines == 1 || (comment.kind == CommentKind::Doc && lines > 0);
}

}  // namespace

std::uint32_t SyntaxTree::token_at(std::uint32_t offset) const {
    auto after = std::upper_bound(tokens.begin(), tokens.end(), offset,
                                  [](std::uint32_t at, const Token& token) { return at < token.begin; });
    return after == tokens.begin() ? 0 : static_cast<std::uint32_t>(after - tokens.begin()) - 1;
}

std::span<const Comment> SyntaxTree::comments_before(std::uint32_t token) const {
    auto first = std::lower_bound(comments.begin(), comments.end(), token,
                                  [](const Comment& comment, std::uint32_t t) { return comment.next_token < t; });
    auto last = std::upper_bound(first, comments.end(), token,
                                 [](std::uint32_t t, const Comment& comment) { return t < comment.next_token; });
    return {first, last};
}

std::string doc_comment(const SyntaxTree& tree, const Node& declaration) {
    std::uint32_t first = declaration.first_token;
    if (first > 0 && tree.tokens[first - 1].kind == TokenKind::KwExport) --first;
    std::span<const Comment> comments = tree.comments_before(first);
    std::uint32_t below = tree.tokens[first].begin;
    std::size_t begin = comments.size();
    while (begin > 0) {
        if (!documents(tree, comments[begin - 1], below)) break;
        below = comments[begin - 1].span.begin;
        --begin;
    }
    std::string text;
    for (const Comment& comment : comments.subspan(begin)) {
        if (!text.empty()) text += '\n';
        text += comment_text(tree, comment);
    }
    return text;
}

}  // namespace ruff::syntax
