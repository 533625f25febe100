#include "core/syntax/parser_internal.h"

namespace ruff::syntax {

// ---- Patterns of bindings, loops and parameters --------------------------------------------------------------

// pattern ::= NAME | "_" | arrpat | dictpat
const Pattern* Parser::pattern() {
    if (at(TokenKind::LeftBracket)) return array_pattern();
    if (at(TokenKind::LeftBrace)) return dict_pattern();
    return name_or_wildcard();
}

const Pattern* Parser::name_or_wildcard() {
    if (at_word("_")) {
        auto* node = make<WildcardPattern>(at_);
        advance();
        return finish(node);
    }
    std::uint32_t first = at_;
    Name name = expect_name("a name");
    if (!name) return missing();
    auto* node = make<NamePattern>(first);
    node->name = name;
    return finish(node);
}

// arrpat ::= "[" (pattern [ "=" expr ] | "..." NAME),* "]"
const Pattern* Parser::array_pattern() {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("patterns", kMaxNesting);
    auto* node = make<ArrayPattern>(at_);
    Opening opening = open();
    Mode mode(*this, false, false);
    node->elements = comma_list(opening, TokenKind::RightBracket, [&]() -> const Node* {
        if (at(TokenKind::Ellipsis)) return rest_pattern("a name after `...`");
        const Pattern* element = pattern();
        if (!at(TokenKind::Equal)) return element;
        auto* with_default = make<DefaultPattern>(element->first_token);
        with_default->pattern = element;
        advance();
        with_default->default_value = expression();
        return finish(with_default);
    });
    close(opening, TokenKind::RightBracket);
    check_rest_last(node->elements);
    return finish(node);
}

// dictpat ::= "{" (NAME [ "=" expr ] | key ":" pattern [ "=" expr ] | "..." NAME),* "}"
const Pattern* Parser::dict_pattern() {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("patterns", kMaxNesting);
    auto* node = make<DictPattern>(at_);
    Opening opening = open();
    Mode mode(*this, false, false);
    node->entries = comma_list(opening, TokenKind::RightBrace, [&] { return pattern_field(false); });
    close(opening, TokenKind::RightBrace);
    check_rest_last(node->entries);
    return finish(node);
}

// A field of `dictpat`, or of `cfields` where patterns are those of an arm and have no defaults.
const Node* Parser::pattern_field(bool in_arm) {
    if (at(TokenKind::Ellipsis)) return rest_pattern("a name after `...`");
    auto* node = make<PatternField>(at_);
    bool is_short = at(TokenKind::Name) && kind(1) != TokenKind::Colon;
    if (!is_short && !starts_key()) {
        expected("a key");
        return error_node(node->first_token);
    }
    if (!is_short && is_keyword(kind()) && kind(1) != TokenKind::Colon) {
        expect_name("a key");
        return error_node(node->first_token);
    }
    if (is_short) {
        node->pattern = name_or_wildcard();
    } else {
        node->key = key();
        expect(TokenKind::Colon);
        node->pattern = in_arm ? arm_pattern() : pattern();
    }
    if (at(TokenKind::Equal)) {
        if (in_arm) expected("`,` or `}`", "a pattern of an arm has no defaults");
        advance();
        node->default_value = expression();
    }
    return finish(node);
}

// "..." NAME
const Pattern* Parser::rest_pattern(std::string_view what) {
    auto* node = make<RestPattern>(at_);
    advance();
    node->name = expect_name(what);
    return finish(node);
}

// Of patterns and parameters: what takes the rest stands at the end.
void Parser::check_rest_last(List<Node> elements) {
    for (const Node* element : elements) {
        if (element == elements.back()) return;
        const auto* pattern = element->as<RestPattern>();
        const auto* param = element->as<RestParam>();
        if (pattern == nullptr && param == nullptr) continue;
        refuse(DiagnosticId::RestNotLast, span_of(*element), {(pattern ? pattern->name : param->name).text()});
    }
}

// A pattern without `let`, `mut` or `const` sets variables: its targets are names, which the grammar of patterns says
// already; fields of other forms were reported while parsing.
void Parser::check_pattern_targets(const Node& pattern) {
    if (pattern.is<ErrorNode>() && !broken_) report(DiagnosticId::PatternTarget, span_of(pattern));
}

// ---- Patterns of arms ----------------------------------------------------------------------------------------

// cpat { "|" cpat }
const Pattern* Parser::alternatives() {
    std::uint32_t first = at_;
    const Pattern* only = arm_pattern();
    if (!at(TokenKind::Bar)) return only;
    std::size_t mark = scratch_.size();
    scratch_.push_back(only);
    while (take(TokenKind::Bar)) scratch_.push_back(arm_pattern());
    auto* node = make<OrPattern>(first);
    node->alternatives = list_from<Pattern>(mark);
    return finish(node);
}

// cpat ::= NAME | "_" | [ "-" ] NUMBER [ (".." | "..=") [ "-" ] NUMBER ] | STRING | "true" | "false" | "null" | "None"
//        | path "::" NAME [ "(" cpats ")" ] | ("Ok" | "Err" | "Some") "(" cpat ")" | path "{" cfields "}"
//        | "[" cpats "]" | "{" cfields "}" | "(" cpat { "|" cpat } ")"
const Pattern* Parser::arm_pattern() {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("patterns", kMaxNesting);
    switch (kind()) {
        case TokenKind::Name: return arm_name();
        case TokenKind::Int:
        case TokenKind::Float:
        case TokenKind::Minus: return arm_number();
        case TokenKind::String:
        case TokenKind::StringHead:
        case TokenKind::KwTrue:
        case TokenKind::KwFalse:
        case TokenKind::KwNull: return arm_literal();
        case TokenKind::LeftBracket: return arm_array();
        case TokenKind::LeftBrace: return arm_dict();
        case TokenKind::LeftParen: return arm_paren();
        default: break;
    }
    if (is_keyword(kind()) && !on_new_line() && !at(TokenKind::KwIf)) return name_or_wildcard();
    expected("a pattern");
    return missing();
}

const Pattern* Parser::arm_name() {
    std::uint32_t first = at_;
    bool is_path = kind(1) == TokenKind::Dot || kind(1) == TokenKind::ColonColon || kind(1) == TokenKind::LeftBrace;
    if (is_path) {
        const Path* names = path();
        if (take(TokenKind::ColonColon)) {
            auto* node = make<VariantPattern>(first);
            node->path = names;
            node->variant = expect_name("the name of a variant");
            if (at(TokenKind::LeftParen)) {
                node->has_payload = true;
                Opening opening = open();
                Mode mode(*this, false, false);
                node->elements = arm_elements(opening, TokenKind::RightParen);
                close(opening, TokenKind::RightParen);
            }
            return finish(node);
        }
        if (!at(TokenKind::LeftBrace)) {
            expected("`::` or `{`", "a variant is written `Status::Error`");
            return error_node(first, {names});
        }
        auto* node = make<StructPattern>(first);
        node->path = names;
        Opening opening = open();
        Mode mode(*this, false, false);
        node->entries = arm_fields(opening);
        close(opening, TokenKind::RightBrace);
        return finish(node);
    }
    std::string_view word = text();
    bool is_wrapper = word == "Ok" || word == "Err" || word == "Some";
    if (kind(1) == TokenKind::LeftParen) {
        auto* node = make<WrapperPattern>(first);
        node->name = name_here();
        if (!is_wrapper) {
            report(DiagnosticId::Expected, tokens_[first].span(), {"a pattern", "`" + std::string(word) + "(`"}).help =
                "a variant is named with its enum: `Status::" + std::string(word) + "(...)`";
        }
        Opening opening = open();
        Mode mode(*this, false, false);
        node->inner = arm_pattern();
        close(opening, TokenKind::RightParen);
        return finish(node);
    }
    if (word == "None") {
        auto* node = make<NonePattern>(first);
        advance();
        return finish(node);
    }
    return name_or_wildcard();
}

// [ "-" ] NUMBER [ (".." | "..=") [ "-" ] NUMBER ]
const Pattern* Parser::arm_number() {
    std::uint32_t first = at_;
    const Expr* start = signed_number();
    if (!at(TokenKind::DotDot) && !at(TokenKind::DotDotEqual)) {
        auto* node = make<LiteralPattern>(first);
        node->literal = start;
        return finish(node);
    }
    auto* node = make<RangePattern>(first);
    node->start = start;
    node->is_inclusive = at(TokenKind::DotDotEqual);
    node->operator_token = at_;
    advance();
    if (at(TokenKind::Minus) || at(TokenKind::Int) || at(TokenKind::Float)) {
        node->end = signed_number();
    } else {
        expected("a number");
        node->end = missing();
    }
    return finish(node);
}

// STRING | "true" | "false" | "null"
const Pattern* Parser::arm_literal() {
    auto* node = make<LiteralPattern>(at_);
    if (at(TokenKind::String) || at(TokenKind::StringHead)) {
        node->literal = plain_string("a pattern");
    } else {
        node->literal = primary();
    }
    return finish(node);
}

// "[" cpats "]"
const Pattern* Parser::arm_array() {
    auto* node = make<ArrayPattern>(at_);
    Opening opening = open();
    Mode mode(*this, false, false);
    node->elements = arm_elements(opening, TokenKind::RightBracket);
    close(opening, TokenKind::RightBracket);
    return finish(node);
}

// "{" cfields "}"
const Pattern* Parser::arm_dict() {
    auto* node = make<DictPattern>(at_);
    Opening opening = open();
    Mode mode(*this, false, false);
    node->entries = arm_fields(opening);
    close(opening, TokenKind::RightBrace);
    return finish(node);
}

// "(" cpat { "|" cpat } ")"
const Pattern* Parser::arm_paren() {
    auto* node = make<ParenPattern>(at_);
    Opening opening = open();
    Mode mode(*this, false, false);
    node->inner = alternatives();
    close(opening, TokenKind::RightParen);
    return finish(node);
}

// cpats ::= (cpat | "..." NAME),*
List<Node> Parser::arm_elements(const Opening& opening, TokenKind closer) {
    List<Node> elements = comma_list(opening, closer, [&]() -> const Node* {
        return at(TokenKind::Ellipsis) ? rest_pattern("a name after `...`") : arm_pattern();
    });
    check_rest_last(elements);
    return elements;
}

// cfields ::= (NAME | key ":" cpat | "..." NAME),*
List<Node> Parser::arm_fields(const Opening& opening) {
    List<Node> fields = comma_list(opening, TokenKind::RightBrace, [&] { return pattern_field(true); });
    check_rest_last(fields);
    return fields;
}

}  // namespace ruff::syntax
