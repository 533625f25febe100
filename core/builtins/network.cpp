// Bodies of the family `network`: options to a request, the answer to a dict.

#include <strings.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/builtins/file_system.h"
#include "core/builtins/gate.h"
#include "core/runtime/http/http_client.h"
#include "core/runtime/pending.h"
#include "core/vm/handle.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using runtime::Answer;
using runtime::Form;
using runtime::HttpClient;
using runtime::HttpFailure;
using runtime::HttpFailureKind;
using runtime::HttpHead;
using runtime::HttpRequest;
using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::Value;

constexpr std::uint32_t kOptions = 2;   // the argument

// ---- Options ----------------------------------------------------------------------------------------------

bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    if (text.empty()) return false;
    for (char c : text) {
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_letter && kMarks.find(c) == std::string_view::npos) return false;
    }
    return true;
}

bool has_control_character(std::string_view text) {
    for (char c : text) {
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return true;
    }
    return false;
}

void append_encoded(std::string& out, std::string_view text, bool is_form) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                        c == '.' || c == '~';
        if (is_plain) {
            out += c;
        } else if (is_form && c == ' ') {
            out += '+';
        } else {
            out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
        }
    }
}

// Reads the options of a request; each reader raises what does not fit and gives false.
class RequestReader {
  public:
    RequestReader(Call& call, HttpRequest& request) : call_(call), request_(request) {}

    bool read() {
        request_.method = call_.text(0);
        request_.url = call_.text(1);
        if (!is_token(request_.method)) return refuse("the method is not one word: " + request_.method);
        if (has_control_character(request_.url)) return refuse("the URL holds a control character");
        if (request_.url.find("://") == std::string::npos) return refuse("the URL must begin with http:// or https://, got " + request_.url);
        if (call_.is_null(kOptions)) return true;
        if (!check_options(call_, kOptions, {"headers", "query", "body", "json", "form", "timeout_ms", "connect_timeout_ms", "follow_redirects",
                                             "max_redirects", "max_body_bytes", "binary", "save_to", "verify_tls", "ca_file", "proxy"})) {
            return false;
        }
        return read_headers() && read_query() && read_body() && read_number("timeout_ms", request_.timeout_ms) &&
               read_number("connect_timeout_ms", request_.connect_timeout_ms) && read_number("max_redirects", request_.max_redirects) &&
               read_limit() && read_bool("follow_redirects", request_.follow_redirects) && read_bool("verify_tls", request_.verify_tls) &&
               read_bool("binary", is_binary) && read_text("ca_file", request_.ca_file) && read_text("proxy", request_.proxy);
    }

    bool is_binary = false;

