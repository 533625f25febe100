// Rename, across files. Refused with a reason where the result would not mean the same: names of the language, reserved
// words, and names that would be taken for another declaration.

#include <map>

#include "core/lang/tokens.h"
#include "core/support/utf8.h"
#include "lsp/features/edits.h"
#include "lsp/features/occurrences.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

/// Why an entity cannot be renamed; empty if it can.
std::string refusal_of(const Request& request, const Entity& entity) {
    if (entity.row != nullptr || entity.kind == EntityKind::Constructor) {
        return "`" + std::string(entity.name()) + "` belongs to the language";
    }
    if (entity.kind == EntityKind::Self) return "`self` cannot be renamed";
    if (entity.kind == EntityKind::Module) return "a module has the name of its file: rename the file, or import it `as` another name";
    if (entity.file != nullptr && !entity.file->text->is_open() && !request.snapshot.is_in_workspace(entity.file->path())) {
        return "`" + std::string(entity.name()) + "` is declared outside the workspace, in " + entity.file->path();
    }
    if (entity.kind == EntityKind::Method && entity.name().starts_with("op_")) {
        return "`" + std::string(entity.name()) + "` is the method of an operator";
    }
    return {};
}

bool is_member(const Entity& entity) {
    return entity.kind == EntityKind::Field || entity.kind == EntityKind::Method || entity.kind == EntityKind::Variant;
}

std::string name_refusal(const Entity& entity, const std::string& name) {
    if (name == "_") return "`_` binds nothing";
    if (!utf8::is_identifier(name)) return "`" + name + "` is not a name";
    const bool is_any_word = entity.kind == EntityKind::Field || entity.kind == EntityKind::Method;
    if (!is_any_word && keyword_kind(name) != TokenKind::Name) return "`" + name + "` is a reserved word";
    return {};
}

/// Where a token stands, for a person.
std::string place_of(const Analysis& file, std::uint32_t token) {
    const LineColumn at = file.source().lines().position(file.tree->tokens[token].begin, PositionEncoding::Utf32);
    return file.path().substr(file.path().rfind('/') + 1) + " at line " + std::to_string(at.line + 1);
}

/// The variables of `file` that are renamed with the entity: its declaration, and imports under its own name.
std::vector<sema::BindingId> variables_of(const Analysis& file, const Entity& entity) {
    if (is_member(entity) || entity.binding == sema::kNone) return {};
    if (entity.file == &file) return {entity.binding};
    std::vector<sema::BindingId> found;
    for (sema::BindingId id = 0; id < file.model->bindings.size(); ++id) {
        const bool is_import = file.model->bindings[id].kind == sema::BindingKind::Imported && file.model->name(id) == entity.name();
        if (is_import && is_same(entity_of(file, id), entity)) found.push_back(id);
    }
    return found;
}

/// Whether a mention in `file` would mean something else under the new name.
std::string conflict_at(const Analysis& file, const Mention& mention, const Entity& entity, const std::string& name) {
    if (is_member(entity)) return {};
    const std::uint32_t offset = file.tree->tokens[mention.token].begin;
    const bool is_in_other_file = mention.entity.file != &file;
    // A member of a module, or what is imported under another name: no variable here is renamed.
    if (is_in_other_file && file.model->lookup(entity.name(), offset) == sema::kNone) return {};
    const sema::BindingId visible = file.model->lookup(name, offset);
    if (visible != sema::kNone) {
        const std::uint32_t token = file.model->bindings[visible].name_token;
        return "`" + name + "` is already declared" + (token == kNoToken ? "" : " in " + place_of(file, token));
    }
    // A declaration further down in a scope that sees this one.
    if (mention.access != sema::Access::Declare || is_in_other_file || entity.binding == sema::kNone) return {};
    const sema::ScopeId scope = file.model->bindings[entity.binding].scope;
    for (sema::BindingId id = file.model->scopes[scope].first; id != sema::kNone; id = file.model->bindings[id].next_in_scope) {
        if (file.model->name(id) == name) return "`" + name + "` is already declared in " + place_of(file, file.model->bindings[id].name_token);
    }
    return {};
}

