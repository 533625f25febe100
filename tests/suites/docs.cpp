// Every fenced ```ruff block of README.md and docs/**/*.md:
//     ```ruff              is run, and shows what its expectation comments say; without any it has to succeed
//     ```ruff file=m.ruff  is a module for the blocks under the same heading
//     ```ruff no-run       has to parse

#include "tests/support/runner/files.h"
#include "tests/support/runner/markdown.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> documents(const Context& context) {
    std::vector<fs::path> paths = find_files(context.root / "docs", ".md");
    if (fs::exists(context.root / "README.md")) paths.push_back(context.root / "README.md");
    return paths;
}

// Says that the block parses, or why not.
Outcome parse_only(const fs::path& folder, const Context& context) {
    if (!has_command(context, "dump")) return skip("this build has no `ruff dump`");
    ProcessResult result = run_ruff(context, {"dump", "ast", "example.ruff"}, folder);
    if (result.exit_code == 0 && !result.has_crashed()) return pass();
    return fail("It does not parse: " + result.describe_end() + "\n" + result.error);
}

}  // namespace

std::vector<TestCase> discover_docs(const Context& context) {
    std::vector<TestCase> cases;
    for (const fs::path& path : documents(context)) {
        std::vector<FencedBlock> blocks = read_fenced_blocks(read_file(path).value_or(""));
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            if (blocks[i].language() != "ruff" || !blocks[i].attribute("file").empty()) continue;
            std::string document = path.lexically_relative(context.root).generic_string();
            if (!document.starts_with("docs/")) document = "docs/" + document;
            cases.push_back({document + "/line-" + std::to_string(blocks[i].line), path, i});
        }
    }
    return cases;
}

Outcome run_docs(const TestCase& test, const Context& context) {
    std::vector<FencedBlock> blocks = read_fenced_blocks(read_file(test.path).value_or(""));
    const FencedBlock& block = blocks.at(test.index);
    TemporaryFolder folder;
    write_file(folder.path() / "example.ruff", block.content);
    if (block.has_attribute("no-run")) return parse_only(folder.path(), context);
    if (!has_command(context, "run")) return skip("this build has no `ruff run`");
    for (const FencedBlock& other : blocks) {
        bool is_module = other.heading == block.heading && !other.attribute("file").empty();
        if (is_module) write_file(folder.path() / other.attribute("file"), other.content);
    }
    Outcome outcome = run_program({.program = block.content,
                                   .folder = folder.path(),
                                   .file = "example.ruff",
                                   .original = test.path,
                                   .offset = block.content_begin,
                                   .needs_expectation = false},
                                  context);
    if (block.is_indented) outcome.rewrites.clear();
    if (outcome.verdict == Verdict::failed) {
        outcome.message = test.path.native() + ":" + std::to_string(block.line) + "\n" + outcome.message;
    }
    return outcome;
}

}  // namespace ruff::tests
