// `ruff lsp`: the language server; what `ruff-lsp` does too.

#include "cli/command.h"
#include "lsp/options.h"

namespace ruff::cli {
namespace {

int run(const Arguments& arguments) {
    lsp::LspOptions options;
    options.record = arguments.value("--record");
    options.replay = arguments.value("--replay");
    for (const std::string_view path : arguments.operands) options.check.emplace_back(path);
    const bool checks = arguments.has("--check");
    if (checks && options.check.empty()) return usage_error("lsp: --check expects files");
    if (!checks && !options.check.empty()) return usage_error("lsp: files are for --check");
    return lsp::run_lsp(options);
}

constexpr Option kOptions[] = {
    {.name = "--stdio", .help = "accepted; it is the only transport"},
    {.name = "--record", .kind = OptionKind::value, .value_name = "FILE", .help = "write every message of both sides to FILE, one a line"},
    {.name = "--replay", .kind = OptionKind::value, .value_name = "FILE", .help = "give a recording to a new server and print its messages"},
    {.name = "--check", .help = "ask every feature at every token of files, without an editor"},
};

}  // namespace

extern const CommandBody lsp_command = {
    .run = run,
    .options = kOptions,
    .about = "Speaks the Language Server Protocol 3.17 on standard input and output. Editors start it; docs/editors.md\n"
             "says how.",
    .examples = "ruff lsp                          # what an editor runs\n"
                "ruff lsp --check report.ruff      # no editor: is every answer about this file in order?",
};

}  // namespace ruff::cli
