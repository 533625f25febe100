// ruff-fmt: the formatter as a program of its own, small and quick to start. `ruff fmt` takes the same words.

#include <cstdio>
#include <string>
#include <string_view>

#include "formatter/command.h"

namespace {

constexpr char kUsage[] =
    "Usage: ruff-fmt [OPTIONS] PATHS…\n"
    "\n"
    "Formats files in place and all .ruff files below folders; `-` formats standard input to standard output.\n"
    "\n"
    "  --check                writes nothing; exit code 1 if a file would change\n"
    "  --diff                 writes nothing; shows what would change\n"
    "  --stdin-filepath PATH  the name standard input goes by\n"
    "  --range L1:L2          formats the statements on these lines only\n"
    "  --version, --help\n";

int usage_error(const std::string& text) {
    std::fprintf(stderr, "ruff-fmt: %s\n", text.c_str());
    return 2;
}

}  // namespace

int main(int argument_count, char** arguments) {
    ruff::formatter::CommandOptions options;
    bool takes_options = true;
    for (int i = 1; i < argument_count; ++i) {
        std::string_view word = arguments[i];
        if (!takes_options || word == "-" || !word.starts_with('-')) {
            options.paths.emplace_back(word);
            continue;
        }
        const std::size_t equals = word.find('=');
        const std::string_view name = word.substr(0, equals);
        const auto value = [&]() -> std::string {
            if (equals != std::string_view::npos) return std::string(word.substr(equals + 1));
            return i + 1 < argument_count ? arguments[++i] : "";
        };
        if (word == "--") takes_options = false;
        else if (word == "--check") options.is_check = true;
        else if (word == "--diff") options.is_diff = true;
        else if (name == "--stdin-filepath") options.stdin_path = value();
        else if (name == "--range") {
            const std::string text = value();
            options.range = ruff::formatter::parse_line_range(text);
            if (!options.range) return usage_error("--range expects lines as `4:9`, got `" + text + "`");
        } else if (word == "--help" || word == "-h") {
            return std::fputs(kUsage, stdout) < 0;
        } else if (word == "--version") {
            return std::puts("ruff-fmt (rufflang) " RUFF_VERSION) < 0;
        } else {
            return usage_error("unknown option `" + std::string(word) + "`; `ruff-fmt --help` lists them");
        }
    }
    if (options.paths.empty()) return usage_error("expects files, folders or `-`");
    if (options.range && (options.paths.size() != 1)) return usage_error("--range expects one file");
    return ruff::formatter::run_command(options);
}