  private:
    [[nodiscard]] const Value* option(std::string_view name) const {
        const Value* value = find_option(call_, kOptions, name);
        return value == nullptr || value->is_null() ? nullptr : value;
    }
    bool refuse(const std::string& words) {
        raise_value_error(call_, words);
        return false;
    }
    bool refuse_kind(std::string_view name, std::string_view expected, const Value& value) {
        call_.raise(ErrorKind::Type, std::string(call_.row.shown_name()) + ": option `" + std::string(name) + "` expects " + std::string(expected) +
                                         ", got " + std::string(value_kind_name(value.kind())));
        return false;
    }
    bool read_bool(std::string_view name, bool& out) {
        bool is_raised = false;
        out = bool_option(call_, kOptions, name, out, is_raised);
        return !is_raised;
    }
    bool read_number(std::string_view name, std::int64_t& out) {
        const Value* value = option(name);
        if (value == nullptr) return true;
        if (!value->is_number()) return refuse_kind(name, "number", *value);
        double number = value->as_number();
        constexpr double kMost = 1e12;
        if (!(number >= 0 && number <= kMost)) return refuse("option `" + std::string(name) + "` must be 0 to 1e12");
        out = static_cast<std::int64_t>(std::ceil(number));
        return true;
    }
    bool read_limit() {
        auto limit = static_cast<std::int64_t>(request_.max_body_bytes);
        if (!read_number("max_body_bytes", limit)) return false;
        request_.max_body_bytes = static_cast<std::uint64_t>(limit);
        request_.limits_stream = option("max_body_bytes") != nullptr;
        return true;
    }
    bool read_text(std::string_view name, std::string& out) {
        const Value* value = option(name);
        if (value == nullptr) return true;
        if (!value->is_string()) return refuse_kind(name, "string", *value);
        out = value->as_string()->view();
        return true;
    }
    // The entries of a dict option as text; arrays give several of one name.
    bool read_pairs(std::string_view name, runtime::HeaderList& pairs) {
        const Value* value = option(name);
        if (value == nullptr) return true;
        if (!value->is_dict()) return refuse_kind(name, "dict", *value);
        const Value dict = *value;
        const vm::DictObject* entries = dict.as_dict();
        for (std::uint32_t i = vm::dict_next(entries, 0); i < entries->used; i = vm::dict_next(entries, i + 1)) {
            if (entries->entries[i].value.is_null()) continue;
            std::string key;
            if (!append_display(call_, entries->entries[i].key, key) || !read_values(key, entries->entries[i].value, pairs)) return false;
        }
        return true;
    }
    bool read_values(const std::string& key, const Value& value, runtime::HeaderList& pairs) {
        if (value.is_array()) {
            for (const Value& element : *value.as_array()) {
                if (!read_values(key, element, pairs)) return false;
            }
            return true;
        }
        std::string text;
        if (!append_display(call_, value, text)) return false;
        pairs.emplace_back(key, std::move(text));
        return true;
    }
    bool read_headers() {
        if (!read_pairs("headers", request_.headers)) return false;
        for (const auto& [name, value] : request_.headers) {
            if (!is_token(name)) return refuse("`" + name + "` is not the name of a header");
            if (has_control_character(value)) return refuse("the header " + name + " holds a control character");
        }
        return true;
    }
    bool read_query() {
        runtime::HeaderList pairs;
        if (!read_pairs("query", pairs)) return false;
        std::size_t fragment = request_.url.find('#');
        std::string url = request_.url.substr(0, fragment);
        char separator = url.find('?') == std::string::npos ? '?' : '&';
        for (const auto& [name, value] : pairs) {
            url += separator;
            append_encoded(url, name, false);
            url += '=';
            append_encoded(url, value, false);
            separator = '&';
        }
        request_.url = std::move(url);
        return true;
    }
    bool read_body() {
        bool is_json = false;
        runtime::HeaderList form;
        const Value* body = option("body");
        if (!read_bool("json", is_json) || !read_pairs("form", form)) return false;
        if (option("form") != nullptr) {
            if (body != nullptr) return refuse("there is a body and a form");
            for (const auto& [name, value] : form) {
                if (!request_.body.empty()) request_.body += '&';
                append_encoded(request_.body, name, true);
                request_.body += '=';
                append_encoded(request_.body, value, true);
            }
            return set_body("application/x-www-form-urlencoded");
        }
        if (body == nullptr) return true;
        if (!body->is_string() && !body->is(ValueKind::Bytes)) return refuse_kind("body", "string or bytes", *body);
        request_.body = body->as_string()->view();
        if (is_json) return set_body("application/json");
        return set_body(body->is_string() ? "text/plain; charset=utf-8" : "application/octet-stream");
    }
    bool set_body(const char* content_type) {
        request_.has_body = true;
        for (const auto& header : request_.headers) {
            if (header.first.size() == 12 && ::strcasecmp(header.first.c_str(), "content-type") == 0) return true;
        }
        request_.headers.emplace_back("Content-Type", content_type);
        return true;
    }

    Call& call_;
    HttpRequest& request_;
};

// The host of a URL, as the gate asks for it.
std::string_view host_of(std::string_view url) {
    std::size_t begin = url.find("://");
    begin = begin == std::string_view::npos ? 0 : begin + 3;
    return url.substr(begin, url.find_first_of("/?#", begin) - begin);
}

// Past the gate, with the options read and libcurl there. False: raised.
bool prepare(Call& call, RequestReader& reader, const HttpRequest& request) {
    if (!reader.read() || !pass_gate(call, host_of(request.url))) return false;
    if (HttpClient::is_available()) return true;
    call.raise(ErrorKind::Network, std::string(call.row.shown_name()) + ": libcurl.so.4 is not on this machine",
               "install it: on Debian `apt install libcurl4`, on Fedora `dnf install libcurl`");
    return false;
}

// ---- Answers ----------------------------------------------------------------------------------------------

Value text_value(std::string_view text) {
    return vm::find_invalid_utf8(text) == std::string_view::npos ? vm::make_string(text) : vm::make_string(with_replacements(text));
}

// Repeated headers are joined with `, `; `set-cookie` is an array, because its values hold commas.
Value headers_value(const runtime::HeaderList& headers) {
    DictBuilder dict(headers.size());
    std::vector<bool> taken(headers.size());
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (taken[i]) continue;
        const std::string& name = headers[i].first;
        std::string joined = headers[i].second;
        ArrayBuilder cookies;
        for (std::size_t k = i; k < headers.size(); ++k) {
            if (headers[k].first != name) continue;
            taken[k] = true;
            if (k > i) joined += ", " + headers[k].second;
            if (name == "set-cookie") cookies.push(text_value(headers[k].second));
        }
        dict.set(text_value(name), name == "set-cookie" ? cookies.take() : text_value(joined));
    }
    return dict.take();
}

