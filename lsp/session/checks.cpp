// Diagnostics of everything but the document that is edited: dependents and the workspace, in the background, and the
// answers of clients that ask instead of being told.

#include "lsp/features/diagnostics.h"
#include "lsp/protocol/uri.h"
#include "lsp/session/server.h"

namespace ruff::lsp {

/// Tells the client, unless it has been told the same, or something newer.
void Server::publish(const Snapshot& snapshot, const FileText& file, const std::vector<Diagnostic>& diagnostics) {
    Json params = make_object("uri", file.uri);
    if (file.version) params.set("version", *file.version);
    params.set("diagnostics", diagnostics_json(snapshot, file, diagnostics));
    publish_body(snapshot, file.uri, file.version.has_value(), diagnostics.empty(), notification_text("textDocument/publishDiagnostics", params));
}

/// What is wrong with the configuration of a folder.
void Server::publish_settings(const Snapshot& snapshot, const FolderSettings& settings) {
    if (settings.source == nullptr) return;
    FileText file;
    file.path = settings.source->path();
    file.uri = uri_of_path(file.path);
    file.source = settings.source;
    const Json params = make_object("uri", file.uri, "diagnostics", diagnostics_json(snapshot, file, settings.problems));
    publish_body(snapshot, file.uri, false, settings.problems.empty(), notification_text("textDocument/publishDiagnostics", params));
}

void Server::publish_body(const Snapshot& snapshot, const std::string& uri, bool is_open, bool is_empty, std::string body) {
    const std::lock_guard lock(published_mutex_);
    Published& told = published_[uri];
    if (told.snapshot > snapshot.number()) return;
    told.snapshot = snapshot.number();
    // The version of an open document is news; that a file on disk is still clean is not.
    if (told.body == body || (!is_open && told.is_empty && is_empty)) return;
    told.is_empty = is_empty;
    send(body);
    told.body = std::move(body);
}

/// There is nothing to say about the document any more.
void Server::withdraw(const std::string& uri) {
    const std::lock_guard lock(published_mutex_);
    const auto found = published_.find(uri);
    if (found == published_.end()) return;
    if (!found->second.is_empty) {
        notify("textDocument/publishDiagnostics", make_object("uri", uri, "diagnostics", Json::Array{}));
    }
    // A check of an older snapshot, in which it was still there, has nothing to say any more.
    found->second = {snapshot_->number() + 1, {}, true};
}

void Server::check_in_background(std::set<std::string> changed, bool all) {
    const std::lock_guard lock(check_mutex_);
    changed_.merge(changed);
    checks_all_ = checks_all_ || all;
    if (workspace_.has_changed()) return;  // the snapshot that is about to be made posts it
    background_lane_.post([this, snapshot = std::shared_ptr<const Snapshot>(snapshot_)] { run_background_check(snapshot); });
}

/// Looks at what depends on the files that have changed. Gives up as soon as there is a newer snapshot, whose own check
/// takes over what is left.
void Server::run_background_check(const std::shared_ptr<const Snapshot>& snapshot) {
    std::set<std::string> changed;
    bool all = false;
    {
        const std::lock_guard lock(check_mutex_);
        if (newest_ != snapshot->number()) return;
        changed.swap(changed_);
        std::swap(all, checks_all_);
    }
    if (changed.empty() && !all) return;
    const std::set<std::string> affected = import_graph_.with_dependents(*snapshot, changed);
    bool is_stale = false, has_open_dependents = false;
    std::set<std::shared_ptr<const FolderSettings>> settings;
    AnalysisSeries series(*snapshot);
    snapshot->each_file([&](const std::shared_ptr<const FileText>& file) {
        {
            const std::lock_guard lock(check_mutex_);
            is_stale = newest_ != snapshot->number();
        }
        if (is_stale) return false;
        if (!is_checked_in_workspace(*snapshot, *file)) return true;
        if (!all && !affected.contains(file->path)) return true;
        if (settings.insert(file->settings).second) publish_settings(*snapshot, *file->settings);
        if (snapshot->client().pulls_diagnostics) {
            has_open_dependents = has_open_dependents || (file->is_open() && !changed.contains(file->path));
            return !has_open_dependents;
        }
        const std::shared_ptr<const Analysis> analysis = series.analysis(file->path);
        if (analysis != nullptr) publish(*snapshot, *file, analysis->diagnostics());
        return true;
    });
    if (is_stale) {
        const std::lock_guard lock(check_mutex_);
        changed_.merge(changed);
        checks_all_ = checks_all_ || all;
    } else if (has_open_dependents && snapshot->client().can_refresh_diagnostics) {
        Item item;
        item.work = [this] { ask("workspace/diagnostic/refresh", Json(), nullptr); };
        const std::lock_guard lock(inbox_mutex_);
        inbox_.push_back(std::move(item));
        inbox_filled_.notify_one();
    }
}

// ---- workspace/diagnostic ------------------------------------------------------------------------------------

/// Reports every file whose diagnostics are not those that the client names. Where there is nothing new the request
/// is kept until there is, as the protocol allows: a client would ask again at once.
void Server::run_workspace_diagnostic(const std::shared_ptr<Call>& call, const Json& params,
                                      const std::shared_ptr<const Snapshot>& snapshot) {
    std::unordered_map<std::string_view, std::string_view> before;
    for (const Json& each : params["previousResultIds"].items()) before[each["uri"].text()] = each["value"].text();
    Json items{Json::Array{}};
    AnalysisSeries series(*snapshot);
    snapshot->each_file([&](const std::shared_ptr<const FileText>& file) {
        if (call->stop.is_stopped()) return false;
        if (!is_checked_in_workspace(*snapshot, *file)) return true;
        const std::shared_ptr<const Analysis> analysis = series.analysis(file->path);
        if (analysis == nullptr) return true;
        Json found = diagnostics_json(*snapshot, *file, analysis->diagnostics());
        const std::string id = diagnostics_id(found);
        const auto known = before.find(file->uri);
        if (known != before.end() && known->second == id) return true;
        if (known == before.end() && found.items().empty() && !before.empty()) return true;
        Json report = make_object("uri", file->uri, "version", file->version ? Json(*file->version) : Json(), "kind", "full",
                                  "resultId", id, "items", std::move(found));
        items.push(std::move(report));
        return true;
    });
    if (call->stop.is_stopped()) return;
    if (!items.items().empty() || params["previousResultIds"].items().empty()) {
        return reply(*call, make_object("items", std::move(items)));
    }
    Item item;
    item.work = [this, call, params, snapshot] {
        held_calls_.push_back({call, params});
        if (snapshot != snapshot_) answer_held_workspace_calls();
    };
    const std::lock_guard lock(inbox_mutex_);
    inbox_.push_back(std::move(item));
    inbox_filled_.notify_one();
}

void Server::answer_held_workspace_calls() {
    for (HeldCall& held : held_calls_) {
        if (held.call->stop.is_stopped()) continue;
        background_lane_.post([this, held, snapshot = snapshot_] { run_workspace_diagnostic(held.call, held.params, snapshot); });
    }
    held_calls_.clear();
}

}  // namespace ruff::lsp
