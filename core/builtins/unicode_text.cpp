#include "core/builtins/unicode_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "core/support/utf8.h"

namespace ruff::builtins {
namespace {

struct SpecialCase {
    char32_t code_point;
    char32_t upper[3];
    char32_t title[3];
};

// Unicode's SpecialCasing.txt: the characters whose upper or title case is several characters, in order.
// utf8proc maps one character to one.
// clang-format off
constexpr SpecialCase kSpecialCases[] = {
    {0x00DF, {0x53, 0x53, 0}, {0x53, 0x73, 0}}, {0x0149, {0x2BC, 0x4E, 0}, {0x2BC, 0x4E, 0}},
    {0x01F0, {0x4A, 0x30C, 0}, {0x4A, 0x30C, 0}}, {0x0390, {0x399, 0x308, 0x301}, {0x399, 0x308, 0x301}},
    {0x03B0, {0x3A5, 0x308, 0x301}, {0x3A5, 0x308, 0x301}}, {0x0587, {0x535, 0x552, 0}, {0x535, 0x582, 0}},
    {0x1E96, {0x48, 0x331, 0}, {0x48, 0x331, 0}}, {0x1E97, {0x54, 0x308, 0}, {0x54, 0x308, 0}},
    {0x1E98, {0x57, 0x30A, 0}, {0x57, 0x30A, 0}}, {0x1E99, {0x59, 0x30A, 0}, {0x59, 0x30A, 0}},
    {0x1E9A, {0x41, 0x2BE, 0}, {0x41, 0x2BE, 0}}, {0x1F50, {0x3A5, 0x313, 0}, {0x3A5, 0x313, 0}},
    {0x1F52, {0x3A5, 0x313, 0x300}, {0x3A5, 0x313, 0x300}}, {0x1F54, {0x3A5, 0x313, 0x301}, {0x3A5, 0x313, 0x301}},
    {0x1F56, {0x3A5, 0x313, 0x342}, {0x3A5, 0x313, 0x342}}, {0x1F80, {0x1F08, 0x399, 0}, {0x1F88, 0, 0}},
    {0x1F81, {0x1F09, 0x399, 0}, {0x1F89, 0, 0}}, {0x1F82, {0x1F0A, 0x399, 0}, {0x1F8A, 0, 0}},
    {0x1F83, {0x1F0B, 0x399, 0}, {0x1F8B, 0, 0}}, {0x1F84, {0x1F0C, 0x399, 0}, {0x1F8C, 0, 0}},
    {0x1F85, {0x1F0D, 0x399, 0}, {0x1F8D, 0, 0}}, {0x1F86, {0x1F0E, 0x399, 0}, {0x1F8E, 0, 0}},
    {0x1F87, {0x1F0F, 0x399, 0}, {0x1F8F, 0, 0}}, {0x1F88, {0x1F08, 0x399, 0}, {0x1F88, 0, 0}},
    {0x1F89, {0x1F09, 0x399, 0}, {0x1F89, 0, 0}}, {0x1F8A, {0x1F0A, 0x399, 0}, {0x1F8A, 0, 0}},
    {0x1F8B, {0x1F0B, 0x399, 0}, {0x1F8B, 0, 0}}, {0x1F8C, {0x1F0C, 0x399, 0}, {0x1F8C, 0, 0}},
    {0x1F8D, {0x1F0D, 0x399, 0}, {0x1F8D, 0, 0}}, {0x1F8E, {0x1F0E, 0x399, 0}, {0x1F8E, 0, 0}},
    {0x1F8F, {0x1F0F, 0x399, 0}, {0x1F8F, 0, 0}}, {0x1F90, {0x1F28, 0x399, 0}, {0x1F98, 0, 0}},
    {0x1F91, {0x1F29, 0x399, 0}, {0x1F99, 0, 0}}, {0x1F92, {0x1F2A, 0x399, 0}, {0x1F9A, 0, 0}},
    {0x1F93, {0x1F2B, 0x399, 0}, {0x1F9B, 0, 0}}, {0x1F94, {0x1F2C, 0x399, 0}, {0x1F9C, 0, 0}},
    {0x1F95, {0x1F2D, 0x399, 0}, {0x1F9D, 0, 0}}, {0x1F96, {0x1F2E, 0x399, 0}, {0x1F9E, 0, 0}},
    {0x1F97, {0x1F2F, 0x399, 0}, {0x1F9F, 0, 0}}, {0x1F98, {0x1F28, 0x399, 0}, {0x1F98, 0, 0}},
    {0x1F99, {0x1F29, 0x399, 0}, {0x1F99, 0, 0}}, {0x1F9A, {0x1F2A, 0x399, 0}, {0x1F9A, 0, 0}},
    {0x1F9B, {0x1F2B, 0x399, 0}, {0x1F9B, 0, 0}}, {0x1F9C, {0x1F2C, 0x399, 0}, {0x1F9C, 0, 0}},
    {0x1F9D, {0x1F2D, 0x399, 0}, {0x1F9D, 0, 0}}, {0x1F9E, {0x1F2E, 0x399, 0}, {0x1F9E, 0, 0}},
    {0x1F9F, {0x1F2F, 0x399, 0}, {0x1F9F, 0, 0}}, {0x1FA0, {0x1F68, 0x399, 0}, {0x1FA8, 0, 0}},
    {0x1FA1, {0x1F69, 0x399, 0}, {0x1FA9, 0, 0}}, {0x1FA2, {0x1F6A, 0x399, 0}, {0x1FAA, 0, 0}},
    {0x1FA3, {0x1F6B, 0x399, 0}, {0x1FAB, 0, 0}}, {0x1FA4, {0x1F6C, 0x399, 0}, {0x1FAC, 0, 0}},
    {0x1FA5, {0x1F6D, 0x399, 0}, {0x1FAD, 0, 0}}, {0x1FA6, {0x1F6E, 0x399, 0}, {0x1FAE, 0, 0}},
    {0x1FA7, {0x1F6F, 0x399, 0}, {0x1FAF, 0, 0}}, {0x1FA8, {0x1F68, 0x399, 0}, {0x1FA8, 0, 0}},
    {0x1FA9, {0x1F69, 0x399, 0}, {0x1FA9, 0, 0}}, {0x1FAA, {0x1F6A, 0x399, 0}, {0x1FAA, 0, 0}},
    {0x1FAB, {0x1F6B, 0x399, 0}, {0x1FAB, 0, 0}}, {0x1FAC, {0x1F6C, 0x399, 0}, {0x1FAC, 0, 0}},
    {0x1FAD, {0x1F6D, 0x399, 0}, {0x1FAD, 0, 0}}, {0x1FAE, {0x1F6E, 0x399, 0}, {0x1FAE, 0, 0}},
    {0x1FAF, {0x1F6F, 0x399, 0}, {0x1FAF, 0, 0}}, {0x1FB2, {0x1FBA, 0x399, 0}, {0x1FBA, 0x345, 0}},
    {0x1FB3, {0x391, 0x399, 0}, {0x1FBC, 0, 0}}, {0x1FB4, {0x386, 0x399, 0}, {0x386, 0x345, 0}},
    {0x1FB6, {0x391, 0x342, 0}, {0x391, 0x342, 0}}, {0x1FB7, {0x391, 0x342, 0x399}, {0x391, 0x342, 0x345}},
    {0x1FBC, {0x391, 0x399, 0}, {0x1FBC, 0, 0}}, {0x1FC2, {0x1FCA, 0x399, 0}, {0x1FCA, 0x345, 0}},
    {0x1FC3, {0x397, 0x399, 0}, {0x1FCC, 0, 0}}, {0x1FC4, {0x389, 0x399, 0}, {0x389, 0x345, 0}},
    {0x1FC6, {0x397, 0x342, 0}, {0x397, 0x342, 0}}, {0x1FC7, {0x397, 0x342, 0x399}, {0x397, 0x342, 0x345}},
    {0x1FCC, {0x397, 0x399, 0}, {0x1FCC, 0, 0}}, {0x1FD2, {0x399, 0x308, 0x300}, {0x399, 0x308, 0x300}},
    {0x1FD3, {0x399, 0x308, 0x301}, {0x399, 0x308, 0x301}}, {0x1FD6, {0x399, 0x342, 0}, {0x399, 0x342, 0}},
    {0x1FD7, {0x399, 0x308, 0x342}, {0x399, 0x308, 0x342}}, {0x1FE2, {0x3A5, 0x308, 0x300}, {0x3A5, 0x308, 0x300}},
    {0x1FE3, {0x3A5, 0x308, 0x301}, {0x3A5, 0x308, 0x301}}, {0x1FE4, {0x3A1, 0x313, 0}, {0x3A1, 0x313, 0}},
    {0x1FE6, {0x3A5, 0x342, 0}, {0x3A5, 0x342, 0}}, {0x1FE7, {0x3A5, 0x308, 0x342}, {0x3A5, 0x308, 0x342}},
    {0x1FF2, {0x1FFA, 0x399, 0}, {0x1FFA, 0x345, 0}}, {0x1FF3, {0x3A9, 0x399, 0}, {0x1FFC, 0, 0}},
    {0x1FF4, {0x38F, 0x399, 0}, {0x38F, 0x345, 0}}, {0x1FF6, {0x3A9, 0x342, 0}, {0x3A9, 0x342, 0}},
    {0x1FF7, {0x3A9, 0x342, 0x399}, {0x3A9, 0x342, 0x345}}, {0x1FFC, {0x3A9, 0x399, 0}, {0x1FFC, 0, 0}},
    {0xFB00, {0x46, 0x46, 0}, {0x46, 0x66, 0}}, {0xFB01, {0x46, 0x49, 0}, {0x46, 0x69, 0}},
    {0xFB02, {0x46, 0x4C, 0}, {0x46, 0x6C, 0}}, {0xFB03, {0x46, 0x46, 0x49}, {0x46, 0x66, 0x69}},
    {0xFB04, {0x46, 0x46, 0x4C}, {0x46, 0x66, 0x6C}}, {0xFB05, {0x53, 0x54, 0}, {0x53, 0x74, 0}},
    {0xFB06, {0x53, 0x54, 0}, {0x53, 0x74, 0}}, {0xFB13, {0x544, 0x546, 0}, {0x544, 0x576, 0}},
    {0xFB14, {0x544, 0x535, 0}, {0x544, 0x565, 0}}, {0xFB15, {0x544, 0x53B, 0}, {0x544, 0x56B, 0}},
    {0xFB16, {0x54E, 0x546, 0}, {0x54E, 0x576, 0}}, {0xFB17, {0x544, 0x53D, 0}, {0x544, 0x56D, 0}},
};
// clang-format on

constexpr char32_t kCapitalSigma = 0x3A3, kSmallSigma = 0x3C3, kFinalSigma = 0x3C2, kCapitalIWithDot = 0x130;

const SpecialCase* find_special_case(char32_t code_point) {
    const SpecialCase* found =
        std::lower_bound(std::begin(kSpecialCases), std::end(kSpecialCases), code_point,
                         [](const SpecialCase& entry, char32_t wanted) { return entry.code_point < wanted; });
    return found != std::end(kSpecialCases) && found->code_point == code_point ? found : nullptr;
}

void append_all(std::string& out, const char32_t (&code_points)[3]) {
    for (char32_t code_point : code_points) {
        if (code_point != 0) utf8::append(out, code_point);
    }
}

void append_upper(std::string& out, char32_t code_point) {
    if (code_point < 0x80) {
        out += code_point >= 'a' && code_point <= 'z' ? static_cast<char>(code_point - 32)
                                                      : static_cast<char>(code_point);
    } else if (const SpecialCase* special = find_special_case(code_point)) {
        append_all(out, special->upper);
    } else {
        utf8::append(out, static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(code_point))));
    }
}

