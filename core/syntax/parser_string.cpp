#include "core/support/utf8.h"
#include "core/syntax/parser_internal.h"

namespace ruff::syntax {
namespace {

/// The layout of a string that goes over lines.
struct Layout {
    bool is_multi_line = false;
    std::string_view indentation;  // of the closing quotes
};

/// Turns the pieces of a string's text into their value.
class Decoder {
public:
    Decoder(std::string_view source, Report& report, Arena& arena, bool is_raw, Layout layout)
        : source_(source), report_(report), arena_(arena), is_raw_(is_raw), layout_(layout) {}

    /// The value of the piece `span`; `goes_on` if an interpolation follows.
    std::string_view decode(Span span, bool has_escape, bool goes_on) {
        std::string_view text = source_.substr(span.begin, span.size());
        bool has_escapes = has_escape && !is_raw_;
        if (!has_escapes && !layout_.is_multi_line) return text;
        value_.clear();
        for (std::uint32_t at = span.begin; at < span.end;) {
            if (at_line_start_) at = skip_indentation(at, span.end, goes_on);
            if (at == span.end) break;
            char c = source_[at];
            bool is_crlf = layout_.is_multi_line && c == '\r' && at + 1 < span.end && source_[at + 1] == '\n';
            if (is_crlf) {
                ++at;
            } else if (c == '\\' && has_escapes) {
                at = escape(at, span.end);
            } else {
                if (c == '\n' && layout_.is_multi_line) at_line_start_ = true;
                value_ += c;
                ++at;
            }
        }
        return arena_.copy(value_);
    }
    void begin_lines() { at_line_start_ = layout_.is_multi_line; }

private:
    std::uint32_t skip_indentation(std::uint32_t at, std::uint32_t end, bool goes_on) {
        at_line_start_ = false;
        if (source_.substr(at, end - at).starts_with(layout_.indentation)) {
            return at + static_cast<std::uint32_t>(layout_.indentation.size());
        }
        std::uint32_t blank_end = at;
        while (blank_end < end && (source_[blank_end] == ' ' || source_[blank_end] == '\t')) ++blank_end;
        std::uint32_t line_end = blank_end;
        if (line_end < end && source_[line_end] == '\r') ++line_end;
        bool is_empty = line_end == end ? !goes_on : source_[line_end] == '\n';
        if (!is_empty && !was_reported_) {
            report_.add(DiagnosticId::TripleQuoteIndentation, {at, std::max(blank_end, at + 1)}).help =
                "indent it like the closing `\"\"\"`, or move that to the left";
            was_reported_ = true;
        }
        return blank_end;
    }

    std::uint32_t escape(std::uint32_t at, std::uint32_t end) {
        char c = at + 1 < end ? source_[at + 1] : '\0';
        switch (c) {
            case 'n': value_ += '\n'; return at + 2;
            case 't': value_ += '\t'; return at + 2;
            case 'r': value_ += '\r'; return at + 2;
            case '\\': value_ += '\\'; return at + 2;
            case '"': value_ += '"'; return at + 2;
            case '$': value_ += '$'; return at + 2;
            case '0': value_ += '\0'; return at + 2;
            case 'e': value_ += '\x1b'; return at + 2;
            case 'x': return byte_escape(at, end);
            case 'u': return code_point_escape(at, end);
            default: return unknown_escape(at, end);
        }
    }

    // \xHH
    std::uint32_t byte_escape(std::uint32_t at, std::uint32_t end) {
        std::uint32_t digits_end = at + 2;
        std::uint32_t value = 0;
        while (digits_end < end && digits_end < at + 4 && hex_value(source_[digits_end]) >= 0) {
            value = value * 16 + static_cast<std::uint32_t>(hex_value(source_[digits_end++]));
        }
        if (digits_end != at + 4) {
            return invalid({at, digits_end}, "`\\x` is followed by two hexadecimal digits", "for example `\\x41`");
        }
        if (value > 0x7F) {
            return invalid({at, digits_end}, "`\\x` goes up to `\\x7F`",
                           "write `\\u{" + std::string(source_.substr(at + 2, 2)) + "}` for that character");
        }
        value_ += static_cast<char>(value);
        return digits_end;
    }

