#include <algorithm>

#include "core/compiler/function_compiler.h"

namespace ruff::compiler {

using namespace ruff::syntax;
using bytecode::Constant;

// --- destructuring: what does not fit raises

/// Registers for everything a pattern declares, below the temporaries that taking it apart needs.
void FunctionCompiler::reserve_pattern(const Pattern& pattern) {
    for_each_target(pattern, [&](const Node& node) {
        const sema::BindingId id = model().binding_of(node);
        if (id != sema::kNone) reserve(id);
    });
}

/// The same for the names that a bare pattern declares rather than assigns.
void FunctionCompiler::reserve_assigned(const Pattern& pattern) {
    for_each_target(pattern, [&](const Node& node) {
        const sema::BindingId id = model().binding_of(node);
        if (id != sema::kNone && binding(id).declaration == &node) reserve(id);
    });
}

/// Calls `visit` with each NamePattern and RestPattern, in order.
template <class Visit>
void FunctionCompiler::for_each_target(const Node& pattern, Visit&& visit) {
    switch (pattern.kind) {
        case NodeKind::NamePattern:
        case NodeKind::RestPattern:
        case NodeKind::NameExpr: return visit(pattern);
        case NodeKind::ArrayPattern:
            for (const Node* each : pattern.to<ArrayPattern>().elements) for_each_target(*each, visit);
            return;
        case NodeKind::DictPattern:
            for (const Node* each : pattern.to<DictPattern>().entries) for_each_target(*each, visit);
            return;
        case NodeKind::StructPattern:
            for (const Node* each : pattern.to<StructPattern>().entries) for_each_target(*each, visit);
            return;
        case NodeKind::VariantPattern:
            for (const Node* each : pattern.to<VariantPattern>().elements) for_each_target(*each, visit);
            return;
        case NodeKind::OrPattern:
            for (const Node* each : pattern.to<OrPattern>().alternatives) for_each_target(*each, visit);
            return;
        case NodeKind::DefaultPattern: return for_each_target(*pattern.to<DefaultPattern>().pattern, visit);
        case NodeKind::PatternField: return for_each_target(*pattern.to<PatternField>().pattern, visit);
        case NodeKind::WrapperPattern: return for_each_target(*pattern.to<WrapperPattern>().inner, visit);
        case NodeKind::ParenPattern: return for_each_target(*pattern.to<ParenPattern>().inner, visit);
        default: return;
    }
}

void FunctionCompiler::destructure(const Pattern& pattern, Operand value, Binds binds) {
    switch (pattern.kind) {
        case NodeKind::NamePattern:
        case NodeKind::NameExpr: return bind_name(pattern, value, binds);
        case NodeKind::ArrayPattern: return destructure_array(pattern.to<ArrayPattern>(), value, binds);
        case NodeKind::DictPattern: return destructure_dict(pattern.to<DictPattern>(), value, binds);
        case NodeKind::ParenPattern: return destructure(*pattern.to<ParenPattern>().inner, value, binds);
        default: return;
    }
}

void FunctionCompiler::bind_name(const Node& node, Operand value, Binds binds) {
    const sema::BindingId id = model().binding_of(node);
    if (id == sema::kNone) return;
    if (binds == Binds::Declare || binding(id).declaration == &node) return initialise(id, value);
    at(node);
    store_variable(id, value);
}

/// Where the part that `pattern` takes can be put at once: the register of the variable it declares, if that is free.
Reg FunctionCompiler::part_register(const Pattern& pattern, Binds binds) {
    const sema::BindingId id = model().binding_of(pattern);
    const bool declares = (pattern.is<NamePattern>() || pattern.is<RestPattern>()) && id != sema::kNone &&
                          (binds == Binds::Declare || binding(id).declaration == &pattern);
    if (!declares || binding(id).storage == sema::Storage::Global) return allocate();
    if (binding(id).storage == sema::Storage::Cell && binding(id).is_captured_early) return allocate();
    return register_of(id);
}

void FunctionCompiler::destructure_array(const ArrayPattern& pattern, Operand value, Binds binds) {
    emit(Op::ExpectArray, value.reg);
    std::uint32_t index = 0;
    for (const Node* element : pattern.elements) {
        const Mark before = mark();
        if (const auto* rest = element->as<RestPattern>()) {
            if (model().binding_of(*rest) != sema::kNone) {
                const Reg part = part_register(*rest, binds);
                emit(Op::RestOfArray, part, value.reg, index);
                bind_name(*rest, {part, true}, binds);
            }
        } else {
            const auto* with_default = element->as<DefaultPattern>();
            const Node& target = with_default != nullptr ? *with_default->pattern : *element;
            const Reg part = part_register(target, binds);
            at(*element);
            emit(Op::ElementOr, part, value.reg, index);
            const auto* name = target.as<NamePattern>();
            const std::string missing =
                name != nullptr ? std::string(name->name.text()) : "element " + std::to_string(index);
            destructure_part(target, with_default != nullptr ? with_default->default_value : nullptr, part, missing, binds);
        }
        release(before);
        ++index;
    }
}

/// The part is in a register, unset if it is missing: default, or an error, then the pattern for it.
void FunctionCompiler::destructure_part(const Pattern& pattern, const Expr* default_value, Reg part,
                                        std::string_view missing, Binds binds) {
    if (default_value != nullptr) {
        const Label is_set = builder_.new_label();
        builder_.emit_jump(Op::JumpIfSet, is_set, part);
        const Mark before = mark();
        compile_into(*default_value, part);
        release(before);
        builder_.bind(is_set);
    } else {
        builder_.emit_wide(Op::RequireSet, part, name_constant(missing));
    }
    const bool is_temporary = !is_variable(part);
    destructure(pattern, {part, is_temporary}, binds);
    if (is_temporary && !pattern.is<NamePattern>()) clear(part, part + 1);
}

/// Which entries a `...rest` leaves out. The registers for keys that are not names are taken before the parts, so that they
/// last until then.
FunctionCompiler::TakenKeys FunctionCompiler::taken_keys(List<Node> entries) {
    TakenKeys taken;
    if (entries.empty() || !entries.back()->is<RestPattern>() || model().binding_of(*entries.back()) == sema::kNone) {
        return taken;
    }
    taken.is_kept = true;
    for (const Node* entry : entries) {
        const auto* field = entry->as<PatternField>();
        if (field != nullptr && !has_name_key(*field)) taken.others.push_back(allocate());
    }
    return taken;
}

bool FunctionCompiler::has_name_key(const PatternField& field) {
    if (field.key == nullptr) return true;
    return field.key->key_kind == KeyKind::Word || field.key->key_kind == KeyKind::String;
}

/// The text of a word or string before the `:`, or the name that stands alone.
std::string FunctionCompiler::pattern_key_text(const PatternField& field) const {
    if (field.key == nullptr) {
        const auto* name = field.pattern->as<NamePattern>();
        return name == nullptr ? std::string() : std::string(name->name.text());
    }
    if (field.key->key_kind == KeyKind::Word) return std::string(field.key->word.text());
    const auto* literal = field.key->value->as<StringLiteral>();
    return std::string(literal != nullptr ? literal->value() : tree().text(*field.key->value));
}

/// part := the entry of `value` that the field names, unset if there is none.
void FunctionCompiler::entry_into(const PatternField& field, Operand value, Reg part, TakenKeys& taken) {
    if (has_name_key(field)) {
        std::string text = pattern_key_text(field);
        const std::uint32_t key = builder_.constant(std::string_view(text));
        at(field);
        if (!bytecode::FunctionBuilder::fits_operand(key)) builder_.set_overflowing();
        emit(Op::EntryOr, part, value.reg, key);
        if (taken.is_kept) taken.names.push_back(std::move(text));
        return;
    }
    const Mark before = mark();
    const Reg key = taken.is_kept ? taken.others[taken.other_count++] : allocate();
    compile_into(*field.key->value, key);
    at(field);
    emit(Op::EntryAt, part, value.reg, key);
    release(before);
}

/// part := the entries of `value` that were not taken.
void FunctionCompiler::rest_into(Operand value, const TakenKeys& taken, Reg part) {
    emit(Op::RestOfDict, part, value.reg, builder_.constant(bytecode::NameList{taken.names}));
    for (const Reg key : taken.others) emit(Op::RemoveEntry, part, key);
}

void FunctionCompiler::destructure_dict(const DictPattern& pattern, Operand value, Binds binds) {
    emit(Op::ExpectDict, value.reg);
    const Mark outer = mark();
    TakenKeys taken = taken_keys(pattern.entries);
    for (const Node* entry : pattern.entries) {
        const Mark before = mark();
        if (const auto* field = entry->as<PatternField>()) {
            const Reg part = part_register(*field->pattern, binds);
            entry_into(*field, value, part, taken);
            destructure_part(*field->pattern, field->default_value, part, pattern_key_text(*field), binds);
        } else if (taken.is_kept) {
            const Reg part = part_register(*entry, binds);
            rest_into(value, taken, part);
            bind_name(*entry, {part, true}, binds);
        }
        release(before);
    }
    clear(outer.next, outer.next + static_cast<Reg>(taken.others.size()));
    release(outer);
}

// --- match: what does not fit jumps on

void FunctionCompiler::match_into(const Match& match, Reg target) {
    const Mark before = mark();
    Operand subject = operand(*match.subject);
    if (!subject.is_temporary && is_changed_by_guards(match)) {
        const Reg copy = allocate();
        move(copy, subject);
        subject = {copy, true};
    }
    const Label end = builder_.new_label();
    bool has_default = false;
    for (const Node* node : match.arms) {
        const auto* arm = node->as<MatchArm>();
        if (arm == nullptr) continue;
        match_arm(*arm, subject, target, end);
        has_default = arm->is_default;
    }
    if (!has_default && target != kNoReg) emit(Op::LoadNull, target);
    builder_.bind(end);
    // A subject that only the match holds is given up here.
    if (subject.is_temporary && subject.reg != target) clear(subject.reg, subject.reg + 1);
    release(before);
}

bool FunctionCompiler::is_changed_by_guards(const Match& match) const {
    const sema::BindingId id = model().binding_of(without_parens(*match.subject));
    return std::any_of(match.arms.begin(), match.arms.end(), [&](const Node* node) {
        const auto* arm = node->as<MatchArm>();
        return arm != nullptr && arm->guard != nullptr && may_change(*arm->guard, id);
    });
}

void FunctionCompiler::match_arm(const MatchArm& arm, Operand subject, Reg target, Label end) {
    const Mark before = mark();
    const Label fail = builder_.new_label();
    const Reg first = next_register_;
    if (arm.pattern != nullptr) {
        std::vector<sema::BindingId> bound;
        for_each_target(*arm.pattern, [&](const Node& node) {
            const sema::BindingId id = model().binding_of(node);
            if (id == sema::kNone || std::find(bound.begin(), bound.end(), id) != bound.end()) return;
            module_.registers[id] = allocate();
            bound.push_back(id);
        });
        test_pattern(*arm.pattern, {subject.reg, false}, fail);
        for (const sema::BindingId id : bound) {
            declare_register(id, register_of(id));
            if (binding(id).storage == sema::Storage::Cell) emit(Op::NewCell, register_of(id));
        }
    }
    if (arm.guard != nullptr) branch(*arm.guard, false, fail);
    if (const auto* body = arm.body->as<Block>()) {
        block_value(*body, target);
    } else {
        const Mark inside = mark();
        statement_value(*arm.body, target);
        clear(inside.next, next_register_);
        release(inside);
    }
    clear(first, next_register_);
    if (!is_dead()) builder_.emit_jump(Op::Jump, end);
    builder_.bind(fail);
    if (arm.pattern != nullptr) clear(first, next_register_);
    release(before);
}

Constant FunctionCompiler::literal_constant(const Expr& literal) const {
    const Expr& inner = without_parens(literal);
    if (const auto* number = inner.as<IntLiteral>()) return number->value;
    if (const auto* number = inner.as<FloatLiteral>()) return number->value;
    if (const auto* truth = inner.as<BoolLiteral>()) return truth->value;
    if (const auto* text = inner.as<StringLiteral>()) return std::string(text->value());
    if (const auto* negated = inner.as<UnaryExpr>(); negated != nullptr && negated->op == UnaryOp::Negate) {
        const Constant positive = literal_constant(*negated->operand);
        if (const auto* number = std::get_if<std::int64_t>(&positive)) {
            return static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(*number));
        }
        if (const auto* number = std::get_if<double>(&positive)) return -*number;
    }
    return std::monostate{};
}

