#include "tests/support/lsp/session_driver.h"

#include <algorithm>

#include "lsp/protocol/uri.h"
#include "tests/support/lsp/schema.h"

namespace ruff::tests {

using lsp::Json;
using lsp::make_object;

namespace {

PositionEncoding encoding_of(std::string_view name) {
    if (name == "utf-8") return PositionEncoding::Utf8;
    return name == "utf-32" ? PositionEncoding::Utf32 : PositionEncoding::Utf16;
}

Json list(std::initializer_list<std::string_view> names) {
    Json json{Json::Array{}};
    for (const std::string_view name : names) json.push(name);
    return json;
}

/// What VS Code says it can do, as far as the server looks at it.
Json full_capabilities(const SessionDriver::Options& options) {
    const Json properties = make_object("properties", list({"documentation", "additionalTextEdits", "edit"}));
    Json item = make_object("snippetSupport", true, "documentationFormat", list({"markdown"}), "labelDetailsSupport", true, "resolveSupport", properties);
    Json document = make_object(
        "completion", make_object("completionItem", std::move(item)), "hover", make_object("contentFormat", list({"markdown"})),
        "publishDiagnostics", make_object("relatedInformation", true, "codeDescriptionSupport", true, "tagSupport", make_object("valueSet", Json::Array{})),
        "codeAction", make_object("codeActionLiteralSupport", make_object("codeActionKind", make_object("valueSet", Json::Array{})),
                                  "isPreferredSupport", true, "dataSupport", true, "resolveSupport", properties),
        "documentSymbol", make_object("hierarchicalDocumentSymbolSupport", true), "signatureHelp",
        make_object("signatureInformation", make_object("parameterInformation", make_object("labelOffsetSupport", true))));
    if (options.pulls_diagnostics) document.set("diagnostic", make_object("relatedDocumentSupport", false));
    const Json edit = make_object("documentChanges", true, "resourceOperations", list({"rename"}));
    const Json workspace = make_object("workspaceEdit", edit, "applyEdit", true, "configuration", true, "didChangeWatchedFiles",
                                       make_object("dynamicRegistration", true));
    return make_object("general", make_object("positionEncodings", list({options.encoding})), "textDocument", std::move(document),
                       "workspace", workspace, "window", make_object("workDoneProgress", true));
}

}  // namespace

SessionDriver::SessionDriver(std::filesystem::path folder, Options options)
    : folder_(std::move(folder)), encoding_(encoding_of(options.encoding)) {
    server_ = std::make_unique<lsp::Server>([this](std::string_view body) { take(body); });
    Json folders;
    folders.push(make_object("uri", lsp::uri_of_path(folder_.string()), "name", "test"));
    Json capabilities = options.capabilities.is_null() ? full_capabilities(options) : options.capabilities;
    request("initialize", make_object("processId", Json(), "rootUri", lsp::uri_of_path(folder_.string()), "workspaceFolders",
                                      std::move(folders), "capabilities", std::move(capabilities)));
    notify("initialized", make_object());
}

void SessionDriver::take(std::string_view body) {
    std::optional<Json> message = lsp::parse_json(body);
    const std::lock_guard lock(mutex_);
    if (message) check(*message);
    else mistakes_ += "not JSON: " + std::string(body) + "\n";
    messages_.push_back(message ? std::move(*message) : Json());
}

void SessionDriver::check(const Json& message) {
    const ProtocolSchema& schema = ProtocolSchema::instance();
    std::string mistake;
    if (message["jsonrpc"].text() != "2.0") mistake = "jsonrpc is not 2.0";
    else if (message.has("method")) mistake = schema.check_params(message["method"].text(), message["params"]);
    else if (message.has("error")) mistake = schema.check_error(message["error"]);
    else if (const auto asked = asked_.find(message["id"].integer().value_or(-1)); asked != asked_.end()) {
        mistake = schema.check_result(asked->second, message["result"]);
    }
    if (!mistake.empty()) mistakes_ += mistake + "\n";
}

void SessionDriver::send_raw(std::string_view body) {
    server_->receive(body);
    server_->settle();
    answer_server_requests();
}

/// An editor answers what it is asked: with its settings (none), and with yes.
void SessionDriver::answer_server_requests() {
    while (answered_ < messages_.size()) {
        const Json message = messages_[answered_++];  // applying an edit comes back here
        if (!message.has("method") || !message.has("id")) continue;
        Json result;
        if (message["method"].text() == "workspace/configuration") result.push(settings);
        if (message["method"].text() == "workspace/applyEdit") {
            result = make_object("applied", apply_workspace_edit(message["params"]["edit"]).empty());
        }
        server_->receive(lsp::response_text(message["id"], result));
        server_->settle();
    }
}

Json SessionDriver::request(std::string_view method, Json params) {
    const std::int64_t id = ++last_id_;
    const std::size_t begin = messages_.size();
    asked_[id] = method;
    send_raw(lsp::request_text(Json(id), method, params));
    for (std::size_t i = begin; i < messages_.size(); ++i) {
        const Json& message = messages_[i];
        if (message.has("method") || message["id"].integer() != id) continue;
        return message.has("error") ? make_object("error", message["error"]) : message["result"];
    }
    return make_object("error", make_object("message", "no answer"));
}

void SessionDriver::notify(std::string_view method, Json params) { send_raw(lsp::notification_text(method, params)); }

std::string SessionDriver::uri(const std::string& path) const {
    return path.find(':') == std::string::npos ? lsp::uri_of_path((folder_ / path).string()) : path;
}

std::string SessionDriver::path_of(std::string_view uri) const {
    const std::string path = lsp::path_of_uri(uri);
    const std::string folder = folder_.string() + "/";
    return path.starts_with(folder) ? path.substr(folder.size()) : std::string(uri);
}

Json SessionDriver::document(const std::string& path) const {
    return make_object("textDocument", make_object("uri", uri(path)));
}

void SessionDriver::open(const std::string& path, std::string text) {
    versions_[path] = 1;
    texts_[path] = text;
    notify("textDocument/didOpen", make_object("textDocument", make_object("uri", uri(path), "languageId", "ruff", "version", 1,
                                                                           "text", std::move(text))));
}

void SessionDriver::change(const std::string& path, std::uint32_t begin, std::uint32_t end, std::string_view text) {
    Json changes;
    changes.push(make_object("range", range(path, begin, end), "text", text));
    texts_.at(path).replace(begin, end - begin, text);
    if (on_change) on_change(path, begin, end, text.size());
    Json document = make_object("uri", uri(path), "version", ++versions_[path]);
    notify("textDocument/didChange", make_object("textDocument", std::move(document), "contentChanges", std::move(changes)));
}

void SessionDriver::close(const std::string& path) {
    texts_.erase(path);
    notify("textDocument/didClose", document(path));
}

Json SessionDriver::diagnostics(const std::string& path) const {
    const std::string wanted = uri(path);
    for (auto message = messages_.rbegin(); message != messages_.rend(); ++message) {
        if ((*message)["method"].text() != "textDocument/publishDiagnostics") continue;
        if ((*message)["params"]["uri"].text() == wanted) return (*message)["params"]["diagnostics"];
    }
    return Json();
}

Json SessionDriver::position(const std::string& path, std::uint32_t offset) const {
    const LineColumn at = LineIndex(texts_.at(path)).position(offset, encoding_);
    return make_object("line", at.line, "character", at.column);
}

Json SessionDriver::range(const std::string& path, std::uint32_t begin, std::uint32_t end) const {
    return make_object("start", position(path, begin), "end", position(path, end));
}

std::uint32_t SessionDriver::offset(const std::string& path, const Json& position) const {
    const LineColumn at{static_cast<std::uint32_t>(position["line"].integer().value_or(0)),
                        static_cast<std::uint32_t>(position["character"].integer().value_or(0))};
    return LineIndex(texts_.at(path)).offset(at, encoding_);
}

std::string SessionDriver::apply(const std::string& path, const Json& edits) {
    struct Edit {
        std::uint32_t begin, end;
        std::string_view text;
    };
    std::vector<Edit> list;
    for (const Json& edit : edits.items()) {
        list.push_back({offset(path, edit["range"]["start"]), offset(path, edit["range"]["end"]), edit["newText"].text()});
    }
    std::stable_sort(list.begin(), list.end(), [](const Edit& left, const Edit& right) { return left.begin < right.begin; });
    for (std::size_t i = 1; i < list.size(); ++i) {
        if (list[i].begin < list[i - 1].end) return "edits of " + path + " overlap";
    }
    for (auto edit = list.rbegin(); edit != list.rend(); ++edit) change(path, edit->begin, edit->end, edit->text);
    return {};
}

std::string SessionDriver::apply_workspace_edit(const Json& edit) {
    std::string mistakes;
    const auto apply_to = [&](std::string_view uri, const Json& edits) {
        const std::string path = path_of(uri);
        mistakes += texts_.contains(path) ? apply(path, edits) : "an edit of " + path + ", which is not open";
    };
    for (const lsp::JsonMember& member : edit["changes"].members()) apply_to(member.name, member.value);
    for (const Json& each : edit["documentChanges"].items()) {
        if (each.has("textDocument")) apply_to(each["textDocument"]["uri"].text(), each["edits"]);
    }
    return mistakes;
}

}  // namespace ruff::tests
