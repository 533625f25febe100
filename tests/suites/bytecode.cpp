// What programs are compiled to: tests/bytecode/*.txt, a source and its disassembly. A title with `(scopes)` shows what
// the names mean instead, one with `(refused)` what is said about them.

#include "core/bytecode/disassembler.h"
#include "core/bytecode/verifier.h"
#include "core/compiler/compiler.h"
#include "core/sema/dump.h"
#include "tests/support/runner/sections.h"

namespace ruff::tests {
namespace {

std::string refusals(const sema::ModuleUnit& unit) {
    std::string text;
    const auto append = [&](const std::vector<Diagnostic>& diagnostics) {
        for (const Diagnostic& each : diagnostics) {
            const LineColumn at = unit.tree->source->lines().position(each.span.begin);
            text += std::to_string(at.line + 1) + ":" + std::to_string(at.column + 1) + ": " + each.message + "\n";
            if (!each.help.empty()) text += "    help: " + each.help + "\n";
        }
    };
    append(unit.tree->diagnostics);
    append(unit.model->diagnostics);
    return text;
}

std::string compiled(const Section& section) {
    const sema::ModuleGraph graph = sema::load_modules(make_source("case.ruff", section.input));
    const sema::ModuleUnit& unit = *graph.modules[0];
    if (section.title.find("(scopes)") != std::string::npos) return sema::dump_scopes(*unit.model);
    if (graph.has_errors()) return refusals(unit);
    const compiler::CompileResult result = compiler::compile(graph);
    const std::string flaw = bytecode::verify(result.program);
    return flaw.empty() ? bytecode::disassemble(result.program) : "flaw: " + flaw + "\n";
}

}  // namespace

std::vector<TestCase> discover_bytecode(const Context& context) {
    return discover_sections(context, "bytecode", ".txt");
}

Outcome run_bytecode(const TestCase& test, const Context&) { return run_section(test, compiled); }

}  // namespace ruff::tests
