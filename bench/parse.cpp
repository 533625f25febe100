// Measures the front end: `ruff-bench-parse [-n ROUNDS] FILE...` prints megabytes a second for the lexer alone, and for
// lexer, parser and tree, each as the best of the rounds, and what a tree takes.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include "core/syntax/lexer.h"
#include "core/syntax/parser.h"

using namespace ruff;

namespace {

template <class Work>
double best_seconds(int rounds, Work&& work) {
    double best = std::numeric_limits<double>::max();
    for (int round = 0; round < rounds; ++round) {
        auto start = std::chrono::steady_clock::now();
        work();
        std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        best = std::min(best, elapsed.count());
    }
    return best;
}

void measure(const char* path, int rounds) {
    auto source = load_source(path);
    if (!source) {
        std::fprintf(stderr, "%s\n", source.error().message.c_str());
        std::exit(1);
    }
    double megabytes = static_cast<double>((*source)->text().size()) / 1e6;
    double lexing = best_seconds(rounds, [&] {
        syntax::Report report;
        (void)syntax::lex((*source)->text(), report);
    });
    syntax::ParseResult tree;
    double parsing = best_seconds(rounds, [&] { tree = syntax::parse_file(*source); });
    std::printf("%s: %.2f MB, lexer %.0f MB/s, parser with lexer and tree %.0f MB/s\n", path, megabytes,
                megabytes / lexing, megabytes / parsing);
    std::printf("  %zu tokens, %u nodes, tree %.1f MB, tokens %.1f MB, %zu diagnostics\n", tree->tokens.size(),
                tree->node_count, static_cast<double>(tree->arena.capacity()) / 1e6,
                static_cast<double>(tree->tokens.capacity() * sizeof(syntax::Token)) / 1e6,
                tree->diagnostics.size());
}

}  // namespace

int main(int count, char** words) {
    int rounds = 10;
    for (int i = 1; i < count; ++i) {
        if (std::strcmp(words[i], "-n") == 0 && i + 1 < count) {
            rounds = std::max(1, std::atoi(words[++i]));
        } else {
            measure(words[i], rounds);
        }
    }
    return 0;
}
