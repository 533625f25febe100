#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/config/config.h"
#include "core/lint/lint.h"
#include "core/support/source_file.h"
#include "core/syntax/parser.h"
#include "formatter/format.h"
#include "lsp/analysis/declared_symbols.h"

namespace ruff::lsp {

/// What the nearest `rufflang.toml` says about the files of a folder.
struct FolderSettings {
    config::Config config;
    lint::Selection selection;
    formatter::LayoutOptions layout;
    std::string root;  ///< the package root: modules are not sought above it
    std::string real_root;  ///< the same without symbolic links
    std::shared_ptr<const SourceFile> source;  ///< the file, null if there is none
    std::vector<Diagnostic> problems;          ///< what is wrong with it
};

/// One version of a file, from the disk or from the editor. Immutable and shared between threads.
class FileText {
public:
    std::string path;  ///< absolute; of a document that has no file its URI
    std::string uri;   ///< as the client writes it
    std::string real_path;  ///< without symbolic links
    std::shared_ptr<const SourceFile> source;
    std::shared_ptr<const FolderSettings> settings;
    std::optional<std::int64_t> version;  ///< of an open document
    std::int64_t stamp = 0;               ///< of a file on disk: what changes when the file does
    bool is_excluded = false;             ///< by the configuration: its problems are shown only while it is open

    [[nodiscard]] bool is_open() const { return version.has_value(); }
    [[nodiscard]] std::string_view text() const { return source->text(); }

    /// Parsed at the first call, and again when everybody has let go of it. Thread-safe.
    [[nodiscard]] syntax::ParseResult tree() const {
        const std::lock_guard lock(mutex_);
        syntax::ParseResult tree = tree_.lock();
        if (tree == nullptr) tree_ = tree = syntax::parse_file(source);
        return tree;
    }

    /// The modules that its import statements name. Found at the first call, thread-safe.
    [[nodiscard]] const std::vector<std::string>& import_names() const { return outline().imports; }

    struct ExportedName {
        std::string name;
        syntax::NodeKind kind;  ///< FuncDecl, StructDecl, EnumDecl, Binding
        std::uint32_t token;
    };
    /// What other files can import. Found at the first call, thread-safe.
    [[nodiscard]] const std::vector<ExportedName>& exported_names() const { return outline().exports; }

    /// What a search of the workspace finds here. Found at the first call, thread-safe.
    [[nodiscard]] const std::vector<GlobalSymbol>& globals() const;

private:
    struct Outline {
        std::vector<std::string> imports;
        std::vector<ExportedName> exports;
    };
    [[nodiscard]] const Outline& outline() const;

    mutable std::once_flag outline_once_;
    mutable Outline outline_;
    mutable std::once_flag globals_once_;
    mutable std::vector<GlobalSymbol> globals_;
    mutable std::mutex mutex_;
    mutable std::weak_ptr<const syntax::SyntaxTree> tree_;
};

}  // namespace ruff::lsp
