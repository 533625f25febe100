#pragma once
// Where a request goes: the server of its URL, and the proxy in front of that.

#include <string>
#include <string_view>

namespace ruff::runtime {

struct Origin {
    std::string scheme, host, port;   ///< in lower case
    bool operator==(const Origin&) const = default;
    [[nodiscard]] std::string key() const { return scheme + "://" + host + ":" + port; }
};

/// The proxy that the environment names for requests to `origin`; empty without one.
[[nodiscard]] std::string proxy_of_environment(const Origin& origin);

/// The value of an environment variable; empty when it is not set.
[[nodiscard]] std::string environment_text(const char* name);

/// ASCII letters in lower case: names of headers and hosts.
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace ruff::runtime
