// Any bytes resolve, and what is not refused compiles to code that the verifier accepts.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/bytecode/disassembler.h"
#include "core/bytecode/verifier.h"
#include "core/compiler/compiler.h"
#include "core/sema/dump.h"

using namespace ruff;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_model(const sema::SemanticModel& model) {
    const auto size = static_cast<std::uint32_t>(model.tree->text().size());
    for (const sema::Binding& binding : model.bindings) {
        require(binding.scope < model.scopes.size() && binding.function < model.functions.size());
        require(binding.next_in_scope == sema::kNone || binding.next_in_scope < model.bindings.size());
    }
    for (const sema::Reference& reference : model.references) {
        require(reference.binding < model.bindings.size() && reference.token < model.tree->tokens.size());
    }
    for (const sema::UndefinedName& name : model.undefined) (void)sema::undefined_hint(model, name);
    for (const Diagnostic& diagnostic : model.diagnostics) {
        require(diagnostic.span.end <= size && !diagnostic.message.empty());
    }
    (void)model.visible_at(size / 2);
    (void)sema::dump_scopes(model);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    sema::ModuleOptions options;
    options.root = "/";
    options.load = [](const std::string& path) -> Result<std::shared_ptr<const SourceFile>> {
        if (!path.ends_with("/lib.ruff")) return Error{ErrorCode::NotFound, "no such file"};
        return make_source(path, "export let a := 1\nexport func f(x) { return x }\nexport enum E { A, B(c) }\n");
    };
    const sema::ModuleGraph graph = sema::load_modules(make_source("/fuzz/main.ruff", text), options);
    check_model(*graph.modules[0]->model);
    if (graph.has_errors()) return 0;
    const compiler::CompileResult result = compiler::compile(graph);
    if (result.has_errors()) return 0;
    require(bytecode::verify(result.program).empty());
    (void)bytecode::disassemble(result.program);
    return 0;
}
