#include "tests/grammar/corpus.h"

#include "tests/grammar/parsed_text.h"
#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/sections.h"

namespace ruff::tests {
namespace {

struct Entry {
    std::string title;
    bool is_refused = false;
    std::string text;
    std::string tree;
    std::size_t tree_begin = 0;  // bytes of the file
    std::size_t tree_end = 0;
};

bool is_line_of(std::string_view line, char sign, std::size_t count) {
    return line.size() >= count && line.find_first_not_of(sign) == std::string_view::npos;
}

std::vector<Entry> read_corpus(std::string_view text) {
    enum class Part { Text, Title, Tree } part = Part::Tree;
    std::vector<Entry> entries;
    for (std::string_view line : split_lines(text)) {
        std::size_t begin = static_cast<std::size_t>(line.data() - text.data());
        if (is_line_of(line, '=', 10)) {
            if (part != Part::Title) entries.emplace_back();
            part = part == Part::Title ? Part::Text : Part::Title;
        } else if (entries.empty()) {
            continue;
        } else if (part == Part::Title) {
            if (line == ":error") entries.back().is_refused = true;
            else entries.back().title = line;
        } else if (part == Part::Text && is_line_of(line, '-', 3)) {
            part = Part::Tree;
            entries.back().tree_begin = entries.back().tree_end = begin + line.size() + 1;
        } else if (part == Part::Text) {
            entries.back().text += std::string(line) + "\n";
        } else {
            entries.back().tree += std::string(line) + "\n";
            entries.back().tree_end = begin + line.size() + 1;
        }
    }
    // `tree-sitter test` leaves out the line break before the line of dashes, too.
    for (Entry& entry : entries) {
        if (!entry.text.empty()) entry.text.pop_back();
    }
    return entries;
}

}  // namespace

void discover_corpus(const Context& context, std::vector<TestCase>& cases) {
    for (const std::filesystem::path& path : find_files(context.root / "grammar/test/corpus", ".txt")) {
        std::size_t index = 0;
        std::string text = read_file(path).value_or("");
        for (const Entry& entry : read_corpus(text)) {
            std::string name = path.stem().string() + "/" + case_name_of(entry.title);
            cases.push_back({"grammar/corpus/" + name, path, index++});
        }
    }
}

Outcome run_corpus(const TestCase& test) {
    Entry entry = read_corpus(read_file(test.path).value_or("")).at(test.index);
    ParsedText parsed(entry.text);
    std::string expected = format_tree_text(entry.tree);
    std::string actual = tree_text(parsed.root());
    if (parsed.has_error() != entry.is_refused) {
        return fail(entry.is_refused ? "This text should be refused and is not.\n" : "This text is refused:\n" + actual);
    }
    if (expected == actual) return pass();
    return fail(test.path.native() + ": " + entry.title + "\n" + diff_lines(expected, actual),
                {{test.path, entry.tree_begin, entry.tree_end, "\n" + actual + "\n"}});
}

}  // namespace ruff::tests
