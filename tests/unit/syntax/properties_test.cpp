// What holds for every text: the tokens and the gaps are the source, a tree is well formed, damage ends.

#include <string>
#include <vector>

#include "core/syntax/dump.h"
#include "core/syntax/parser.h"
#include "core/syntax/walk.h"
#include "tests/support/catch.h"
#include "tests/unit/syntax/sample.h"

using namespace ruff;
using namespace ruff::syntax;
using ruff::tests::kSample;

namespace {

ParseResult parse(std::string text) { return parse_file(make_source("test.ruff", std::move(text))); }

/// Tokens with the gaps between them; empty if a gap holds anything but blanks and comments.
std::string tokens_and_gaps(const SyntaxTree& tree) {
    std::string text;
    std::size_t comment = 0;
    for (const Token& token : tree.tokens) {
        std::uint32_t at = static_cast<std::uint32_t>(text.size());
        while (at < token.begin) {
            bool is_comment = comment < tree.comments.size() && tree.comments[comment].span.begin == at;
            std::uint32_t end = is_comment ? tree.comments[comment++].span.end : at + 1;
            std::string_view piece = tree.text(Span{at, end});
            if (!is_comment && std::string_view(" \t\r\n").find(piece[0]) == std::string_view::npos) return "";
            text += piece;
            at = end;
        }
        text += tree.text(token);
    }
    return text;
}

/// What is wrong with the shape of a tree; empty if nothing is.
std::string flaw_of(const SyntaxTree& tree) {
    std::string flaw;
    std::vector<bool> seen(tree.node_count);
    walk(*tree.root, [&](const Node& node) {
        if (node.id >= tree.node_count || seen[node.id]) flaw = "ids are not unique";
        else seen[node.id] = true;
        if (node.first_token > node.last_token || node.last_token >= tree.tokens.size()) flaw = "tokens out of range";
        if (node.is<ErrorNode>() && !tree.has_errors) flaw = "an error node without a diagnostic";
        std::uint32_t before = tree.span(node).begin;
        for_each_child(node, [&](const Node& child) {
            if (child.is_missing) return;
            Span span = tree.span(child);
            if (!tree.span(node).contains(span) || span.begin < before) flaw = "children out of order";
            before = span.end;
        });
        return flaw.empty();
    });
    for (const Diagnostic& diagnostic : tree.diagnostics) {
        if (diagnostic.span.end > tree.text().size()) flaw = "a diagnostic outside the text";
    }
    return flaw;
}

}  // namespace

TEST_CASE("the sample is accepted", "[syntax]") {
    ParseResult tree = parse(std::string(kSample));
    for (const Diagnostic& diagnostic : tree->diagnostics) UNSCOPED_INFO(diagnostic.message);
    CHECK_FALSE(tree->has_errors);
    CHECK(tree->diagnostics.empty());
    CHECK(flaw_of(*tree) == "");
}

TEST_CASE("the sample has every kind of node and token", "[syntax]") {
    ParseResult tree = parse(std::string(kSample));
    std::vector<bool> kinds(static_cast<std::size_t>(NodeKind::ErrorNode) + 1);
    walk(*tree->root, [&](const Node& node) {
        kinds[static_cast<std::size_t>(node.kind)] = true;
        return true;
    });
    for (std::size_t i = 0; i < static_cast<std::size_t>(NodeKind::ErrorNode); ++i) {
        INFO(node_kind_name(static_cast<NodeKind>(i)));
        CHECK(kinds[i]);
    }
    std::vector<bool> tokens(kTokenKindCount);
    for (const Token& token : tree->tokens) tokens[static_cast<std::size_t>(token.kind)] = true;
    for (std::size_t i = 0; i < kTokenKindCount; ++i) {
        auto kind = static_cast<TokenKind>(i);
        bool is_operator_only = kind == TokenKind::MinusEqual || kind == TokenKind::StarEqual ||
                                kind == TokenKind::SlashEqual || kind == TokenKind::PercentEqual ||
                                kind == TokenKind::LessEqual || kind == TokenKind::BangEqual ||
                                kind == TokenKind::Unknown || kind == TokenKind::GreaterEqual;
        INFO(token_kind_name(kind));
        CHECK((is_operator_only || tokens[i]));
    }
}

