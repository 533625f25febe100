#include "lsp/session/server.h"

#include <algorithm>
#include <exception>

#include "lsp/features/commands.h"
#include "lsp/features/diagnostics.h"
#include "lsp/features/token_history.h"
#include "lsp/protocol/uri.h"

namespace ruff::lsp {

namespace {

/// What waits beyond this many bytes of text keeps the reader from reading on; parsed it takes several times as much.
constexpr std::size_t kMaxWaiting = 8 * 1024 * 1024;

bool is_id(const Json& id) { return id.is_string() || id.integer().has_value(); }

/// `result` may be null, and old clients leave it out then. An answer to such a message would be taken for one to the
/// client's own request of that id.
bool looks_like_response(const Json& message) {
    const Json::Object& members = message.members();
    return members.size() == 2 || std::any_of(members.begin(), members.end(), [](const JsonMember& member) {
        return member.name == "result" || member.name == "error";
    });
}

}  // namespace

Server::Server(Send send) : send_(std::move(send)) { snapshot_ = workspace_.make_snapshot(nullptr); }

Server::~Server() {
    stop_.stop(StopSignal::Reason::Cancelled);
    stop_all_calls();
    {
        const std::lock_guard lock(check_mutex_);
        ++newest_;
    }
    background_lane_.stop();
    latency_lane_.stop();
}

// ---- Reader --------------------------------------------------------------------------------------------------

void Server::receive(std::string_view body) {
    std::optional<Json> message = parse_json(body);
    if (!message) return send(error_text(Json(), {ResponseCode::ParseError, "not one JSON value"}));
    const Json& id = (*message)["id"];
    const bool has_method = (*message)["method"].is_string();
    const bool is_response = !has_method && is_id(id) && looks_like_response(*message);
    if (!message->is_object() || (!has_method && !is_response)) {
        return send(error_text(is_id(id) ? id : Json(), {ResponseCode::InvalidRequest, "not a message of JSON-RPC 2.0"}));
    }
    Item item;
    item.size = body.size();
    item.message = std::move(*message);
    if (has_method && item.message.has("id")) {
        if (!is_id(item.message["id"])) {
            return send(error_text(Json(), {ResponseCode::InvalidRequest, "an id is a number or a string"}));
        }
        register_call(item);
        if (item.call == nullptr) return;
    } else if (item.message["method"].text() == "$/cancelRequest") {
        return cancel(item.message["params"]["id"]);
    }
    push(std::move(item));
}

void Server::register_call(Item& item) {
    auto call = std::make_shared<Call>();
    call->id = item.message["id"];
    call->id_text = write_json(call->id);
    call->method = item.message["method"].text();
    {
        const std::lock_guard lock(calls_mutex_);
        if (calls_.emplace(call->id_text, call).second) item.call = call;
    }
    if (item.call == nullptr) {
        send(error_text(call->id, {ResponseCode::InvalidRequest, "a request with this id is not answered yet"}));
    }
}

void Server::cancel(const Json& id) {
    std::shared_ptr<Call> call;
    {
        const std::lock_guard lock(calls_mutex_);
        const auto found = calls_.find(write_json(id));
        if (found != calls_.end()) call = found->second;
    }
    if (call == nullptr || call->method == "initialize" || call->method == "shutdown") return;
    call->stop.stop(StopSignal::Reason::Cancelled);
    reply(*call, ResponseError{ResponseCode::RequestCancelled, "cancelled"});
}

void Server::push(Item item) {
    std::unique_lock lock(inbox_mutex_);
    inbox_drained_.wait(lock, [this] { return inbox_size_ <= kMaxWaiting || is_closed_; });
    inbox_size_ += item.size;
    inbox_.push_back(std::move(item));
    inbox_filled_.notify_one();
}

void Server::receive_bad_frame(FrameReader::Event event) {
    if (event == FrameReader::Event::TooLarge) {
        send(error_text(Json(), {ResponseCode::InvalidRequest, "a message of more than 64 MiB"}));
    } else {
        send(error_text(Json(), {ResponseCode::ParseError, "expected a header with Content-Length"}));
    }
}

void Server::close() {
    const std::lock_guard lock(inbox_mutex_);
    is_closed_ = true;
    inbox_filled_.notify_one();
    inbox_drained_.notify_all();
}

// ---- Writer --------------------------------------------------------------------------------------------------

bool Server::take(Item& item, bool waits) {
    std::unique_lock lock(inbox_mutex_);
    if (waits) inbox_filled_.wait(lock, [this] { return is_closed_ || !inbox_.empty(); });
    if (inbox_.empty()) return false;
    item = std::move(inbox_.front());
    inbox_.pop_front();
    inbox_size_ -= item.size;
    inbox_drained_.notify_one();
    return true;
}

int Server::run() {
    while (!has_exited_) {
        Item item;
        // Changes that came together are taken in together, before anything is looked at.
        if (!take(item, false)) {
            refresh();
            if (!take(item, true)) break;
        }
        handle(item);
    }
    return exit_code_;
}

void Server::settle() {
    for (;;) {
        Item item;
        while (!has_exited_ && take(item, false)) handle(item);
        if (!has_exited_) refresh();
        latency_lane_.settle();
        background_lane_.settle();
        const std::lock_guard lock(inbox_mutex_);
        if (has_exited_ || inbox_.empty()) return;
    }
}

void Server::handle(Item& item) {
    if (item.work) return item.work();
    const std::string_view method = item.message["method"].text();
    if (item.call != nullptr) return handle_request(item);
    if (method.empty()) return handle_response(item.message);
    if (method == "exit") {
        has_exited_ = true;
        exit_code_ = phase_ == Phase::ShutDown ? 0 : 1;
        return;
    }
    if (phase_ == Phase::Running) handle_notification(method, item.message["params"]);
}

void Server::handle_request(const Item& item) {
    Call& call = *item.call;
    {
        const std::lock_guard lock(calls_mutex_);
        call.is_taken_up = true;
    }
    const Json& params = item.message["params"];
    const auto refuse_with = [&](ResponseCode code, std::string message) { reply(call, ResponseError{code, std::move(message)}); };
    if (phase_ == Phase::ShutDown) return refuse_with(ResponseCode::InvalidRequest, "the server has been shut down");
    if (call.method == "initialize") {
        if (phase_ != Phase::New) return refuse_with(ResponseCode::InvalidRequest, "the server is initialized already");
        return initialize(call, params);
    }
    if (phase_ == Phase::New) return refuse_with(ResponseCode::ServerNotInitialized, "expected `initialize` first");
    if (call.method == "shutdown") {
        phase_ = Phase::ShutDown;
        stop_all_calls();
        return reply(call, Json());
    }
    const bool has_params = params.is_object() || params.is_null() || params.is_array();
    if (!has_params) return refuse_with(ResponseCode::InvalidRequest, "params are an object");
    refresh();
    if (call.method == "workspace/executeCommand") return execute_command(item.call, params);
    if (call.method == "workspace/diagnostic") {
        background_lane_.post([this, shared = item.call, params, snapshot = snapshot_] {
            run_workspace_diagnostic(shared, params, snapshot);
        });
        return;
    }
    const RequestRow* row = find_request(call.method);
    if (row == nullptr) return refuse_with(ResponseCode::MethodNotFound, "no request is called `" + call.method + "`");
    start_call(item.call, *row, params);
}

void Server::start_call(const std::shared_ptr<Call>& call, const RequestRow& row, const Json& params) {
    {
        const std::lock_guard lock(calls_mutex_);
        call->document = path_or_uri(params["textDocument"]["uri"].text());
        call->is_stopped_by_edits = row.lane == LaneKind::Background;
    }
    Lane& lane = row.lane == LaneKind::Latency ? latency_lane_ : background_lane_;
    lane.post([this, call, &row, params, snapshot = snapshot_] { run_call(*call, row, params, snapshot); });
}

void Server::run_call(Call& call, const RequestRow& row, const Json& params, const std::shared_ptr<const Snapshot>& snapshot) {
    if (call.stop.is_stopped()) return;
    Request request{*snapshot, params, call.stop, nullptr};
    try {
        if (row.needs_document) {
            const std::string_view uri = params["textDocument"]["uri"].text();
            request.file = snapshot->analysis_of_uri(uri);
            if (request.file == nullptr) return reply(call, bad_params("no document is known as `" + std::string(uri) + "`"));
        }
        reply(call, row.feature(request));
    } catch (const std::exception& failure) {
        reply(call, ResponseError{ResponseCode::InternalError, call.method + " failed: " + failure.what()});
    }
}

void Server::reply(Call& call, const Answer& answer) {
    {
        const std::lock_guard lock(calls_mutex_);
        if (call.is_answered) return;
        call.is_answered = true;
        calls_.erase(call.id_text);
    }
    send(answer.error ? error_text(call.id, *answer.error) : response_text(call.id, answer.result));
}

void Server::stop_calls(const std::string& document) {
    std::vector<std::shared_ptr<Call>> stopped;
    {
        const std::lock_guard lock(calls_mutex_);
        for (const auto& [id, call] : calls_) {
            if (call->is_stopped_by_edits && call->document == document) stopped.push_back(call);
        }
    }
    for (const auto& call : stopped) {
        call->stop.stop(StopSignal::Reason::Modified);
        reply(*call, ResponseError{ResponseCode::ContentModified, "the document has changed"});
    }
}

void Server::stop_all_calls() {
    std::vector<std::shared_ptr<Call>> stopped;
    {
        const std::lock_guard lock(calls_mutex_);
        for (const auto& [id, call] : calls_) {
            // What came after the shutdown is refused when its turn comes.
            if (call->is_taken_up && call->method != "shutdown") stopped.push_back(call);
        }
    }
    for (const auto& call : stopped) {
        call->stop.stop(StopSignal::Reason::Cancelled);
        reply(*call, ResponseError{ResponseCode::RequestCancelled, "the server is shutting down"});
    }
}

// ---- Life ----------------------------------------------------------------------------------------------------

void Server::initialize(Call& call, const Json& params) {
    phase_ = Phase::Running;
    workspace_.set_client(read_client(params));
    std::vector<std::string> folders;
    const auto add = [&](const Json& uri) {
        std::string path = path_of_uri(uri.text());
        if (!path.empty()) folders.push_back(std::move(path));
    };
    for (const Json& folder : params["workspaceFolders"].items()) add(folder["uri"]);
    if (folders.empty()) add(params["rootUri"]);
    if (folders.empty() && params["rootPath"].text().starts_with('/')) folders.emplace_back(params["rootPath"].text());
    workspace_.set_folders(std::move(folders));
    reply(call, initialize_result(workspace_.client()));
}

void Server::initialized() {
    register_watchers();
    ask_settings();
    scan_workspace();
}

void Server::register_watchers() {
    const Client& client = workspace_.client();
    Json registrations{Json::Array{}};
    if (client.can_register_watchers) {
        Json watchers;
        watchers.push(make_object("globPattern", "**/*.ruff"));
        watchers.push(make_object("globPattern", "**/" + std::string(config::kConfigFileName)));
        registrations.push(make_object("id", "files", "method", "workspace/didChangeWatchedFiles", "registerOptions",
                                       make_object("watchers", std::move(watchers))));
    }
    if (client.can_register_configuration) {
        registrations.push(make_object("id", "settings", "method", "workspace/didChangeConfiguration", "registerOptions",
                                       make_object("section", "rufflang")));
    }
    if (registrations.items().empty()) return;
    ask("client/registerCapability", make_object("registrations", std::move(registrations)), nullptr);
}

void Server::ask_settings() {
    if (!workspace_.client().can_configure) return;
    Json items;
    items.push(make_object("section", "rufflang"));
    ask("workspace/configuration", make_object("items", std::move(items)), [this](const Json& result) {
        if (result.items().empty()) return;
        Client client = workspace_.client();
        read_settings(client, result.items()[0]);
        const bool has_other_hints = client.shows_types != workspace_.client().shows_types ||
                                     client.shows_parameter_names != workspace_.client().shows_parameter_names;
        workspace_.set_client(std::move(client));
        if (has_other_hints && workspace_.client().can_refresh_hints) ask("workspace/inlayHint/refresh", Json(), nullptr);
    });
}

void Server::ask(std::string_view method, Json params, std::function<void(const Json& result)> then) {
    const std::int64_t id = ++last_request_;
    asked_[id] = std::move(then);
    send(request_text(id, method, params));
}

void Server::handle_response(const Json& message) {
    const auto found = asked_.find(message["id"].integer().value_or(0));
    if (found == asked_.end()) return;
    const std::function<void(const Json&)> then = std::move(found->second);
    asked_.erase(found);
    if (then && !message.has("error")) then(message["result"]);
}

void Server::scan_workspace() {
    if (workspace_.folders().empty()) return;
    const bool shows_progress = workspace_.client().can_show_progress;
    const std::string token = "ruff/scan/" + std::to_string(++last_request_);
    const auto start = [this, shows_progress, token] {
        background_lane_.post([this, shows_progress, token, folders = workspace_.folders()] {
            const auto progress = [this, shows_progress, token](std::string_view kind, Json value) {
                value.set("kind", kind);
                if (shows_progress) notify("$/progress", make_object("token", token, "value", std::move(value)));
            };
            progress("begin", make_object("title", "Reading Ruff files", "cancellable", false));
            std::vector<std::shared_ptr<const FileText>> found;
            for (const std::string& folder : folders) {
                auto files = scan_folder(folder, stop_, [&](std::size_t count) {
                    progress("report", make_object("message", std::to_string(found.size() + count) + " files"));
                });
                found.insert(found.end(), files.begin(), files.end());
            }
            Item item;
            item.work = [this, progress, files = std::move(found)]() mutable {
                const std::size_t count = files.size();
                workspace_.add_scanned(std::move(files));
                check_in_background({}, true);
                progress("end", make_object("message", std::to_string(count) + " files"));
            };
            const std::lock_guard lock(inbox_mutex_);
            inbox_.push_back(std::move(item));
            inbox_filled_.notify_one();
        });
    };
    if (!shows_progress) return start();
    ask("window/workDoneProgress/create", make_object("token", token), nullptr);
    start();
}

// ---- Notifications -------------------------------------------------------------------------------------------

void Server::handle_notification(std::string_view method, const Json& params) {
    const Json& document = params["textDocument"];
    const std::string_view uri = document["uri"].text();
    const std::int64_t version = document["version"].integer().value_or(0);
    if (method == "textDocument/didOpen") {
        if (uri.empty() || !document["text"].is_string()) return;
        stop_calls(path_or_uri(uri));
        workspace_.open(uri, version, std::string(document["text"].text()));
    } else if (method == "textDocument/didChange") {
        if (workspace_.change(uri, version, params["contentChanges"])) stop_calls(path_or_uri(uri));
    } else if (method == "textDocument/didClose") {
        if (!workspace_.is_open(uri)) return;
        stop_calls(path_or_uri(uri));
        workspace_.close(uri);
        workspace_.forget_tokens(std::string(uri));
        withdraw(std::string(uri));
        check_in_background({path_or_uri(uri)}, false);
    } else if (method == "textDocument/didSave") {
        workspace_.note_disk_change(path_of_uri(uri));
    } else if (method == "workspace/didChangeWatchedFiles") {
        std::set<std::string> changed;
        for (const Json& change : params["changes"].items()) {
            std::string path = path_of_uri(change["uri"].text());
            workspace_.note_disk_change(path);
            if (change["type"].integer() == 3) withdraw(std::string(change["uri"].text()));
            changed.insert(std::move(path));
        }
        const bool has_settings = std::any_of(changed.begin(), changed.end(), [](const std::string& path) {
            return path.ends_with(config::kConfigFileName);
        });
        if (workspace_.has_changed()) check_in_background(std::move(changed), has_settings);
    } else if (method == "workspace/didChangeWorkspaceFolders") {
        change_folders(params["event"]);
    } else if (method == "workspace/didChangeConfiguration") {
        change_settings(params);
    } else if (method == "initialized") {
        initialized();
    }
}

void Server::change_folders(const Json& event) {
    std::vector<std::string> folders = workspace_.folders();
    for (const Json& removed : event["removed"].items()) std::erase(folders, path_of_uri(removed["uri"].text()));
    for (const Json& added : event["added"].items()) {
        std::string path = path_of_uri(added["uri"].text());
        if (!path.empty() && std::find(folders.begin(), folders.end(), path) == folders.end()) folders.push_back(std::move(path));
    }
    workspace_.set_folders(std::move(folders));
    scan_workspace();
}

void Server::change_settings(const Json& params) {
    if (workspace_.client().can_configure) return ask_settings();
    Client client = workspace_.client();
    read_settings(client, params["settings"]);
    workspace_.set_client(std::move(client));
}

/// Makes a snapshot of what has changed. What was edited is analysed here and its diagnostics go out at once.
void Server::refresh() {
    if (!workspace_.has_changed()) return;
    const std::vector<std::string> edited = workspace_.edited();
    std::shared_ptr<Snapshot> next = workspace_.make_snapshot(snapshot_.get());
    snapshot_ = next;
    {
        const std::lock_guard lock(check_mutex_);
        newest_ = next->number();
    }
    std::set<std::string> changed;
    for (const std::string& path : edited) {
        const std::shared_ptr<const Analysis> analysis = next->analysis(path);
        // When the next edit is here already, what could be said now is stale before it is read.
        if (analysis != nullptr && !next->client().pulls_diagnostics && !has_waiting_change()) {
            publish(*next, *analysis->text, analysis->diagnostics());
        }
        changed.insert(path);
    }
    for (const auto& [path, file] : next->open_files()) (void)next->analysis(path);
    next->forget_before();
    check_in_background(std::move(changed), false);
    answer_held_workspace_calls();
}

bool Server::has_waiting_change() {
    const std::lock_guard lock(inbox_mutex_);
    return std::any_of(inbox_.begin(), inbox_.end(),
                       [](const Item& item) { return item.message["method"].text() == "textDocument/didChange"; });
}

// ---- Sending -------------------------------------------------------------------------------------------------

void Server::notify(std::string_view method, const Json& params) { send(notification_text(method, params)); }

void Server::send(std::string_view body) {
    const std::lock_guard lock(send_mutex_);
    send_(body);
}

}  // namespace ruff::lsp
