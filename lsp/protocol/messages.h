#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "lsp/protocol/json.h"

// JSON-RPC 2.0 as the Language Server Protocol uses it: messages, and the frames they travel in.
namespace ruff::lsp {

enum class ResponseCode : int {
    ParseError = -32700,
    InvalidRequest = -32600,
    MethodNotFound = -32601,
    InvalidParams = -32602,
    InternalError = -32603,
    ServerNotInitialized = -32002,
    RequestFailed = -32803,
    RequestCancelled = -32800,
    ContentModified = -32801,
};

struct ResponseError {
    ResponseCode code = ResponseCode::InternalError;
    std::string message;
};

/// The bodies of messages that the server sends.
[[nodiscard]] std::string response_text(const Json& id, const Json& result);
[[nodiscard]] std::string error_text(const Json& id, const ResponseError& error);
[[nodiscard]] std::string request_text(const Json& id, std::string_view method, const Json& params);
[[nodiscard]] std::string notification_text(std::string_view method, const Json& params);

/// `Content-Length: N`, an empty line, the body.
[[nodiscard]] std::string frame_text(std::string_view body);

/// Bodies beyond this many bytes are skipped and reported.
inline constexpr std::size_t kMaxFrameSize = 64 * 1024 * 1024;

/// Cuts a stream of bytes into frames, however it is split. What is no header is skipped up to the next one, so a
/// mistake costs the frame it stands in. Holds at most one frame.
class FrameReader {
public:
    enum class Event { None, Frame, TooLarge, BadHeader };

    void feed(std::string_view bytes) { buffer_.append(bytes); }
    /// Call until it gives None. After Frame, `body()` is the frame until the next call.
    Event next();
    [[nodiscard]] std::string_view body() const { return body_; }

private:
    Event read_header();
    void drop_consumed();

    std::string buffer_;
    std::size_t at_ = 0;             // consumed so far
    std::size_t skip_ = 0;           // bytes of a frame that is too large
    std::optional<std::size_t> length_;
    std::string_view body_;
};

}  // namespace ruff::lsp