    // \u{H...}
    std::uint32_t code_point_escape(std::uint32_t at, std::uint32_t end) {
        std::uint32_t digits_end = at + 3;
        char32_t value = 0;
        bool has_brace = at + 2 < end && source_[at + 2] == '{';
        if (!has_brace) return invalid({at, at + 2}, "`\\u` is followed by `{`", "for example `\\u{1F600}`");
        while (digits_end < end && hex_value(source_[digits_end]) >= 0) {
            value = std::min<char32_t>(value * 16 + static_cast<char32_t>(hex_value(source_[digits_end])), 0x110000);
            ++digits_end;
        }
        if (digits_end == at + 3 || digits_end == end || source_[digits_end] != '}') {
            return invalid({at, digits_end}, "`\\u{` is followed by hexadecimal digits and `}`",
                           "for example `\\u{1F600}`");
        }
        if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
            return invalid({at, digits_end + 1},
                           value > 0x10FFFF ? "characters go up to `\\u{10FFFF}`"
                                            : "`\\u{D800}` to `\\u{DFFF}` are not characters",
                           value > 0x10FFFF ? "" : "write the character itself, or its whole number");
        }
        utf8::append(value_, value);
        return digits_end + 1;
    }

    std::uint32_t unknown_escape(std::uint32_t at, std::uint32_t end) {
        std::uint32_t size = at + 1 < end ? utf8::decode(source_, at + 1).size : 0;
        Span span{at, at + 1 + size};
        std::string_view text = source_.substr(span.begin, span.size());
        bool is_line_break = size > 0 && (source_[at + 1] == '\n' || source_[at + 1] == '\r');
        if (is_line_break) text = "\\";
        Diagnostic& diagnostic = report_.add(DiagnosticId::UnknownEscape, is_line_break ? Span{at, at + 1} : span, {text});
        diagnostic.help = "write `\\\\` for a backslash";
        diagnostic.fixes.push_back({"Double the backslash", FixSafety::Unsafe, {{{at, at}, "\\"}}});
        return span.end;
    }

    std::uint32_t invalid(Span span, std::string_view message, std::string help) {
        report_.add(DiagnosticId::InvalidEscape, span, {message}).help = std::move(help);
        return span.end;
    }

