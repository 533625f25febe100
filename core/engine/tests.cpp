#include <time.h>

#include <string>

#include "core/builtins/registry.h"
#include "core/engine/engine.h"

namespace ruff::engine {

namespace {

double milliseconds_now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// Collects what would be printed about uncaught errors.
void collect_report(vm::Vm& vm, const vm::Value& error, std::string_view headline) {
    auto& text = *static_cast<std::string*>(vm.reporter_data);
    if (!text.empty()) text += "\n";
    text += render_error(vm, error, headline, false);
}

class TestRun {
public:
    TestRun(std::shared_ptr<vm::Image> image, vm::VmOptions options, std::string_view filter)
        : vm_(std::move(image), builtins::native_table(), std::move(options)), filter_(filter) {
        vm_.reporter = collect_report;
        vm_.reporter_data = &report_;
    }

    TestFileResult run() {
        TestFileResult result;
        if (vm_.run_main() != 0) {
            result.failure = report_.empty() ? "the file ended the program" : report_;
            result.exit_code = 4;
            return result;
        }
        saved_ = vm_.save_globals();
        const bytecode::Module& module = vm_.image().program().modules[0];
        for (const bytecode::Test& test : module.tests) run_test(test, module, "", result);
        for (const TestResult& test : result.tests) {
            if (!test.passed) result.exit_code = 1;
        }
        return result;
    }

private:
    void run_test(const bytecode::Test& test, const bytecode::Module& module, const std::string& prefix, TestFileResult& result) {
        const std::string name = prefix + test.name;
        if (test.kind == bytecode::Test::Group) {
            for (const bytecode::Test& child : test.children) run_test(child, module, name + " > ", result);
            return;
        }
        if (test.kind != bytecode::Test::Case || name.find(filter_) == std::string::npos) return;
        TestResult& outcome = result.tests.emplace_back();
        outcome.name = name;
        if (module.source != nullptr) outcome.line = module.source->lines().line_of(test.span.begin) + 1;
        report_.clear();
        vm_.reset_outcome();
        vm_.restore_globals(saved_);
        const double start = milliseconds_now();
        const int code = vm_.run_function(*vm_.image().main_program_code(test.function));
        vm::Output::flush();
        outcome.milliseconds = milliseconds_now() - start;
        outcome.passed = code == 0 && vm_.exit_code < 0;
        outcome.message = report_;
        if (vm_.exit_code >= 0 && report_.empty()) outcome.message = "error: the test called exit(" + std::to_string(vm_.exit_code) + ")\n";
    }

    vm::Vm vm_;
    std::string_view filter_;
    std::string report_;
    std::vector<vm::Value> saved_;
};

}  // namespace

TestFileResult run_tests(std::shared_ptr<vm::Image> image, vm::VmOptions options, std::string_view filter) {
    options.virtual_clock = true;
    // Never destroyed, as in run_program: a test may leave fibers behind that nothing will finish.
    auto* run = new TestRun(std::move(image), std::move(options), filter);
    return run->run();
}

}  // namespace ruff::engine
