#include "core/support/utf8.h"
#include "core/syntax/parser_internal.h"

namespace ruff::syntax {
namespace {

/// Turns the pieces of a string's text into their value.
class Decoder {
public:
    Decoder(std::string_view source, Report& report, Arena& arena, bool is_raw, Layout layout)
        : source_(source), report_(report), arena_(arena), is_raw_(is_raw), layout_(layout),
          at_line_start_(layout.is_multi_line) {}

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
    bool at_line_start_;
    bool was_reported_ = false;
    std::string value_;
};

/// Whether a line break follows `at`, with at most blanks between; gives the offset behind it.
bool skips_line_break(std::string_view source, std::uint32_t& at) {
    std::size_t line_break = source.find_first_not_of(" \t", at);
    if (line_break == std::string_view::npos) return false;
    if (source[line_break] == '\r') ++line_break;
    if (line_break == source.size() || source[line_break] != '\n') return false;
    at = static_cast<std::uint32_t>(line_break) + 1;
    return true;
}

}  // namespace

// string ::= STRING | STRING_HEAD expr { STRING_MIDDLE expr } STRING_TAIL
const StringLiteral* Parser::string() {
    auto* node = make<StringLiteral>(at_);
    std::uint32_t quote = token().begin;
    node->is_raw = source_[quote] == 'r' && source_[quote + 1] == '"';
    while (source_[quote] != '"' && source_[quote] != '\'') ++quote;
    node->is_triple = source_.substr(quote, 3) == "\"\"\"";
    std::uint32_t text_begin = quote + (node->is_triple ? 3 : 1);
    bool is_simple = at(TokenKind::String) && !node->is_triple &&
                     (token().flags & (Token::kHasEscape | Token::kReported)) == 0;
    if (is_simple) {
        // Most strings: the value is what stands there.
        Span span{text_begin, token().end - 1};
        advance();
        StringPart part{span, source_.substr(span.begin, span.size()), nullptr};
        node->parts = arena_.copy(std::span<const StringPart>(&part, span.is_empty() ? 0 : 1));
        return finish(node);
    }
    std::string_view quotes = node->is_triple ? "\"\"\"" : source_.substr(quote, 1);
    std::vector<StringPiece> pieces;
    bool is_closed = string_pieces(pieces, text_begin, quotes);
    std::string_view indentation;
    if (node->is_triple && is_closed) node->is_multi_line = lay_out_lines(pieces, indentation);
    node->parts = decode_pieces(pieces, node->is_raw, Layout{node->is_multi_line, indentation});
    return finish(node);
}

// Takes the tokens of a string from its head to its tail. Whether the closing quotes are there.
bool Parser::string_pieces(std::vector<StringPiece>& pieces, std::uint32_t text_begin, std::string_view quotes) {
    while (true) {
        if (token().was_reported()) broken_ = true;
        bool has_escape = (token().flags & Token::kHasEscape) != 0;
        std::uint32_t begin = pieces.empty() ? text_begin : std::min(token().begin + 1, token().end);
        if (!pieces.empty()) pieces.back().hole.end = begin;
        if (at(TokenKind::String) || at(TokenKind::StringTail)) {
            bool is_closed = token().end >= begin + quotes.size() && text().ends_with(quotes);
            std::uint32_t end = token().end - (is_closed ? static_cast<std::uint32_t>(quotes.size()) : 0);
            pieces.push_back({{begin, std::max(begin, end)}, has_escape, nullptr, {}});
            advance();
            return is_closed;
        }
        if (at(TokenKind::Eof)) {
            // Recovery in the interpolation went beyond the end of the string.
            pieces.push_back({{begin, begin}, false, nullptr, {}});
            broken_ = true;
            return false;
        }
        std::uint32_t hole = token().end - 2;
        advance();
        pieces.push_back({{begin, hole}, has_escape, interpolation(hole), {hole, hole}});
    }
}

// The expression behind `${`; leaves `at_` at the middle or tail that follows, which the lexer made sure of.
const Expr* Parser::interpolation(std::uint32_t hole) {
    Nesting nesting(*this);
    Mode mode(*this, false, false);
    const Expr* expression = nullptr;
    if (nesting.is_too_deep()) {
        expression = too_deep("brackets", kMaxNesting);
    } else if (at(TokenKind::StringMiddle) || at(TokenKind::StringTail)) {
        report(DiagnosticId::EmptyInterpolation, {hole, token().begin + 1}).help =
            "write an expression, or `\\${` for the signs";
        expression = missing();
    } else {
        expression = this->expression();
    }
    if (at(TokenKind::StringMiddle) || at(TokenKind::StringTail)) return expression;
    expected("`}`", at(TokenKind::Colon) ? "formats are given by `format`" : "");
    for (int depth = 0; !at(TokenKind::Eof); advance()) {
        if (depth == 0 && (at(TokenKind::StringMiddle) || at(TokenKind::StringTail))) break;
        depth += at(TokenKind::StringHead) ? 1 : at(TokenKind::StringTail) ? -1 : 0;
    }
    return expression;
}

// Whether a closed `"""` string goes over lines. If so its first and last line break are taken out of the pieces, and
// `indentation` is that of the closing quotes.
bool Parser::lay_out_lines(std::vector<StringPiece>& pieces, std::string_view& indentation) {
    Span& first = pieces.front().span;
    std::uint32_t text_begin = first.begin;
    if (!skips_line_break(source_, text_begin)) return false;
    first.begin = std::min(first.end, text_begin);
    Span& last = pieces.back().span;
    std::uint32_t quotes = last.end;
    std::uint32_t line = quotes;
    while (line > last.begin && (source_[line - 1] == ' ' || source_[line - 1] == '\t')) --line;
    if (source_[line - 1] != '\n') {
        report_.add(DiagnosticId::TripleQuoteClosing, {quotes, quotes + 3}).help = "put it on a line of its own";
        return true;
    }
    indentation = source_.substr(line, quotes - line);
    if (line > last.begin) --line;
    if (line > last.begin && source_[line - 1] == '\r') --line;
    last.end = line;
    return true;
}

std::span<const StringPart> Parser::decode_pieces(const std::vector<StringPiece>& pieces, bool is_raw,
                                                  const Layout& layout) {
    bool had_errors = report_.has_grammar_errors();
    Decoder decoder(source_, report_, arena_, is_raw, layout);
    std::vector<StringPart> parts;
    for (const StringPiece& piece : pieces) {
        std::string_view text = decoder.decode(piece.span, piece.has_escape, piece.expression != nullptr);
        if (!text.empty()) parts.push_back({piece.span, text, nullptr});
        if (piece.expression != nullptr) parts.push_back({piece.hole, {}, piece.expression});
    }
    broken_ |= !had_errors && report_.has_grammar_errors();
    return arena_.copy(std::span<const StringPart>(parts));
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
