// ruff-test-server: an HTTP server on loopback that behaves as badly as a test asks for.
//
//     ruff-test-server [--certificate FILE --key FILE]
//
// It prints `PORT` (with TLS: `PORT TLS_PORT`) and serves until its standard input ends. What a path does:
//
//     /hello              "hello"                    /status/N       that status
//     /echo               the request, as JSON       /delay/MS       "late" after that time
//     /counters           {"now", "peak", "total", "connections"} of /delay requests; /counters/reset sets them to 0
//     /redirect/N         N redirects, then "end"    /loop           redirects to itself
//     /to/HEX             redirects to the URL that HEX spells, with the status 302; /to/STATUS/HEX with another one
//     /cut                a reset in the middle of the body
//     /short              fewer bytes than Content-Length says      /long    more of them
//     /silent             never answers              /trickle/MS     a byte at a time, for ever
//     /endless            a body without an end      /refuse         closes the connection without an answer
//     /gzip               a compressed body          /headers        repeated headers, cookies, an empty one
//     /lines/N            N lines in chunks          /bytes/N        N bytes
//     /header/N           a header of N bytes
//     /latin1             a body that is not UTF-8
//     /site/N             of 0 to 14, a page of a small web site, with links of every kind to others; some lead nowhere

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <cstdio>
#include <map>
#include <optional>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;

namespace {

struct Counters {
    int now = 0, peak = 0, total = 0, connections = 0;
};
Counters g_counters;

struct Request {
    std::string method, path, query, body;
    std::map<std::string, std::string> headers;
};

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof(escape), "\\u%04x", c);
            out += escape;
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string from_hex(const std::string& hex) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return out;
}

/// Page `number` of a web site whose pages form a tree.
std::string site_page(int number) {
    constexpr int kPages = 15;
    const auto name = [](int page) { return std::to_string(page); };
    std::string html = "<!doctype html><html><head><title>Page " + name(number) + " &amp; more</title><style>p { color: hidden }</style></head>"
                       "<body><!-- <a href='commented'>no</a> --><script>\"<a href='scripted'>\"</script><p>Salt";
    for (int i = 0; i < number; ++i) html += " pepper";
    html += "</p><A class=up HREF='#top'>up</A> <a href=\"mailto:nobody@test\">write</a> <a href=\"http://elsewhere.test/\">away</a>";
    const int left = 2 * number + 1, right = 2 * number + 2;
    if (left < kPages) html += "<a href=\"" + name(left) + "#part\">left</a>";
    if (right < kPages) html += "<a\nhref='/site/sub/../" + name(right) + "'>right</a>";
    if (number == 3 || number == 4) html += "<a href=../status/404>lost</a>";
    if (number == 5) html += "<a href=\"?order=1&amp;page=2\">sorted</a>";
    if (number == 6) html += "<a href=\"/redirect/1\">moved</a>";
    if (number == 9) html += "<a href=\"/cut\">cut</a>";
    return html + "</body></html>";
}

std::string described(const Request& request) {
    std::string headers;
    for (const auto& [name, value] : request.headers) headers += (headers.empty() ? "" : ",") + quoted(name) + ":" + quoted(value);
    return "{\"method\":" + quoted(request.method) + ",\"path\":" + quoted(request.path) + ",\"query\":" + quoted(request.query) +
           ",\"headers\":{" + headers + "},\"body\":" + quoted(request.body) + "}";
}

/// One connection, plain or TLS.
template <typename Stream>
class Connection {
public:
    explicit Connection(Stream stream) : stream_(std::move(stream)) {}

    awaitable<void> serve() {
        ++g_counters.connections;
        if constexpr (requires { stream_.handshake(asio::ssl::stream_base::server); }) {
            co_await stream_.async_handshake(asio::ssl::stream_base::server, use_awaitable);
        }
        for (;;) {
            const std::optional<Request> request = co_await read_request();
            if (!request) co_return;
            if (!co_await answer(*request)) co_return;
        }
    }

private:
    awaitable<std::optional<Request>> read_request() {
        boost::system::error_code error;
        const std::size_t size =
            co_await asio::async_read_until(stream_, asio::dynamic_buffer(buffer_), "\r\n\r\n", asio::redirect_error(use_awaitable, error));
        if (error) co_return std::nullopt;
        Request request = parse_head(buffer_.substr(0, size));
        buffer_.erase(0, size);
        const std::size_t length = request.headers.count("content-length") ? std::stoul(request.headers["content-length"]) : 0;
        if (buffer_.size() < length) {
            co_await asio::async_read(stream_, asio::dynamic_buffer(buffer_), asio::transfer_exactly(length - buffer_.size()), use_awaitable);
        }
        request.body = buffer_.substr(0, length);
        buffer_.erase(0, length);
        co_return request;
    }

