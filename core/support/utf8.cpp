#include "core/support/utf8.h"

#include <utf8proc.h>

#include <cstdlib>
#include <cstring>

namespace ruff::utf8 {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

utf8proc_category_t category(char32_t code_point) {
    return utf8proc_category(static_cast<utf8proc_int32_t>(code_point));
}

/// Length of the sequence a first byte announces; 0 for a byte that cannot be first.
std::uint32_t announced_size(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return 2;
    if (first >= 0xE0 && first <= 0xEF) return 3;
    if (first >= 0xF0 && first <= 0xF4) return 4;
    return 0;
}

bool is_scalar_of_size(char32_t code_point, std::uint32_t size) {
    if (size == 3) return code_point >= 0x800 && !(code_point >= 0xD800 && code_point <= 0xDFFF);
    if (size == 4) return code_point >= 0x10000 && code_point <= 0x10FFFF;
    return true;
}

}  // namespace

Decoded decode(std::string_view text, std::size_t offset) {
    auto first = static_cast<unsigned char>(text[offset]);
    std::uint32_t size = announced_size(first);
    if (size == 1) return {first, 1, true};
    if (size == 0 || offset + size > text.size()) return {kReplacement, 1, false};
    char32_t code_point = first & (0x7F >> size);
    for (std::uint32_t i = 1; i < size; ++i) {
        char byte = text[offset + i];
        if (!is_continuation(byte)) return {kReplacement, 1, false};
        code_point = code_point << 6 | (static_cast<unsigned char>(byte) & 0x3F);
    }
    if (!is_scalar_of_size(code_point, size)) return {kReplacement, 1, false};
    return {code_point, size, true};
}

void append(std::string& text, char32_t code_point) {
    auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | code_point >> 6);
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | code_point >> 12);
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | code_point >> 18);
        put(0x80 | (code_point >> 12 & 0x3F));
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

std::size_t find_invalid(std::string_view text) {
    constexpr std::uint64_t kHighBits = 0x8080808080808080;
    std::size_t offset = 0;
    while (offset < text.size()) {
        while (offset + 8 <= text.size()) {
            std::uint64_t word;
            std::memcpy(&word, text.data() + offset, 8);
            if ((word & kHighBits) != 0) break;
            offset += 8;
        }
        if (offset == text.size()) break;
        Decoded decoded = decode(text, offset);
        if (!decoded.is_valid) return offset;
        offset += decoded.size;
    }
    return npos;
}

std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    for (char byte : text) count += !is_continuation(byte);
    return count;
}

bool is_identifier_start(char32_t code_point) {
    if (code_point < 0x80) {
        char32_t lower = code_point | 0x20;
        return (lower >= 'a' && lower <= 'z') || code_point == '_';
    }
    switch (category(code_point)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_NL: return true;
        default: return false;
    }
}

bool is_identifier_continue(char32_t code_point) {
    if (is_identifier_start(code_point)) return true;
    if (code_point < 0x80) return code_point >= '0' && code_point <= '9';
    switch (category(code_point)) {
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_PC: return true;
        default: return false;
    }
}

bool is_identifier(std::string_view text) {
    if (text.empty()) return false;
    for (std::size_t offset = 0; offset < text.size();) {
        Decoded decoded = decode(text, offset);
        if (!decoded.is_valid) return false;
        if (offset == 0 ? !is_identifier_start(decoded.code_point) : !is_identifier_continue(decoded.code_point)) {
            return false;
        }
        offset += decoded.size;
    }
    return true;
}

int display_width(char32_t code_point) {
    if (code_point >= 0x20 && code_point < 0x7F) return 1;
    int width = utf8proc_charwidth(static_cast<utf8proc_int32_t>(code_point));
    return width < 0 ? 0 : width;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    for (std::size_t offset = 0; offset < text.size();) {
        Decoded decoded = decode(text, offset);
        width += static_cast<std::size_t>(display_width(decoded.code_point));
        offset += decoded.size;
    }
    return width;
}

std::string to_nfc(std::string_view text) {
    utf8proc_uint8_t* normal = nullptr;
    auto flags = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &normal, flags);
    if (size < 0) return std::string(text);
    std::string result(reinterpret_cast<char*>(normal), static_cast<std::size_t>(size));
    std::free(normal);
    return result;
}

}  // namespace ruff::utf8
