#include "lsp/session/workspace.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "core/sema/module_graph.h"
#include "lsp/features/token_history.h"
#include "lsp/protocol/uri.h"
#include "lsp/session/rule_pages.h"

namespace ruff::lsp {

namespace fs = std::filesystem;

namespace {

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return {};
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// Without symbolic links, also of a file that is not there yet.
std::string real_file_path(const std::string& path) {
    std::string real = sema::real_path(path);
    const std::string folder = folder_of(path);
    if (real != path || folder.size() < 2) return real;
    return sema::real_path(folder) + path.substr(folder.size());
}

/// What changes whenever the content does; 0 where there is no such file.
std::int64_t stamp_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    const std::int64_t time = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
    return time ^ (std::int64_t{status.st_size} << 40) ^ static_cast<std::int64_t>(status.st_ino) ^ 1;
}

std::shared_ptr<const FolderSettings> read_settings(const std::string& folder, const std::optional<std::string>& file) {
    auto settings = std::make_shared<FolderSettings>();
    settings->root = folder.empty() ? "/" : folder;
    if (file) settings->root = folder_of(*file);
    settings->real_root = sema::real_path(settings->root);
    if (!file) return settings;
    if (Result<config::LoadedConfig> loaded = config::load_config(*file)) {
        settings->problems = loaded->diagnostics;
        for (Diagnostic& each : settings->selection.apply(loaded->config.check)) settings->problems.push_back(std::move(each));
        settings->source = loaded->source;
        settings->config = std::move(loaded->config);
        settings->layout = {settings->config.format.line_width.value_or(config::kDefaultLineWidth),
                            settings->config.format.indent.value_or(config::kDefaultIndent)};
    }
    return settings;
}

}  // namespace

std::shared_ptr<const FolderSettings> SettingsCache::settings_for(const std::string& path) {
    const std::string folder = path.starts_with('/') ? folder_of(path) : std::string();
    std::shared_ptr<const FolderSettings>& known = by_folder_[folder];
    if (known != nullptr) return known;
    const std::optional<std::string> file = folder.empty() ? std::nullopt : config::find_config(folder);
    if (!file) return known = read_settings(folder, file);
    std::shared_ptr<const FolderSettings>& shared = by_config_[*file];
    if (shared == nullptr) shared = read_settings(folder, file);
    return known = shared;
}

// ---- Scanning ------------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t kMaxScannedFiles = 20'000;
constexpr std::size_t kMaxVisited = 500'000;

std::shared_ptr<FileText> read_file_text(const std::string& path, SettingsCache& settings) {
    const std::int64_t stamp = stamp_of(path);
    if (stamp == 0) return nullptr;
    Result<std::shared_ptr<const SourceFile>> source = load_source(path);
    if (!source) return nullptr;
    auto text = std::make_shared<FileText>();
    text->path = path;
    text->real_path = real_file_path(path);
    text->uri = uri_of_path(path);
    text->source = std::move(source).value();
    text->settings = settings.settings_for(path);
    text->stamp = stamp;
    text->is_excluded = text->settings->config.is_excluded(path);
    return text;
}

}  // namespace

std::vector<std::shared_ptr<const FileText>> scan_folder(const std::string& folder, const StopSignal& stop,
                                                         const std::function<void(std::size_t)>& on_progress) {
    std::vector<std::shared_ptr<const FileText>> files;
    if (folder == "/") return files;
    SettingsCache settings;
    std::error_code error;
    std::size_t visited = 0;
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
    for (; !error && at != end && ++visited < kMaxVisited && files.size() < kMaxScannedFiles; at.increment(error)) {
        if (stop.is_stopped()) return files;
        std::error_code ignored;
        const std::string path = at->path().string();
        const std::string name = at->path().filename().string();
        if (at->is_directory(ignored)) {
            const bool is_left_out = name.starts_with('.') || name == "node_modules" ||
                                     settings.settings_for(path)->config.is_excluded(path);
            if (is_left_out) at.disable_recursion_pending();
            continue;
        }
        if (!name.ends_with(".ruff")) continue;
        if (auto text = read_file_text(path, settings)) files.push_back(std::move(text));
        if (files.size() % 100 == 0) on_progress(files.size());
    }
    return files;
}

