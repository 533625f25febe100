#include "core/runtime/http/origin.h"

#include <algorithm>
#include <cstdlib>

namespace ruff::runtime {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return out;
}

std::string environment_text(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

namespace {

/// Whether `host` is named by NO_PROXY: `*`, or a list of names that stand for themselves and what ends with them.
bool is_proxy_exempt(const std::string& host) {
    std::string list = environment_text("no_proxy");
    if (list.empty()) list = environment_text("NO_PROXY");
    for (std::size_t begin = 0; begin < list.size();) {
        const std::size_t end = std::min(list.find_first_of(", ", begin), list.size());
        std::string name = lower(list.substr(begin, end - begin));
        begin = end + 1;
        if (name == "*") return true;
        if (name.starts_with('.')) name.erase(0, 1);
        if (!name.empty() && (host == name || host.ends_with("." + name))) return true;
    }
    return false;
}

}  // namespace

std::string proxy_of_environment(const Origin& origin) {
    // The upper-case HTTP_PROXY is not looked at: a CGI program gets it from whoever sends the request.
    std::string proxy = environment_text(origin.scheme == "https" ? "https_proxy" : "http_proxy");
    if (proxy.empty() && origin.scheme == "https") proxy = environment_text("HTTPS_PROXY");
    if (proxy.empty()) proxy = environment_text("all_proxy");
    if (proxy.empty()) proxy = environment_text("ALL_PROXY");
    return proxy.empty() || is_proxy_exempt(origin.host) ? std::string() : proxy;
}

}  // namespace ruff::runtime
