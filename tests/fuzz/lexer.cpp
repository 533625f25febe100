// Any bytes lex: tokens in order, gaps of blanks and comments only, every interpolation closed.

#include <cstdint>
#include <cstdlib>

#include "core/syntax/lexer.h"

using namespace ruff;
using namespace ruff::syntax;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    Report report;
    LexResult result = lex(text, report);
    std::uint32_t at = 0;
    std::size_t comment = 0;
    int strings = 0;
    for (const Token& token : result.tokens) {
        require(token.begin >= at && token.end >= token.begin && token.end <= size);
        // The gap: what is left without the comments is blank.
        while (at < token.begin) {
            if (comment < result.comments.size() && result.comments[comment].span.begin == at) {
                at = result.comments[comment++].span.end;
                require(at <= token.begin);
                continue;
            }
            char c = text[at++];
            require(c == ' ' || c == '\t' || c == '\n' || c == '\r');
        }
        at = token.end;
        strings += token.kind == TokenKind::StringHead ? 1 : token.kind == TokenKind::StringTail ? -1 : 0;
        require(strings >= 0);
    }
    require(at == size && comment == result.comments.size() && strings == 0);
    require(result.tokens.back().kind == TokenKind::Eof);
    for (const Diagnostic& diagnostic : report.take()) {
        require(diagnostic.span.begin <= diagnostic.span.end && diagnostic.span.end <= size);
    }
    return 0;
}
