#include <algorithm>

#include "core/compiler/function_compiler.h"
#include "core/support/edit_distance.h"

namespace ruff::compiler {

using namespace ruff::syntax;
using sema::BindingKind;
using sema::Storage;

// --- blocks

void FunctionCompiler::block(const Block& block) {
    const Mark before = mark();
    open_block(model().scope_of(block));
    statements(block.statements);
    close_block(before);
}

/// Cells that closures capture before their variable is set are made where its block begins: for each iteration anew.
void FunctionCompiler::open_block(sema::ScopeId scope) {
    if (scope == sema::kNone) return;
    for (sema::BindingId id = model().scopes[scope].first; id != sema::kNone; id = binding(id).next_in_scope) {
        if (binding(id).storage != Storage::Cell || !binding(id).is_captured_early) continue;
        const Reg reg = allocate();
        emit(Op::LoadUnset, reg);
        emit(Op::NewCell, reg);
        declare_register(id, reg);
    }
}

void FunctionCompiler::close_block(Mark before) {
    clear(before.next, next_register_);
    release(before);
}

void FunctionCompiler::statements(List<Stmt> list) {
    hoist(list);
    for (const Stmt* each : list) statement(*each);
}

namespace {

const Node& exported(const Node& statement) {
    const auto* exporting = statement.as<Export>();
    return exporting == nullptr ? statement : *exporting->declaration;
}

}  // namespace

/// Functions and structs are there from the beginning of their block.
void FunctionCompiler::hoist(List<Stmt> list) {
    for (const Stmt* each : list) {
        const auto* declared = exported(*each).as<FuncDecl>();
        if (declared == nullptr) continue;
        const sema::BindingId id = model().binding_of(*declared);
        if (id == sema::kNone) continue;
        if (binding(id).storage == Storage::Static) {
            compile_nested(*declared);
        } else {
            hoist_closure(id, *declared);
        }
    }
    for (const Stmt* each : list) {
        const auto* type = exported(*each).as<StructDecl>();
        if (type == nullptr) continue;
        const sema::BindingId id = model().binding_of(*type);
        if (id == sema::kNone || binding(id).storage == Storage::Static) {
            struct_members(*type);
        } else {
            hoist_closure(id, *type);
        }
    }
}

/// The value of a function that captures, or the environment of a struct.
void FunctionCompiler::hoist_closure(sema::BindingId id, const Node& declaration) {
    reserve(id);
    if (binding(id).storage == Storage::Register) {
        closure_into(declaration, register_of(id));
        return declare_register(id, register_of(id));
    }
    const Mark before = mark();
    const Reg closure = allocate();
    closure_into(declaration, closure);
    initialise(id, {closure, true});
    release(before);
}

void FunctionCompiler::struct_members(const StructDecl& declaration) {
    for (const Node* member : declaration.members) {
        if (member->is<FuncDecl>()) compile_nested(*member);
        const auto* field = member->as<StructField>();
        if (field != nullptr && field->default_value != nullptr && !is_constant_expression(*field->default_value)) {
            compile_nested(*field);
        }
    }
}

// --- statements

void FunctionCompiler::statement(const Stmt& statement) {
    switch (statement.kind) {
        case NodeKind::Export: return declaration(*statement.to<Export>().declaration);
        case NodeKind::Binding: return binding_statement(statement.to<Binding>());
        case NodeKind::Assign: return assign(statement.to<Assign>());
        case NodeKind::FuncDecl:
        case NodeKind::StructDecl:
        case NodeKind::EnumDecl:
        case NodeKind::Test: return;
        case NodeKind::Import:
        case NodeKind::FromImport: return import_statement(statement);
        case NodeKind::While: return while_loop(statement.to<While>());
        case NodeKind::Loop: return endless_loop(statement.to<Loop>());
        case NodeKind::For: return for_loop(statement.to<For>());
        case NodeKind::Return: return return_statement(statement.to<Return>());
        case NodeKind::Break: return leave_loop(Leave::Break);
        case NodeKind::Continue: return leave_loop(Leave::Continue);
        case NodeKind::If: return if_into(statement.to<If>(), kNoReg);
        case NodeKind::Match: return match_into(statement.to<Match>(), kNoReg);
        case NodeKind::Try: return try_into(statement.to<Try>(), kNoReg);
        case NodeKind::ExprStmt: return effect(*statement.to<ExprStmt>().expression);
        default: return effect(statement);
    }
}

void FunctionCompiler::declaration(const Stmt& declaration) { statement(declaration); }

void FunctionCompiler::binding_statement(const Binding& statement) {
    const Node& pattern = *statement.pattern;
    if (pattern.is<NamePattern>()) {
        const sema::BindingId id = model().binding_of(pattern);
        if (id != sema::kNone) return declare_with_value(id, *statement.value);
    }
    if (pattern.is<NamePattern>() || pattern.is<WildcardPattern>()) return effect(*statement.value);
    reserve_pattern(pattern);
    const Mark before = mark();
    const Operand value = in_temporary(*statement.value);
    at(pattern);
    destructure(pattern, value, Binds::Declare);
    if (!is_dead()) clear(value.reg, value.reg + 1);
    release(before);
}

void FunctionCompiler::return_statement(const Return& statement) {
    const Mark before = mark();
    if (statement.value == nullptr) {
        if (returns_directly()) {
            emit(Op::ReturnNull);
        } else {
            const Reg value = allocate();
            emit(Op::LoadNull, value);
            leave(Leave::Return, value, exits_.size());
        }
        return release(before);
    }
    if (returns_directly()) {
        const Operand value = operand(*statement.value);
        if (!is_dead()) {
            at(statement);
            emit(Op::Return, value.reg, 0, 0, take(value));
        }
    } else {
        const Operand value = in_temporary(*statement.value);
        if (!is_dead()) leave(Leave::Return, value.reg, exits_.size());
    }
    release(before);
}

void FunctionCompiler::import_statement(const Node& statement) {
    const auto& imports = model().imports;
    const auto found = std::find_if(imports.begin(), imports.end(),
                                    [&](const sema::ModuleImport& each) { return each.node == &statement; });
    if (found == imports.end()) return;
    const sema::ModuleImport& import = *found;
    at(statement.is<Import>() ? *statement.to<Import>().path : *statement.to<FromImport>().path);
    const Mark before = mark();
    const sema::BindingId id = statement.is<Import>() ? model().binding_of(statement) : sema::kNone;
    if (id != sema::kNone) reserve(id);
    const Mark inside = mark();
    if (import.module == nullptr) {
        raise("module", import.failure, import.failure_hint);
        const Reg never = allocate();
        if (id != sema::kNone) initialise(id, {never, true});
        return release(id != sema::kNone ? inside : before);
    }
    const Reg module = allocate();
    builder_.emit_wide(Op::Import, module, program_.module_of(import.module_index));
    if (id != sema::kNone) {
        initialise(id, {module, true});
        return release(inside);
    }
    emit(Op::Clear, module, 1);
    if (const auto* from = statement.as<FromImport>()) check_imported_names(*from, import);
    release(before);
}

void FunctionCompiler::check_imported_names(const FromImport& statement, const sema::ModuleImport& import) {
    for (const ImportItem* item : statement.items) {
        if (import.module->find_export(item->name.text()) != sema::kNone) continue;
        std::vector<std::string_view> exported;
        for (const sema::BindingId id : import.module->exports) exported.push_back(import.module->name(id));
        const std::string_view near = nearest_name(item->name.text(), exported);
        std::string hint;
        if (!near.empty()) hint = "did you mean `" + std::string(near) + "`?";
        at(item->name);
        raise("module", "Module " + import.name + " does not export " + std::string(item->name.text()), hint);
        return;
    }
}

// --- blocks with a value; without a target (kNoReg) the value is dropped

void FunctionCompiler::block_value(const Block& block_node, Reg target) {
    if (target == kNoReg) return block(block_node);
    const Mark before = mark();
    open_block(model().scope_of(block_node));
    statements_value(block_node.statements, target);
    close_block(before);
}

void FunctionCompiler::statements_value(List<Stmt> list, Reg target) {
    hoist(list);
    for (std::size_t i = 0; i + 1 < list.size(); ++i) statement(*list[i]);
    if (list.empty()) {
        emit(Op::LoadNull, target);
    } else {
        statement_value(*list.back(), target);
    }
}

void FunctionCompiler::statement_value(const Stmt& last, Reg target) {
    if (target == kNoReg) return statement(last);
    const Mark before = mark();
    switch (last.kind) {
        case NodeKind::ExprStmt: compile_into(*last.to<ExprStmt>().expression, target); return release(before);
        case NodeKind::If:
        case NodeKind::Match:
        case NodeKind::Try:
        case NodeKind::Spawn: compile_into(last, target); return release(before);
        default: break;
    }
    statement(last);
    if (!is_dead()) emit(Op::LoadNull, target);
}

void FunctionCompiler::if_into(const If& expression, Reg target) {
    const Label end = builder_.new_label();
    for (std::size_t i = 0; i < expression.branches.size(); ++i) {
        const IfBranch& each = *expression.branches[i];
        const bool is_last = i + 1 == expression.branches.size();
        const Label next = builder_.new_label();
        branch(*each.condition, false, next);
        block_value(*each.body, target);
        const bool has_more = !is_last || expression.else_block != nullptr || target != kNoReg;
        if (has_more && !is_dead()) builder_.emit_jump(Op::Jump, end);
        builder_.bind(next);
    }
    if (expression.else_block != nullptr) {
        block_value(*expression.else_block, target);
    } else if (target != kNoReg) {
        emit(Op::LoadNull, target);
    }
    builder_.bind(end);
}

}  // namespace ruff::compiler
