#include "formatter/format.h"

#include <algorithm>

#include "core/syntax/parser.h"
#include "formatter/checked.h"
#include "formatter/printer.h"
#include "formatter/ranges.h"

namespace ruff::formatter {

using namespace syntax;

namespace {

/// The text of the file in the one style; nothing if the printer lost its way or the text has no tokens.
std::optional<std::string> printed(const SyntaxTree& tree, const LayoutOptions& options, Caution caution = Caution::Mistakes) {
    if (!is_readable(tree)) return std::nullopt;
    Printer printer(tree, options, caution);
    std::string text = printer.file();
    if (!printer.is_in_step()) return std::nullopt;
    return with_line_ends_of(tree, std::move(text));
}

// ---- Files with mistakes -------------------------------------------------------------------------------------
//
// Where brackets do not match, the parser goes by indentation, and formatting changes that: it may find other mistakes
// afterwards, and formatting again would change more. So ever less is formatted until formatting again changes nothing:
// all but the innermost statements with mistakes, all but the outermost, what stands before the first, nothing.

/// The statements of the file before its first mistake.
List<Stmt> statements_before_mistakes(const SyntaxTree& tree) {
    std::uint32_t mistake = static_cast<std::uint32_t>(tree.text().size());
    for (const Diagnostic& diagnostic : tree.diagnostics) mistake = std::min(mistake, diagnostic.span.begin);
    const List<Stmt> all = tree.root->statements;
    std::size_t count = 0;
    while (count < all.size() && tree.span(*all[count]).end < mistake) ++count;
    return all.first(count);
}

std::optional<std::string> printed_before_mistakes(const SyntaxTree& tree, const LayoutOptions& options) {
    const List<Stmt> statements = statements_before_mistakes(tree);
    if (statements.empty()) return std::string(tree.text());
    return with_formatted(tree, {{statements, 0}}, options);
}

/// Whether `text`, printed with the same caution, stays as it is.
bool is_settled(const std::string& text, const LayoutOptions& options, Caution caution) {
    return printed(*parse_file(make_source("settled.ruff", text)), options, caution) == text;
}

/// As much as stays as it is when the same is done again.
std::string carefully_printed(const SyntaxTree& tree, const LayoutOptions& options) {
    const auto is_sound = [&](const std::optional<std::string>& text) {
        return text && checked(tree, *text).status != FormatStatus::Untouched;
    };
    for (const Caution caution : {Caution::Mistakes, Caution::Statements}) {
        std::optional<std::string> text = printed(tree, options, caution);
        if (is_sound(text) && is_settled(*text, options, caution)) return std::move(*text);
    }
    std::optional<std::string> text = printed_before_mistakes(tree, options);
    return is_sound(text) ? std::move(*text) : std::string(tree.text());
}

/// `text` is what all but the innermost statements with mistakes come to.
FormatResult with_mistakes(const SyntaxTree& tree, const std::string& text, const LayoutOptions& options) {
    FormatResult result = checked(tree, text);
    if (result.status == FormatStatus::Untouched || is_settled(text, options, Caution::Mistakes)) return result;
    // What was formatted with more caution may be open to less.
    constexpr int kMaxRounds = 4;
    std::string before(tree.text());
    for (int round = 0; round < kMaxRounds; ++round) {
        std::string after = carefully_printed(*parse_file(make_source("round.ruff", before)), options);
        if (after == before) return checked(tree, std::move(after));
        before = std::move(after);
    }
    return unchanged(tree);
}

}  // namespace

FormatResult format_tree(const SyntaxTree& tree, const LayoutOptions& options) {
    std::optional<std::string> text = printed(tree, options);
    if (!text) return untouched(tree, kOutOfStep);
    if (tree.has_errors) return with_mistakes(tree, *text, options);
    return checked(tree, std::move(*text));
}

FormatResult format_source(std::shared_ptr<const SourceFile> source, const LayoutOptions& options) {
    const std::shared_ptr<SyntaxTree> tree = parse_owned(std::move(source));
    if (tree->has_errors) return format_tree(*tree, options);
    std::optional<std::string> text = printed(*tree, options);
    // The check builds a second tree: the nodes of the first, most of the memory, are no longer needed.
    tree->root = nullptr;
    tree->arena = Arena();
    return text ? checked(*tree, std::move(*text)) : untouched(*tree, kOutOfStep);
}

}  // namespace ruff::formatter
