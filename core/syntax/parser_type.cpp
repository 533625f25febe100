#include "core/syntax/parser_internal.h"

namespace ruff::syntax {

// type ::= tprim { "|" tprim }
const Type* Parser::type() {
    std::uint32_t first = at_;
    const Type* only = simple_type();
    if (!at(TokenKind::Bar) || line_ends_here()) return only;
    std::size_t mark = scratch_.size();
    scratch_.push_back(only);
    while (at(TokenKind::Bar) && !line_ends_here()) {
        advance();
        scratch_.push_back(simple_type());
    }
    auto* node = make<UnionType>(first);
    node->members = list_from<Type>(mark);
    return finish(node);
}

// tprim ::= (path [ "<" type,* ">" ] | "null" | "func" "(" type,* ")" [ "->" type ] | "(" type ")") { "?" }
// Between the bars of a lambda the result of a func type has no bare `|` either: that one closes the parameters.
const Type* Parser::simple_type(bool is_between_bars) {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("types", kMaxNesting);
    std::uint32_t first = at_;
    const Type* inner = nullptr;
    switch (kind()) {
        case TokenKind::Name: inner = named_type(); break;
        case TokenKind::KwFunc: inner = func_type(is_between_bars); break;
        case TokenKind::KwNull: {
            auto* node = make<NullType>(at_);
            advance();
            inner = finish(node);
            break;
        }
        case TokenKind::LeftParen: {
            auto* node = make<ParenType>(at_);
            Opening opening = open();
            Mode mode(*this, false, false);
            node->inner = type();
            close(opening, TokenKind::RightParen);
            inner = finish(node);
            break;
        }
        default:
            expected("a type", at(TokenKind::LeftBracket) ? "an array is written `array<int>`"
                               : at(TokenKind::LeftBrace) ? "a dict is written `dict<string, int>`"
                                                          : "");
            inner = missing();
            if (at(TokenKind::LeftBracket) && partner(at_) != kNoToken) {
                at_ = partner(at_) + 1;
                inner = error_node(first);
            }
    }
    while ((at(TokenKind::Question) || at(TokenKind::QuestionQuestion)) && !line_ends_here()) {
        if (on_new_line() && newlines_end_) break;
        if (at(TokenKind::QuestionQuestion)) {
            split();
        } else {
            advance();
        }
        auto* node = make<OptionalType>(first);
        node->inner = inner;
        inner = finish(node);
    }
    return inner;
}

// path [ "<" type,* ">" ]
const Type* Parser::named_type() {
    auto* node = make<NamedType>(at_);
    node->path = path();
    if (!at(TokenKind::Less) || line_ends_here()) return finish(node);
    advance();
    Mode mode(*this, false, false);
    std::size_t mark = scratch_.size();
    while (!at(TokenKind::Greater) && !at(TokenKind::GreaterEqual) && !at(TokenKind::Eof)) {
        scratch_.push_back(type());
        if (!take(TokenKind::Comma)) break;
    }
    node->arguments = list_from<Type>(mark);
    if (at(TokenKind::GreaterEqual)) {
        split();
    } else {
        expect(TokenKind::Greater);
    }
    return finish(node);
}

// "func" "(" type,* ")" [ "->" type ]
const Type* Parser::func_type(bool is_between_bars) {
    auto* node = make<FuncType>(at_);
    advance();
    if (at(TokenKind::LeftParen)) {
        Opening opening = open();
        Mode mode(*this, false, false);
        node->params = comma_list(opening, TokenKind::RightParen, [&] { return type(); });
        close(opening, TokenKind::RightParen);
    } else {
        expected("`(`", "the type of a function is written `func(int) -> string`");
    }
    if (at(TokenKind::Arrow) && !line_ends_here()) {
        advance();
        node->result = is_between_bars ? simple_type(true) : type();
    }
    return finish(node);
}

}  // namespace ruff::syntax
