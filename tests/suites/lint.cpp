// tests/lint/RULE.md: what a rule finds, and what it must not. The blocks of a page:
//     ```ruff valid                       the rule is silent
//     ```ruff invalid finds=2:5..2:9      it finds exactly these ranges (line:column from 1, the end not included),
//                                         separated by commas
//     ```ruff fixed                       what its fixes make of the invalid block under the same heading; without one
//                                         the rule has no fix there
//     ```ruff file=m.ruff                 a module for the blocks under the same heading
// Every rule has at least five mistakes that it finds (each range counts) and five near misses that it leaves alone (each
// part of a valid block counts, between empty lines). Both numbers stand in its page in docs/rules; --update writes them.
// Beside these: the pages in docs/rules are those of `ruff explain` and their examples hold, and the examples and the
// documentation are clean but for what shows a mistake on purpose.

#include <algorithm>

#include "core/lint/lint.h"
#include "core/sema/module_graph.h"
#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/markdown.h"
#include "tests/support/runner/suite.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPageCase = 1'000'000;
constexpr std::size_t kCleanCase = 1'000'001;

lint::Selection only(std::string_view rule) {
    lint::Selection selection;
    selection.clear();
    selection.add(*lint::find_rule(rule));
    return selection;
}

std::vector<Diagnostic> problems_of(const std::string& text, const fs::path& path, const lint::Selection& selection) {
    const sema::ModuleGraph graph = sema::load_modules(make_source(path.native(), text));
    return lint::check_file(*graph.modules[0]->model, selection);
}

std::vector<Diagnostic> findings_of(const std::string& text, const fs::path& path, std::string_view rule,
                                    const lint::Selection& selection) {
    std::vector<Diagnostic> found = problems_of(text, path, selection);
    std::erase_if(found, [&](const Diagnostic& each) { return each.code != rule; });
    return found;
}

std::string range_text(const std::string& text, Span span) {
    const LineIndex lines(text);
    auto point = [&](std::uint32_t offset) {
        const LineColumn at = lines.position(offset, PositionEncoding::Utf32);
        return std::to_string(at.line + 1) + ":" + std::to_string(at.column + 1);
    };
    return point(span.begin) + ".." + point(span.end);
}

std::string ranges_text(const std::string& text, const std::vector<Diagnostic>& findings) {
    std::string ranges;
    for (const Diagnostic& each : findings) ranges += (ranges.empty() ? "" : ",") + range_text(text, each.span);
    return ranges;
}

std::string fixed_text(std::string text, const fs::path& path, std::string_view rule) {
    for (int round = 0; round < 10; ++round) {
        const std::vector<TextEdit> edits = lint::choose_edits(findings_of(text, path, rule, only(rule)), true);
        if (edits.empty()) break;
        text = apply_edits(text, edits);
    }
    return text;
}

/// The `fixed` block of the same heading, or the code itself.
std::string expected_fix(const std::vector<FencedBlock>& blocks, const FencedBlock& block) {
    for (const FencedBlock& other : blocks) {
        if (other.heading == block.heading && other.has_attribute("fixed")) return other.content;
    }
    return block.content;
}

Outcome run_block(const std::vector<FencedBlock>& blocks, const FencedBlock& block, const std::string& rule, const fs::path& page) {
    TemporaryFolder folder;
    for (const FencedBlock& other : blocks) {
        const std::string_view file = other.attribute("file");
        if (other.heading == block.heading && !file.empty()) write_file(folder.path() / file, other.content);
    }
    const fs::path path = folder.path() / "example.ruff";
    const std::string place = page.native() + ":" + std::to_string(block.line) + "\n";
    for (const Diagnostic& each : problems_of(block.content, path, only(rule))) {
        if (!each.is_rule && each.code != rule) return fail(place + "It is refused: " + each.message + "\n");
    }
    const std::string found = ranges_text(block.content, findings_of(block.content, path, rule, only(rule)));
    if (found != block.attribute("finds")) return fail(place + "The rule finds: " + found + "\n");
    const std::string fixed = fixed_text(block.content, path, rule);
    const std::string expected = block.has_attribute("invalid") ? expected_fix(blocks, block) : block.content;
    if (fixed != expected) return fail(place + diff_lines(expected, fixed));
    return pass();
}

/// The cases of a rule.
struct Corpus {
    std::size_t mistakes = 0, near_misses = 0;
};

constexpr std::size_t kLeastCases = 5;

/// The parts of a text between empty lines.
std::size_t count_parts(const std::string& text) {
    std::size_t parts = 0;
    bool is_inside = false;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const bool is_empty = end == begin;
        parts += !is_empty && !is_inside ? 1 : 0;
        is_inside = !is_empty;
        begin = end + 1;
    }
    return parts;
}

Corpus corpus_of(const std::string& rule, const Context& context) {
    Corpus corpus;
    const std::string text = read_file(context.root / "tests/lint" / (rule + ".md")).value_or("");
    for (const FencedBlock& block : read_fenced_blocks(text)) {
        const std::string_view finds = block.attribute("finds");
        if (!finds.empty()) corpus.mistakes += static_cast<std::size_t>(1 + std::count(finds.begin(), finds.end(), ','));
        if (block.has_attribute("valid")) corpus.near_misses += count_parts(block.content);
    }
    return corpus;
}

