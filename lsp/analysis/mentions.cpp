// Mentions come from four places: the references of the semantic model (variables, functions, types), a walk over the
// tree for what the model leaves out because running needs no answer beforehand (members, variants, named arguments),
// the import statements, and the declarations of members. A member is mentioned only where the receiver's type is
// certain: a rename that guessed would break programs.

#include "lsp/analysis/mentions.h"

#include <algorithm>
#include <unordered_map>

#include "core/syntax/walk.h"
#include "lsp/analysis/receivers.h"

namespace ruff::lsp {

using namespace ruff::syntax;
using sema::Access;
using sema::BindingId;
using sema::BindingKind;
using sema::kNone;

std::string_view Entity::name() const {
    if (row != nullptr) return row->name;
    if (file == nullptr || token == kNoToken) return word;
    return file->tree->token_text(token);
}

bool is_same(const Entity& left, const Entity& right) {
    if (left.kind == EntityKind::None || right.kind == EntityKind::None) return false;
    if (left.row != nullptr || right.row != nullptr) return left.row == right.row;
    if (left.file == nullptr || right.file == nullptr) return left.kind == right.kind && left.word == right.word;
    return left.token == right.token && left.kind == right.kind && left.file->path() == right.file->path();
}

const Analysis* imported_file(const Analysis& file, const Node& import) {
    // An import that stands in a block is refused, and leads nowhere.
    for (std::size_t i = 0; i < file.imports.size(); ++i) {
        if (file.model->imports[i].node == &import) return file.imports[i].get();
    }
    return nullptr;
}

namespace {

EntityKind kind_of(BindingKind kind) {
    switch (kind) {
        case BindingKind::Variable:
        case BindingKind::Loop:
        case BindingKind::Pattern:
        case BindingKind::Except:
        case BindingKind::Imported: return EntityKind::Variable;
        case BindingKind::Parameter: return EntityKind::Parameter;
        case BindingKind::Self: return EntityKind::Self;
        case BindingKind::Function: return EntityKind::Function;
        case BindingKind::Struct: return EntityKind::Struct;
        case BindingKind::Enum: return EntityKind::Enum;
        case BindingKind::Module: return EntityKind::Module;
    }
    return EntityKind::None;
}

Entity member_entity(const Analysis& file, EntityKind kind, const Name& name, const Node& declaration) {
    Entity entity;
    entity.kind = kind;
    entity.file = &file;
    entity.token = name.token;
    entity.declaration = &declaration;
    return entity;
}

}  // namespace

Entity local_entity_of(const Analysis& file, BindingId id) {
    if (id == kNone) return {};
    const sema::Binding& binding = file.model->bindings[id];
    Entity entity;
    entity.kind = kind_of(binding.kind);
    entity.file = &file;
    entity.token = binding.name_token;
    entity.declaration = binding.declaration;
    entity.binding = id;
    return entity;
}

Entity entity_of(const Analysis& file, BindingId id) {
    if (id == kNone) return {};
    const sema::Binding& binding = file.model->bindings[id];
    const bool is_followed = binding.kind == BindingKind::Imported && binding.target != kNone &&
                             binding.index < file.imports.size() && file.imports[binding.index] != nullptr;
    return is_followed ? entity_of(*file.imports[binding.index], binding.target) : local_entity_of(file, id);
}

Entity type_entity_of(const Analysis& file, const Path& path) {
    Entity first = entity_of(file, file.model->binding_of(path));
    if (path.names.size() == 1 || first.kind != EntityKind::Module) return path.names.size() == 1 ? first : Entity{};
    const Analysis* module = imported_file(file, *first.declaration);
    if (module == nullptr || path.names.size() != 2) return {};
    return entity_of(*module, module->model->find_export(path.names[1].text()));
}

Entity member_of(const Analysis& file, const StructDecl& type, std::string_view name) {
    for (const Node* member : type.members) {
        const auto* field = member->as<StructField>();
        if (field != nullptr && field->name && field->name.text() == name) {
            return member_entity(file, EntityKind::Field, field->name, *field);
        }
    }
    for (const Node* member : type.members) {
        const auto* method = member->as<FuncDecl>();
        if (method != nullptr && method->name && method->name.text() == name) {
            return member_entity(file, EntityKind::Method, method->name, *method);
        }
    }
    return {};
}

Entity variant_of(const Analysis& file, const EnumDecl& type, std::string_view name) {
    for (const EnumVariant* variant : type.variants) {
        if (variant->name && variant->name.text() == name) {
            return member_entity(file, EntityKind::Variant, variant->name, *variant);
        }
    }
    return {};
}

namespace {

class Collector {
public:
    Collector(const Analysis& file, std::vector<Mention>& mentions) : file_(file), tree_(*file.tree), mentions_(mentions) {}

