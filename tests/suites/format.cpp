// tests/format/*.txt: a program and how `ruff fmt` writes it; and what holds for every program: those of the source
// tree, of the documentation, and generated ones (tests/format/properties.h).
//
// Options in the title: `(width 40)`, `(indent 2)`, `(lines 3-4)` for a range, from 1; `(typed)` for what the editor asks
// for when the sign before `<|>` was typed. The expected text is followed by a line `[errors]` or `[untouched]` where
// the formatter says so. Each case is formatted twice, and its tokens and comments are compared.
//
// A ```ruff block of the documentation is as `ruff fmt` writes it, but for one marked `no-format`.

#include "core/syntax/parser.h"
#include "formatter/format.h"
#include "tests/format/properties.h"
#include "tests/support/generator/program_generator.h"
#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/markdown.h"
#include "tests/support/runner/sections.h"

namespace ruff::tests {
namespace {

using formatter::FormatResult;
using formatter::FormatStatus;
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

Outcome run_layout(const TestCase& test) {
    Outcome outcome = run_section(test, formatted);
    const SectionFile file = read_sections(read_file(test.path).value_or(""));
    if (outcome.verdict != Verdict::passed || test.index >= file.sections.size()) return outcome;
    const Section& section = file.sections[test.index];
    if (is_part(section)) return outcome;
    const std::string flaws = flaws_with_comments(section.input);
    return flaws.empty() ? outcome : fail(flaws);
}

// ---- Programs of the source tree -----------------------------------------------------------------------------

/// All properties but the one about comments, which takes much longer.
std::string flaws_at_all_widths(const std::string& text) {
    for (const formatter::LayoutOptions options : {formatter::LayoutOptions{}, {40, 2}, {20, 4}}) {
        const std::string flaws = flaws_of(text, options);
        if (!flaws.empty()) return "At a width of " + std::to_string(options.line_width) + ": " + flaws;
    }
    return {};
}

std::string flaws_of_program(const std::string& path, const std::string& text) {
    std::string flaws = flaws_at_all_widths(text);
    if (!flaws.empty() || syntax::parse_file(make_source(path, text))->has_errors) return flaws;
    flaws = flaws_with_other_blanks(text);
    return flaws.empty() ? flaws_of_bytecode(path, text) : flaws;
}

Outcome run_file(const TestCase& test, const Context& context) {
    const std::string text = read_file(test.path).value_or("");
    std::string flaws = flaws_of_program(test.path.native(), text);
    const bool is_example = test.path.native().starts_with((context.root / "examples").native());
    if (flaws.empty() && is_example) {
        const std::string expected = format_source(make_source("example.ruff", text), {}).text;
        flaws = expected == text ? flaws_with_comments(text) : "It is not formatted:\n" + diff_lines(expected, text);
    }
    return flaws.empty() ? pass() : fail(test.path.native() + ": " + flaws);
}

// ---- Documentation -------------------------------------------------------------------------------------------

std::vector<std::filesystem::path> documents(const Context& context) {
    std::vector<std::filesystem::path> paths = find_files(context.root / "docs", ".md");
    paths.push_back(context.root / "README.md");
    return paths;
}

Outcome run_document(const TestCase& test) {
    std::string differences;
    for (const FencedBlock& block : read_fenced_blocks(read_file(test.path).value_or(""))) {
        if (block.language() != "ruff" || block.has_attribute("no-format")) continue;
        const FormatResult result = format_source(make_source("block.ruff", block.content), {});
        if (result.text == block.content) continue;
        differences += test.path.native() + ":" + std::to_string(block.line) + ": The block is not formatted:\n" +
                       diff_lines(result.text, block.content);
    }
    return differences.empty() ? pass() : fail(differences);
}

// ---- Generated programs --------------------------------------------------------------------------------------

constexpr std::size_t kGeneratedCases = 20;
constexpr std::size_t kProgramsPerCase = 15;

Outcome run_generated(std::size_t index) {
    for (std::size_t i = 0; i < kProgramsPerCase; ++i) {
        const std::uint64_t seed = index * kProgramsPerCase + i;
        const std::string flaws = flaws_of_program("/generated.ruff", generate_program({.seed = seed}).text);
        if (!flaws.empty()) return fail("The program of `ruff-generate --seed " + std::to_string(seed) + "`: " + flaws);
    }
    return pass();
}

Outcome run_broken(std::size_t index) {
    for (std::size_t i = 0; i < kProgramsPerCase; ++i) {
        const std::uint64_t seed = index * kProgramsPerCase + i;
        const std::string text = mutate(generate_program({.seed = seed, .statements = 12}).text, seed);
        const std::string flaws = flaws_at_all_widths(text);
        if (!flaws.empty()) return fail("The broken program of seed " + std::to_string(seed) + ": " + flaws + text);
    }
    return pass();
}

/// Small programs in which together each production of the grammar stands somewhere.
Outcome run_commented() {
    Productions missing;
    missing.set();
    for (std::uint64_t seed = 0; missing.any() && seed < 2000; ++seed) {
        const GeneratedProgram program = generate_program({.seed = seed, .depth = 4, .statements = 4});
        if ((program.productions & missing).none()) continue;
        missing &= ~program.productions;
        const std::string flaws = flaws_with_comments(program.text);
        if (!flaws.empty()) return fail("The program of seed " + std::to_string(seed) + ": " + flaws + program.text);
    }
    std::string names;
    for (std::size_t i = 0; i < missing.size(); ++i) {
        if (missing[i]) names += " " + std::string(production_name(static_cast<Production>(i)));
    }
    return names.empty() ? pass() : fail("No program has:" + names + "\n");
}

}  // namespace

std::vector<TestCase> discover_format(const Context& context) {
    std::vector<TestCase> cases = discover_sections(context, "format", ".txt");
    for (const char* folder : {"examples", "tests", "bench"}) {
        for (const auto& path : find_files(context.root / folder, ".ruff")) {
            const auto name = path.lexically_relative(context.root).replace_extension();
            cases.push_back({"format/tree/" + name.generic_string(), path, 0});
        }
    }
    for (const auto& path : documents(context)) {
        const auto name = path.lexically_relative(context.root).replace_extension();
        cases.push_back({"format/documentation/" + name.generic_string(), path, 0});
    }
    for (std::size_t i = 0; i < kGeneratedCases; ++i) {
        cases.push_back({"format/generated-" + std::to_string(i), context.root, i});
        cases.push_back({"format/broken-" + std::to_string(i), context.root, i});
    }
    cases.push_back({"format/comments-in-each-production", context.root, 0});
    return cases;
}

Outcome run_format(const TestCase& test, const Context& context) {
    const std::string_view name = std::string_view(test.name).substr(std::string_view("format/").size());
    if (name.starts_with("tree/")) return run_file(test, context);
    if (name.starts_with("documentation/")) return run_document(test);
    if (name.starts_with("generated-")) return run_generated(test.index);
    if (name.starts_with("broken-")) return run_broken(test.index);
    if (name == "comments-in-each-production") return run_commented();
    return run_layout(test);
}

}  // namespace ruff::tests
