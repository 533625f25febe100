// Parts of a file: the statements on some lines, and what was just typed.

#include <algorithm>

#include "core/syntax/parser.h"
#include "core/syntax/walk.h"
#include "formatter/checked.h"
#include "formatter/printer.h"
#include "formatter/ranges.h"

namespace ruff::formatter {

using namespace syntax;

namespace {

// ---- Which statements ----------------------------------------------------------------------------------------

List<Stmt> touching(const SyntaxTree& tree, List<Stmt> statements, std::uint32_t first_line, std::uint32_t last_line) {
    const LineIndex& lines = tree.source->lines();
    const auto begin = std::partition_point(statements.begin(), statements.end(), [&](const Node* statement) {
        return lines.line_of(tree.span(*statement).end) < first_line;
    });
    const auto end = std::partition_point(begin, statements.end(), [&](const Node* statement) {
        return lines.line_of(tree.span(*statement).begin) <= last_line;
    });
    return statements.subspan(static_cast<std::size_t>(begin - statements.begin()), static_cast<std::size_t>(end - begin));
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

// ---- While typing --------------------------------------------------------------------------------------------

bool opens(TokenKind kind) {
    return kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket || kind == TokenKind::LeftBrace ||
           kind == TokenKind::StringHead;
}

bool closes(TokenKind kind) {
    return kind == TokenKind::RightParen || kind == TokenKind::RightBracket || kind == TokenKind::RightBrace ||
           kind == TokenKind::StringTail;
}

/// The innermost bracket (or interpolated string) that is still open in front of `token`, or kNoToken.
std::uint32_t opener_of(const SyntaxTree& tree, std::uint32_t token) {
    int depth = 0;
    while (token-- > 0) {
        const TokenKind kind = tree.tokens[token].kind;
        if (closes(kind)) ++depth;
        else if (opens(kind) && depth-- == 0) return token;
    }
    return kNoToken;
}

/// The blanks a line begins with.
std::string_view indentation_of(const SyntaxTree& tree, std::uint32_t line) {
    const std::string_view text = tree.source->lines().line_text(line);
    return text.substr(0, std::min(text.find_first_not_of(" \t"), text.size()));
}

/// What an empty line begins with: the indentation of the line its bracket was opened on, and one level more. Nothing
/// if the line is not empty or belongs to a string or comment.
std::optional<std::string> indentation_for(const SyntaxTree& tree, std::uint32_t line, const LayoutOptions& options) {
    const LineIndex& lines = tree.source->lines();
    const Span span = lines.line_span(line);
    if (tree.text(span).find_first_not_of(" \t") != std::string_view::npos) return std::nullopt;
    std::uint32_t next = tree.token_at(span.begin);
    if (tree.tokens[next].begin < span.begin) ++next;
    // A token that the line end belongs to is a string, perhaps one that is never closed.
    if (next == tree.tokens.size() || (next > 0 && tree.tokens[next - 1].end >= span.begin)) return std::nullopt;
    for (const Comment& comment : tree.comments_before(next)) {
        if (comment.span.begin < span.begin && comment.span.end >= span.begin) return std::nullopt;
    }
    const std::uint32_t opener = opener_of(tree, next);
    if (opener == kNoToken) return "";
    if (tree.tokens[opener].kind == TokenKind::StringHead) return std::nullopt;
    return std::string(indentation_of(tree, lines.line_of(tree.tokens[opener].begin))) + std::string(options.indent, ' ');
}

/// The statements that ended with the line above `line`, and the indentation of `line` if it is empty.
FormatResult format_line_break(const SyntaxTree& tree, std::uint32_t line, const LayoutOptions& options) {
    const Span span = tree.source->lines().line_span(line);
    const Stretch above = stretch_of(tree, line - 1, line - 1);
    const bool is_finished = !above.statements.empty() && source_of(tree, above.statements).end <= span.begin;
    FormatResult result = is_finished ? format_range(tree, line - 1, line - 1, options) : unchanged(tree);
    // What follows the statements is as it was, so places there are counted from the end.
    if (const auto blanks = indentation_for(tree, line, options)) {
        const std::size_t behind = tree.text().size() - span.begin;
        result.text.replace(result.text.size() - behind, span.size(), *blanks);
    }
    return result;
}

}  // namespace

std::optional<std::string> with_formatted(const SyntaxTree& tree, const std::vector<Stretch>& stretches,
                                          const LayoutOptions& options) {
    std::string whole;
    std::uint32_t done = 0;
    for (const Stretch& stretch : stretches) {
        const Span span = source_of(tree, stretch.statements);
        if (span.begin < done) continue;
        Printer printer(tree, options);
        const std::string text = printer.statements(stretch.statements, stretch.depth);
        if (!printer.is_in_step()) return std::nullopt;
        whole += tree.text(Span{done, span.begin});
        whole += with_line_ends_of(tree, text);
        done = span.end;
    }
    whole += tree.text().substr(done);
    return whole;
}

FormatResult format_ranges(const SyntaxTree& tree, const std::vector<Lines>& ranges, const LayoutOptions& options) {
    if (!is_readable(tree)) return untouched(tree, kOutOfStep);
    std::vector<Stretch> stretches;
    for (const Lines& range : ranges) {
        Stretch stretch = stretch_of(tree, range.first, range.last);
        if (!stretch.statements.empty()) stretches.push_back(stretch);
    }
    if (stretches.empty()) return unchanged(tree);
    std::optional<std::string> text = with_formatted(tree, stretches, options);
    return text ? checked(tree, std::move(*text)) : untouched(tree, kOutOfStep);
}

FormatResult format_range(const SyntaxTree& tree, std::uint32_t first_line, std::uint32_t last_line,
                          const LayoutOptions& options) {
    return format_ranges(tree, {{first_line, last_line}}, options);
}

std::string format_edited(const SourceFile& source, const std::vector<TextEdit>& edits, const LayoutOptions& options) {
    const auto after = make_source(source.path(), apply_edits(source.text(), edits));
    const ParseResult tree = parse_file(after);
    if (tree->has_grammar_errors) return std::string(after->text());
    std::vector<Lines> ranges;
    std::int64_t shift = 0;
    for (const TextEdit& edit : edits) {
        const auto begin = static_cast<std::uint32_t>(edit.span.begin + shift);
        const auto end = static_cast<std::uint32_t>(begin + edit.text.size());
        shift += static_cast<std::int64_t>(edit.text.size()) - static_cast<std::int64_t>(edit.span.size());
        // Where lines have gone there is nothing of theirs left.
        if (edit.text.empty() && source.text(edit.span).ends_with('\n')) continue;
        // Text that ends with a line break does not touch the line behind it.
        const bool ends_line = end > begin && after->text()[end - 1] == '\n';
        ranges.push_back({after->lines().line_of(begin), after->lines().line_of(ends_line ? end - 1 : end)});
    }
    const FormatResult formatted = format_ranges(*tree, ranges, options);
    return formatted.status == FormatStatus::Formatted ? formatted.text : std::string(after->text());
}

FormatResult format_typed(const SyntaxTree& tree, std::uint32_t offset, char typed, const LayoutOptions& options) {
    if (!is_readable(tree)) return untouched(tree, kOutOfStep);
    if (offset == 0) return unchanged(tree);
    const LineIndex& lines = tree.source->lines();
    if (typed == '\n') {
        const std::uint32_t line = lines.line_of(offset);
        return line == 0 ? unchanged(tree) : format_line_break(tree, line, options);
    }
    const std::uint32_t brace = tree.token_at(offset - 1);
    if (tree.tokens[brace].kind != TokenKind::RightBrace || tree.tokens[brace].end != offset) return unchanged(tree);
    const std::uint32_t opener = opener_of(tree, brace);
    if (opener == kNoToken) return unchanged(tree);
    return format_range(tree, lines.line_of(tree.tokens[opener].begin), lines.line_of(offset - 1), options);
}

}  // namespace ruff::formatter
