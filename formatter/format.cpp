#include "formatter/format.h"

#include "core/syntax/parser.h"
#include "formatter/checked.h"
#include "formatter/printer.h"

namespace ruff::formatter {

using namespace syntax;

namespace {

/// The text of the file in the one style, with LF; nothing if the printer lost its way.
std::optional<std::string> printed(const SyntaxTree& tree, const LayoutOptions& options) {
    Printer printer(tree, options);
    std::string text = printer.file();
    if (!printer.is_in_step()) return std::nullopt;
    return text;
}

}  // namespace

FormatResult format_tree(const SyntaxTree& tree, const LayoutOptions& options) {
    std::optional<std::string> text;
    if (is_readable(tree)) text = printed(tree, options);
    return text ? checked(tree, std::move(*text)) : untouched(tree);
}

FormatResult format_source(std::shared_ptr<const SourceFile> source, const LayoutOptions& options) {
    const std::shared_ptr<SyntaxTree> tree = parse_owned(std::move(source));
    std::optional<std::string> text;
    if (is_readable(*tree)) text = printed(*tree, options);
    // The check builds a second tree: the nodes of the first, most of the memory, are no longer needed.
    tree->root = nullptr;
    tree->arena = Arena();
    return text ? checked(*tree, std::move(*text)) : untouched(*tree);
}

}  // namespace ruff::formatter
