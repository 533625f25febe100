#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/support/diagnostic.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

/// Edits of several files, as the client wants them: with versions where it can check them.
class WorkspaceEdit {
public:
    explicit WorkspaceEdit(const Snapshot& snapshot) : snapshot_(snapshot) {}
    void add(const FileText& file, TextEdit edit);
    void add(const FileText& file, const std::vector<TextEdit>& edits);
    [[nodiscard]] bool is_empty() const { return files_.empty(); }
    /// In order of position, without repetitions.
    [[nodiscard]] Json take();

private:
    struct FileEdits {
        std::shared_ptr<const FileText> file;
        std::vector<TextEdit> edits;
    };
    const Snapshot& snapshot_;
    std::map<std::string, FileEdits> files_;  // by URI
};

[[nodiscard]] Json edit_json(const Snapshot& snapshot, const SourceFile& source, const TextEdit& edit);
[[nodiscard]] Json edits_json(const Snapshot& snapshot, const SourceFile& source, const std::vector<TextEdit>& edits);

/// How `ruff fmt` would lay the file out now: by the `rufflang.toml` and `.editorconfig` on the disk.
[[nodiscard]] formatter::LayoutOptions layout_of(const Analysis& file);

/// The edits that lead to the same text with the statements they touch formatted. Where they leave syntax errors, or
/// the file had some, they stay as they are.
[[nodiscard]] std::vector<TextEdit> formatted_edits(const Analysis& file, std::vector<TextEdit> edits);

/// Whether a `.` or `?.` stands before the token.
[[nodiscard]] bool is_after_dot(const Analysis& file, std::uint32_t token);

}  // namespace ruff::lsp