    void run() {
        add_references();
        walk(*tree_.root, [this](const Node& node) {
            add_of_node(node);
            return true;
        });
        mark_shorthands();
        std::stable_sort(mentions_.begin(), mentions_.end(),
                         [](const Mention& left, const Mention& right) { return left.token < right.token; });
        // A declaration that the model refers to twice (duplicates, alternatives of a pattern) is mentioned once.
        const auto is_repeated = [](const Mention& left, const Mention& right) {
            return left.token == right.token && is_same(left.entity, right.entity);
        };
        mentions_.erase(std::unique(mentions_.begin(), mentions_.end(), is_repeated), mentions_.end());
    }

private:
    void add(const Name& name, Access access, Entity entity, const Node* shorthand = nullptr) {
        if (name.is_missing() || !entity) return;
        mentions_.push_back({name.token, access, shorthand, entity});
    }

    void add_references() {
        for (const sema::Reference& reference : file_.model->references) {
            if (reference.token == kNoToken) continue;
            const sema::Binding& binding = file_.model->bindings[reference.binding];
            // The star of an `import *` and a renamed import stand for themselves.
            Entity entity = entity_of(file_, reference.binding);
            if (is_alias(binding)) entity = local_entity_of(file_, reference.binding);
            if (reference.access == Access::Declare && binding.is_weak) continue;
            mentions_.push_back({reference.token, reference.access, nullptr, entity});
        }
    }

    static bool is_alias(const sema::Binding& binding) {
        const auto* item = binding.declaration == nullptr ? nullptr : binding.declaration->as<ImportItem>();
        return item != nullptr && item->alias;
    }

    void add_of_node(const Node& node) {
        switch (node.kind) {
            case NodeKind::NameExpr: return add_outside(node, node.to<NameExpr>().name);
            case NodeKind::DictShorthand: return note_shorthand(node.to<DictShorthand>().name, node);
            case NodeKind::MemberExpr: return add_member(node.to<MemberExpr>());
            case NodeKind::Path: return add_path(node.to<Path>());
            case NodeKind::Import:
            case NodeKind::FromImport: return add_import(node);
            case NodeKind::StructDecl: return add_members(node.to<StructDecl>());
            case NodeKind::EnumDecl: return add_variants(node.to<EnumDecl>());
            case NodeKind::StructExpr: return add_fields(node.to<StructExpr>());
            case NodeKind::StructPattern: return add_pattern_fields(*node.to<StructPattern>().path, node.to<StructPattern>().entries);
            case NodeKind::DictPattern: return note_pattern_shorthands(node.to<DictPattern>().entries);
            case NodeKind::VariantExpr: return add_variant(*node.to<VariantExpr>().path, node.to<VariantExpr>().variant);
            case NodeKind::VariantPattern:
                return add_variant(*node.to<VariantPattern>().path, node.to<VariantPattern>().variant);
            case NodeKind::WrapperPattern: return add_constructor(node.to<WrapperPattern>().name);
            case NodeKind::CallExpr: return add_named_arguments(node.to<CallExpr>());
            default: return;
        }
    }

    /// Builtins and constructors: what stands outside every file.
    void add_outside(const Node& node, const Name& name) {
        const sema::Use use = file_.model->use_of(node);
        if (use.kind == sema::UseKind::Constructor) return add_constructor(name);
        if (use.kind != sema::UseKind::Builtin) return;
        Entity entity;
        entity.kind = EntityKind::Builtin;
        entity.row = &builtin_row(static_cast<BuiltinId>(use.index));
        add(name, Access::Read, entity);
    }

