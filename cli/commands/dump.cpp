#include <unistd.h>

#include <string>

#include "cli/command.h"
#include "core/support/render.h"
#include "core/syntax/dump.h"
#include "core/syntax/parser.h"

namespace ruff::cli {
namespace {

struct Stage {
    std::string_view name;
    std::string (*dump)(const syntax::SyntaxTree& tree);
};

constexpr Stage kStages[] = {
    {"tokens", syntax::dump_tokens},
    {"ast", syntax::dump_ast},
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
        syntax::ParseResult tree = syntax::parse_file(*source);
        print(stage.dump(*tree));
        if (!tree->has_errors) return kExitSuccess;
        RenderOptions options;
        options.use_color = isatty(STDERR_FILENO) != 0;
        std::string text = render_diagnostics(*tree->source, tree->diagnostics, options);
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
    .examples = "ruff dump ast FILE     # the syntax tree\n"
                "ruff dump tokens FILE  # the tokens and comments",
};

}  // namespace ruff::cli