void append_title(std::string& out, char32_t code_point) {
    if (const SpecialCase* special = find_special_case(code_point)) {
        append_all(out, special->title);
    } else {
        utf8::append(out, static_cast<char32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(code_point))));
    }
}

utf8proc_category_t category(char32_t code_point) {
    return utf8proc_category(static_cast<utf8proc_int32_t>(code_point));
}

bool is_cased(char32_t code_point) {
    utf8proc_category_t kind = category(code_point);
    return kind == UTF8PROC_CATEGORY_LU || kind == UTF8PROC_CATEGORY_LL || kind == UTF8PROC_CATEGORY_LT;
}

// Characters that a word's case looks through: marks, and punctuation such as the apostrophe.
bool is_case_ignorable(char32_t code_point) {
    utf8proc_category_t kind = category(code_point);
    return kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_ME || kind == UTF8PROC_CATEGORY_CF ||
           kind == UTF8PROC_CATEGORY_LM || kind == UTF8PROC_CATEGORY_SK || code_point == '\'' ||
           code_point == '.' || code_point == ':' || code_point == 0xB7 || code_point == 0x2019;
}

// Final_Sigma of the standard: a cased letter before, none after, case-ignorable ones looked through.
bool is_final_sigma(std::string_view text, std::size_t offset, std::size_t size) {
    bool has_letter_before = false;
    for (std::size_t i = offset; i > 0;) {
        do --i;
        while (i > 0 && utf8::is_continuation(text[i]));
        char32_t before = utf8::decode(text, i).code_point;
        if (is_case_ignorable(before)) continue;
        has_letter_before = is_cased(before);
        break;
    }
    if (!has_letter_before) return false;
    for (std::size_t i = offset + size; i < text.size();) {
        utf8::Decoded after = utf8::decode(text, i);
        if (!is_case_ignorable(after.code_point)) return !is_cased(after.code_point);
        i += after.size;
    }
    return true;
}

