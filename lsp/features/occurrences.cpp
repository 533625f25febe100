#include "lsp/features/occurrences.h"

#include "core/support/utf8.h"
#include "lsp/analysis/receivers.h"

namespace ruff::lsp {

using namespace ruff::syntax;

bool is_file_local(const Entity& entity) {
    if (entity.file == nullptr || entity.kind == EntityKind::Module) return entity.file != nullptr && entity.declaration != nullptr;
    if (entity.kind == EntityKind::Field || entity.kind == EntityKind::Method || entity.kind == EntityKind::Variant) return false;
    if (entity.kind == EntityKind::Parameter) return false;  // a named argument elsewhere
    return entity.binding == sema::kNone || !entity.file->model->bindings[entity.binding].is_exported;
}

bool has_word(std::string_view text, std::string_view word) {
    const auto is_part = [&](std::size_t at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        return byte >= 0x80 || byte == '_' || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
    };
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !is_part(at - 1)) && (end == text.size() || !is_part(end))) return true;
    }
    return false;
}

namespace {

void each_mention_in(const Analysis& file, const Entity& entity,
                     const std::function<void(const Analysis&, const Mention&)>& function) {
    for (const Mention& mention : file.mentions().all()) {
        if (is_same(mention.entity, entity)) function(file, mention);
    }
}

/// What stands in the text wherever it is mentioned: its name, of a module the last part of its path.
std::string word_of(const Entity& entity) {
    if (entity.kind != EntityKind::Module || entity.token != kNoToken) return std::string(entity.name());
    std::string stem = entity.file->path().substr(entity.file->path().rfind('/') + 1);
    if (stem.ends_with(".ruff")) stem.resize(stem.size() - 5);
    return stem;
}

}  // namespace

void each_occurrence(const Snapshot& snapshot, const Analysis& from, const Entity& entity, const StopSignal& stop,
                     const std::function<void(const Analysis& file, const Mention& mention)>& function) {
    each_mention_in(from, entity, function);
    if (is_file_local(entity)) return;
    const std::string word = word_of(entity);
    AnalysisSeries series(snapshot);
    snapshot.each_file([&](const std::shared_ptr<const FileText>& text) {
        if (stop.is_stopped()) return false;
        if (text->path == from.path() || !has_word(text->text(), word)) return true;
        const std::shared_ptr<const Analysis> file = series.analysis(text->path);
        if (file != nullptr) each_mention_in(*file, entity, function);
        return true;
    });
}

Entity type_entity_at(const Analysis& file, std::uint32_t token, const Entity& entity) {
    // The expression that ends with the name.
    const Node* found = nullptr;
    for (const Node* node : file.path_to(file.tree->tokens[token].begin)) {
        if ((node->is<NameExpr>() || node->is<SelfExpr>() || node->is<MemberExpr>()) && node->last_token == token) found = node;
    }
    if (found == nullptr && entity.file == &file && entity.declaration != nullptr) found = entity.declaration;
    if (found == nullptr) return {};
    const Receiver receiver = receiver_of(file, *found);
    if (receiver.kind != Receiver::Kind::Struct) return {};
    const std::uint32_t index = receiver.file->model->struct_of(*receiver.type);
    return local_entity_of(*receiver.file, receiver.file->model->structs[index].binding);
}

}  // namespace ruff::lsp
