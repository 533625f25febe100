#include "core/config/toml_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace ruff::config {
namespace {

constexpr unsigned kMaxNesting = 64;

bool is_bare_key_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_control(char c) {
    auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

struct Key {
    std::string name;
    Span span;
};

void append_utf8(std::string& text, std::uint32_t code_point) {
    auto continuation = [](std::uint32_t bits) { return static_cast<char>(0x80 | (bits & 0x3f)); };
    if (code_point < 0x80) {
        text += static_cast<char>(code_point);
    } else if (code_point < 0x800) {
        text += static_cast<char>(0xc0 | code_point >> 6);
        text += continuation(code_point);
    } else if (code_point < 0x10000) {
        text += static_cast<char>(0xe0 | code_point >> 12);
        text += continuation(code_point >> 6);
        text += continuation(code_point);
    } else {
        text += static_cast<char>(0xf0 | code_point >> 18);
        text += continuation(code_point >> 12);
        text += continuation(code_point >> 6);
        text += continuation(code_point);
    }
}

// Recursive descent over bytes. Every function that can fail reports the mistake once and gives false or nothing; the
// caller passes that on to the line, which is then skipped.
class TomlReader {
public:
    explicit TomlReader(std::string_view text) : text_(text) {}

    TomlFile read();

private:
    // --- the text ---
    [[nodiscard]] bool is_at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    [[nodiscard]] bool is_at(std::string_view word) const { return text_.substr(at_).starts_with(word); }
    [[nodiscard]] bool is_at_line_end() const { return is_at_end() || peek() == '\n' || is_at("\r\n"); }
    bool take(char c) {
        if (is_at_end() || peek() != c) return false;
        ++at_;
        return true;
    }
    [[nodiscard]] Span span_from(std::size_t begin) const {
        return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
    }
    void skip_blanks() {
        while (peek() == ' ' || peek() == '\t') ++at_;
    }
    void skip_line() {
        while (!is_at_line_end()) ++at_;
    }
    bool skip_comment();
    bool skip_blanks_and_lines();
    bool fail(std::string message, std::optional<Span> span = std::nullopt);
    bool expect_line_end();

    // --- the grammar ---
    bool read_line();
    bool read_header();
    bool read_entry(TomlValue& table);
    bool read_keys(std::vector<Key>& keys);
    bool read_key(Key& key);
    bool read_value(TomlValue& value);
    bool read_array(TomlValue& value);
    bool read_inline_table(TomlValue& value);
    bool read_string(TomlValue& value);
    bool read_escape(std::string& out);
    bool read_scalar(TomlValue& value);
    bool read_integer(std::string_view word, TomlValue& value);
    TomlValue* find_table(TomlValue& from, const std::vector<Key>& keys, std::size_t count);

    std::string_view text_;
    std::size_t at_ = 0;
    unsigned depth_ = 0;
    TomlFile file_;
    std::vector<Key> header_;  // the table that entries are read into
};

TomlFile TomlReader::read() {
    file_.root.is_open = true;
    while (!is_at_end()) {
        std::size_t begin = at_;
        if (!read_line()) skip_line();
        if (is_at("\r\n")) ++at_;
        take('\n');
        if (at_ == begin) ++at_;  // never stands still
    }
    return std::move(file_);
}

// line ::= [header | entry] [comment]
bool TomlReader::read_line() {
    skip_blanks();
    if (is_at_line_end()) return true;
    if (peek() == '#') return skip_comment();
    if (peek() == '[') return read_header() && expect_line_end();
    TomlValue* table = find_table(file_.root, header_, header_.size());
    return table && read_entry(*table) && expect_line_end();
}

// header ::= "[" keys "]" | "[[" keys "]]"
bool TomlReader::read_header() {
    std::size_t begin = at_;
    take('[');
    bool is_element = take('[');
    std::vector<Key> keys;
    if (!read_keys(keys)) return false;
    if (!take(']') || (is_element && !take(']'))) return fail(is_element ? "expected `]]`" : "expected `]`");
    Span span = span_from(begin);

    TomlValue* parent = find_table(file_.root, keys, keys.size() - 1);
    if (!parent) return false;
    auto same_key = [&](const TomlValue& item) { return item.key == keys.back().name; };
    auto existing = std::ranges::find_if(parent->items, same_key);
    bool may_stay = existing != parent->items.end() &&
                    (is_element ? existing->kind == TomlKind::Other : existing->kind == TomlKind::Table && existing->is_open);
    if (existing != parent->items.end() && !may_stay) {
        return fail("`" + keys.back().name + "` is already set", keys.back().span);
    }
    if (!may_stay) {
        TomlValue table;
        table.kind = is_element ? TomlKind::Other : TomlKind::Table;
        table.span = span;
        table.key = keys.back().name;
        table.key_span = keys.back().span;
        parent->items.push_back(std::move(table));
        existing = parent->items.end() - 1;
    }
    // A second header of this name is a mistake; `[a.b]` before `[a]` is not.
    existing->is_open = false;
    header_ = std::move(keys);
    return true;
}

// The table that the first `count` keys lead to, made where it is missing. Entries below an array of tables are read
// into the array's value, which nobody looks at.
TomlValue* TomlReader::find_table(TomlValue& from, const std::vector<Key>& keys, std::size_t count) {
    TomlValue* table = &from;
    for (std::size_t i = 0; i < count; ++i) {
        auto same_key = [&](const TomlValue& item) { return item.key == keys[i].name; };
        auto found = std::ranges::find_if(table->items, same_key);
        if (found == table->items.end()) {
            TomlValue made;
            made.key = keys[i].name;
            made.key_span = made.span = keys[i].span;
            made.is_open = true;
            table->items.push_back(std::move(made));
            found = table->items.end() - 1;
        } else if (found->kind != TomlKind::Table && found->kind != TomlKind::Other) {
            fail("`" + keys[i].name + "` is already set, and is no table", keys[i].span);
            return nullptr;
        }
        table = &*found;
    }
    return table;
}

// entry ::= keys "=" value
bool TomlReader::read_entry(TomlValue& table) {
    std::vector<Key> keys;
    if (!read_keys(keys)) return false;
    if (!take('=')) return fail("expected `=` after the key");
    skip_blanks();
    TomlValue value;
    if (!read_value(value)) return false;
    TomlValue* parent = find_table(table, keys, keys.size() - 1);
    if (!parent) return false;
    auto same_key = [&](const TomlValue& item) { return item.key == keys.back().name; };
    bool is_taken = parent->kind == TomlKind::Table && std::ranges::any_of(parent->items, same_key);
    if (is_taken) return fail("`" + keys.back().name + "` is already set", keys.back().span);
    value.key = keys.back().name;
    value.key_span = keys.back().span;
    parent->items.push_back(std::move(value));
    return true;
}

// keys ::= key { "." key }
bool TomlReader::read_keys(std::vector<Key>& keys) {
    do {
        skip_blanks();
        Key key;
        if (!read_key(key)) return false;
        keys.push_back(std::move(key));
        skip_blanks();
    } while (take('.'));
    return keys.size() <= kMaxNesting || fail("tables nest to " + std::to_string(kMaxNesting), keys.back().span);
}

// key ::= BARE | STRING
bool TomlReader::read_key(Key& key) {
    std::size_t begin = at_;
    if (peek() == '"' || peek() == '\'') {
        TomlValue text;
        if (!read_string(text)) return false;
        key = {std::move(text.text), text.span};
        return true;
    }
    while (is_bare_key_byte(peek())) ++at_;
    if (at_ == begin) return fail("expected a key");
    key = {std::string(text_.substr(begin, at_ - begin)), span_from(begin)};
    return true;
}

// value ::= string | array | inline table | number | word | date
bool TomlReader::read_value(TomlValue& value) {
    if (depth_ == kMaxNesting) return fail("values nest to " + std::to_string(kMaxNesting));
    ++depth_;
    bool is_read = false;
    switch (peek()) {
        case '"':
        case '\'': is_read = read_string(value); break;
        case '[': is_read = read_array(value); break;
        case '{': is_read = read_inline_table(value); break;
        default: is_read = read_scalar(value); break;
    }
    --depth_;
    return is_read;
}

// array ::= "[" { value "," } [value] "]", on any number of lines
bool TomlReader::read_array(TomlValue& value) {
    std::size_t begin = at_;
    take('[');
    value.kind = TomlKind::Array;
    while (true) {
        if (!skip_blanks_and_lines()) return false;
        if (take(']')) break;
        TomlValue item;
        if (!read_value(item)) return false;
        value.items.push_back(std::move(item));
        if (!skip_blanks_and_lines()) return false;
        if (take(',')) continue;
        if (take(']')) break;
        return is_at_end() ? fail("the array is not closed", Span{static_cast<std::uint32_t>(begin),
                                                                  static_cast<std::uint32_t>(begin + 1)})
                           : fail("expected `,` or `]`");
    }
    value.span = span_from(begin);
    return true;
}

// inline table ::= "{" [entry { "," entry }] "}"
bool TomlReader::read_inline_table(TomlValue& value) {
    std::size_t begin = at_;
    take('{');
    value.kind = TomlKind::Table;
    skip_blanks();
    if (!take('}')) {
        do {
            skip_blanks();
            if (!read_entry(value)) return false;
            skip_blanks();
        } while (take(','));
        if (!take('}')) return fail("expected `,` or `}`");
    }
    value.span = span_from(begin);
    return true;
}

// The four kinds of string: "…" and """…""" with escapes, '…' and '''…''' without.
bool TomlReader::read_string(TomlValue& value) {
    std::size_t begin = at_;
    char quote = peek();
    std::string closing(3, quote);
    bool has_lines = is_at(closing);
    if (!has_lines) closing.resize(1);
    at_ += closing.size();
    if (has_lines && is_at("\r\n")) ++at_;
    if (has_lines) take('\n');
    value.kind = TomlKind::String;
    while (!is_at(closing)) {
        bool is_over = is_at_end() || (!has_lines && is_at_line_end());
        if (is_over) return fail("the string is not closed", span_from(begin));
        if (quote == '"' && peek() == '\\') {
            if (!read_escape(value.text)) return false;
        } else if (is_control(peek()) && peek() != '\n' && !is_at("\r\n")) {
            return fail("a control character in a string is written as an escape", Span{static_cast<std::uint32_t>(at_),
                                                                                        static_cast<std::uint32_t>(at_ + 1)});
        } else {
            value.text += text_[at_++];
        }
    }
    at_ += closing.size();
    // `""""` ends with a quote that belongs to the text, two at most.
    for (int i = 0; has_lines && i < 2 && take(quote); ++i) value.text += quote;
    value.span = span_from(begin);
    return true;
}

bool TomlReader::read_escape(std::string& out) {
    constexpr std::string_view kLetters = "btnfr\"\\e";
    constexpr std::string_view kMeanings = "\b\t\n\f\r\"\\\x1b";
    std::size_t begin = at_++;
    char letter = peek();
    if (std::size_t index = kLetters.find(letter); letter && index != std::string_view::npos) {
        ++at_;
        out += kMeanings[index];
        return true;
    }
    if (letter == 'u' || letter == 'U') {
        std::size_t length = letter == 'u' ? 4 : 8;
        std::string_view digits = text_.substr(std::min(at_ + 1, text_.size()), length);
        std::uint32_t code_point = 0;
        auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code_point, 16);
        bool is_whole = digits.size() == length && error == std::errc() && end == digits.data() + digits.size();
        bool is_scalar = code_point < 0xd800 || (code_point > 0xdfff && code_point <= 0x10ffff);
        if (is_whole && is_scalar) {
            at_ += 1 + length;
            append_utf8(out, code_point);
            return true;
        }
    }
    // A `\` at the end of a line takes the break and the blanks that follow it away.
    std::size_t after = at_;
    skip_blanks();
    if (is_at_line_end() && !is_at_end()) {
        while (!is_at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
        return true;
    }
    at_ = std::min(after + 1, text_.size());
    return fail("unknown escape", span_from(begin));
}

// Integers are read; floats, booleans and dates are only known by their first byte.
bool TomlReader::read_scalar(TomlValue& value) {
    std::size_t begin = at_;
    auto belongs = [](char c) { return is_bare_key_byte(c) || c == '+' || c == '.' || c == ':'; };
    while (belongs(peek())) ++at_;
    std::string_view word = text_.substr(begin, at_ - begin);
    value.span = span_from(begin);
    if (word.empty()) return fail("expected a value");
    value.kind = TomlKind::Other;
    if (word == "true" || word == "false" || word == "inf" || word == "nan") return true;
    std::string_view digits = word;
    if (digits[0] == '+' || digits[0] == '-') digits.remove_prefix(1);
    if (digits == "inf" || digits == "nan") return true;
    if (digits.empty() || digits[0] < '0' || digits[0] > '9') {
        return fail("`" + std::string(word) + "` is no value; a text stands in quotes", value.span);
    }
    bool is_based = digits.starts_with("0x") || digits.starts_with("0o") || digits.starts_with("0b");
    bool is_integer = is_based || digits.find_first_not_of("0123456789_") == std::string_view::npos;
    return is_integer ? read_integer(word, value) : true;
}

bool TomlReader::read_integer(std::string_view word, TomlValue& value) {
    bool is_negative = word[0] == '-';
    if (word[0] == '+' || word[0] == '-') word.remove_prefix(1);
    int base = word.starts_with("0x") ? 16 : word.starts_with("0o") ? 8 : word.starts_with("0b") ? 2 : 10;
    std::string digits = is_negative ? "-" : "";
    for (char c : word.substr(base == 10 ? 0 : 2)) {
        if (c != '_') digits += c;
    }
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value.integer, base);
    if (error == std::errc::result_out_of_range) return fail("the number is too large", value.span);
    if (error != std::errc() || end != digits.data() + digits.size()) return fail("this is no number", value.span);
    value.kind = TomlKind::Integer;
    return true;
}

bool TomlReader::skip_comment() {
    while (!is_at_line_end()) ++at_;
    return true;
}

bool TomlReader::skip_blanks_and_lines() {
    while (true) {
        skip_blanks();
        if (peek() == '#') skip_comment();
        if (is_at_end() || !is_at_line_end()) return true;
        if (is_at("\r\n")) ++at_;
        ++at_;
    }
}

bool TomlReader::expect_line_end() {
    skip_blanks();
    if (peek() == '#') return skip_comment();
    return is_at_line_end() || fail("expected the end of the line");
}

bool TomlReader::fail(std::string message, std::optional<Span> span) {
    auto end = static_cast<std::uint32_t>(text_.size());
    auto begin = std::min(static_cast<std::uint32_t>(at_), end);
    file_.errors.push_back({std::move(message), span.value_or(Span{begin, std::min(begin + 1, end)})});
    return false;
}

}  // namespace

std::string_view kind_name(TomlKind kind) {
    switch (kind) {
        case TomlKind::Table: return "a table";
        case TomlKind::Array: return "an array";
        case TomlKind::String: return "a string";
        case TomlKind::Integer: return "an integer";
        case TomlKind::Other: return "a value of another kind";
    }
    return "";
}

TomlFile read_toml(const SourceFile& source) {
    return TomlReader(source.text()).read();
}

}  // namespace ruff::config