void append_lower(std::string& out, std::string_view text, std::size_t offset, utf8::Decoded at) {
    char32_t c = at.code_point;
    if (c < 0x80) {
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    } else if (c == kCapitalSigma) {
        utf8::append(out, is_final_sigma(text, offset, at.size) ? kFinalSigma : kSmallSigma);
    } else if (c == kCapitalIWithDot) {
        out += "i\xCC\x87";
    } else {
        utf8::append(out, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
    }
}

// True if `holds` for every character of a text that has some.
template <typename Predicate>
bool all_characters(std::string_view text, Predicate holds) {
    for (std::size_t i = 0; i < text.size();) {
        utf8::Decoded at = utf8::decode(text, i);
        if (!holds(at.code_point)) return false;
        i += at.size;
    }
    return !text.empty();
}

std::string mapped(std::string_view text, utf8proc_option_t options) {
    utf8proc_uint8_t* result = nullptr;
    utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &result, options);
    if (size < 0) return std::string(text);
    std::string out(reinterpret_cast<const char*>(result), static_cast<std::size_t>(size));
    std::free(result);
    return out;
}

}  // namespace

std::string to_upper(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        utf8::Decoded at = utf8::decode(text, i);
        append_upper(out, at.code_point);
        i += at.size;
    }
    return out;
}

