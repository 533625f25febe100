#include "core/builtins/json_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "core/builtins/text_escapes.h"
#include "core/support/utf8.h"

namespace ruff::builtins {
namespace {

class JsonReader {
  public:
    JsonReader(std::string_view text, JsonSink& sink) : text_(text), sink_(sink) {}

    // document ::= blanks value blanks
    Result<void> read() {
        bool is_read = read_values();
        if (is_read) {
            skip_blanks();
            if (at_ < text_.size()) is_read = fail("unexpected text after the value");
        }
        if (is_read) return {};
        return Error{ErrorCode::Invalid, message_ + position_text()};
    }

  private:
    enum class Container : char { Array, Object };

    // Reads values until the containers that were opened are closed: a loop with a stack, not a recursion.
    bool read_values() {
        for (;;) {
            skip_blanks();
            bool opened = false;
            if (!read_value(opened)) return false;
            if (opened && !close_if_empty()) {
                if (open_.back() == Container::Object && !read_key()) return false;
                continue;
            }
            bool needs_value = false;
            if (!close_and_separate(needs_value)) return false;
            if (!needs_value) return true;
        }
    }

    // value ::= 'null' | 'true' | 'false' | number | string | '[' … | '{' …
    bool read_value(bool& opened) {
        if (at_ == text_.size()) return fail("unexpected end of the text");
        switch (text_[at_]) {
            case '{': return open(Container::Object, opened);
            case '[': return open(Container::Array, opened);
            case '"': {
                std::string_view value;
                if (!read_string(value)) return false;
                sink_.string(value);
                return true;
            }
            case 'n': return read_word("null") && (sink_.null(), true);
            case 't': return read_word("true") && (sink_.boolean(true), true);
            case 'f': return read_word("false") && (sink_.boolean(false), true);
            default: return read_number();
        }
    }

    bool open(Container container, bool& opened) {
        ++at_;
        open_.push_back(container);
        container == Container::Object ? sink_.begin_object() : sink_.begin_array();
        opened = true;
        return true;
    }

    // Just behind an opening bracket: whether the container ends here already.
    bool close_if_empty() {
        skip_blanks();
        if (peek() != (open_.back() == Container::Object ? '}' : ']')) return false;
        close();
        return true;
    }

    void close() {
        ++at_;
        open_.back() == Container::Object ? sink_.end_object() : sink_.end_array();
        open_.pop_back();
    }

    // Behind a value: closes what ends here and goes past the comma (and the key) before the next value.
    bool close_and_separate(bool& needs_value) {
        while (!open_.empty()) {
            skip_blanks();
            bool in_object = open_.back() == Container::Object;
            char c = peek();
            if (c == ',') {
                ++at_;
                needs_value = true;
                return !in_object || read_key();
            }
            if (c != (in_object ? '}' : ']'))
                return fail(in_object ? "expected `,` or `}`" : "expected `,` or `]`");
            close();
        }
        return true;
    }

    // key ::= string ':'
    bool read_key() {
        skip_blanks();
        if (at_ == text_.size() || text_[at_] != '"') return fail("expected a key in double quotes");
        std::string_view key;
        if (!read_string(key)) return false;
        sink_.key(key);
        skip_blanks();
        if (at_ == text_.size() || text_[at_] != ':') return fail("expected `:`");
        ++at_;
        return true;
    }

    bool read_word(std::string_view word) {
        if (text_.substr(at_, word.size()) != word) return fail("expected a value");
        at_ += word.size();
        return true;
    }

    // The characters between quotes; a view of the text unless there are escapes.
    bool read_string(std::string_view& value) {
        std::size_t start = ++at_;
        while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' && !is_control(text_[at_]))
            ++at_;
        if (at_ < text_.size() && text_[at_] == '"') {
            value = text_.substr(start, at_++ - start);
            return true;
        }
        decoded_.assign(text_.substr(start, at_ - start));
        while (at_ < text_.size() && text_[at_] != '"') {
            if (is_control(text_[at_])) return fail("a control character in a string must be escaped");
            if (text_[at_] == '\\') {
                if (!read_escape()) return false;
            } else {
                decoded_ += text_[at_++];
            }
        }
        if (at_ == text_.size()) {
            at_ = start - 1;
            return fail("unterminated string");
        }
        ++at_;
        value = decoded_;
        return true;
    }

    bool read_escape() {
        constexpr std::string_view kLetters = "\"\\/bfnrt";
        constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
        char letter = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        if (letter == 'u') return read_unicode_escape();
        std::size_t index = kLetters.find(letter);
        if (letter == '\0' || index == std::string_view::npos) return fail("unknown escape");
        decoded_ += kMeanings[index];
        at_ += 2;
        return true;
    }

