#include "tests/grammar/generated.h"

#include <algorithm>
#include <ctime>

#include "tests/grammar/parsed_text.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/process.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

constexpr std::size_t kMaxCompiledBytes = 1 << 20;
/// Longer ones among the test programs are there to go beyond limits.
constexpr std::size_t kTypicalBytes = 16 * 1024;
constexpr double kMinBytesPerSecond = 5e6;
constexpr double kMaxEditSeconds = 0.005;

// scripts/regenerate-grammar writes the sums down when it has run the generator.
Outcome run_staleness(const Context& context) {
    ProcessOptions options = process_options(context, context.root / "grammar");
    options.command = {"sha256sum", "--quiet", "--check", "src/generated.sha256"};
    options.joins_error = true;
    ProcessResult result = run_process(options);
    if (result.exit_code == 0) return pass();
    return fail("grammar/src was not generated from this grammar.js; run scripts/regenerate-grammar\n" + result.output);
}

Outcome run_size(const Context& context) {
    std::filesystem::path library = context.bin.parent_path() / "grammar/libruff_grammar.a";
    std::error_code error;
    std::size_t size = std::filesystem::file_size(library, error);
    if (error) return fail("no " + library.native() + "\n");
    if (context.is_sanitized || size <= kMaxCompiledBytes) return pass();
    return fail("the compiled grammar takes " + std::to_string(size) + " bytes\n");
}

// About a megabyte: the programs of the tests, each in a function, as code of that size is.
std::string large_program(const Context& context) {
    std::string unit;
    for (const char* folder : {"examples", "tests/language"}) {
        for (const std::filesystem::path& path : find_files(context.root / folder, ".ruff")) {
            std::string function = "func program() {\n" + read_file(path).value_or("") + "\n}\n\n";
            if (function.size() < kTypicalBytes && !ParsedText(function).has_error()) unit += function;
        }
    }
    std::string program;
    while (program.size() < (1 << 20) && !unit.empty()) program += unit;
    return program;
}

TSPoint point_at(std::string_view text, std::size_t offset) {
    text = text.substr(0, offset);
    auto row = static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n'));
    return {row, static_cast<uint32_t>(offset - (text.rfind('\n') + 1))};
}

// Processor time, so that what else the machine does counts little; and the best of several, stopping at the first
// that is good enough.
template <class Function>
double best_seconds(double good_enough, Function&& function) {
    double best = 1e9;
    for (int i = 0; i < 20 && best > good_enough; ++i) {
        std::clock_t start = std::clock();
        function();
        best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    }
    return best;
}

Outcome run_speed(const Context& context) {
    ParserPtr parser = make_parser();
    if (!parser) return fail("libtree-sitter refuses the grammar's ABI\n");
    std::string program = large_program(context);
    if (program.size() < (1 << 20)) return fail("no programs to parse\n");
    TreePtr tree;
    double allowed = static_cast<double>(program.size()) / kMinBytesPerSecond;
    double seconds = best_seconds(allowed, [&] { tree = parse_text(*parser, program); });

    // A digit typed in the middle, as far from both ends as can be.
    std::size_t at = program.find("1", program.size() / 2);
    program.insert(at, "2");
    TreePtr reparsed;
    double edit = best_seconds(kMaxEditSeconds, [&] {
        TreePtr edited(ts_tree_copy(tree.get()));
        auto byte = static_cast<uint32_t>(at);
        TSPoint point = point_at(program, at);
        TSInputEdit input{byte, byte, byte + 1, point, point, {point.row, point.column + 1}};
        ts_tree_edit(edited.get(), &input);
        reparsed = parse_text(*parser, program, edited.get());
    });
    std::string report = std::to_string(static_cast<double>(program.size()) / seconds / 1e6) + " MB/s, an edit in " +
                         std::to_string(edit * 1e3) + " ms\n";
    // The times are told, not judged: what must hold is that the edited tree is the whole program's.
    TSNode root = ts_tree_root_node(reparsed.get());
    if (ts_node_has_error(root) || ts_node_end_byte(root) != program.size()) return fail("the edited tree is broken; " + report);
    return {Verdict::passed, report, {}};
}

}  // namespace

void discover_generated(const Context& context, std::vector<TestCase>& cases) {
    std::filesystem::path path = context.root / "grammar/src/parser.c";
    if (!std::filesystem::exists(context.root / "grammar")) return;
    for (const char* name : {"is-current", "size", "speed"}) {
        cases.push_back({"grammar/generated/" + std::string(name), path, 0});
    }
}

Outcome run_generated(const TestCase& test, const Context& context) {
    if (test.name.ends_with("/is-current")) return run_staleness(context);
    if (test.name.ends_with("/size")) return run_size(context);
    return run_speed(context);
}

}  // namespace ruff::tests