    static int hex_value(char c) {
        if (c >= '0' && c <= '9') return c - '0';
        char lower = static_cast<char>(c | 0x20);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    std::string_view source_;
    Report& report_;
    Arena& arena_;
    bool is_raw_;
    Layout layout_;
    bool at_line_start_ = false;
    bool was_reported_ = false;
    std::string value_;
};

/// The text of one token between its quotes or braces.
struct Piece {
    Span span;
    bool has_escape;
    bool goes_on;
    const Expr* expression;  // that follows, if it goes on
    Span hole;               // from `${` to `}`
};

}  // namespace

// string ::= STRING | STRING_HEAD expr { STRING_MIDDLE expr } STRING_TAIL
const StringLiteral* Parser::string() {
    auto* node = make<StringLiteral>(at_);
    std::uint32_t begin = token().begin;
    node->is_raw = source_[begin] == 'r' && source_[begin + 1] == '"';
    while (source_[begin] != '"' && source_[begin] != '\'') ++begin;
    node->is_triple = source_.substr(begin, 3) == "\"\"\"";
    std::uint32_t text_begin = begin + (node->is_triple ? 3 : 1);

    if (at(TokenKind::String) && !node->is_triple && (token().flags & (Token::kHasEscape | Token::kReported)) == 0) {
        // Most strings: the value is what stands there.
        Span span{text_begin, token().end - 1};
        advance();
        if (!span.is_empty()) {
            StringPart part{span, source_.substr(span.begin, span.size()), nullptr};
            node->parts = arena_.copy(std::span<const StringPart>(&part, 1));
        }
        return finish(node);
    }

    std::vector<Piece> pieces;
    bool is_closed = true;
    std::uint32_t text_end = 0;
    while (true) {
        if (token().was_reported()) broken_ = true;
        bool goes_on = at(TokenKind::StringHead) || at(TokenKind::StringMiddle);
        bool has_escape = (token().flags & Token::kHasEscape) != 0;
        std::uint32_t piece_begin = pieces.empty() ? text_begin : std::min(token().begin + 1, token().end);
        if (!pieces.empty()) {
            pieces.back().hole.end = piece_begin;
        }
        if (!goes_on) {
            std::string_view quotes = node->is_triple ? "\"\"\"" : source_.substr(begin, 1);
            is_closed = token().end >= piece_begin + quotes.size() && text().ends_with(quotes);
            text_end = is_closed ? token().end - static_cast<std::uint32_t>(quotes.size()) : token().end;
            pieces.push_back({{piece_begin, std::max(piece_begin, text_end)}, has_escape, false, nullptr, {}});
            advance();
            break;
        }
        std::uint32_t hole = token().end - 2;
        pieces.push_back({{piece_begin, hole}, has_escape, true, nullptr, {hole, hole}});
        advance();
        Nesting nesting(*this);
        Mode mode(*this, false, false);
        if (nesting.is_too_deep()) {
            pieces.back().expression = too_deep("brackets", kMaxNesting);
        } else if (at(TokenKind::StringMiddle) || at(TokenKind::StringTail)) {
            if (!token().was_reported()) {
                report(DiagnosticId::EmptyInterpolation, {hole, token().begin + 1}).help =
                    "write an expression, or `\\${` for the signs";
            }
            pieces.back().expression = missing();
        } else {
            pieces.back().expression = expression();
        }
        if (!at(TokenKind::StringMiddle) && !at(TokenKind::StringTail)) {
            expected("`}`", at(TokenKind::Colon) ? "formats are given by `format`" : "");
            int depth = 0;
            while (!at(TokenKind::Eof)) {
                if (depth == 0 && (at(TokenKind::StringMiddle) || at(TokenKind::StringTail))) break;
                depth += at(TokenKind::StringHead) ? 1 : at(TokenKind::StringTail) ? -1 : 0;
                advance();
            }
        }
    }

    Layout layout;
    char first = source_[text_begin < source_.size() ? text_begin : begin];
    std::uint32_t line_break = text_begin;
    while (node->is_triple && line_break < source_.size() && (source_[line_break] == ' ' || source_[line_break] == '\t')) {
        ++line_break;
    }
    if (line_break < source_.size()) first = source_[line_break];
    if (node->is_triple && (first == '\n' || (first == '\r' && source_[line_break + 1] == '\n')) && is_closed) {
        node->is_multi_line = true;
        layout.is_multi_line = true;
        Piece& head = pieces.front();
        head.span.begin = std::min(head.span.end, line_break + (first == '\r' ? 2 : 1));
        Piece& tail = pieces.back();
        std::uint32_t indentation = text_end;
        while (indentation > tail.span.begin && (source_[indentation - 1] == ' ' || source_[indentation - 1] == '\t')) {
            --indentation;
        }
        if (source_[indentation - 1] == '\n') {
            layout.indentation = source_.substr(indentation, text_end - indentation);
            std::uint32_t end = indentation;
            if (end > tail.span.begin) --end;
            if (end > tail.span.begin && source_[end - 1] == '\r') --end;
            tail.span.end = std::max(tail.span.begin, std::min(end, tail.span.end));
        } else {
            report_.add(DiagnosticId::TripleQuoteClosing, {text_end, text_end + 3}).help =
                "put it on a line of its own";
            layout.is_multi_line = false;
        }
    }

    Decoder decoder(source_, report_, arena_, node->is_raw, layout);
    decoder.begin_lines();
    std::vector<StringPart> parts;
    std::size_t reported_before = report_.has_grammar_errors() ? 1 : 0;
    for (const Piece& piece : pieces) {
        std::string_view text = decoder.decode(piece.span, piece.has_escape, piece.goes_on);
        if (!text.empty()) parts.push_back({piece.span, text, nullptr});
        if (piece.goes_on) parts.push_back({piece.hole, {}, piece.expression});
    }
    if (reported_before == 0 && report_.has_grammar_errors()) broken_ = true;
    node->parts = arena_.copy(std::span<const StringPart>(parts));
    return finish(node);
}

// STRING
const StringLiteral* Parser::plain_string(std::string_view what) {
    const StringLiteral* node = string();
    if (!node->is_plain() && !broken_) {
        report(DiagnosticId::KeyNotPlain, span_of(*node), {what}).help =
            what == "a key" ? "write `[\"...\"]`" : "";
    }
    return node;
}

}  // namespace ruff::syntax
