#include "lsp/analysis/analysis.h"

#include <algorithm>

#include "core/lint/lint.h"
#include "core/sema/module_graph.h"
#include "core/syntax/walk.h"
#include "lsp/analysis/mentions.h"

namespace ruff::lsp {

using namespace ruff::syntax;

Analysis::Analysis(std::shared_ptr<const FileText> file_text, ParseResult syntax_tree,
                   std::vector<std::shared_ptr<const Analysis>> imported,
                   std::unique_ptr<const sema::SemanticModel> semantic_model, bool meets_a_circle)
    : text(std::move(file_text)),
      tree(std::move(syntax_tree)),
      imports(std::move(imported)),
      model(std::move(semantic_model)),
      meets_circle(meets_a_circle),
      failure_(sema::first_error(*tree, *model)) {}

Analysis::~Analysis() = default;

const std::vector<Diagnostic>& Analysis::diagnostics() const {
    std::call_once(diagnostics_once_, [this] { diagnostics_ = lint::check_file(*model, text->settings->selection, facts_); });
    return diagnostics_;
}

const sema::TypeModel& Analysis::types() const {
    std::call_once(types_once_, [this] { types_ = sema::infer_types(*model, facts_); });
    return *types_;
}

const sema::EffectModel& Analysis::effects() const {
    std::call_once(effects_once_, [this] { effects_ = sema::infer_effects(types(), facts_); });
    return *effects_;
}

const sema::TypeModel& Analysis::FileFacts::types_of(const sema::SemanticModel& model) {
    return file_.owner_of(model)->types();
}

const sema::EffectModel& Analysis::FileFacts::effects_of(const sema::SemanticModel& model) {
    return file_.owner_of(model)->effects();
}

const std::vector<TextEdit>& Analysis::fixes(std::vector<TextEdit> (*make)(const Analysis& file)) const {
    std::call_once(fixes_once_, [this, make] { fixes_ = make(*this); });
    return fixes_;
}

const Mentions& Analysis::mentions() const {
    std::call_once(mentions_once_, [this] { mentions_ = std::make_unique<const Mentions>(*this); });
    return *mentions_;
}

const Node* Analysis::parent(const Node& node) const {
    std::call_once(parents_once_, [this] {
        parents_.resize(tree->node_count, nullptr);
        walk(*tree->root, [&](const Node& each) {
            for_each_child(each, [&](const Node& child) { parents_[child.id] = &each; });
            return true;
        });
    });
    return parents_[node.id];
}

std::vector<const Node*> Analysis::path_to(std::uint32_t offset) const {
    std::vector<const Node*> path{tree->root};
    for (;;) {
        const Node* next = nullptr;
        for_each_child(*path.back(), [&](const Node& child) {
            // Of two that meet at the offset the second, unless nothing stands in it.
            const Span span = tree->span(child);
            if (span.touches(offset) && (next == nullptr || !span.is_empty())) next = &child;
        });
        if (next == nullptr) return path;
        path.push_back(next);
    }
}

std::uint32_t Analysis::token_near(std::uint32_t offset) const {
    const std::uint32_t token = tree->token_at(offset);
    const Token& found = tree->tokens[token];
    if (found.span().contains(offset)) {
        const bool is_sign = is_punctuation(found.kind) && found.begin == offset;
        if (is_sign && token > 0 && tree->tokens[token - 1].end == offset && is_word(tree->tokens[token - 1].kind)) {
            return token - 1;
        }
        return token;
    }
    if (found.end == offset && is_word(found.kind)) return token;
    if (found.begin == offset && token > 0 && tree->tokens[token - 1].end == offset) return token - 1;
    return kNoToken;
}

const Analysis* Analysis::owner_of(const sema::SemanticModel& wanted) const {
    std::vector<const Analysis*> files{this};
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i]->model.get() == &wanted) return files[i];
        for (const auto& import : files[i]->imports) {
            if (import != nullptr && std::find(files.begin(), files.end(), import.get()) == files.end()) files.push_back(import.get());
        }
    }
    return nullptr;
}

}  // namespace ruff::lsp
