#include "formatter/format.h"

#include "core/syntax/parser.h"
#include "formatter/checked.h"
#include "formatter/printer.h"

namespace ruff::formatter {

using namespace syntax;

namespace {

/// The text of the file in the one style; nothing if the printer lost its way or the text has no tokens.
std::optional<std::string> printed(const SyntaxTree& tree, const LayoutOptions& options) {
    if (!is_readable(tree)) return std::nullopt;
    Printer printer(tree, options);
    std::string text = printer.file();
    if (!printer.is_in_step()) return std::nullopt;
    return with_line_ends_of(tree, std::move(text));
}

/// Where brackets do not match, the parser goes by indentation, and formatting changes that: it may find other mistakes
/// afterwards. Then nothing is formatted, so that formatting twice never changes more than formatting once.
FormatResult settled(const SyntaxTree& tree, FormatResult result, const LayoutOptions& options) {
    if (result.status != FormatStatus::HasErrors || result.text == tree.text()) return result;
    const ParseResult after = parse_file(make_source(tree.source->path(), result.text));
    const std::optional<std::string> again = printed(*after, options);
    const bool is_settled = again && checked(*after, *again).text == result.text;
    return is_settled ? result : unchanged(tree);
}

}  // namespace

FormatResult format_tree(const SyntaxTree& tree, const LayoutOptions& options) {
    std::optional<std::string> text = printed(tree, options);
    if (!text) return untouched(tree, kOutOfStep);
    return settled(tree, checked(tree, std::move(*text)), options);
}

FormatResult format_source(std::shared_ptr<const SourceFile> source, const LayoutOptions& options) {
    const std::shared_ptr<SyntaxTree> tree = parse_owned(std::move(source));
    std::optional<std::string> text = printed(*tree, options);
    // The check builds a second tree: the nodes of the first, most of the memory, are no longer needed.
    tree->root = nullptr;
    tree->arena = Arena();
    if (!text) return untouched(*tree, kOutOfStep);
    return settled(*tree, checked(*tree, std::move(*text)), options);
}

}  // namespace ruff::formatter
