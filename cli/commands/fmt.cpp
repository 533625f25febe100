#include <string>

#include "cli/command.h"
#include "formatter/command.h"

namespace ruff::cli {
namespace {

constexpr Option kOptions[] = {
    {.name = "--check", .help = "Writes nothing; exit code 1 if a file would change"},
    {.name = "--diff", .help = "Writes nothing; shows what would change"},
    {.name = "--stdin-filepath", .kind = OptionKind::value, .value_name = "PATH",
     .help = "The name that standard input goes by"},
    {.name = "--range", .kind = OptionKind::value, .value_name = "L1:L2",
     .help = "Formats the statements on these lines only"},
};

int run(const Arguments& arguments) {
    formatter::CommandOptions options;
    options.paths.assign(arguments.operands.begin(), arguments.operands.end());
    if (options.paths.empty()) options.paths.emplace_back(".");
    options.is_check = arguments.has("--check");
    options.is_diff = arguments.has("--diff");
    options.stdin_path = arguments.value("--stdin-filepath");
    if (arguments.has("--range")) {
        const std::string text(arguments.value("--range"));
        options.range = formatter::parse_line_range(text);
        if (!options.range) return usage_error("fmt: --range expects lines as `4:9`, got `" + text + "`");
        if (arguments.operands.size() != 1) return usage_error("fmt: --range expects one file");
    }
    return formatter::run_command(options);
}

}  // namespace

extern const CommandBody fmt_command = {
    .run = run,
    .options = kOptions,
    .about = "Formats files in place, and all .ruff files below folders; without PATHS those below the present one.\n"
             "`-` formats standard input to standard output. Statements with errors are left as they are, exit code 3.",
    .examples = "ruff fmt                 # everything below the present folder\n"
                "ruff fmt --check src     # is it formatted?\n"
                "ruff fmt --diff FILE     # what would change\n"
                "ruff fmt - <FILE         # as a filter, for editors",
};

}  // namespace ruff::cli