    static Request parse_head(const std::string& head) {
        Request request;
        const std::size_t first = head.find(' '), second = head.find(' ', first + 1);
        request.method = head.substr(0, first);
        const std::string target = head.substr(first + 1, second - first - 1);
        const std::size_t question = target.find('?');
        request.path = target.substr(0, question);
        if (question != std::string::npos) request.query = target.substr(question + 1);
        for (std::size_t begin = head.find("\r\n") + 2; begin + 2 < head.size();) {
            const std::size_t end = head.find("\r\n", begin);
            const std::size_t colon = head.find(':', begin);
            if (end == std::string::npos || colon > end) break;
            std::string name = head.substr(begin, colon - begin);
            for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            std::string value = head.substr(colon + 1, end - colon - 1);
            value.erase(0, value.find_first_not_of(' ') == std::string::npos ? value.size() : value.find_first_not_of(' '));
            request.headers[name] = value;
            begin = end + 2;
        }
        return request;
    }

    awaitable<void> send(const std::string& text) { co_await asio::async_write(stream_, asio::buffer(text), use_awaitable); }
    awaitable<void> pause(int milliseconds) {
        asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(milliseconds));
        co_await timer.async_wait(use_awaitable);
    }
    awaitable<void> reply(int status, const std::string& body, const std::string& headers = "", bool has_body = true) {
        co_await send("HTTP/1.1 " + std::to_string(status) + " Words\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" +
                      (has_body ? body : ""));
    }
    awaitable<void> chunk(const std::string& text) {
        char size[20];
        std::snprintf(size, sizeof(size), "%zx\r\n", text.size());
        co_await send(size + text + "\r\n");
    }

    awaitable<void> wait_counted(int milliseconds) {
        ++g_counters.total;
        g_counters.peak = std::max(g_counters.peak, ++g_counters.now);
        co_await pause(milliseconds);
        --g_counters.now;
    }

    void reset_connection() {
        auto& socket = stream_.lowest_layer();
        socket.set_option(asio::socket_base::linger(true, 0));
        socket.close();
    }

    /// Until the other side goes away.
    awaitable<void> wait_for_end() {
        char byte;
        boost::system::error_code error;
        co_await stream_.async_read_some(asio::buffer(&byte, 1), asio::redirect_error(use_awaitable, error));
    }

    /// False: the connection is closed.
    awaitable<bool> answer(const Request& request) {
        const std::size_t slash = request.path.find('/', 1);
        const std::string name = request.path.substr(1, slash == std::string::npos ? std::string::npos : slash - 1);
        const std::string rest = slash == std::string::npos ? "" : request.path.substr(slash + 1);
        if (name == "hello") {
            co_await reply(200, "hello", "Content-Type: text/plain\r\n", request.method != "HEAD");
        } else if (name == "status") {
            co_await reply(std::stoi(rest), "status " + rest);
        } else if (name == "echo") {
            co_await reply(200, described(request), "Content-Type: application/json\r\n");
        } else if (name == "delay") {
            co_await wait_counted(std::stoi(rest));
            co_await reply(200, "late");
        } else if (name == "counters") {
            if (rest == "reset") g_counters = {};
            const Counters& c = g_counters;
            co_await reply(200, "{\"now\":" + std::to_string(c.now) + ",\"peak\":" + std::to_string(c.peak) + ",\"total\":" +
                                    std::to_string(c.total) + ",\"connections\":" + std::to_string(c.connections) + "}");
        } else if (name == "redirect") {
            const int left = std::stoi(rest);
            if (left == 0) co_await reply(200, "end");
            else co_await reply(302, "elsewhere", "Location: /redirect/" + std::to_string(left - 1) + "\r\n");
        } else if (name == "loop") {
            co_await reply(302, "", "Location: /loop\r\n");
        } else if (name == "to") {
            const bool has_status = rest.find('/') != std::string::npos;
            const int status = has_status ? std::stoi(rest) : 302;
            const std::string hex = has_status ? rest.substr(rest.find('/') + 1) : rest;
            co_await reply(status, "elsewhere", "Location: " + from_hex(hex) + "\r\n");
        } else if (name == "gzip") {
            static const std::string packed = from_hex(
                "1f8b08000000000002034bcecf2d284a2d2e4e4d512849ad280100c218d8d80f000000");
            co_await reply(200, packed, "Content-Encoding: gzip\r\n");
        } else if (name == "headers") {
            co_await reply(200, "", "X-Many: one\r\nX-Many: two\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2, c\r\nX-Empty:\r\n");
        } else if (name == "header") {
            co_await reply(200, "", "X-Long: " + std::string(std::stoul(rest), 'x') + "\r\n");
        } else if (name == "latin1") {
            co_await reply(200, "caf\xE9");
        } else if (name == "bytes") {
            co_await reply(200, std::string(std::stoul(rest), 'x'));
        } else if (name == "site") {
            co_await wait_counted(1);
            co_await reply(200, site_page(std::stoi(rest)), "Content-Type: text/html; charset=utf-8\r\n");
        } else if (name == "lines") {
            co_await send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < std::stoi(rest); ++i) co_await chunk("line " + std::to_string(i) + "\n");
            co_await send("0\r\n\r\n");
        } else {
            co_await misbehave(name, rest);
            co_return false;
        }
        co_return true;
    }

    awaitable<void> misbehave(const std::string& name, const std::string& rest) {
        if (name == "cut") {
            co_await send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(100, 'x'));
            co_await pause(20);
            reset_connection();
        } else if (name == "short") {
            co_await send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(100, 'x'));
        } else if (name == "long") {
            co_await send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n0123456789");
        } else if (name == "silent") {
            co_await wait_for_end();
        } else if (name == "trickle") {
            co_await send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            for (;;) {
                co_await pause(std::stoi(rest));
                co_await send("x");
            }
        } else if (name == "endless") {
            co_await send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            const std::string block(64 * 1024, 'x');
            for (;;) co_await chunk(block);
        } else if (name != "refuse") {
            co_await reply(404, "no such path");
        }
    }

    Stream stream_;
    std::string buffer_;
};

