#include <unistd.h>

#include <cstdlib>

#include "cli/command.h"
#include "core/engine/engine.h"
#include "core/support/render.h"

namespace ruff::cli {
namespace {

bool stderr_has_color() {
    const char* no_color = std::getenv("NO_COLOR");
    return isatty(STDERR_FILENO) != 0 && (no_color == nullptr || no_color[0] == '\0');
}

int run(const Arguments& arguments) {
    if (arguments.operands.empty()) return usage_error("run: expects a file, or - for standard input");
    const std::string path(arguments.operands[0]);
    Result<std::shared_ptr<const SourceFile>> source = load_source(path);
    if (!source) {
        print_error(source.error().message);
        return source.error().code == ErrorCode::TooLarge ? kExitRefused : kExitNotFound;
    }
    engine::LoadResult program = engine::load_program(*source);
    if (program.image == nullptr) {
        vm::Output::write_error(render_diagnostics(*program.source, program.diagnostics, {.use_color = stderr_has_color()}));
        return kExitRefused;
    }
    vm::VmOptions options;
    options.arguments.assign(arguments.program_arguments.begin(), arguments.program_arguments.end());
    options.script_path = path;
    options.move_stacks = std::getenv("RUFF_STRESS") != nullptr;
    int code = engine::run_program(std::move(program.image), std::move(options), {arguments.has("--stats"), std::string(arguments.value("--trace"))});
    vm::Output::flush();
    if (const std::string failure = vm::Output::failure(); !failure.empty()) {
        vm::Output::write_error("error: cannot write to standard output: " + failure + "\n");
        if (code == 0) code = kExitUncaught;
    }
    std::_Exit(code);
}

constexpr Option kOptions[] = {
    {.name = "--stats", .help = "Shows counters of the run on stderr when it has ended"},
    {.name = "--trace", .kind = OptionKind::value, .value_name = "FILE", .help = "Writes when each fiber ran and waited, for ui.perfetto.dev"},
};

}  // namespace

extern const CommandBody run_command = {
    .run = run,
    .options = kOptions,
    .operands = Operands::program,
    .about = "Runs a program. Words after the file are the program's arguments, as `args()` gives them.\n"
             "Options right behind the file are still ruff's: write `--` first when the program shall get them.\n"
             "`-` reads the program from standard input. `ruff FILE` is short for `ruff run FILE`.\n"
             "\n"
             "Exit codes: 0 success, 3 the program was refused before it ran, 4 uncaught error, unhandled\n"
             "rejection or deadlock, 5 the file is missing or unreadable, 130 interrupted; `exit(n)` gives n.",
    .examples = "ruff run report.ruff -- --month may   # with arguments for the program\n"
                "echo 'print(6 * 7)' | ruff run -      # a program from standard input",
};

}  // namespace ruff::cli
