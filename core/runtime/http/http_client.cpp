// Requests on libcurl's multi interface.
//
//     gathered ──name known?──▶ waiting for a place ──▶ active (libcurl) ──▶ ended
//        ▲ └───── looking up ───────▲                     │
//        └──────────── redirect to be followed ◀──────────┘
//
// Sockets and libcurl's own timer are the matter of CurlSockets (curl_sockets.h).
//
// Time. The time-out of a request is a timer of the scheduler: it covers lookups and redirects, does not run while the request waits
// for a place, and follows the virtual clock of tests.
//
// What always holds: nothing of libcurl is called from its callbacks (they note and append), results are drained after each
// batch, observers are called after that, and an observer may release any transfer, also one whose turn is next: lists of
// transfers to be told are looked through by `release`.
//
// Names are looked up by the resolver, redirects are followed here (each hop needs a lookup, and credentials do not go along to
// another origin), and limits are kept in our queue: with libcurl's own the time in its queue counts against the time-outs.

#include "core/runtime/http/http_client.h"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <deque>
#include <map>
#include <set>

#include "core/runtime/http/curl_library.h"
#include "core/runtime/http/curl_sockets.h"
#include "core/runtime/http/origin.h"
#include "core/runtime/http/resolver.h"
#include "core/vm/trace.h"
#include "core/vm/vm.h"

