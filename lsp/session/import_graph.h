#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "lsp/session/snapshot.h"

namespace ruff::lsp {

/// Which files import which, kept from one snapshot to the next: after an edit only the edited file is looked at again,
/// and everything when files have come or gone, for then an import may lead elsewhere. Not thread-safe.
class ImportGraph {
public:
    /// `paths`, and the files that import one of them, directly or not, or did so at the last call.
    [[nodiscard]] std::set<std::string> with_dependents(const Snapshot& snapshot, const std::set<std::string>& paths);

private:
    struct File {
        std::weak_ptr<const FileText> text;
        std::vector<std::string> imports;  // paths of known files
    };

    void add_importers(std::set<std::string>& found) const;
    void update(const Snapshot& snapshot);
    [[nodiscard]] bool has_other_files(const Snapshot& snapshot);

    std::weak_ptr<const FileMap> disk_;
    std::set<std::string> open_;
    std::map<std::string, File> files_;  // by path
    std::unordered_map<std::string, std::vector<std::string>> importers_;  // by the path that is imported
};

}  // namespace ruff::lsp
