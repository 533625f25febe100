// Preloaded into `ruff`: getaddrinfo for names of tests. `slow-N.test` is found as 127.0.0.1 after N milliseconds, `fail-N.test` is
// not found after that time; every other name goes to the system.

#include <dlfcn.h>
#include <netdb.h>
#include <time.h>

#include <cstdlib>
#include <cstring>

namespace {

void pause_for(const char* milliseconds) {
    const long count = std::atol(milliseconds);
    timespec wait{count / 1000, count % 1000 * 1'000'000};
    nanosleep(&wait, nullptr);
}

bool ends_with_test(const char* name) {
    const std::size_t size = std::strlen(name);
    return size > 5 && std::strcmp(name + size - 5, ".test") == 0;
}

}  // namespace

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** result) {
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto system = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    if (name == nullptr || !ends_with_test(name)) return system(name, service, hints, result);
    if (std::strncmp(name, "fail-", 5) == 0) {
        pause_for(name + 5);
        return EAI_NONAME;
    }
    if (std::strncmp(name, "slow-", 5) == 0) pause_for(name + 5);
    return system("127.0.0.1", service, hints, result);
}
