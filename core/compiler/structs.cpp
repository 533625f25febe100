#include <algorithm>

#include "core/compiler/function_compiler.h"
#include "core/support/edit_distance.h"

namespace ruff::compiler {

using namespace ruff::syntax;

namespace {

const std::vector<bytecode::StructField>& fields_of(const bytecode::Program& program, std::uint32_t type) {
    return program.structs[type].fields;
}

std::size_t field_index(const std::vector<bytecode::StructField>& fields, std::string_view name) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const bytecode::StructField& field) { return field.name == name; });
    return static_cast<std::size_t>(found - fields.begin());
}

}  // namespace

/// `Point { x: 1, y, ...p }`
void FunctionCompiler::struct_into(const StructExpr& expression, Reg target) {
    const Declared type = program_.resolve_path(module_, *expression.path);
    if (!type || type.get().kind != sema::BindingKind::Struct) return raise_no_struct(*expression.path);
    const auto spreads = std::count_if(expression.entries.begin(), expression.entries.end(),
                                       [](const Node* entry) { return entry->is<Spread>(); });
    if (!check_fields(expression, type, spreads > 0)) return;
    if (spreads == 0) return struct_fields_into(expression, type, target);
    if (spreads == 1 && expression.entries[0]->is<Spread>()) return struct_spread_into(expression, type, target);
    struct_entries_into(expression, type, target);
}

void FunctionCompiler::raise_no_struct(const Path& path) {
    at(path);
    const sema::Use use = model().use_of(path);
    if (use.kind == sema::UseKind::Undefined) return undefined(use.index);
    const std::string name(tree().text(path));
    if (use.kind == sema::UseKind::Binding) {
        const sema::Binding& found = binding(use.index);
        if (found.kind == sema::BindingKind::Module || found.kind == sema::BindingKind::Imported) {
            const sema::ModuleImport& import = model().imports[found.index];
            if (import.module == nullptr) return raise("module", import.failure, import.failure_hint);
            if (found.kind == sema::BindingKind::Module) {
                return raise("name", "Module " + import.name + " has no struct " + std::string(path.names.back().text()));
            }
        }
    }
    raise("name", name + " is not a struct");
}

/// Unknown, doubled and missing fields raise when the literal is reached, after its values.
bool FunctionCompiler::check_fields(const StructExpr& expression, const Declared& type, bool has_spread) {
    const std::vector<bytecode::StructField>& fields = fields_of(program_.program(), program_.struct_index(type));
    const std::string name(tree().text(*expression.path));
    std::vector<bool> is_given(fields.size(), false);
    std::string message, hint;
    const Node* culprit = &expression;
    for (const Node* entry : expression.entries) {
        const auto* field = entry->as<FieldInit>();
        if (field == nullptr || !message.empty()) continue;
        const std::size_t index = field_index(fields, field->name.text());
        culprit = entry;
        if (index == fields.size()) {
            message = name + " has no field `" + std::string(field->name.text()) + "`";
            std::vector<std::string_view> known;
            for (const bytecode::StructField& each : fields) known.push_back(each.name);
            const std::string_view near = nearest_name(field->name.text(), known);
            if (!near.empty()) hint = "did you mean `" + std::string(near) + "`?";
        } else if (is_given[index]) {
            message = name + " is given the field `" + std::string(field->name.text()) + "` twice";
        } else {
            is_given[index] = true;
        }
    }
    for (std::size_t i = 0; i < fields.size() && message.empty() && !has_spread; ++i) {
        if (is_given[i] || fields[i].has_default) continue;
        message = name + " needs the field `" + fields[i].name + "`";
        culprit = expression.path;
    }
    if (message.empty()) return true;
    for (const Node* entry : expression.entries) {
        const auto* field = entry->as<FieldInit>();
        const Mark before = mark();
        if (field != nullptr) field_value_into(*field, allocate());
        if (const auto* spread = entry->as<Spread>()) in_temporary(*spread->operand);
        clear(before.next, next_register_);
        release(before);
    }
    at(*culprit);
    raise("name", std::move(message), std::move(hint));
    return false;
}

