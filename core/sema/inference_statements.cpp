#include "core/sema/inference.h"

// Statements: what they assign, and whether control comes out of them.

namespace ruff::sema {

using namespace ruff::syntax;

namespace {

bool is_true_literal(const Node& node) {
    const auto* literal = without_parens(node).as<BoolLiteral>();
    return literal != nullptr && literal->value;
}

}  // namespace

// --- statements --------------------------------------------------------------------------------------------

void Inference::infer_file() {
    frame_ = {};
    undo_.clear();
    assigned_.clear();
    std::fill(known_.begin(), known_.end(), Knowledge{});
    wall_count_ = wall_ = high_wall_ = 0;
    infer_statements(model_.tree->root->statements);
}

Inference::Flow Inference::infer_block(const Block& block) {
    const Mark start = mark();
    const Flow flow = infer_statements(block.statements);
    restore(start);
    result_->leaves_[block.id] = flow.leaves;
    return flow;
}

/// A block in which a condition holds.
Inference::Flow Inference::infer_block_where(const Block& block, const Node& condition, bool truth) {
    const Mark start = mark();
    learn(condition, truth);
    const Flow flow = infer_block(block);
    restore(start);
    return flow;
}

Inference::Flow Inference::infer_statements(List<Stmt> statements) {
    bool leaves = false;
    Type value = null_type();
    for (const Node* statement : statements) {
        const Flow flow = infer_statement(*statement);
        leaves = leaves || flow.leaves;
        value = flow.value;
    }
    return {leaves ? Type::Never : value, leaves};
}

/// The value is that of a statement that is an expression, else null.
Inference::Flow Inference::infer_statement(const Node& statement) {
    switch (statement.kind) {
        case NodeKind::Export: return infer_statement(*statement.to<Export>().declaration);
        case NodeKind::Binding: infer_binding(statement.to<syntax::Binding>()); break;
        case NodeKind::Assign: infer_assign(statement.to<Assign>()); break;
        case NodeKind::FuncDecl: {
            const auto& declared = statement.to<FuncDecl>();
            const FunctionId id = model_.function_of(declared);
            if (id != kNone) infer_function(id, declared.params, declared.result, *declared.body, {});
            break;
        }
        case NodeKind::StructDecl: infer_struct(statement.to<StructDecl>()); break;
        case NodeKind::Test: infer_block(*statement.to<Test>().body); break;
        case NodeKind::While: return infer_while(statement.to<While>());
        case NodeKind::Loop: return infer_loop(*statement.to<Loop>().body, nullptr);
        case NodeKind::For: infer_for(statement.to<For>()); break;
        case NodeKind::Return: {
            const auto* value = statement.to<Return>().value;
            frame_.returned = table_.join(frame_.returned, value == nullptr ? null_type() : infer(*value));
            return {Type::Never, true};
        }
        case NodeKind::Break:
            if (!frame_.loop_breaks.empty()) frame_.loop_breaks.back() = true;
            return {Type::Never, true};
        case NodeKind::Continue: return {Type::Never, true};
        case NodeKind::ExprStmt: {
            const Node& expression = *statement.to<ExprStmt>().expression;
            const Type value = infer(expression);
            return {value, without_parens(expression).is<ThrowExpr>()};
        }
        case NodeKind::If: return infer_if(statement.to<If>());
        case NodeKind::Match: return infer_match(statement.to<Match>());
        case NodeKind::Try: return infer_try(statement.to<Try>());
        case NodeKind::Spawn: return {infer(statement), false};
        case NodeKind::EnumDecl:
        case NodeKind::Import:
        case NodeKind::FromImport: break;
        default: infer(statement); break;
    }
    return {null_type(), false};
}

void Inference::infer_binding(const syntax::Binding& statement) {
    Type type = infer(*statement.value);
    if (statement.type != nullptr) type = annotation(model_, *statement.type);
    bind(*statement.pattern, type);
}

void Inference::infer_assign(const Assign& statement) {
    const Node& target = *statement.target;
    if (statement.op == AssignOp::Set) {
        const Type type = infer(*statement.value);
        if (target.is<NameExpr>() || target.is<ArrayPattern>() || target.is<DictPattern>()) return bind(target, type);
        infer(target);
        return change_place(target, type);
    }
    const Type before = infer(target);
    const Type type = operated(compound_operation(statement.op), before, infer(*statement.value));
    if (target.is<NameExpr>()) return assign(model_.binding_of(target), type);
    change_place(target, type);
}

/// `place[i] := v`, `place.f := v`: the variable at its root holds something new.
void Inference::change_place(const Node& place, Type value) {
    const Node* below = &place;
    int steps = 0;
    for (;; ++steps) {
        if (const auto* member = below->as<MemberExpr>()) below = member->object;
        else if (const auto* index = below->as<IndexExpr>()) below = index->object;
        else break;
    }
    const BindingId id = model_.binding_of(*below);
    if (id == kNone || steps == 0) return;
    change(id, steps == 1 ? holding(read(id), place, value) : loosened(read(id)));
}

void Inference::change(BindingId id, Type added) {
    if (!model_.bindings[id].is_variable()) return;
    const Type now = table_.join(read(id), added);
    grow(id, added);
    assigned_.push_back(id);
    know(id, now);
}

/// A container like `whole` that holds `value` behind one index or name.
Type Inference::holding(Type whole, const Node& place, Type value) {
    const auto* index = place.as<IndexExpr>();
    const Type key = index == nullptr ? of_kind(ValueKind::String) : type_of(*index->index);
    switch (table_.single_kind(whole)) {
        case ValueKind::Array: return table_.array_of(value);
        case ValueKind::Dict: return table_.dict_of(key, value);
        default: return Type::Never;
    }
}

/// What `whole` may be after something deeper in it has changed.
Type Inference::loosened(Type whole) {
    switch (table_.single_kind(whole)) {
        case ValueKind::Array: return of_kind(ValueKind::Array);
        case ValueKind::Dict: return of_kind(ValueKind::Dict);
        default: return Type::Never;
    }
}

void Inference::infer_struct(const StructDecl& declaration) {
    const std::uint32_t index = model_.struct_of(declaration);
    if (index == kNone) return;
    for (const Node* member : declaration.members) {
        if (const auto* field = member->as<StructField>()) {
            if (field->default_value != nullptr) infer(*field->default_value);
        } else if (const auto* method = member->as<FuncDecl>()) {
            infer_function(model_.function_of(*method), method->params, method->result, *method->body, {});
        }
    }
}

Inference::Flow Inference::infer_while(const While& loop) {
    return infer_loop(*loop.body, loop.condition);
}

Inference::Flow Inference::infer_loop(const Block& body, const Expr* condition) {
    const Mark start = mark();
    begin_repeated();
    if (condition != nullptr) infer(*condition);
    frame_.loop_breaks.push_back(false);
    if (condition != nullptr) infer_block_where(body, *condition, true);
    else infer_block(body);
    const bool can_end = frame_.loop_breaks.back() || (condition != nullptr && !is_true_literal(*condition));
    frame_.loop_breaks.pop_back();
    restore(start);
    return {null_type(), !can_end};
}

void Inference::infer_for(const For& loop) {
    const Type walked = infer(*loop.iterable);
    const Mark start = mark();
    begin_repeated();
    const Type element = iterated(table_, walked);
    if (loop.second == nullptr) {
        bind(*loop.pattern, element);
    } else {
        const bool is_dict = table_.is(walked, ValueKind::Dict);
        const Type inner = table_.is(element, ValueKind::Array) ? table_.data(element).element : Type::Any;
        bind(*loop.pattern, is_dict ? table_.data(walked).key : inner);
        bind(*loop.second, is_dict ? table_.data(walked).element : inner);
    }
    frame_.loop_breaks.push_back(false);
    infer_block(*loop.body);
    frame_.loop_breaks.pop_back();
    restore(start);
}

Inference::Flow Inference::infer_if(const If& choice) {
    const Mark start = mark();
    Flow all{Type::Never, true};
    bool branches_leave = true;
    for (const IfBranch* branch : choice.branches) {
        infer(*branch->condition);
        const Flow flow = infer_block_where(*branch->body, *branch->condition, true);
        all.value = table_.join(all.value, flow.value);
        branches_leave = branches_leave && flow.leaves;
        learn(*branch->condition, false);
    }
    all.leaves = branches_leave && choice.else_block != nullptr;
    if (choice.else_block != nullptr) {
        const Flow flow = infer_block(*choice.else_block);
        all.value = table_.join(all.value, flow.value);
        all.leaves = all.leaves && flow.leaves;
    } else {
        all.value = table_.join(all.value, null_type());
    }
    // Where every branch has left, what goes on knows that no condition held.
    const bool goes_on_below = branches_leave && choice.else_block == nullptr && assigned_.size() == start.assigned;
    if (!goes_on_below) restore(start);
    set(choice, all.value);
    return all;
}

Inference::Flow Inference::infer_match(const Match& match) {
    const Type subject = infer(*match.subject);
    const Node& name = without_parens(*match.subject);
    const BindingId id = name.is<NameExpr>() ? model_.binding_of(name) : kNone;
    Flow all{Type::Never, true};
    bool is_complete = false;
    for (const Node* node : match.arms) {
        const auto* arm = node->as<MatchArm>();
        if (arm == nullptr) continue;
        const Mark start = mark();
        if (arm->pattern != nullptr) {
            const Type narrowed = narrowed_by(*arm->pattern, subject);
            if (id != kNone) know(id, narrowed);
            bind(*arm->pattern, narrowed);
        }
        if (arm->guard != nullptr) infer(*arm->guard), learn(*arm->guard, true);
        const auto* block = arm->body->as<Block>();
        const Flow flow = block != nullptr ? infer_block(*block) : infer_statement(*arm->body);
        restore(start);
        all.value = table_.join(all.value, flow.value);
        all.leaves = all.leaves && flow.leaves;
        is_complete = is_complete || fits_all(*arm);
    }
    if (!is_complete) all = {table_.join(all.value, null_type()), false};
    set(match, all.value);
    return all;
}

bool Inference::fits_all(const MatchArm& arm) {
    if (arm.is_default || arm.pattern == nullptr) return true;
    return arm.guard == nullptr && (arm.pattern->is<NamePattern>() || arm.pattern->is<WildcardPattern>());
}

Inference::Flow Inference::infer_try(const Try& attempt) {
    Flow all = infer_block(*attempt.body);
    if (attempt.except_block != nullptr) {
        if (const BindingId id = model_.binding_of(attempt); id != kNone) assign(id, of_kind(ValueKind::Error));
        const Flow caught = infer_block(*attempt.except_block);
        all = {table_.join(all.value, caught.value), all.leaves && caught.leaves};
    }
    if (attempt.finally_block != nullptr) all.leaves = infer_block(*attempt.finally_block).leaves || all.leaves;
    set(attempt, all.value);
    return all;
}

}  // namespace ruff::sema
