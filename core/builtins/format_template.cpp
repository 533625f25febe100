#include "core/builtins/format_template.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "core/support/utf8.h"

namespace ruff::builtins {
namespace {

constexpr std::int32_t kMaxWidth = 1'000'000;
constexpr std::int32_t kMaxPrecision = 1'000;

Error invalid(std::string message) { return Error{ErrorCode::Invalid, std::move(message)}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_align(char c) { return c == '<' || c == '>' || c == '^' || c == '='; }

// ---- Parsing ----------------------------------------------------------------------------------------------

// Reads a number off the front of `text`; nothing if there is none or it is above `limit`.
std::optional<std::int32_t> take_number(std::string_view& text, std::int32_t limit) {
    std::int32_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value > limit || !is_digit(text.front())) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

void take_fill_and_align(std::string_view& text, FormatSpec& spec) {
    if (text.empty()) return;
    utf8::Decoded first = utf8::decode(text, 0);
    if (first.size < text.size() && is_align(text[first.size])) {
        spec.fill = first.code_point;
        spec.align = text[first.size];
        text.remove_prefix(first.size + 1);
    } else if (is_align(text.front())) {
        spec.align = text.front();
        text.remove_prefix(1);
    }
}

Result<FormatSpec> parse_spec(std::string_view text) {
    std::string_view whole = text;
    auto fail = [&] { return invalid("bad format `" + std::string(whole) + "`"); };
    FormatSpec spec;
    take_fill_and_align(text, spec);
    if (!text.empty() && (text.front() == '+' || text.front() == '-' || text.front() == ' ')) {
        spec.sign = text.front();
        text.remove_prefix(1);
    }
    spec.is_alternate = take(text, '#');
    if (!text.empty() && text.front() == '0') {
        if (spec.align == 0) {
            spec.align = '=';
            spec.fill = '0';
        }
        text.remove_prefix(1);
    }
    if (!text.empty() && is_digit(text.front())) {
        std::optional<std::int32_t> width = take_number(text, kMaxWidth);
        if (!width) return fail();
        spec.width = *width;
    }
    if (!text.empty() && (text.front() == ',' || text.front() == '_')) {
        spec.grouping = text.front();
        text.remove_prefix(1);
    }
    if (take(text, '.')) {
        std::optional<std::int32_t> precision =
            text.empty() ? std::nullopt : take_number(text, kMaxPrecision);
        if (!precision) return fail();
        spec.precision = *precision;
    }
    if (!text.empty() && std::string_view("dxXobeEfFgG%s").find(text.front()) != std::string_view::npos) {
        spec.type = text.front();
        text.remove_prefix(1);
    }
    if (!text.empty()) return fail();
    return spec;
}

// field ::= '{' [POSITION | NAME] [':' spec] '}'
Result<FormatPiece> parse_field(std::string_view inside) {
    std::size_t colon = std::min(inside.find(':'), inside.size());
    std::string_view reference = inside.substr(0, colon);
    FormatPiece piece;
    if (reference.empty()) {
        piece.kind = FormatPiece::Kind::Next;
    } else if (is_digit(reference.front())) {
        std::optional<std::int32_t> position =
            take_number(reference, std::numeric_limits<std::int32_t>::max());
        if (!position || !reference.empty()) return invalid("bad field `{" + std::string(inside) + "}`");
        piece.kind = FormatPiece::Kind::Position;
        piece.position = static_cast<std::size_t>(*position);
    } else {
        piece.kind = FormatPiece::Kind::Name;
        piece.text = reference;
    }
    if (colon < inside.size()) {
        Result<FormatSpec> spec = parse_spec(inside.substr(colon + 1));
        if (!spec) return spec.error();
        piece.spec = *spec;
    }
    return piece;
}

// ---- Numbers ----------------------------------------------------------------------------------------------

std::string with_grouping(std::string_view digits, char separator, std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % size == 0) out += separator;
        out += digits[i];
    }
    return out;
}

std::string sign_text(bool is_negative, char sign) {
    if (is_negative) return "-";
    return sign == '-' ? "" : std::string(1, sign);
}

// Puts sign, prefix and digits together; `=` fills between the prefix and the digits.
std::string assemble(std::string head, std::string digits, const FormatSpec& spec) {
    std::string fill;
    utf8::append(fill, spec.fill);
    auto width = static_cast<std::size_t>(spec.width);
    if (spec.align == '=') {
        std::size_t room = width > head.size() ? width - head.size() : 0;
        return head + pad_text(digits, room, fill, '>');
    }
    return pad_text(head + digits, width, fill, spec.align == 0 ? '>' : spec.align);
}

std::string digits_of(double magnitude, std::chars_format format, int precision) {
    std::string buffer(static_cast<std::size_t>(precision) + 340, '\0');
    auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude, format, precision);
    buffer.resize(error == std::errc{} ? static_cast<std::size_t>(end - buffer.data()) : 0);
    return buffer;
}

std::string float_digits(double magnitude, std::string_view shortest, const FormatSpec& spec) {
    if (!std::isfinite(magnitude)) return std::isnan(magnitude) ? "nan" : "inf";
    int precision = spec.precision < 0 ? 6 : spec.precision;
    switch (spec.type) {
        case 'f':
        case 'F': return digits_of(magnitude, std::chars_format::fixed, precision);
        case '%': return digits_of(magnitude * 100, std::chars_format::fixed, precision) + "%";
        case 'e':
        case 'E': return digits_of(magnitude, std::chars_format::scientific, precision);
        case 'g':
        case 'G': return digits_of(magnitude, std::chars_format::general, std::max(precision, 1));
        default: break;
    }
    if (spec.precision < 0) return std::string(shortest.starts_with('-') ? shortest.substr(1) : shortest);
    return digits_of(magnitude, std::chars_format::general, std::max(precision, 1));
}