void FunctionCompiler::field_value_into(const FieldInit& field, Reg target) {
    const Mark before = mark();
    if (field.value != nullptr) {
        compile_into(*field.value, target);
    } else {
        name_into(field, field.name, target);
    }
    release(before);
}

/// The default of a field: made here if it is a literal, else by the function compiled from it.
void FunctionCompiler::default_into(const Declared& type, std::size_t field, Reg target) {
    const sema::StructInfo& info = type.module->model->structs[type.get().index];
    const Expr& value = *info.fields[field]->default_value;
    const Mark before = mark();
    if (is_constant_expression(value)) {
        const bool was_foreign = std::exchange(is_foreign_, true);
        compile_into(value, target);
        is_foreign_ = was_foreign;
        return release(before);
    }
    const bytecode::FunctionIndex index = type.module->functions[info.defaults[field]];
    note_function(index);
    const bool has_environment = program_.has_environment(*type.module, info);
    const Reg window = window_at(target);
    if (has_environment) environment_into(type, allocate());
    emit(Op::CallFunction, window, has_environment ? 1 : 0, builder_.constant(bytecode::FunctionConstant{index}));
    move(target, {window, true});
    release(before);
}

/// What the members of a struct in a block have captured: it is in scope wherever the struct is.
void FunctionCompiler::environment_into(const Declared& type, Reg target) { location_into(locate(type), target); }

void FunctionCompiler::struct_fields_into(const StructExpr& expression, const Declared& type, Reg target) {
    const std::uint32_t index = program_.struct_index(type);
    const std::size_t count = fields_of(program_.program(), index).size();
    const std::size_t slots = count + program_.program().structs[index].has_environment;
    const Mark before = mark();
    const Reg window = window_at(target);
    if (slots > 1) allocate(static_cast<std::uint32_t>(slots) - 1);
    std::vector<bool> is_given(count, false);
    for (const Node* entry : expression.entries) {
        const auto& field = entry->to<FieldInit>();
        const std::size_t at_field = field_index(fields_of(program_.program(), index), field.name.text());
        field_value_into(field, window + static_cast<Reg>(at_field));
        is_given[at_field] = true;
    }
    at(*expression.path);
    for (std::size_t i = 0; i < count; ++i) {
        if (!is_given[i]) default_into(type, i, window + static_cast<Reg>(i));
    }
    at(*expression.path);
    if (slots > count) environment_into(type, window + static_cast<Reg>(count));
    emit(Op::NewStruct, window, static_cast<std::uint32_t>(slots), builder_.constant(bytecode::StructConstant{index}));
    move(target, {window, true});
    release(before);
}

/// The environment as one more pair of NewStructSpread. Gives the number of pairs: 0 for a type without one.
std::uint32_t FunctionCompiler::environment_pair(const Declared& type) {
    const bytecode::StructType& made = program_.program().structs[program_.struct_index(type)];
    if (!made.has_environment) return 0;
    const Reg pair = allocate(2);
    int_into(static_cast<std::int64_t>(made.fields.size()), pair);
    environment_into(type, pair + 1);
    return 1;
}

