#include "core/support/escape.h"

#include "core/support/utf8.h"

namespace ruff {
namespace {

constexpr unsigned char kDelete = 0x7F;

bool stands_for_itself(unsigned char byte) { return byte >= 0x20 && byte < kDelete && byte != '"' && byte != '\\'; }

void append_json_escape(std::string& out, unsigned char byte) {
    constexpr char kDigits[] = "0123456789abcdef";
    switch (byte) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        default:
            out += "\\u00";
            out += kDigits[byte >> 4];
            out += kDigits[byte & 15];
    }
}

/// Appends the character at `at`, which is not ASCII, and gives its size.
std::size_t append_character(std::string& out, std::string_view text, std::size_t at) {
    const utf8::Decoded decoded = utf8::decode(text, at);
    if (decoded.is_valid) out.append(text, at, decoded.size);
    else out += "\xEF\xBF\xBD";
    return decoded.size;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && stands_for_itself(static_cast<unsigned char>(text[end]))) ++end;
        out.append(text, at, end - at);
        at = end;
        if (at == text.size()) break;
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte >= 0x80) {
            at += append_character(out, text, at);
        } else {
            append_json_escape(out, byte);
            ++at;
        }
    }
    out += '"';
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::string xml_text(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte >= 0x80) {
            at += append_character(out, text, at);
            continue;
        }
        ++at;
        switch (byte) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\n': out += "&#10;"; break;
            case '\r': out += "&#13;"; break;
            case '\t': out += "&#9;"; break;
            default: out += byte < 0x20 ? '?' : static_cast<char>(byte);
        }
    }
    return out;
}

}  // namespace ruff
