#include <algorithm>

#include "core/syntax/parser_internal.h"

// How the parser goes on after a mistake, so that one mistake gives one diagnostic and the rest of the file its tree.
//
// 1. Nobody complains twice about one token. A report about the grammar remembers where it was (`error_at_`); until a
//    token has been taken, further complaints are silent, and so are those about tokens that the lexer complained about.
//
// 2. A statement is the unit of damage. The first report inside a statement sets `broken_`; the statement is then
//    skipped to its end and becomes an ErrorNode around what was understood. Statements inside a block recover inside
//    it, so a mistake in a function's body leaves the function whole.
//
// 3. A list goes on at its next comma. `f(a b, c)` loses nothing but the `b`.
//
// 4. Brackets are trusted if all of them match, which the lexer knows. Then every list and block ends exactly at its
//    partner, whatever is wrong inside, and skipping jumps from opener to closer. If not all match, `match_brackets`
//    finds the most likely culprits first, by indentation:
//
//        func a() {            indentation 0
//            if x {            indentation 4
//                f()
//            g()
//        }                     0 < 4: the `if` was never closed; 0 = 0: closes `func a`
//
//    A `}` that begins its line and stands left of the line of the innermost open `{` belongs to one further out. A
//    `(` or `[` that is open when its block closes is unclosed; a closer that fits nothing closes nothing. Unclosed
//    openers are reported where they stand, strays where they are met, and an unclosed list or block ends at the first
//    line that is indented no more than the line of its opener.
//
// 5. Every loop advances: lists and statement lists force a token when nothing was taken.
//
// What cannot be kept: after a broken head (`if a b {`) the block is skipped with the statement, mistakes in it too.

