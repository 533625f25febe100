#include "lsp/analysis/receivers.h"

namespace ruff::lsp {

using namespace ruff::syntax;

Receiver receiver_of(const Analysis& file, const Node& expression) {
    const sema::TypeModel& types = file.types();
    const sema::TypeData& data = types.table().data(types.type_of(without_parens(expression)));
    const ValueKind kind = sema::TypeTable::single_kind(data.kinds);
    Receiver receiver;
    if (kind == ValueKind::Unset) return receiver;
    if (kind != ValueKind::Module && kind != ValueKind::Struct) {
        receiver.kind = Receiver::Kind::Builtin;
        receiver.value_kind = kind;
        return receiver;
    }
    receiver.file = data.owner == nullptr ? nullptr : file.owner_of(*data.owner);
    if (receiver.file == nullptr) return receiver;
    if (kind == ValueKind::Module) {
        receiver.kind = Receiver::Kind::Module;
    } else if (data.index != sema::kNone) {
        receiver.kind = Receiver::Kind::Struct;
        receiver.type = data.owner->structs[data.index].declaration;
    }
    return receiver;
}

namespace {

std::string shown(const sema::TypeModel& types, sema::Type type) {
    if (type == sema::Type::Any || type == sema::Type::Never) return {};
    return types.text(type);
}

}  // namespace

std::string type_text_of(const Analysis& file, const Node& expression) {
    return shown(file.types(), file.types().type_of(expression));
}

std::string type_text_of(const Analysis& file, sema::BindingId binding) {
    return shown(file.types(), file.types().type_of_binding(binding));
}

Entity callee_of(const Analysis& file, const CallExpr& call) {
    const Node& callee = without_parens(*call.callee);
    if (callee.is<NameExpr>()) {
        const sema::Use use = file.model->use_of(callee);
        if (use.kind == sema::UseKind::Builtin) {
            Entity entity;
            entity.kind = EntityKind::Builtin;
            entity.row = &builtin_row(static_cast<BuiltinId>(use.index));
            return entity;
        }
        return entity_of(file, file.model->binding_of(callee));
    }
    const auto* member = callee.as<MemberExpr>();
    if (member == nullptr || member->name.is_missing()) return {};
    const Receiver receiver = receiver_of(file, *member->object);
    const std::string_view name = member->name.text();
    if (receiver.kind == Receiver::Kind::Module) {
        return entity_of(*receiver.file, receiver.file->model->find_export(name));
    }
    if (receiver.kind == Receiver::Kind::Struct) return member_of(*receiver.file, *receiver.type, name);
    Entity entity;
    if (receiver.kind == Receiver::Kind::Builtin) entity.row = find_builtin_method(receiver.value_kind, name);
    if (entity.row != nullptr) entity.kind = EntityKind::Builtin;
    return entity;
}

}  // namespace ruff::lsp