void set_head(DictBuilder& dict, const HttpHead& head) {
    dict.set("status", Value::integer(head.status));
    dict.set("ok", Value::boolean(head.status >= 200 && head.status < 300));
}

Answer failure_answer(const HttpFailure& failure) {
    return runtime::failure(failure.kind == HttpFailureKind::Timeout ? ErrorKind::Timeout : ErrorKind::Network, failure.message);
}

// A request that is answered as a whole.
class WholeRequest final : public runtime::Pending, public runtime::HttpObserver {
  public:
    static Outcome start(Call& call, Form form) {
        auto pending = std::make_unique<WholeRequest>();
        HttpRequest request;
        RequestReader reader(call, request);
        if (!prepare(call, reader, request)) return Outcome::Raised;
        pending->is_binary_ = reader.is_binary;
        pending->transfer_ = HttpClient::of(call.vm).start(std::move(request), *pending);
        return Pending::start(call, form, std::move(pending));
    }
    [[nodiscard]] std::string_view describe() const override { return "a request"; }

  private:
    void on_end(vm::Vm& vm, const HttpFailure* failure) override {
        Answer answer = failure != nullptr ? failure_answer(*failure) : make_answer(vm);
        HttpClient::of(vm).release(transfer_);
        finish(vm, std::move(answer));
    }
    void abort(vm::Vm& vm) override { HttpClient::of(vm).release(transfer_); }

    Answer make_answer(vm::Vm& vm) {
        const HttpHead& head = HttpClient::head_of(*transfer_);
        std::string content = HttpClient::of(vm).take_body(*transfer_);
        std::size_t bad = is_binary_ ? std::string::npos : vm::find_invalid_utf8(content);
        if (bad != std::string::npos) {
            return runtime::failure(ErrorKind::Network, head.url + ": the body is not UTF-8 at byte " + std::to_string(bad),
                                    "the option `{\"binary\": true}` gives it as bytes");
        }
        DictBuilder dict(6);
        set_head(dict, head);
        dict.set("body", is_binary_ ? vm::make_bytes(content) : vm::make_string(content));
        dict.set("headers", headers_value(head.headers));
        dict.set("url", text_value(head.url));
        dict.set("elapsed_ms", Value::floating(HttpClient::elapsed_ms(*transfer_)));
        return {dict.take(), false};
    }

    runtime::Transfer* transfer_ = nullptr;
    bool is_binary_ = false;
};

// ---- Streams ----------------------------------------------------------------------------------------------

class StreamWait;

// The inside of a value of kind `httpstream`: an answer whose body is taken as it comes. At most one fiber waits for it.
class HttpStream final : public vm::Handle, public runtime::HttpObserver {
  public:
    explicit HttpStream(vm::Vm& vm) : vm_(vm) {}
    ~HttpStream() override { close(); }
    [[nodiscard]] std::string describe() const override { return "httpstream"; }

    void start(HttpRequest request) {
        request.streams = true;
        max_line_ = request.max_body_bytes;
        transfer_ = HttpClient::of(vm_).start(std::move(request), *this);
    }
    void close() {
        if (transfer_ != nullptr) HttpClient::of(vm_).release(std::exchange(transfer_, nullptr));
        buffer_.clear();
        has_ended_ = true;
    }
    void wake();

    void on_head(vm::Vm&) override {
        head = HttpClient::head_of(*transfer_);
        has_head = true;
        wake();
    }
    void on_data(vm::Vm&) override { wake(); }
    void on_end(vm::Vm&, const HttpFailure* failure) override {
        buffer_ += HttpClient::of(vm_).take_body(*transfer_);
        if (failure != nullptr) failure_ = *failure;
        has_failed_ = failure != nullptr;
        has_ended_ = true;
        HttpClient::of(vm_).release(std::exchange(transfer_, nullptr));
        wake();
    }

