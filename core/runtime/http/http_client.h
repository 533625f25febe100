#pragma once
// Requests of an isolate. The client is a service of the loop; the design stands at the head of http_client.cpp.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/runtime/loop.h"

namespace ruff::runtime {

class Resolver;

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    HeaderList headers;
    std::string body;
    bool has_body = false;
    std::int64_t timeout_ms = 60'000;             ///< from the lookup to the last byte, waiting for a place not counted; 0: none
    std::int64_t connect_timeout_ms = 10'000;
    bool follow_redirects = true;
    std::int64_t max_redirects = 10;
    std::uint64_t max_body_bytes = 256u << 20;    ///< of what is taken as a whole, and of a stream's line
    bool limits_stream = false;                   ///< it holds for what streams, too
    bool verify_tls = true;
    std::string ca_file;                          ///< empty: from the environment, else the system's
    std::string proxy;                            ///< empty: from the environment
    /// The body is handed out piece by piece, and the sender is held back while it is not taken.
    bool streams = false;
};

struct HttpHead {
    int status = 0;
    HeaderList headers;                           ///< names in lower case, in their order
    std::string url;                              ///< of the last hop
};

enum class HttpFailureKind : std::uint8_t { Network, Timeout };
struct HttpFailure {
    HttpFailureKind kind = HttpFailureKind::Network;
    std::string message;                          ///< "GET http://…: words"
};

/// Is told what becomes of a request, from the loop. After `on_end` nothing follows.
class HttpObserver {
public:
    /// The head of the answer that is no redirect to be followed.
    virtual void on_head(vm::Vm& vm) { (void)vm; }
    /// With `streams`: there are bytes to take.
    virtual void on_data(vm::Vm& vm) { (void)vm; }
    /// The body is complete (null), or the request has failed.
    virtual void on_end(vm::Vm& vm, const HttpFailure* failure) = 0;

protected:
    ~HttpObserver() = default;
};

struct Transfer;   ///< a request under way

class HttpClient final : public Service {
public:
    [[nodiscard]] static HttpClient& of(vm::Vm& vm);
    /// False when libcurl is not on this machine.
    [[nodiscard]] static bool is_available();

    HttpClient(vm::Vm& vm, Loop& loop);
    ~HttpClient() override;

    /// Starts when the fibers have had their turn. The observer outlives the transfer or cancels it. The transfer lives until
    /// `release`.
    [[nodiscard]] Transfer* start(HttpRequest request, HttpObserver& observer);
    /// Ends it if it is under way (the socket is closed, nothing is called any more) and frees it.
    void release(Transfer* transfer);

    [[nodiscard]] static const HttpHead& head_of(const Transfer& transfer);
    /// What has arrived of the body and was not taken. Taking it lets a sender go on that was held back.
    [[nodiscard]] std::string take_body(Transfer& transfer);
    [[nodiscard]] static double elapsed_ms(const Transfer& transfer);

    [[nodiscard]] Resolver& resolver();

    void turn(vm::Vm& vm, bool is_idle) override;
    [[nodiscard]] vm::Instant deadline() const override;
    void add_counters(vm::RunCounters& counters) const override;

    struct Impl;

private:
    std::unique_ptr<Impl> impl_;
};

/// Requests under way at once: to one host, and in all. What is more waits its turn.
inline constexpr std::size_t kMaxTransfersPerHost = 256;
inline constexpr std::size_t kMaxTransfers = 512;

}  // namespace ruff::runtime
