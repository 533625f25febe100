#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/support/arena.h"
#include "core/support/diagnostic.h"
#include "core/support/source_file.h"
#include "core/syntax/ast.h"
#include "core/syntax/token.h"

namespace ruff::syntax {

/// One parse of one source: an immutable snapshot, shared by `shared_ptr<const SyntaxTree>` between threads.
struct SyntaxTree {
    std::shared_ptr<const SourceFile> source;
    /// In order of position; the last is `Eof`, which is empty and stands at the end of the text.
    std::vector<Token> tokens;
    /// All comments, in order of position.
    std::vector<Comment> comments;
    const File* root = nullptr;
    /// Node ids are below this.
    std::uint32_t node_count = 0;
    /// In order of position.
    std::vector<Diagnostic> diagnostics;
    /// The text is not of the grammar (a token or the structure is wrong). What is of the grammar but refused for
    /// another reason (limits, ranges of literals, places, order, misplaced statements) does not count here.
    bool has_grammar_errors = false;
    /// Any diagnostic that keeps the program from running: grammar or refusal.
    bool has_errors = false;
    Arena arena;

    [[nodiscard]] std::string_view text() const { return source->text(); }
    [[nodiscard]] std::string_view text(Span span) const { return source->text(span); }
    [[nodiscard]] std::string_view text(const Token& token) const { return source->text(token.span()); }
    [[nodiscard]] std::string_view token_text(std::uint32_t token) const { return text(tokens[token]); }
    [[nodiscard]] std::string_view text(const Node& node) const { return text(span(node)); }

    /// From the first byte of the first token to the last of the last. Of a missing node: empty, just behind the
    /// token before it.
    [[nodiscard]] Span span(const Node& node) const {
        if (node.is_missing) {
            std::uint32_t at = node.first_token == 0 ? 0 : tokens[node.first_token - 1].end;
            return {at, at};
        }
        return {tokens[node.first_token].begin, tokens[node.last_token].end};
    }
    /// Of a name that is not missing.
    [[nodiscard]] Span span(const Name& name) const { return tokens[name.token].span(); }

    /// The last token that begins at or before `offset`; the first token if none does.
    [[nodiscard]] std::uint32_t token_at(std::uint32_t offset) const;

    /// The comments in the gap before a token.
    [[nodiscard]] std::span<const Comment> comments_before(std::uint32_t token) const;
};

/// The documentation of a declaration (a statement, struct member or variant), without comment signs and with
/// LF between lines: the comment lines directly above it with no empty line between, where `export` counts as
/// part of the declaration. Empty if there is none.
[[nodiscard]] std::string doc_comment(const SyntaxTree& tree, const Node& declaration);

}  // namespace ruff::syntax
