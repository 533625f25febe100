// tests/format/*.txt: a program and how `ruff fmt` writes it; and what holds for every program of the source tree.
//
// Options in the title: `(width 40)`, `(indent 2)`, `(lines 3-4)` for a range, from 1; `(typed)` for what the editor asks
// for when the sign before `<|>` was typed. The expected text is followed by a line `[errors]` or `[untouched]` where
// the formatter says so. Each case is formatted twice, and its tokens and comments are compared.

#include "core/syntax/parser.h"
#include "formatter/format.h"
#include "formatter/line_diff.h"
#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/sections.h"

namespace ruff::tests {
namespace {

using formatter::FormatResult;
using formatter::FormatStatus;
using formatter::compare_content;
using formatter::format_source;
using formatter::format_tree;

std::uint32_t number_after(std::string_view title, std::string_view word, std::uint32_t otherwise) {
    const std::size_t at = title.find(word);
    if (at == std::string_view::npos) return otherwise;
    return static_cast<std::uint32_t>(std::atoi(std::string(title.substr(at + word.size())).c_str()));
}

bool is_part(const Section& section) {
    return section.title.find("(lines ") != std::string::npos || section.title.find("(typed)") != std::string::npos;
}

FormatResult format_as_typed(std::string text, const formatter::LayoutOptions& options) {
    constexpr std::string_view kCursor = "<|>";
    const std::size_t cursor = std::min(text.find(kCursor), text.size());
    text.erase(cursor, kCursor.size());
    const auto tree = syntax::parse_file(make_source("case.ruff", text));
    return formatter::format_typed(*tree, static_cast<std::uint32_t>(cursor), cursor > 0 ? text[cursor - 1] : ' ', options);
}

FormatResult format(const Section& section, const std::string& text, const formatter::LayoutOptions& options) {
    if (section.title.find("(typed)") != std::string::npos) return format_as_typed(text, options);
    const auto tree = syntax::parse_file(make_source("case.ruff", text));
    const std::uint32_t first = number_after(section.title, "(lines ", 0);
    if (first == 0) return format_tree(*tree, options);
    const std::string first_word = "(lines " + std::to_string(first) + "-";
    return format_range(*tree, first - 1, number_after(section.title, first_word, first) - 1, options);
}

std::string formatted(const Section& section) {
    const formatter::LayoutOptions options{number_after(section.title, "(width ", 100),
                                           number_after(section.title, "(indent ", 4)};
    const FormatResult result = format(section, section.input, options);
    std::string text = result.text;
    if (result.status == FormatStatus::HasErrors) text += "[errors]\n";
    if (result.status == FormatStatus::Untouched) text += "[untouched]\n";
    if (is_part(section)) return text;
    const FormatResult again = format_source(make_source("case.ruff", result.text), options);
    if (again.text != result.text) text += "[formatting again changes it]\n" + again.text;
    return text;
}

/// What is wrong with how one text is formatted; empty if nothing is.
std::string flaws_of(const std::string& text, const formatter::LayoutOptions& options) {
    const auto tree = syntax::parse_file(make_source("before.ruff", text));
    const FormatResult once = format_tree(*tree, options);
    if (tree->has_errors) return once.status == FormatStatus::Formatted ? "Errors are not reported.\n" : "";
    if (once.status != FormatStatus::Formatted) return "It is left untouched.\n";
    const auto after = syntax::parse_file(make_source("after.ruff", once.text));
    const std::string difference = compare_content(*tree, *after);
    if (!difference.empty()) return difference + "\n";
    const FormatResult twice = format_tree(*after, options);
    if (twice.text != once.text) return "Formatting again changes it:\n" + diff_lines(once.text, twice.text);
    const std::vector<TextEdit> edits = formatter::line_edits(tree->text(), once.text);
    if (apply_edits(tree->text(), edits) != once.text) return "The edits do not give the text.\n";
    return {};
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

/// What goes wrong when a comment stands at one of the boundaries between two tokens. Where a comment would make the
/// program another one, or wrong, there is nothing to ask.
std::string flaws_with_comments(const std::string& text) {
    const auto tree = syntax::parse_file(make_source("plain.ruff", text));
    for (const std::string_view comment : {" /* c */ ", " # c\n", "\n# c\n"}) {
        for (const syntax::Token& token : tree->tokens) {
            std::string commented = text;
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

}  // namespace

std::vector<TestCase> discover_format(const Context& context) {
    std::vector<TestCase> cases = discover_sections(context, "format", ".txt");
    for (const char* folder : {"examples", "tests/language", "bench"}) {
        for (const auto& path : find_files(context.root / folder, ".ruff")) {
            const auto name = path.lexically_relative(context.root).replace_extension();
            cases.push_back({"format/tree/" + name.generic_string(), path, 0});
        }
    }
    return cases;
}

Outcome run_format(const TestCase& test, const Context& context) {
    if (test.path.extension() != ".ruff") {
        Outcome outcome = run_section(test, formatted);
        if (outcome.verdict != Verdict::passed) return outcome;
        const SectionFile file = read_sections(read_file(test.path).value_or(""));
        if (test.index >= file.sections.size()) return outcome;
        if (is_part(file.sections[test.index])) return outcome;
        const std::string flaws = flaws_with_comments(file.sections[test.index].input);
        return flaws.empty() ? outcome : fail(flaws);
    }
    const std::string text = read_file(test.path).value_or("");
    for (const formatter::LayoutOptions options : {formatter::LayoutOptions{}, {40, 2}, {20, 4}}) {
        const std::string flaws = flaws_of(text, options);
        if (!flaws.empty()) {
            return fail(test.path.native() + ", at a width of " + std::to_string(options.line_width) + ": " + flaws);
        }
    }
    const auto tree = syntax::parse_file(make_source("before.ruff", text));
    if (tree->has_errors) return pass();
    const std::string expected = format_tree(*tree, {}).text;
    const std::string spread = format_source(make_source("spread.ruff", with_other_blanks(*tree)), {}).text;
    if (spread != expected) return fail("Other blanks give another text:\n" + diff_lines(expected, spread));
    const bool is_example = test.path.native().starts_with((context.root / "examples").native());
    if (is_example && expected != text) return fail("It is not formatted:\n" + diff_lines(expected, text));
    if (is_example) {
        const std::string flaws = flaws_with_comments(text);
        if (!flaws.empty()) return fail(flaws);
    }
    return pass();
}

}  // namespace ruff::tests