std::string to_lower(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        utf8::Decoded at = utf8::decode(text, i);
        append_lower(out, text, i, at);
        i += at.size;
    }
    return out;
}

std::string capitalize(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        utf8::Decoded at = utf8::decode(text, i);
        if (i == 0) {
            append_title(out, at.code_point);
        } else {
            append_lower(out, text, i, at);
        }
        i += at.size;
    }
    return out;
}

std::string title_case(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool in_word = false;
    for (std::size_t i = 0; i < text.size();) {
        utf8::Decoded at = utf8::decode(text, i);
        bool is_letter = is_alphabetic(at.code_point) || is_decimal_digit(at.code_point);
        if (is_letter && !in_word) {
            append_title(out, at.code_point);
        } else {
            append_lower(out, text, i, at);
        }
        // An apostrophe or a mark is inside a word, not before a new one.
        in_word = is_letter || (in_word && is_case_ignorable(at.code_point) && at.code_point != '.' &&
                                at.code_point != ':');
        i += at.size;
    }
    return out;
}

bool is_decimal_digit(char32_t code_point) {
    if (code_point < 0x80) return code_point >= '0' && code_point <= '9';
    return category(code_point) == UTF8PROC_CATEGORY_ND;
}

bool is_alphabetic(char32_t code_point) {
    if (code_point < 0x80) return (code_point | 32) >= 'a' && (code_point | 32) <= 'z';
    utf8proc_category_t kind = category(code_point);
    return (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO) || kind == UTF8PROC_CATEGORY_NL;
}

