// tests/syntax/*.txt: a source and its tree, or what is said about it.
//
// The expected text is the tree of `ruff dump ast`; with `(tokens)` in the title the tokens; with `(said)` only what is
// said. Diagnostics come last, each as
//
//     error at 1:7-1:9 unexpected-token: expected `)`, found `b`
//       help: ...
//       fix: Remove the prefix -> the source lines that change, as they are afterwards
//
// and, for what is of the grammar but refused, `refused` in place of `error`.

#include "core/syntax/dump.h"
#include "core/syntax/parser.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/sections.h"

namespace ruff::tests {
namespace {

std::string position_of(const SourceFile& source, std::uint32_t offset) {
    LineColumn position = source.lines().position(offset, PositionEncoding::Utf32);
    return std::to_string(position.line + 1) + ":" + std::to_string(position.column + 1);
}

// The lines of `after` that `before` does not have at their place from either end, joined by ` / `.
std::string changed_lines(std::string_view before, std::string_view after) {
    std::vector<std::string_view> old_lines = split_lines(before), new_lines = split_lines(after);
    std::size_t begin = 0, old_end = old_lines.size(), new_end = new_lines.size();
    while (begin < old_end && begin < new_end && old_lines[begin] == new_lines[begin]) ++begin;
    while (old_end > begin && new_end > begin && old_lines[old_end - 1] == new_lines[new_end - 1]) --old_end, --new_end;
    std::string text;
    for (std::size_t i = begin; i < new_end; ++i) text += (i > begin ? " / " : "") + std::string(new_lines[i]);
    return text;
}

std::string said_about(const syntax::SyntaxTree& tree) {
    std::string text;
    for (const Diagnostic& diagnostic : tree.diagnostics) {
        text += (tree.has_grammar_errors ? "error at " : "refused at ") + position_of(*tree.source, diagnostic.span.begin) +
                "-" + position_of(*tree.source, diagnostic.span.end) + " " + std::string(diagnostic.code) + ": " +
                diagnostic.message + "\n";
        if (!diagnostic.help.empty()) text += "  help: " + diagnostic.help + "\n";
        for (const Fix& fix : diagnostic.fixes) {
            text += "  fix: " + fix.title + " -> " + changed_lines(tree.text(), apply_edits(tree.text(), fix.edits)) + "\n";
        }
    }
    return text;
}

std::string parsed(const Section& section) {
    syntax::ParseResult tree = syntax::parse_file(make_source("case.ruff", section.input));
    bool wants_tokens = section.title.find("(tokens)") != std::string::npos;
    bool wants_tree = !wants_tokens && section.title.find("(said)") == std::string::npos;
    return (wants_tokens ? dump_tokens(*tree) : wants_tree ? dump_ast(*tree) : "") + said_about(*tree);
}

}  // namespace

std::vector<TestCase> discover_syntax(const Context& context) { return discover_sections(context, "syntax", ".txt"); }

Outcome run_syntax(const TestCase& test, const Context&) { return run_section(test, parsed); }

}  // namespace ruff::tests
