#pragma once
// The sockets of a multi handle of libcurl, as one descriptor of the loop.
//
// All of libcurl's sockets live in one private epoll set, and the loop waits for that set: libcurl opens and closes, the kernel
// forgets what is closed, and nobody else owns a socket. The socket callback only notes what is wanted; the differences are applied
// after the batch, because libcurl takes a socket out and puts it back at every request of a kept connection. A number that libcurl
// opens afresh counts as not registered (the open callback notes it): the close callback is not called for sockets that never
// connected, and REMOVE does not mean closed.
//
// The timer callback, too, only notes when libcurl wants to be called; zero means after this batch.
//
// What always holds: nothing of libcurl is called from its callbacks.
//
// Threads: the isolate's.

#include <functional>
#include <vector>

#include "core/runtime/http/curl_library.h"
#include "core/runtime/loop.h"

namespace ruff::runtime {

class CurlSockets {
public:
    /// `drain` takes the results out of the multi handle: called after each batch. Throws what Loop::of throws.
    CurlSockets(const CurlLibrary& curl, Loop& loop, std::function<void()> drain);
    /// The multi handle is empty.
    ~CurlSockets();
    CurlSockets(const CurlSockets&) = delete;
    CurlSockets& operator=(const CurlSockets&) = delete;

    [[nodiscard]] CURLM* multi() const { return multi_; }
    /// The sockets of requests by `easy` are opened here.
    void serve(CURL* easy);

    /// Lets libcurl do what is due and what its sockets are ready for. `is_active`: it has requests.
    void work(bool is_active);
    [[nodiscard]] bool has_work() const { return is_readable_ || is_kicked_ || !noted_.empty(); }
    [[nodiscard]] bool is_due() const { return due_ != vm::kNever && due_ <= vm::monotonic_now(); }
    /// When libcurl wants to be called at the latest.
    [[nodiscard]] vm::Instant due() const { return due_; }
    /// libcurl was told something that it acts on when it is called next.
    void kick() { is_kicked_ = true; }

    /// Opened so far.
    [[nodiscard]] std::uint64_t opened() const { return opened_; }

private:
    struct Socket {
        int registered = 0;
        int wanted = 0;
        bool is_noted = false;
    };

    static int note_socket(CURL*, curl_socket_t descriptor, int what, void* user, void*);
    static int note_timer(CURLM*, long milliseconds, void* user);
    static curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address);

    [[nodiscard]] Socket& socket_at(int descriptor);
    void act(int descriptor, int what);
    void run_kicks();
    void register_noted();
    void serve_ready();
    void watch();

    const CurlLibrary& curl_;
    const std::function<void()> drain_;
    const int epoll_;
    Watch watch_;
    CURLM* multi_ = nullptr;
    std::vector<Socket> sockets_;   ///< by descriptor
    std::vector<int> noted_;
    bool is_readable_ = false;
    bool is_kicked_ = false;
    vm::Instant due_ = vm::kNever;
    std::uint64_t opened_ = 0;
};

}  // namespace ruff::runtime
