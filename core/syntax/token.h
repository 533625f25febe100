#pragma once

#include <cstdint>

#include "core/lang/tokens.h"
#include "core/support/span.h"

namespace ruff::syntax {

/// A token of one source. The text between two tokens is blanks, line ends and comments, nothing else, so
/// tokens and gaps put together are the source.
struct Token {
    enum Flag : std::uint8_t {
        /// A line break, perhaps inside a comment, stands between the token before and this one.
        kNewlineBefore = 1,
        /// The token before does not end where this one begins.
        kGapBefore = 2,
        /// A diagnostic about this token was given; whoever stumbles over it says nothing more.
        kReported = 4,
        /// A comment stands in the gap before.
        kCommentBefore = 8,
        /// Of a string: a backslash stands in it.
        kHasEscape = 16,
    };

    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    TokenKind kind = TokenKind::Eof;
    std::uint8_t flags = 0;

    [[nodiscard]] constexpr Span span() const { return {begin, end}; }
    [[nodiscard]] constexpr bool newline_before() const { return (flags & kNewlineBefore) != 0; }
    [[nodiscard]] constexpr bool gap_before() const { return (flags & kGapBefore) != 0; }
    [[nodiscard]] constexpr bool was_reported() const { return (flags & kReported) != 0; }
    [[nodiscard]] constexpr bool comment_before() const { return (flags & kCommentBefore) != 0; }
};

/// "No token": what an optional sign that is absent has as its index.
inline constexpr std::uint32_t kNoToken = ~0u;

enum class CommentKind : std::uint8_t {
    Hash,     ///< `# ...`
    Slashes,  ///< `// ...`
    Doc,      ///< `/// ...`
    Block,    ///< `/* ... */`
    Shebang,  ///< `#!...` as the first line
};

struct Comment {
    Span span;  ///< with its signs, without the line end
    CommentKind kind = CommentKind::Hash;
    /// No token stands before it on its line.
    bool starts_line = false;
    /// Index of the token that follows, at the latest `Eof`.
    std::uint32_t next_token = 0;
};

}  // namespace ruff::syntax