TEST_CASE("tokens and gaps are the source", "[syntax]") {
    CHECK(tokens_and_gaps(*parse(std::string(kSample))) == kSample);
    std::string crlf;
    for (char c : kSample) crlf += c == '\n' ? "\r\n" : std::string(1, c);
    CHECK(tokens_and_gaps(*parse(crlf)) == crlf);
}

TEST_CASE("CRLF and LF give one tree", "[syntax]") {
    std::string crlf;
    for (char c : kSample) crlf += c == '\n' ? "\r\n" : std::string(1, c);
    CHECK(dump_ast(*parse(crlf)) == dump_ast(*parse(std::string(kSample))));
}

TEST_CASE("every beginning of the sample gives a tree", "[syntax]") {
    for (std::size_t size = 0; size < kSample.size(); ++size) {
        std::string text(kSample.substr(0, size));
        ParseResult tree = parse(text);
        INFO(size);
        REQUIRE(flaw_of(*tree) == "");
        REQUIRE(tokens_and_gaps(*tree) == text);
    }
}

TEST_CASE("every ending of the sample gives a tree", "[syntax]") {
    for (std::size_t begin = 1; begin < kSample.size(); begin += 3) {
        std::string text(kSample.substr(begin));
        ParseResult tree = parse(text);
        INFO(begin);
        REQUIRE(flaw_of(*tree) == "");
        REQUIRE(tokens_and_gaps(*tree) == text);
    }
}

TEST_CASE("the sample without any one of its tokens gives a tree, and few diagnostics", "[syntax]") {
    ParseResult whole = parse(std::string(kSample));
    std::size_t several = 0;
    for (const Token& token : whole->tokens) {
        std::string text(kSample);
        text.erase(token.begin, token.end - token.begin);
        ParseResult tree = parse(text);
        INFO("without " << kSample.substr(token.begin, token.end - token.begin) << " at " << token.begin);
        for (const Diagnostic& diagnostic : tree->diagnostics) UNSCOPED_INFO(diagnostic.message);
        REQUIRE(flaw_of(*tree) == "");
        CHECK(tree->diagnostics.size() <= 4);
        several += tree->diagnostics.size() > 1;
    }
    // One mistake, one diagnostic: in at least 24 of 25 cases.
    CHECK(several * 25 <= whole->tokens.size());
}

TEST_CASE("the sample with any one of its tokens twice gives a tree, and few diagnostics", "[syntax]") {
    ParseResult whole = parse(std::string(kSample));
    std::size_t several = 0;
    for (const Token& token : whole->tokens) {
        std::string text(kSample);
        text.insert(token.end, " " + std::string(whole->text(token)));
        ParseResult tree = parse(text);
        INFO("twice " << whole->text(token) << " at " << token.begin);
        for (const Diagnostic& diagnostic : tree->diagnostics) UNSCOPED_INFO(diagnostic.message);
        REQUIRE(flaw_of(*tree) == "");
        CHECK(tree->diagnostics.size() <= 4);
        several += tree->diagnostics.size() > 1;
    }
    CHECK(several * 25 <= whole->tokens.size());
}

TEST_CASE("any bytes give a tree", "[syntax]") {
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    for (const std::string& text : {all, all + all, std::string(1000, '\0'), std::string("\xEF\xBB\xBFx := 1"),
                                    std::string("\xFF\xFE"), std::string("x := \"\xC3\"")}) {
        ParseResult tree = parse(text);
        CHECK(flaw_of(*tree) == "");
    }
}