template <typename Stream>
awaitable<void> serve(Stream stream) {
    try {
        Connection<Stream> connection(std::move(stream));
        co_await connection.serve();
    } catch (const std::exception&) {
        // The client has gone away.
    }
}

awaitable<void> accept_all(tcp::acceptor& acceptor, asio::ssl::context* tls) {
    for (;;) {
        tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
        socket.set_option(tcp::no_delay(true));
        const auto executor = co_await asio::this_coro::executor;
        if (tls == nullptr) {
            asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
        } else {
            asio::co_spawn(executor, serve(asio::ssl::stream<tcp::socket>(std::move(socket), *tls)), asio::detached);
        }
    }
}

tcp::acceptor listen(asio::io_context& context) {
    constexpr int kBacklog = 4096;
    tcp::acceptor acceptor(context);
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), 0);
    acceptor.open(endpoint.protocol());
    acceptor.bind(endpoint);
    acceptor.listen(kBacklog);
    return acceptor;
}

}  // namespace

int main(int argc, char** argv) {
    asio::io_context context(1);
    tcp::acceptor plain = listen(context);
    std::printf("%d", plain.local_endpoint().port());
    asio::co_spawn(context, accept_all(plain, nullptr), asio::detached);

    asio::ssl::context tls(asio::ssl::context::tls_server);
    std::optional<tcp::acceptor> secure;
    if (argc == 5) {
        tls.use_certificate_chain_file(argv[2]);
        tls.use_private_key_file(argv[4], asio::ssl::context::pem);
        secure.emplace(listen(context));
        std::printf(" %d", secure->local_endpoint().port());
        asio::co_spawn(context, accept_all(*secure, &tls), asio::detached);
    }
    std::printf("\n");
    std::fflush(stdout);

    asio::posix::stream_descriptor input(context, 0);
    char byte;
    input.async_read_some(asio::buffer(&byte, 1), [&](const boost::system::error_code&, std::size_t) { context.stop(); });
    context.run();
}
