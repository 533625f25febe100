#include "cli/command.h"

namespace ruff::cli {
namespace {

int run(const Arguments& arguments) {
    if (!arguments.operands.empty()) return usage_error("version: expects no arguments");
    print("ruff (rufflang) " RUFF_VERSION "\n");
    return kExitSuccess;
}

}  // namespace

extern const CommandBody version_command = {
    .run = run,
    .about = "One line, `ruff (rufflang) X.Y.Z`, to tell this program from others called ruff.",
};

}  // namespace ruff::cli
