#include "core/sema/inference.h"

// Expressions and calls.

namespace ruff::sema {

using namespace ruff::syntax;

// --- expressions -------------------------------------------------------------------------------------------

Type Inference::infer(const Node& expression) {
    // Chains lean to the left and have no depth limit: down to their start, then up again.
    const std::size_t base = chain_.size();
    const Node* at = &expression;
    for (const Expr* next; (next = leftmost_step(*at)) != nullptr; at = next) chain_.push_back(at);
    Type type = set(*at, infer_single(*at));
    while (chain_.size() > base) {
        const Node* link = chain_.back();
        chain_.pop_back();
        type = set(*link, infer_link(*link, type));
    }
    return type;
}

/// A node with its leftmost part known to be `left`.
Type Inference::infer_link(const Node& node, Type left) {
    switch (node.kind) {
        case NodeKind::BinaryExpr: return infer_binary(node.to<BinaryExpr>(), left);
        case NodeKind::PipeExpr: return infer_pipe(node.to<PipeExpr>(), left);
        case NodeKind::CallExpr: return infer_call(node.to<CallExpr>(), nullptr);
        case NodeKind::MemberExpr: return infer_member(node.to<MemberExpr>(), left);
        case NodeKind::IndexExpr: return infer_index(node.to<IndexExpr>(), left);
        case NodeKind::SliceExpr: {
            const auto& slice = node.to<SliceExpr>();
            if (slice.low != nullptr) infer(*slice.low);
            if (slice.high != nullptr) infer(*slice.high);
            const ValueKind kind = table_.single_kind(left);
            const bool keeps = kind == ValueKind::Array || kind == ValueKind::String || kind == ValueKind::Bytes;
            return keeps ? table_.narrow(left, kind_bit(kind)) : Type::Any;
        }
        case NodeKind::PropagateExpr: return infer_propagate(left);
        default: return Type::Any;
    }
}

Type Inference::infer_single(const Node& node) {
    switch (node.kind) {
        case NodeKind::IntLiteral: return of_kind(ValueKind::Int);
        case NodeKind::FloatLiteral: return of_kind(ValueKind::Float);
        case NodeKind::BoolLiteral: return of_kind(ValueKind::Bool);
        case NodeKind::NullLiteral: return null_type();
        case NodeKind::StringLiteral:
            for (const StringPart& part : node.to<StringLiteral>().parts) {
                if (part.expression != nullptr) infer(*part.expression);
            }
            return of_kind(ValueKind::String);
        case NodeKind::NameExpr:
        case NodeKind::DictShorthand:
        case NodeKind::SelfExpr: return infer_name(node);
        case NodeKind::VariantExpr: return infer_variant(node.to<VariantExpr>());
        case NodeKind::ParenExpr: return infer(*node.to<ParenExpr>().inner);
        case NodeKind::ArrayExpr: return infer_array(node.to<ArrayExpr>());
        case NodeKind::DictExpr: return infer_dict(node.to<DictExpr>());
        case NodeKind::StructExpr: return infer_struct_expr(node.to<StructExpr>());
        case NodeKind::UnaryExpr: return infer_unary(node.to<UnaryExpr>());
        case NodeKind::AwaitExpr: return result_->awaited(infer(*node.to<AwaitExpr>().operand));
        case NodeKind::RangeExpr:
            infer(*node.to<RangeExpr>().start);
            infer(*node.to<RangeExpr>().end);
            return of_kind(ValueKind::Range);
        case NodeKind::ThrowExpr: infer(*node.to<ThrowExpr>().value); return Type::Never;
        case NodeKind::YieldExpr:
            frame_.yielded = table_.join(frame_.yielded, infer(*node.to<YieldExpr>().value));
            return Type::Any;
        case NodeKind::LambdaExpr: return infer_lambda(node.to<LambdaExpr>(), {});
        case NodeKind::FuncExpr: {
            const auto& function = node.to<FuncExpr>();
            const FunctionId id = model_.function_of(function);
            infer_function(id, function.params, function.result, *function.body, {});
            return function_type(model_, id);
        }
        case NodeKind::If: return infer_if(node.to<If>()).value;
        case NodeKind::Match: return infer_match(node.to<Match>()).value;
        case NodeKind::Try: return infer_try(node.to<Try>()).value;
        case NodeKind::Spawn: {
            const FunctionId id = model_.function_of(node);
            infer_function(id, {}, nullptr, *node.to<Spawn>().body, {});
            return table_.with_element(ValueKind::TaskHandle, result_->results_[id]);
        }
        case NodeKind::Block: return infer_block(node.to<Block>()).value;
        case NodeKind::NamedArgument: return infer(*node.to<NamedArgument>().value);
        case NodeKind::Spread: infer(*node.to<Spread>().operand); return Type::Any;
        case NodeKind::ErrorNode:
            for (const Node* child : node.to<ErrorNode>().children) infer_statement(*child);
            return Type::Any;
        default: return Type::Any;
    }
}

Type Inference::infer_name(const Node& node) {
    const Use use = model_.use_of(node);
    switch (use.kind) {
        case UseKind::Binding: return read(use.index);
        case UseKind::Builtin: {
            const BuiltinRow& row = builtin_row(static_cast<BuiltinId>(use.index));
            return row.form == BuiltinForm::Constant ? of_kind(ValueKind::Float) : builtin_type(row);
        }
        case UseKind::Constructor:
            if (use.index == 3) return table_.with_element(ValueKind::Option, Type::Never);
            return of_kind(ValueKind::Function);
        default: return Type::Any;
    }
}

Type Inference::infer_variant(const VariantExpr& variant) {
    const Declared declared = declared_by(model_, *variant.path);
    const Binding* binding = declared.binding();
    if (binding == nullptr || binding->kind != BindingKind::Enum) {
        return table_.of_kinds(mask_of({ValueKind::Option, ValueKind::Result, ValueKind::Function, ValueKind::Enum}));
    }
    for (const EnumVariant* each : binding->declaration->to<EnumDecl>().variants) {
        if (each->name.text() == variant.variant.text() && each->has_payload) {
            return table_.with_element(ValueKind::Function, named(declared));
        }
    }
    return named(declared);
}

Type Inference::infer_array(const ArrayExpr& array) {
    Type element = Type::Never;
    for (const Node* each : array.elements) {
        const auto* spread = each->as<Spread>();
        const Type type = spread == nullptr ? infer(*each) : iterated(table_, infer(*spread->operand));
        element = table_.join(element, type == Type::Never ? Type::Any : type);
    }
    return table_.array_of(element);
}

Type Inference::infer_dict(const DictExpr& dict) {
    Type key = Type::Never, value = Type::Never;
    for (const Node* each : dict.entries) {
        if (const auto* entry = each->as<DictEntry>()) {
            key = table_.join(key, key_type(*entry->key));
            value = table_.join(value, infer(*entry->value));
        } else if (each->is<DictShorthand>()) {
            key = table_.join(key, of_kind(ValueKind::String));
            value = table_.join(value, infer(*each));
        } else if (const auto* spread = each->as<Spread>()) {
            const Type type = infer(*spread->operand);
            const bool is_dict = table_.is(type, ValueKind::Dict);
            key = table_.join(key, is_dict ? table_.data(type).key : Type::Any);
            value = table_.join(value, is_dict ? table_.data(type).element : Type::Any);
        }
    }
    return table_.dict_of(key, value);
}

Type Inference::key_type(const DictKey& key) {
    switch (key.key_kind) {
        case KeyKind::Word:
        case KeyKind::String: return of_kind(ValueKind::String);
        default: return infer(*key.value);
    }
}

Type Inference::infer_struct_expr(const StructExpr& literal) {
    for (const Node* entry : literal.entries) {
        if (const auto* field = entry->as<FieldInit>()) {
            set(*field, field->value != nullptr ? infer(*field->value) : infer_name(*field));
        } else {
            infer(*entry);
        }
    }
    const Type type = named(declared_by(model_, *literal.path));
    return type == Type::Any ? of_kind(ValueKind::Struct) : type;
}

Type Inference::infer_unary(const UnaryExpr& unary) {
    const Type operand = infer(*unary.operand);
    if (table_.may_be(operand, kind_bit(ValueKind::Struct))) return Type::Any;
    if (unary.op == UnaryOp::Not) return of_kind(ValueKind::Bool);
    return table_.is_only(operand, kNumberKinds) ? operand : table_.of_kinds(kNumberKinds);
}

Type Inference::infer_binary(const BinaryExpr& binary, Type left) {
    if (binary.op == BinaryOp::And || binary.op == BinaryOp::Or) {
        const Mark start = mark();
        learn(*binary.left, binary.op == BinaryOp::And);
        infer(*binary.right);
        restore(start);
        return of_kind(ValueKind::Bool);
    }
    const Type right = infer(*binary.right);
    if (binary.op == BinaryOp::Coalesce) {
        return table_.join(table_.narrow(left, kAllKinds & ~kind_bit(ValueKind::Null)), right);
    }
    return operated(binary.op, left, right);
}

Type Inference::operated(BinaryOp op, Type left, Type right) {
    if (op == BinaryOp::In || op == BinaryOp::NotIn) return of_kind(ValueKind::Bool);
    if (left == Type::Never || right == Type::Never) return Type::Never;
    const bool may_overload = table_.may_be(left, kind_bit(ValueKind::Struct));
    switch (op) {
        case BinaryOp::Add:
        case BinaryOp::Subtract:
        case BinaryOp::Multiply:
        case BinaryOp::Divide:
        case BinaryOp::Modulo: break;
        default: return may_overload ? Type::Any : of_kind(ValueKind::Bool);
    }
    if (table_.is_only(left, kNumberKinds) && table_.is_only(right, kNumberKinds)) return number_of(left, right);
    const KindMask text = kind_bit(ValueKind::String);
    if (op == BinaryOp::Add) {
        const KindMask joinable = text | kNumberKinds | kind_bit(ValueKind::Bool);
        if (table_.is_only(left, joinable) && table_.is_only(right, joinable) &&
            (table_.is_only(left, text) || table_.is_only(right, text))) {
            return of_kind(ValueKind::String);
        }
        if (table_.is(left, ValueKind::Array) && table_.is(right, ValueKind::Array)) return table_.join(left, right);
    }
    const bool repeats = table_.is(left, ValueKind::String) || table_.is(left, ValueKind::Array);
    if (op == BinaryOp::Multiply && repeats && table_.is(right, ValueKind::Int)) return left;
    return Type::Any;
}

Type Inference::number_of(Type left, Type right) {
    const KindMask whole = kind_bit(ValueKind::Int);
    if (table_.is_only(left, whole) && table_.is_only(right, whole)) return of_kind(ValueKind::Int);
    const bool is_float = table_.is(left, ValueKind::Float) || table_.is(right, ValueKind::Float);
    return is_float ? of_kind(ValueKind::Float) : table_.of_kinds(kNumberKinds);
}

Type Inference::infer_propagate(Type operand) {
    const TypeData data = table_.data(operand);
    switch (table_.single_kind(operand)) {
        case ValueKind::Result: {
            TypeData left{kind_bit(ValueKind::Result), Type::Never, data.key};
            frame_.returned = table_.join(frame_.returned, table_.make(left));
            return data.element == Type::Never ? Type::Any : data.element;
        }
        case ValueKind::Option:
            frame_.returned = table_.join(frame_.returned, table_.with_element(ValueKind::Option, Type::Never));
            return data.element == Type::Never ? Type::Any : data.element;
        default:
            frame_.returned =
                table_.join(frame_.returned, table_.of_kinds(mask_of({ValueKind::Result, ValueKind::Option})));
            return Type::Any;
    }
}

Type Inference::infer_index(const IndexExpr& index, Type object) {
    infer(*index.index);
    const TypeData data = table_.data(object);
    switch (table_.single_kind(object)) {
        case ValueKind::Array:
        case ValueKind::Dict: return data.element == Type::Never ? Type::Any : data.element;
        case ValueKind::String: return of_kind(ValueKind::String);
        case ValueKind::Bytes:
        case ValueKind::Range: return of_kind(ValueKind::Int);
        default: return Type::Any;
    }
}

Type Inference::infer_member(const MemberExpr& member, Type object) {
    const Type type = member_type(member, object);
    // Of a callee the function is what matters; the call adds the null.
    const bool is_called = !chain_.empty() && chain_.back()->is<CallExpr>() && chain_.back()->to<CallExpr>().callee == &member;
    return member.is_optional && !is_called ? table_.optional(type) : type;
}

/// Of `object.name`, whether or not it is called.
Type Inference::member_type(const MemberExpr& member, Type object) {
    const TypeData data = table_.data(object);
    const std::string_view name = member.name.text();
    const ValueKind kind = table_.single_kind(object);
    if (kind == ValueKind::Struct && data.owner != nullptr) {
        const StructInfo& type = data.owner->structs[data.index];
        for (const FunctionId id : type.methods) {
            if (data.owner->functions[id].node->to<FuncDecl>().name.text() == name) return function_type(*data.owner, id);
        }
        return field_type(*data.owner, type, name);
    }
    if (kind == ValueKind::Module && data.owner != nullptr) {
        const BindingId exported = data.owner->find_export(name);
        if (exported == kNone) return Type::Any;
        const Binding& binding = data.owner->bindings[exported];
        if (binding.kind == BindingKind::Function) return function_type(*data.owner, binding.index);
        return imported_variable({data.owner, exported});
    }
    if (kind == ValueKind::Unset || kind == ValueKind::Null) return Type::Any;
    const BuiltinRow* row = find_builtin_method(kind, name);
    if (kind == ValueKind::Dict) {
        // An entry of that name comes first when it is called; without a call it is all there is.
        if (row != nullptr && !table_.may_be(data.element, kind_bit(ValueKind::Function))) return builtin_type(*row);
        return data.element == Type::Never ? Type::Any : data.element;
    }
    return row == nullptr ? Type::Any : builtin_type(*row);
}

// --- calls -------------------------------------------------------------------------------------------------

/// `piped` stands before the arguments: the left side of `|>`.
Type Inference::infer_call(const CallExpr& call, const Type* piped) {
    const Type callee = type_of(*call.callee);
    const TypeData data = table_.data(callee);
    const bool is_builtin = table_.single_kind(callee) == ValueKind::Function && data.owner == nullptr && data.index != kNone;
    if (is_builtin) return infer_builtin_call(call, builtin_row(static_cast<BuiltinId>(data.index)), piped);
    Type first = piped != nullptr ? *piped : Type::Any;
    for (const Node* argument : call.arguments) {
        const Type type = set(*argument, infer(*argument));
        if (piped == nullptr && argument == call.arguments[0]) first = type;
    }
    const Type result = infer_plain_call(call, callee, table_.data(callee), first);
    const bool is_cut = is_optional_chain(call);
    return is_cut ? table_.optional(result) : result;
}

/// `a?.m()`: the call is left out when `a` is null.
bool Inference::is_optional_chain(const CallExpr& call) {
    const auto* member = call.callee->as<MemberExpr>();
    return member != nullptr && member->is_optional;
}

Type Inference::infer_plain_call(const CallExpr& call, Type callee, const TypeData& data, Type first) {
    if (call.callee->is<NameExpr>()) {
        const Use use = model_.use_of(*call.callee);
        if (use.kind == UseKind::Constructor) return constructed(use.index, first);
    }
    if (const auto* variant = call.callee->as<VariantExpr>()) {
        const Type made = named(declared_by(model_, *variant->path));
        if (made != Type::Any) return made;
        const std::string_view name = variant->variant.text();
        if (name == "Ok") return constructed(0, first);
        if (name == "Err") return constructed(1, first);
        return name == "Some" ? constructed(2, first) : Type::Any;
    }
    if (callee == Type::Never) return Type::Never;
    return table_.single_kind(callee) == ValueKind::Function ? data.element : Type::Any;
}

/// `Ok(v)`, `Err(e)`, `Some(v)`.
Type Inference::constructed(std::uint32_t constructor, Type value) {
    switch (constructor) {
        case 0: return table_.make({kind_bit(ValueKind::Result), value, Type::Never});
        case 1: return table_.make({kind_bit(ValueKind::Result), Type::Never, value});
        default: return table_.with_element(ValueKind::Option, value);
    }
}

Type Inference::infer_pipe(const PipeExpr& pipe, Type left) {
    const Node* right = pipe.right;
    const auto* propagate = right->as<PropagateExpr>();
    if (propagate != nullptr) right = propagate->operand;
    Type result = Type::Any;
    if (const auto* call = right->as<CallExpr>()) {
        infer(*call->callee);
        result = infer_call(*call, &left);
    } else {
        const Type callee = infer(*right);
        const TypeData data = table_.data(callee);
        const bool is_function = table_.single_kind(callee) == ValueKind::Function;
        if (is_function && data.owner == nullptr && data.index != kNone) {
            TypeLetters letters;
            const BuiltinRow& row = row_for(builtin_row(static_cast<BuiltinId>(data.index)), left);
            match_parameter(table_, row, 0, left, letters);
            result = builtin_result(table_, row, letters);
        } else if (is_function) {
            result = data.element;
        }
    }
    set(*right, result);
    return propagate == nullptr ? result : set(*propagate, infer_propagate(result));
}

/// The row of an overloaded name that takes such a first argument.
const BuiltinRow& Inference::row_for(const BuiltinRow& row, Type first) {
    const ValueKind kind = table_.single_kind(first);
    if (kind == ValueKind::Unset || !row.is_function()) return row;
    return select_builtin(row, kind);
}

Type Inference::infer_builtin_call(const CallExpr& call, const BuiltinRow& first_row, const Type* piped) {
    // The receiver and what is piped stand before the arguments.
    const auto* member = call.callee->as<MemberExpr>();
    Type before[2];
    std::size_t count = 0;
    if (member != nullptr) before[count++] = table_.narrow(type_of(*member->object), kAllKinds & ~kind_bit(ValueKind::Null));
    if (piped != nullptr) before[count++] = *piped;
    const bool takes_first = count == 0 && !call.arguments.empty();
    if (takes_first) before[count++] = set(*call.arguments[0], infer(*call.arguments[0]));
    const Type first = count == 0 ? Type::Never : before[0];
    const bool is_certain = member != nullptr || !is_overloaded(first_row) || table_.single_kind(first) != ValueKind::Unset;
    const BuiltinRow& row = member != nullptr ? first_row : row_for(first_row, first);

    TypeLetters letters;
    for (std::size_t i = 0; i < count; ++i) match_parameter(table_, row, i, before[i], letters);
    for (std::size_t i = takes_first ? 1 : 0; i < call.arguments.size(); ++i, ++count) {
        const Node& argument = *call.arguments[i];
        const Type type = set(argument, infer_argument(argument, row, count, first, letters));
        match_parameter(table_, row, count, type, letters);
    }
    if (member != nullptr && row.is_mutating()) change_receiver(*member, letters);
    if (!is_certain) return Type::Any;
    if (count > 2 && row.name == "get") return Type::Any;  // may be the default
    const Type result = cached_result(row, letters);
    return member != nullptr && member->is_optional ? table_.optional(result) : result;
}

/// Results without letters are the same at every call.
Type Inference::cached_result(const BuiltinRow& row, const TypeLetters& letters) {
    if (builtin_results_.empty()) builtin_results_.resize(kBuiltinCount, kUnknownType);
    std::uint32_t& known = builtin_results_[static_cast<std::size_t>(row.id)];
    if (known != kUnknownType) return static_cast<Type>(known);
    const Type result = builtin_result(table_, row, letters);
    if (!has_letters(row)) known = static_cast<std::uint32_t>(result);
    return result;
}

/// A lambda that is written as an argument is called with what the signature says.
Type Inference::infer_argument(const Node& argument, const BuiltinRow& row, std::size_t position,
                               Type first, const TypeLetters& letters) {
    const auto* lambda = argument.as<LambdaExpr>();
    const KindMask walkable = mask_of({ValueKind::Array, ValueKind::Set, ValueKind::Range, ValueKind::String, ValueKind::Generator});
    if (lambda == nullptr || !table_.is_only(first, walkable) || position >= row.parameters.size()) return infer(argument);
    return infer_lambda(*lambda, callback_types(table_, row.parameters[position].type, letters));
}

Type Inference::infer_lambda(const LambdaExpr& lambda, const std::vector<Type>& param_types) {
    const FunctionId id = model_.function_of(lambda);
    infer_function(id, lambda.params, nullptr, *lambda.body, param_types);
    return function_type(model_, id);
}

/// `xs.push(v)`: the variable at the root of the place holds something new.
void Inference::change_receiver(const MemberExpr& member, const TypeLetters& letters) {
    const Node& place = *member.object;
    if (!place.is<NameExpr>()) return change_place(place, Type::Never);
    const BindingId id = model_.binding_of(place);
    if (id == kNone || !model_.bindings[id].is_variable()) return;
    const Type now = read(id);
    TypeData data = table_.data(now);
    const auto letter = [&](char name) { return letters.types[static_cast<std::size_t>(name - 'A')]; };
    switch (table_.single_kind(now)) {
        case ValueKind::Array:
        case ValueKind::Set: data.element = table_.join(data.element, letter('T')); break;
        case ValueKind::Dict:
            data.key = table_.join(data.key, letter('K'));
            data.element = table_.join(data.element, letter('V'));
            break;
        default: return;
    }
    change(id, table_.make(data));
}

}  // namespace ruff::sema
