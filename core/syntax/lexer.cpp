#include "core/syntax/lexer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "core/support/utf8.h"

// One pass from the first byte to the last. Two things make it more than a loop over a switch:
//
// Interpolation. A string with `${ }` is cut into StringHead, StringMiddle and StringTail, with the tokens of the
// expressions between. `frames_` holds one entry for each interpolation we are in, with the braces opened since, so a
// `}` is known to be a brace of the expression or the end of the interpolation. However broken the text, every head gets
// its tail: where the line (of a one-line string) or the file ends first, an empty tail is put behind the last token.
// The parser relies on it.
//
// Balance. The parser needs to know whether all brackets have partners before it trusts them (see recovery.cpp), so
// they are matched here in passing.
//
// The text ends with a NUL byte that is not part of it; scanning loops stop there without comparing offsets.

namespace ruff::syntax {
namespace {

enum ByteClass : std::uint8_t {
    kIdentifierStart = 1,
    kIdentifier = 2,
    kDigit = 4,
    kStopsString = 8,  // quote, backslash, dollar, line end, NUL
    kStopsLine = 16,   // line end, NUL
};

constexpr std::array<std::uint8_t, 256> make_byte_classes() {
    std::array<std::uint8_t, 256> classes{};
    for (int c = 0; c < 256; ++c) {
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool is_digit = c >= '0' && c <= '9';
        bool ends_line = c == '\n' || c == '\0';
        bool stops_string = ends_line || c == '"' || c == '\\' || c == '$';
        classes[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(
            (is_letter ? kIdentifierStart | kIdentifier : 0) | (is_digit ? kDigit | kIdentifier : 0) |
            (stops_string ? kStopsString : 0) | (ends_line ? kStopsLine : 0));
    }
    return classes;
}

constexpr std::array<std::uint8_t, 256> kByteClasses = make_byte_classes();

constexpr bool is_a(char byte, std::uint8_t byte_class) {
    return (kByteClasses[static_cast<unsigned char>(byte)] & byte_class) != 0;
}

constexpr bool is_ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

constexpr bool is_hex_digit(char c) {
    char lower = static_cast<char>(c | 0x20);
    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f');
}

class Lexer {
public:
    Lexer(std::string_view text, Report& report, std::span<const std::uint32_t> splits)
        : text_(text), data_(text.data()), end_(static_cast<std::uint32_t>(text.size())), report_(report),
          splits_(splits) {}

    LexResult run();

private:
    /// An interpolation that is open.
    struct Frame {
        std::uint32_t opening;   // of the `$`
        std::uint32_t braces;    // opened inside it and not yet closed
        bool is_one_line;        // its string is: so must it be
        bool is_triple;
        bool was_reported;
        bool goes_on;            // over line ends, though it is one-line
    };

    [[nodiscard]] char at(std::uint32_t offset) const { return data_[offset]; }
    [[nodiscard]] bool starts(std::uint32_t offset, std::string_view word) const {
        return text_.substr(offset, word.size()) == word;
    }

    void check_bytes();
    void skip_blanks();
    void line_comment(CommentKind kind);
    void block_comment();
    void comment_in_interpolation();
    void add_comment(std::uint32_t begin, CommentKind kind);
    void close_one_line_frames();
    void close_all_frames();
    void report_unclosed(Frame& frame);
    bool ends_on_later_line();

    void next_token();
    void punctuation();
    void name();
    void number();
    void digits();
    void malformed_number(std::uint32_t begin);
    void quote(std::uint32_t begin, bool is_raw);
    void string_body(std::uint32_t begin, TokenKind whole, TokenKind cut, bool is_raw, bool is_triple,
                     bool is_one_line);
    void unterminated(std::uint32_t begin, bool is_triple);
    void single_quoted();
    void prefixed_string(std::uint32_t begin);
    void brace_open();
    void brace_close();
    void unexpected();

    void push(TokenKind kind, std::uint32_t begin, std::uint8_t extra = 0) {
        result_.tokens.push_back({begin, at_, kind, static_cast<std::uint8_t>(flags_ | extra)});
    }
    void take(TokenKind kind, std::uint32_t size) {
        std::uint32_t begin = at_;
        at_ += size;
        push(kind, begin);
    }
    void take_splittable(TokenKind whole, TokenKind first);
    void open_bracket(TokenKind closer, TokenKind kind) {
        closers_.push_back(closer);
        take(kind, 1);
    }
    void close_bracket(TokenKind kind);

    std::string_view text_;
    const char* data_;
    std::uint32_t end_;
    std::uint32_t at_ = 0;
    std::uint8_t flags_ = 0;
    std::vector<Frame> frames_;
    std::uint32_t one_line_frames_ = 0;
    std::vector<TokenKind> closers_;  // of the brackets that are open
    LexResult result_;
    Report& report_;
    std::span<const std::uint32_t> splits_;
};

LexResult Lexer::run() {
    check_bytes();
    result_.tokens.reserve(text_.size() / 5 + 16);
    if (starts(0, "#!")) line_comment(CommentKind::Shebang);
    while (true) {
        skip_blanks();
        if (at_ == end_) break;
        next_token();
    }
    if (!frames_.empty()) close_all_frames();
    push(TokenKind::Eof, at_);
    if (!closers_.empty()) result_.is_balanced = false;
    return std::move(result_);
}

void Lexer::check_bytes() {
    std::size_t invalid = utf8::find_invalid(text_);
    if (invalid != utf8::npos) {
        auto offset = static_cast<std::uint32_t>(invalid);
        report_.add(DiagnosticId::InvalidUtf8, {offset, offset + 1}, {std::to_string(offset)});
    }
    std::size_t nul = text_.find('\0');
    if (nul != std::string_view::npos) {
        auto offset = static_cast<std::uint32_t>(nul);
        report_.add(DiagnosticId::NulByte, {offset, offset + 1}, {std::to_string(offset)});
    }
}

// ---- Blanks and comments -------------------------------------------------------------------------------------

// Leaves `at_` at a token or the end, and in `flags_` what stood before it.
void Lexer::skip_blanks() {
    flags_ = result_.tokens.empty() ? Token::kNewlineBefore : 0;
    while (true) {
        switch (at(at_)) {
            case '\n':
                if (one_line_frames_ > 0) close_one_line_frames();
                flags_ |= Token::kNewlineBefore;
                [[fallthrough]];
            case ' ':
            case '\t':
            case '\r':
                flags_ |= Token::kGapBefore;
                ++at_;
                continue;
            case '#':
                if (!frames_.empty()) return;
                line_comment(CommentKind::Hash);
                continue;
            case '/':
                if (at(at_ + 1) != '/' && at(at_ + 1) != '*') return;
                if (!frames_.empty()) return;
                if (at(at_ + 1) == '*') {
                    block_comment();
                } else {
                    line_comment(at(at_ + 2) == '/' ? CommentKind::Doc : CommentKind::Slashes);
                }
                continue;
            default: return;
        }
    }
}

void Lexer::line_comment(CommentKind kind) {
    std::uint32_t begin = at_;
    const void* newline = std::memchr(data_ + at_, '\n', end_ - at_);
    at_ = newline == nullptr ? end_ : static_cast<std::uint32_t>(static_cast<const char*>(newline) - data_);
    if (at_ > begin && at(at_ - 1) == '\r' && at_ != end_) --at_;
    add_comment(begin, kind);
}

void Lexer::block_comment() {
    std::uint32_t begin = at_;
    std::size_t close = text_.find("*/", begin + 2);
    if (close == std::string_view::npos) {
        report_.add(DiagnosticId::UnclosedComment, {begin, begin + 2}).help = "close it with `*/`";
        at_ = end_;
    } else {
        at_ = static_cast<std::uint32_t>(close) + 2;
    }
    add_comment(begin, CommentKind::Block);
    if (std::memchr(data_ + begin, '\n', at_ - begin) != nullptr) flags_ |= Token::kNewlineBefore;
}

void Lexer::add_comment(std::uint32_t begin, CommentKind kind) {
    auto next_token = static_cast<std::uint32_t>(result_.tokens.size());
    bool starts_line = (flags_ & Token::kNewlineBefore) != 0 || next_token == 0;
    result_.comments.push_back({{begin, at_}, kind, starts_line, next_token});
    flags_ |= Token::kGapBefore | Token::kCommentBefore;
}

void Lexer::comment_in_interpolation() {
    report_.add(DiagnosticId::CommentInInterpolation, {at_, at_ + (at(at_) == '#' ? 1u : 2u)});
    std::uint32_t begin = at_;
    at_ += at(at_) == '#' ? 1 : 2;
    push(TokenKind::Unknown, begin, Token::kReported);
}

// ---- Interpolations that are never closed --------------------------------------------------------------------

// At a line end inside a one-line string: gives it, and every string inside it, the tail that is missing.
void Lexer::close_one_line_frames() {
    std::uint32_t end = result_.tokens.back().end;
    auto outermost = std::find_if(frames_.begin(), frames_.end(), [](const Frame& f) { return f.is_one_line; });
    auto reported = std::find_if(outermost, frames_.end(), [](const Frame& f) { return f.was_reported; });
    if (reported == frames_.end()) report_unclosed(frames_.back());
    if (ends_on_later_line()) return;
    for (auto frame = frames_.end(); frame != outermost; --frame) {
        result_.tokens.push_back({end, end, TokenKind::StringTail, Token::kReported});
    }
    frames_.erase(outermost, frames_.end());
    one_line_frames_ = 0;
    result_.is_balanced = false;
    while (!closers_.empty() && closers_.back() != TokenKind::StringTail) closers_.pop_back();
    if (!closers_.empty()) closers_.pop_back();
}

void Lexer::report_unclosed(Frame& frame) {
    if (frame.was_reported) return;
    frame.was_reported = true;
    report_.add(DiagnosticId::UnclosedInterpolation, {frame.opening, frame.opening + 2}).help =
        frame.is_one_line ? "close it with `}` on the same line" : "close it with `}`";
}

// Whether a one-line interpolation and its string are closed further down, as in
//
//     "${a +
//     b}"
//
// It was reported; reading on as if that were allowed makes no second mistake of the rest.
bool Lexer::ends_on_later_line() {
    if (frames_.back().goes_on) return true;
    if (frames_.size() > 1) return false;
    std::size_t close = text_.find_first_of("{}\"", at_);
    if (close == std::string_view::npos || at(static_cast<std::uint32_t>(close)) != '}') return false;
    std::size_t end = text_.find_first_of("\"\n", close);
    frames_.back().goes_on = end != std::string_view::npos && text_[end] == '"';
    return frames_.back().goes_on;
}

void Lexer::close_all_frames() {
    std::uint32_t end = result_.tokens.back().end;
    report_unclosed(frames_.back());
    for (std::size_t i = 0; i < frames_.size(); ++i) {
        result_.tokens.push_back({end, end, TokenKind::StringTail, Token::kReported});
    }
    frames_.clear();
    result_.is_balanced = false;
}

// ---- Tokens --------------------------------------------------------------------------------------------------

void Lexer::next_token() {
    char c = at(at_);
    if (is_a(c, kIdentifierStart)) return name();
    if (is_a(c, kDigit)) return number();
    if (c == '"') return quote(at_, false);
    if (!is_ascii(c)) {
        utf8::Decoded decoded = utf8::decode(text_, at_);
        if (decoded.is_valid && utf8::is_identifier_start(decoded.code_point)) return name();
        return unexpected();
    }
    punctuation();
}

void Lexer::punctuation() {
    char next = at(at_ + 1);
    switch (at(at_)) {
        case '(': return open_bracket(TokenKind::RightParen, TokenKind::LeftParen);
        case ')': return close_bracket(TokenKind::RightParen);
        case '[': return open_bracket(TokenKind::RightBracket, TokenKind::LeftBracket);
        case ']': return close_bracket(TokenKind::RightBracket);
        case '{': return brace_open();
        case '}': return brace_close();
        case ',': return take(TokenKind::Comma, 1);
        case ';': return take(TokenKind::Semicolon, 1);
        case ':':
            if (next == ':') return take(TokenKind::ColonColon, 2);
            if (next == '=') return take(TokenKind::ColonEqual, 2);
            return take(TokenKind::Colon, 1);
        case '=':
            if (next == '=') return take(TokenKind::EqualEqual, 2);
            return take(TokenKind::Equal, 1);
        case '.':
            if (next != '.') return take(TokenKind::Dot, 1);
            if (at(at_ + 2) == '.') return take(TokenKind::Ellipsis, 3);
            if (at(at_ + 2) == '=') return take(TokenKind::DotDotEqual, 3);
            return take(TokenKind::DotDot, 2);
        case '?':
            if (next == '.') return take(TokenKind::QuestionDot, 2);
            if (next == '?') return take_splittable(TokenKind::QuestionQuestion, TokenKind::Question);
            return take(TokenKind::Question, 1);
        case '|':
            if (next == '|') return take_splittable(TokenKind::BarBar, TokenKind::Bar);
            if (next == '>') return take(TokenKind::BarGreater, 2);
            return take(TokenKind::Bar, 1);
        case '&':
            if (next == '&') return take(TokenKind::AmpersandAmpersand, 2);
            return unexpected();
        case '!':
            if (next == '=') return take(TokenKind::BangEqual, 2);
            return take(TokenKind::Bang, 1);
        case '<':
            if (next == '=') return take(TokenKind::LessEqual, 2);
            return take(TokenKind::Less, 1);
        case '>':
            if (next == '=') return take_splittable(TokenKind::GreaterEqual, TokenKind::Greater);
            return take(TokenKind::Greater, 1);
        case '+':
            if (next == '=') return take(TokenKind::PlusEqual, 2);
            return take(TokenKind::Plus, 1);
        case '-':
            if (next == '>') return take(TokenKind::Arrow, 2);
            if (next == '=') return take(TokenKind::MinusEqual, 2);
            return take(TokenKind::Minus, 1);
        case '*':
            if (next == '=') return take(TokenKind::StarEqual, 2);
            return take(TokenKind::Star, 1);
        case '/':
            if (next == '/' || next == '*') return comment_in_interpolation();
            if (next == '=') return take(TokenKind::SlashEqual, 2);
            return take(TokenKind::Slash, 1);
        case '%':
            if (next == '=') return take(TokenKind::PercentEqual, 2);
            return take(TokenKind::Percent, 1);
        case '#': return comment_in_interpolation();
        case '\'': return single_quoted();
        default: return unexpected();
    }
}

void Lexer::take_splittable(TokenKind whole, TokenKind first) {
    while (!splits_.empty() && splits_.front() < at_) splits_ = splits_.subspan(1);
    if (!splits_.empty() && splits_.front() == at_) return take(first, 1);
    take(whole, 2);
}

void Lexer::close_bracket(TokenKind kind) {
    if (closers_.empty() || closers_.back() != kind) {
        result_.is_balanced = false;
    } else {
        closers_.pop_back();
    }
    take(kind, 1);
}

void Lexer::brace_open() {
    if (!frames_.empty()) ++frames_.back().braces;
    open_bracket(TokenKind::RightBrace, TokenKind::LeftBrace);
}

void Lexer::brace_close() {
    if (frames_.empty() || frames_.back().braces > 0) {
        if (!frames_.empty()) --frames_.back().braces;
        return close_bracket(TokenKind::RightBrace);
    }
    if (closers_.empty() || closers_.back() != TokenKind::StringTail) {
        // `"${f(}"`: the string goes on all the same.
        result_.is_balanced = false;
        while (!closers_.empty() && closers_.back() != TokenKind::StringTail) closers_.pop_back();
    }
    if (!closers_.empty()) closers_.pop_back();
    Frame frame = frames_.back();
    frames_.pop_back();
    if (frame.is_one_line) --one_line_frames_;
    std::uint32_t begin = at_++;
    string_body(begin, TokenKind::StringTail, TokenKind::StringMiddle, false, frame.is_triple, frame.is_one_line);
}

void Lexer::name() {
    std::uint32_t begin = at_;
    while (is_a(at(at_), kIdentifier)) ++at_;
    while (!is_ascii(at(at_))) {
        utf8::Decoded decoded = utf8::decode(text_, at_);
        if (!decoded.is_valid || !utf8::is_identifier_continue(decoded.code_point)) break;
        at_ += decoded.size;
        while (is_a(at(at_), kIdentifier)) ++at_;
    }
    if (at(at_) == '"' && at_ - begin <= 2) {
        if (at_ - begin == 1 && at(begin) == 'r') return quote(begin, true);
        return prefixed_string(begin);
    }
    push(keyword_kind(text_.substr(begin, at_ - begin)), begin);
}

// `f"..."`: a word of one or two letters from other languages, directly before a quote.
void Lexer::prefixed_string(std::uint32_t begin) {
    std::string_view prefix = text_.substr(begin, at_ - begin);
    bool is_foreign = prefix == "f" || prefix == "F" || prefix == "u" || prefix == "fr" || prefix == "rf";
    if (!is_foreign) return push(keyword_kind(prefix), begin);
    Diagnostic& diagnostic = report_.add(DiagnosticId::StringPrefix, {begin, at_}, {prefix});
    diagnostic.help = "write `\"...${name}...\"`";
    diagnostic.fixes.push_back({"Remove the prefix", FixSafety::Unsafe, {{{begin, at_}, ""}}});
    std::size_t first = result_.tokens.size();
    quote(begin, false);
    result_.tokens[first].flags |= Token::kReported;
}

// ---- Numbers -------------------------------------------------------------------------------------------------

// number ::= decimal [ "." decimal ] [ ("e" | "E") [ "+" | "-" ] decimal ] | "0x" hex | "0o" octal | "0b" binary
// with `_` between digits
void Lexer::number() {
    std::uint32_t begin = at_;
    TokenKind kind = TokenKind::Int;
    char marker = at(begin) == '0' ? at(begin + 1) : '\0';
    if (marker == 'x' || marker == 'o' || marker == 'b') {
        at_ += 2;
        auto is_digit = [&](char c) {
            return marker == 'x' ? is_hex_digit(c) : marker == 'o' ? c >= '0' && c <= '7' : c == '0' || c == '1';
        };
        if (!is_digit(at(at_))) return malformed_number(begin);
        while (is_digit(at(at_)) || (at(at_) == '_' && is_digit(at(at_ + 1)) && at(at_ - 1) != '_')) ++at_;
    } else {
        digits();
        if (at(at_) == '.' && is_a(at(at_ + 1), kDigit)) {
            kind = TokenKind::Float;
            ++at_;
            digits();
        }
        if ((at(at_) | 0x20) == 'e') {
            bool has_sign = at(at_ + 1) == '+' || at(at_ + 1) == '-';
            if (is_a(at(at_ + (has_sign ? 2u : 1u)), kDigit)) {
                kind = TokenKind::Float;
                at_ += has_sign ? 2 : 1;
                digits();
            }
        }
    }
    bool goes_on = is_a(at(at_), kIdentifier);
    if (!is_ascii(at(at_))) {
        utf8::Decoded decoded = utf8::decode(text_, at_);
        goes_on = decoded.is_valid && utf8::is_identifier_continue(decoded.code_point);
    }
    if (goes_on) return malformed_number(begin);
    push(kind, begin);
}

void Lexer::digits() {
    while (is_a(at(at_), kDigit) || (at(at_) == '_' && is_a(at(at_ + 1), kDigit))) ++at_;
}

// Takes in whatever is stuck to the number, so that it is one mistake.
void Lexer::malformed_number(std::uint32_t begin) {
    std::uint32_t good_end = at_;
    while (at_ < end_) {
        if (is_a(at(at_), kIdentifier)) {
            ++at_;
            continue;
        }
        if (is_ascii(at(at_))) break;
        utf8::Decoded decoded = utf8::decode(text_, at_);
        if (!decoded.is_valid || !utf8::is_identifier_continue(decoded.code_point)) break;
        at_ += decoded.size;
    }
    std::string_view number = text_.substr(begin, at_ - begin);
    std::string message = "a number cannot be followed by a letter, digit or `_`";
    std::string help;
    char marker = static_cast<char>(number.size() > 1 && number[0] == '0' ? number[1] | 0x20 : 0);
    if (number.back() == '_' || number.find("__") != std::string_view::npos) {
        message = "`_` in a number stands between two digits";
    } else if (number.size() > 1 && number[0] == '0' && (number[1] == 'X' || number[1] == 'O' || number[1] == 'B')) {
        message = "the prefix of a number is written in lower case";
        help = "write `0" + std::string(1, marker) + "`";
    } else if (marker == 'x' || marker == 'o' || marker == 'b') {
        std::string_view base = marker == 'x' ? "a hexadecimal" : marker == 'o' ? "an octal" : "a binary";
        message = "`" + std::string(number) + "` is not " + std::string(base) + " number";
    }
    Span span{good_end < at_ ? good_end : begin, at_};
    report_.add(DiagnosticId::InvalidNumber, span, {message}).help = help;
    push(TokenKind::Int, begin, Token::kReported);
}

// ---- Strings -------------------------------------------------------------------------------------------------

// At the opening quote; `begin` is that of a prefix, if there is one.
void Lexer::quote(std::uint32_t begin, bool is_raw) {
    bool is_triple = starts(at_, "\"\"\"");
    at_ += is_triple ? 3 : 1;
    bool breaks_line = at(at_) == '\n' || (at(at_) == '\r' && at(at_ + 1) == '\n');
    // Within a one-line interpolation there is no room for lines; it ends as one that is not closed.
    bool is_one_line = !is_triple || !breaks_line || one_line_frames_ > 0;
    if (is_triple && !breaks_line && one_line_frames_ == 0) {
        std::uint32_t blank_end = at_;
        while (at(blank_end) == ' ' || at(blank_end) == '\t') ++blank_end;
        if (blank_end > at_ && (at(blank_end) == '\n' || at(blank_end) == '\r')) {
            Diagnostic& diagnostic = report_.add(DiagnosticId::TripleQuoteOpening, {at_, blank_end});
            diagnostic.fixes.push_back({"Remove the blanks", FixSafety::Safe, {{{at_, blank_end}, ""}}});
            is_one_line = false;
        }
    }
    string_body(begin, TokenKind::String, TokenKind::StringHead, is_raw, is_triple, is_one_line);
}

// From behind an opening quote or the `}` of an interpolation to the closing quote (a `whole`) or the next `${` (`cut`).
void Lexer::string_body(std::uint32_t begin, TokenKind whole, TokenKind cut, bool is_raw, bool is_triple,
                        bool is_one_line) {
    std::uint8_t extra = 0;
    while (true) {
        while (!is_a(at(at_), kStopsString)) ++at_;
        switch (at(at_)) {
            case '"':
                if (is_triple && !starts(at_, "\"\"\"")) break;
                at_ += is_triple ? 3 : 1;
                return push(whole, begin, extra);
            case '\\':
                if (is_raw) break;
                extra |= Token::kHasEscape;
                if (at(at_ + 1) != '\n' && at_ + 1 < end_) ++at_;
                break;
            case '$':
                if (is_raw || at(at_ + 1) != '{') break;
                frames_.push_back({at_, 0, is_one_line, is_triple, false, false});
                if (is_one_line) ++one_line_frames_;
                closers_.push_back(TokenKind::StringTail);
                at_ += 2;
                return push(cut, begin, extra);
            case '\n':
                if (!is_one_line) break;
                if (at(at_ - 1) == '\r' && at_ - 1 > begin) --at_;
                unterminated(begin, is_triple);
                return push(whole, begin, extra | Token::kReported);
            default:  // NUL
                if (at_ < end_) break;
                unterminated(begin, is_triple);
                return push(whole, begin, extra | Token::kReported);
        }
        ++at_;
    }
}

// Reported where the string begins; inside an interpolation what is missing is more likely the `}`.
void Lexer::unterminated(std::uint32_t begin, bool is_triple) {
    result_.is_balanced = result_.is_balanced && frames_.empty();
    if (!frames_.empty()) {
        Frame& frame = frames_.back();
        if (frame.is_one_line || at_ == end_) return report_unclosed(frame);
        frame.was_reported = true;  // below; that it is not closed either is no second mistake
    }
    std::uint32_t opening = begin;
    // A tail: the string began at the head before it.
    if (at(begin) == '}') {
        std::uint32_t depth = 1;
        for (std::size_t i = result_.tokens.size(); i-- > 0 && depth > 0;) {
            if (result_.tokens[i].kind == TokenKind::StringTail) ++depth;
            if (result_.tokens[i].kind == TokenKind::StringHead) --depth, opening = result_.tokens[i].begin;
        }
    }
    std::uint32_t quotes = opening;
    while (at(quotes) != '"') ++quotes;
    Diagnostic& diagnostic =
        report_.add(DiagnosticId::UnterminatedString, {opening, quotes + (is_triple ? 3u : 1u)});
    diagnostic.help = is_triple ? "close it with `\"\"\"`" : "close it with `\"` on the same line";
}

// `'...'`: taken as the string that was meant, if it is closed on its line.
void Lexer::single_quoted() {
    std::uint32_t begin = at_++;
    std::string meant = "\"";
    while (!is_a(at(at_), kStopsLine) && at(at_) != '\'') {
        if (at(at_) == '\\' && at(at_ + 1) == '\'') {
            ++at_;
        } else if (at(at_) == '"') {
            meant += '\\';
        } else if (at(at_) == '\\' && !is_a(at(at_ + 1), kStopsLine)) {
            meant += at(at_++);
        }
        meant += at(at_++);
    }
    bool is_closed = at(at_) == '\'';
    if (is_closed) {
        ++at_;
    } else {
        at_ = begin + 1;
    }
    Diagnostic& diagnostic = report_.add(DiagnosticId::SingleQuotes, {begin, at_});
    if (is_closed) {
        diagnostic.fixes.push_back(
            {"Use double quotes", FixSafety::Safe, {{{begin, at_}, std::move(meant) + "\""}}});
    } else {
        diagnostic.help = "use `\"`";
    }
    push(is_closed ? TokenKind::String : TokenKind::Unknown, begin, Token::kReported);
}

// ---- What is no token ----------------------------------------------------------------------------------------

struct Stranger {
    std::string_view text;
    std::string_view help;
};

constexpr Stranger kStrangers[] = {
    {"&", "write `&&` or `and`"},
    {"“", "use the plain `\"`"},
    {"”", "use the plain `\"`"},
    {"‘", "use the plain `\"`"},
    {"’", "use the plain `\"`"},
    {"`", "strings take `\"`"},
    {"$", "`${ }` stands inside a string"},
    {"@", "there are no decorators; call the function"},
    {"\\", "an expression goes on inside brackets, or with an operator at the start of the next line"},
    {"\xC2\xA0", "this is a no-break space: write a plain one"},
    {"~", "bits are handled by functions"},
    {"^", "bits are handled by functions; a power is `pow(a, b)`"},
    {"≠", "write `!=`"},
    {"≤", "write `<=`"},
    {"≥", "write `>=`"},
    {"×", "write `*`"},
    {"−", "this is not the plain `-`"},
    {"–", "this is not the plain `-`"},
};

std::string_view help_for(std::string_view text) {
    for (const Stranger& stranger : kStrangers) {
        if (text.starts_with(stranger.text)) return stranger.help;
    }
    return {};
}

std::string describe(std::string_view text, std::uint32_t offset, const utf8::Decoded& decoded) {
    bool is_visible = decoded.is_valid && decoded.code_point > 0x20 && utf8::display_width(decoded.code_point) > 0 &&
                      decoded.code_point != 0xA0;
    if (is_visible) return "`" + std::string(text.substr(offset, decoded.size)) + "`";
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string digits;
    for (char32_t rest = decoded.code_point; rest != 0 || digits.size() < 4; rest >>= 4) {
        digits.insert(digits.begin(), kHex[rest & 15]);
    }
    return "U+" + digits;
}

// A run of characters that begin no token is one token and one mistake.
void Lexer::unexpected() {
    std::uint32_t begin = at_;
    utf8::Decoded first = utf8::decode(text_, at_);
    bool was_reported = !first.is_valid || first.code_point == 0;  // by check_bytes
    while (at_ < end_) {
        char c = at(at_);
        utf8::Decoded decoded = utf8::decode(text_, at_);
        bool is_stranger = is_ascii(c) ? std::strchr(" \t\r\n\"'()[]{},;:=.?|!<>+-*/%#", c) == nullptr || c == '\0'
                                       : !decoded.is_valid || !utf8::is_identifier_start(decoded.code_point);
        if (!is_stranger || (is_ascii(c) && is_a(c, kIdentifier)) || (c == '&' && at(at_ + 1) == '&')) break;
        at_ += decoded.size;
    }
    if (!was_reported) {
        std::string what = describe(text_, begin, first);
        report_.add(DiagnosticId::UnexpectedCharacter, {begin, at_}, {what}).help = help_for(text_.substr(begin));
    }
    push(TokenKind::Unknown, begin, Token::kReported);
}

}  // namespace

LexResult lex(std::string_view text, Report& report, std::span<const std::uint32_t> splits) {
    return Lexer(text, report, splits).run();
}

}  // namespace ruff::syntax
