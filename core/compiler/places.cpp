#include <algorithm>

#include "core/compiler/function_compiler.h"
#include "core/syntax/walk.h"

namespace ruff::compiler {

using namespace ruff::syntax;
using bytecode::Mutability;
using bytecode::PlaceStep;
using sema::BindingKind;
using sema::UseKind;

// --- paths

FunctionCompiler::PlaceRoot FunctionCompiler::place_root(const Node& node) {
    PlaceRoot root;
    if (!node.is<NameExpr>() && !node.is<SelfExpr>()) return root;
    const sema::Use use = model().use_of(node);
    sema::BindingId id = use.index;
    if (use.kind == UseKind::SelfField) {
        sema::FunctionId method = id_;
        while (model().functions[method].self == sema::kNone) method = model().functions[method].parent;
        id = model().functions[method].self;
    } else if (use.kind != UseKind::Binding) {
        return root;
    }
    const sema::Binding& variable = binding(id);
    if (!variable.is_variable()) return root;
    const Location location = locate(id);
    root.binding = id;
    root.place.index = location.index;
    root.place.name = name_of(id);
    if (variable.declared_as == sema::DeclaredAs::Let) root.place.mutability = Mutability::Let;
    if (variable.declared_as == sema::DeclaredAs::Const) root.place.mutability = Mutability::Const;
    if (variable.kind == BindingKind::Self) {
        const sema::FunctionInfo& method = model().functions[variable.function];
        if (!method.is_mutating || use.kind == UseKind::SelfField) {
            root.place.mutability = Mutability::SelfReadOnly;
            root.place.name = std::string(method.node->to<FuncDecl>().name.text());
        }
    }
    switch (location.kind) {
        case Location::Register: root.place.root = bytecode::PlaceRoot::Register; break;
        case Location::Cell: root.place.root = bytecode::PlaceRoot::CellRegister; break;
        case Location::UpvalueCell: root.place.root = bytecode::PlaceRoot::UpvalueCell; break;
        case Location::Upvalue:
            // A copy that nothing changes; only what must raise is worth a path.
            if (root.place.mutability == Mutability::Mutable) return root;
            root.place.root = bytecode::PlaceRoot::Upvalue;
            break;
        case Location::Global:
            root.place.root = bytecode::PlaceRoot::Global;
            note_global(location.index);
            break;
        case Location::Function:
        case Location::OwnFunction:
        case Location::None: return root;
    }
    root.is_place = true;
    if (use.kind == UseKind::SelfField) {
        PlaceStep step{PlaceStep::Field};
        step.site = static_cast<std::uint16_t>(builder_.site(model().text(static_cast<Symbol>(use.index))));
        root.place.steps.push_back(step);
    }
    return root;
}

void FunctionCompiler::add_step(bytecode::Place& place, const Node& link, std::span<const Node* const> links,
                                std::size_t from, std::size_t to, const Arguments* arguments, const Node* value) {
    PlaceStep step{PlaceStep::Field};
    if (const auto* member = link.as<MemberExpr>()) {
        step.site = static_cast<std::uint16_t>(builder_.site(member->name.text()));
        step.is_optional = member->is_optional;
        place.steps.push_back(step);
        return;
    }
    step.kind = PlaceStep::Index;
    const Expr& index = *link.to<IndexExpr>().index;
    const Reg direct = direct_register(index);
    bool is_stable = direct != kNoReg;
    if (is_stable) {
        const sema::BindingId id = model().binding_of(without_parens(index));
        for (std::size_t i = from; i < to && is_stable; ++i) {
            if (const auto* later = links[i]->as<IndexExpr>()) is_stable = !may_change(*later->index, id);
        }
        if (arguments != nullptr) {
            is_stable = is_stable && std::none_of(arguments->list.begin(), arguments->list.end(),
                                                  [&](const Node* argument) { return may_change(*argument, id); });
        }
        if (value != nullptr) is_stable = is_stable && !may_change(*value, id);
    }
    step.reg = static_cast<std::uint16_t>(is_stable ? direct : in_temporary(index).reg);
    place.steps.push_back(step);
}

/// The path of an assigned member or element, its indices evaluated. What is no variable at its root is evaluated to a
/// temporary: changing that has no effect.
void FunctionCompiler::build_place(const Node& target, const Node& value, bytecode::Place& place) {
    std::vector<const Node*> links;
    const Node* at_link = &target;
    while (at_link->is<MemberExpr>() || at_link->is<IndexExpr>()) {
        links.push_back(at_link);
        at_link = at_link->is<MemberExpr>() ? at_link->to<MemberExpr>().object : at_link->to<IndexExpr>().object;
    }
    std::reverse(links.begin(), links.end());
    PlaceRoot root = place_root(*at_link);
    std::size_t first = 0;
    if (root.is_place) {
        place = std::move(root.place);
    } else if (!imported_place(*at_link, links, place, first)) {
        place.root = bytecode::PlaceRoot::Register;
        place.index = in_temporary(*at_link).reg;
        place.name = std::string(tree().text(*at_link));
    }
    for (std::size_t i = first; i < links.size(); ++i) add_step(place, *links[i], links, i + 1, links.size(), nullptr, &value);
}

/// `x.f := …` with an imported `x`, `m.x := …` with an imported module.
bool FunctionCompiler::imported_place(const Node& root, std::span<const Node* const> links, bytecode::Place& place,
                                      std::size_t& first) {
    const sema::BindingId id = model().binding_of(root);
    if (id == sema::kNone) return false;
    Declared declared;
    if (binding(id).kind == BindingKind::Imported) {
        declared = program_.follow(module_, id);
    } else if (binding(id).kind == BindingKind::Module && !links.empty() && links[0]->is<MemberExpr>()) {
        declared = program_.find_export(module_, id, links[0]->to<MemberExpr>().name.text());
        first = 1;
    }
    if (!declared || declared.get().storage != sema::Storage::Global) return false;
    place.root = bytecode::PlaceRoot::Global;
    place.mutability = Mutability::Import;
    place.index = program_.global_index(declared);
    place.name = std::string(declared.module->model->name(declared.binding));
    note_global(place.index);
    return true;
}

// --- assignment

void FunctionCompiler::assign(const Assign& statement) {
    const Mark before = mark();
    const Node& target = *statement.target;
    if (target.is<ArrayPattern>() || target.is<DictPattern>()) {
        reserve_assigned(target);
        const Mark inside = mark();
        const Operand value = in_temporary(*statement.value);
        at(target);
        destructure(target, value, Binds::Assign);
        if (!is_dead()) clear(value.reg, value.reg + 1);
        return release(inside);
    }
    if (!target.is<NameExpr>() && !target.is<SelfExpr>()) {
        assign_place(statement);
        return release(before);
    }
    const sema::Use use = model().use_of(target);
    if (statement.op != AssignOp::Set) {
        update_variable(statement, target);
        return release(before);
    }
    if (use.kind != UseKind::Binding) {
        effect(*statement.value);
        at(target);
        if (use.kind == UseKind::Undefined) undefined(use.index);
        return release(before);
    }
    if (binding(use.index).declaration == &target) {
        // The register of the new variable stays.
        return declare_with_value(use.index, *statement.value);
    }
    at(target);
    if (!append_in_place(statement, use.index)) {
        const PlaceRoot root = place_root(target);
        if (!root.is_place || !rebuild_in_place(statement, root.place)) assign_variable(use.index, *statement.value);
    }
    release(before);
}

void FunctionCompiler::assign_place(const Assign& statement) {
    bytecode::Place place;
    build_place(*statement.target, *statement.value, place);
    if (statement.op != AssignOp::Set) return update_place(statement, std::move(place));
    if (rebuild_in_place(statement, place)) return;
    const auto set_position = [&] {
        const Node& target = *statement.target;
        if (const auto* member = target.as<MemberExpr>()) {
            at(member->name);
        } else {
            at(target);
        }
    };
    Operand value = operand(*statement.value);
    if (place.root == bytecode::PlaceRoot::Register && value.reg == place.index) value = in_temporary(*statement.value);
    set_position();
    const bool is_direct = place.steps.size() == 1 && place.root == bytecode::PlaceRoot::Register &&
                           place.mutability == Mutability::Mutable;
    if (!is_direct) {
        emit(Op::SetPlace, value.reg, builder_.place(std::move(place)), 0, take(value));
    } else if (place.steps[0].kind == PlaceStep::Index) {
        emit(Op::SetIndex, place.index, place.steps[0].reg, value.reg, value.is_temporary ? bytecode::kTakeC : 0);
    } else {
        emit(Op::SetField, place.index, value.reg, place.steps[0].site, value.is_temporary ? bytecode::kTakeB : 0);
    }
}

// --- `op=`

void FunctionCompiler::update_variable(const Assign& statement, const Node& target) {
    const sema::Use use = model().use_of(target);
    at(target);
    if (use.kind == UseKind::Undefined) return undefined(use.index);
    const bool is_assignable =
        use.kind == UseKind::Binding && binding(use.index).is_variable() && !binding(use.index).is_immutable();
    if (!is_assignable) {
        effect(*statement.value);
        at(target);
        if (use.kind == UseKind::Binding) return raise_reassigned(use.index);
        return raise("name", "Undefined variable: " + std::string(tree().text(target)));
    }
    const Location location = locate(use.index);
    if (location.kind == Location::Register) {
        return arithmetic_step(compound_operation(statement.op), *statement.value, statement.operator_token,
                               {location.index, false}, location.index);
    }
    PlaceRoot root = place_root(target);
    if (root.is_place) update_place(statement, std::move(root.place));
}

void FunctionCompiler::update_place(const Assign& statement, bytecode::Place place) {
    const Operand value = operand(*statement.value);
    emit_update(std::move(place), compound_operation(statement.op), value, statement.operator_token);
}

/// Done in place where that is possible; else the old value is combined and stored by the two instructions behind.
void FunctionCompiler::emit_update(bytecode::Place place, BinaryOp op, Operand value, std::uint32_t operator_token) {
    const Reg old = allocate();
    const std::uint32_t index = builder_.place(std::move(place));
    at_token(operator_token);
    const auto flags = static_cast<std::uint8_t>(static_cast<int>(op) << 4 | (value.is_temporary ? bytecode::kTakeC : 0));
    emit(Op::UpdatePlace, old, index, value.reg, flags);
    emit(static_cast<Op>(static_cast<int>(Op::Add) + static_cast<int>(op)), old, old, value.reg,
         value.is_temporary ? bytecode::kTakeC : 0);
    emit(Op::SetPlace, old, index, 0, bytecode::kTakeA);
}

// --- rebuilding a variable from itself

namespace {

/// True if evaluating the expression runs no code that could look at or change a variable: literals, names, operators
/// and builtins without effects on them.
bool is_quiet_node(const sema::SemanticModel& model, const Node& node) {
    switch (node.kind) {
        case NodeKind::IntLiteral:
        case NodeKind::FloatLiteral:
        case NodeKind::BoolLiteral:
        case NodeKind::NullLiteral:
        case NodeKind::NameExpr:
        case NodeKind::SelfExpr:
        case NodeKind::StringLiteral:
        case NodeKind::ParenExpr:
        case NodeKind::ArrayExpr:
        case NodeKind::MemberExpr:
        case NodeKind::IndexExpr:
        case NodeKind::UnaryExpr:
        case NodeKind::BinaryExpr: return true;
        case NodeKind::CallExpr: {
            const auto& call = node.to<CallExpr>();
            if (!call.callee->is<NameExpr>()) return false;
            const sema::Use use = model.use_of(*call.callee);
            if (use.kind == UseKind::Constructor) return true;
            return use.kind == UseKind::Builtin &&
                   builtin_row(static_cast<BuiltinId>(use.index)).effects == effects::Pure;
        }
        default: return false;
    }
}

bool is_quiet(const sema::SemanticModel& model, const Node& expression) {
    bool is_quiet_so_far = true;
    walk(expression, [&](const Node& node) {
        is_quiet_so_far = is_quiet_so_far && is_quiet_node(model, node);
        return is_quiet_so_far;
    });
    return is_quiet_so_far;
}

}  // namespace

/// `x := x + e` with a shared x is `x += e`, which appends in place, if e neither sees nor changes x.
bool FunctionCompiler::append_in_place(const Assign& statement, sema::BindingId id) {
    const auto* sum = statement.value->as<BinaryExpr>();
    if (sum == nullptr || sum->op != BinaryOp::Add || !sum->left->is<NameExpr>()) return false;
    if (model().binding_of(*sum->left) != id || binding(id).is_immutable()) return false;
    const Location location = locate(id);
    if (location.kind == Location::Register || !is_quiet(model(), *sum->right)) return false;
    PlaceRoot root = place_root(*statement.target);
    if (!root.is_place) return false;
    const Operand value = operand(*sum->right);
    emit_update(std::move(root.place), BinaryOp::Add, value, sum->operator_token);
    return true;
}

/// Both name the same variable, field or element, and evaluating their indices shows nothing and changes nothing.
bool FunctionCompiler::is_same_place(const Node& a, const Node& b) {
    if (a.kind != b.kind) return false;
    switch (a.kind) {
        case NodeKind::SelfExpr: return true;
        case NodeKind::NameExpr: {
            const sema::BindingId id = model().binding_of(a);
            return id != sema::kNone && id == model().binding_of(b);
        }
        case NodeKind::MemberExpr:
            return !a.to<MemberExpr>().is_optional && !b.to<MemberExpr>().is_optional &&
                   a.to<MemberExpr>().name.text() == b.to<MemberExpr>().name.text() &&
                   is_same_place(*a.to<MemberExpr>().object, *b.to<MemberExpr>().object);
        case NodeKind::IndexExpr: {
            const Node &left = *a.to<IndexExpr>().index, &right = *b.to<IndexExpr>().index;
            const bool same_index = left.is<NameExpr>() ? is_same_place(left, right)
                                                        : is_quiet(model(), left) && tree().text(left) == tree().text(right);
            return same_index && is_same_place(*a.to<IndexExpr>().object, *b.to<IndexExpr>().object);
        }
        default: return false;
    }
}

/// `place := push(place, v…)`: the array is changed where it stands. Reading it into a register first would share it, and
/// the push would copy it. (For a variable in a register the last use of the old value does the same, but not in a `try`,
/// whose handler may still read that value.)
bool FunctionCompiler::rebuild_in_place(const Assign& statement, const bytecode::Place& target) {
    const auto* call = statement.value->as<CallExpr>();
    if (call == nullptr || target.mutability != Mutability::Mutable || call->arguments.empty()) return false;
    const bool is_own_variable = target.root == bytecode::PlaceRoot::Register && target.steps.empty();
    if (is_own_variable && handler_depth_ == 0) return false;
    const sema::Use use = model().use_of(*call->callee);
    if (use.kind != UseKind::Builtin || builtin_row(static_cast<BuiltinId>(use.index)).name != "push") return false;
    if (!is_same_place(*statement.target, *call->arguments[0])) return false;
    for (std::size_t i = 0; i < call->arguments.size(); ++i) {
        const Node& argument = *call->arguments[i];
        if (argument.is<Spread>() || argument.is<NamedArgument>()) return false;
        const bool is_safe = i == 0 || is_quiet(model(), argument) ||
                             (is_own_variable && !may_change(argument, model().use_of(*statement.target).index));
        if (!is_safe) return false;
    }
    const Mark before = mark();
    const Reg window = allocate(3) + 1;   // keeper, callee, receiver
    for (std::size_t i = 1; i < call->arguments.size(); ++i) {
        const Reg reg = allocate();
        compile_into(static_cast<const Expr&>(*call->arguments[i]), reg);
    }
    bytecode::Place place = target;
    place.method = static_cast<std::uint16_t>(builder_.site("push"));
    const std::uint32_t index = builder_.place(std::move(place));
    at(*call->callee);
    emit(Op::InvokePlace, window, static_cast<std::uint32_t>(call->arguments.size()), index, bytecode::kDiscard | bytecode::kBuiltinForm);
    emit(Op::WriteBack, window, 0, index);
    release(before);
    return true;
}

}  // namespace ruff::compiler
