#include "tests/grammar/agreement.h"

#include <algorithm>
#include <memory>

#include "core/lang/tokens.h"
#include "core/syntax/parser.h"
#include "tests/grammar/normal_form.h"
#include "tests/support/generator/program_generator.h"
#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kGeneratedPerCase = 500;
constexpr std::size_t kGeneratedCases = 24;
constexpr std::size_t kMutationsPerFile = 2;

// Where the core parser may refuse what the grammar accepts; this list may only shrink.
//
// - A reserved word where a name is due: a grammar of ABI 14 takes it for a name where no keyword can stand.

bool has_reserved_name(TSNode node, const ParsedText& parsed) {
    std::string_view type = ts_node_type(node);
    if (type == "identifier" && keyword_kind(parsed.text(node)) != TokenKind::Name) return true;
    for (uint32_t i = 0; i < ts_node_named_child_count(node); ++i) {
        if (has_reserved_name(ts_node_named_child(node, i), parsed)) return true;
    }
    return false;
}

// Where the core parser stops though the text may be of the grammar: at its limits, and at `x--` at the end of a line,
// which the grammar reads as a subtraction from what stands on the next.
bool stops_early(const syntax::SyntaxTree& tree) {
    return std::any_of(tree.diagnostics.begin(), tree.diagnostics.end(), [&](const Diagnostic& diagnostic) {
        bool is_decrement = diagnostic.code == "foreign-operator" && !tree.has_grammar_errors;
        return diagnostic.code == "nested-too-deeply" || diagnostic.code == "source-too-large" || is_decrement;
    });
}

std::string shown(std::string_view text) {
    return "---- text\n" + std::string(text.substr(0, 4000)) + "\n----\n";
}

/// Empty if the two agree.
std::string disagreement(const std::string& text) {
    syntax::ParseResult tree = syntax::parse_file(make_source("test.ruff", text));
    if (stops_early(*tree)) return "";
    ParsedText parsed{std::string(tree->text())};
    bool is_refused = tree->has_grammar_errors;
    if (is_refused && parsed.has_error()) return "";
    if (is_refused && has_reserved_name(parsed.root(), parsed)) return "";
    if (is_refused) {
        std::string why;
        for (const Diagnostic& diagnostic : tree->diagnostics) {
            why += "  " + std::to_string(diagnostic.span.begin) + ": " + diagnostic.message + " (" +
                   std::string(diagnostic.code) + ")\n";
        }
        return "The core parser refuses this and the grammar accepts it:\n" + why + shown(text) + tree_text(parsed.root());
    }
    if (parsed.has_error()) {
        return "The grammar refuses this and the core parser accepts it:\n" + shown(text) + tree_text(parsed.root());
    }
    NormalForm core = normal_form(*tree);
    NormalForm sitter = normal_form(parsed);
    if (core == sitter) return "";
    return "The trees differ (- core, + grammar):\n" + shown(text) +
           diff_lines(normal_text(core, tree->text()), normal_text(sitter, tree->text()));
}

Outcome report(std::size_t count, const std::vector<std::string>& disagreements) {
    if (disagreements.empty()) return pass();
    std::string text = std::to_string(disagreements.size()) + " of " + std::to_string(count) + " texts\n";
    for (std::size_t i = 0; i < std::min<std::size_t>(disagreements.size(), 3); ++i) text += disagreements[i] + "\n";
    return fail(std::move(text));
}

Outcome compare(const std::vector<std::string>& texts) {
    std::vector<std::string> disagreements;
    for (const std::string& text : texts) {
        std::string found = disagreement(text);
        if (!found.empty()) disagreements.push_back(std::move(found));
    }
    return report(texts.size(), disagreements);
}

// What libtree-sitter 0.20 can take: brackets nested a hundred thousand deep make it free memory twice.
bool is_sane(std::string_view text) { return std::count(text.begin(), text.end(), '[') < 10'000 && text.size() < 300'000; }

std::vector<std::string> files(const Context& context) {
    std::vector<std::string> texts;
    for (const char* folder : {"examples", "tests", "bench", "docs", "editors"}) {
        for (const fs::path& path : find_files(context.root / folder, ".ruff")) {
            std::string text = read_file(path).value_or("");
            if (is_sane(text)) texts.push_back(std::move(text));
        }
    }
    return texts;
}

// The fenced ```ruff blocks of the documentation.
std::vector<std::string> documented(const Context& context) {
    std::vector<std::string> texts;
    for (const fs::path& path : find_files(context.root / "docs", ".md")) {
        std::string markdown = read_file(path).value_or("");
        bool is_inside = false;
        for (std::string_view line : split_lines(markdown)) {
            if (line.starts_with("```")) {
                is_inside = line.starts_with("```ruff");
                if (is_inside) texts.emplace_back();
            } else if (is_inside) {
                texts.back() += std::string(line) + "\n";
            }
        }
    }
    return texts;
}

std::vector<std::string> generated(std::size_t part) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < kGeneratedPerCase; ++i) {
        GeneratorOptions options;
        options.seed = part * kGeneratedPerCase + i;
        options.statements = 12;
        texts.push_back(generate_program(options).text);
    }
    return texts;
}

std::vector<std::string> mutated(const std::vector<std::string>& texts) {
    std::vector<std::string> broken;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        for (std::size_t j = 0; j < kMutationsPerFile; ++j) {
            broken.push_back(mutate(texts[i], i * kMutationsPerFile + j));
        }
    }
    return broken;
}

}  // namespace

void discover_agreement(const Context& context, std::vector<TestCase>& cases) {
    fs::path path = context.root / "grammar/grammar.js";
    for (const char* name : {"files", "documentation", "broken-files", "broken-documentation"}) {
        cases.push_back({"grammar/agreement/" + std::string(name), path, 0});
    }
    for (std::size_t i = 0; i < kGeneratedCases; ++i) {
        cases.push_back({"grammar/agreement/generated-" + std::to_string(i), path, i});
        cases.push_back({"grammar/agreement/broken-generated-" + std::to_string(i), path, i});
    }
}

Outcome run_agreement(const TestCase& test, const Context& context) {
    std::string_view name = std::string_view(test.name).substr(std::string_view("grammar/agreement/").size());
    bool is_broken = name.starts_with("broken-");
    if (is_broken) name.remove_prefix(std::string_view("broken-").size());
    std::vector<std::string> texts = name == "files"           ? files(context)
                                     : name == "documentation" ? documented(context)
                                                               : generated(test.index);
    if (texts.empty()) return fail("no texts to compare\n");
    return compare(is_broken ? mutated(texts) : texts);
}

}  // namespace ruff::tests