std::uint32_t FunctionCompiler::add_constant(const Constant& constant) {
    if (const auto* number = std::get_if<std::int64_t>(&constant)) return builder_.constant(*number);
    if (const auto* number = std::get_if<double>(&constant)) return builder_.constant(*number);
    if (const auto* truth = std::get_if<bool>(&constant)) return builder_.constant(*truth);
    if (const auto* text = std::get_if<std::string>(&constant)) return builder_.constant(std::string_view(*text));
    return builder_.constant_pair(constant, constant);
}

void FunctionCompiler::test_pattern(const Pattern& pattern, Operand value, Label fail) {
    at(pattern);
    switch (pattern.kind) {
        case NodeKind::NamePattern: {
            const sema::BindingId id = model().binding_of(pattern);
            if (id != sema::kNone) move(register_of(id), {value.reg, false});
            return;
        }
        case NodeKind::LiteralPattern: return test_literal(*pattern.to<LiteralPattern>().literal, value, fail);
        case NodeKind::RangePattern: {
            const auto& range = pattern.to<RangePattern>();
            const std::uint32_t ends =
                builder_.constant_pair(literal_constant(*range.start), literal_constant(*range.end));
            builder_.emit_jump(Op::TestNumberRange, fail, value.reg, ends, range.is_inclusive ? bytecode::kInclusive : 0);
            return;
        }
        case NodeKind::NonePattern:
            return test_variant(bytecode::kOptionEnum, 1, value, fail);
        case NodeKind::WrapperPattern: {
            const auto& wrapper = pattern.to<WrapperPattern>();
            const bool is_some = wrapper.name.text() == "Some";
            test_variant(is_some ? bytecode::kOptionEnum : bytecode::kResultEnum, wrapper.name.text() == "Err" ? 1 : 0, value,
                         fail);
            return test_part(*wrapper.inner, fail, [&](Reg part) { emit(Op::Payload, part, value.reg, 0); });
        }
        case NodeKind::VariantPattern: return test_variant_pattern(pattern.to<VariantPattern>(), value, fail);
        case NodeKind::ArrayPattern: return test_array(pattern.to<ArrayPattern>(), value, fail);
        case NodeKind::DictPattern:
            builder_.emit_jump(Op::TestDict, fail, value.reg);
            return test_entries(pattern.to<DictPattern>().entries, value, fail);
        case NodeKind::StructPattern: return test_struct(pattern.to<StructPattern>(), value, fail);
        case NodeKind::OrPattern: return test_alternatives(pattern.to<OrPattern>(), value, fail);
        case NodeKind::ParenPattern: return test_pattern(*pattern.to<ParenPattern>().inner, value, fail);
        default: return;
    }
}

