#include <algorithm>

#include "core/compiler/function_compiler.h"

namespace ruff::compiler {

using namespace ruff::syntax;
using sema::BindingKind;
using sema::Storage;

FunctionCompiler::Location FunctionCompiler::locate(sema::BindingId id) const {
    return locate(Declared{&module_, id});
}

FunctionCompiler::Location FunctionCompiler::locate(const Declared& declared) const {
    const sema::Binding& found = declared.get();
    if (found.storage == Storage::Global) return {Location::Global, program_.global_index(declared)};
    if (found.kind == BindingKind::Function && found.storage == Storage::Static) {
        return {Location::Function, program_.function_index(declared)};
    }
    if (found.storage == Storage::Static || declared.module != &module_) return {};
    const bool is_cell = found.storage == Storage::Cell;
    if (found.function == id_) {
        if (module_.registers[declared.binding] == kNoReg) return {};
        return {is_cell ? Location::Cell : Location::Register, module_.registers[declared.binding]};
    }
    const std::vector<sema::BindingId>& captures = info().captures;
    const auto at = std::find(captures.begin(), captures.end(), declared.binding);
    if (at != captures.end()) {
        return {is_cell ? Location::UpvalueCell : Location::Upvalue, static_cast<std::uint32_t>(at - captures.begin())};
    }
    if (found.kind == BindingKind::Function && found.index == id_) return {Location::OwnFunction, 0};
    return {};
}

void FunctionCompiler::declare_register(sema::BindingId id, Reg reg) {
    module_.registers[id] = reg;
    set_variable(reg, true);
    if (function_.register_names.size() <= reg) function_.register_names.resize(reg + 1);
    function_.register_names[reg] = name_of(id);
    if (is_file_level_ && binding(id).scope == 0) held_registers_ = std::max(held_registers_, reg + 1);
}

void FunctionCompiler::reserve(sema::BindingId id) {
    if (id == sema::kNone || binding(id).storage == Storage::Global) return;
    if (binding(id).storage == Storage::Cell && binding(id).is_captured_early) return;  // made by open_block
    const Reg reg = allocate();
    module_.registers[id] = reg;
}

void FunctionCompiler::initialise(sema::BindingId id, Operand value) {
    const sema::Binding& declared = binding(id);
    if (declared.storage == Storage::Global) {
        const std::uint32_t global = program_.global_index({&module_, id});
        note_global(global);
        builder_.emit_wide(Op::DeclareGlobal, value.reg, global, take(value));
        return;
    }
    const Reg reg = register_of(id);
    if (declared.storage == Storage::Cell && declared.is_captured_early) {
        emit(Op::SetCell, reg, value.reg, 0, value.is_temporary ? bytecode::kTakeB : 0);
        return;
    }
    move(reg, value);
    if (declared.storage == Storage::Cell) emit(Op::NewCell, reg);
    declare_register(id, reg);
}

/// `let x := value`, or the bare assignment that declares x.
void FunctionCompiler::declare_with_value(sema::BindingId id, const Expr& value) {
    const sema::Binding& declared = binding(id);
    const bool is_direct =
        declared.storage == Storage::Register || (declared.storage == Storage::Cell && !declared.is_captured_early);
    if (!is_direct) {
        const Mark before = mark();
        const Operand made = operand(value);
        initialise(id, made);
        return release(before);
    }
    reserve(id);
    const Reg reg = register_of(id);
    compile_into(value, reg);
    next_register_ = reg + 1;
    initialise(id, {reg, true});
}

void FunctionCompiler::assign_variable(sema::BindingId id, const Expr& value) {
    const Mark before = mark();
    const Location location = locate(id);
    const sema::Binding& target = binding(id);
    if (location.kind == Location::Register && !target.is_immutable() && target.is_variable() &&
        !(target.kind == BindingKind::Self && !info().is_mutating)) {
        compile_into(value, location.index);
        return release(before);
    }
    const Operand made = operand(value);
    store_variable(id, made);
    release(before);
}

void FunctionCompiler::store_variable(sema::BindingId id, Operand value) {
    const sema::Binding& target = binding(id);
    if (target.is_immutable() || !target.is_variable()) return raise_reassigned(id);
    const Location location = locate(id);
    switch (location.kind) {
        case Location::Register: return move(location.index, value);
        case Location::Cell:
            emit(Op::SetCell, location.index, value.reg, 0, value.is_temporary ? bytecode::kTakeB : 0);
            return;
        case Location::UpvalueCell: emit(Op::SetUpvalueCell, value.reg, location.index, 0, take(value)); return;
        case Location::Global:
            note_global(location.index);
            builder_.emit_wide(Op::SetGlobal, value.reg, location.index, take(value));
            return;
        case Location::Upvalue:
        case Location::Function:
        case Location::OwnFunction:
        case Location::None: return raise_reassigned(id);
    }
}

void FunctionCompiler::raise_reassigned(sema::BindingId id) {
    const std::string name = name_of(id);
    switch (binding(id).kind) {
        case BindingKind::Function: return raise("value", "Cannot assign to " + name + ": it is a function");
        case BindingKind::Struct: return raise("value", "Cannot assign to " + name + ": it is a struct");
        case BindingKind::Enum: return raise("value", "Cannot assign to " + name + ": it is an enum");
        case BindingKind::Module:
        case BindingKind::Imported:
            return raise("value", "Cannot assign to " + name + ": it is imported",
                         "what is imported can be read, not set; copy it to a variable of another name");
        default: break;
    }
    const bool is_const = binding(id).declared_as == sema::DeclaredAs::Const;
    raise("value", std::string("Cannot reassign immutable ") + (is_const ? "const" : "let") + " binding: " + name,
          "declare it with `mut` to change it");
}

// --- reading

Reg FunctionCompiler::direct_register(const Node& expression) const {
    const Node& inner = without_parens(expression);
    if (!inner.is<NameExpr>() && !inner.is<SelfExpr>()) return kNoReg;
    const sema::BindingId id = model().binding_of(inner);
    if (id == sema::kNone) return kNoReg;
    const Location location = locate(id);
    return location.kind == Location::Register ? location.index : kNoReg;
}

void FunctionCompiler::name_into(const Node& node, const Name& name, Reg target) {
    at(name);
    use_into(node, model().use_of(node), target);
}

void FunctionCompiler::use_into(const Node&, sema::Use use, Reg target) {
    switch (use.kind) {
        case sema::UseKind::Binding: return binding_into({&module_, use.index}, target);
        case sema::UseKind::Builtin: return builtin_into(static_cast<BuiltinId>(use.index), target);
        case sema::UseKind::Constructor: return constructor_into(use.index, target);
        case sema::UseKind::SelfField: return self_field_into(static_cast<Symbol>(use.index), target);
        case sema::UseKind::Undefined: return undefined(use.index);
        case sema::UseKind::None: break;
    }
    emit(Op::LoadNull, target);
}

void FunctionCompiler::binding_into(const Declared& name, Reg target) {
    const Declared declared = program_.follow(*name.module, name.binding);
    if (!declared) {
        const sema::Binding& import = name.get();
        const sema::ModuleImport& from = name.module->model->imports[import.index];
        return raise("module", from.failure.empty() ? "Module " + from.name + " does not export it" : from.failure);
    }
    if (declared.get().kind == BindingKind::Struct) return raise_not_a_value(declared);
    const Location location = locate(declared);
    if (location.kind == Location::None) return raise_not_a_value(declared);
    location_into(location, target);
}

void FunctionCompiler::location_into(Location location, Reg target) {
    switch (location.kind) {
        case Location::Register: return move(target, {location.index, false});
        case Location::Cell: emit(Op::GetCell, target, location.index); return;
        case Location::Upvalue: emit(Op::GetUpvalue, target, location.index); return;
        case Location::UpvalueCell: emit(Op::GetUpvalueCell, target, location.index); return;
        case Location::Global:
            note_global(location.index);
            builder_.emit_wide(Op::GetGlobal, target, location.index);
            return;
        case Location::Function: return load_function(target, location.index);
        case Location::OwnFunction: emit(Op::LoadSelfFunction, target); return;
        case Location::None: emit(Op::LoadNull, target); return;
    }
}

void FunctionCompiler::raise_not_a_value(const Declared& declared) {
    const std::string name(declared.module->model->name(declared.binding));
    if (declared.get().kind == BindingKind::Struct) {
        return raise("name", name + " is a struct, not a value", "make one with `" + name + " { }`");
    }
    if (declared.get().kind == BindingKind::Enum) {
        return raise("name", name + " is an enum, not a value", "write one of its variants, as `" + name + "::…`");
    }
    raise("name", "Undefined variable: " + name);
}

void FunctionCompiler::builtin_into(BuiltinId id, Reg target) {
    const BuiltinRow& row = builtin_row(id);
    if (row.form == BuiltinForm::Constant) {
        builder_.emit_wide(Op::LoadConst, target, builder_.constant(row.constant_value()));
    } else {
        emit(Op::LoadBuiltin, target, static_cast<std::uint32_t>(id));
    }
}

/// `Ok`, `Err`, `Some` as functions, `None` as the value it is.
void FunctionCompiler::constructor_into(std::uint32_t constructor, Reg target) {
    static constexpr const char* kNames[] = {"Ok", "Err", "Some"};
    if (constructor != 3) {
        const bytecode::VariantConstant variant = constructor < 2
                                                      ? bytecode::VariantConstant{bytecode::kResultEnum, constructor}
                                                      : bytecode::VariantConstant{bytecode::kOptionEnum, 0};
        return load_function(target, program_.variant_function(variant, kNames[constructor], {"value"}));
    }
    const Mark before = mark();
    const Reg window = scratch(target);
    emit(Op::NewVariant, window, 0, builder_.constant(bytecode::VariantConstant{bytecode::kOptionEnum, 1}));
    move(target, {window, true});
    release(before);
}

/// A field by its bare name, in a method of the older style or a closure inside it.
void FunctionCompiler::self_field_into(Symbol name, Reg target) {
    sema::FunctionId method = id_;
    while (model().functions[method].self == sema::kNone) method = model().functions[method].parent;
    const Mark before = mark();
    const Location location = locate(model().functions[method].self);
    Operand self{location.index, false};
    if (location.kind != Location::Register) {
        self = {scratch(target), true};
        binding_into({&module_, model().functions[method].self}, self.reg);
    }
    emit(Op::GetField, target, self.reg, builder_.site(model().text(name)),
         self.reg == target ? 0 : take({}, self));
    release(before);
}

void FunctionCompiler::undefined(std::uint32_t index) {
    const sema::UndefinedName& name = model().undefined[index];
    // Looking for what was meant takes time; a file with hundreds of unknown names was not made for Ruff.
    constexpr std::uint32_t kMaxHints = 200;
    std::string hint = index < kMaxHints ? undefined_hint(model(), name) : std::string();
    raise("name", "Undefined variable: " + std::string(model().text(name.name)), std::move(hint));
}

}  // namespace ruff::compiler