    // What there is to give; false: the fiber has to wait.
    bool take_head(Answer& answer) {
        if (has_failed_ && !has_head) answer = failure_answer(failure_);
        return has_head || has_ended_;
    }
    bool take_chunk(Answer& answer) {
        fill();
        if (!buffer_.empty()) {
            answer = {vm::make_bytes(std::exchange(buffer_, {})), false};
            return true;
        }
        return take_end(answer);
    }
    bool take_line(Answer& answer) {
        fill();
        std::size_t end = buffer_.find('\n', searched_);
        searched_ = buffer_.size();
        if (end == std::string::npos) {
            if (!has_ended_ && buffer_.size() > max_line_) {
                close();
                answer = runtime::failure(ErrorKind::Network, head.url + ": a line is longer than max_body_bytes (" + std::to_string(max_line_) + ")");
                return true;
            }
            if (!has_ended_) return false;
            if (buffer_.empty() || has_failed_) return take_end(answer);
            end = buffer_.size();
        }
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        searched_ = 0;
        if (line.ends_with('\r')) line.pop_back();
        std::size_t bad = vm::find_invalid_utf8(line);
        answer = bad == std::string::npos ? Answer{vm::make_string(line), false}
                                          : runtime::failure(ErrorKind::Network, head.url + ": a line is not UTF-8 at its byte " + std::to_string(bad));
        return true;
    }

    HttpHead head;
    bool has_head = false;
    StreamWait* waiting = nullptr;

  private:
    void fill() {
        if (transfer_ != nullptr) buffer_ += HttpClient::of(vm_).take_body(*transfer_);
    }
    bool take_end(Answer& answer) {
        if (has_failed_) answer = failure_answer(failure_);
        return has_ended_;
    }

    vm::Vm& vm_;
    runtime::Transfer* transfer_ = nullptr;
    std::string buffer_;
    std::size_t searched_ = 0;
    std::uint64_t max_line_ = 0;
    bool has_ended_ = false;
    bool has_failed_ = false;
    HttpFailure failure_;
};

// A fiber that waits for a stream; it holds the stream.
class StreamWait final : public runtime::Pending {
  public:
    using Take = bool (HttpStream::*)(Answer& answer);

    StreamWait(Value holder, Take take, Value result) : holder_(std::move(holder)), take_(take), result_(std::move(result)) {}

    // Gives what there is, or waits. `result` takes the place of the answer when that is no error, unless it is unset.
    static Outcome give(Call& call, const Value& holder, Take take, Value result = Value::unset()) {
        HttpStream& stream = vm::handle_of<HttpStream>(holder);
        if (stream.waiting != nullptr) return raise_value_error(call, "another fiber is waiting for this answer");
        Answer answer;
        if ((stream.*take)(answer)) {
            if (answer.is_error) return call.vm.raise_value(std::move(answer.value));
            return call.done(result.is(ValueKind::Unset) ? std::move(answer.value) : std::move(result));
        }
        auto wait = std::make_unique<StreamWait>(holder, take, std::move(result));
        stream.waiting = wait.get();
        return Pending::start(call, Form::Suspends, std::move(wait));
    }
    void wake(vm::Vm& vm) {
        Answer answer;
        if (!(stream().*take_)(answer)) return;
        stream().waiting = nullptr;
        if (!answer.is_error && !result_.is(ValueKind::Unset)) answer.value = std::move(result_);
        finish(vm, std::move(answer));
    }
    [[nodiscard]] std::string_view describe() const override { return "an answer's next piece"; }

  private:
    void abort(vm::Vm&) override { stream().waiting = nullptr; }
    [[nodiscard]] HttpStream& stream() const { return vm::handle_of<HttpStream>(holder_); }

    Value holder_;
    Take take_;
    Value result_;
};

void HttpStream::wake() {
    if (waiting != nullptr) waiting->wake(vm_);
}

}  // namespace

namespace bodies {

Outcome http_send(Call& call) { return WholeRequest::start(call, Form::Suspends); }
Outcome http_promise(Call& call) { return WholeRequest::start(call, Form::GivesPromise); }

Outcome http_open(Call& call) {
    HttpRequest request;
    RequestReader reader(call, request);
    if (!prepare(call, reader, request)) return Outcome::Raised;
    auto* stream = new HttpStream(call.vm);
    Value holder = vm::make_handle(ValueKind::HttpStream, stream);
    stream->start(std::move(request));
    Value result = holder;
    return StreamWait::give(call, holder, &HttpStream::take_head, std::move(result));
}

Outcome http_stream_head(Call& call) {
    const HttpHead& head = vm::handle_of<HttpStream>(call[0]).head;
    DictBuilder dict(4);
    set_head(dict, head);
    dict.set("headers", headers_value(head.headers));
    dict.set("url", text_value(head.url));
    return dict.done(call);
}

Outcome http_chunk(Call& call) { return StreamWait::give(call, call[0], &HttpStream::take_chunk); }
Outcome http_line(Call& call) { return StreamWait::give(call, call[0], &HttpStream::take_line); }

Outcome http_close(Call& call) {
    vm::handle_of<HttpStream>(call[0]).close();
    return call.done(Value());
}

}  // namespace bodies
}  // namespace ruff::builtins
