#include "lsp/check.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>

#include "core/support/source_file.h"
#include "lsp/protocol/uri.h"
#include "lsp/session/server.h"

namespace ruff::lsp {
namespace {

/// A client that asks everything.
class Checker {
public:
    Checker() : server_([this](std::string_view body) { take(body); }) {
        request("initialize", make_object("processId", Json(), "capabilities", capabilities()));
        notify("initialized", make_object());
    }

    void check(const std::string& path, const SourceFile& source) {
        path_ = path;
        source_ = &source;
        offset_ = 0;
        uri_ = uri_of_path(std::filesystem::absolute(path).lexically_normal().string());
        notify("textDocument/didOpen", make_object("textDocument", make_object("uri", uri_, "languageId", "ruff", "version", 1,
                                                                               "text", source.text())));
        check_document();
        const syntax::ParseResult tree = syntax::parse_file(make_source(path, std::string(source.text())));
        // Of a long file a sample: most answers look at all of it, so each token of it costs its length.
        constexpr std::size_t kMostWork = 3'000'000, kFewest = 20;
        const std::size_t wanted = std::max(kFewest, kMostWork / tree->tokens.size());
        const std::size_t step = std::max<std::size_t>(1, tree->tokens.size() / wanted);
        for (std::size_t i = 0; i < tree->tokens.size(); i += step) check_token(tree->tokens[i]);
        notify("textDocument/didClose", make_object("textDocument", make_object("uri", uri_)));
    }

    [[nodiscard]] std::size_t answer_count() const { return answer_count_; }
    [[nodiscard]] std::size_t mistake_count() const { return mistake_count_; }

private:
    static Json capabilities() {
        Json encodings;
        encodings.push("utf-8");
        const Json symbols = make_object("hierarchicalDocumentSymbolSupport", true);
        const Json literals = make_object("codeActionLiteralSupport", make_object("codeActionKind", make_object("valueSet", Json::Array{})));
        return make_object("general", make_object("positionEncodings", std::move(encodings)), "textDocument",
                           make_object("documentSymbol", symbols, "codeAction", literals));
    }

    void check_document() {
        const Json document = make_object("textDocument", make_object("uri", uri_));
        for (const std::string_view method :
             {"textDocument/documentSymbol", "textDocument/foldingRange", "textDocument/semanticTokens/full", "textDocument/codeLens",
              "textDocument/documentLink", "textDocument/diagnostic"}) {
            request(method, document);
        }
        Json whole = document;
        whole.set("range", range({0, static_cast<std::uint32_t>(source_->text().size())}));
        request("textDocument/inlayHint", whole);
        whole.set("options", make_object("tabSize", 4, "insertSpaces", true));
        request("textDocument/formatting", whole);
        request("textDocument/rangeFormatting", whole);
    }

    void check_token(const syntax::Token& token) {
        check_position(token.begin);
        check_position(token.end);
        const bool opens_a_list = token.kind == TokenKind::Dot || token.kind == TokenKind::ColonColon || token.kind == TokenKind::LeftParen;
        if (is_word(token.kind)) check_word(token.begin);
        if (is_word(token.kind) || opens_a_list) {
            request("textDocument/completion", make_object("textDocument", make_object("uri", uri_), "position", position(token.end)));
        }
    }

    void check_position(std::uint32_t offset) {
        if (offset == offset_ && offset != 0) return;
        offset_ = offset;
        Json params = make_object("textDocument", make_object("uri", uri_), "position", position(offset));
        for (const std::string_view method :
             {"textDocument/hover", "textDocument/definition", "textDocument/typeDefinition", "textDocument/documentHighlight",
              "textDocument/signatureHelp", "textDocument/prepareRename",
              "textDocument/prepareCallHierarchy"}) {
            request(method, params);
        }
        Json positions;
        positions.push(position(offset));
        request("textDocument/selectionRange", make_object("textDocument", make_object("uri", uri_), "positions", std::move(positions)));
        request("textDocument/codeAction", make_object("textDocument", make_object("uri", uri_), "range", range({offset, offset}),
                                                       "context", make_object("diagnostics", Json::Array{})));
    }

    /// What looks at every mention of a name.
    void check_word(std::uint32_t offset) {
        Json params = make_object("textDocument", make_object("uri", uri_), "position", position(offset));
        params.set("context", make_object("includeDeclaration", true)).set("newName", "renamed_by_check");
        request("textDocument/references", params);
        request("textDocument/rename", params);
    }

    /// Many requests go together: waiting for each alone would take most of the time.
    void request(std::string_view method, const Json& params) {
        constexpr std::size_t kMostWaiting = 256;
        std::size_t waiting_count = 0;
        {
            const std::lock_guard lock(mutex_);
            waiting_[++last_id_] = {method, offset_};
            waiting_count = waiting_.size();
        }
        server_.receive(request_text(Json(last_id_), method, params));
        if (waiting_count >= kMostWaiting) finish();
    }

