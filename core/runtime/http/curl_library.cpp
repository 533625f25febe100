#include "core/runtime/http/curl_library.h"

#include <dlfcn.h>

#include <mutex>

namespace ruff::runtime {

// The header makes macros of some names, to check the count of arguments.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

namespace {

bool open_library(CurlLibrary& library) {
    void* handle = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) handle = ::dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return false;
#define RUFF_CURL_LOAD(name)                                                          \
    library.name = reinterpret_cast<decltype(library.name)>(::dlsym(handle, #name)); \
    if (library.name == nullptr) return false;
    RUFF_CURL_FUNCTIONS(RUFF_CURL_LOAD)
#undef RUFF_CURL_LOAD
    return library.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

}  // namespace

const CurlLibrary* curl_library() {
    static constinit CurlLibrary library;
    static constinit std::once_flag once;
    static constinit bool is_open = false;
    std::call_once(once, [] { is_open = open_library(library); });
    return is_open ? &library : nullptr;
}

}  // namespace ruff::runtime
