#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/support/line_index.h"
#include "lsp/session/server.h"

namespace ruff::tests {

/// A client that talks to a server in this process, one message after the other: each call returns when the server has
/// nothing left to do. Keeps everything the server sent, and applies its edits as an editor would.
class SessionDriver {
public:
    struct Options {
        std::string encoding = "utf-8";
        /// What is added to the client's capabilities, or replaces them.
        lsp::Json capabilities;
        bool pulls_diagnostics = false;
    };
    /// Starts a session in `folder`; `initialize` and `initialized` are done.
    SessionDriver(std::filesystem::path folder, Options options);

    /// The `result` of a request, or an object `{"error": …}`.
    lsp::Json request(std::string_view method, lsp::Json params);
    void notify(std::string_view method, lsp::Json params);
    /// Sends a body as it is, be it JSON or not.
    void send_raw(std::string_view body);

    void open(const std::string& path, std::string text);
    /// Replaces bytes of an open document by an incremental change.
    void change(const std::string& path, std::uint32_t begin, std::uint32_t end, std::string_view text);
    void close(const std::string& path);

    /// The text of a document as the client has it.
    [[nodiscard]] const std::string& text(const std::string& path) const { return texts_.at(path); }
    [[nodiscard]] const std::map<std::string, std::string>& texts() const { return texts_; }
    /// The diagnostics last published for a document; null before the first.
    [[nodiscard]] lsp::Json diagnostics(const std::string& path) const;

    [[nodiscard]] std::string uri(const std::string& path) const;
    [[nodiscard]] std::string path_of(std::string_view uri) const;
    [[nodiscard]] lsp::Json document(const std::string& path) const;  ///< `{"textDocument": {"uri": …}}`
    [[nodiscard]] lsp::Json position(const std::string& path, std::uint32_t offset) const;
    [[nodiscard]] lsp::Json range(const std::string& path, std::uint32_t begin, std::uint32_t end) const;
    [[nodiscard]] std::uint32_t offset(const std::string& path, const lsp::Json& position) const;

    /// Applies TextEdits to a document and tells the server; gives what is wrong with them, or nothing.
    std::string apply(const std::string& path, const lsp::Json& edits);
    /// The same for a WorkspaceEdit.
    std::string apply_workspace_edit(const lsp::Json& edit);

    /// What is wrong with the messages of the server by the schema of the protocol, a line each; empty if all is well.
    [[nodiscard]] const std::string& mistakes() const { return mistakes_; }
    /// Everything the server sent, in order.
    [[nodiscard]] const std::vector<lsp::Json>& messages() const { return messages_; }
    [[nodiscard]] lsp::Server& server() { return *server_; }

    /// What it answers to `workspace/configuration`: the section `rufflang`.
    lsp::Json settings;
    /// Told of every change of a document: bytes [begin, end) become `size` bytes.
    std::function<void(const std::string& path, std::uint32_t begin, std::uint32_t end, std::size_t size)> on_change;

private:
    void take(std::string_view body);
    void check(const lsp::Json& message);
    void answer_server_requests();

    std::filesystem::path folder_;
    PositionEncoding encoding_;
    std::int64_t last_id_ = 0;
    std::mutex mutex_;                       // messages arrive from several threads
    std::vector<lsp::Json> messages_;
    std::map<std::int64_t, std::string> asked_;  // methods by id
    std::string mistakes_;
    std::size_t answered_ = 0;               // messages looked at for requests of the server
    std::map<std::string, std::string> texts_;
    std::map<std::string, std::int64_t> versions_;
    std::unique_ptr<lsp::Server> server_;    // last: its threads call take()
};

}  // namespace ruff::tests
