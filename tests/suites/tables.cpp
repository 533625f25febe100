// A row of a table without its code does not build, and the linker's message names what is missing. Tried on copies of
// the libraries in which one function is hidden from the others.

#include <cstdlib>
#include <fstream>

#include "tests/support/runner/process.h"
#include "tests/support/runner/programs.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

/// A table, and a function that one of its rows needs.
struct Table {
    std::string_view name;
    std::string_view library;   // where table and function are
    std::string_view table;     // mangled
    std::string_view function;  // mangled
    std::string_view named;     // how the message must call it
};

constexpr Table kTables[] = {
    {"kind-hook", "core/vm/libruff_vm.a", "_ZN4ruff2vm10kKindHooksE",
     "_ZN4ruff2vm5hooks15display_ChannelERKNS0_5ValueERNS0_6CursorERNS0_13DisplayDriverE", "display_Channel"},
    {"builtin-body", "core/builtins/libruff_builtins.a", "_ZN4ruff8builtins12native_tableEv",
     "_ZN4ruff8builtins6bodies4trimERNS_2vm4CallE", "bodies::trim"},
};

ProcessResult run_command(const Context& context, std::vector<std::string> command) {
    ProcessOptions options = process_options(context, context.root);
    options.command = std::move(command);
    options.joins_error = true;
    return run_process(options);
}

/// Links a program that needs nothing but the table, with `library` in place of the table's own.
ProcessResult link_table(const Context& context, const Table& table, const fs::path& folder, const fs::path& library) {
    const fs::path build = context.bin.parent_path();
    const fs::path main = folder / "main.cpp";
    std::ofstream(main) << "int main() {}\n";
    std::vector<std::string> command = {RUFF_CXX_COMPILER, "-no-pie", "-o", (folder / "linked").native(), main.native(),
                                        "-Wl,--undefined=" + std::string(table.table), "-Wl,--start-group", library.native()};
    for (const char* name : {"builtins", "runtime", "vm", "bytecode", "lang", "support"}) {
        const fs::path other = build / "core" / name / ("libruff_" + std::string(name) + ".a");
        if (fs::exists(other) && other != build / table.library) command.push_back(other.native());
    }
    command.insert(command.end(), {"-Wl,--end-group", "-lre2", "-lutf8proc", "-ldl", "-pthread"});
    return run_command(context, std::move(command));
}

Outcome run_in(const Context& context, const Table& table, const fs::path& folder) {
    const fs::path library = context.bin.parent_path() / table.library;
    const ProcessResult whole = link_table(context, table, folder, library);
    if (whole.output.find(table.named) != std::string::npos) return fail("it is missing already:\n" + whole.output);

    const fs::path without = folder / "without.a";
    const ProcessResult taken = run_command(context, {"objcopy", "--localize-symbol", std::string(table.function),
                                                      library.native(), without.native()});
    if (taken.exit_code != 0) return fail("objcopy failed:\n" + taken.output);
    const ProcessResult linked = link_table(context, table, folder, without);
    if (linked.exit_code == 0) return fail("it links although " + std::string(table.function) + " is missing\n");
    if (linked.output.find(table.named) == std::string::npos) {
        return fail("the message does not name " + std::string(table.named) + ":\n" + linked.output);
    }
    return pass();
}

}  // namespace

std::vector<TestCase> discover_tables(const Context& context) {
    std::vector<TestCase> cases;
    for (std::size_t i = 0; i < std::size(kTables); ++i) {
        if (!fs::exists(context.bin.parent_path() / kTables[i].library)) continue;
        cases.push_back({"tables/" + std::string(kTables[i].name), context.root / "tests/suites/tables.cpp", i});
    }
    return cases;
}

Outcome run_tables(const TestCase& test, const Context& context) {
    if (context.is_sanitized) return skip("the libraries are built for a sanitizer");
    std::string pattern = (fs::temp_directory_path() / "ruff-tables-XXXXXX").native();
    if (!mkdtemp(pattern.data())) return fail("no temporary folder\n");
    Outcome outcome = run_in(context, kTables[test.index], pattern);
    fs::remove_all(pattern);
    return outcome;
}

}  // namespace ruff::tests
