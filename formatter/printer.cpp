#include "formatter/printer.h"

#include <algorithm>

namespace ruff::formatter {

using namespace syntax;

Printer::Printer(const SyntaxTree& tree, const LayoutOptions& options, Caution caution)
    : tree_(tree), options_(options), caution_(caution) {
    if (tree.has_errors) find_damage();
}

// ---- Tokens and comments -------------------------------------------------------------------------------------

bool Printer::has_comment() const {
    return next_comment_ < tree_.comments.size() && tree_.comments[next_comment_].next_token <= next_;
}

void Printer::take() {
    comments();
    document_.text(tree_.token_text(next_));
    ++next_;
}

/// `=` and `:=` mean the same here.
void Printer::take_assignment() {
    comments();
    document_.text(at(TokenKind::Equal) ? ":=" : tree_.token_text(next_));
    ++next_;
}

/// A node whose tokens stand without blanks.
void Printer::take_tokens(const Node& node) {
    if (node.is_missing) return;
    while (next_ <= node.last_token) take();
}

/// From the next token to `last` as it is in the source.
void Printer::verbatim(std::uint32_t last) {
    comments();
    document_.verbatim(tree_.text(Span{tree_.tokens[next_].begin, tree_.tokens[last].end}));
    next_ = last + 1;
    while (next_comment_ < tree_.comments.size() && tree_.comments[next_comment_].next_token < next_) ++next_comment_;
}

/// Where what stands before this place in the gap ends: a token or another comment.
static std::uint32_t end_before(const SyntaxTree& tree, std::uint32_t token, std::size_t comment, std::uint32_t offset) {
    std::uint32_t end = token == 0 ? 0 : tree.tokens[token - 1].end;
    if (comment > 0 && tree.comments[comment - 1].span.end <= offset) {
        end = std::max(end, tree.comments[comment - 1].span.end);
    }
    return end;
}

bool Printer::is_own_line(const Comment& comment) const {
    const std::size_t index = static_cast<std::size_t>(&comment - tree_.comments.data());
    const std::uint32_t end = end_before(tree_, comment.next_token, index, comment.span.begin);
    return end == 0 || tree_.text(Span{end, comment.span.begin}).find('\n') != std::string_view::npos;
}

/// Whether an empty line stands before the comment or token at `offset`, which is the next to be written.
bool Printer::has_blank_before(std::uint32_t offset) const {
    const std::uint32_t end = end_before(tree_, next_, next_comment_, offset);
    if (end >= offset) return false;
    const std::string_view gap = tree_.text(Span{end, offset});
    return std::count(gap.begin(), gap.end(), '\n') > 1;
}

/// Whether a line break follows.
bool Printer::ends_line(const Comment& comment) const {
    if (comment.kind != CommentKind::Block) return true;
    const std::string_view rest = tree_.text().substr(comment.span.end);
    const std::size_t next = rest.find_first_not_of(" \t\r");
    return next == std::string_view::npos || rest[next] == '\n';
}

/// Without the blanks at its end.
void Printer::write_comment(bool ends_line) {
    const std::string_view text = tree_.text(tree_.comments[next_comment_++].span);
    document_.comment(text.substr(0, text.find_last_not_of(" \t\r\n") + 1), ends_line);
}

/// The next comment, in front of a token. One on a line of its own keeps that.
void Printer::comment(bool is_first) {
    const Comment& comment = tree_.comments[next_comment_];
    const bool owns_line = is_own_line(comment);
    if (owns_line) document_.fresh_line(!is_first && has_blank_before(comment.span.begin));
    write_comment(comment.kind != CommentKind::Block || (owns_line && ends_line(comment)));
}

void Printer::comments() {
    while (has_comment()) comment(false);
}

/// Of several on the line the last decides.
void Printer::trailing_comments() {
    if (!has_comment() || is_own_line(tree_.comments[next_comment_])) return;
    const std::uint32_t token = tree_.comments[next_comment_].next_token;
    std::size_t last = next_comment_;
    const auto goes_on = [&] {
        return last + 1 < tree_.comments.size() && tree_.comments[last + 1].next_token == token &&
               !is_own_line(tree_.comments[last + 1]);
    };
    while (!ends_line(tree_.comments[last]) && goes_on()) ++last;
    if (!ends_line(tree_.comments[last])) return;
    while (next_comment_ <= last) comment(false);
}

bool Printer::is_on_one_line(std::uint32_t first, std::uint32_t last) const {
    for (std::uint32_t token = first + 1; token <= last; ++token) {
        if (tree_.tokens[token].newline_before()) return false;
    }
    return true;
}

// ---- Files, statements, blocks --------------------------------------------------------------------------

/// A string that is never closed holds what follows up to the end of the file; a line end would be part of it.
static bool ends_in_open_string(const SyntaxTree& tree) {
    if (!tree.has_errors || tree.tokens.size() < 2) return false;
    const Token& last = tree.tokens[tree.tokens.size() - 2];
    const bool is_string = last.kind == TokenKind::String || last.kind == TokenKind::StringHead ||
                           last.kind == TokenKind::StringMiddle || last.kind == TokenKind::StringTail;
    return is_string && last.end == tree.text().size();
}

std::string Printer::file() {
    const auto end = static_cast<std::uint32_t>(tree_.tokens.size() - 1);
    out_.reserve(tree_.text().size() + tree_.text().size() / 8);
    items(tree_.root->statements, {.is_root = true}, end);
    document_.print(out_, options_, 0);
    if (next_ != end || next_comment_ != tree_.comments.size()) is_in_step_ = false;
    if (!out_.empty() && !ends_in_open_string(tree_)) out_ += '\n';
    return std::move(out_);
}

std::string Printer::statements(List<Stmt> statements, std::uint32_t depth) {
    next_ = statements.front()->first_token;
    while (next_comment_ < tree_.comments.size() && tree_.comments[next_comment_].next_token < next_) ++next_comment_;
    // A comment behind the statement above stays with that.
    while (has_comment() && !is_own_line(tree_.comments[next_comment_])) ++next_comment_;
    items(statements, {}, kNoToken);
    document_.print(out_, options_, depth);
    return std::move(out_);
}

/// Behind the `{` of braces without items: drops `;`, and writes the `}` unless comments stand before it.
bool Printer::closes_empty(std::uint32_t closing) {
    while (at(TokenKind::Semicolon) && !has_comment()) ++next_;
    if (next_ != closing || has_comment()) return false;
    take();
    return true;
}

/// `{` statements `}` with the lines of the innermost group. On one line only where the author has it so:
///
///     { statement }      or      {
///                                    statement
///                                }
void Printer::body(const Block& block) {
    const bool is_one_line = block.statements.size() <= 1 && is_on_one_line(block.first_token, block.last_token);
    take();
    if (block.statements.empty() && closes_empty(block.last_token)) return;
    trailing_comments();
    if (block.statements.empty() && closes_empty(block.last_token)) return;
    document_.indent();
    if (is_one_line) document_.line();
    else document_.hard_line(false);
    items(block.statements, {.is_one_line = is_one_line}, block.last_token);
    document_.dedent();
    if (is_one_line) document_.line();
    else document_.hard_line(false);
    take();
}

void Printer::grouped_body(const Block& block) {
    comments();
    document_.begin_group();
    body(block);
    document_.end_group();
}

// ---- Lists in brackets ---------------------------------------------------------------------------------------

/// `f(...)`, which as the only argument of a call may begin on its line.
static bool is_plain_call(const Node& node) {
    const auto* call = node.as<CallExpr>();
    return call != nullptr && call->callee->is<NameExpr>();
}

/// From the opening bracket, which is the next token:
///
///     [a, b]      or      [
///                             a,
///                             b,
///                         ]
///
/// A trailing comma of the author's keeps it broken.
void Printer::list(Items elements, ListStyle style) {
    const auto edge = [&] { style.has_blanks ? document_.line() : document_.soft_line(); };
    const bool hugs = style.may_hug && !elements.empty() &&
                      (can_hug(*elements.back()) || (elements.size() == 1 && is_plain_call(*elements[0])));
    comments();
    document_.begin_group(hugs);
    take();
    trailing_comments();
    if (elements.empty() && !has_comment()) {
        take();
        return document_.end_group();
    }
    document_.indent();
    edge();
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (i > 0) {
            take();
            trailing_comments();
            const std::uint32_t offset = has_comment() ? tree_.comments[next_comment_].span.begin
                                                       : tree_.tokens[elements[i]->first_token].begin;
            if (has_blank_before(offset)) document_.blank_line();
            else document_.line();
        }
        const bool is_hugged = hugs && i + 1 == elements.size();
        if (is_hugged) document_.begin_hugged();
        node(elements[i]);
        if (is_hugged) document_.end_hugged();
    }
    if (!elements.empty()) document_.if_broken(",");
    if (at(TokenKind::Comma)) {
        document_.force_break();
        comments();
        ++next_;
    }
    trailing_comments();
    comments();
    document_.dedent();
    edge();
    take();
    document_.end_group();
}

/// `a, b` up to a closing sign, never broken.
void Printer::flat_list(Items elements) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (i > 0) word();
        node(elements[i]);
    }
    if (!at(TokenKind::Comma)) return;
    comments();
    ++next_;
}

// ---- Nodes ---------------------------------------------------------------------------------------------------

void Printer::node(const Node* node) {
    if (node == nullptr || node->is_missing) return;
    comments();
    visit(*node, [&](const auto& typed) { print(typed); });
}

}  // namespace ruff::formatter