/// The page on disk is that of the program with the size of the corpus; its first example has the flaw, its second has not.
Outcome run_page(const std::string& rule_name, const Context& context) {
    const lint::Rule& rule = *lint::find_rule(rule_name);
    const Corpus corpus = corpus_of(rule_name, context);
    const std::string page = lint::rule_page(rule);
    const std::string published = page + "\nTested on " + std::to_string(corpus.mistakes) + " mistakes, all of which it finds, and on " +
                                  std::to_string(corpus.near_misses) +
                                  " near misses, none of which it reports. It reports nothing in the examples and the documentation.\n";
    const fs::path path = context.root / "docs/rules" / (rule_name + ".md");
    if (!read_file(path)) write_file(path, "");
    const std::string present = read_file(path).value_or("");
    const std::string difference = diff_lines(published, present);
    if (!difference.empty()) {
        return fail("docs/rules/" + rule_name + ".md is stale; --update writes it:\n" + difference, {{path, 0, present.size(), published}});
    }
    const std::string guide = read_file(context.root / "docs/checker.md").value_or("");
    if (guide.find("(rules/" + rule_name + ".md)") == std::string::npos) return fail("docs/checker.md does not list the rule.\n");
    if (corpus.mistakes < kLeastCases || corpus.near_misses < kLeastCases) {
        return fail("There are " + std::to_string(corpus.mistakes) + " mistakes and " + std::to_string(corpus.near_misses) +
                    " near misses; each rule has five of both.\n");
    }
    const std::vector<FencedBlock> blocks = read_fenced_blocks(page);
    if (blocks.empty()) return fail("The page has no example.\n");
    TemporaryFolder folder;
    for (const FencedBlock& block : read_fenced_blocks(read_file(context.root / "tests/lint" / (rule_name + ".md")).value_or(""))) {
        if (const std::string_view file = block.attribute("file"); !file.empty()) write_file(folder.path() / file, block.content);
    }
    const fs::path example = folder.path() / "example.ruff";
    lint::Selection selection;
    selection.add(rule);
    if (findings_of(blocks[0].content, example, rule_name, selection).empty()) {
        return fail("The rule finds nothing in the first example of its page.\n");
    }
    if (blocks.size() > 1 && !findings_of(blocks[1].content, example, rule_name, selection).empty()) {
        return fail("The rule finds something in what its page recommends.\n");
    }
    return pass();
}

/// Mistakes that the documentation shows on purpose.
struct Deliberate {
    std::string_view heading, rule;
};
constexpr Deliberate kDeliberate[] = {
    {"Parameters and arguments", "wrong-arity"},
    {"Parameters and arguments", "unknown-argument"},
    {"Calls and order", "unknown-argument"},
    {"Equality and order", "type-mismatch"},
    {"15. Types", "type-mismatch"},
    {"Declaring and assigning", "mutated-let"},
    {"Methods", "mutated-let"},
    {"Scopes", "constant-condition"},
    {"Where a statement ends", "no-effect"},
    {"There is no `Promise.all`", "promise-namespace"},
    {"A dropped promise", "floating-promise"},
    {"`await` in a loop is one after the other", "await-in-loop"},
    {"Captured variables are shared", "lost-update"},
};

/// A variable or function that only shows how something is written is no mistake either, in the documentation, nor is a
/// module that does not exist.
bool is_deliberate(const FencedBlock& block, const Diagnostic& finding) {
    if (finding.code == "unused-variable" || finding.code == "unused-function" || finding.code == "unresolved-import") return true;
    return std::any_of(std::begin(kDeliberate), std::end(kDeliberate), [&](const Deliberate& each) {
        return block.heading.find(each.heading) != std::string::npos && finding.code == each.rule;
    });
}

std::string clean_report(const std::string& text, const fs::path& path, const FencedBlock* block) {
    std::string report;
    for (const Diagnostic& each : problems_of(text, path, {})) {
        if (!each.is_rule || (block != nullptr && is_deliberate(*block, each))) continue;
        const std::string heading = block == nullptr ? "" : ", " + block->heading;
        report += path.native() + heading + ": " + range_text(text, each.span) + " " + std::string(each.code) + ": " + each.message + "\n";
    }
    return report;
}

Outcome run_clean(const Context& context) {
    std::string report;
    for (const fs::path& path : find_files(context.root / "examples", ".ruff")) {
        report += clean_report(read_file(path).value_or(""), path, nullptr);
    }
    std::vector<fs::path> pages = find_files(context.root / "docs", ".md");
    pages.push_back(context.root / "README.md");
    for (const fs::path& page : pages) {
        if (page.parent_path().filename() == "rules") continue;
        for (const FencedBlock& block : read_fenced_blocks(read_file(page).value_or(""))) {
            if (block.language() == "ruff") report += clean_report(block.content, page, &block);
        }
    }
    return report.empty() ? pass() : fail(report);
}

}  // namespace

std::vector<TestCase> discover_lint(const Context& context) {
    std::vector<TestCase> cases;
    const fs::path folder = context.root / "tests/lint";
    cases.push_back({"lint/clean-corpus", folder, kCleanCase});
    for (const lint::Rule& rule : lint::all_rules()) {
        const std::string name(rule.name);
        const fs::path page = folder / (name + ".md");
        cases.push_back({"lint/" + name + "/page", page, kPageCase});
        const std::vector<FencedBlock> blocks = read_fenced_blocks(read_file(page).value_or(""));
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            if (!blocks[i].has_attribute("valid") && !blocks[i].has_attribute("invalid")) continue;
            cases.push_back({"lint/" + name + "/line-" + std::to_string(blocks[i].line), page, i});
        }
    }
    return cases;
}

Outcome run_lint(const TestCase& test, const Context& context) {
    if (test.index == kCleanCase) return run_clean(context);
    const std::string rule = test.path.stem().native();
    if (test.index == kPageCase) return run_page(rule, context);
    const std::vector<FencedBlock> blocks = read_fenced_blocks(read_file(test.path).value_or(""));
    return run_block(blocks, blocks.at(test.index), rule, test.path);
}

}  // namespace ruff::tests
