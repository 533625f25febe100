#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lsp/features/request.h"
#include "lsp/features/token_history.h"
#include "lsp/session/snapshot.h"

namespace ruff::lsp {

/// The configurations of folders, read once each. Not thread-safe.
class SettingsCache {
public:
    /// Of the folder of `path`.
    [[nodiscard]] std::shared_ptr<const FolderSettings> settings_for(const std::string& path);
    void clear() { by_folder_.clear(), by_config_.clear(); }

private:
    std::unordered_map<std::string, std::shared_ptr<const FolderSettings>> by_folder_;
    std::unordered_map<std::string, std::shared_ptr<const FolderSettings>> by_config_;
};

/// The `.ruff` files below a folder, read. Hidden folders, links to folders and what the configuration excludes are left
/// out; the file system's root is not searched. Stops early when told to. `on_progress` gets the number of files so far.
[[nodiscard]] std::vector<std::shared_ptr<const FileText>> scan_folder(
    const std::string& folder, const StopSignal& stop, const std::function<void(std::size_t)>& on_progress);

/// The state of the server; owned by the writer, which alone may touch it. Makes the snapshots.
class Workspace {
public:
    Workspace();

    void set_client(Client client);
    [[nodiscard]] const Client& client() const { return *state_.client; }
    [[nodiscard]] const std::vector<std::string>& folders() const { return state_.folders; }
    void set_folders(std::vector<std::string> paths);

    [[nodiscard]] bool is_open(std::string_view uri) const { return state_.open.contains(path_or_uri(uri)); }
    /// A second opening of a document replaces it.
    void open(std::string_view uri, std::int64_t version, std::string text);
    /// The content changes of `didChange`, in order. False when the document is not open.
    bool change(std::string_view uri, std::int64_t version, const Json& changes);
    /// Its file on disk counts again.
    void close(std::string_view uri);
    void forget_tokens(const std::string& uri) { state_.token_history->forget(uri); }
    /// A file on disk was made, changed or removed.
    void note_disk_change(const std::string& path);
    /// Configuration files have changed: everything is looked at again.
    void reload_settings();
    void add_scanned(std::vector<std::shared_ptr<const FileText>> files);

    /// Whether anything has changed since the last snapshot.
    [[nodiscard]] bool has_changed() const { return has_changed_; }
    /// Paths of documents that were opened or edited since then.
    [[nodiscard]] const std::vector<std::string>& edited() const { return edited_; }
    /// Reads what open documents import from the disk, if it is not known or has changed, and makes a snapshot.
    [[nodiscard]] std::shared_ptr<Snapshot> make_snapshot(const Snapshot* before);

private:
    void load_imports();
    void load_import(const FileText& importer, const std::string& name, std::vector<std::shared_ptr<const FileText>>& waiting);
    FileMap& disk();
    std::shared_ptr<FileText> make_text(std::string path, std::string uri, std::shared_ptr<const SourceFile> source);
    /// Reads a file into the disk map, or takes it out if it is gone. Null if it is.
    std::shared_ptr<const FileText> read_disk(const std::string& path);
    void mark_edited(const std::string& path);

    Snapshot::State state_;
    bool owns_disk_ = false;  // no snapshot shares the map of disk files
    bool has_changed_ = true;
    std::vector<std::string> edited_;
    SettingsCache settings_;
};

/// The text after content changes, one after the other: each the whole text, or a range that is replaced. Changes that come
/// from the end to the beginning, as editors send those of many cursors, cost no new line index each.
[[nodiscard]] std::string changed_text(const SourceFile& before, const Json& changes, PositionEncoding encoding);

}  // namespace ruff::lsp