// ---- The state -----------------------------------------------------------------------------------------------

Workspace::Workspace() {
    state_.client = std::make_shared<const Client>();
    state_.disk = std::make_shared<const FileMap>();
    state_.rule_pages = find_rule_pages();
    state_.token_history = std::make_shared<TokenHistory>();
}

void Workspace::set_client(Client client) {
    state_.client = std::make_shared<const Client>(std::move(client));
    has_changed_ = true;
}

void Workspace::set_folders(std::vector<std::string> paths) {
    state_.folders = std::move(paths);
    // Files of folders that have gone stay known only while they are open or imported.
    std::erase_if(disk(), [&](const auto& entry) {
        return std::none_of(state_.folders.begin(), state_.folders.end(), [&](const std::string& folder) {
            return entry.first.starts_with(folder + "/");
        });
    });
    has_changed_ = true;
}

FileMap& Workspace::disk() {
    if (!owns_disk_) state_.disk = std::make_shared<const FileMap>(*state_.disk);
    owns_disk_ = true;
    return const_cast<FileMap&>(*state_.disk);  // made by the line above, and not handed out yet
}

std::shared_ptr<FileText> Workspace::make_text(std::string path, std::string uri, std::shared_ptr<const SourceFile> source) {
    auto text = std::make_shared<FileText>();
    text->settings = settings_.settings_for(path);
    text->is_excluded = text->settings->config.is_excluded(path);
    text->real_path = path.starts_with('/') ? real_file_path(path) : path;
    text->path = std::move(path);
    text->uri = std::move(uri);
    text->source = std::move(source);
    return text;
}

void Workspace::mark_edited(const std::string& path) {
    has_changed_ = true;
    if (std::find(edited_.begin(), edited_.end(), path) == edited_.end()) edited_.push_back(path);
}

void Workspace::open(std::string_view uri, std::int64_t version, std::string text) {
    std::string path = path_or_uri(uri);
    std::shared_ptr<FileText> opened = make_text(path, std::string(uri), make_source(path, std::move(text)));
    opened->version = version;
    state_.open[path] = std::move(opened);
    mark_edited(path);
}

bool Workspace::change(std::string_view uri, std::int64_t version, const Json& changes) {
    const std::string path = path_or_uri(uri);
    const auto found = state_.open.find(path);
    if (found == state_.open.end()) return false;
    std::string text = changed_text(*found->second->source, changes, state_.client->encoding);
    std::shared_ptr<FileText> changed = make_text(path, found->second->uri, make_source(path, std::move(text)));
    changed->version = version;
    found->second = std::move(changed);
    mark_edited(path);
    return true;
}

void Workspace::close(std::string_view uri) {
    const std::string path = path_or_uri(uri);
    if (state_.open.erase(path) == 0) return;
    std::erase(edited_, path);
    has_changed_ = true;
    if (path.starts_with('/')) read_disk(path);
}

std::shared_ptr<const FileText> Workspace::read_disk(const std::string& path) {
    const auto known = state_.disk->find(path);
    const std::int64_t stamp = stamp_of(path);
    if (known != state_.disk->end() && known->second->stamp == stamp) return known->second;
    std::shared_ptr<FileText> text = read_file_text(path, settings_);
    if (text == nullptr && known == state_.disk->end()) return nullptr;
    has_changed_ = true;
    if (text == nullptr) disk().erase(path);
    else disk()[path] = text;
    return text;
}

void Workspace::note_disk_change(const std::string& path) {
    if (path.empty()) return;
    if (path.ends_with(std::string("/") + std::string(config::kConfigFileName))) return reload_settings();
    std::error_code error;
    if (path.ends_with(".ruff")) {
        read_disk(path);
    } else if (!fs::exists(path, error)) {  // a folder that has gone
        if (std::erase_if(disk(), [&](const auto& entry) { return entry.first.starts_with(path + "/"); }) > 0) has_changed_ = true;
    }
}

void Workspace::reload_settings() {
    settings_.clear();
    has_changed_ = true;
    const auto renewed = [&](const std::shared_ptr<const FileText>& text) {
        std::shared_ptr<FileText> copy = make_text(text->path, text->uri, text->source);
        copy->version = text->version;
        copy->stamp = text->stamp;
        return copy;
    };
    for (auto& [path, text] : state_.open) text = renewed(text);
    for (auto& [path, text] : disk()) text = renewed(text);
}

