// Every rule of the language reference, a list item such as
//     - `[bind.move]` The last use of …
// is named by the `# rule:` line of a program of tests/language or of a transcript of tests/cli, and every rule named
// there exists.

#include <map>
#include <set>

#include "tests/support/runner/expectations.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

// Rule id -> where it is defined.
std::map<std::string, std::string> defined_rules(const Context& context, std::string& mistakes) {
    std::map<std::string, std::string> rules;
    std::vector<fs::path> pages = find_files(context.root / "docs/language", ".md");
    pages.push_back(context.root / "docs/language.md");
    for (const fs::path& page : pages) {
        std::string text = read_file(page).value_or("");
        std::size_t number = 0;
        for (std::string_view line : split_lines(text)) {
            ++number;
            if (!line.starts_with("- `[")) continue;
            std::size_t end = line.find("]`");
            if (end == std::string_view::npos) continue;
            std::string place = page.lexically_relative(context.root).native() + ":" + std::to_string(number);
            auto [entry, is_new] = rules.emplace(line.substr(4, end - 4), place);
            if (!is_new) mistakes += place + ": rule " + entry->first + " is already at " + entry->second + "\n";
        }
    }
    return rules;
}

// Rule id -> the tests that prove it.
std::map<std::string, std::set<std::string>> named_rules(const Context& context) {
    std::map<std::string, std::set<std::string>> rules;
    std::vector<fs::path> tests = find_files(context.root / "tests/language", ".ruff");
    for (fs::path& path : find_files(context.root / "tests/cli", ".txt")) tests.push_back(std::move(path));
    for (const fs::path& path : tests) {
        for (std::string& rule : read_expectations(read_file(path).value_or("")).rules) {
            rules[std::move(rule)].insert(path.lexically_relative(context.root).native());
        }
    }
    return rules;
}

}  // namespace

std::vector<TestCase> discover_rules(const Context& context) {
    fs::path page = context.root / "docs/language.md";
    if (!fs::exists(page)) return {};
    return {{"rules/every-rule-has-a-test", page, 0}, {"rules/every-named-rule-exists", page, 1}};
}

Outcome run_rules(const TestCase& test, const Context& context) {
    std::string wrong;
    std::map<std::string, std::string> defined = defined_rules(context, wrong);
    std::map<std::string, std::set<std::string>> named = named_rules(context);
    if (test.index == 0) {
        if (!has_command(context, "run")) return skip("this build has no `ruff run`");
        std::size_t missing = 0;
        for (const auto& [rule, place] : defined) {
            if (named.contains(rule)) continue;
            wrong += place + ": no test names the rule " + rule + "\n";
            ++missing;
        }
        if (missing) wrong += std::to_string(missing) + " of " + std::to_string(defined.size()) + " rules have no test\n";
    } else {
        for (const auto& [rule, programs] : named) {
            if (!defined.contains(rule)) wrong += *programs.begin() + ": docs/language.md has no rule " + rule + "\n";
        }
    }
    return wrong.empty() ? pass() : fail(wrong);
}

}  // namespace ruff::tests