/// A part of the value: straight into the variable if the pattern is a name, else into a temporary that is tested.
template <class Load>
void FunctionCompiler::test_part(const Pattern& pattern, Label fail, Load&& load, bool may_be_missing) {
    if (pattern.is<WildcardPattern>() && !may_be_missing) return;
    const sema::BindingId id = model().binding_of(pattern);
    const bool is_name = pattern.is<NamePattern>() && id != sema::kNone;
    const Reg part = is_name ? register_of(id) : allocate();
    load(part);
    if (may_be_missing) builder_.emit_jump(Op::TestSet, fail, part);
    if (!is_name) test_pattern(pattern, {part, false}, fail);
}

void FunctionCompiler::test_literal(const Expr& literal, Operand value, Label fail) {
    if (literal.is<NullLiteral>()) {
        builder_.emit_jump(Op::JumpIfNull, fail, value.reg, 0, bytecode::kNegate);
        return;
    }
    const Constant constant = literal_constant(literal);
    const auto* number = std::get_if<std::int64_t>(&constant);
    if (number != nullptr && *number >= -0x8000 && *number <= 0x7fff) {
        builder_.emit_jump(Op::JumpEqualI, fail, value.reg, static_cast<std::uint32_t>(*number), bytecode::kNegate);
        return;
    }
    const std::uint32_t index = add_constant(constant);
    if (!bytecode::FunctionBuilder::fits_operand(index)) builder_.set_overflowing();
    builder_.emit_jump(Op::JumpEqualK, fail, value.reg, index, bytecode::kNegate);
}