    // \uXXXX, or two that are a surrogate pair. Half of a pair is no character.
    bool read_unicode_escape() {
        int first = unit_at(at_);
        if (first < 0) return fail("expected four hexadecimal digits after \\u");
        if (first < 0xD800 || first > 0xDFFF) {
            at_ += 6;
            utf8::append(decoded_, static_cast<char32_t>(first));
            return true;
        }
        int second = first <= 0xDBFF ? unit_at(at_ + 6) : -1;
        if (second < 0xDC00 || second > 0xDFFF) return fail("half of a surrogate pair is no character");
        at_ += 12;
        utf8::append(decoded_, static_cast<char32_t>(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)));
        return true;
    }

    // The number in `\uXXXX` at `offset`, or -1.
    int unit_at(std::size_t offset) const {
        if (text_.size() < offset + 6 || text_[offset] != '\\' || text_[offset + 1] != 'u') return -1;
        int unit = 0;
        for (std::size_t i = offset + 2; i < offset + 6; ++i) {
            int digit = hex_digit_value(text_[i]);
            if (digit < 0) return -1;
            unit = unit << 4 | digit;
        }
        return unit;
    }

    // number ::= ['-'] ('0' | [1-9] {digit}) ['.' digit {digit}] [('e' | 'E') ['+' | '-'] digit {digit}]
    bool read_number() {
        std::size_t start = at_;
        if (peek() == '-') ++at_;
        if (!is_digit(peek())) {
            at_ = start;
            return fail("expected a value");
        }
        if (peek() == '0') {
            ++at_;
            if (is_digit(peek())) return fail("a number may not begin with 0");
        }
        skip_digits();
        bool is_float = false;
        if (peek() == '.') {
            is_float = true;
            ++at_;
            if (!is_digit(peek())) return fail("expected a digit after the point");
            skip_digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            is_float = true;
            ++at_;
            if (peek() == '+' || peek() == '-') ++at_;
            if (!is_digit(peek())) return fail("expected a digit in the exponent");
            skip_digits();
        }
        return emit_number(start, is_float);
    }

    bool emit_number(std::size_t start, bool is_float) {
        const char* begin = text_.data() + start;
        const char* end = text_.data() + at_;
        std::int64_t integer = 0;
        if (!is_float && std::from_chars(begin, end, integer).ec == std::errc{}) {
            sink_.integer(integer);
            return true;
        }
        double value = 0;
        if (std::from_chars(begin, end, value).ec == std::errc::result_out_of_range) {
            std::string copy(begin, end);  // strtod tells an overflow from an underflow
            value = std::strtod(copy.c_str(), nullptr);
            if (std::isinf(value)) {
                at_ = start;
                return fail("the number is too large");
            }
        }
        if (!is_float && !shows_as(value, text_.substr(start, at_ - start))) {
            at_ = start;
            return fail("the integer does not fit into 64 bits");
        }
        sink_.floating(value);
        return true;
    }

    // Whether the shortest decimal that reads back as `value` has the digits of `integer`: then nothing is lost. Other
    // languages write large floats like that.
    static bool shows_as(double value, std::string_view integer) {
        char buffer[32];
        char* end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
        const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
        const std::size_t e = text.find('e');
        std::string digits(text.substr(0, e));
        std::erase(digits, '.');
        std::size_t exponent = 0;
        std::from_chars(text.data() + e + 2, end, exponent);   // behind "e+"
        const std::size_t sign = integer.starts_with('-') ? 1 : 0;
        digits.resize(sign + exponent + 1, '0');
        return digits == integer;
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skip_digits() {
        while (is_digit(peek())) ++at_;
    }
    void skip_blanks() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
            ++at_;
        }
    }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    static bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

    bool fail(std::string_view message) {
        message_ =
            at_ >= text_.size() && message != "unterminated string" ? "unexpected end of the text" : message;
        return false;
    }

    std::string position_text() const {
        std::size_t line_start = 0;
        std::size_t line = 1;
        for (std::size_t i = 0; i < at_ && i < text_.size(); ++i) {
            if (text_[i] != '\n') continue;
            ++line;
            line_start = i + 1;
        }
        std::size_t column = utf8::count_code_points(text_.substr(line_start, at_ - line_start)) + 1;
        return " at line " + std::to_string(line) + ", column " + std::to_string(column);
    }

    std::string_view text_;
    JsonSink& sink_;
    std::size_t at_ = 0;
    std::vector<Container> open_;
    std::string decoded_;
    std::string message_;
};

}  // namespace

Result<void> read_json(std::string_view text, JsonSink& sink) { return JsonReader(text, sink).read(); }

void append_json_float(std::string& out, double value) {
    char buffer[64];
    bool is_plain = value == 0 || (std::fabs(value) >= 1e-6 && std::fabs(value) < 1e21);
    auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
    std::string_view text(
        buffer,
        static_cast<std::size_t>(std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr - buffer));
    out += text;
    if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

}  // namespace ruff::builtins
