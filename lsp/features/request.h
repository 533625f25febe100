#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "lsp/protocol/messages.h"
#include "lsp/session/snapshot.h"

namespace ruff::lsp {

/// Tells the one who works on a request that nobody wants the answer any more.
class StopSignal {
public:
    enum class Reason : std::uint8_t { None, Cancelled, Modified };
    void stop(Reason reason) {
        Reason none = Reason::None;
        reason_.compare_exchange_strong(none, reason, std::memory_order_relaxed);
    }
    [[nodiscard]] Reason reason() const { return reason_.load(std::memory_order_relaxed); }
    [[nodiscard]] bool is_stopped() const { return reason() != Reason::None; }

private:
    std::atomic<Reason> reason_{Reason::None};
};

/// What a feature gets: a function of this, and of nothing else.
struct Request {
    const Snapshot& snapshot;
    const Json& params;
    const StopSignal& stop;
    /// The document of `params.textDocument`; never null for rows that need one.
    std::shared_ptr<const Analysis> file;

    [[nodiscard]] const Client& client() const { return snapshot.client(); }
    [[nodiscard]] const syntax::SyntaxTree& tree() const { return *file->tree; }
    /// `params.position` as an offset of the document.
    [[nodiscard]] std::uint32_t offset() const { return snapshot.offset(file->source(), params["position"]); }
    /// `params.range` likewise.
    [[nodiscard]] Span span() const { return snapshot.span(file->source(), params["range"]); }
    [[nodiscard]] Json range(Span span) const { return snapshot.range(file->source(), span); }
    [[nodiscard]] Json range_of(const syntax::Node& node) const { return range(tree().span(node)); }
    [[nodiscard]] Json range_of_token(std::uint32_t token) const { return range(tree().tokens[token].span()); }
};

/// The result of a request, or why there is none. A stopped feature may return anything.
struct Answer {
    Answer(Json json) : result(std::move(json)) {}
    Answer(Json::Array items) : result(std::move(items)) {}
    Answer(ResponseError failure) : error(std::move(failure)) {}

    Json result;
    std::optional<ResponseError> error;
};

[[nodiscard]] inline Answer refuse(std::string message) {
    return ResponseError{ResponseCode::RequestFailed, std::move(message)};
}
[[nodiscard]] inline Answer bad_params(std::string message) {
    return ResponseError{ResponseCode::InvalidParams, std::move(message)};
}

using Feature = Answer (*)(const Request& request);

/// The latency lane answers what a person waits for; the background lane what looks at many files.
enum class LaneKind : std::uint8_t { Latency, Background };

struct RequestRow {
    std::string_view method;
    Feature feature;
    LaneKind lane;
    bool needs_document;
};

/// The row of requests.def, or null.
[[nodiscard]] const RequestRow* find_request(std::string_view method);

}  // namespace ruff::lsp
