#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/sema/facts.h"
#include "core/sema/semantic_model.h"
#include "lsp/analysis/file_text.h"

namespace ruff::lsp {

class Mentions;

/// Everything known about one version of a file together with the versions of the files it imports. Immutable; what is
/// computed at the first call is computed once, and every member may be called from any thread.
class Analysis {
public:
    Analysis(std::shared_ptr<const FileText> text, syntax::ParseResult tree,
             std::vector<std::shared_ptr<const Analysis>> imports, std::unique_ptr<const sema::SemanticModel> model,
             bool meets_circle);
    ~Analysis();

    const std::shared_ptr<const FileText> text;
    const std::shared_ptr<const syntax::SyntaxTree> tree;
    /// One for each of `model->imports`; null where it cannot be had.
    const std::vector<std::shared_ptr<const Analysis>> imports;
    const std::unique_ptr<const sema::SemanticModel> model;
    /// A circle of imports was met below: what it comes to depends on the file where one began.
    const bool meets_circle;

    [[nodiscard]] const std::string& path() const { return text->path; }
    [[nodiscard]] const SourceFile& source() const { return *text->source; }

    /// What `ruff check` says.
    [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const;
    /// What is certain about the types of its expressions and variables.
    [[nodiscard]] const sema::TypeModel& types() const;
    /// The edits that fix all that can be fixed safely; `make` finds them at the first call.
    [[nodiscard]] const std::vector<TextEdit>& fixes(std::vector<TextEdit> (*make)(const Analysis& file)) const;
    /// What every name of the file means.
    [[nodiscard]] const Mentions& mentions() const;
    /// By node id; null for the file.
    [[nodiscard]] const syntax::Node* parent(const syntax::Node& node) const;
    /// The innermost node whose tokens hold the offset, from outside in. The first is the file.
    [[nodiscard]] std::vector<const syntax::Node*> path_to(std::uint32_t offset) const;
    /// The token a cursor at `offset` points at: one that holds it, else a word that ends there; kNoToken in a comment
    /// or a blank.
    [[nodiscard]] std::uint32_t token_near(std::uint32_t offset) const;
    /// The analysis of the file that `model` belongs to: this one or one it imports, directly or not. Null if none.
    [[nodiscard]] const Analysis* owner_of(const sema::SemanticModel& model) const;
    /// Why an import of it raises; empty when all is well.
    [[nodiscard]] const std::string& failure() const { return failure_; }

private:
    /// What this file and those it imports know about themselves.
    class FileFacts final : public sema::Facts {
    public:
        explicit FileFacts(const Analysis& file) : file_(file) {}
        [[nodiscard]] const sema::TypeModel& types_of(const sema::SemanticModel& model) override;
        [[nodiscard]] const sema::EffectModel& effects_of(const sema::SemanticModel& model) override;

    private:
        const Analysis& file_;
    };
    [[nodiscard]] const sema::EffectModel& effects() const;

    std::string failure_;
    mutable FileFacts facts_{*this};
    mutable std::once_flag diagnostics_once_;
    mutable std::vector<Diagnostic> diagnostics_;
    mutable std::once_flag types_once_;
    mutable std::unique_ptr<const sema::TypeModel> types_;
    mutable std::once_flag effects_once_;
    mutable std::unique_ptr<const sema::EffectModel> effects_;
    mutable std::once_flag fixes_once_;
    mutable std::vector<TextEdit> fixes_;
    mutable std::once_flag mentions_once_;
    mutable std::unique_ptr<const Mentions> mentions_;
    mutable std::once_flag parents_once_;
    mutable std::vector<const syntax::Node*> parents_;
};

}  // namespace ruff::lsp
