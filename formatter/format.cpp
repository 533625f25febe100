#include "formatter/format.h"

#include <algorithm>

#include "core/syntax/parser.h"
#include "core/syntax/walk.h"
#include "formatter/printer.h"

namespace ruff::formatter {

using namespace syntax;

namespace {

bool uses_crlf(std::string_view text) {
    const std::size_t end = text.find('\n');
    return end != std::string_view::npos && end > 0 && text[end - 1] == '\r';
}

std::string with_crlf(std::string_view text) {
    std::string result;
    result.reserve(text.size() + text.size() / 16);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) result += '\r';
        result += text[i];
    }
    return result;
}

/// Whether two texts are the same but for LF and CRLF, and for blanks at their ends.
bool is_same_text(std::string_view a, std::string_view b) {
    const auto trim = [](std::string_view text) { return text.substr(0, text.find_last_not_of(" \t\r\n") + 1); };
    a = trim(a), b = trim(b);
    if (a == b) return true;
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (a[i] == '\r' && i + 1 < a.size() && a[i + 1] == '\n') ++i;
        if (b[j] == '\r' && j + 1 < b.size() && b[j + 1] == '\n') ++j;
        if (a[i++] != b[j++]) return false;
    }
    return i == a.size() && j == b.size();
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

std::string describe(const SyntaxTree& tree, const char* what, Span before) {
    return std::string(what) + " on line " + std::to_string(tree.source->lines().line_of(before.begin) + 1);
}

/// The lines that change, as one edit.
std::vector<TextEdit> edits_between(std::string_view before, std::string_view after) {
    if (before == after) return {};
    std::size_t begin = 0;
    const std::size_t shorter = std::min(before.size(), after.size());
    while (begin < shorter && before[begin] == after[begin]) ++begin;
    while (begin > 0 && before[begin - 1] != '\n') --begin;
    std::size_t tail = 0;
    while (tail < shorter - begin && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;
    while (tail > 0 && before[before.size() - tail - 1] != '\n') --tail;
    TextEdit edit;
    edit.span = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(before.size() - tail)};
    edit.text = std::string(after.substr(begin, after.size() - tail - begin));
    return {std::move(edit)};
}

FormatResult untouched(const SyntaxTree& tree) {
    FormatResult result;
    result.status = FormatStatus::Untouched;
    result.text = std::string(tree.text());
    result.diagnostics = tree.diagnostics;
    return result;
}

/// `text`, with LF as line ends, as the result if it is sound.
FormatResult checked(const SyntaxTree& tree, std::string text) {
    if (uses_crlf(tree.text())) text = with_crlf(text);
    if (text == tree.text()) {
        FormatResult result = untouched(tree);
        result.status = tree.has_errors ? FormatStatus::HasErrors : FormatStatus::Formatted;
        return result;
    }
    const ParseResult after = parse_file(make_source(tree.source->path(), text));
    if (after->has_errors != tree.has_errors || !compare_content(tree, *after).empty()) {
        return untouched(tree);
    }
    FormatResult result;
    result.status = tree.has_errors ? FormatStatus::HasErrors : FormatStatus::Formatted;
    result.edits = edits_between(tree.text(), text);
    result.text = std::move(text);
    result.diagnostics = tree.diagnostics;
    return result;
}

/// The text must be UTF-8 without NUL: a diagnostic about its bytes says that nothing is known about its tokens.
bool is_readable(const SyntaxTree& tree) {
    return std::none_of(tree.tokens.begin(), tree.tokens.end(), [](const Token& token) {
        return token.kind == TokenKind::Unknown;
    });
}

// ---- Ranges --------------------------------------------------------------------------------------------------

/// Statements of one block, and how deep they stand.
struct Stretch {
    List<Stmt> statements;
    std::uint32_t depth = 0;
};

List<Stmt> touching(const SyntaxTree& tree, List<Stmt> statements, std::uint32_t first_line, std::uint32_t last_line) {
    const LineIndex& lines = tree.source->lines();
    std::size_t begin = 0, end = statements.size();
    while (begin < end && lines.line_of(tree.span(*statements[begin]).end) < first_line) ++begin;
    while (end > begin && lines.line_of(tree.span(*statements[end - 1]).begin) > last_line) --end;
    return statements.subspan(begin, end - begin);
}

