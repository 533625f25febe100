#include "core/engine/engine.h"

#include <csignal>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>

#include "core/builtins/registry.h"
#include "core/compiler/compiler.h"
#include "core/sema/module_graph.h"
#include "core/support/render.h"
#include "core/vm/array.h"
#include "core/vm/operations.h"
#include "core/vm/trace.h"

namespace ruff::engine {

namespace {

bytecode::Program compile_prelude_family(std::string_view family, std::string_view source) {
    compiler::CompileResult result = compiler::compile_prelude(make_source("<" + std::string(family) + ">", std::string(source)));
    if (result.has_errors()) {
        const std::string text = render_diagnostics(*make_source(std::string(family), std::string(source)), result.diagnostics[0]);
        vm::Output::write_error("internal error: builtins of " + std::string(family) + " do not compile\n" + text);
        std::_Exit(6);
    }
    return std::move(result.program);
}

}  // namespace

LoadResult load_program(std::shared_ptr<const SourceFile> source) {
    vm::Image::compile_prelude = compile_prelude_family;
    LoadResult result;
    result.source = source;
    sema::ModuleGraph graph = sema::load_modules(source);
    const sema::ModuleUnit& main = *graph.modules[0];
    if (graph.has_errors()) {
        result.diagnostics = main.tree->diagnostics;
        if (main.model != nullptr) result.diagnostics.insert(result.diagnostics.end(), main.model->diagnostics.begin(), main.model->diagnostics.end());
        return result;
    }
    compiler::CompileResult compiled = compiler::compile(graph);
    if (compiled.has_errors()) {
        result.diagnostics = compiled.diagnostics[0];
        return result;
    }
    result.image = std::make_shared<vm::Image>(std::move(compiled.program));
    return result;
}

// --- errors ------------------------------------------------------------------------------------------------------

namespace {

constexpr std::string_view kRed = "\x1b[1;31m", kBlue = "\x1b[1;34m", kBold = "\x1b[1m", kReset = "\x1b[0m";

std::string_view text_of(const vm::Value& value) { return value.is_string() ? value.as_string()->view() : std::string_view(); }

/// The excerpt of the innermost frame that has a source.
std::string excerpt_of(vm::Vm& vm, const vm::ErrorObject& error, bool use_color) {
    if (error.stack_size == 0) return "";
    const vm::Code& code = *vm.image().code(error.stack[0].function);
    const bytecode::Module& module = vm.image().program_of(code).modules[code.source->module];
    if (module.source == nullptr) return "";
    return render_excerpt(*module.source, vm::span_at(code, error.stack[0].pc), "", {.use_color = use_color});
}

void append_stack(vm::Vm& vm, const vm::ErrorObject& error, bool use_color, std::string& out) {
    if (error.stack_size < 2 && error.async_steps == nullptr) return;
    out += use_color ? std::string(kBold) + "call stack:" + std::string(kReset) + "\n" : "call stack:\n";
    for (std::uint32_t i = 0; i < error.stack_size; ++i) {
        if (error.stack_omitted > 0 && i == 100) out += "  ... " + std::to_string(error.stack_omitted) + " more calls ...\n";
        out += "  " + vm.describe(error.stack[i]) + "\n";
        if (i == 9 && error.stack_size > 24) {
            out += "  ... " + std::to_string(error.stack_size + error.stack_omitted - 14) + " more calls ...\n";
            i = error.stack_size - 5;
        }
    }
    for (const vm::AsyncStep* step = error.async_steps; step != nullptr; step = step->next) {
        out += (step->is_await ? "  awaited by " : "  started at ") + vm.describe(step->place) + "\n";
    }
}

void append_related(vm::Vm& vm, std::string_view title, const vm::Value& related, bool use_color, int depth, std::string& out);

void append_error(vm::Vm& vm, const vm::ErrorObject& error, std::string_view prefix, bool use_color, int depth, std::string& out) {
    out += use_color ? std::string(kRed) + std::string(prefix) + kReset.data() + kBold.data() : std::string(prefix);
    out += ": ";
    out += text_of(error.message);
    if (use_color) out += kReset;
    out += "\n";
    out += excerpt_of(vm, error, use_color);
    if (error.hint.is_string()) {
        out += use_color ? std::string(kBlue) + "help" + std::string(kReset) + ": " : "help: ";
        out += std::string(text_of(error.hint)) + "\n";
    }
    append_stack(vm, error, use_color, out);
    append_related(vm, "caused by", error.cause, use_color, depth, out);
    if (error.suppressed.is_array()) {
        for (const vm::Value& later : *error.suppressed.as_array()) append_related(vm, "also failed", later, use_color, depth, out);
    }
}

void append_related(vm::Vm& vm, std::string_view title, const vm::Value& related, bool use_color, int depth, std::string& out) {
    if (!related.is(ValueKind::Error) || depth >= 8) return;
    append_error(vm, *related.as<vm::ErrorObject>(), title, use_color, depth + 1, out);
}

bool use_color_on_stderr() {
    const char* no_color = std::getenv("NO_COLOR");
    return isatty(STDERR_FILENO) != 0 && (no_color == nullptr || no_color[0] == '\0');
}

void report(vm::Vm& vm, const vm::Value& error, std::string_view headline) {
    vm::Output::write_error(render_error(vm, error, headline, use_color_on_stderr()));
}

}  // namespace

std::string render_error(vm::Vm& vm, const vm::Value& error, std::string_view headline, bool use_color) {
    std::string out;
    append_error(vm, *error.as<vm::ErrorObject>(), "error", use_color, 0, out);
    if (!headline.empty()) out += std::string(headline) + "\n";
    return out;
}

// --- running -----------------------------------------------------------------------------------------------------

namespace {

std::atomic<vm::Vm*> interrupted_vm{nullptr};

void on_interrupt(int number) {
    if (vm::Vm* vm = interrupted_vm.load()) vm->request_interrupt(number == SIGTERM ? vm::kInterruptTerminate : vm::kInterruptSignal);
}

void on_dump_request(int) {
    if (vm::Vm* vm = interrupted_vm.load()) vm->request_interrupt(vm::kInterruptDump);
}

void catch_interrupts(vm::Vm& vm) {
    interrupted_vm = &vm;
    struct sigaction action {};
    action.sa_handler = on_interrupt;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    action.sa_handler = on_dump_request;
    sigaction(SIGUSR1, &action, nullptr);
    // Writing where nobody reads, or beyond the size a file may have, is an error of the call.
    action.sa_handler = SIG_IGN;
    for (const int number : {SIGPIPE, SIGXFSZ}) sigaction(number, &action, nullptr);
}

/// What `ruff run --stats` shows: of the whole program, except for memory and fibers at once, which are the main isolate's.
std::string describe_counters(const vm::Vm& vm) {
    using enum vm::RunCounter;
    const vm::RunCounters counters = vm.counters();
    const auto number = [&](vm::RunCounter counter) { return std::to_string(counters[counter]); };
    std::string out = "containers copied: " + number(ContainersCopied) + "\n";
    out += "memory held: " + std::to_string(vm.heap.counters.live_bytes / 1024) + " KiB\n";
    out += "cycle collections: " + number(CycleCollections) + ", objects freed by them: " + number(CyclesFreed) + "\n";
    out += "fibers started: " + number(Fibers) + ", at once: " + std::to_string(vm.scheduler.counters.most_fibers) + "\n";
    out += "switches between fibers: " + number(Switches) + ", timers: " + number(Timers) + "\n";
    if (counters[FilesInPlace] + counters[FilesOnWorkers] > 0) {
        out += "file operations: " + number(FilesInPlace) + " in place, " + number(FilesOnWorkers) + " on workers in " + number(FileBatches) + " batches\n";
    }
    if (counters[Requests] + counters[Lookups] > 0) {
        out += "requests: " + number(Requests) + " over " + number(Connections) + " connections, " + number(Lookups) + " lookups\n";
    }
    if (counters[Tasks] > 0) out += "tasks: " + number(Tasks) + " in " + number(Isolates) + " isolates\n";
    return out;
}

void write_trace(const vm::Vm& vm, const std::string& path) {
    std::vector<std::string> events{vm.scheduler.trace->events(vm)};
    if (vm.scheduler.events != nullptr) {
        for (std::string& other : vm.scheduler.events->take_traces()) events.push_back(std::move(other));
    }
    const std::string text = vm::chrome_trace(events);
    std::FILE* file = std::fopen(path.c_str(), "we");
    const bool was_written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (file != nullptr) std::fclose(file);
    if (!was_written) vm::Output::write_error("error: cannot write the trace to " + path + ": " + std::strerror(errno) + "\n");
}

}  // namespace

int run_program(std::shared_ptr<vm::Image> image, vm::VmOptions options, const RunReports& reports) {
    // Never destroyed: the process ends, and freeing everything first would only take time.
    auto* vm = new vm::Vm(std::move(image), builtins::native_table(), std::move(options));
    vm->reporter = report;
    catch_interrupts(*vm);
    if (!reports.trace_path.empty()) vm->scheduler.trace = new vm::Trace;
    const int code = vm->run_main();
    if (vm->scheduler.events != nullptr) vm->scheduler.events->shut_down();
    if (!reports.trace_path.empty()) write_trace(*vm, reports.trace_path);
    if (reports.show_stats) vm::Output::write_error(describe_counters(*vm));
    return code;
}

}  // namespace ruff::engine