    void finish() {
        server_.settle();
        for (const auto& [id, asked] : waiting_) report(asked, "no answer");
        waiting_.clear();
    }

    void notify(std::string_view method, const Json& params) {
        finish();
        server_.receive(notification_text(method, params));
        server_.settle();
    }

    void take(std::string_view body) {
        const std::lock_guard lock(mutex_);
        const std::optional<Json> message = parse_json(body);
        if (!message) return report({"a message", offset_}, "not JSON");
        if (message->has("method")) return;
        const auto asked = waiting_.find((*message)["id"].integer().value_or(0));
        if (asked == waiting_.end()) return report({"a message", offset_}, "a second answer");
        answered_ = asked->second;
        waiting_.erase(asked);
        ++answer_count_;
        const std::int64_t code = (*message)["error"]["code"].integer().value_or(0);
        if (code == static_cast<int>(ResponseCode::InternalError)) report(answered_, (*message)["error"]["message"].text());
        if (source_ != nullptr) look_at((*message)["result"]);
    }

    /// Every range of an answer about this file lies in it, and names have some extent.
    void look_at(const Json& json) {
        for (const Json& item : json.items()) look_at(item);
        const std::string_view other = json.has("textDocument") ? json["textDocument"]["uri"].text() : json["uri"].text();
        if (!other.empty() && other != uri_) return;
        for (const JsonMember& member : json.members()) {
            if (member.name.find(':') != std::string::npos && member.name != uri_) continue;  // edits by URI
            const bool is_range = member.value.has("start") && member.value.has("end");
            if (is_range) look_at_range(member.name, member.value);
            else look_at(member.value);
        }
    }

    void look_at_range(std::string_view name, const Json& range) {
        const auto offset_of = [&](const Json& json) {
            const LineColumn at{static_cast<std::uint32_t>(json["line"].integer().value_or(-1)),
                                static_cast<std::uint32_t>(json["character"].integer().value_or(-1))};
            const std::uint32_t offset = source_->lines().offset(at, PositionEncoding::Utf8);
            if (source_->lines().position(offset, PositionEncoding::Utf8) != at) report(answered_, "a position outside the file: " + write_json(json));
            return offset;
        };
        const std::uint32_t begin = offset_of(range["start"]), end = offset_of(range["end"]);
        if (begin > end) report(answered_, "a range that ends before it begins: " + write_json(range));
        const bool names_something = name == "selectionRange" || name == "originSelectionRange";
        if (names_something && begin == end) report(answered_, "an empty " + std::string(name));
    }

    /// A request that was sent, and where it asked.
    struct Asked {
        std::string_view method;
        std::uint32_t offset = 0;
    };

    void report(const Asked& asked, std::string_view what) {
        constexpr std::size_t kMostShown = 50;
        if (++mistake_count_ > kMostShown) return;
        const LineColumn at = source_ == nullptr ? LineColumn{} : source_->lines().position(asked.offset, PositionEncoding::Utf32);
        std::printf("%s:%u:%u: %s: %s\n", path_.c_str(), at.line + 1, at.column + 1, std::string(asked.method).c_str(), std::string(what).c_str());
    }

    [[nodiscard]] Json position(std::uint32_t offset) const {
        const LineColumn at = source_->lines().position(offset, PositionEncoding::Utf8);
        return make_object("line", at.line, "character", at.column);
    }
    [[nodiscard]] Json range(Span span) const { return make_object("start", position(span.begin), "end", position(span.end)); }

    std::string path_, uri_;
    const SourceFile* source_ = nullptr;
    std::uint32_t offset_ = 0;
    std::int64_t last_id_ = 0;
    std::mutex mutex_;                       // answers come from several threads
    std::map<std::int64_t, Asked> waiting_;  // by id
    Asked answered_;
    std::size_t answer_count_ = 0, mistake_count_ = 0;
    Server server_;  // last: its threads may call take()
};

}  // namespace

int check_files(const std::vector<std::string>& paths) {
    Checker checker;
    bool is_missing = false;
    for (const std::string& path : paths) {
        Result<std::shared_ptr<const SourceFile>> source = load_source(path);
        if (!source) {
            std::fprintf(stderr, "ruff lsp: %s\n", source.error().message.c_str());
            is_missing = true;
            continue;
        }
        // What is no UTF-8 cannot be sent: the server gets what an editor would show.
        const std::optional<Json> sent = parse_json(write_json(Json((*source)->text())));
        checker.check(path, *make_source(path, std::string(sent ? sent->text() : std::string_view{})));
    }
    std::printf("%zu answers in %zu file%s, %zu wrong.\n", checker.answer_count(), paths.size(), paths.size() == 1 ? "" : "s", checker.mistake_count());
    if (is_missing) return 5;
    return checker.mistake_count() == 0 ? 0 : 1;
}

}  // namespace ruff::lsp