void Workspace::add_scanned(std::vector<std::shared_ptr<const FileText>> files) {
    for (auto& file : files) {
        // What was read meanwhile, because a document imports it, stays.
        if (!state_.disk->contains(file->path)) disk().emplace(file->path, std::move(file));
    }
    has_changed_ = true;
}

std::shared_ptr<Snapshot> Workspace::make_snapshot(const Snapshot* before) {
    load_imports();
    ++state_.number;
    owns_disk_ = false;
    has_changed_ = false;
    edited_.clear();
    return std::make_shared<Snapshot>(state_, before);
}

void Workspace::load_imports() {
    std::set<std::string> seen;
    std::vector<std::shared_ptr<const FileText>> waiting;
    for (const auto& [path, text] : state_.open) waiting.push_back(text);
    while (!waiting.empty()) {
        const std::shared_ptr<const FileText> at = std::move(waiting.back());
        waiting.pop_back();
        if (at == nullptr || !at->path.starts_with('/') || !seen.insert(at->path).second) continue;
        for (const std::string& name : at->import_names()) load_import(*at, name, waiting);
    }
}

void Workspace::load_import(const FileText& importer, const std::string& name,
                            std::vector<std::shared_ptr<const FileText>>& waiting) {
    for (const std::string& path : sema::module_paths(importer.path, name, importer.settings->root)) {
        if (const auto open = state_.open.find(path); open != state_.open.end()) return waiting.push_back(open->second);
        // Asking the disk each time costs a microsecond, and serves clients that watch no files.
        if (auto text = read_disk(path)) return waiting.push_back(std::move(text));
    }
}

// ---- Edits ---------------------------------------------------------------------------------------------------

namespace {

LineColumn position_of(const Json& position) {
    const auto number = [&](std::string_view name) {
        constexpr std::int64_t kMost = 0xFFFFFFF0;
        return static_cast<std::uint32_t>(std::clamp(position[name].integer().value_or(0), std::int64_t{0}, kMost));
    };
    return {number("line"), number("character")};
}

/// A text that is being changed, and a line index of what it was at some time.
class ChangingText {
public:
    ChangingText(const SourceFile& before, PositionEncoding encoding)
        : text_(before.text()), lines_(&before.lines()), same_until_(text_.size() + 2), encoding_(encoding) {}

    void apply(const Json& change) {
        const std::string_view replacement = change["text"].text();
        if (!change.has("range")) {
            text_ = replacement;
            behind_.clear();
            same_until_ = 0;
            return;
        }
        const std::uint32_t begin = offset_of(change["range"]["start"]), end = std::max(begin, offset_of(change["range"]["end"]));
        behind_.emplace_back(text_.substr(end));
        behind_.emplace_back(replacement);
        text_.resize(begin);
        same_until_ = begin;
    }

    [[nodiscard]] std::string take() {
        join();
        return std::move(text_);
    }

private:
    std::uint32_t offset_of(const Json& json) {
        const LineColumn position = position_of(json);
        const std::uint32_t offset = lines_->offset(position, encoding_);
        // Where the line ends the byte behind counts too: a LF after CR.
        if (offset + std::size_t{1} < same_until_) return offset;
        join();
        indexed_ = text_;
        lines_ = &own_lines_.emplace(indexed_);
        same_until_ = text_.size() + 2;
        return lines_->offset(position, encoding_);
    }

    void join() {
        for (; !behind_.empty(); behind_.pop_back()) text_ += behind_.back();
    }

    std::string text_;                     // up to the last change
    std::vector<std::string> behind_;      // what follows, the last piece first
    const LineIndex* lines_;
    std::string indexed_;                  // what `own_lines_` looks at
    std::optional<LineIndex> own_lines_;
    std::size_t same_until_;               // before it `lines_` holds; 2 more than the size where it holds everywhere
    PositionEncoding encoding_;
};

}  // namespace

std::string changed_text(const SourceFile& before, const Json& changes, PositionEncoding encoding) {
    ChangingText text(before, encoding);
    for (const Json& change : changes.items()) text.apply(change);
    return text.take();
}

}  // namespace ruff::lsp