/// What has the new name already and would be taken over by the variable of that name.
std::string capture_of(const Analysis& file, sema::BindingId variable, const std::string& name) {
    const sema::Scope& scope = file.model->scopes[file.model->bindings[variable].scope];
    for (const sema::Reference& reference : file.model->references) {
        if (reference.token == kNoToken || file.model->name(reference.binding) != name) continue;
        if (!scope.span.contains(file.tree->tokens[reference.token].begin)) continue;
        return "`" + name + "` in " + place_of(file, reference.token) + " would mean something else";
    }
    for (const Mention& mention : file.mentions().all()) {
        const bool is_taken = mention.entity.row != nullptr && mention.entity.kind == EntityKind::Builtin &&
                              file.tree->token_text(mention.token) == name && !is_after_dot(file, mention.token);
        if (is_taken && scope.span.contains(file.tree->tokens[mention.token].begin)) {
            return "the builtin `" + name + "` is used where the new name would hide it, in " + place_of(file, mention.token);
        }
    }
    return {};
}

const StructDecl* struct_around(const Entity& entity) {
    const Node* parent = entity.file->parent(*entity.declaration);
    return parent == nullptr ? nullptr : parent->as<StructDecl>();
}

std::string member_conflict(const Entity& entity, const std::string& name) {
    if (!is_member(entity)) return {};
    bool is_taken = false;
    if (const StructDecl* type = struct_around(entity)) {
        is_taken = static_cast<bool>(member_of(*entity.file, *type, name));
    } else if (const Node* parent = entity.file->parent(*entity.declaration); parent != nullptr && parent->is<EnumDecl>()) {
        is_taken = static_cast<bool>(variant_of(*entity.file, parent->to<EnumDecl>(), name));
    }
    return is_taken ? "the type has a member `" + name + "` already" : std::string();
}

/// The text that takes the place of a mention: a short form is written out.
std::string replacement_for(const Analysis& file, const Mention& mention, const Entity& entity, const std::string& name) {
    if (mention.shorthand == nullptr) return name;
    const std::string old(file.tree->token_text(mention.token));
    return entity.kind == EntityKind::Field ? name + ": " + old : old + ": " + name;
}

}  // namespace

Answer prepare_rename(const Request& request) {
    const Mention* mention = request.file->mentions().at_offset(*request.file, request.offset());
    if (mention == nullptr) return refuse("there is no name here that can be renamed");
    const std::string why = refusal_of(request, mention->entity);
    if (!why.empty()) return refuse(why);
    return make_object("range", request.range_of_token(mention->token), "placeholder",
                       request.tree().token_text(mention->token));
}

Answer rename_symbol(const Request& request) {
    const std::string name(request.params["newName"].text());
    const Mention* mention = request.file->mentions().at_offset(*request.file, request.offset());
    if (mention == nullptr) return refuse("there is no name here that can be renamed");
    const Entity entity = mention->entity;
    for (const std::string& why : {refusal_of(request, entity), name_refusal(entity, name)}) {
        if (!why.empty()) return refuse(why);
    }
    if (entity.name() == name) return make_object("changes", Json::Object{});
    if (const std::string why = member_conflict(entity, name); !why.empty()) return refuse(why);

    WorkspaceEdit edit(request.snapshot);
    std::string conflict;
    std::set<std::string> looked;
    each_occurrence(request.snapshot, *request.file, entity, request.stop, [&](const Analysis& file, const Mention& found) {
        if (conflict.empty()) conflict = conflict_at(file, found, entity, name);
        if (looked.insert(file.path()).second) {
            for (const sema::BindingId variable : variables_of(file, found.entity)) {
                if (conflict.empty()) conflict = capture_of(file, variable, name);
            }
        }
        edit.add(*file.text, {file.tree->tokens[found.token].span(), replacement_for(file, found, entity, name)});
    });
    if (!conflict.empty()) return refuse(conflict);
    return edit.take();
}

}  // namespace ruff::lsp
