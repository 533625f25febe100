#include <algorithm>

#include "core/syntax/parser_internal.h"

// What people write by habit from other languages. Each mistake here is of the grammar anyway: these functions are asked
// only where the parser would complain, and find better words for it, often with a fix. Where the meaning is plain the
// parser goes on as if the Ruff form stood there.

namespace ruff::syntax {
namespace {

/// Begins an operand and cannot continue one: behind an expression it is a mistake.
bool begins_only_operand(TokenKind kind) {
    switch (kind) {
        case TokenKind::Name:
        case TokenKind::Int:
        case TokenKind::Float:
        case TokenKind::String:
        case TokenKind::StringHead:
        case TokenKind::KwTrue:
        case TokenKind::KwFalse:
        case TokenKind::KwNull:
        case TokenKind::KwSelf: return true;
        default: return false;
    }
}

/// The expression a statement ends with; null if it does not end with one.
const Expr* last_expression(const Node& statement) {
    if (const auto* wrapper = statement.as<ExprStmt>()) return wrapper->expression;
    if (const auto* assignment = statement.as<Assign>()) return assignment->value;
    if (const auto* binding = statement.as<Binding>()) return binding->value;
    if (const auto* result = statement.as<Return>()) return result->value;
    return nullptr;
}

/// The name that is called or stands alone at the end of a statement; null for others.
const NameExpr* word_of(const Node& statement) {
    const Expr* expression = last_expression(statement);
    if (expression == nullptr) return nullptr;
    if (const auto* call = expression->as<CallExpr>()) expression = call->callee;
    return expression->as<NameExpr>();
}

}  // namespace

bool Parser::at_arrow(std::uint32_t index) const {
    return at_adjacent(index, TokenKind::Equal, TokenKind::Greater);
}

bool Parser::at_adjacent(std::uint32_t index, TokenKind first, TokenKind second) const {
    return index < eof_ && tokens_[index].kind == first && tokens_[index + 1].kind == second &&
           tokens_[index].end == tokens_[index + 1].begin;
}

// Reports the current token as a word of another language.
void Parser::replace_word(const ForeignWord& word, FixSafety safety) {
    Diagnostic& diagnostic = report(DiagnosticId::ForeignWord, token().span(), {word.text});
    diagnostic.help = word.help;
    if (word.replacement.empty()) return;
    diagnostic.fixes.push_back({"Replace `" + std::string(word.text) + "` by `" + std::string(word.replacement) + "`",
                                safety,
                                {{token().span(), std::string(word.replacement)}}});
}

// ---- At the start of a statement -----------------------------------------------------------------------------

// A statement that begins with a word of another language and can be nothing else; null if this is not one.
const Stmt* Parser::foreign_statement() {
    if (!on_same_line(1)) return nullptr;
    bool is_before_operand = begins_only_operand(kind(1)) || kind(1) == TokenKind::KwFunc;
    bool is_before_body = kind(1) == TokenKind::LeftBrace;
    if (!is_before_operand && !is_before_body) return nullptr;
    const ForeignWord* word = find_foreign_word(text());
    if (word == nullptr || word->role == ForeignRole::Value || word->role == ForeignRole::Operator) return nullptr;
    if (is_before_body) {
        TokenKind inside = kind(2);
        bool is_literal = inside == TokenKind::RightBrace || inside == TokenKind::Ellipsis ||
                          (is_word(inside) && (kind(3) == TokenKind::Colon || kind(3) == TokenKind::Comma ||
                                               kind(3) == TokenKind::RightBrace));
        if (is_literal) return nullptr;
    }
    std::uint32_t first = at_;
    bool can_stand_for = word->role == ForeignRole::Function || word->role == ForeignRole::Variable;
    replace_word(*word, can_stand_for ? FixSafety::Safe : FixSafety::Display);
    if (word->role == ForeignRole::Function && kind(1) == TokenKind::Name) return func_decl(false);
    if (word->role == ForeignRole::Variable) return binding();
    skip_statement(first);
    return error_node(first);
}

// `for (...)` and `for i := 0; ...`
const Stmt* Parser::foreign_for(std::uint32_t first) {
    auto* node = make<For>(first);
    std::uint32_t begin = at_;
    Diagnostic& diagnostic = report_here(DiagnosticId::ForeignForLoop);
    diagnostic.help = "write `for i in 0..n { }` or `for x in xs { }`";
    std::uint32_t close = at(TokenKind::LeftParen) ? partner(at_) : kNoToken;
    if (close != kNoToken) {
        bool has_in = false;
        for (std::uint32_t i = at_ + 1; i < std::min(close, at_ + 8); ++i) has_in |= tokens_[i].kind == TokenKind::KwIn;
        if (has_in || tokens_[close + 1].kind == TokenKind::KwIn) {
            diagnostic.help = "write it without the parentheses";
            diagnostic.fixes.push_back({"Remove the parentheses",
                                        FixSafety::Safe,
                                        {{tokens_[at_].span(), ""}, {tokens_[close].span(), ""}}});
        }
    }
    while (!at(TokenKind::LeftBrace) && !at(TokenKind::Eof) && !at(TokenKind::RightBrace)) {
        if (on_new_line() && at_ > begin) break;
        if (at(TokenKind::LeftParen) && partner(at_) != kNoToken) at_ = partner(at_);
        advance();
    }
    node->pattern = error_node(begin);
    node->iterable = missing();
    Context inside = context_;
    inside.in_loop = true;
    ContextScope scope(*this, inside);
    node->body = at(TokenKind::LeftBrace) ? block() : finish(make<Block>(at_));
    return finish(node);
}

// ---- In an expression ----------------------------------------------------------------------------------------

// Where an operand is missing: whether the sign here makes an operator of another language with the one before.
const Expr* Parser::foreign_operand() {
    if (at_ == 0 || !may_report()) return nullptr;
    std::uint32_t before = at_ - 1;
    bool is_identity = at_adjacent(before, TokenKind::EqualEqual, TokenKind::Equal) ||
                       at_adjacent(before, TokenKind::BangEqual, TokenKind::Equal);
    if (is_identity) {
        Span span{tokens_[before].begin, token().end};
        std::string meant(text_of(before));
        Diagnostic& diagnostic = report(DiagnosticId::ForeignOperator, span, {meant + "="});
        diagnostic.help = "write `" + meant + "`";
        diagnostic.fixes.push_back({"Replace it by `" + meant + "`", FixSafety::Safe, {{span, meant}}});
        advance();
        return unary();
    }
    if (at_adjacent(before, TokenKind::Star, TokenKind::Star)) {
        report(DiagnosticId::ForeignOperator, {tokens_[before].begin, token().end}, {"**"}).help = "write `pow(a, b)`";
        advance();
        return unary();
    }
    if (at_adjacent(before, TokenKind::Equal, TokenKind::Greater)) {
        std::uint32_t first = before;
        report(DiagnosticId::ForeignArrow, {tokens_[before].begin, token().end}).help = "write `|x| expression`";
        advance();
        if (!at(TokenKind::LeftBrace)) return expression();
        block();
        return error_node(first);
    }
    if (at_adjacent(before, TokenKind::Plus, TokenKind::Plus)) return foreign_increment(before);
    if (at_adjacent(at_, TokenKind::Plus, TokenKind::Plus)) return foreign_increment(at_);
    if (before > 0 && at_adjacent(before - 1, TokenKind::Minus, TokenKind::Minus)) return foreign_increment(before - 1);
    return nullptr;
}

// `x++`, `++x`, `x--`
const Expr* Parser::foreign_increment(std::uint32_t first_sign) {
    bool is_plus = tokens_[first_sign].kind == TokenKind::Plus;
    Span span{tokens_[first_sign].begin, tokens_[first_sign + 1].end};
    bool is_behind = first_sign > 0 && tokens_[first_sign - 1].kind == TokenKind::Name;
    std::uint32_t name = is_behind ? first_sign - 1 : first_sign + 2;
    bool has_name = name < eof_ && tokens_[name].kind == TokenKind::Name;
    std::string variable = has_name ? std::string(text_of(name)) : "x";
    Diagnostic& diagnostic = report(DiagnosticId::ForeignOperator, span, {is_plus ? "++" : "--"});
    std::string_view step = is_plus ? " += 1" : " -= 1";
    diagnostic.help = "write `" + variable + std::string(step) + "`";
    bool is_whole = is_behind && tokens_[first_sign + 2].newline_before() && tokens_[name].newline_before();
    if (is_whole) diagnostic.fixes.push_back({"Write it as an assignment", FixSafety::Safe, {{span, std::string(step)}}});
    std::uint32_t first = at_;
    while (at_ <= first_sign + 1 && !at(TokenKind::Eof)) advance();
    if (begins_only_operand(kind()) && !on_new_line()) return unary();
    return error_node(first);
}

// Between two operands, where nothing can stand: `a is b`, `new P()`, `lambda x: x`. Reports the word if there is one.
bool Parser::foreign_word_between() {
    if (at(TokenKind::Name)) {
        const ForeignWord* word = find_foreign_word(text());
        if (word != nullptr && word->role == ForeignRole::Operator) {
            replace_word(*word, FixSafety::Unsafe);
            return true;
        }
    }
    bool is_behind_name = at_ > 0 && tokens_[at_ - 1].kind == TokenKind::Name && !on_new_line();
    if (!is_behind_name || !begins_only_operand(kind())) return false;
    const ForeignWord* word = find_foreign_word(text_of(at_ - 1));
    if (word == nullptr || word->role == ForeignRole::Value) return false;
    report(DiagnosticId::ForeignWord, tokens_[at_ - 1].span(), {word->text}).help = word->help;
    return true;
}

// Between two elements of a list.
void Parser::missing_separator(TokenKind closer) {
    std::string_view what = closer == TokenKind::RightParen   ? "`,` or `)`"
                            : closer == TokenKind::RightBrace ? "`,` or `}`"
                                                              : "`,` or `]`";
    if (foreign_word_between()) return;
    if (at_arrow(at_)) {
        report(DiagnosticId::ForeignArrow, {token().begin, token(1).end}).help = "write `|x| expression`";
    } else if (at(TokenKind::KwIf)) {
        report_here(DiagnosticId::ForeignConditional).help = "write `if c { x } else { y }`";
    } else if (at(TokenKind::KwFor)) {
        expected(what, "write `map(xs, |x| ...)` or `filter(xs, |x| ...)`");
    } else if (at(TokenKind::Colon) && closer == TokenKind::RightParen) {
        expected(what, "a named argument is written `name = value`");
    } else if (at(TokenKind::ColonEqual)) {
        report_here(DiagnosticId::AssignmentInExpression).help =
            closer == TokenKind::RightParen ? "a named argument is written `name = value`" : "";
    } else {
        expected(what);
    }
}

// ---- Behind a statement --------------------------------------------------------------------------------------

// Behind a complete statement: reports what keeps its line from ending here.
void Parser::after_statement(const Node& statement, std::uint32_t first) {
    if (at(TokenKind::Semicolon) || at(TokenKind::Eof) || line_ends_here()) return;
    switch (kind()) {
        case TokenKind::RightBrace:
        case TokenKind::RightParen:
        case TokenKind::RightBracket:
        case TokenKind::StringMiddle:
        case TokenKind::StringTail: return;
        case TokenKind::KwElse:
        case TokenKind::KwExcept:
        case TokenKind::KwFinally:
            if (on_new_line()) return;
            break;
        default: break;
    }
    if (statement.last_token < at_ && tokens_[at_ - 1].kind == TokenKind::RightBrace &&
        !statement.is<ExprStmt>() && !statement.is<Assign>() && !statement.is<Binding>() && !statement.is<Return>()) {
        Diagnostic& diagnostic =
            report(DiagnosticId::AfterBlockStatement, token().span(), {"`" + std::string(text()) + "`"});
        diagnostic.help = "put the whole in parentheses to go on";
        return;
    }
    if (foreign_after(statement, first)) return;
    report(DiagnosticId::ExpectedNewline, token().span(), {found()});
}

bool Parser::foreign_after(const Node& statement, std::uint32_t first) {
    const NameExpr* word = word_of(statement);
    switch (kind()) {
        case TokenKind::Comma: foreign_tuple(statement, first); return true;
        case TokenKind::KwIf:
            report_here(DiagnosticId::ForeignConditional).help = "write `if c { x } else { y }`";
            return true;
        case TokenKind::Equal:
            if (!at_arrow(at_)) return false;
            report(DiagnosticId::ForeignArrow, {token().begin, token(1).end}).help = "write `|x| expression`";
            return true;
        case TokenKind::Colon: {
            if (word == nullptr || !statement.is<ExprStmt>() || statement.first_token + 1 != at_) return false;
            Span name = tokens_[first].span();
            Diagnostic& diagnostic = report(DiagnosticId::AnnotationWithoutKeyword, name);
            diagnostic.help = "write `mut " + std::string(word->name.text()) + ": type := value`";
            diagnostic.fixes.push_back({"Declare it with `mut`", FixSafety::Safe, {{{name.begin, name.begin}, "mut "}}});
            return true;
        }
        case TokenKind::LeftBrace:
            if (word == nullptr || find_foreign_word(word->name.text()) == nullptr) return false;
            foreign_call(word->first_token);
            return true;
        default: break;
    }
    if (foreign_word_between()) return true;
    bool is_call_without_parens = word != nullptr && word->first_token + 1 == at_ && begins_only_operand(kind());
    if (!is_call_without_parens) return false;
    Diagnostic& diagnostic = report(DiagnosticId::ExpectedNewline, token().span(), {found()});
    diagnostic.help = "a call needs parentheses: `" + std::string(word->name.text()) + "(...)`";
    return true;
}

// `switch (x) {`, `function (x) {`: a call of a foreign word with a body behind it
void Parser::foreign_call(std::uint32_t word) {
    const ForeignWord* foreign = find_foreign_word(text_of(word));
    report(DiagnosticId::ForeignWord, tokens_[word].span(), {foreign->text}).help =
        foreign->role == ForeignRole::Function ? "a function without a name is written `func(x) { }` or `|x| ...`"
                                               : foreign->help;
}

// `a, b := b, a`, `x := 1, 2`, `return a, b`: at the first comma
void Parser::foreign_tuple(const Node& statement, std::uint32_t first) {
    Span comma = token().span();
    auto rest_of_list = [&] {
        while (take(TokenKind::Comma)) {
            if (on_new_line() || at(TokenKind::Eof)) return;
            expression();
        }
    };
    std::vector<TextEdit> edits;
    auto bracket = [&](std::uint32_t begin_token) {
        std::uint32_t begin = tokens_[begin_token].begin;
        std::uint32_t end = tokens_[at_ - 1].end;
        edits.push_back({{begin, begin}, "["});
        edits.push_back({{end, end}, "]"});
    };
    std::string help = "write `[a, b]`";
    const auto* assignment = statement.as<Assign>();
    const auto* binding = statement.as<Binding>();
    const auto* result = statement.as<Return>();
    std::uint32_t value = first;
    if (assignment != nullptr) value = assignment->value->first_token;
    if (binding != nullptr) value = binding->value->first_token;
    if (result != nullptr && result->value != nullptr) value = result->value->first_token;
    rest_of_list();
    bracket(value);
    if (value == first && (at(TokenKind::ColonEqual) || at(TokenKind::Equal)) && !broken_) {
        help = "write `[a, b] := [b, a]`";
        advance();
        std::uint32_t right = at_;
        expression();
        if (at(TokenKind::Comma)) {
            rest_of_list();
            bracket(right);
        }
    }
    if (broken_) return;
    error_at_ = kNoToken;
    Diagnostic& diagnostic = report(DiagnosticId::ForeignTuple, comma);
    diagnostic.help = help;
    bool is_whole = on_new_line() || at(TokenKind::Eof) || at(TokenKind::Semicolon) || at(TokenKind::RightBrace);
    if (is_whole) diagnostic.fixes.push_back({"Write arrays", FixSafety::Safe, std::move(edits)});
}

// ---- Where a block should begin ------------------------------------------------------------------------------

// Reports that `{` is missing. Leaves `at_` at a `{` further on in the line and gives null, or else gives the body.
const Block* Parser::missing_block() {
    switch (kind()) {
        case TokenKind::Colon: return colon_block();
        case TokenKind::Equal: {
            Diagnostic& diagnostic = report_here(DiagnosticId::AssignmentInExpression);
            diagnostic.help = "values are compared with `==`";
            diagnostic.fixes.push_back({"Compare with `==`", FixSafety::Unsafe, {{token().span(), "=="}}});
            break;
        }
        case TokenKind::ColonEqual:
            report_here(DiagnosticId::AssignmentInExpression).help =
                "assign before, or write `loop { x := f(); if not x { break } }`";
            break;
        case TokenKind::Comma: report_here(DiagnosticId::ForeignTuple).help = "write `[a, b]`"; break;
        default: {
            if (foreign_word_between()) break;
            bool is_then = at_word("then") || at_word("do");
            expected("`{`", is_then ? "the body stands in braces, without a word before it" : "");
        }
    }
    std::uint32_t first = at_;
    while (!at(TokenKind::Eof) && !at(TokenKind::RightBrace) && !at(TokenKind::Semicolon)) {
        if (at(TokenKind::LeftBrace)) return nullptr;
        if (on_new_line()) break;
        bool is_jump = at(TokenKind::LeftParen) || at(TokenKind::LeftBracket) || at(TokenKind::StringHead);
        if (is_jump && partner(at_) != kNoToken) at_ = partner(at_);
        advance();
    }
    return finish(make<Block>(first));
}

// `if x:` and the lines indented below it
const Block* Parser::colon_block() {
    Span colon = token().span();
    if (!broken_) report(DiagnosticId::ForeignColonBlock, colon).help = "write `{` and, at the end, `}`";
    broken_ = true;
    auto* node = make<Block>(at_);
    advance();
    if (at(TokenKind::LeftBrace)) return nullptr;
    if (block_nesting_ == kMaxBlockNesting) {
        too_deep("blocks", kMaxBlockNesting);
        return finish(node);
    }
    ++block_nesting_;
    Opening opening{node->first_token, true};
    {
        Mode mode(*this, true, false);
        Context inside = context_;
        inside.at_file_level = inside.at_test_level = false;
        ContextScope scope(*this, inside);
        node->statements = statements(&opening);
    }
    --block_nesting_;
    return finish(node);
}

}  // namespace ruff::syntax