std::string group_integer_part(std::string text, char separator) {
    std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    return with_grouping(std::string_view(text).substr(0, end), separator, 3) + text.substr(end);
}

int base_of(char type) {
    switch (type) {
        case 'x':
        case 'X': return 16;
        case 'o': return 8;
        case 'b': return 2;
        default: return 10;
    }
}

void make_upper(std::string& text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    }
}

}  // namespace

Result<std::vector<FormatPiece>> parse_format_template(std::string_view text) {
    std::vector<FormatPiece> pieces;
    std::string literal;
    auto flush = [&] {
        if (literal.empty()) return;
        pieces.emplace_back().text = std::move(literal);
        literal.clear();
    };
    for (std::size_t i = 0; i < text.size();) {
        char c = text[i];
        bool is_doubled = i + 1 < text.size() && text[i + 1] == c;
        if ((c == '{' || c == '}') && is_doubled) {
            literal += c;
            i += 2;
        } else if (c == '}') {
            return invalid("a single `}`; write `}}` for the character");
        } else if (c == '{') {
            std::size_t end = text.find('}', i);
            if (end == std::string_view::npos)
                return invalid("a `{` without its `}`; write `{{` for the character");
            Result<FormatPiece> field = parse_field(text.substr(i + 1, end - i - 1));
            if (!field) return field.error();
            flush();
            pieces.push_back(*std::move(field));
            i = end + 1;
        } else {
            literal += c;
            ++i;
        }
    }
    flush();
    return pieces;
}

Result<std::string> format_integer(std::int64_t value, const FormatSpec& spec) {
    if (std::string_view("eEfFgG%").find(spec.type) != std::string_view::npos && spec.type != 0) {
        return format_float(static_cast<double>(value), "", spec);
    }
    if (spec.type == 's') return invalid("type `s` is for text; a number takes d, x, o, b, f, e, g or %");
    if (spec.precision >= 0) return invalid("a precision needs a type such as `f` for an int");
    std::uint64_t magnitude =
        value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
    char buffer[64];
    int base = base_of(spec.type);
    std::string digits(buffer, std::to_chars(buffer, buffer + sizeof buffer, magnitude, base).ptr);
    if (spec.grouping != 0) digits = with_grouping(digits, spec.grouping, base == 10 ? 3 : 4);
    std::string head = sign_text(value < 0, spec.sign);
    if (spec.is_alternate && base != 10)
        head += std::string("0") + (base == 16 ? 'x' : base == 8 ? 'o' : 'b');
    if (spec.type == 'X') {
        make_upper(digits);
        make_upper(head);
    }
    return assemble(std::move(head), std::move(digits), spec);
}

Result<std::string> format_float(double value, std::string_view shortest, const FormatSpec& spec) {
    if (std::string_view("dxXob").find(spec.type) != std::string_view::npos && spec.type != 0) {
        return invalid(std::string("type `") + spec.type + "` needs an int, got float");
    }
    if (spec.type == 's') return invalid("type `s` is for text; a number takes d, x, o, b, f, e, g or %");
    std::string digits = float_digits(std::fabs(value), shortest, spec);
    if (spec.grouping != 0) digits = group_integer_part(std::move(digits), spec.grouping);
    if (spec.type == 'E' || spec.type == 'G' || spec.type == 'F') make_upper(digits);
    return assemble(sign_text(std::signbit(value) && !std::isnan(value), spec.sign), std::move(digits), spec);
}

Result<std::string> format_text(std::string_view text, const FormatSpec& spec) {
    bool is_for_numbers =
        (spec.type != 0 && spec.type != 's') || spec.align == '=' || spec.grouping != 0 || spec.sign != '-';
    if (is_for_numbers) {
        if (spec.type != 0 && spec.type != 's')
            return invalid(std::string("type `") + spec.type + "` needs a number");
        return invalid("zeros, signs and grouping need a number");
    }
    if (spec.precision >= 0) {
        std::size_t end = 0;
        for (std::int32_t i = 0; i < spec.precision && end < text.size(); ++i)
            end += utf8::decode(text, end).size;
        text = text.substr(0, end);
    }
    std::string fill;
    utf8::append(fill, spec.fill);
    return pad_text(text, static_cast<std::size_t>(spec.width), fill, spec.align == 0 ? '<' : spec.align);
}

std::string pad_text(std::string_view text, std::size_t width, std::string_view fill, char align) {
    std::size_t length = utf8::count_code_points(text);
    if (length >= width || fill.empty()) return std::string(text);
    std::size_t missing = width - length;
    std::size_t before = align == '>' ? missing : align == '^' ? missing / 2 : 0;
    // `count` characters of the fill, repeated from its start.
    auto append_fill = [&](std::string& out, std::size_t count) {
        if (fill.size() == 1) {
            out.append(count, fill[0]);
            return;
        }
        for (std::size_t at = 0; count > 0; --count) {
            std::size_t size = utf8::decode(fill, at).size;
            out += fill.substr(at, size);
            at = at + size < fill.size() ? at + size : 0;
        }
    };
    std::string out;
    out.reserve(text.size() + missing * fill.size());
    append_fill(out, before);
    out += text;
    append_fill(out, missing - before);
    return out;
}

}  // namespace ruff::builtins