void FunctionCompiler::test_variant(std::uint32_t type, std::uint32_t variant, Operand value, Label fail) {
    const std::uint32_t constant = builder_.constant(bytecode::VariantConstant{type, variant});
    builder_.emit_jump(Op::TestVariant, fail, value.reg, constant);
}

void FunctionCompiler::test_variant_pattern(const VariantPattern& pattern, Operand value, Label fail) {
    std::uint32_t type = 0, variant = 0;
    if (!variant_at(*pattern.path, pattern.variant, type, variant)) return;
    at(pattern);
    test_variant(type, variant, value, fail);
    if (!pattern.has_payload) return;
    const bool has_rest = !pattern.elements.empty() && pattern.elements.back()->is<RestPattern>();
    const auto count = static_cast<std::uint32_t>(pattern.elements.size()) - (has_rest ? 1 : 0);
    const bytecode::EnumVariant& declared = program_.program().enums[type].variants[variant];
    if (!declared.has_payload_list || declared.arity != count || has_rest) {
        builder_.emit_jump(Op::TestPayload, fail, value.reg, count, has_rest ? bytecode::kAtLeast : 0);
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        test_part(*pattern.elements[i], fail, [&](Reg part) { emit(Op::Payload, part, value.reg, i); });
    }
    if (!has_rest) return;
    const sema::BindingId id = model().binding_of(*pattern.elements.back());
    if (id != sema::kNone) emit(Op::PayloadRest, register_of(id), value.reg, count);
}

