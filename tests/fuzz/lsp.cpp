// Any conversation ends well: bytes become frames, requests and edits of a session, and every request has one answer.
// The input is read as commands, so that the fuzzer spends its time behind the frames and the JSON; what begins with
// 0xFF goes to the frame reader as it is.

#include <cstdint>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>

#include "lsp/session/server.h"

using namespace ruff;
using namespace ruff::lsp;

namespace {

constexpr const char* kMethods[] = {
    "textDocument/completion", "textDocument/signatureHelp", "textDocument/hover", "textDocument/definition",
    "textDocument/typeDefinition", "textDocument/references", "textDocument/documentHighlight", "textDocument/documentSymbol",
    "textDocument/prepareRename", "textDocument/rename", "textDocument/codeAction", "textDocument/formatting",
    "textDocument/rangeFormatting", "textDocument/onTypeFormatting", "textDocument/diagnostic", "textDocument/codeLens",
    "textDocument/inlayHint", "textDocument/semanticTokens/full", "textDocument/semanticTokens/full/delta",
    "textDocument/foldingRange", "textDocument/selectionRange", "textDocument/documentLink", "textDocument/prepareCallHierarchy",
    "workspace/symbol", "workspace/willRenameFiles",
};

class Session {
public:
    Session() : server_([this](std::string_view body) { take(body); }) {
        ask("initialize", make_object("capabilities", make_object()));
    }

    void run(const std::uint8_t* data, std::size_t size) {
        std::size_t at = 0;
        const auto byte = [&] { return at < size ? data[at++] : std::uint8_t{0}; };
        while (at < size) {
            const std::uint8_t command = byte();
            if (command < 96) {
                edit(byte(), byte(), byte(), std::string(reinterpret_cast<const char*>(data) + at, std::min<std::size_t>(size - at, command % 32)));
                at = std::min(size, at + command % 32);
            } else if (command < 224) {
                ask(kMethods[command % std::size(kMethods)], params(byte(), byte()));
            } else {
                server_.receive(notification_text("$/cancelRequest", make_object("id", last_id_)));
            }
        }
        server_.settle();
        for (const auto& [id, count] : answers_) {
            if (count != 1) std::abort();
        }
    }

private:
    void edit(std::uint8_t kind, std::uint8_t line, std::uint8_t column, const std::string& text) {
        const Json at = make_object("line", line % 16, "character", column % 64);
        const Json end = make_object("line", line % 16, "character", column % 64 + kind % 8);
        Json changes;
        changes.push(kind % 7 == 0 ? make_object("text", text) : make_object("range", make_object("start", at, "end", end), "text", text));
        const Json document = make_object("uri", "untitled:fuzz", "version", ++version_, "text", text);
        server_.receive(version_ == 1 ? notification_text("textDocument/didOpen", make_object("textDocument", document))
                                      : notification_text("textDocument/didChange", make_object("textDocument", document, "contentChanges", changes)));
    }

    static Json params(std::uint8_t line, std::uint8_t column) {
        const Json at = make_object("line", line % 16, "character", column);
        Json positions;
        positions.push(at);
        return make_object("textDocument", make_object("uri", "untitled:fuzz"), "position", at, "range", make_object("start", at, "end", at), "positions",
                           std::move(positions), "newName", "renamed", "query", "a", "ch", line % 2 == 0 ? "}" : "\n", "context",
                           make_object("includeDeclaration", true));
    }

    void ask(std::string_view method, const Json& params) {
        {
            const std::lock_guard lock(mutex_);
            answers_[++last_id_] = 0;
        }
        server_.receive(request_text(Json(last_id_), method, params));
    }

    void take(std::string_view body) {
        const std::optional<Json> message = parse_json(body);
        if (!message) std::abort();
        if (message->has("method")) return;
        const std::int64_t code = (*message)["error"]["code"].integer().value_or(0);
        if (code == static_cast<int>(ResponseCode::InternalError)) std::abort();
        const std::lock_guard lock(mutex_);
        ++answers_[(*message)["id"].integer().value_or(-1)];
    }

    std::mutex mutex_;
    std::map<std::int64_t, int> answers_;
    std::int64_t last_id_ = 0;
    std::int64_t version_ = 0;
    Server server_;
};

void read_frames(std::string_view bytes) {
    FrameReader reader;
    Server server([](std::string_view body) {
        if (!parse_json(body)) std::abort();
    });
    for (std::size_t at = 0; at < bytes.size(); at += 7) {
        reader.feed(bytes.substr(at, 7));
        for (FrameReader::Event event; (event = reader.next()) != FrameReader::Event::None;) {
            if (event == FrameReader::Event::Frame) server.receive(reader.body());
            else server.receive_bad_frame(event);
        }
    }
    server.settle();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0 && data[0] == 0xFF) read_frames({reinterpret_cast<const char*>(data) + 1, size - 1});
    else Session().run(data, size);
    return 0;
}
