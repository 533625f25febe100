#pragma once
// libcurl, opened at the first request: linking it would cost every start of `ruff` 3 ms.

#include <curl/curl.h>

namespace ruff::runtime {

// Every function of libcurl that is used.
#define RUFF_CURL_FUNCTIONS(X)                                                                                      \
    X(curl_global_init) X(curl_easy_init) X(curl_easy_cleanup) X(curl_easy_reset) X(curl_easy_setopt)               \
    X(curl_easy_getinfo) X(curl_easy_pause) X(curl_easy_strerror) X(curl_multi_init) X(curl_multi_cleanup)          \
    X(curl_multi_setopt) X(curl_multi_add_handle) X(curl_multi_remove_handle) X(curl_multi_socket_action)           \
    X(curl_multi_info_read) X(curl_slist_append) X(curl_slist_free_all) X(curl_url) X(curl_url_cleanup)             \
    X(curl_url_set) X(curl_url_get) X(curl_free)

struct CurlLibrary {
#define RUFF_CURL_MEMBER(name) decltype(&::name) name = nullptr;
    RUFF_CURL_FUNCTIONS(RUFF_CURL_MEMBER)
#undef RUFF_CURL_MEMBER
};

/// The library, opened and initialised by the first caller; null when it is not on this machine. Thread-safe.
[[nodiscard]] const CurlLibrary* curl_library();

}  // namespace ruff::runtime
