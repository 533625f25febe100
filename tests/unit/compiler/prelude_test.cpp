#include "core/builtins/registry.h"
#include "core/bytecode/verifier.h"
#include "core/compiler/compiler.h"
#include "core/support/render.h"
#include "tests/support/catch.h"

using namespace ruff;

// Every builtin that is written in Ruff compiles to code that verifies and captures nothing.
TEST_CASE("the prelude compiles") {
    std::size_t count = 0;
    for (const BuiltinFamilyInfo& family : all_builtin_families()) {
        const std::string_view text = builtins::native_table().prelude_source(family.id);
        if (text.empty()) continue;
        const auto source = make_source(std::string(family.id), std::string(text));
        const compiler::CompileResult result = compiler::compile_prelude(source);
        INFO(render_diagnostics(*source, result.diagnostics[0]));
        REQUIRE_FALSE(result.has_errors());
        CHECK(bytecode::verify(result.program) == "");
        for (const bytecode::Export& exported : result.program.modules[0].exports) {
            REQUIRE(exported.kind == bytecode::Export::Function);
            CHECK(result.program.functions[exported.index].is_hidden);
            CHECK(result.program.functions[exported.index].captures.empty());
            ++count;
        }
    }
    CHECK(count > 20);
}