namespace ruff::syntax {
namespace {

bool is_opener(TokenKind kind) {
    return kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket || kind == TokenKind::LeftBrace ||
           kind == TokenKind::StringHead;
}

bool is_closer(TokenKind kind) {
    return kind == TokenKind::RightParen || kind == TokenKind::RightBracket || kind == TokenKind::RightBrace ||
           kind == TokenKind::StringMiddle || kind == TokenKind::StringTail;
}

TokenKind closer_of(TokenKind opener) {
    switch (opener) {
        case TokenKind::LeftParen: return TokenKind::RightParen;
        case TokenKind::LeftBracket: return TokenKind::RightBracket;
        case TokenKind::LeftBrace: return TokenKind::RightBrace;
        default: return TokenKind::StringTail;
    }
}

/// Words that begin a statement and nothing else: whatever was under way on the line before is over.
bool begins_statement(TokenKind kind) {
    switch (kind) {
        case TokenKind::KwLet:
        case TokenKind::KwMut:
        case TokenKind::KwConst:
        case TokenKind::KwReturn:
        case TokenKind::KwWhile:
        case TokenKind::KwLoop:
        case TokenKind::KwFor:
        case TokenKind::KwBreak:
        case TokenKind::KwContinue:
        case TokenKind::KwImport:
        case TokenKind::KwExport:
        case TokenKind::KwStruct:
        case TokenKind::KwEnum: return true;
        default: return false;
    }
}

std::string shortened(std::string_view text) {
    constexpr std::size_t kLongest = 40;
    if (text.size() <= kLongest) return std::string(text);
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return std::string(text.substr(0, end)) + "…";
}

}  // namespace

// ---- Reporting -----------------------------------------------------------------------------------------------

Diagnostic& Parser::report(DiagnosticId id, Span span, std::initializer_list<std::string_view> arguments) {
    if (diagnostic_group(id) != DiagnosticGroup::Grammar) return report_.add(id, span, arguments);
    bool is_silent = muted_ || !may_report();
    broken_ = true;
    error_at_ = at_;
    if (is_silent) {
        silenced_ = {};
        return silenced_;
    }
    return report_.add(id, span, arguments);
}

Diagnostic& Parser::report_here(DiagnosticId id, std::initializer_list<std::string_view> arguments) {
    return report(id, token().span(), arguments);
}

void Parser::refuse(DiagnosticId id, Span span, std::initializer_list<std::string_view> arguments, std::string help) {
    report_.add(id, span, arguments).help = std::move(help);
}

// Something is missing that should have stood behind the token before.
bool Parser::expected(std::string_view what, std::string_view help) {
    bool is_at_line_end = on_new_line() && at_ > 0 && !at(TokenKind::Eof);
    std::string instead = is_at_line_end ? "the end of the line" : found();
    report(DiagnosticId::Expected, span_here(), {what, instead}).help = help;
    return false;
}

// The current token should be something else.
bool Parser::expected_here(std::string_view what, std::string_view help) {
    report(DiagnosticId::Expected, token().span(), {what, found()}).help = help;
    return false;
}

std::string Parser::found() const {
    switch (kind()) {
        case TokenKind::Eof: return "the end of the file";
        case TokenKind::String:
        case TokenKind::StringHead: return "a string";
        case TokenKind::StringMiddle:
        case TokenKind::StringTail: return "`}`";
        default: break;
    }
    return "`" + shortened(text()) + "`";
}

// Where something is missing that should stand before the current token: at that token, but behind the one before if
// that is on an earlier line.
Span Parser::span_here() const {
    if ((on_new_line() || at(TokenKind::Eof)) && at_ > 0) {
        std::uint32_t end = tokens_[at_ - 1].end;
        return {end, end};
    }
    return token().span();
}

Span Parser::span_of(const Node& node) const {
    if (node.is_missing) {
        std::uint32_t at = node.first_token == 0 ? 0 : tokens_[node.first_token - 1].end;
        return {at, at};
    }
    return {tokens_[node.first_token].begin, tokens_[node.last_token].end};
}

// ---- Brackets ------------------------------------------------------------------------------------------------

// The partner of a bracket, of a StringHead its tail; kNoToken if it has none.
std::uint32_t Parser::partner(std::uint32_t index) {
    if (partners_.empty()) match_brackets();
    return partners_[index];
}

void Parser::match_brackets() {
    partners_.assign(eof_ + 1, kNoToken);
    std::vector<std::uint32_t> open;
    auto pair_top = [&](std::uint32_t closer) {
        partners_[open.back()] = closer;
        partners_[closer] = open.back();
        open.pop_back();
    };
    if (is_balanced_) {
        for (std::uint32_t i = 0; i < eof_; ++i) {
            if (is_opener(tokens_[i].kind)) open.push_back(i);
            else if (is_closer(tokens_[i].kind) && tokens_[i].kind != TokenKind::StringMiddle) pair_top(i);
        }
        return;
    }

    measure_lines();
    // How many more closing braces there are than opening ones: as many can be strays.
    std::int64_t surplus = 0;
    for (std::uint32_t i = 0; i < eof_; ++i) {
        surplus += (tokens_[i].kind == TokenKind::RightBrace) - (tokens_[i].kind == TokenKind::LeftBrace);
    }
    // Drops the openers above the innermost one of `kind`, but none below the innermost of `border`.
    auto unwind_to = [&](TokenKind kind, TokenKind border) {
        std::size_t depth = open.size();
        while (depth > 0 && tokens_[open[depth - 1]].kind != kind) {
            if (tokens_[open[depth - 1]].kind == border || tokens_[open[depth - 1]].kind == TokenKind::StringHead) {
                return false;
            }
            --depth;
        }
        if (depth == 0) return false;
        open.resize(depth);
        return true;
    };
    for (std::uint32_t i = 0; i < eof_; ++i) {
        switch (tokens_[i].kind) {
            case TokenKind::LeftParen:
            case TokenKind::LeftBracket:
            case TokenKind::LeftBrace:
            case TokenKind::StringHead: open.push_back(i); break;
            case TokenKind::RightParen:
                if (unwind_to(TokenKind::LeftParen, TokenKind::LeftBrace)) pair_top(i);
                break;
            case TokenKind::RightBracket:
                if (unwind_to(TokenKind::LeftBracket, TokenKind::LeftBrace)) pair_top(i);
                break;
            case TokenKind::RightBrace: {
                if (!unwind_to(TokenKind::LeftBrace, TokenKind::LeftBrace)) break;
                bool begins_line = tokens_[i].newline_before();
                if (begins_line) {
                    std::size_t depth = open.size();
                    // The innermost open brace whose line is not indented more than this one.
                    while (depth > 0 && tokens_[open[depth - 1]].kind != TokenKind::StringHead &&
                           line_indents_[open[depth - 1]] > line_indents_[i]) {
                        --depth;
                    }
                    bool fits = depth > 0 && tokens_[open[depth - 1]].kind == TokenKind::LeftBrace &&
                                line_indents_[open[depth - 1]] == line_indents_[i];
                    if (fits) {
                        open.resize(depth);
                    } else if (surplus > 0 && line_indents_[open.back()] < line_indents_[i]) {
                        --surplus;
                        break;
                    }
                }
                pair_top(i);
                break;
            }
            case TokenKind::StringTail:
                while (tokens_[open.back()].kind != TokenKind::StringHead) open.pop_back();
                pair_top(i);
                break;
            case TokenKind::StringMiddle:
                while (tokens_[open.back()].kind != TokenKind::StringHead) open.pop_back();
                break;
            default: break;
        }
    }
}

// How far the line of a token is indented, in bytes.
std::uint32_t Parser::line_indent(std::uint32_t index) {
    if (line_indents_.empty()) measure_lines();
    return line_indents_[index];
}

void Parser::measure_lines() {
    line_indents_.assign(eof_ + 1, 0);
    std::uint32_t indent = 0;
    for (std::uint32_t i = 0; i <= eof_; ++i) {
        if (tokens_[i].newline_before()) {
            std::uint32_t begin = tokens_[i].begin;
            while (begin > 0 && source_[begin - 1] != '\n') --begin;
            indent = tokens_[i].begin - begin;
        }
        line_indents_[i] = indent;
    }
}

// Takes an opening bracket; reports it if it is never closed. Of several around each other only the outermost is.
Opening Parser::open() {
    Opening opening{at_, false};
    if (!is_balanced_ && partner(at_) == kNoToken) {
        opening.is_unclosed = true;
        if (unclosed_around_++ == 0 && !lost_closer_on_line()) {
            report(DiagnosticId::Unclosed, token().span(), {text()}).help =
                "close it with " + std::string(token_description(closer_of(kind())));
        }
        broken_ = true;
        muted_ = true;
    }
    advance();
    return opening;
}

// Whether a string that is not closed has swallowed the rest of the line, and the closer with it.
bool Parser::lost_closer_on_line() const {
    for (std::uint32_t i = at_ + 1; i < eof_ && !tokens_[i].newline_before(); ++i) {
        bool is_string = tokens_[i].kind == TokenKind::String || tokens_[i].kind == TokenKind::StringTail;
        if (is_string && tokens_[i].was_reported()) return true;
    }
    return false;
}

bool Parser::at_end_of(const Opening& opening, TokenKind closer) {
    if (at(TokenKind::Eof)) return true;
    if (opening.is_unclosed) return is_closer(kind()) || is_dedented(opening);
    if (is_balanced_) return at(closer);
    return at(closer) && (partners_[at_] == opening.token || !is_closer(closer));
}

bool Parser::is_dedented(const Opening& opening) {
    return on_new_line() && line_indent(at_) <= line_indent(opening.token);
}

void Parser::close(const Opening& opening, TokenKind closer) {
    if (opening.is_unclosed) {
        --unclosed_around_;
        return;
    }
    expect(closer);
}

// ---- Skipping ------------------------------------------------------------------------------------------------

// To the next comma of the list, or its end.
void Parser::skip_in_list(const Opening& opening, TokenKind closer) {
    while (!at(TokenKind::Comma) && !at_end_of(opening, closer)) {
        if (is_closer(kind())) {
            // A stray one; if it has a partner further out, the list has ended without its closer.
            if (partner(at_) != kNoToken) return;
        } else if (is_opener(kind()) && partner(at_) != kNoToken) {
            at_ = partner(at_);
        } else if (closer == TokenKind::Bar && on_new_line() && begins_statement(kind())) {
            return;
        }
        advance();
    }
}

// To where the next statement can begin. Takes at least one token if none was taken since `start`.
void Parser::skip_statement(std::uint32_t start) {
    while (!at(TokenKind::Eof)) {
        bool has_moved = at_ > start;
        if (has_moved) {
            if (at(TokenKind::Semicolon) || line_ends_here()) return;
            if (on_new_line() && begins_statement(kind())) return;
            if (is_closer(kind()) && (is_balanced_ || partner(at_) != kNoToken)) return;
        }
        if (is_opener(kind()) && partner(at_) != kNoToken) at_ = partner(at_);
        advance();
    }
}

// An expression that is not looked into: to the comma, closer or line end behind it.
void Parser::skip_expression() {
    while (!at(TokenKind::Eof) && !at(TokenKind::Comma) && !at(TokenKind::Semicolon) && !is_closer(kind())) {
        if (is_opener(kind()) && partner(at_) != kNoToken) at_ = partner(at_);
        advance();
        if (newlines_end_ && on_new_line()) return;
    }
}

// Reports a limit and skips what is beyond it.
const ErrorNode* Parser::too_deep(std::string_view what, int limit) {
    std::uint32_t first = at_;
    if (unclosed_around_ == 0) refuse(DiagnosticId::TooDeep, token().span(), {what, std::to_string(limit)});
    if (is_opener(kind()) && partner(at_) != kNoToken) {
        at_ = partner(at_);
        advance();
    } else {
        skip_expression();
    }
    return error_node(first);
}

// Closers at the start of a statement: a whole run is one mistake.
const ErrorNode* Parser::stray_closers() {
    std::uint32_t first = at_;
    report_here(DiagnosticId::Unopened, {text()});
    while (is_closer(kind()) && (at_ == first || partner(at_) == kNoToken)) advance();
    return error_node(first);
}

}  // namespace ruff::syntax
