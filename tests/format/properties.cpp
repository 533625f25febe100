#include "tests/format/properties.h"

#include "core/bytecode/disassembler.h"
#include "core/compiler/compiler.h"
#include "core/sema/module_graph.h"
#include "core/syntax/parser.h"
#include "formatter/checked.h"
#include "formatter/format.h"
#include "formatter/line_diff.h"

namespace ruff::tests {
namespace {

using formatter::FormatResult;
using formatter::FormatStatus;
using formatter::compare_content;
using formatter::format_source;
using formatter::format_tree;

/// Two texts, for whoever has to find the difference.
std::string both(const std::string& one, const std::string& other) {
    return formatter::unified_diff("formatted", one, other);
}

/// The text with other blanks: where there are some between tokens, three; lines begin at odd columns.
std::string with_other_blanks(const syntax::SyntaxTree& tree) {
    std::string text;
    std::uint32_t at = 0;
    std::size_t comment = 0;
    const auto gap_to = [&](std::uint32_t begin) {
        for (; at < begin; ++at) {
            const char c = tree.text()[at];
            if (c == ' ' || c == '\t') text += "   ";
            else text += c;
        }
    };
    const auto take = [&](Span span) {
        gap_to(span.begin);
        text += tree.text(span);
        at = span.end;
    };
    // A string is one piece from its head to its tail.
    for (std::size_t token = 0; token < tree.tokens.size(); ++token) {
        while (comment < tree.comments.size() && tree.comments[comment].span.begin < tree.tokens[token].begin) {
            take(tree.comments[comment++].span);
        }
        Span span = tree.tokens[token].span();
        int depth = tree.tokens[token].kind == TokenKind::StringHead ? 1 : 0;
        while (depth > 0) {
            const syntax::Token& inner = tree.tokens[++token];
            if (inner.kind == TokenKind::StringHead) ++depth;
            if (inner.kind == TokenKind::StringTail) --depth;
            span.end = inner.end;
        }
        take(span);
    }
    return text;
}

/// Without what messages say about the source: the numbers of lines, and the blanks of a part that is quoted.
std::string without_source(std::string_view bytecode) {
    constexpr std::string_view kLine = "at line ";
    std::string result;
    while (!bytecode.empty()) {
        const std::size_t end = std::min(bytecode.find('\n'), bytecode.size() - 1) + 1;
        std::string line(bytecode.substr(0, end));
        bytecode.remove_prefix(end);
        for (std::size_t at = 0; (at = line.find(kLine, at)) != std::string::npos;) {
            at += kLine.size();
            line.erase(at, std::min(line.find_first_not_of("0123456789", at), line.size()) - at);
        }
        if (line.find("RequireSet") != std::string::npos) std::erase(line, ' ');
        result += line;
    }
    return result;
}

/// Nothing if it is refused.
std::string bytecode_of(const std::string& path, const std::string& text) {
    const sema::ModuleGraph graph = sema::load_modules(make_source(path, text));
    if (graph.has_errors()) return {};
    const compiler::CompileResult result = compiler::compile(graph);
    return result.has_errors() ? "" : without_source(bytecode::disassemble(result.program));
}

}  // namespace

std::string flaws_of(const std::string& text, const formatter::LayoutOptions& options) {
    const auto tree = syntax::parse_file(make_source("before.ruff", text));
    const FormatResult once = format_tree(*tree, options);
    if (!formatter::is_readable(*tree)) return once.status == FormatStatus::Untouched ? "" : "What cannot be read is not left alone.\n";
    if (once.status != (tree->has_errors ? FormatStatus::HasErrors : FormatStatus::Formatted)) {
        if (once.status != FormatStatus::Untouched) return "Its mistakes are not reported.\n";
        return "It is left untouched: " + once.defect + ".\n";
    }
    const auto after = syntax::parse_file(make_source("after.ruff", once.text));
    const std::string difference = compare_content(*tree, *after);
    if (!difference.empty()) return difference + "\n";
    if (after->has_errors != tree->has_errors) return "Its mistakes come or go.\n";
    const FormatResult twice = format_tree(*after, options);
    if (twice.text != once.text) return "Formatting again changes it:\n" + both(once.text, twice.text);
    const std::vector<TextEdit> edits = formatter::line_edits(tree->text(), once.text);
    if (apply_edits(tree->text(), edits) != once.text) return "The edits do not give the text.\n";
    return {};
}

std::string flaws_of_bytecode(const std::string& path, const std::string& text) {
    const std::string before = bytecode_of(path, text);
    if (before.empty()) return {};
    const std::string after = bytecode_of(path, format_source(make_source(path, text), {}).text);
    return after == before ? "" : "It compiles to other code:\n" + both(before, after);
}

std::string flaws_with_other_blanks(const std::string& text) {
    const auto source = make_source("plain.ruff", text);
    const auto tree = syntax::parse_file(source);
    const std::string expected = format_tree(*tree, {}).text;
    const std::string spread = format_source(make_source("spread.ruff", with_other_blanks(*tree)), {}).text;
    return spread == expected ? "" : "Other blanks give another text:\n" + both(expected, spread);
}

std::string flaws_with_comments(const std::string& text) {
    const auto tree = syntax::parse_file(make_source("plain.ruff", text));
    for (const std::string_view comment : {" /* c */ ", " # c\n", "\n# c\n"}) {
        for (const syntax::Token& token : tree->tokens) {
            std::string commented(tree->text());
            commented.insert(token.begin, comment);
            const auto parsed = syntax::parse_file(make_source("commented.ruff", commented));
            if (parsed->has_errors || parsed->tokens.size() != tree->tokens.size()) continue;
            const std::string flaws = flaws_of(commented, {});
            if (flaws.empty()) continue;
            const std::uint32_t line = tree->source->lines().line_of(token.begin) + 1;
            return "With `" + std::string(comment) + "` before `" + std::string(tree->text(token)) + "` on line " +
                   std::to_string(line) + ": " + flaws;
        }
    }
    return {};
}

}  // namespace ruff::tests
