#pragma once
// What an embedder needs: load a program, run it, run its tests. The command line is a thin layer over this.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/support/diagnostic.h"
#include "core/support/source_file.h"
#include "core/vm/vm.h"

namespace ruff::engine {

/// A program that is ready to run, or why it is not.
struct LoadResult {
    std::shared_ptr<vm::Image> image;                 ///< null when the program was refused
    std::shared_ptr<const SourceFile> source;         ///< of the file itself
    std::vector<Diagnostic> diagnostics;              ///< of the file itself
};

/// Parses, resolves and compiles `source` and what it imports.
[[nodiscard]] LoadResult load_program(std::shared_ptr<const SourceFile> source);

/// An uncaught error or an unhandled rejection as text for a terminal: message, excerpt, call stack, hint, causes.
[[nodiscard]] std::string render_error(vm::Vm& vm, const vm::Value& error, std::string_view headline, bool use_color);

/// Runs the program's main file to its end, reporting uncaught errors on stderr. Gives the exit code of the process. SIGINT and SIGTERM
/// cancel the main fiber (exit code 130 and 143); a second one ends the program at once.
/// SIGUSR1 prints where every fiber stands on stderr, and the program goes on.
struct RunReports {
    bool show_stats = false;       ///< counters of the run follow on stderr
    std::string trace_path;        ///< not empty: what fibers did goes to this file, see core/vm/trace.h
};
[[nodiscard]] int run_program(std::shared_ptr<vm::Image> image, vm::VmOptions options, const RunReports& reports = {});

// --- tests -------------------------------------------------------------------------------------------------------

struct TestResult {
    std::string name;            ///< with its groups: "group > nested > name"
    bool passed = false;
    std::string message;         ///< of a failure: the rendered error
    double milliseconds = 0;
    std::uint32_t line = 0;      ///< of the test, from 1
};

struct TestFileResult {
    std::vector<TestResult> tests;
    std::string failure;         ///< the file's own top level failed: the rendered error
    int exit_code = 0;           ///< 0 all passed, 1 some failed, 3 refused, 4 the top level failed
};

/// Runs the file's top level, then each test (whose full name contains `filter`) with its setups and teardowns as one scope in a
/// fresh copy of the file's state. Time is virtual: when everything waits, it jumps to the next deadline.
[[nodiscard]] TestFileResult run_tests(std::shared_ptr<vm::Image> image, vm::VmOptions options, std::string_view filter);

}  // namespace ruff::engine
