#include "lsp/protocol/uri.h"

#include <filesystem>

namespace ruff::lsp {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                               hex_value(text[i + 2]) >= 0;
        if (!is_escape) {
            decoded += text[i];
            continue;
        }
        decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return decoded;
}

}  // namespace

std::string path_of_uri(std::string_view uri) {
    if (!uri.starts_with("file:")) return {};
    uri.remove_prefix(5);
    uri = uri.substr(0, uri.find_first_of("?#"));
    if (uri.starts_with("//")) {  // an authority: empty or `localhost`
        uri.remove_prefix(2);
        const std::size_t slash = uri.find('/');
        if (slash == std::string_view::npos) return {};
        uri.remove_prefix(slash);
    }
    const std::string path = decode(uri);
    if (!path.starts_with('/') || path.find('\0') != std::string::npos) return {};
    std::string normal = std::filesystem::path(path).lexically_normal().string();
    if (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
    return normal;
}

std::string uri_of_path(std::string_view path) {
    constexpr std::string_view kPlain = "-._~/!$&'()*+,;=@";
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string uri = "file://";
    for (const char c : path) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                              kPlain.find(c) != std::string_view::npos;
        if (is_plain) {
            uri += c;
            continue;
        }
        uri += '%';
        uri += kDigits[static_cast<unsigned char>(c) >> 4];
        uri += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return uri;
}

}  // namespace ruff::lsp
