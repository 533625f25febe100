// ruff-lsp: the language server as a program of its own, small and quick to start. `ruff lsp` takes the same words.

#include <cstdio>
#include <string>
#include <string_view>

#include "lsp/options.h"

namespace {

constexpr char kUsage[] =
    "Usage: ruff-lsp [OPTIONS]\n"
    "\n"
    "Speaks the Language Server Protocol on standard input and output.\n"
    "\n"
    "  --stdio          accepted; it is the only transport\n"
    "  --record FILE    writes every message of both sides to FILE, one a line\n"
    "  --replay FILE    gives a recording to a new server and prints its messages\n"
    "  --check FILE…    asks every feature at every token of files, without an editor\n"
    "  --version, --help\n";

int usage_error(const std::string& text) {
    std::fprintf(stderr, "ruff-lsp: %s\n", text.c_str());
    return 2;
}

}  // namespace

int main(int argument_count, char** arguments) {
    ruff::lsp::LspOptions options;
    bool checks = false;
    for (int i = 1; i < argument_count; ++i) {
        const std::string_view word = arguments[i];
        if (word == "--stdio") continue;
        if (word == "--check") {
            checks = true;
        } else if (word == "--record" || word == "--replay") {
            if (++i == argument_count) return usage_error(std::string(word) + " expects a file");
            (word == "--record" ? options.record : options.replay) = arguments[i];
        } else if (word == "--help" || word == "-h") {
            return std::fputs(kUsage, stdout) < 0;
        } else if (word == "--version") {
            return std::puts("ruff-lsp (rufflang) " RUFF_VERSION) < 0;
        } else if (checks && !word.starts_with('-')) {
            options.check.emplace_back(word);
        } else {
            return usage_error("unknown option `" + std::string(word) + "`; `ruff-lsp --help` lists them");
        }
    }
    if (checks && options.check.empty()) return usage_error("--check expects files");
    return ruff::lsp::run_lsp(options);
}
