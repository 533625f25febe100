#include "cli/command.h"

namespace ruff::cli {
namespace {

int run(const Arguments& arguments) {
    if (arguments.operands.empty()) {
        print(general_help());
        return kExitSuccess;
    }
    if (arguments.operands.size() > 1) return usage_error("help: expects one command");
    const Command* command = find_command(arguments.operands[0]);
    if (!command) return usage_error(describe_unknown_command(arguments.operands[0]));
    print(command_help(*command));
    return kExitSuccess;
}

}  // namespace

extern const CommandBody help_command = {
    .run = run,
    .about = "`ruff help COMMAND` and `ruff COMMAND --help` show the same page.",
    .examples = "ruff help\nruff help version",
};

}  // namespace ruff::cli