/// Descends from the file into the one block that holds the lines.
Stretch stretch_of(const SyntaxTree& tree, std::uint32_t first_line, std::uint32_t last_line) {
    const LineIndex& lines = tree.source->lines();
    Stretch stretch{touching(tree, tree.root->statements, first_line, last_line), 0};
    while (stretch.statements.size() == 1) {
        const Block* inner = nullptr;
        walk(*stretch.statements[0], [&](const Node& node) {
            const auto* block = node.as<Block>();
            if (block == nullptr || block->is_missing || inner != nullptr) return inner == nullptr;
            const Span span = tree.span(*block);
            if (lines.line_of(span.begin) >= first_line || lines.line_of(span.end - 1) <= last_line) return true;
            inner = block;
            return false;
        });
        // Only blocks of plain statements: inside an expression the depth is a matter of layout.
        const auto* owner = stretch.statements[0];
        const bool is_plain = owner->is<FuncDecl>() || owner->is<While>() || owner->is<For>() || owner->is<Loop>() ||
                              owner->is<If>() || owner->is<Try>() || owner->is<Spawn>() || owner->is<Test>();
        if (inner == nullptr || !is_plain) break;
        bool is_direct = false;
        for_each_child(*owner, [&](const Node& child) {
            is_direct = is_direct || &child == inner;
            if (const auto* branch = child.as<IfBranch>()) is_direct = is_direct || branch->body == inner;
        });
        const List<Stmt> deeper = touching(tree, inner->statements, first_line, last_line);
        if (!is_direct || deeper.empty()) break;
        stretch = {deeper, stretch.depth + 1};
    }
    return stretch;
}

/// From the start of the line of the first comment above, to the end of the last comment behind.
Span source_of(const SyntaxTree& tree, List<Stmt> statements) {
    Span span = tree.span(*statements.front()).joined(tree.span(*statements.back()));
    for (const Comment& comment : tree.comments_before(statements.front()->first_token)) {
        if (!comment.starts_line) continue;
        span.begin = comment.span.begin;
        break;
    }
    std::uint32_t token = statements.back()->last_token + 1;
    while (tree.tokens[token].kind == TokenKind::Semicolon) span.end = tree.tokens[token++].end;
    for (const Comment& comment : tree.comments_before(token)) {
        if (tree.text(Span{span.end, comment.span.begin}).find('\n') != std::string_view::npos) break;
        const std::size_t next = tree.text().find_first_not_of(" \t\r", comment.span.end);
        if (comment.kind == CommentKind::Block && next != std::string_view::npos && tree.text()[next] != '\n') break;
        span.end = comment.span.end;
    }
    const std::uint32_t line = tree.source->lines().line_start(tree.source->lines().line_of(span.begin));
    if (tree.text(Span{line, span.begin}).find_first_not_of(" \t") == std::string_view::npos) span.begin = line;
    return span;
}

}  // namespace

std::string compare_content(const SyntaxTree& before, const SyntaxTree& after) {
    std::size_t i = 0, j = 0;
    while (true) {
        i = skip_free_tokens(before, i), j = skip_free_tokens(after, j);
        const Token& a = before.tokens[i];
        const Token& b = after.tokens[j];
        const auto folded = [](TokenKind kind) { return kind == TokenKind::Equal ? TokenKind::ColonEqual : kind; };
        if (folded(a.kind) != folded(b.kind)) return describe(before, "a token changes", a.span());
        if (a.kind == TokenKind::Eof) break;
        if (folded(a.kind) != TokenKind::ColonEqual && !is_same_text(before.text(a), after.text(b))) {
            return describe(before, "a token changes", a.span());
        }
        ++i, ++j;
    }
    if (before.comments.size() != after.comments.size()) return "the number of comments changes";
    for (std::size_t k = 0; k < before.comments.size(); ++k) {
        if (!is_same_text(before.text(before.comments[k].span), after.text(after.comments[k].span))) {
            return describe(before, "a comment changes", before.comments[k].span);
        }
    }
    return {};
}

FormatResult format_tree(const SyntaxTree& tree, const LayoutOptions& options) {
    if (!is_readable(tree)) return untouched(tree);
    Printer printer(tree, options);
    std::string text = printer.file();
    if (!printer.is_in_step()) return untouched(tree);
    return checked(tree, std::move(text));
}

FormatResult format_source(std::shared_ptr<const SourceFile> source, const LayoutOptions& options) {
    return format_tree(*parse_file(std::move(source)), options);
}

FormatResult format_range(const SyntaxTree& tree, std::uint32_t first_line, std::uint32_t last_line,
                          const LayoutOptions& options) {
    if (!is_readable(tree)) return untouched(tree);
    const Stretch stretch = stretch_of(tree, first_line, last_line);
    if (stretch.statements.empty()) return checked(tree, std::string(tree.text()));
    Printer printer(tree, options);
    std::string text = printer.statements(stretch.statements, stretch.depth);
    if (!printer.is_in_step()) return untouched(tree);
    if (uses_crlf(tree.text())) text = with_crlf(text);
    const Span span = source_of(tree, stretch.statements);
    std::string whole(tree.text().substr(0, span.begin));
    whole += text;
    whole += tree.text().substr(span.end);
    return checked(tree, std::move(whole));
}

}  // namespace ruff::formatter
