#include <time.h>

#include <string>
#include <unordered_set>
#include <vector>

#include "core/builtins/registry.h"
#include "core/engine/engine.h"
#include "core/vm/function.h"
#include "core/vm/kind_hooks.h"

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

/// The variables that closures among the file's values share, with what they hold: the other half of a file's state.
class SharedVariables final : public vm::ValueVisitor {
public:
    void visit(vm::Value& value) override {
        if (!value.is_heap() || value.object()->is_immortal() || value.kind() < ValueKind::Array) return;
        if (value.is_array() && !value.as_array()->may_hold_heap()) return;
        if (!seen_.insert(value.object()).second) return;
        if (value.is(ValueKind::Cell)) saved_.push_back({value, value.as<vm::CellObject>()->value});
        pending_.push_back(value.object());
    }
    void save(std::vector<vm::Value>& globals) {
        for (vm::Value& global : globals) visit(global);
        while (!pending_.empty()) {
            vm::Object* object = pending_.back();
            pending_.pop_back();
            vm::kind_hooks(object->kind).children(object, *this);
        }
    }
    void restore() const {
        for (const Saved& each : saved_) each.cell.as<vm::CellObject>()->value = each.content;
    }

private:
    struct Saved { vm::Value cell, content; };
    std::vector<Saved> saved_;
    std::unordered_set<const vm::Object*> seen_;
    std::vector<vm::Object*> pending_;
};

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
        shared_.save(saved_);
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
        shared_.restore();
        const double start = milliseconds_now();
        const int code = vm_.run_function(*vm_.image().main_program_code(test.function));
        const int exit_code = vm_.ending_code < 0 ? vm_.exit_code : -1;   // a failed test ends with a code, too
        if (vm_.main_fiber != nullptr) vm_.run_teardowns();
        vm::Output::flush();
        outcome.milliseconds = milliseconds_now() - start;
        outcome.passed = code == 0 && exit_code < 0;
        if (exit_code >= 0) outcome.message = "error: the test called exit(" + std::to_string(exit_code) + ")\n";
        outcome.message += report_;
    }

    vm::Vm vm_;
    std::string_view filter_;
    std::string report_;
    std::vector<vm::Value> saved_;
    SharedVariables shared_;
};

}  // namespace

TestFileResult run_tests(std::shared_ptr<vm::Image> image, vm::VmOptions options, std::string_view filter) {
    options.virtual_clock = true;
    // Never destroyed, as in run_program: a test may leave fibers behind that nothing will finish.
    auto* run = new TestRun(std::move(image), std::move(options), filter);
    return run->run();
}

}  // namespace ruff::engine
