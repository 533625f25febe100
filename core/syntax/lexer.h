#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/syntax/report.h"
#include "core/syntax/token.h"

namespace ruff::syntax {

struct LexResult {
    std::vector<Token> tokens;  ///< the last is Eof
    std::vector<Comment> comments;
    /// Every bracket, and every interpolation, has its partner of the same kind.
    bool is_balanced = true;
};

/// The tokens of `text`, which is at most 4 GiB and has a NUL byte behind its end. Any bytes do; what is wrong goes to
/// `report`. Linear in the text.
///
/// `splits` are offsets, ascending, of two-character operators (`>=`, `??`, `||`) of which only the first character is
/// meant: in `let a: array<int>=[]` the `>` ends the type. Only the parser knows, after a first try.
[[nodiscard]] LexResult lex(std::string_view text, Report& report, std::span<const std::uint32_t> splits = {});

}  // namespace ruff::syntax
