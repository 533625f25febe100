#include "core/runtime/http/curl_sockets.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

namespace ruff::runtime {

#undef curl_easy_setopt
#undef curl_multi_setopt

namespace {

int open_epoll_set() {
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) throw std::runtime_error(std::strerror(errno));
    return descriptor;
}

}  // namespace

CurlSockets::CurlSockets(const CurlLibrary& curl, Loop& loop, std::function<void()> drain)
    : curl_(curl), drain_(std::move(drain)), epoll_(open_epoll_set()), watch_(loop, epoll_) {
    multi_ = curl_.curl_multi_init();
    if (multi_ == nullptr) {
        ::close(epoll_);
        throw std::bad_alloc();
    }
    curl_.curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, note_socket);
    curl_.curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_.curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, note_timer);
    curl_.curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    watch();
}

CurlSockets::~CurlSockets() {
    curl_.curl_multi_cleanup(multi_);
    ::close(epoll_);
}

void CurlSockets::serve(CURL* easy) {
    curl_.curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_.curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
}

// --- what libcurl calls: noting only -----------------------------------------------------------------------------

CurlSockets::Socket& CurlSockets::socket_at(int descriptor) {
    const auto index = static_cast<std::size_t>(descriptor);
    if (index >= sockets_.size()) sockets_.resize(index + 64);
    return sockets_[index];
}

int CurlSockets::note_socket(CURL*, curl_socket_t descriptor, int what, void* user, void*) {
    auto& self = *static_cast<CurlSockets*>(user);
    Socket& socket = self.socket_at(descriptor);
    socket.wanted = what == CURL_POLL_REMOVE ? 0 : what;
    if (!socket.is_noted) self.noted_.push_back(descriptor);
    socket.is_noted = true;
    return 0;
}

int CurlSockets::note_timer(CURLM*, long milliseconds, void* user) {
    auto& self = *static_cast<CurlSockets*>(user);
    self.is_kicked_ = milliseconds == 0;
    self.due_ = milliseconds <= 0 ? vm::kNever : vm::monotonic_now() + static_cast<vm::Instant>(milliseconds) * 1'000'000;
    return 0;
}

curl_socket_t CurlSockets::open_socket(void* user, curlsocktype, curl_sockaddr* address) {
    const int descriptor = ::socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
    if (descriptor < 0) return descriptor;
    auto& self = *static_cast<CurlSockets*>(user);
    self.socket_at(descriptor).registered = 0;
    ++self.opened_;
    return descriptor;
}

// --- calling libcurl ---------------------------------------------------------------------------------------------

void CurlSockets::work(bool is_active) {
    if (is_active && is_due()) {
        due_ = vm::kNever;
        act(CURL_SOCKET_TIMEOUT, 0);
    }
    if (std::exchange(is_readable_, false)) {
        serve_ready();
        watch();
    }
    run_kicks();
    register_noted();
}

void CurlSockets::act(int descriptor, int what) {
    int running = 0;
    curl_.curl_multi_socket_action(multi_, descriptor, what, &running);
}

void CurlSockets::run_kicks() {
    drain_();
    while (is_kicked_) {
        is_kicked_ = false;
        act(CURL_SOCKET_TIMEOUT, 0);
        drain_();
    }
}

void CurlSockets::serve_ready() {
    constexpr int kBatch = 256;
    constexpr int kRounds = 4;
    epoll_event events[kBatch];
    for (int round = 0; round < kRounds; ++round) {
        const int count = ::epoll_wait(epoll_, events, kBatch, 0);
        for (int i = 0; i < count; ++i) {
            const int descriptor = events[i].data.fd;
            if (socket_at(descriptor).wanted == 0) continue;
            int what = 0;
            if ((events[i].events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
            if ((events[i].events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
            if ((events[i].events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR | CURL_CSELECT_IN;
            act(descriptor, what);
        }
        run_kicks();
        register_noted();
        if (count < kBatch) break;
    }
}

/// Brings the epoll set in line with what libcurl wants.
void CurlSockets::register_noted() {
    for (const int descriptor : noted_) {
        Socket& socket = sockets_[static_cast<std::size_t>(descriptor)];
        socket.is_noted = false;
        if (socket.wanted == socket.registered) continue;
        epoll_event event{};
        event.data.fd = descriptor;
        if ((socket.wanted & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
        if ((socket.wanted & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
        if (socket.wanted == 0) {
            ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, &event);
        } else if (::epoll_ctl(epoll_, socket.registered != 0 ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event) < 0) {
            ::epoll_ctl(epoll_, errno == ENOENT ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event);
        }
        socket.registered = socket.wanted;
    }
    noted_.clear();
}

void CurlSockets::watch() {
    watch_.wait_readable([this] { is_readable_ = true; });
}

}  // namespace ruff::runtime
