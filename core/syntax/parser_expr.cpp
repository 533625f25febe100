#include <array>
#include <charconv>
#include <cstdlib>

#include "core/syntax/parser_internal.h"

namespace ruff::syntax {
namespace {

struct Infix {
    Precedence precedence = Precedence::Lowest;
    BinaryOp op = BinaryOp::Add;
};

constexpr std::array<Infix, kTokenKindCount> make_infix_table() {
    std::array<Infix, kTokenKindCount> table{};
    auto set = [&](TokenKind kind, Precedence precedence, BinaryOp op) {
        table[static_cast<std::size_t>(kind)] = {precedence, op};
    };
    set(TokenKind::Plus, Precedence::Sum, BinaryOp::Add);
    set(TokenKind::Minus, Precedence::Sum, BinaryOp::Subtract);
    set(TokenKind::Star, Precedence::Product, BinaryOp::Multiply);
    set(TokenKind::Slash, Precedence::Product, BinaryOp::Divide);
    set(TokenKind::Percent, Precedence::Product, BinaryOp::Modulo);
    set(TokenKind::Less, Precedence::Compare, BinaryOp::Less);
    set(TokenKind::LessEqual, Precedence::Compare, BinaryOp::LessEqual);
    set(TokenKind::Greater, Precedence::Compare, BinaryOp::Greater);
    set(TokenKind::GreaterEqual, Precedence::Compare, BinaryOp::GreaterEqual);
    set(TokenKind::EqualEqual, Precedence::Compare, BinaryOp::Equal);
    set(TokenKind::BangEqual, Precedence::Compare, BinaryOp::NotEqual);
    set(TokenKind::KwIn, Precedence::Compare, BinaryOp::In);
    set(TokenKind::KwNot, Precedence::Compare, BinaryOp::NotIn);
    set(TokenKind::AmpersandAmpersand, Precedence::And, BinaryOp::And);
    set(TokenKind::KwAnd, Precedence::And, BinaryOp::And);
    set(TokenKind::BarBar, Precedence::Or, BinaryOp::Or);
    set(TokenKind::KwOr, Precedence::Or, BinaryOp::Or);
    set(TokenKind::QuestionQuestion, Precedence::Coalesce, BinaryOp::Coalesce);
    // With functions of their own:
    set(TokenKind::DotDot, Precedence::Range, BinaryOp::Add);
    set(TokenKind::DotDotEqual, Precedence::Range, BinaryOp::Add);
    set(TokenKind::BarGreater, Precedence::Pipe, BinaryOp::Add);
    return table;
}

constexpr std::array<Infix, kTokenKindCount> kInfix = make_infix_table();

constexpr Precedence tighter(Precedence precedence) {
    return static_cast<Precedence>(static_cast<int>(precedence) + 1);
}

/// `e` is a name or a path of fields.
bool is_field_path(const Expr* e) {
    while (const auto* member = e->as<MemberExpr>()) e = member->object;
    return e->is<NameExpr>() || e->is<SelfExpr>() || e->is<VariantExpr>();
}

bool is_pipe_target(const Expr& target) {
    if (const auto* propagate = target.as<PropagateExpr>()) return is_pipe_target(*propagate->operand);
    return target.is<LambdaExpr>() || target.is<ParenExpr>() || target.is<CallExpr>() || target.is<ErrorNode>() ||
           is_field_path(&target);
}

/// What an operand can begin with, for a guess at `a ? b : c`: only what cannot go on an expression.
bool begins_operand(TokenKind kind) {
    switch (kind) {
        case TokenKind::Name:
        case TokenKind::Int:
        case TokenKind::Float:
        case TokenKind::String:
        case TokenKind::StringHead:
        case TokenKind::KwTrue:
        case TokenKind::KwFalse:
        case TokenKind::KwNull:
        case TokenKind::KwSelf:
        case TokenKind::KwAwait: return true;
        default: return false;
    }
}

std::string without_underscores(std::string_view text) {
    std::string digits;
    for (char c : text) {
        if (c != '_') digits += c;
    }
    return digits;
}

}  // namespace

// ---- Binary operators ----------------------------------------------------------------------------------------

// pipe     ::= coalesce { "|>" coalesce }            coalesce ::= or { "??" or }
// or       ::= and { ("||" | "or") and }             and      ::= not { ("&&" | "and") not }
// not      ::= "not" not | compare
// compare  ::= range [ ("<" | "<=" | ">" | ">=" | "==" | "!=" | "in" | "not" "in") range ]
// range    ::= sum [ (".." | "..=") sum ]            sum      ::= product { ("+" | "-") product }
// product  ::= unary { ("*" | "/" | "%") unary }
// All of them, by precedence climbing from the level `least` on.
const Expr* Parser::binary(Precedence least) {
    if (at(TokenKind::KwNot)) {
        if (least > Precedence::Not) {
            report_here(DiagnosticId::NotOperand).help = "write `!`, or put it in parentheses";
        }
        return binary_rest(not_(), least);
    }
    return binary_rest(unary(), least);
}

const Expr* Parser::binary_rest(const Expr* left, Precedence least) {
    while (true) {
        Infix infix = kInfix[static_cast<std::size_t>(kind())];
        if (infix.precedence < least || infix.precedence == Precedence::Lowest) return left;
        if (newlines_end_ && on_new_line() && line_ends_here()) return left;
        if (infix.precedence == Precedence::Pipe) {
            left = pipe_rest(left);
            continue;
        }
        if (infix.precedence == Precedence::Range) {
            left = range_rest(left);
            continue;
        }
        bool is_not_in = at(TokenKind::KwNot);
        if (is_not_in && kind(1) != TokenKind::KwIn) return left;
        if (infix.precedence == Precedence::Compare) {
            if (const auto* before = left->as<BinaryExpr>();
                before != nullptr && operator_precedence(before->op) == Precedence::Compare) {
                report_here(DiagnosticId::ChainedComparison).help = "write `a < b and b < c`";
            }
        }
        auto* node = make<BinaryExpr>(left->first_token);
        node->left = left;
        node->op = infix.op;
        node->operator_token = at_;
        advance();
        if (is_not_in) advance();
        node->right = binary(tighter(infix.precedence));
        left = finish(node);
    }
}

// "|>" coalesce
const Expr* Parser::pipe_rest(const Expr* left) {
    auto* node = make<PipeExpr>(left->first_token);
    node->left = left;
    node->operator_token = at_;
    advance();
    node->right = binary(Precedence::Coalesce);
    if (!broken_ && !is_pipe_target(*node->right)) {
        refuse(DiagnosticId::PipeTarget, span_of(*node->right), {}, "put it in parentheses, or write `|x| ...`");
    }
    return finish(node);
}

// (".." | "..=") sum
const Expr* Parser::range_rest(const Expr* left) {
    if (left->is<RangeExpr>()) {
        report_here(DiagnosticId::ChainedRange).help = "a step is given by `range(start, end, step)`";
    }
    auto* node = make<RangeExpr>(left->first_token);
    node->start = left;
    node->is_inclusive = at(TokenKind::DotDotEqual);
    node->operator_token = at_;
    advance();
    node->end = binary(Precedence::Sum);
    return finish(node);
}

// not ::= "not" not
const Expr* Parser::not_() {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("expressions", kMaxNesting);
    auto* node = make<UnaryExpr>(at_);
    node->op = UnaryOp::Not;
    advance();
    node->operand = binary(Precedence::Not);
    return finish(node);
}

// ---- Prefix operators and what takes all to its right --------------------------------------------------------

// unary ::= ("-" | "!" | "await") unary | postfix | lambda | ("throw" | "yield") expr
const Expr* Parser::unary() {
    switch (kind()) {
        case TokenKind::Minus: return prefix(UnaryOp::Negate);
        case TokenKind::Bang: return prefix(UnaryOp::Not);
        case TokenKind::KwAwait: return await();
        case TokenKind::Bar:
        case TokenKind::BarBar: return lambda();
        case TokenKind::KwAsync: return async_expr();
        case TokenKind::KwThrow: return take_all<ThrowExpr>();
        case TokenKind::KwYield: return take_all<YieldExpr>();
        default: return postfix();
    }
}

const Expr* Parser::prefix(UnaryOp op) {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("expressions", kMaxNesting);
    auto* node = make<UnaryExpr>(at_);
    node->op = op;
    advance();
    if (op == UnaryOp::Negate) negated_ = at_;
    node->operand = op == UnaryOp::Negate && is_decrement() ? missing() : unary();
    return finish(node);
}

// `x--` at the end of a line subtracts the negative of the next line, which nobody means.
bool Parser::is_decrement() {
    if (!on_new_line() || at_ < 3 || broken_) return false;
    bool is_decrement = at_adjacent(at_ - 2, TokenKind::Minus, TokenKind::Minus) && !tokens_[at_ - 2].gap_before() &&
                        tokens_[at_ - 3].kind == TokenKind::Name;
    if (!is_decrement) return false;
    refuse(DiagnosticId::Decrement, {tokens_[at_ - 2].begin, tokens_[at_ - 1].end}, {},
           "write `" + std::string(text_of(at_ - 3)) + " -= 1`");
    broken_ = true;
    return true;
}

const Expr* Parser::await() {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("expressions", kMaxNesting);
    auto* node = make<AwaitExpr>(at_);
    advance();
    node->operand = unary();
    return finish(node);
}

// ("throw" | "yield") expr
template <class T>
const Expr* Parser::take_all() {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("expressions", kMaxNesting);
    if (std::is_same_v<T, YieldExpr> && !context_.in_generator) {
        if (context_.generator_behind_spawn) {
            report_here(DiagnosticId::LeavesSpawn, {text()});
        } else {
            report_here(DiagnosticId::YieldOutsideGenerator);
        }
    }
    T* node = make<T>(at_);
    advance();
    bool is_alone = on_new_line() && newlines_end_ &&
                    (at(TokenKind::KwLet) || at(TokenKind::KwReturn) || at(TokenKind::KwMut));
    if (is_alone) expected("an expression");
    node->value = is_alone ? missing() : expression();
    return finish(node);
}

// ---- Postfix -------------------------------------------------------------------------------------------------

// postfix ::= primary { "(" arg,* ")" | "[" expr "]" | "[" [ expr ] ":" [ expr ] "]" | ("." | "?.") WORD | "?" }
const Expr* Parser::postfix() { return postfix_rest(primary()); }

const Expr* Parser::postfix_rest(const Expr* left) {
    while (true) {
        switch (kind()) {
            case TokenKind::LeftParen:
                if (newlines_end_ && on_new_line()) return left;
                left = call(left);
                break;
            case TokenKind::LeftBracket:
                if (newlines_end_ && on_new_line()) return left;
                left = index(left);
                break;
            case TokenKind::Dot:
            case TokenKind::QuestionDot: left = member(left); break;
            case TokenKind::Question:
                if (newlines_end_ && on_new_line()) return left;
                left = propagate(left);
                break;
            default: return left;
        }
    }
}

// "(" arg,* ")"
const Expr* Parser::call(const Expr* callee) {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("brackets", kMaxNesting);
    auto* node = make<CallExpr>(callee->first_token);
    node->callee = callee;
    Opening opening = open();
    Mode mode(*this, false, false);
    node->arguments = comma_list(opening, TokenKind::RightParen, [&] { return argument(); });
    close(opening, TokenKind::RightParen);
    bool has_named = false;
    for (const Node* argument : node->arguments) {
        if (argument->is<NamedArgument>()) {
            has_named = true;
        } else if (has_named && !argument->is<ErrorNode>()) {
            refuse(DiagnosticId::PositionalAfterNamed, span_of(*argument));
            break;
        }
    }
    return finish(node);
}

// arg ::= expr | "..." expr | WORD "=" expr
const Node* Parser::argument() {
    if (is_word(kind()) && kind(1) == TokenKind::Equal && !at_arrow(at_ + 1)) {
        auto* node = make<NamedArgument>(at_);
        node->name = name_here();
        advance();
        node->value = expression();
        return finish(node);
    }
    return spread_or_expression();
}

// "[" expr "]" | "[" [ expr ] ":" [ expr ] "]"
const Expr* Parser::index(const Expr* object) {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("brackets", kMaxNesting);
    std::uint32_t first = object->first_token;
    Opening opening = open();
    Mode mode(*this, false, false);
    const Expr* low = nullptr;
    const Expr* high = nullptr;
    bool is_empty = at_end_of(opening, TokenKind::RightBracket);
    if (is_empty) {
        if (!opening.is_unclosed) expected("an index");
        low = missing();
    } else if (!at(TokenKind::Colon) && !at(TokenKind::ColonColon)) {
        low = expression();
    }
    bool is_slice = at(TokenKind::Colon) || at(TokenKind::ColonColon);
    bool has_high = take(TokenKind::Colon) && !at_end_of(opening, TokenKind::RightBracket) &&
                    !at(TokenKind::Colon) && !at(TokenKind::ColonColon);
    if (has_high) high = expression();
    if (is_slice && (at(TokenKind::Colon) || at(TokenKind::ColonColon))) {
        report_here(DiagnosticId::ForeignSliceStep).help = "walk over `range(start, end, step)`, or use `reverse(xs)`";
        skip_in_list(opening, TokenKind::RightBracket);
    }
    if (!opening.is_unclosed && !at(TokenKind::RightBracket)) {
        expected("`]`", at(TokenKind::Comma) ? "index twice: `a[i][j]`" : "");
        skip_in_list(opening, TokenKind::RightBracket);
        while (take(TokenKind::Comma)) skip_in_list(opening, TokenKind::RightBracket);
    }
    close(opening, TokenKind::RightBracket);
    if (is_slice) {
        auto* node = make<SliceExpr>(first);
        node->object = object;
        node->low = low;
        node->high = high;
        return finish(node);
    }
    auto* node = make<IndexExpr>(first);
    node->object = object;
    node->index = low;
    return finish(node);
}

// ("." | "?.") WORD
const Expr* Parser::member(const Expr* object) {
    auto* node = make<MemberExpr>(object->first_token);
    node->object = object;
    node->is_optional = at(TokenKind::QuestionDot);
    if (object->is<PropagateExpr>()) {
        Diagnostic& diagnostic = report_here(DiagnosticId::PropagateThenDot);
        Span span = span_of(*object);
        diagnostic.span = {tokens_[object->last_token].begin, token().end};
        diagnostic.help = "write `(...?)." + std::string(is_word(kind(1)) ? text_of(ahead_of(1)) : "name") + "`";
        diagnostic.fixes.push_back({"Add parentheses",
                                    FixSafety::Safe,
                                    {{{span.begin, span.begin}, "("}, {{span.end, span.end}, ")"}}});
    }
    advance();
    // `x.` and on the next line `let y := 1`: the name is still being typed.
    bool is_next_statement = newlines_end_ && on_new_line() && is_keyword(kind()) && on_same_line(1) &&
                             (begins_operand(kind(1)) || kind(1) == TokenKind::LeftBrace);
    if (is_word(kind()) && !is_next_statement) {
        node->name = name_here();
    } else {
        expected("a name after `" + std::string(text_of(at_ - 1)) + "`");
    }
    return finish(node);
}

// "?"
const Expr* Parser::propagate(const Expr* operand) {
    auto* node = make<PropagateExpr>(operand->first_token);
    node->operand = operand;
    std::uint32_t question = at_;
    advance();
    const Expr* result = finish(node);
    if (!begins_operand(kind()) || on_new_line() || !may_report()) return result;
    // `a ? b : c`
    report(DiagnosticId::ForeignTernary, tokens_[question].span()).help = "write `if a { b } else { c }`";
    expression();
    if (take(TokenKind::Colon)) expression();
    return error_node(operand->first_token, {operand});
}

// ---- Primary -------------------------------------------------------------------------------------------------

// primary ::= NUMBER | string | "true" | "false" | "null" | NAME | "self" | "(" expr ")" | "[" (expr | "..." expr),* "]"
//           | dict | path "{" (WORD ":" expr | NAME | "..." expr),* "}" | path "::" NAME | if | match | try | spawn
//           | [ "async" ] "func" [ "*" ] params [ "->" type ] block
const Expr* Parser::primary() {
    switch (kind()) {
        case TokenKind::Name: return name_or_path();
        case TokenKind::Int:
        case TokenKind::Float: return number();
        case TokenKind::String:
        case TokenKind::StringHead: return string();
        case TokenKind::KwTrue: return bool_literal(true);
        case TokenKind::KwFalse: return bool_literal(false);
        case TokenKind::KwNull: return word_literal<NullLiteral>();
        case TokenKind::KwSelf: return word_literal<SelfExpr>();
        case TokenKind::LeftParen: return paren();
        case TokenKind::LeftBracket: return array();
        case TokenKind::LeftBrace: {
            if (!in_head_) return dict();
            expected("an expression");
            return missing();
        }
        case TokenKind::KwIf: return brace_operand("an `if`", &Parser::if_);
        case TokenKind::KwMatch: return brace_operand("a `match`", &Parser::match);
        case TokenKind::KwTry: return brace_operand("a `try`", &Parser::try_);
        case TokenKind::KwSpawn: return brace_operand("a `spawn`", &Parser::spawn);
        case TokenKind::KwFunc: return func_expr();
        default: break;
    }
    if (const Expr* foreign = foreign_operand()) return foreign;
    bool is_statement = at(TokenKind::KwReturn) || at(TokenKind::KwBreak) || at(TokenKind::KwContinue);
    if (is_statement && !on_new_line()) {
        report_here(DiagnosticId::StatementAsExpression, {text()}).help = "use `if` and put it in the block";
        std::uint32_t first = at_;
        advance();
        if (!on_new_line() && begins_operand(kind())) expression();
        return error_node(first);
    }
    expected("an expression");
    // What is certainly no part of this expression is left for whoever waits for it.
    if (token().was_reported() && at(TokenKind::Unknown)) {
        std::uint32_t first = at_;
        while (at(TokenKind::Unknown)) advance();
        return error_node(first);
    }
    return missing();
}

// NAME, or one of the forms that begin with a path.
const Expr* Parser::name_or_path() {
    std::uint32_t first = at_;
    std::uint32_t ahead = 1;
    if (kind(1) == TokenKind::Dot) {
        while (kind(ahead) == TokenKind::Dot && kind(ahead + 1) == TokenKind::Name) ahead += 2;
    }
    TokenKind after = kind(ahead);
    if (after == TokenKind::ColonColon || (after == TokenKind::LeftBrace && !in_head_)) {
        if (!newlines_end_ || on_same_line(ahead)) {
            const Path* names = path();
            if (after == TokenKind::LeftBrace) return struct_expr(first, names);
            advance();
            auto* node = make<VariantExpr>(first);
            node->path = names;
            node->variant = expect_name("the name of a variant");
            return finish(node);
        }
    }
    auto* node = make<NameExpr>(first);
    node->name = name_here();
    return finish(node);
}

// path "{" (WORD ":" expr | NAME | "..." expr),* "}"
const Expr* Parser::struct_expr(std::uint32_t first, const Path* path) {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("brackets", kMaxNesting);
    auto* node = make<StructExpr>(first);
    node->path = path;
    Opening opening = open();
    Mode mode(*this, false, false);
    node->entries = comma_list(opening, TokenKind::RightBrace, [&] { return field_init(); });
    close(opening, TokenKind::RightBrace);
    return finish(node);
}

const Node* Parser::field_init() {
    if (at(TokenKind::Ellipsis)) return spread_or_expression();
    auto* node = make<FieldInit>(at_);
    bool is_short = at(TokenKind::Name) && kind(1) != TokenKind::Colon;
    if (!is_short && !(is_word(kind()) && kind(1) == TokenKind::Colon)) {
        if (is_keyword(kind())) {
            expect_name("a field");
        } else {
            expected("a field");
        }
        return error_node(node->first_token);
    }
    node->name = name_here();
    if (take(TokenKind::Colon)) {
        node->value = expression();
    } else if (at(TokenKind::Equal) || at(TokenKind::ColonEqual)) {
        expected("`:`", "a field gets its value with `:`");
        advance();
        node->value = expression();
    }
    return finish(node);
}

// "(" expr ")"
const Expr* Parser::paren() {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("brackets", kMaxNesting);
    auto* node = make<ParenExpr>(at_);
    Opening opening = open();
    Mode mode(*this, false, false);
    if (at_end_of(opening, TokenKind::RightParen)) {
        std::uint32_t after = ahead_of(1);
        if (!opening.is_unclosed && at_arrow(after)) {
            report(DiagnosticId::ForeignArrow, {tokens_[after].begin, tokens_[after + 1].end}).help =
                "write `|| expression`";
            advance();
            at_ += 2;
            expression();
            return error_node(node->first_token);
        }
        if (!opening.is_unclosed) expected("an expression");
        node->inner = missing();
    } else {
        node->inner = expression();
        if (at(TokenKind::Comma)) {
            std::uint32_t end = partner(opening.token);
            bool is_arrow = end != kNoToken && at_arrow(end + 1);
            if (is_arrow) {
                report(DiagnosticId::ForeignArrow, {tokens_[end + 1].begin, tokens_[end + 2].end}).help =
                    "write `|a, b| expression`";
            } else {
                report_here(DiagnosticId::ForeignTuple).help = "write `[a, b]`";
            }
            while (take(TokenKind::Comma)) skip_in_list(opening, TokenKind::RightParen);
            if (is_arrow) {
                at_ = end + 3;
                const Node* body = at(TokenKind::LeftBrace) ? static_cast<const Node*>(block()) : expression();
                return error_node(node->first_token, {body});
            }
        } else if (!opening.is_unclosed && !at(TokenKind::RightParen)) {
            if (!foreign_word_between()) expected("`)`");
            skip_in_list(opening, TokenKind::RightParen);
            while (take(TokenKind::Comma)) skip_in_list(opening, TokenKind::RightParen);
        }
    }
    close(opening, TokenKind::RightParen);
    return finish(node);
}

// "[" (expr | "..." expr),* "]"
const Expr* Parser::array() {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("brackets", kMaxNesting);
    auto* node = make<ArrayExpr>(at_);
    Opening opening = open();
    Mode mode(*this, false, false);
    node->elements = comma_list(opening, TokenKind::RightBracket, [&] { return spread_or_expression(); });
    close(opening, TokenKind::RightBracket);
    return finish(node);
}

// expr | "..." expr
const Node* Parser::spread_or_expression() {
    if (!at(TokenKind::Ellipsis)) return expression();
    auto* node = make<Spread>(at_);
    advance();
    node->operand = expression();
    return finish(node);
}

// dict ::= "{" (key ":" expr | NAME | "..." expr),* "}"
const Expr* Parser::dict() {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("brackets", kMaxNesting);
    auto* node = make<DictExpr>(at_);
    Opening opening = open();
    Mode mode(*this, false, false);
    node->entries = comma_list(opening, TokenKind::RightBrace, [&] { return dict_entry(); });
    close(opening, TokenKind::RightBrace);
    return finish(node);
}

const Node* Parser::dict_entry() {
    if (at(TokenKind::Ellipsis)) return spread_or_expression();
    if (at(TokenKind::Name) && kind(1) != TokenKind::Colon && kind(1) != TokenKind::Equal) {
        auto* node = make<DictShorthand>(at_);
        node->name = name_here();
        return finish(node);
    }
    std::uint32_t first = at_;
    if (!starts_key() || (is_keyword(kind()) && kind(1) != TokenKind::Colon)) {
        if (is_keyword(kind()) && (kind(1) == TokenKind::Comma || kind(1) == TokenKind::RightBrace)) {
            expect_name("a key");
        } else {
            expected("a key");
        }
        return error_node(first);
    }
    auto* node = make<DictEntry>(first);
    node->key = key();
    if (at(TokenKind::Comma) || at(TokenKind::RightBrace)) {
        // One report for the whole set: each of its elements looks like this.
        if (!broken_) report(DiagnosticId::ForeignSet, span_of(*node->key)).help = "a set is written `set([1, 2])`";
        node->value = missing();
        return finish(node);
    }
    if (at(TokenKind::Equal)) {
        expected("`:`", "an entry is written `key: value`");
        advance();
    } else {
        expect(TokenKind::Colon);
    }
    node->value = expression();
    return finish(node);
}

bool Parser::starts_key() const {
    return is_word(kind()) || at(TokenKind::String) || at(TokenKind::StringHead) || at(TokenKind::Int) ||
           at(TokenKind::Float) || at(TokenKind::Minus) || at(TokenKind::LeftBracket);
}

// key ::= WORD | STRING | [ "-" ] NUMBER | "[" expr "]"
const DictKey* Parser::key() {
    auto* node = make<DictKey>(at_);
    switch (kind()) {
        case TokenKind::String:
        case TokenKind::StringHead:
            node->key_kind = KeyKind::String;
            node->value = plain_string("a key");
            break;
        case TokenKind::Int:
        case TokenKind::Float:
        case TokenKind::Minus:
            node->key_kind = KeyKind::Number;
            node->value = signed_number();
            break;
        case TokenKind::LeftBracket: {
            Nesting nesting(*this);
            node->key_kind = KeyKind::Computed;
            if (nesting.is_too_deep()) {
                node->value = too_deep("brackets", kMaxNesting);
                break;
            }
            Opening opening = open();
            Mode mode(*this, false, false);
            node->value = expression();
            close(opening, TokenKind::RightBracket);
            break;
        }
        default:
            if (at(TokenKind::KwTrue) || at(TokenKind::KwFalse) || at(TokenKind::KwNull)) {
                std::string word(text());
                refuse(DiagnosticId::LiteralKey, token().span(), {word},
                       "write `[" + word + "]` for the value or `\"" + word + "\"` for the text");
            }
            node->word = name_here();
    }
    return finish(node);
}

// ---- Blocks as values, functions -----------------------------------------------------------------------------

// if | match | try | spawn as an operand
const Expr* Parser::brace_operand(std::string_view what, const Node* (Parser::*parse)()) {
    if (in_head_) report_here(DiagnosticId::BraceInHead, {what});
    Mode mode(*this, newlines_end_, false);
    return (this->*parse)();
}

// [ "async" ] "func" [ "*" ] params [ "->" type ] block
const Expr* Parser::func_expr() {
    if (in_head_) report_here(DiagnosticId::BraceInHead, {"a function"});
    auto* node = make<FuncExpr>(at_);
    node->is_async = take(TokenKind::KwAsync);
    advance();
    node->is_generator = take(TokenKind::Star);
    if (at(TokenKind::Name)) {
        report_here(DiagnosticId::Expected, {"`(`", "`" + std::string(text()) + "`"}).help =
            "a function inside an expression has no name";
        advance();
    }
    node->params = params(false);
    node->result = result_type();
    node->body = function_block(node->is_generator);
    return finish(node);
}

const Expr* Parser::async_expr() {
    if (kind(1) == TokenKind::KwFunc) return postfix_rest(func_expr());
    if (kind(1) == TokenKind::Bar || kind(1) == TokenKind::BarBar) return lambda();
    std::uint32_t first = at_;
    advance();
    const ForeignWord* word = at(TokenKind::Name) ? find_foreign_word(text()) : nullptr;
    bool is_foreign = word != nullptr && word->role == ForeignRole::Function;
    expected("`func` or `|` after `async`",
             is_foreign || at(TokenKind::LeftParen) ? "write `async func name() { }` or `async || expression`" : "");
    return error_node(first);
}

// lambda ::= [ "async" ] ("||" | "|" lparam,* "|") (block | expr)
const Expr* Parser::lambda() {
    Nesting nesting(*this);
    if (nesting.is_too_deep()) return too_deep("expressions", kMaxNesting);
    auto* node = make<LambdaExpr>(at_);
    node->is_async = take(TokenKind::KwAsync);
    node->params = lambda_params();
    Context inside;
    ContextScope scope(*this, inside);
    if (at(TokenKind::LeftBrace)) {
        if (in_head_) report_here(DiagnosticId::BraceInHead, {"a lambda with a block"});
        node->body = block();
        return finish(node);
    }
    std::uint32_t first = at_;
    node->body = expression();
    check_lambda_assignment(first, *node->body);
    return finish(node);
}

// "||" | "|" lparam,* "|"
List<Node> Parser::lambda_params() {
    if (take(TokenKind::BarBar)) return {};
    advance();
    Mode mode(*this, false, false);
    std::size_t mark = scratch_.size();
    while (!at(TokenKind::Bar) && !at(TokenKind::BarBar) && !at(TokenKind::Eof)) {
        if (at(TokenKind::Ellipsis)) {
            auto* rest = make<RestParam>(at_);
            advance();
            rest->name = expect_name("a name after `...`");
            scratch_.push_back(finish(rest));
        } else {
            // lparam ::= pattern [ ":" tprim ] | "..." NAME
            auto* param = make<Param>(at_);
            param->pattern = pattern();
            if (take(TokenKind::Colon)) param->type = simple_type(true);
            if (at(TokenKind::Equal)) {
                expected("`,` or `|`", "a parameter with a default needs `func`: `func(a = 1) { }`");
            }
            scratch_.push_back(finish(param));
        }
        if (take(TokenKind::Comma)) continue;
        if (at(TokenKind::BarBar)) split();
        if (at(TokenKind::Bar)) break;
        expected("`,` or `|`");
        break;
    }
    List<Node> params = list_from<Node>(mark);
    check_rest_last(params);
    if (!take(TokenKind::Bar)) {
        expected("`|` behind the parameters");
        while (!at(TokenKind::Bar) && !at(TokenKind::Eof) && !on_new_line() && !at(TokenKind::RightParen) &&
               !at(TokenKind::RightBrace) && !at(TokenKind::RightBracket) && !at(TokenKind::StringTail) &&
               !at(TokenKind::StringMiddle)) {
            advance();
        }
        take(TokenKind::Bar);
    }
    return params;
}

// `|x| total += x`: an assignment needs a block.
void Parser::check_lambda_assignment(std::uint32_t body_first, const Node& body) {
    bool is_assignment = kind() >= TokenKind::ColonEqual && kind() <= TokenKind::PercentEqual && !line_ends_here() &&
                         (body.is<NameExpr>() || body.is<MemberExpr>() || body.is<IndexExpr>());
    if (!is_assignment || !may_report() || broken_) return;
    Span span = token().span();
    advance();
    expression();
    if (broken_) return;
    std::uint32_t begin = tokens_[body_first].begin;
    std::uint32_t end = tokens_[at_ - 1].end;
    Diagnostic& diagnostic = report(DiagnosticId::AssignmentInExpression, span);
    diagnostic.help = "write `|x| { " + std::string(source_.substr(begin, std::min(end - begin, 60u))) + " }`";
    diagnostic.fixes.push_back({"Put it in a block", FixSafety::Safe, {{{begin, begin}, "{ "}, {{end, end}, " }"}}});
}

// ---- Literals ------------------------------------------------------------------------------------------------

template <class T>
const Expr* Parser::word_literal() {
    T* node = make<T>(at_);
    advance();
    return finish(node);
}

const Expr* Parser::bool_literal(bool value) {
    auto* node = make<BoolLiteral>(at_);
    node->value = value;
    advance();
    return finish(node);
}

const Expr* Parser::number() { return at(TokenKind::Int) ? int_literal() : float_literal(); }

// [ "-" ] NUMBER
const Expr* Parser::signed_number() {
    if (!at(TokenKind::Minus)) return number();
    auto* node = make<UnaryExpr>(at_);
    advance();
    negated_ = at_;
    if (at(TokenKind::Int) || at(TokenKind::Float)) {
        node->operand = number();
    } else {
        expected("a number");
        node->operand = missing();
    }
    return finish(node);
}

const Expr* Parser::int_literal() {
    constexpr std::uint64_t kLimit = std::uint64_t{1} << 63;
    auto* node = make<IntLiteral>(at_);
    std::string_view digits = text();
    if (token().was_reported()) broken_ = true;
    int base = 10;
    if (digits.size() > 2 && digits[0] == '0' && digits[1] > '9') {
        base = digits[1] == 'x' ? 16 : digits[1] == 'o' ? 8 : 2;
        digits.remove_prefix(2);
    }
    std::string cleaned;
    if (digits.find('_') != std::string_view::npos) digits = cleaned = without_underscores(digits);
    std::uint64_t value = 0;
    auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    TokenKind next = kind(1);
    bool has_chain = next == TokenKind::Dot || next == TokenKind::QuestionDot;
    bool has_postfix = next == TokenKind::Question || next == TokenKind::LeftBracket || next == TokenKind::LeftParen;
    // A bracket at the start of a line begins a statement.
    bool is_negated = negated_ == at_ && !has_chain && !(has_postfix && (on_same_line(1) || !newlines_end_));
    bool fits = parsed.ec == std::errc() && (value < kLimit || (value == kLimit && is_negated));
    if (!fits && !token().was_reported()) {
        refuse(DiagnosticId::IntOutOfRange, token().span(), {text()},
               "ints go from -9223372036854775808 to 9223372036854775807");
    }
    node->value = static_cast<std::int64_t>(fits ? value : 0);
    advance();
    return finish(node);
}

const Expr* Parser::float_literal() {
    auto* node = make<FloatLiteral>(at_);
    std::string digits = without_underscores(text());
    auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), node->value);
    // Too small is zero or nearly so, too large is refused; strtod tells them apart.
    if (parsed.ec != std::errc()) node->value = std::strtod(digits.c_str(), nullptr);
    if (node->value > 1.7976931348623157e308) {
        refuse(DiagnosticId::FloatOutOfRange, token().span(), {text()});
        node->value = 0;
    }
    advance();
    return finish(node);
}

}  // namespace ruff::syntax