// `P { ...p, x: 1 }`: of a p of the same type the other fields are kept. Of something else they are looked up by name, and
// only then a default may be needed; that way is taken where a test of the type fails.
void FunctionCompiler::struct_spread_into(const StructExpr& expression, const Declared& type, Reg target) {
    const std::uint32_t index = program_.struct_index(type);
    const Mark before = mark();
    const Reg window = window_at(target);
    compile_into(*expression.entries[0]->to<Spread>().operand, window);
    next_register_ = window + 1;
    std::vector<bool> is_given(fields_of(program_.program(), index).size(), false);
    std::uint32_t pairs = 0;
    for (const Node* entry : expression.entries) {
        const auto* field = entry->as<FieldInit>();
        if (field == nullptr) continue;
        const std::size_t at_field = field_index(fields_of(program_.program(), index), field->name.text());
        is_given[at_field] = true;
        const Reg pair = allocate(2);
        int_into(static_cast<std::int64_t>(at_field), pair);
        field_value_into(*field, pair + 1);
        ++pairs;
    }
    at(*expression.path);
    const std::uint32_t constant = builder_.constant(bytecode::StructConstant{index});
    foreign_defaults(type, is_given, window, constant);
    at(*expression.path);
    pairs += environment_pair(type);
    emit(Op::NewStructSpread, window, pairs, constant);
    move(target, {window, true});
    release(before);
}

/// If the value in `value` is no struct of the type: makes it a dict that has the defaults of what it lacks.
void FunctionCompiler::foreign_defaults(const Declared& type, const std::vector<bool>& is_given, Reg value,
                                        std::uint32_t constant) {
    const std::vector<bytecode::StructField>& fields = fields_of(program_.program(), program_.struct_index(type));
    bool needs_defaults = false;
    for (std::size_t i = 0; i < fields.size(); ++i) needs_defaults |= fields[i].has_default && !is_given[i];
    if (!needs_defaults) return;
    const Label foreign = builder_.new_label(), end = builder_.new_label();
    builder_.emit_jump(Op::TestStruct, foreign, value, constant);
    builder_.emit_jump(Op::Jump, end);
    builder_.bind(foreign);
    const Mark before = mark();
    const Reg dict = allocate(3);
    emit(Op::NewDict, dict, 0);
    emit(Op::DictSpread, dict, value, 0, bytecode::kTakeB);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!fields[i].has_default || is_given[i]) continue;
        const std::string name = fields[i].name;
        const Label is_there = builder_.new_label();
        emit(Op::EntryOr, dict + 1, dict, builder_.constant(std::string_view(name)));
        builder_.emit_jump(Op::JumpIfSet, is_there, dict + 1);
        load_string(dict + 1, name);
        default_into(type, i, dict + 2);
        emit(Op::DictSet, dict, dict + 1, dict + 2, bytecode::kTakeB | bytecode::kTakeC);
        builder_.bind(is_there);
    }
    clear(dict + 1, dict + 3);
    move(value, {dict, true});
    release(before);
    builder_.bind(end);
}

/// Several spreads, or one behind a field: entries in order into a dict, which is then spread.
void FunctionCompiler::struct_entries_into(const StructExpr& expression, const Declared& type, Reg target) {
    const Mark before = mark();
    const Reg window = window_at(target);
    at(*expression.path);
    emit(Op::NewDict, window, 0);
    for (const Node* entry : expression.entries) {
        const Mark inside = mark();
        if (const auto* spread = entry->as<Spread>()) {
            const Operand value = in_temporary(*spread->operand);
            at(*entry);
            emit(Op::DictSpread, window, value.reg, 0, bytecode::kTakeB);
        } else if (const auto* field = entry->as<FieldInit>()) {
            const Reg key = allocate(2);
            load_string(key, field->name.text());
            field_value_into(*field, key + 1);
            emit(Op::DictSet, window, key, key + 1, bytecode::kTakeB | bytecode::kTakeC);
        }
        release(inside);
    }
    const std::uint32_t index = program_.struct_index(type);
    const std::uint32_t constant = builder_.constant(bytecode::StructConstant{index});
    foreign_defaults(type, std::vector<bool>(fields_of(program_.program(), index).size(), false), window, constant);
    at(*expression.path);
    const std::uint32_t pairs = environment_pair(type);
    emit(Op::NewStructSpread, window, pairs, constant);
    move(target, {window, true});
    release(before);
}

}  // namespace ruff::compiler
