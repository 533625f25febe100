#include "core/sema/inference.h"

// What annotations, patterns and tests say about the values that fit them.

namespace ruff::sema {

using namespace ruff::syntax;

namespace {

/// What `is_int(x)` and the like say about `x`; 0 for every other name.
KindMask tested_kinds(std::string_view name) {
    constexpr std::pair<std::string_view, KindMask> kTests[] = {
        {"is_int", kind_bit(ValueKind::Int)},       {"is_float", kind_bit(ValueKind::Float)},
        {"is_number", kNumberKinds},                {"is_string", kind_bit(ValueKind::String)},
        {"is_bool", kind_bit(ValueKind::Bool)},     {"is_null", kind_bit(ValueKind::Null)},
        {"is_array", kind_bit(ValueKind::Array)},   {"is_dict", kind_bit(ValueKind::Dict)},
        {"is_set", kind_bit(ValueKind::Set)},       {"is_function", kind_bit(ValueKind::Function)},
        {"is_struct", kind_bit(ValueKind::Struct)}, {"is_error", kind_bit(ValueKind::Error)},
    };
    for (const auto& [test, kinds] : kTests) {
        if (test == name) return kinds;
    }
    return 0;
}

KindMask kinds_named(std::string_view name) {
    for (int kind = 0; kind < kValueKindCount; ++kind) {
        if (value_kind_name(static_cast<ValueKind>(kind)) == name) return kind_bit(static_cast<ValueKind>(kind)) & kAllKinds;
    }
    return 0;
}

}  // namespace

// --- annotations -------------------------------------------------------------------------------------------

Type Inference::struct_type(const SemanticModel& owner, std::uint32_t index) {
    return table_.make({kind_bit(ValueKind::Struct), Type::Any, Type::Any, &owner, index});
}

Type Inference::named(const Declared& declared) {
    const Binding* binding = declared.binding();
    if (binding == nullptr) return Type::Any;
    if (binding->kind == BindingKind::Struct) {
        return struct_type(*declared.model, declared.model->struct_of(*binding->declaration));
    }
    if (binding->kind != BindingKind::Enum) return Type::Any;
    return table_.make({kind_bit(ValueKind::Enum), Type::Any, Type::Any, declared.model, declared.id});
}

Type Inference::annotation(const SemanticModel& owner, const Node& type) {
    switch (type.kind) {
        case NodeKind::NullType: return null_type();
        case NodeKind::ParenType: return annotation(owner, *type.to<ParenType>().inner);
        case NodeKind::OptionalType: return table_.optional(annotation(owner, *type.to<OptionalType>().inner));
        case NodeKind::FuncType: {
            const auto* result = type.to<FuncType>().result;
            return table_.with_element(ValueKind::Function, result == nullptr ? Type::Any : annotation(owner, *result));
        }
        case NodeKind::UnionType: {
            Type all = Type::Never;
            for (const Node* member : type.to<UnionType>().members) all = table_.join(all, annotation(owner, *member));
            return all;
        }
        case NodeKind::NamedType: return named_annotation(owner, type.to<NamedType>());
        default: return Type::Any;
    }
}

Type Inference::named_annotation(const SemanticModel& owner, const NamedType& type) {
    if (owner.binding_of(*type.path) != kNone) return named(declared_by(owner, *type.path));
    if (type.path->names.size() != 1) return Type::Any;
    constexpr std::pair<std::string_view, ValueKind> kHandles[] = {
        {"Promise", ValueKind::Promise}, {"Task", ValueKind::TaskHandle}, {"Channel", ValueKind::Channel},
        {"Result", ValueKind::Result},   {"Option", ValueKind::Option},   {"Generator", ValueKind::Generator},
    };
    const std::string_view word = type.path->names[0].text();
    TypeData data{kinds_named(word)};
    for (const auto& [name, kind] : kHandles) {
        if (name == word) data.kinds = kind_bit(kind);
    }
    if (data.kinds == 0) return Type::Any;
    const auto argument = [&](std::size_t i) {
        return i < type.arguments.size() ? annotation(owner, *type.arguments[i]) : Type::Any;
    };
    const bool is_dict = word == "dict";
    data.element = argument(is_dict ? 1 : 0);
    if (is_dict || word == "Result") data.key = argument(is_dict ? 0 : 1);
    return table_.make(data);
}

Type Inference::field_type(const SemanticModel& owner, const StructInfo& type, std::string_view name) {
    for (const StructField* field : type.fields) {
        if (field->name.text() == name) return field->type == nullptr ? Type::Any : annotation(owner, *field->type);
    }
    return Type::Any;
}

// --- patterns ----------------------------------------------------------------------------------------------

/// Takes `type` apart and gives the names of the pattern their types.
void Inference::bind(const Node& pattern, Type type) {
    set(pattern, type);
    switch (pattern.kind) {
        case NodeKind::NamePattern:
        case NodeKind::NameExpr: return assign(model_.binding_of(pattern), type);
        case NodeKind::ArrayPattern: {
            const Type element = table_.is(type, ValueKind::Array) ? table_.data(type).element : Type::Any;
            for (const Node* each : pattern.to<ArrayPattern>().elements) bind_element(*each, element);
            return;
        }
        case NodeKind::DictPattern:
            for (const Node* each : pattern.to<DictPattern>().entries) bind_entry(*each, type);
            return;
        case NodeKind::StructPattern: {
            const Type known = named(declared_by(model_, *pattern.to<StructPattern>().path));
            for (const Node* each : pattern.to<StructPattern>().entries) bind_entry(*each, known);
            return;
        }
        case NodeKind::DefaultPattern: {
            const auto& with_default = pattern.to<DefaultPattern>();
            return bind(*with_default.pattern, table_.join(type, infer(*with_default.default_value)));
        }
        case NodeKind::ParenPattern: return bind(*pattern.to<ParenPattern>().inner, type);
        case NodeKind::OrPattern:
            for (const Node* each : pattern.to<OrPattern>().alternatives) bind(*each, narrowed_by(*each, type));
            return;
        case NodeKind::WrapperPattern: return bind_wrapper(pattern.to<WrapperPattern>(), type);
        case NodeKind::VariantPattern:
            for (const Node* each : pattern.to<VariantPattern>().elements) bind_element(*each, Type::Any);
            return;
        case NodeKind::LiteralPattern: infer(*pattern.to<LiteralPattern>().literal); return;
        case NodeKind::RangePattern:
            infer(*pattern.to<RangePattern>().start);
            infer(*pattern.to<RangePattern>().end);
            return;
        default: return;
    }
}

void Inference::bind_element(const Node& element, Type type) {
    if (!element.is<RestPattern>()) return bind(element, type);
    set(element, table_.array_of(type));
    if (const BindingId id = model_.binding_of(element); id != kNone) assign(id, table_.array_of(type));
}

void Inference::bind_entry(const Node& entry, Type whole) {
    if (entry.is<RestPattern>()) {
        const Type rest = of_kind(ValueKind::Dict);
        set(entry, rest);
        if (const BindingId id = model_.binding_of(entry); id != kNone) assign(id, rest);
        return;
    }
    const auto* field = entry.as<PatternField>();
    if (field == nullptr) return;
    std::string_view name;
    if (field->key == nullptr && field->pattern->is<NamePattern>()) name = field->pattern->to<NamePattern>().name.text();
    if (field->key != nullptr && field->key->key_kind == KeyKind::Word) name = field->key->word.text();
    if (field->key != nullptr && field->key->key_kind == KeyKind::Computed) infer(*field->key->value);
    Type type = Type::Any;
    if (table_.is(whole, ValueKind::Dict)) type = table_.data(whole).element;
    if (const StructInfo* known = result_->struct_of(whole)) type = field_type(*table_.data(whole).owner, *known, name);
    if (type == Type::Never) type = Type::Any;
    if (field->default_value != nullptr) type = table_.join(type, infer(*field->default_value));
    bind(*field->pattern, type);
}

void Inference::bind_wrapper(const WrapperPattern& pattern, Type type) {
    const std::string_view name = pattern.name.text();
    const bool is_option = name == "Some";
    const TypeData data = table_.data(type);
    const ValueKind kind = is_option ? ValueKind::Option : ValueKind::Result;
    Type inner = table_.single_kind(type) == kind ? (name == "Err" ? data.key : data.element) : Type::Any;
    if (inner == Type::Never) inner = Type::Any;
    bind(*pattern.inner, inner);
}

/// What is left of the subject's type where the pattern fits.
Type Inference::narrowed_by(const Node& pattern, Type type) {
    switch (pattern.kind) {
        case NodeKind::ParenPattern: return narrowed_by(*pattern.to<ParenPattern>().inner, type);
        case NodeKind::OrPattern: {
            Type all = Type::Never;
            for (const Node* each : pattern.to<OrPattern>().alternatives) all = table_.join(all, narrowed_by(*each, type));
            return all;
        }
        case NodeKind::ArrayPattern: return table_.narrow(type, kind_bit(ValueKind::Array));
        case NodeKind::DictPattern: return table_.narrow(type, mask_of({ValueKind::Dict, ValueKind::Struct, ValueKind::Error}));
        case NodeKind::WrapperPattern:
            return table_.narrow(type, kind_bit(pattern.to<WrapperPattern>().name.text() == "Some" ? ValueKind::Option : ValueKind::Result));
        case NodeKind::NonePattern: return table_.narrow(type, kind_bit(ValueKind::Option));
        case NodeKind::StructPattern: return named(declared_by(model_, *pattern.to<StructPattern>().path));
        case NodeKind::VariantPattern: return narrowed_by_variant(pattern.to<VariantPattern>(), type);
        case NodeKind::RangePattern: return table_.narrow(type, kNumberKinds);
        case NodeKind::LiteralPattern: return narrowed_by_literal(*pattern.to<LiteralPattern>().literal, type);
        default: return type;
    }
}

Type Inference::narrowed_by_variant(const VariantPattern& pattern, Type type) {
    const Declared declared = declared_by(model_, *pattern.path);
    if (declared.binding() != nullptr) return named(declared);
    return table_.narrow(type, mask_of({ValueKind::Result, ValueKind::Option, ValueKind::Enum}));
}

Type Inference::narrowed_by_literal(const Node& literal, Type type) {
    const KindMask structs = kind_bit(ValueKind::Struct);  // whose op_eq may say anything
    switch (literal.kind) {
        case NodeKind::StringLiteral: return table_.narrow(type, kind_bit(ValueKind::String) | structs);
        case NodeKind::BoolLiteral: return table_.narrow(type, kind_bit(ValueKind::Bool) | structs);
        case NodeKind::NullLiteral: return table_.narrow(type, kind_bit(ValueKind::Null) | structs);
        default: return table_.narrow(type, kNumberKinds | structs);
    }
}

// --- conditions --------------------------------------------------------------------------------------------

/// Notes what a condition that came out as `truth` says about variables.
void Inference::learn(const Node& condition, bool truth) {
    const Node& test = without_parens(condition);
    if (test.is<NameExpr>()) {
        if (truth) learn_kinds(test, kAllKinds & ~kind_bit(ValueKind::Null));
        return;
    }
    if (const auto* unary = test.as<UnaryExpr>()) {
        if (unary->op == UnaryOp::Not) learn(*unary->operand, !truth);
        return;
    }
    if (const auto* call = test.as<CallExpr>()) return learn_call(*call, truth);
    const auto* binary = test.as<BinaryExpr>();
    if (binary == nullptr) return;
    switch (binary->op) {
        case BinaryOp::And:
            if (truth) learn(*binary->left, true), learn(*binary->right, true);
            return;
        case BinaryOp::Or:
            if (!truth) learn(*binary->left, false), learn(*binary->right, false);
            return;
        case BinaryOp::Equal: return learn_equal(*binary, truth);
        case BinaryOp::NotEqual: return learn_equal(*binary, !truth);
        default: return;
    }
}

void Inference::learn_kinds(const Node& name, KindMask kinds) {
    const BindingId id = model_.binding_of(name);
    if (id == kNone || !name.is<NameExpr>() || !model_.bindings[id].is_variable()) return;
    know(id, table_.narrow(read(id), kinds));
}

const BuiltinRow* Inference::builtin_named(const Node& name) const {
    if (!name.is<NameExpr>()) return nullptr;
    const Use use = model_.use_of(name);
    return use.kind == UseKind::Builtin ? &builtin_row(static_cast<BuiltinId>(use.index)) : nullptr;
}

void Inference::learn_call(const CallExpr& call, bool truth) {
    const BuiltinRow* test = builtin_named(*call.callee);
    const KindMask kinds = test == nullptr || call.arguments.size() != 1 ? 0 : tested_kinds(test->name);
    if (kinds != 0) learn_kinds(*call.arguments[0], truth ? kinds : kAllKinds & ~kinds);
}

void Inference::learn_equal(const BinaryExpr& test, bool is_equal) {
    const Node* left = &without_parens(*test.left);
    const Node* right = &without_parens(*test.right);
    if (left->is<NullLiteral>() || left->is<StringLiteral>()) std::swap(left, right);
    const KindMask null = kind_bit(ValueKind::Null);
    if (right->is<NullLiteral>()) {
        return learn_kinds(*left, is_equal ? null | kind_bit(ValueKind::Struct) : kAllKinds & ~null);
    }
    const auto* text = right->as<StringLiteral>();
    const auto* call = left->as<CallExpr>();
    if (text == nullptr || !text->is_plain() || call == nullptr || call->arguments.size() != 1) return;
    const BuiltinRow* builtin = builtin_named(*call->callee);
    const KindMask kinds = kinds_named(text->value());
    if (builtin == nullptr || builtin->name != "type" || kinds == 0) return;
    learn_kinds(*call->arguments[0], is_equal ? kinds : kAllKinds & ~kinds);
}

}  // namespace ruff::sema
