#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Programs from a seed, for the tests of parser, formatter, tree-sitter grammar and machine. The same seed and options
/// give the same program in every run and build of one compiler.

namespace ruff::tests {

enum class Production : unsigned char {
#define RUFF_PRODUCTION(name) name,
#include "tests/support/generator/productions.def"
    count,
};

[[nodiscard]] std::string_view production_name(Production production);

using Productions = std::bitset<static_cast<std::size_t>(Production::count)>;

struct GeneratorOptions {
    std::uint64_t seed = 0;
    /// How deep expressions and blocks nest.
    unsigned depth = 8;
    /// About how many statements there are in all.
    unsigned statements = 30;
    /// Comments in odd places, blank lines, `=` for `:=`, `;`, broken lines, CRLF, a byte order mark. Without it the
    /// program is plain, though not necessarily as the formatter would write it.
    bool has_varied_layout = true;
};

struct GeneratedProgram {
    std::string text;
    Productions productions;  // what it exercises
};

/// A program that is accepted: it parses without a diagnostic and is not refused before running. What it does when run
/// is anybody's guess.
[[nodiscard]] GeneratedProgram generate_program(const GeneratorOptions& options);

/// A program that runs: it ends within a second, prints what it computes, and does not fail. `statements` and `depth`
/// bound its size; the layout is plain.
[[nodiscard]] std::string generate_runnable_program(const GeneratorOptions& options);

/// `source` with one to a few mistakes: bytes, tokens or lines taken away, doubled, swapped or replaced; brackets and
/// strings left open; invalid bytes. Mostly, but not always, broken.
[[nodiscard]] std::string mutate(std::string_view source, std::uint64_t seed);

}  // namespace ruff::tests
