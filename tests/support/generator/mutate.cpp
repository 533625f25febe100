#include <algorithm>

#include "tests/support/generator/program_generator.h"
#include "tests/support/generator/random.h"

namespace ruff::tests {
namespace {

struct Piece {
    std::size_t begin;
    std::size_t end;
};

bool is_word_byte(unsigned char c) {
    return c == '_' || c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Words, runs of blanks and single bytes: near enough to tokens for breaking things.
std::vector<Piece> split_pieces(std::string_view source) {
    std::vector<Piece> pieces;
    for (std::size_t at = 0; at < source.size();) {
        std::size_t end = at + 1;
        auto is_same = [&](auto holds) {
            if (!holds(static_cast<unsigned char>(source[at]))) return;
            while (end < source.size() && holds(static_cast<unsigned char>(source[end]))) ++end;
        };
        is_same(is_word_byte);
        is_same([](unsigned char c) { return c == ' '; });
        pieces.push_back({at, end});
        at = end;
    }
    return pieces;
}

std::vector<Piece> split_into_lines(std::string_view source) {
    std::vector<Piece> lines;
    for (std::size_t at = 0; at < source.size();) {
        std::size_t newline = source.find('\n', at);
        std::size_t end = newline == std::string_view::npos ? source.size() : newline + 1;
        lines.push_back({at, end});
        at = end;
    }
    return lines;
}

std::string text_of(std::string_view source, Piece piece) {
    return std::string(source.substr(piece.begin, piece.end - piece.begin));
}

void replace(std::string& source, Piece piece, std::string_view text) {
    source.replace(piece.begin, piece.end - piece.begin, text);
}

// One mistake in `source`, which is not empty.
void break_once(std::string& source, Random& random) {
    constexpr std::string_view kWords[] = {
        "if", "else", "{",  "}",  "(",    ")",   "[",    "]",     "\"",    "\"\"\"", "${",  "|",  "=",     ":=",
        ",",  ":",    ";",  "\n", "func", "let", "elif", "match", "case",  "?",      "...", "..", "spawn", "try",
        "#",  "/*",   "::", ".",  "|>",   "-",   "not",  "in",    "yield", "'",      "99999999999999999999", "0x", "\\"};
    constexpr std::string_view kBytes[] = {std::string_view("\0", 1), "\x80", "\xff", "\xC3", "\xED\xA0\x80", "\r", "\t",
                                           "\xEF\xBB\xBF", "\xE2\x80\xA8"};
    std::vector<Piece> pieces = split_pieces(source);
    Piece piece = pieces[random.below(pieces.size())];
    switch (random.below(10)) {
        case 0: replace(source, piece, ""); return;
        case 1: source.insert(piece.begin, text_of(source, piece)); return;
        case 2: replace(source, piece, random.pick(kWords)); return;
        case 3: source.insert(piece.begin, random.pick(kWords)); return;
        case 4: source.insert(piece.begin, random.pick(kBytes)); return;
        case 5: {
            Piece other = pieces[random.below(pieces.size())];
            replace(source, piece, text_of(source, other));
            return;
        }
        case 6: source.resize(piece.begin); return;
        case 7: source.erase(0, piece.begin); return;
        case 8: {
            std::vector<Piece> lines = split_into_lines(source);
            replace(source, lines[random.below(lines.size())], "");
            return;
        }
        default: {
            std::vector<Piece> lines = split_into_lines(source);
            std::string moved = text_of(source, lines[random.below(lines.size())]);
            source.insert(lines[random.below(lines.size())].begin, moved);
            return;
        }
    }
}

}  // namespace

std::string mutate(std::string_view source, std::uint64_t seed) {
    Random random(seed);
    std::string mutated(source);
    int count = random.between(1, 3);
    for (int i = 0; i < count && !mutated.empty(); ++i) break_once(mutated, random);
    return mutated;
}

}  // namespace ruff::tests