bool is_mark(char32_t code_point) {
    if (code_point < 0x300) return false;
    utf8proc_category_t kind = category(code_point);
    return kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_MC || kind == UTF8PROC_CATEGORY_ME;
}

bool is_blank(char32_t code_point) {
    if (code_point < 0x80)
        return code_point == ' ' || (code_point >= '\t' && code_point <= '\r') ||
               (code_point >= 0x1C && code_point <= 0x1F);
    utf8proc_category_t kind = category(code_point);
    return code_point == 0x85 || kind == UTF8PROC_CATEGORY_ZS || kind == UTF8PROC_CATEGORY_ZL ||
           kind == UTF8PROC_CATEGORY_ZP;
}

bool is_upper_case(char32_t code_point) {
    if (code_point < 0x80) return code_point >= 'A' && code_point <= 'Z';
    return utf8proc_isupper(static_cast<utf8proc_int32_t>(code_point)) != 0;
}

bool is_lower_case(char32_t code_point) {
    if (code_point < 0x80) return code_point >= 'a' && code_point <= 'z';
    return utf8proc_islower(static_cast<utf8proc_int32_t>(code_point)) != 0;
}

bool is_all_digits(std::string_view text) { return all_characters(text, is_decimal_digit); }

bool is_all_letters(std::string_view text) { return all_characters(text, is_alphabetic); }

bool is_all_letters_and_digits(std::string_view text) {
    return all_characters(text, [](char32_t c) { return is_alphabetic(c) || is_decimal_digit(c); });
}

bool is_all_blank(std::string_view text) { return all_characters(text, is_blank); }

bool is_all_upper(std::string_view text) {
    bool has_upper = false;
    bool has_other = false;
    all_characters(text, [&](char32_t c) {
        has_upper |= is_upper_case(c);
        has_other |= is_lower_case(c) || category(c) == UTF8PROC_CATEGORY_LT;
        return true;
    });
    return has_upper && !has_other;
}

bool is_all_lower(std::string_view text) {
    bool has_lower = false;
    bool has_other = false;
    all_characters(text, [&](char32_t c) {
        has_lower |= is_lower_case(c);
        has_other |= is_upper_case(c) || category(c) == UTF8PROC_CATEGORY_LT;
        return true;
    });
    return has_lower && !has_other;
}

std::optional<std::string> normalize(std::string_view text, std::string_view form) {
    if (form == "NFC")
        return mapped(text, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    if (form == "NFD")
        return mapped(text, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE));
    if (form == "NFKC")
        return mapped(text,
                      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT));
    if (form == "NFKD")
        return mapped(text,
                      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT));
    return std::nullopt;
}

}  // namespace ruff::builtins