    void add_constructor(const Name& name) {
        Entity entity;
        entity.kind = EntityKind::Constructor;
        entity.word = name.text();
        add(name, Access::Read, entity);
    }

    /// The mention of a variable at that token is written in short.
    void note_shorthand(const Name& name, const Node& node) {
        if (name) shorthands_[name.token] = &node;
    }

    void mark_shorthands() {
        if (shorthands_.empty()) return;
        for (Mention& mention : mentions_) {
            const auto found = shorthands_.find(mention.token);
            if (found != shorthands_.end()) mention.shorthand = found->second;
        }
    }

    void add_member(const MemberExpr& member) {
        if (member.name.is_missing()) return;
        const Receiver receiver = receiver_of(file_, *member.object);
        const std::string_view name = member.name.text();
        switch (receiver.kind) {
            case Receiver::Kind::Unknown: return;
            case Receiver::Kind::Module:
                return add(member.name, access_of(member), entity_of(*receiver.file, receiver.file->model->find_export(name)));
            case Receiver::Kind::Struct:
                return add(member.name, access_of(member), member_of(*receiver.file, *receiver.type, name));
            case Receiver::Kind::Builtin: {
                Entity entity;
                entity.row = find_builtin_method(receiver.value_kind, name);
                entity.kind = entity.row == nullptr ? EntityKind::None : EntityKind::Builtin;
                return add(member.name, Access::Call, entity);
            }
        }
    }

    [[nodiscard]] Access access_of(const MemberExpr& member) const {
        const Node* around = file_.parent(member);
        if (around == nullptr) return Access::Read;
        if (const auto* assign = around->as<Assign>(); assign != nullptr && assign->target == &member) {
            return assign->op == AssignOp::Set ? Access::Assign : Access::Update;
        }
        const auto* call = around->as<CallExpr>();
        return call != nullptr && call->callee == &member ? Access::Call : Access::Read;
    }

    void add_path(const Path& path) {
        if (path.names.size() == 2) add(path.names[1], Access::Read, type_entity_of(file_, path));
    }

    void add_import(const Node& import) {
        const Analysis* module = imported_file(file_, import);
        const Path& path = import.is<Import>() ? *import.to<Import>().path : *import.to<FromImport>().path;
        const bool is_binding = import.is<Import>() && !import.to<Import>().alias;
        if (module != nullptr && !is_binding) add(path.names.back(), Access::Read, module_entity(*module));
        const auto* from = import.as<FromImport>();
        if (from == nullptr || module == nullptr) return;
        for (const ImportItem* item : from->items) {
            if (item->name.is_missing()) continue;
            const BindingId target = module->model->find_export(item->name.text());
            if (item->alias) add(item->name, Access::Read, entity_of(*module, target));
        }
    }

    static Entity module_entity(const Analysis& module) {
        Entity entity;
        entity.kind = EntityKind::Module;
        entity.file = &module;
        return entity;
    }

    void add_members(const StructDecl& type) {
        for (const Node* member : type.members) {
            if (const auto* field = member->as<StructField>()) {
                add(field->name, Access::Declare, member_entity(file_, EntityKind::Field, field->name, *field));
            } else if (const auto* method = member->as<FuncDecl>()) {
                add(method->name, Access::Declare, member_entity(file_, EntityKind::Method, method->name, *method));
            }
        }
    }

    void add_variants(const EnumDecl& type) {
        for (const EnumVariant* variant : type.variants) {
            add(variant->name, Access::Declare, member_entity(file_, EntityKind::Variant, variant->name, *variant));
        }
    }

    void add_variant(const Path& path, const Name& name) {
        if (name.is_missing()) return;
        const Entity owner = type_entity_of(file_, path);
        if (owner.kind == EntityKind::Enum) {
            add(name, Access::Read, variant_of(*owner.file, owner.declaration->to<EnumDecl>(), name.text()));
        } else if (!owner && path.names.size() == 1 && is_result_or_option(path.names[0].text())) {
            add_constructor(name);
        }
    }