void FunctionCompiler::test_array(const ArrayPattern& pattern, Operand value, Label fail) {
    const bool has_rest = !pattern.elements.empty() && pattern.elements.back()->is<RestPattern>();
    const auto count = static_cast<std::uint32_t>(pattern.elements.size()) - (has_rest ? 1 : 0);
    builder_.emit_jump(Op::TestArray, fail, value.reg, count, has_rest ? bytecode::kAtLeast : 0);
    for (std::uint32_t i = 0; i < count; ++i) {
        test_part(*pattern.elements[i], fail, [&](Reg part) { emit(Op::ElementOr, part, value.reg, i); });
    }
    if (!has_rest) return;
    const sema::BindingId id = model().binding_of(*pattern.elements.back());
    if (id != sema::kNone) emit(Op::RestOfArray, register_of(id), value.reg, count);
}

void FunctionCompiler::test_struct(const StructPattern& pattern, Operand value, Label fail) {
    const Declared type = program_.resolve_path(module_, *pattern.path);
    if (!type || type.get().kind != sema::BindingKind::Struct) return raise_no_struct(*pattern.path);
    const std::uint32_t constant = builder_.constant(bytecode::StructConstant{program_.struct_index(type)});
    builder_.emit_jump(Op::TestStruct, fail, value.reg, constant);
    test_entries(pattern.entries, value, fail);
}

void FunctionCompiler::test_entries(List<Node> entries, Operand value, Label fail) {
    TakenKeys taken = taken_keys(entries);
    for (const Node* entry : entries) {
        if (const auto* field = entry->as<PatternField>()) {
            test_part(*field->pattern, fail, [&](Reg part) { entry_into(*field, value, part, taken); }, true);
        } else if (taken.is_kept) {
            rest_into(value, taken, register_of(model().binding_of(*entry)));
        }
    }
}

void FunctionCompiler::test_alternatives(const OrPattern& pattern, Operand value, Label fail) {
    const Label matched = builder_.new_label();
    for (std::size_t i = 0; i < pattern.alternatives.size(); ++i) {
        const bool is_last = i + 1 == pattern.alternatives.size();
        const Label next = is_last ? fail : builder_.new_label();
        test_pattern(*pattern.alternatives[i], value, next);
        if (is_last) break;
        builder_.emit_jump(Op::Jump, matched);
        builder_.bind(next);
    }
    builder_.bind(matched);
}

}  // namespace ruff::compiler
