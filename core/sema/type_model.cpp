#include "core/sema/type_model.h"

namespace ruff::sema {

const StructInfo* TypeModel::struct_of(Type type) const {
    const TypeData& data = table_.data(type);
    const bool is_known = table_.single_kind(type) == ValueKind::Struct && data.owner != nullptr;
    return is_known ? &data.owner->structs[data.index] : nullptr;
}

const syntax::EnumDecl* TypeModel::enum_of(Type type) const {
    const TypeData& data = table_.data(type);
    const bool is_known = table_.single_kind(type) == ValueKind::Enum && data.owner != nullptr;
    return is_known ? data.owner->bindings[data.index].declaration->as<syntax::EnumDecl>() : nullptr;
}

Type TypeModel::awaited(Type type) const {
    const TypeData& data = table_.data(type);
    if ((data.kinds & kPromiseKinds) == 0) return type;
    return table_.is_only(type, kPromiseKinds) ? data.element : Type::Any;
}

}  // namespace ruff::sema
