#include <unistd.h>

#include <string>

#include "cli/command.h"
#include "core/bytecode/disassembler.h"
#include "core/bytecode/verifier.h"
#include "core/compiler/compiler.h"
#include "core/sema/dump.h"
#include "core/support/render.h"
#include "core/syntax/dump.h"
#include "core/syntax/parser.h"

namespace ruff::cli {
namespace {

/// A stage as text, and what is wrong with the file as far as the stage can tell.
struct Dump {
    std::string text;
    std::vector<Diagnostic> diagnostics;
};

Dump dump_tokens(std::shared_ptr<const SourceFile> source) {
    const syntax::ParseResult tree = syntax::parse_file(std::move(source));
    return {syntax::dump_tokens(*tree), tree->diagnostics};
}

Dump dump_ast(std::shared_ptr<const SourceFile> source) {
    const syntax::ParseResult tree = syntax::parse_file(std::move(source));
    return {syntax::dump_ast(*tree), tree->diagnostics};
}

std::vector<Diagnostic> refusals(const sema::ModuleUnit& unit) {
    std::vector<Diagnostic> diagnostics = unit.tree->diagnostics;
    diagnostics.insert(diagnostics.end(), unit.model->diagnostics.begin(), unit.model->diagnostics.end());
    return diagnostics;
}

Dump dump_scopes(std::shared_ptr<const SourceFile> source) {
    const sema::ModuleGraph graph = sema::load_modules(std::move(source));
    return {sema::dump_scopes(*graph.modules[0]->model), refusals(*graph.modules[0])};
}

Dump dump_bytecode(std::shared_ptr<const SourceFile> source) {
    const sema::ModuleGraph graph = sema::load_modules(std::move(source));
    if (graph.has_errors()) return {"", refusals(*graph.modules[0])};
    const compiler::CompileResult result = compiler::compile(graph);
    if (result.has_errors()) return {"", result.diagnostics[0]};
    const std::string flaw = bytecode::verify(result.program);
    return {bytecode::disassemble(result.program) + (flaw.empty() ? "" : "\nFLAW: " + flaw + "\n"), {}};
}

struct Stage {
    std::string_view name;
    Dump (*dump)(std::shared_ptr<const SourceFile> source);
};

constexpr Stage kStages[] = {
    {"tokens", dump_tokens},
    {"ast", dump_ast},
    {"scopes", dump_scopes},
    {"bytecode", dump_bytecode},
};

std::string stage_names() {
    std::string names;
    for (const Stage& stage : kStages) {
        if (!names.empty()) names += "|";
        names += stage.name;
    }
    return names;
}

int run(const Arguments& arguments) {
    if (arguments.operands.size() != 2) return usage_error("dump: expects " + stage_names() + " and a file");
    for (const Stage& stage : kStages) {
        if (stage.name != arguments.operands[0]) continue;
        auto source = load_source(std::string(arguments.operands[1]));
        if (!source) {
            print_error(source.error().message);
            return source.error().code == ErrorCode::TooLarge ? kExitRefused : kExitNotFound;
        }
        const Dump dump = stage.dump(*source);
        print(dump.text);
        if (dump.diagnostics.empty()) return kExitSuccess;
        RenderOptions options;
        options.use_color = isatty(STDERR_FILENO) != 0;
        const std::string text = render_diagnostics(**source, dump.diagnostics, options);
        if (write(STDERR_FILENO, text.data(), text.size()) < 0) return kExitInternal;
        return kExitRefused;
    }
    return usage_error("dump: unknown stage `" + std::string(arguments.operands[0]) + "`, expected " + stage_names());
}

}  // namespace

extern const CommandBody dump_command = {
    .run = run,
    .about = "Shows a stage of the work on a file as text, for those who work on Ruff itself. What is wrong with the\n"
             "file goes to stderr, and the exit code is then 3.",
    .examples = "ruff dump ast FILE       # the syntax tree\n"
                "ruff dump tokens FILE    # the tokens and comments\n"
                "ruff dump scopes FILE    # what its names mean\n"
                "ruff dump bytecode FILE  # the instructions it is compiled to",
};

}  // namespace ruff::cli
