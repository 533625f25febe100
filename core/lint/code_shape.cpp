#include "core/lint/code_shape.h"

#include <algorithm>

namespace ruff::lint {

using namespace syntax;

namespace {

bool is_function(const Node& node) {
    return node.is<FuncDecl>() || node.is<FuncExpr>() || node.is<LambdaExpr>() || node.is<Spawn>();
}

bool is_same_index(const Context& context, const Node& left, const Node& right) {
    if (is_plain_literal(left) && left.kind == right.kind) return context.tree.text(left) == context.tree.text(right);
    return is_same_place(context, left, right);
}

/// Whether the value of an If, Match, Try or Spawn can be seen.
bool is_node_value_used(const Context& context, const Node& node) {
    const Node* parent = context.parent(node);
    if (parent == nullptr) return false;
    if (parent->is<Block>() || parent->is<File>() || parent->is<MatchArm>()) return is_value_used(context, node);
    return true;
}

bool gives_value(const Node& statement) {
    return statement.is<ExprStmt>() || statement.is<If>() || statement.is<Match>() || statement.is<Try>() ||
           statement.is<Spawn>();
}

}  // namespace

bool is_plain_literal(const Node& node) {
    if (const auto* text = node.as<StringLiteral>()) return text->is_plain();
    if (const auto* unary = node.as<UnaryExpr>()) {
        return unary->op == UnaryOp::Negate && (unary->operand->is<IntLiteral>() || unary->operand->is<FloatLiteral>());
    }
    return node.is<IntLiteral>() || node.is<FloatLiteral>() || node.is<BoolLiteral>();
}

bool is_same_place(const Context& context, const Node& left_in, const Node& right_in) {
    const Node* left = &without_parens(left_in);
    const Node* right = &without_parens(right_in);
    for (;;) {
        if (left->kind != right->kind) return false;
        if (left->is<SelfExpr>()) return true;
        if (left->is<NameExpr>()) {
            const sema::BindingId id = context.model.binding_of(*left);
            return id != sema::kNone && id == context.model.binding_of(*right);
        }
        if (const auto* member = left->as<MemberExpr>()) {
            const auto& other = right->to<MemberExpr>();
            if (member->name.text() != other.name.text() || member->is_optional != other.is_optional) return false;
            left = member->object, right = other.object;
        } else if (const auto* index = left->as<IndexExpr>()) {
            const auto& other = right->to<IndexExpr>();
            if (!is_same_index(context, *index->index, *other.index)) return false;
            left = index->object, right = other.object;
        } else {
            return false;
        }
    }
}

sema::BindingId root_binding(const Context& context, const Node& place) {
    const Node* node = &place;
    for (;;) {
        if (const auto* member = node->as<MemberExpr>()) node = member->object;
        else if (const auto* index = node->as<IndexExpr>()) node = index->object;
        else return node->is<NameExpr>() ? context.model.binding_of(*node) : sema::kNone;
    }
}

const BuiltinRow* builtin_of(const Context& context, const Node& name) {
    if (!name.is<NameExpr>()) return nullptr;
    const sema::Use use = context.model.use_of(name);
    if (use.kind != sema::UseKind::Builtin) return nullptr;
    return &builtin_row(static_cast<BuiltinId>(use.index));
}

const BuiltinRow* called_builtin(const Context& context, const Node& callee) {
    const sema::Type type = context.type_of(callee);
    const sema::TypeTable& table = context.types().table();
    const sema::TypeData& data = table.data(type);
    const bool is_builtin = table.is(type, ValueKind::Function) && data.owner == nullptr && data.index != sema::kNone;
    return is_builtin ? &builtin_row(static_cast<BuiltinId>(data.index)) : nullptr;
}

FunctionRef called_function(const Context& context, const Node& callee) {
    const sema::Type type = context.type_of(callee);
    const sema::TypeTable& table = context.types().table();
    const sema::TypeData& data = table.data(type);
    const bool is_known = table.is(type, ValueKind::Function) && data.owner != nullptr;
    return is_known ? FunctionRef{data.owner, data.index} : FunctionRef{};
}

std::string_view FunctionRef::name() const {
    const auto* declaration = info().node->as<FuncDecl>();
    return declaration == nullptr ? std::string_view{} : declaration->name.text();
}

List<Node> FunctionRef::params() const {
    const Node& node = *info().node;
    if (const auto* named = node.as<FuncDecl>()) return named->params;
    if (const auto* unnamed = node.as<FuncExpr>()) return unnamed->params;
    if (const auto* lambda = node.as<LambdaExpr>()) return lambda->params;
    return {};
}

bool is_piped(const Context& context, const CallExpr& call) {
    const Node* below = &call;
    const Node* parent = context.parent(call);
    if (parent->is<PropagateExpr>()) below = parent, parent = context.parent(*parent);
    const auto* pipe = parent->as<PipeExpr>();
    return pipe != nullptr && pipe->right == below;
}

void explain_immutable(const Context& context, Diagnostic& finding, sema::BindingId id) {
    const sema::Binding& binding = context.model.bindings[id];
    finding.labels.push_back({context.tree.tokens[binding.name_token].span(), "declared here", nullptr});
    const Node* at = binding.declaration;
    while (at != nullptr && !at->is<Binding>()) at = context.parent(*at);
    if (at == nullptr || at->to<Binding>().keyword != BindingKeyword::Let) return;
    const Span let = context.tree.tokens[at->first_token].span();
    finding.help = "declare it with `mut`";
    finding.fixes.push_back({"Declare `" + std::string(context.model.name(id)) + "` with `mut`", FixSafety::Unsafe, {{let, "mut"}}});
}

sema::FunctionId function_around(const Context& context, const Node& node) {
    for (const Node* at = context.parent(node); at != nullptr; at = context.parent(*at)) {
        if (is_function(*at)) return context.model.function_of(*at);
        if (at->is<StructField>() && context.model.function_of(*at) != sema::kNone) return context.model.function_of(*at);
    }
    return 0;
}

const Node& root_of(const Node& place) {
    const Node* at = &place;
    while (at->is<MemberExpr>() || at->is<IndexExpr>()) {
        at = at->is<MemberExpr>() ? at->to<MemberExpr>().object : at->to<IndexExpr>().object;
    }
    return *at;
}

bool is_inside(const Context& context, const Node& node, const Node& outer) {
    for (const Node* at = &node; at != nullptr; at = context.parent(*at)) {
        if (at == &outer) return true;
    }
    return false;
}

Siblings siblings_of(const Context& context, const Node& statement) {
    const Node* parent = context.parent(statement);
    Siblings siblings;
    if (parent == nullptr) return siblings;
    if (const auto* file = parent->as<File>()) siblings.statements = file->statements;
    else if (const auto* block = parent->as<Block>()) siblings.statements = block->statements;
    while (siblings.index < siblings.statements.size() && siblings.statements[siblings.index] != &statement) ++siblings.index;
    return siblings;
}

const Node& statement_of(const Context& context, const Node& node) {
    const Node* at = &node;
    for (const Node* parent = context.parent(*at); parent != nullptr; at = parent, parent = context.parent(*at)) {
        const auto* arm = parent->as<MatchArm>();
        if (parent->is<Block>() || parent->is<File>() || (arm != nullptr && arm->body == at)) break;
    }
    return *at;
}

bool is_value_used(const Context& context, const Node& statement) {
    const Node* body = context.parent(statement);
    if (body == nullptr || body->is<File>()) return false;
    if (const auto* arm = body->as<MatchArm>()) return is_node_value_used(context, *context.parent(*arm));
    const auto* block = body->as<Block>();
    if (block == nullptr) return true;
    if (block->statements.back() != &statement) return false;
    const Node* owner = context.parent(*block);
    if (owner == nullptr) return false;
    switch (owner->kind) {
        case NodeKind::LambdaExpr:
        case NodeKind::Spawn: return true;
        case NodeKind::IfBranch:
        case NodeKind::MatchArm: return is_node_value_used(context, *context.parent(*owner));
        case NodeKind::If: return is_node_value_used(context, *owner);
        case NodeKind::Try: return block != owner->to<Try>().finally_block && is_node_value_used(context, *owner);
        default: return false;
    }
}

bool is_in_try(const Context& context, const Node& node) {
    const Node* below = &node;
    for (const Node* at = context.parent(node); at != nullptr && !is_function(*below); at = context.parent(*at)) {
        const auto* attempt = at->as<Try>();
        if (attempt != nullptr && attempt->body == below && attempt->except_block != nullptr) return true;
        below = at;
    }
    return false;
}

const Node* loop_around(const Context& context, const Node& node) {
    const Node* below = &node;
    for (const Node* at = context.parent(node); at != nullptr && !is_function(*at); at = context.parent(*at)) {
        const bool is_body = below->is<Block>();
        if (is_body && (at->is<For>() || at->is<While>() || at->is<Loop>())) return at;
        below = at;
    }
    return nullptr;
}

namespace {

bool declares_method(const sema::SemanticModel& model, std::string_view name) {
    for (const sema::FunctionInfo& function : model.functions) {
        if (function.kind != sema::FunctionKind::Method || function.node == nullptr) continue;
        const auto* declaration = function.node->as<FuncDecl>();
        if (declaration != nullptr && declaration->name && declaration->name.text() == name) return true;
    }
    return false;
}

}  // namespace

bool has_method_named(const Context& context, std::string_view name) {
    if (declares_method(context.model, name)) return true;
    return std::any_of(context.model.imports.begin(), context.model.imports.end(), [&](const sema::ModuleImport& each) {
        return each.module != nullptr && declares_method(*each.module, name);
    });
}

std::string qualified_name(const Context& context, const sema::UndefinedName& name) {
    if (context.model.imports.empty()) return {};
    const std::string_view text = context.model.text(name.name);
    for (const sema::Binding& each : context.model.bindings) {
        if (each.kind != sema::BindingKind::Module) continue;
        const sema::SemanticModel* module = context.model.imports[each.index].module;
        if (module == nullptr || module->find_export(text) == sema::kNone) continue;
        return std::string(context.model.text(each.name)) + "." + std::string(text);
    }
    return {};
}

bool has_comment_in(const Context& context, Span span) {
    return std::any_of(context.tree.comments.begin(), context.tree.comments.end(),
                       [&](const Comment& comment) { return comment.span.overlaps(span); });
}

std::optional<TextEdit> removal_of(const Context& context, const Node& statement) {
    const Node* parent = context.parent(statement);
    List<Stmt> siblings;
    if (const auto* file = parent->as<File>()) siblings = file->statements;
    else if (const auto* block = parent->as<Block>()) siblings = block->statements;
    else return std::nullopt;
    Span span = context.tree.span(statement);
    if (has_comment_in(context, span)) return std::nullopt;
    const bool is_last = siblings.back() == &statement;
    if (is_last && siblings.size() > 1 && gives_value(*siblings[siblings.size() - 2]) && is_value_used(context, statement)) {
        return std::nullopt;
    }
    const std::string_view text = context.tree.text();
    std::uint32_t begin = span.begin;
    while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t')) --begin;
    std::uint32_t end = span.end;
    while (end < text.size() && (text[end] == ' ' || text[end] == '\t' || text[end] == ';')) ++end;
    const bool begins_line = begin == 0 || text[begin - 1] == '\n';
    const bool ends_line = end == text.size() || text[end] == '\n' || text.substr(end, 2) == "\r\n";
    if (begins_line && ends_line) {
        if (end < text.size()) end += text[end] == '\r' ? 2 : 1;
        return TextEdit{{begin, end}, ""};
    }
    return TextEdit{{span.begin, begins_line ? end : span.end}, ""};
}

}  // namespace ruff::lint
