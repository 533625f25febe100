#pragma once

// What the server knows at one moment.
//
// One thread, the writer (session.h), owns the state: which documents are open and what stands in them, which files
// lie in the workspace, what the client can do and has set. After each change it makes a new Snapshot, and that is all
// the other threads ever see. A request is answered from the snapshot of the moment it was taken up, however long that
// takes and whatever is typed meanwhile: no locks over data, no half-made state, no answer that mixes two versions.
//
//     writer     didChange ──▶ Snapshot 7 ──▶ diagnostics        didChange ──▶ Snapshot 8
//                                 │                                               │
//     latency lane                └──▶ hover, completion …                        └──▶ …
//     background lane                  └──▶ references (still 7, stopped when 8 makes it useless)
//
// Making one is cheap: the files on disk are one shared map that is replaced only when the disk changes, and what was
// analysed before is taken over when neither the file nor anything it imports has changed. An analysis is made at the
// first question about its file, by whoever asks; two threads that ask at once may both make it, and the first one
// done is kept. Analyses of open documents are held by the snapshot; those of other files only as long as somebody uses
// them, so a workspace of thousands of files costs its texts.
//
// Circular imports fail where they close the circle, so what they come to depends on where one begins. An analysis that
// met a circle is therefore good for the question about its own file only, and is made again when it is imported.
//
// The alternative, a database of memoised queries that is invalidated in place (as in rust-analyzer), shares more
// between versions. A file of ten thousand lines is parsed and resolved in milliseconds, so sharing whole files is enough.

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lsp/analysis/analysis.h"
#include "lsp/session/client.h"

namespace ruff::lsp {

class TokenHistory;

/// By path.
using FileMap = std::map<std::string, std::shared_ptr<const FileText>, std::less<>>;

class Snapshot {
public:
    struct State {
        std::uint64_t number = 0;                  ///< of the snapshot, from 1 up
        std::shared_ptr<const Client> client;
        std::shared_ptr<const FileMap> disk;       ///< workspace files, and what open documents import from elsewhere
        FileMap open;
        std::vector<std::string> folders;          ///< paths of the workspace folders
        std::string rule_pages;                    ///< folder of the installed pages; empty if there is none
        std::shared_ptr<TokenHistory> token_history;
    };
    /// Takes over from `before`, which may be null, what still holds.
    Snapshot(State state, const Snapshot* before);
    /// The writer has analysed what is open: what could have been taken over no longer has to be kept.
    void forget_before();

    [[nodiscard]] std::uint64_t number() const { return state_.number; }
    [[nodiscard]] const Client& client() const { return *state_.client; }
    [[nodiscard]] const FileMap& open_files() const { return state_.open; }
    [[nodiscard]] const FileMap& disk_files() const { return *state_.disk; }
    /// The same; another object whenever it has changed.
    [[nodiscard]] const std::shared_ptr<const FileMap>& disk() const { return state_.disk; }
    [[nodiscard]] const std::vector<std::string>& folders() const { return state_.folders; }
    [[nodiscard]] const std::string& rule_pages() const { return state_.rule_pages; }
    [[nodiscard]] TokenHistory& token_history() const { return *state_.token_history; }

    /// The open document, else the file on disk; null if neither is known.
    [[nodiscard]] std::shared_ptr<const FileText> find(std::string_view path) const;
    [[nodiscard]] std::shared_ptr<const FileText> find_uri(std::string_view uri) const;
    /// Every file once, open ones in the place of those on disk. Stops when `function` gives false.
    void each_file(const std::function<bool(const std::shared_ptr<const FileText>&)>& function) const;
    /// Whether a file belongs to a folder of the workspace.
    [[nodiscard]] bool is_in_workspace(std::string_view path) const;

    /// The analysis of a file that `find` knows, else null. Thread-safe.
    [[nodiscard]] std::shared_ptr<const Analysis> analysis(std::string_view path) const;
    [[nodiscard]] std::shared_ptr<const Analysis> analysis_of_uri(std::string_view uri) const;

    /// Where the module of an import lies for `importer`: the first file of its search that is known; else empty, and
    /// `looked` are the places.
    [[nodiscard]] std::string find_module(const FileText& importer, std::string_view name,
                                          std::vector<std::string>* looked = nullptr) const;

    // Positions as this client counts them.
    [[nodiscard]] Json position(const SourceFile& source, std::uint32_t offset) const;
    [[nodiscard]] Json range(const SourceFile& source, Span span) const;
    [[nodiscard]] Json location(const FileText& file, Span span) const;
    [[nodiscard]] std::uint32_t offset(const SourceFile& source, const Json& position) const;
    [[nodiscard]] Span span(const SourceFile& source, const Json& range) const;

private:
    friend class Analyzer;
    using Cache = std::unordered_map<std::string, std::weak_ptr<const Analysis>>;

    [[nodiscard]] std::shared_ptr<const Analysis> known(const std::string& path) const;
    [[nodiscard]] std::shared_ptr<const Analysis> candidate(const std::string& path) const;
    [[nodiscard]] std::shared_ptr<const Analysis> keep(const std::string& path, std::shared_ptr<const Analysis> made) const;

    State state_;
    mutable std::mutex mutex_;
    mutable Cache current_;     // what holds for this snapshot
    mutable Cache candidates_;  // of the snapshot before, not looked at yet
    mutable std::vector<std::shared_ptr<const Analysis>> held_;  // keeps those of open documents, and candidates for them
    mutable std::vector<std::shared_ptr<const Analysis>> held_before_;
};

/// The analyses of many files, one after the other. The last ones are kept meanwhile: the next file often imports what
/// they import.
class AnalysisSeries {
public:
    explicit AnalysisSeries(const Snapshot& snapshot) : snapshot_(snapshot) {}
    [[nodiscard]] std::shared_ptr<const Analysis> analysis(std::string_view path) {
        std::shared_ptr<const Analysis> made = snapshot_.analysis(path);
        kept_[next_++ % kept_.size()] = made;
        return made;
    }

private:
    const Snapshot& snapshot_;
    std::array<std::shared_ptr<const Analysis>, 64> kept_;
    std::size_t next_ = 0;
};

/// The key of a document: its path, or its URI where it has no file.
[[nodiscard]] std::string path_or_uri(std::string_view uri);

}  // namespace ruff::lsp
