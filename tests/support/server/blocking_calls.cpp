// Preloaded into `ruff`: records the system calls that may block, and that the program's first thread (the one that runs the main
// isolate's loop) makes for files below a folder `watched`, and every getaddrinfo there. One line a call goes to the file that
// BLOCKING_CALLS names.

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr int kMostDescriptors = 4096;
std::array<std::atomic<bool>, kMostDescriptors> g_is_watched{};

bool is_first_thread() { return ::syscall(SYS_gettid) == ::getpid(); }

bool is_watched(const char* path) { return path != nullptr && std::strstr(path, "watched") != nullptr; }

void record(const char* call, const char* what) {
    const char* log = std::getenv("BLOCKING_CALLS");
    if (log == nullptr || !is_first_thread()) return;
    char line[512];
    const int size = std::snprintf(line, sizeof line, "%s %s\n", call, what);
    const long descriptor = ::syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0) return;
    (void)!::syscall(SYS_write, descriptor, line, size);
    ::syscall(SYS_close, descriptor);
}

void note_path(const char* call, const char* path) {
    if (is_watched(path)) record(call, path);
}

void note_descriptor(const char* call, int descriptor) {
    if (descriptor >= 0 && descriptor < kMostDescriptors && g_is_watched[static_cast<std::size_t>(descriptor)]) record(call, "");
}

int note_opened(const char* path, int descriptor) {
    if (descriptor >= 0 && descriptor < kMostDescriptors) g_is_watched[static_cast<std::size_t>(descriptor)] = is_watched(path);
    return descriptor;
}

template <typename Function>
Function system_function(const char* name) { return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name)); }

}  // namespace

extern "C" {

// The C library's own name for both, with and without large files.
#define RUFF_OPEN(name)                                                                      \
    int name(const char* path, int flags, ...) {                                             \
        static const auto system = system_function<int (*)(const char*, int, ...)>(#name);   \
        va_list arguments;                                                                   \
        va_start(arguments, flags);                                                          \
        const int mode = va_arg(arguments, int);                                             \
        va_end(arguments);                                                                   \
        note_path("open", path);                                                             \
        return note_opened(path, system(path, flags, mode));                                 \
    }
RUFF_OPEN(open)
RUFF_OPEN(open64)
#undef RUFF_OPEN

ssize_t read(int descriptor, void* data, std::size_t size) {
    static const auto system = system_function<ssize_t (*)(int, void*, std::size_t)>("read");
    note_descriptor("read", descriptor);
    return system(descriptor, data, size);
}
ssize_t write(int descriptor, const void* data, std::size_t size) {
    static const auto system = system_function<ssize_t (*)(int, const void*, std::size_t)>("write");
    note_descriptor("write", descriptor);
    return system(descriptor, data, size);
}
int fsync(int descriptor) {
    static const auto system = system_function<int (*)(int)>("fsync");
    note_descriptor("fsync", descriptor);
    return system(descriptor);
}
int rename(const char* from, const char* to) {
    static const auto system = system_function<int (*)(const char*, const char*)>("rename");
    note_path("rename", to);
    return system(from, to);
}
int unlink(const char* path) {
    static const auto system = system_function<int (*)(const char*)>("unlink");
    note_path("unlink", path);
    return system(path);
}
int mkdir(const char* path, mode_t mode) {
    static const auto system = system_function<int (*)(const char*, mode_t)>("mkdir");
    note_path("mkdir", path);
    return system(path, mode);
}
int stat(const char* path, struct stat* status) {
    static const auto system = system_function<int (*)(const char*, struct stat*)>("stat");
    note_path("stat", path);
    return system(path, status);
}
int lstat(const char* path, struct stat* status) {
    static const auto system = system_function<int (*)(const char*, struct stat*)>("lstat");
    note_path("lstat", path);
    return system(path, status);
}
DIR* opendir(const char* path) {
    static const auto system = system_function<DIR* (*)(const char*)>("opendir");
    note_path("opendir", path);
    return system(path);
}
int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** result) {
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto system = system_function<Function>("getaddrinfo");
    record("getaddrinfo", name == nullptr ? "" : name);
    return system(name, service, hints, result);
}

}  // extern "C"