namespace ruff::runtime {

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

namespace {

constexpr std::size_t kStreamBuffer = 256 * 1024;   // above it the sender of a stream is held back

enum class State : std::uint8_t { Gathered, LookingUp, Waiting, Active, Ended };

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
    return text;
}

bool is_redirect_status(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

struct Transfer : vm::Timer {
    HttpClient::Impl* client = nullptr;
    HttpRequest request;
    HttpObserver* observer = nullptr;
    State state = State::Gathered;

    // The hop under way.
    std::string method;
    std::string url;
    bool sends_body = false;
    CURLU* parsed = nullptr;
    Origin origin;
    std::string proxy;
    std::string lookup_host;          ///< the name that has to be known: the origin's, or the proxy's
    std::string lookup_port;
    Resolver::Id lookup = 0;
    std::string addresses;            ///< what libcurl is told; empty: it needs not be told
    std::int64_t redirects = 0;

    CURL* easy = nullptr;
    curl_slist* header_list = nullptr;
    curl_slist* resolve_list = nullptr;
    char error_text[CURL_ERROR_SIZE] = {};

    HttpHead head;
    std::string location;
    bool has_head = false;
    bool is_head_told = false;
    bool is_body_too_large = false;
    bool is_held_back = false;        ///< libcurl is told to pause
    bool is_touched = false;
    std::string body;
    std::uint64_t received = 0;       ///< of the body, in all

    vm::Instant started = 0;
    vm::Instant ended = 0;
    vm::Instant time_left = 0;        ///< of the time-out, while it waits for a place
    vm::Instant looked_up = 0;        ///< when the name was found
    vm::Instant activated = 0;        ///< when it got its place
    vm::trace::Span span;

    [[nodiscard]] bool follows() const {
        return request.follow_redirects && is_redirect_status(head.status) && !location.empty();
    }
};

struct HttpClient::Impl {
    Impl(vm::Vm& isolate, Loop& loop)
        : vm(isolate), curl(*curl_library()), resolver(loop), sockets(curl, loop, [this] { drain(); }) {
        curl.curl_multi_setopt(sockets.multi(), CURLMOPT_MAXCONNECTS, static_cast<long>(kMaxTransfers));
    }
    ~Impl() {
        while (!transfers.empty()) release(*transfers.begin());
        for (CURL* easy : idle_handles) curl.curl_easy_cleanup(easy);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    struct Host {
        std::deque<Transfer*> waiting;
        std::size_t active = 0;
    };
    struct Done {
        Transfer* transfer;     // null: released meanwhile
        CURLcode result;
    };

    vm::Vm& vm;
    const CurlLibrary& curl;
    Resolver resolver;
    CurlSockets sockets;
    std::vector<CURL*> idle_handles;
    std::set<Transfer*> transfers;              // every one that was not released
    std::vector<Transfer*> gathered;
    std::vector<Transfer*> touched;             // have a head or data to tell of
    std::vector<Done> done;
    std::map<std::string, Host> hosts;
    std::size_t waiting = 0;
    std::size_t active = 0;
    std::uint64_t sent = 0, lookups = 0;   // ever, for --stats
    std::map<std::string, std::string> told_addresses;   // "host:port" to what libcurl has in its cache

    // ---- What libcurl calls: noting and appending only

    static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
        static_cast<Transfer*>(user)->client->header_line(*static_cast<Transfer*>(user), {data, size * count});
        return size * count;
    }
    static std::size_t take_data(char* data, std::size_t size, std::size_t count, void* user) {
        auto& transfer = *static_cast<Transfer*>(user);
        const std::size_t bytes = size * count;
        if (transfer.follows()) return bytes;
        const bool is_limited = !transfer.request.streams || transfer.request.limits_stream;
        if (is_limited && transfer.received + bytes > transfer.request.max_body_bytes) {
            transfer.is_body_too_large = true;
            return 0;
        }
        if (transfer.request.streams && transfer.body.size() > kStreamBuffer) {
            transfer.is_held_back = true;
            return CURL_WRITEFUNC_PAUSE;
        }
        transfer.received += bytes;
        transfer.body.append(data, bytes);
        if (transfer.request.streams) transfer.client->touch(transfer);
        return bytes;
    }

    void header_line(Transfer& transfer, std::string_view line) {
        HttpHead& head = transfer.head;
        if (line.starts_with("HTTP/")) {   // also after a 1xx
            head.headers.clear();
            head.status = 0;
            transfer.location.clear();
            transfer.has_head = false;
            const std::size_t space = line.find(' ');
            if (space != std::string_view::npos) std::from_chars(line.data() + space + 1, line.data() + line.size(), head.status);
            return;
        }
        if (transfer.has_head) return;     // a trailer
        if (trimmed(line).empty()) {
            transfer.has_head = head.status >= 200;
            if (transfer.has_head && transfer.request.streams) touch(transfer);
            return;
        }
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return;
        std::string name = lower(trimmed(line.substr(0, colon)));
        std::string value(trimmed(line.substr(colon + 1)));
        if (name == "location") transfer.location = value;
        if (name == "content-length") {
            std::uint64_t length = 0;
            std::from_chars(value.data(), value.data() + value.size(), length);
            if (length <= transfer.request.max_body_bytes && !transfer.request.streams && transfer.request.method != "HEAD") {
                transfer.body.reserve(std::min<std::uint64_t>(length, 1 << 20));
            }
        }
        head.headers.emplace_back(std::move(name), std::move(value));
    }
    void touch(Transfer& transfer) {
        if (transfer.is_touched) return;
        transfer.is_touched = true;
        touched.push_back(&transfer);
    }

    // ---- The life of a transfer

    Transfer* start(HttpRequest request, HttpObserver& observer) {
        auto* transfer = new Transfer;
        transfer->client = this;
        transfer->request = std::move(request);
        transfer->observer = &observer;
        transfer->method = transfer->request.method;
        transfer->url = transfer->request.url;
        transfer->sends_body = transfer->request.has_body;
        transfer->time_left = transfer->request.timeout_ms * 1'000'000;
        transfer->fire = [](vm::Vm&, vm::Timer& timer) {
            auto& late = static_cast<Transfer&>(timer);
            late.client->end_late(late);
        };
        transfer->span = vm::trace::begin(vm, "http", transfer->method + " " + transfer->url);
        transfer->started = vm::monotonic_now();
        transfers.insert(transfer);
        gathered.push_back(transfer);
        return transfer;
    }

    void release(Transfer* transfer) {
        stop(*transfer);
        std::erase(gathered, transfer);
        std::erase(touched, transfer);
        for (Done& one : done) {
            if (one.transfer == transfer) one.transfer = nullptr;
        }
        transfers.erase(transfer);
        if (transfer->parsed != nullptr) curl.curl_url_cleanup(transfer->parsed);
        delete transfer;
    }

    /// Takes it out of whatever it is in. Its socket is closed when it was half-way.
    void stop(Transfer& transfer) {
        vm.scheduler.disarm(transfer);
        switch (transfer.state) {
            case State::LookingUp: resolver.forget(transfer.lookup_host, transfer.lookup); break;
            case State::Waiting: {
                std::deque<Transfer*>& queue = hosts[transfer.origin.key()].waiting;
                queue.erase(std::find(queue.begin(), queue.end(), &transfer));
                --waiting;
                break;
            }
            case State::Active: deactivate(transfer); break;
            case State::Gathered:
            case State::Ended: break;
        }
        transfer.state = State::Ended;
        vm::trace::end(vm, transfer.span);
    }

    void arm(Transfer& transfer) {
        if (transfer.request.timeout_ms > 0 && transfer.slot == 0) {
            vm.scheduler.arm(transfer, vm.scheduler.now() + transfer.time_left);
            transfer.time_left += vm.scheduler.now();   // a deadline while armed
        }
    }
    void pause_time(Transfer& transfer) {
        if (transfer.slot == 0) return;
        vm.scheduler.disarm(transfer);
        transfer.time_left = std::max<vm::Instant>(transfer.time_left - vm.scheduler.now(), 0);
    }

    [[nodiscard]] static std::string title(const Transfer& transfer) {
        return transfer.request.method + " " + transfer.request.url + ": ";
    }
    void end(Transfer& transfer, const HttpFailure* failure) {
        stop(transfer);
        transfer.ended = vm::monotonic_now();
        transfer.observer->on_end(vm, failure);
    }
    void fail(Transfer& transfer, std::string_view words, HttpFailureKind kind = HttpFailureKind::Network) {
        const HttpFailure failure{kind, title(transfer) + std::string(words)};
        end(transfer, &failure);
    }
    void end_late(Transfer& transfer) {
        fail(transfer, "no complete answer within " + std::to_string(transfer.request.timeout_ms) + "ms", HttpFailureKind::Timeout);
    }

    // ---- Before libcurl

    [[nodiscard]] std::string part_of(CURLU* parsed, CURLUPart part, unsigned flags = 0) const {
        char* text = nullptr;
        if (curl.curl_url_get(parsed, part, &text, flags) != CURLUE_OK) return {};
        std::string copy = text;
        curl.curl_free(text);
        return copy;
    }

    /// Takes the URL of the hop apart. False: it has ended with a failure.
    bool parse(Transfer& transfer) {
        if (transfer.parsed == nullptr) transfer.parsed = curl.curl_url();
        // Over the URL of the hop before, so that a relative one is relative to it.
        if (curl.curl_url_set(transfer.parsed, CURLUPART_URL, transfer.url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
            fail(transfer, "`" + transfer.url + "` is not a URL");
            return false;
        }
        const Origin before = transfer.origin;
        transfer.origin = {lower(part_of(transfer.parsed, CURLUPART_SCHEME)), lower(part_of(transfer.parsed, CURLUPART_HOST)),
                           part_of(transfer.parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT)};
        if (transfer.origin.scheme != "http" && transfer.origin.scheme != "https") {
            fail(transfer, "`" + transfer.origin.scheme + "` is neither http nor https");
            return false;
        }
        transfer.url = part_of(transfer.parsed, CURLUPART_URL);
        transfer.head.url = transfer.url;
        if (!before.host.empty() && before != transfer.origin) drop_credentials(transfer.request.headers);
        return true;
    }
    static void drop_credentials(HeaderList& headers) {
        std::erase_if(headers, [](const auto& header) {
            const std::string name = lower(header.first);
            return name == "authorization" || name == "cookie" || name == "proxy-authorization";
        });
    }

    /// What has to be looked up: the host, or the proxy in front of it.
    void choose_lookup(Transfer& transfer) {
        transfer.proxy = !transfer.request.proxy.empty() ? transfer.request.proxy : proxy_of_environment(transfer.origin);
        transfer.lookup_host = transfer.origin.host;
        transfer.lookup_port = transfer.origin.port;
        if (transfer.proxy.empty()) return;
        CURLU* parsed = curl.curl_url();
        if (curl.curl_url_set(parsed, CURLUPART_URL, transfer.proxy.c_str(), CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
            transfer.lookup_host = lower(part_of(parsed, CURLUPART_HOST));
            transfer.lookup_port = part_of(parsed, CURLUPART_PORT);
            if (transfer.lookup_port.empty()) transfer.lookup_port = "1080";   // what libcurl takes
        }
        curl.curl_url_cleanup(parsed);
    }

    void begin(Transfer& transfer) {
        arm(transfer);
        if (!parse(transfer)) return;
        choose_lookup(transfer);
        if (const Addresses* known = resolver.find_known(transfer.lookup_host)) return enqueue(transfer, *known);
        transfer.state = State::LookingUp;
        ++lookups;
        transfer.lookup = resolver.look_up(transfer.lookup_host, [this, waiter = &transfer](const Addresses& addresses) {
            waiter->state = State::Gathered;
            waiter->looked_up = vm::monotonic_now();
            vm::trace::phase(vm, waiter->span, "lookup", waiter->started, waiter->looked_up);
            if (addresses.failure.empty()) return enqueue(*waiter, addresses);
            fail(*waiter, "cannot find " + waiter->lookup_host + ": " + addresses.failure);
        });
    }

    void enqueue(Transfer& transfer, const Addresses& addresses) {
        transfer.addresses.clear();
        for (const std::string& address : addresses.numeric) {
            transfer.addresses += (transfer.addresses.empty() ? "" : ",") + address;
        }
        pause_time(transfer);
        transfer.state = State::Waiting;
        hosts[transfer.origin.key()].waiting.push_back(&transfer);
        ++waiting;
    }

    /// Gives free places to what waits, host by host.
    void fill_places() {
        for (auto host = hosts.begin(); waiting > 0 && active < kMaxTransfers && host != hosts.end();) {
            Host& entry = host->second;
            while (!entry.waiting.empty() && entry.active < kMaxTransfersPerHost && active < kMaxTransfers) {
                Transfer& transfer = *entry.waiting.front();
                entry.waiting.pop_front();
                --waiting;
                activate(transfer, entry);
            }
            host = entry.waiting.empty() && entry.active == 0 ? hosts.erase(host) : std::next(host);
        }
    }

    // ---- In libcurl

    void activate(Transfer& transfer, Host& host) {
        ++host.active;
        ++active;
        ++sent;
        transfer.state = State::Active;
        transfer.activated = vm::monotonic_now();
        if (transfer.activated - transfer.started > 1'000'000) {
            vm::trace::phase(vm, transfer.span, "queue", std::max(transfer.started, transfer.looked_up), transfer.activated);
        }
        arm(transfer);
        if (idle_handles.empty()) {
            transfer.easy = curl.curl_easy_init();
        } else {
            transfer.easy = idle_handles.back();
            idle_handles.pop_back();
        }
        transfer.head.headers.clear();
        transfer.location.clear();
        transfer.has_head = false;
        transfer.error_text[0] = '\0';
        set_options(transfer);
        curl.curl_multi_add_handle(sockets.multi(), transfer.easy);
    }

    template <typename T>
    void set(Transfer& transfer, CURLoption option, T value) const {
        curl.curl_easy_setopt(transfer.easy, option, value);
    }

    void set_options(Transfer& transfer) {
        const HttpRequest& request = transfer.request;
        set(transfer, CURLOPT_CURLU, transfer.parsed);
        set(transfer, CURLOPT_PRIVATE, static_cast<void*>(&transfer));
        set(transfer, CURLOPT_ERRORBUFFER, transfer.error_text);
        set(transfer, CURLOPT_NOSIGNAL, 1L);
        set(transfer, CURLOPT_QUICK_EXIT, 1L);
        sockets.serve(transfer.easy);
        set(transfer, CURLOPT_WRITEFUNCTION, take_data);
        set(transfer, CURLOPT_WRITEDATA, &transfer);
        set(transfer, CURLOPT_HEADERFUNCTION, take_header);
        set(transfer, CURLOPT_HEADERDATA, &transfer);
        set(transfer, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        set(transfer, CURLOPT_ACCEPT_ENCODING, "");
        set(transfer, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout_ms > 0 ? request.connect_timeout_ms : 24L * 3600 * 1000));
        set(transfer, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
        set(transfer, CURLOPT_PROXY, transfer.proxy.c_str());
        set(transfer, CURLOPT_NOPROXY, "");
        if (transfer.origin.scheme == "https") set_tls_options(transfer);
        set_method(transfer);
        set_headers(transfer);
        tell_addresses(transfer);
    }

    void set_tls_options(Transfer& transfer) {
        const HttpRequest& request = transfer.request;
        // Sharing one connection by HTTP/2; for plain http it would only keep requests waiting for each other.
        set(transfer, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
        set(transfer, CURLOPT_PIPEWAIT, 1L);
        set(transfer, CURLOPT_SSL_VERIFYPEER, request.verify_tls ? 1L : 0L);
        set(transfer, CURLOPT_SSL_VERIFYHOST, request.verify_tls ? 2L : 0L);
        std::string authorities = request.ca_file;
        if (authorities.empty()) authorities = environment_text("CURL_CA_BUNDLE");
        if (authorities.empty()) authorities = environment_text("SSL_CERT_FILE");
        if (!authorities.empty()) set(transfer, CURLOPT_CAINFO, authorities.c_str());
    }

    void set_method(Transfer& transfer) {
        if (transfer.method == "HEAD") {
            set(transfer, CURLOPT_NOBODY, 1L);
            return;
        }
        const bool expects_body = transfer.method == "POST" || transfer.method == "PUT" || transfer.method == "PATCH";
        if (transfer.sends_body || expects_body) {   // without a body its length is told to be 0
            set(transfer, CURLOPT_POST, 1L);
            set(transfer, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.request.body.size()));
            set(transfer, CURLOPT_POSTFIELDS, transfer.request.body.data());
        }
        set(transfer, CURLOPT_CUSTOMREQUEST, transfer.method.c_str());
    }

    void set_headers(Transfer& transfer) {
        bool names_agent = false;
        for (const auto& [name, value] : transfer.request.headers) {
            names_agent = names_agent || lower(name) == "user-agent";
            if (!transfer.sends_body && lower(name) == "content-type") continue;
            // An empty value is written with a semicolon; with a colon it would take libcurl's own header away.
            const std::string line = value.empty() ? name + ";" : name + ": " + value;
            transfer.header_list = curl.curl_slist_append(transfer.header_list, line.c_str());
        }
        if (!names_agent) set(transfer, CURLOPT_USERAGENT, "ruff/" RUFF_VERSION);
        if (transfer.sends_body) transfer.header_list = curl.curl_slist_append(transfer.header_list, "Expect:");
        else transfer.header_list = curl.curl_slist_append(transfer.header_list, "Content-Type:");   // libcurl's own
        set(transfer, CURLOPT_HTTPHEADER, transfer.header_list);
    }

    /// Puts the addresses into libcurl's cache, unless it has them.
    void tell_addresses(Transfer& transfer) {
        if (transfer.addresses.empty()) return;
        const std::string place = transfer.lookup_host + ":" + transfer.lookup_port;
        const auto told = told_addresses.find(place);
        if (told != told_addresses.end() && told->second == transfer.addresses) return;
        transfer.resolve_list = curl.curl_slist_append(nullptr, (place + ":" + transfer.addresses).c_str());
        set(transfer, CURLOPT_RESOLVE, transfer.resolve_list);
    }

    /// Takes the handle out of libcurl and frees the place. Connections that can be kept are.
    void deactivate(Transfer& transfer) {
        trace_phases(transfer);
        curl.curl_multi_remove_handle(sockets.multi(), transfer.easy);
        curl.curl_easy_reset(transfer.easy);
        idle_handles.push_back(transfer.easy);
        transfer.easy = nullptr;
        curl.curl_slist_free_all(std::exchange(transfer.header_list, nullptr));
        curl.curl_slist_free_all(std::exchange(transfer.resolve_list, nullptr));
        transfer.is_held_back = false;
        --hosts[transfer.origin.key()].active;
        --active;
    }

    /// Where the time of the hop went, for the trace.
    void trace_phases(const Transfer& transfer) {
        if (transfer.span.id == 0) return;
        const auto at = [&](CURLINFO info) {
            curl_off_t microseconds = 0;
            curl.curl_easy_getinfo(transfer.easy, info, &microseconds);
            return transfer.activated + static_cast<vm::Instant>(microseconds) * 1000;
        };
        vm::Instant before = transfer.activated;
        const auto phase = [&](const char* name, CURLINFO info) {
            const vm::Instant end = at(info);
            if (end > before) vm::trace::phase(vm, transfer.span, name, before, end);
            before = std::max(before, end);
        };
        phase("connect", CURLINFO_CONNECT_TIME_T);
        phase("tls", CURLINFO_APPCONNECT_TIME_T);
        phase("send", CURLINFO_PRETRANSFER_TIME_T);
        phase("first byte", CURLINFO_STARTTRANSFER_TIME_T);
        phase("body", CURLINFO_TOTAL_TIME_T);
    }

    void drain() {
        int left = 0;
        while (const CURLMsg* message = curl.curl_multi_info_read(sockets.multi(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const CURLcode result = message->data.result;
            char* user = nullptr;
            curl.curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
            auto& transfer = *reinterpret_cast<Transfer*>(user);
            if (transfer.resolve_list != nullptr) told_addresses[transfer.lookup_host + ":" + transfer.lookup_port] = transfer.addresses;
            if (transfer.error_text[0] == '\0' && result != CURLE_OK) {
                std::strncpy(transfer.error_text, curl.curl_easy_strerror(result), CURL_ERROR_SIZE - 1);
            }
            deactivate(transfer);
            transfer.state = State::Gathered;
            done.push_back({&transfer, result});
        }
    }

    // ---- After libcurl

    void tell_touched() {
        std::vector<Transfer*>& list = touched;
        while (!list.empty()) {
            Transfer& transfer = *list.back();
            list.pop_back();
            transfer.is_touched = false;
            if (transfer.follows() || !transfer.has_head) continue;
            const bool tells_data = !transfer.body.empty();
            if (!transfer.is_head_told) {
                transfer.is_head_told = true;
                // The observer may release the transfer in on_head; then there is nobody to be told of data.
                HttpObserver& observer = *transfer.observer;
                observer.on_head(vm);
                if (transfers.find(&transfer) == transfers.end()) continue;
            }
            if (tells_data) transfer.observer->on_data(vm);
        }
    }

    void tell_done() {
        for (std::size_t i = 0; i < done.size(); ++i) {
            if (done[i].transfer != nullptr) conclude(*done[i].transfer, done[i].result);
        }
        done.clear();
    }

    void conclude(Transfer& transfer, CURLcode result) {
        if (transfer.is_body_too_large) {
            return fail(transfer, "the body is larger than max_body_bytes (" + std::to_string(transfer.request.max_body_bytes) + ")");
        }
        if (result == CURLE_OPERATION_TIMEDOUT) {
            return fail(transfer, "no connection within " + std::to_string(transfer.request.connect_timeout_ms) + "ms", HttpFailureKind::Timeout);
        }
        if (result == CURLE_OUT_OF_MEMORY && !transfer.has_head) return fail(transfer, "a header of the answer is too long");   // what libcurl means
        if (result != CURLE_OK) return fail(transfer, transfer.error_text);
        if (transfer.follows()) return redirect(transfer);
        if (transfer.request.streams && !transfer.is_head_told) {
            transfer.is_head_told = true;
            HttpObserver& observer = *transfer.observer;
            observer.on_head(vm);
            if (transfers.find(&transfer) == transfers.end()) return;
        }
        end(transfer, nullptr);
    }

    void redirect(Transfer& transfer) {
        if (++transfer.redirects > transfer.request.max_redirects) {
            return fail(transfer, "more than " + std::to_string(transfer.request.max_redirects) + " redirects");
        }
        const int status = transfer.head.status;
        const bool becomes_get = (status == 303 && transfer.method != "HEAD") || ((status == 301 || status == 302) && transfer.method == "POST");
        if (becomes_get) {
            transfer.method = "GET";
            transfer.sends_body = false;
        }
        transfer.url = transfer.location;
        transfer.body.clear();
        transfer.received = 0;
        gathered.push_back(&transfer);
    }

    // ---- The turn

    [[nodiscard]] bool has_work() const {
        return !gathered.empty() || !done.empty() || !touched.empty() || sockets.has_work() || (waiting > 0 && active < kMaxTransfers) ||
               (active > 0 && sockets.is_due());
    }

    void turn() {
        while (has_work()) {
            for (Transfer* transfer : std::exchange(gathered, {})) {
                if (transfers.find(transfer) != transfers.end()) begin(*transfer);
            }
            const std::size_t waiting_before = waiting;
            fill_places();
            sockets.work(active > 0);
            tell_touched();
            tell_done();
            // What is left waits for places that only an answer can free.
            if (gathered.empty() && done.empty() && touched.empty() && !sockets.has_work() && waiting == waiting_before) break;
        }
    }

    [[nodiscard]] std::string take_body(Transfer& transfer) {
        std::string taken = std::move(transfer.body);
        transfer.body.clear();
        if (transfer.is_held_back && transfer.state == State::Active) {
            transfer.is_held_back = false;
            curl.curl_easy_pause(transfer.easy, CURLPAUSE_CONT);   // may append to the body at once
            sockets.kick();
        }
        return taken;
    }
};

// --- the client --------------------------------------------------------------------------------------------------

HttpClient& HttpClient::of(vm::Vm& vm) { return Loop::of(vm).service<HttpClient>(); }
bool HttpClient::is_available() { return curl_library() != nullptr; }

HttpClient::HttpClient(vm::Vm& vm, Loop& loop) : impl_(std::make_unique<Impl>(vm, loop)) {}
HttpClient::~HttpClient() = default;

Transfer* HttpClient::start(HttpRequest request, HttpObserver& observer) { return impl_->start(std::move(request), observer); }
void HttpClient::release(Transfer* transfer) { impl_->release(transfer); }
const HttpHead& HttpClient::head_of(const Transfer& transfer) { return transfer.head; }
std::string HttpClient::take_body(Transfer& transfer) { return impl_->take_body(transfer); }
double HttpClient::elapsed_ms(const Transfer& transfer) { return static_cast<double>(transfer.ended - transfer.started) / 1e6; }
Resolver& HttpClient::resolver() { return impl_->resolver; }
void HttpClient::add_counters(vm::RunCounters& counters) const {
    counters[vm::RunCounter::Requests] += impl_->sent;
    counters[vm::RunCounter::Connections] += impl_->sockets.opened();
    counters[vm::RunCounter::Lookups] += impl_->lookups;
}
void HttpClient::turn(vm::Vm&, bool) { impl_->turn(); }
vm::Instant HttpClient::deadline() const { return impl_->active > 0 ? impl_->sockets.due() : vm::kNever; }

}  // namespace ruff::runtime
