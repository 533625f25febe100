// Definition, type definition, references, highlights and hover: what a name means, and where else it stands.

#include <algorithm>

#include "lsp/analysis/receivers.h"
#include "lsp/features/describe.h"
#include "lsp/features/occurrences.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

/// What the name under the cursor leads to: a renamed import to what it stands for.
Entity target_at(const Request& request) {
    const Mention* mention = request.file->mentions().at_offset(*request.file, request.offset());
    if (mention == nullptr) return {};
    const Entity& entity = mention->entity;
    if (entity.kind == EntityKind::Module && entity.declaration != nullptr) {
        Entity module;
        module.file = imported_file(*entity.file, *entity.declaration);
        if (module.file == nullptr) return entity;
        module.kind = EntityKind::Module;
        return module;
    }
    return entity.binding == sema::kNone || entity.file == nullptr ? entity : entity_of(*entity.file, entity.binding);
}

Json location_of(const Request& request, const Entity& entity) {
    return request.snapshot.location(*entity.file->text, name_span(entity));
}

/// With the whole declaration and what was clicked, for clients that can show them.
Json definition_json(const Request& request, const Entity& entity, std::uint32_t origin) {
    if (!request.client().has_location_links) return location_of(request, entity);
    const Node* statement = statement_of(entity);
    const Span name = name_span(entity);
    const Span whole = statement == nullptr ? name : entity.file->tree->span(*statement).joined(name);
    const SourceFile& source = entity.file->source();
    Json links;
    links.push(make_object("originSelectionRange", request.range_of_token(origin), "targetUri", entity.file->text->uri,
                           "targetRange", request.snapshot.range(source, whole), "targetSelectionRange",
                           request.snapshot.range(source, name)));
    return links;
}

}  // namespace

Answer definition(const Request& request) {
    const Entity entity = target_at(request);
    if (entity.file == nullptr) return Json();
    return definition_json(request, entity, request.file->token_near(request.offset()));
}

Answer type_definition(const Request& request) {
    const Mention* mention = request.file->mentions().at_offset(*request.file, request.offset());
    if (mention == nullptr) return Json();
    Entity type = target_at(request);
    if (type.kind != EntityKind::Struct && type.kind != EntityKind::Enum) {
        type = type_entity_at(*request.file, mention->token, mention->entity);
    }
    if (type.file == nullptr) return Json();
    return location_of(request, type);
}

Answer references(const Request& request) {
    const Mention* mention = request.file->mentions().at_offset(*request.file, request.offset());
    Json locations{Json::Array{}};
    if (mention == nullptr) return locations;
    const bool includes_declaration = request.params["context"]["includeDeclaration"].is_true();
    each_occurrence(request.snapshot, *request.file, mention->entity, request.stop, [&](const Analysis& file, const Mention& found) {
        if (found.access == sema::Access::Declare && !includes_declaration) return;
        locations.push(request.snapshot.location(*file.text, file.tree->tokens[found.token].span()));
    });
    return locations;
}

Answer document_highlight(const Request& request) {
    const Mention* mention = request.file->mentions().at_offset(*request.file, request.offset());
    Json highlights{Json::Array{}};
    if (mention == nullptr) return highlights;
    for (const Mention& each : request.file->mentions().all()) {
        if (!is_same(each.entity, mention->entity)) continue;
        const bool is_read = each.access == sema::Access::Read || each.access == sema::Access::Call;
        highlights.push(make_object("range", request.range_of_token(each.token), "kind", is_read ? 2 : 3));
    }
    return highlights;
}

namespace {

/// What a reserved word does, in a sentence.
struct WordDoc { std::string_view word, doc; };
constexpr WordDoc kWordDocs[] = {
    {"async", "Calling an `async func` starts it at once, runs it to its first suspension, and gives a promise."},
    {"await", "Suspends this fiber until the promise or task settles, and gives its value or raises its error. What is no promise is given back."},
    {"spawn", "Runs the block in another isolate, truly in parallel, and gives a task handle. What it captures goes along as copies."},
    {"let", "Declares an immutable variable: neither the variable nor the value through it can be changed."},
    {"mut", "Declares a mutable variable."},
    {"const", "Declares a constant."},
    {"yield", "Gives a value to whoever pulls the generator, and waits for the next pull."},
    {"match", "Compares a value with patterns, from top to bottom; the first that fits is taken."},
    {"try", "Runs a block; an error inside goes to `except`, and `finally` runs in any case."},
    {"throw", "Raises any value as an error."},
    {"export", "Lets other files import the declaration."},
};

std::string word_markdown(std::string_view word) {
    for (const WordDoc& each : kWordDocs) {
        if (each.word == word) return code_block(word) + "\n\n" + std::string(each.doc);
    }
    return {};
}

Json hover_json(const Request& request, const std::string& markdown, std::uint32_t token) {
    return make_object("contents", markup(markdown, request.client().has_markdown_hover), "range", request.range_of_token(token));
}

}  // namespace

Answer hover(const Request& request) {
    const std::uint32_t token = request.file->token_near(request.offset());
    if (token == kNoToken) return Json();
    const std::span<const Mention> found = request.file->mentions().at_token(token);
    if (found.empty()) {
        const std::string text = word_markdown(request.tree().token_text(token));
        return text.empty() ? Json() : hover_json(request, text, token);
    }
    const Entity& entity = found[0].entity;
    const bool is_local = entity.file == nullptr || entity.binding == sema::kNone;
    return hover_json(request, markdown_of(is_local ? entity : entity_of(*entity.file, entity.binding)), token);
}

}  // namespace ruff::lsp