    static bool is_result_or_option(std::string_view name) { return name == "Result" || name == "Option"; }

    void add_fields(const StructExpr& literal) {
        const Entity type = type_entity_of(file_, *literal.path);
        for (const Node* entry : literal.entries) {
            const auto* field = entry->as<FieldInit>();
            if (field == nullptr || field->name.is_missing()) continue;
            const Node* shorthand = field->value == nullptr ? field : nullptr;
            if (shorthand != nullptr) note_shorthand(field->name, *field);
            if (type.kind != EntityKind::Struct) continue;
            add(field->name, Access::Read, member_of(*type.file, type.declaration->to<StructDecl>(), field->name.text()),
                shorthand);
        }
    }

    void note_pattern_shorthands(List<Node> entries) {
        for (const Node* entry : entries) {
            const auto* field = entry->as<PatternField>();
            if (field == nullptr || field->key != nullptr) continue;
            if (const auto* name = field->pattern->as<NamePattern>()) note_shorthand(name->name, *field);
        }
    }

    void add_pattern_fields(const Path& path, List<Node> entries) {
        note_pattern_shorthands(entries);
        const Entity type = type_entity_of(file_, path);
        if (type.kind != EntityKind::Struct) return;
        for (const Node* entry : entries) {
            const auto* field = entry->as<PatternField>();
            if (field == nullptr) continue;
            const auto* short_form = field->pattern->as<NamePattern>();
            const bool is_short = field->key == nullptr && short_form != nullptr;
            const bool has_word = field->key != nullptr && field->key->key_kind == KeyKind::Word;
            if (!is_short && !has_word) continue;
            const Name& name = is_short ? short_form->name : field->key->word;
            if (name.is_missing()) continue;
            add(name, Access::Read, member_of(*type.file, type.declaration->to<StructDecl>(), name.text()),
                is_short ? field : nullptr);
        }
    }

    void add_named_arguments(const CallExpr& call) {
        const bool has_named = std::any_of(call.arguments.begin(), call.arguments.end(),
                                           [](const Node* argument) { return argument->is<NamedArgument>(); });
        if (!has_named) return;
        const Entity callee = callee_of(file_, call);
        if (callee.file == nullptr || callee.declaration == nullptr || !callee.declaration->is<FuncDecl>()) return;
        for (const Node* argument : call.arguments) {
            const auto* named = argument->as<NamedArgument>();
            if (named != nullptr && named->name) add(named->name, Access::Read, parameter_of(callee, named->name.text()));
        }
    }

    static Entity parameter_of(const Entity& function, std::string_view name) {
        for (const Node* param : function.declaration->to<FuncDecl>().params) {
            const auto* plain = param->as<Param>();
            const auto* pattern = plain == nullptr ? nullptr : plain->pattern->as<NamePattern>();
            if (pattern == nullptr || pattern->name.text() != name) continue;
            return local_entity_of(*function.file, function.file->model->binding_of(*pattern));
        }
        return {};
    }

    const Analysis& file_;
    const SyntaxTree& tree_;
    std::vector<Mention>& mentions_;
    std::unordered_map<std::uint32_t, const Node*> shorthands_;  // by token
};

}  // namespace

Mentions::Mentions(const Analysis& analysis) { Collector(analysis, mentions_).run(); }

std::span<const Mention> Mentions::at_token(std::uint32_t token) const {
    const auto [first, last] = std::equal_range(
        mentions_.begin(), mentions_.end(), Mention{token, {}, nullptr, {}},
        [](const Mention& left, const Mention& right) { return left.token < right.token; });
    return {first, last};
}

const Mention* Mentions::at_offset(const Analysis& analysis, std::uint32_t offset) const {
    const std::uint32_t token = analysis.token_near(offset);
    if (token == kNoToken) return nullptr;
    const std::span<const Mention> found = at_token(token);
    return found.empty() ? nullptr : found.data();
}

}  // namespace ruff::lsp
