#include "core/builtins/base64.h"

#include <algorithm>
#include <cstdint>

namespace ruff::builtins {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kUrlAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int digit_of(char c, bool for_url) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == (for_url ? '-' : '+')) return 62;
    if (c == (for_url ? '_' : '/')) return 63;
    return -1;
}

bool is_skipped(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

std::string encode_base64(std::string_view octets, bool for_url) {
    const char* alphabet = for_url ? kUrlAlphabet : kAlphabet;
    std::string out;
    out.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        std::size_t count = std::min<std::size_t>(3, octets.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = group << 8 | (k < count ? static_cast<unsigned char>(octets[i + k]) : 0u);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            if (k <= count) {
                out += alphabet[group >> (18 - 6 * k) & 63];
            } else if (!for_url) {
                out += '=';
            }
        }
    }
    return out;
}

std::optional<std::string> decode_base64(std::string_view text, bool for_url, std::size_t& bad_offset) {
    std::string out;
    out.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    int bit_count = 0;
    std::size_t digits = 0;
    std::size_t padding = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_skipped(text[i])) continue;
        int digit = digit_of(text[i], for_url);
        bool is_padding = text[i] == '=' && digits % 4 >= 2 && padding < 4 - digits % 4;
        if ((digit < 0 && !is_padding) || (digit >= 0 && padding > 0)) {
            bad_offset = i;
            return std::nullopt;
        }
        if (is_padding) {
            ++padding;
            continue;
        }
        ++digits;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        bit_count += 6;
        if (bit_count < 8) continue;
        bit_count -= 8;
        out += static_cast<char>(bits >> bit_count & 0xFF);
    }
    bad_offset = text.size();
    if (digits % 4 == 1 || (padding > 0 && padding != 4 - digits % 4)) return std::nullopt;
    return out;
}

}  // namespace ruff::builtins
