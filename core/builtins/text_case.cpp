#include "core/builtins/text_case.h"

#include "core/builtins/unicode_text.h"
#include "core/support/utf8.h"

namespace ruff::builtins {
namespace {

bool is_word_character(char32_t c) { return is_alphabetic(c) || is_decimal_digit(c) || is_mark(c); }

std::string join_lower(std::string_view text, char separator) {
    std::string out;
    for (std::string_view word : split_into_words(text)) {
        if (!out.empty()) out += separator;
        out += to_lower(word);
    }
    return out;
}

struct Spelling {
    char32_t letter;
    const char* ascii;
};

// Latin letters that Unicode does not decompose.
constexpr Spelling kSpellings[] = {
    {0xDF, "ss"}, {0xE6, "ae"}, {0xF0, "d"},   {0xF8, "o"},  {0xFE, "th"}, {0x111, "d"},
    {0x131, "i"}, {0x142, "l"}, {0x153, "oe"}, {0x127, "h"}, {0x167, "t"}, {0x138, "k"},
};

void append_slug_letter(std::string& out, char32_t letter) {
    for (const Spelling& spelling : kSpellings) {
        if (spelling.letter == letter) {
            out += spelling.ascii;
            return;
        }
    }
    utf8::append(out, letter);
}

}  // namespace

std::vector<std::string_view> split_into_words(std::string_view text) {
    std::vector<std::string_view> words;
    constexpr std::size_t kNone = std::string_view::npos;
    std::size_t start = kNone;  // of the word under way
    bool after_small = false;   // the last character was a small letter or a digit
    bool after_capital = false;
    auto finish = [&](std::size_t end) {
        if (start != kNone && end > start) words.push_back(text.substr(start, end - start));
        start = kNone;
    };
    for (std::size_t i = 0; i < text.size();) {
        utf8::Decoded at = utf8::decode(text, i);
        std::size_t next = i + at.size;
        if (!is_word_character(at.code_point)) {
            finish(i);
            after_small = after_capital = false;
            i = next;
            continue;
        }
        bool is_capital = is_upper_case(at.code_point);
        bool before_small = next < text.size() && is_lower_case(utf8::decode(text, next).code_point);
        if (is_capital && (after_small || (after_capital && before_small))) finish(i);
        if (start == kNone) start = i;
        if (!is_mark(at.code_point)) {
            after_small = !is_capital;
            after_capital = is_capital;
        }
        i = next;
    }
    finish(text.size());
    return words;
}

std::string to_snake_case(std::string_view text) { return join_lower(text, '_'); }

std::string to_kebab_case(std::string_view text) { return join_lower(text, '-'); }

std::string to_camel_case(std::string_view text) {
    std::string out;
    for (std::string_view word : split_into_words(text))
        out += out.empty() ? to_lower(word) : capitalize(word);
    return out;
}

std::string slugify(std::string_view text) {
    std::string plain = to_lower(normalize(text, "NFKD").value_or(std::string(text)));
    std::string out;
    bool needs_hyphen = false;
    for (std::size_t i = 0; i < plain.size();) {
        utf8::Decoded at = utf8::decode(plain, i);
        i += at.size;
        if (is_mark(at.code_point)) continue;
        if (!is_alphabetic(at.code_point) && !is_decimal_digit(at.code_point)) {
            if (at.code_point != '\'' && at.code_point != 0x2019) needs_hyphen = true;
            continue;
        }
        if (needs_hyphen && !out.empty()) out += '-';
        needs_hyphen = false;
        append_slug_letter(out, at.code_point);
    }
    return normalize(out, "NFC").value_or(out);
}

}  // namespace ruff::builtins
