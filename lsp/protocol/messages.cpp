#include "lsp/protocol/messages.h"

#include <algorithm>
#include <charconv>

namespace ruff::lsp {

std::string response_text(const Json& id, const Json& result) {
    return R"({"jsonrpc":"2.0","id":)" + write_json(id) + R"(,"result":)" + write_json(result) + "}";
}

std::string error_text(const Json& id, const ResponseError& error) {
    const Json body = make_object("code", static_cast<int>(error.code), "message", error.message);
    return R"({"jsonrpc":"2.0","id":)" + write_json(id) + R"(,"error":)" + write_json(body) + "}";
}

std::string request_text(const Json& id, std::string_view method, const Json& params) {
    return R"({"jsonrpc":"2.0","id":)" + write_json(id) + R"(,"method":")" + std::string(method) + R"(","params":)" +
           write_json(params) + "}";
}

std::string notification_text(std::string_view method, const Json& params) {
    return R"({"jsonrpc":"2.0","method":")" + std::string(method) + R"(","params":)" + write_json(params) + "}";
}

std::string frame_text(std::string_view body) {
    return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

namespace {

constexpr std::size_t kMaxHeaderSize = 8 * 1024;
constexpr std::string_view kLengthName = "content-length:";

bool starts_with_name(std::string_view line) {
    if (line.size() < kLengthName.size()) return false;
    return std::equal(kLengthName.begin(), kLengthName.end(), line.begin(),
                      [](char expected, char actual) { return expected == (actual | 0x20) || expected == actual; });
}

/// The length that a header line gives, or nothing.
std::optional<std::size_t> read_length(std::string_view line) {
    if (!starts_with_name(line)) return std::nullopt;
    line.remove_prefix(kLengthName.size());
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), length);
    if (error != std::errc() || (end != line.data() + line.size() && *end != ' ')) return std::nullopt;
    return length;
}

}  // namespace

void FrameReader::drop_consumed() {
    buffer_.erase(0, at_);
    at_ = 0;
    // One huge frame does not hold its memory for ever.
    if (buffer_.capacity() > 1024 * 1024 && buffer_.size() < buffer_.capacity() / 8) buffer_.shrink_to_fit();
}

FrameReader::Event FrameReader::next() {
    body_ = {};
    drop_consumed();
    if (skip_ > 0) {
        const std::size_t count = std::min(skip_, buffer_.size());
        skip_ -= count;
        at_ = count;
        drop_consumed();
        if (skip_ > 0) return Event::None;
    }
    if (!length_) {
        const Event event = read_header();
        if (event != Event::None || !length_) return event;
    }
    if (buffer_.size() - at_ < *length_) return Event::None;
    body_ = std::string_view(buffer_).substr(at_, *length_);
    at_ += *length_;
    length_.reset();
    return Event::Frame;
}

FrameReader::Event FrameReader::read_header() {
    std::size_t line_begin = 0;
    std::optional<std::size_t> length;
    for (;;) {
        const std::size_t line_end = buffer_.find('\n', line_begin);
        if (line_end == std::string::npos) {
            if (buffer_.size() - line_begin <= kMaxHeaderSize) return Event::None;
            at_ = buffer_.size();  // no header is this long
            return Event::BadHeader;
        }
        std::string_view line = std::string_view(buffer_).substr(line_begin, line_end - line_begin);
        if (line.ends_with('\r')) line.remove_suffix(1);
        line_begin = line_end + 1;
        if (line.empty()) break;
        if (const auto found = read_length(line)) length = found;
    }
    at_ = line_begin;
    if (!length) return Event::BadHeader;
    if (*length > kMaxFrameSize) {
        skip_ = *length;
        return Event::TooLarge;
    }
    length_ = length;
    return Event::None;
}

}  // namespace ruff::lsp
