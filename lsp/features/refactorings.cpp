// Extract variable, extract function, inline variable. Each is offered only where the program keeps its meaning: the
// conditions stand above the functions that check them.

#include <algorithm>
#include <set>

#include "core/lang/tokens.h"
#include "core/syntax/walk.h"
#include "lsp/analysis/mentions.h"
#include "lsp/features/code_actions.h"
#include "lsp/features/edits.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

bool is_statement_list(const Node& node) { return node.is<Block>() || node.is<File>(); }

List<Stmt> statements_of(const Node& node) { return node.is<Block>() ? node.to<Block>().statements : node.to<File>().statements; }

/// The selection without blanks around it.
Span trimmed(const SyntaxTree& tree, Span span) {
    const std::string_view text = tree.text();
    const auto is_blank = [&](std::uint32_t at) { return text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'; };
    while (span.begin < span.end && is_blank(span.begin)) ++span.begin;
    while (span.end > span.begin && is_blank(span.end - 1)) --span.end;
    return span;
}

/// The blanks that the line of an offset begins with.
std::string indentation_at(const SyntaxTree& tree, std::uint32_t offset) {
    const LineIndex& lines = tree.source->lines();
    const std::string_view line = lines.line_text(lines.line_of(offset));
    return std::string(line.substr(0, std::min(line.find_first_not_of(" \t"), line.size())));
}

/// `name`, or `name2` and so on where something in the file has that name already.
std::string free_name(const Analysis& file, const std::string& name) {
    Symbol symbol{};
    std::string free = name;
    for (int i = 2; file.model->names.find(free, symbol) || find_builtin(free) != nullptr; ++i) free = name + std::to_string(i);
    return free;
}

bool is_value(const Node& node) {
    const bool is_expression = (node.kind >= NodeKind::IntLiteral && node.kind <= NodeKind::LambdaExpr) || node.is<If>() || node.is<Match>() ||
                               node.is<Try>() || node.is<Spawn>();
    switch (node.kind) {
        case NodeKind::DictEntry:
        case NodeKind::DictKey:
        case NodeKind::DictShorthand:
        case NodeKind::FieldInit:
        case NodeKind::Spread:
        case NodeKind::NamedArgument:
        case NodeKind::ThrowExpr:
        case NodeKind::YieldExpr: return false;
        default: return is_expression;
    }
}

// ---- Extract variable ----------------------------------------------------------------------------------------

/// The expression that is selected, exactly.
const Node* selected_expression(const ActionPlace& place, Span selection) {
    if (selection.is_empty()) return nullptr;
    const Node* found = nullptr;
    for (const Node* node : place.file.path_to(selection.begin)) {
        if (is_value(*node) && place.tree().span(*node) == selection) {
            found = node;
            break;
        }
    }
    return found;
}

/// The statement of a block that an expression is evaluated in, once and whenever the statement runs; null where it may
/// run later, more than once or not at all: in a lambda, a default, a loop's condition, behind `and`, `or`, `??`, in
/// another branch's condition. Nor is the target of an assignment a value.
const Node* evaluating_statement(const Analysis& file, const Node& expression) {
    const Node* below = &expression;
    for (const Node* at = file.parent(expression); at != nullptr; below = at, at = file.parent(*at)) {
        if (is_statement_list(*at)) return below;
        if (const auto* binary = at->as<BinaryExpr>(); binary != nullptr && binary->right == below) {
            const bool is_lazy = binary->op == BinaryOp::And || binary->op == BinaryOp::Or || binary->op == BinaryOp::Coalesce;
            if (is_lazy) return nullptr;
        }
        if (const auto* branch = at->as<IfBranch>(); branch != nullptr) {
            const auto& chain = file.parent(*branch)->to<If>();
            if (branch->condition != below || chain.branches[0] != branch) return nullptr;
        }
        if (const auto* assign = at->as<Assign>(); assign != nullptr && assign->target == below) return nullptr;
        if (const auto* arm = at->as<MatchArm>(); arm != nullptr) return nullptr;
        const bool runs_elsewhere = at->is<LambdaExpr>() || at->is<FuncExpr>() || at->is<FuncDecl>() || at->is<While>() || at->is<Param>() ||
                                    at->is<StructField>() || at->is<DefaultPattern>() || at->is<PatternField>() || at->is<ErrorNode>();
        if (runs_elsewhere) return nullptr;
    }
    return nullptr;
}

/// A name after what the expression is: the last word of a call or member.
std::string name_for(const Node& expression) {
    const Node& node = without_parens(expression);
    if (const auto* wait = node.as<AwaitExpr>()) return name_for(*wait->operand);
    if (const auto* call = node.as<CallExpr>(); call != nullptr && call->callee->is<MemberExpr>()) return name_for(*call->callee);
    if (const auto* member = node.as<MemberExpr>(); member != nullptr && member->name && keyword_kind(member->name.text()) == TokenKind::Name) {
        return std::string(member->name.text());
    }
    return "value";
}

void offer_extract_variable(const ActionPlace& place, std::vector<CodeAction>& actions) {
    const Span selection = trimmed(place.tree(), place.selection);
    const Node* expression = selected_expression(place, selection);
    if (expression == nullptr) return;
    // A method is called with its receiver; without it there is none, or another.
    const auto* call = place.file.parent(*expression) == nullptr ? nullptr : place.file.parent(*expression)->as<CallExpr>();
    if (call != nullptr && call->callee == expression && expression->is<MemberExpr>()) return;
    const Node* statement = evaluating_statement(place.file, *expression);
    const auto* whole = statement == nullptr ? nullptr : statement->as<ExprStmt>();
    if (statement == nullptr || (whole != nullptr && whole->expression == expression)) return;
    actions.push_back({"Extract into a variable", "refactor.extract", false, nullptr, [&file = place.file, expression, statement, selection] {
        const std::string name = free_name(file, name_for(*expression));
        const std::uint32_t at = file.tree->span(*statement).begin;
        const std::string value(file.tree->text(selection));
        return formatted_edits(file, {{{at, at}, "let " + name + " := " + value + "\n" + indentation_at(*file.tree, at)}, {selection, name}});
    }});
}

// ---- Extract function ----------------------------------------------------------------------------------------

/// Statements that follow each other in one block.
struct Stretch {
    const Node* block = nullptr;
    std::vector<const Node*> statements;
    Span span;
};

std::optional<Stretch> selected_statements(const ActionPlace& place) {
    const Span selection = trimmed(place.tree(), place.selection);
    if (selection.is_empty()) return std::nullopt;
    Stretch stretch;
    for (const Node* node : place.file.path_to(selection.begin)) {
        if (!is_statement_list(*node) || !place.tree().span(*node).contains(selection)) continue;
        Stretch found;
        found.block = node;
        for (const Stmt* statement : statements_of(*node)) {
            const Span span = place.tree().span(*statement);
            if (!selection.overlaps(span)) continue;
            found.span = found.statements.empty() ? span : found.span.joined(span);
            found.statements.push_back(statement);
        }
        if (!found.statements.empty() && found.span == selection) stretch = std::move(found);
    }
    if (stretch.block == nullptr) return std::nullopt;
    return stretch;
}

/// What cannot be moved into a function: jumps out of it, `yield`, `self`, `?`, declarations and imports.
bool may_move(const Stretch& stretch) {
    bool is_movable = true;
    for (const Node* statement : stretch.statements) {
        const bool declares = statement->is<FuncDecl>() || statement->is<StructDecl>() || statement->is<EnumDecl>() || statement->is<Import>() ||
                              statement->is<FromImport>() || statement->is<Export>() || statement->is<Test>() || statement->is<ErrorNode>();
        is_movable = is_movable && !declares;
        int loops = 0;
        walk(
            *statement,
            [&](const Node& node) {
                if (node.is<FuncExpr>() || node.is<LambdaExpr>()) return false;
                if (node.is<For>() || node.is<While>() || node.is<Loop>()) ++loops;
                const bool leaves = node.is<Return>() || node.is<YieldExpr>() || node.is<PropagateExpr>() || node.is<SelfExpr>() ||
                                    ((node.is<Break>() || node.is<Continue>()) && loops == 0) || node.is<ErrorNode>();
                is_movable = is_movable && !leaves;
                return true;
            },
            [&](const Node& node) {
                if (node.is<For>() || node.is<While>() || node.is<Loop>()) --loops;
            });
        walk(*statement, [&](const Node& node) {
            is_movable = is_movable && !node.is<SelfExpr>();
            return true;
        });
    }
    return is_movable;
}

/// The variables that go into the function and come out of it.
struct Flow {
    std::vector<sema::BindingId> inputs;
    std::vector<sema::BindingId> outputs;  // set inside and used behind
    bool is_possible = true;
};

void add_once(std::vector<sema::BindingId>& list, sema::BindingId id) {
    if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
}

Flow flow_of(const Analysis& file, const Stretch& stretch) {
    Flow flow;
    const sema::SemanticModel& model = *file.model;
    const auto is_inside = [&](std::uint32_t token) { return stretch.span.contains(file.tree->tokens[token].begin); };
    for (const sema::Reference& reference : model.references) {
        const sema::Binding& binding = model.bindings[reference.binding];
        if (reference.token == kNoToken || binding.name_token == kNoToken) continue;
        const bool is_declared_inside = is_inside(binding.name_token);
        if (is_inside(reference.token)) {
            const bool changes = reference.access != sema::Access::Read && reference.access != sema::Access::Call;
            if (is_declared_inside || binding.kind == sema::BindingKind::Imported || binding.kind == sema::BindingKind::Module) continue;
            if (!binding.is_variable()) {
                flow.is_possible = flow.is_possible && binding.scope == 0;
                continue;
            }
            // A function sees the variables of the file; all others are handed in.
            if (binding.scope == 0 && stretch.block->kind != NodeKind::File) continue;
            if (binding.scope == 0 && !changes) continue;
            if (binding.is_captured && changes) flow.is_possible = false;
            if (binding.scope != 0) add_once(flow.inputs, reference.binding);
            if (changes && binding.scope != 0) add_once(flow.outputs, reference.binding);
        } else if (is_declared_inside && file.tree->tokens[reference.token].begin >= stretch.span.end) {
            if (!binding.is_variable() || binding.is_captured_early) flow.is_possible = false;
            add_once(flow.outputs, reference.binding);
        } else if (is_declared_inside) {
            flow.is_possible = false;  // a function further up uses it
        }
    }
    return flow;
}

/// The keyword that declares what comes out: that of the declarations that go into the function, where they have one, and
/// `let` for several of which each never changes.
std::string_view result_keyword(const Analysis& file, const Stretch& stretch, const Flow& flow) {
    bool is_const = true, is_immutable = true, is_mut = true;
    for (const sema::BindingId id : flow.outputs) {
        const sema::Binding& binding = file.model->bindings[id];
        if (!stretch.span.contains(file.tree->tokens[binding.name_token].begin)) return "";
        is_const = is_const && binding.declared_as == sema::DeclaredAs::Const;
        is_immutable = is_immutable && (binding.declared_as == sema::DeclaredAs::Let || binding.declared_as == sema::DeclaredAs::Const);
        is_mut = is_mut && binding.declared_as == sema::DeclaredAs::Mut;
    }
    return is_const ? "const " : is_immutable ? "let " : is_mut ? "mut " : "";
}

/// `let x: int := `, before the call.
std::string result_text(const Analysis& file, const Stretch& stretch, const Flow& flow) {
    if (flow.outputs.empty()) return {};
    const std::string keyword(result_keyword(file, stretch, flow));
    std::string names;
    for (const sema::BindingId id : flow.outputs) names += (names.empty() ? "" : ", ") + std::string(file.model->name(id));
    if (flow.outputs.size() > 1) return keyword + "[" + names + "] := ";
    const Node* declared = file.model->bindings[flow.outputs[0]].declaration;
    const Node* statement = declared == nullptr ? nullptr : file.parent(*declared);
    const auto* binding = statement == nullptr ? nullptr : statement->as<Binding>();
    const bool has_type = !keyword.empty() && binding != nullptr && binding->pattern == declared && binding->type != nullptr;
    return keyword + names + (has_type ? ": " + std::string(file.tree->text(*binding->type)) : "") + " := ";
}

std::vector<TextEdit> extract_function(const Analysis& file, const Stretch& stretch, const Flow& flow) {
    const SyntaxTree& tree = *file.tree;
    bool waits = false;
    for (const Node* statement : stretch.statements) {
        walk(*statement, [&](const Node& node) {
            waits = waits || node.is<AwaitExpr>();
            return !node.is<FuncExpr>() && !node.is<LambdaExpr>();
        });
    }
    std::string parameters, results;
    for (const sema::BindingId id : flow.inputs) parameters += (parameters.empty() ? "" : ", ") + std::string(file.model->name(id));
    for (const sema::BindingId id : flow.outputs) results += (results.empty() ? "" : ", ") + std::string(file.model->name(id));
    if (flow.outputs.size() > 1) results = "[" + results + "]";

    const std::string name = free_name(file, "extracted");
    const std::string outer = indentation_at(tree, stretch.span.begin);
    std::string body = outer + std::string(tree.text(stretch.span)) + "\n";
    if (!results.empty()) body += outer + "return " + results + "\n";
    const std::string function = std::string(waits ? "async " : "") + "func " + name + "(" + parameters + ") {\n" + body + "}\n\n";

    // Above the statement of the file that holds all this.
    std::uint32_t at = 0;
    for (const Stmt* statement : tree.root->statements) {
        if (tree.span(*statement).contains(stretch.span.begin)) at = statement->first_token;
    }
    const std::span<const Comment> comments = tree.comments_before(at);
    std::uint32_t top = tree.tokens[at].begin;
    for (auto comment = comments.rbegin(); comment != comments.rend() && comment->starts_line; ++comment) {
        const LineIndex& lines = tree.source->lines();
        if (lines.line_of(comment->span.end) + 1 != lines.line_of(top)) break;
        top = comment->span.begin;
    }
    const std::string call = result_text(file, stretch, flow) + (waits ? "await " : "") + name + "(" + parameters + ")";
    return formatted_edits(file, {{{top, top}, function}, {stretch.span, call}});
}

/// Only where the statements use nothing that a function of the file cannot see, and do not leave by a jump.
void offer_extract_function(const ActionPlace& place, std::vector<CodeAction>& actions) {
    std::optional<Stretch> stretch = selected_statements(place);
    if (!stretch || !may_move(*stretch)) return;
    const Flow flow = flow_of(place.file, *stretch);
    if (!flow.is_possible) return;
    actions.push_back({"Extract into a function", "refactor.extract", false, nullptr,
                       [&file = place.file, stretch = *stretch, flow] { return extract_function(file, stretch, flow); }});
}

// ---- Inline variable -----------------------------------------------------------------------------------------

/// Whether a method changes its receiver, or may do so because it is not known.
bool may_mutate(const Analysis& file, const MemberExpr& method) {
    const sema::TypeTable& table = file.types().table();
    const sema::Type type = file.types().type_of(method);
    const sema::TypeData& data = table.data(type);
    if (table.single_kind(type) != ValueKind::Function) return true;
    if (data.owner != nullptr) return data.owner->functions[data.index].is_mutating;
    return data.index == sema::kNone || builtin_row(static_cast<BuiltinId>(data.index)).is_mutating();
}

/// Whether a variable is given another value or changed in place, by a method too.
bool may_change(const Analysis& file, sema::BindingId id) {
    const sema::Binding& binding = file.model->bindings[id];
    bool changes = binding.is_reassigned || binding.is_changed;
    walk(*file.tree->root, [&](const Node& node) {
        const auto* call = node.as<CallExpr>();
        const auto* member = call == nullptr ? nullptr : call->callee->as<MemberExpr>();
        if (member == nullptr) return !changes;
        const Node* root = member->object;
        while (root->is<MemberExpr>() || root->is<IndexExpr>()) {
            root = root->is<MemberExpr>() ? root->to<MemberExpr>().object : root->to<IndexExpr>().object;
        }
        changes = changes || (root->is<NameExpr>() && file.model->binding_of(*root) == id && may_mutate(file, *member));
        return !changes;
    });
    return changes;
}

/// No call, no wait, nothing that depends on when it is evaluated but variables that never change.
bool is_timeless(const Analysis& file, const Node& value) {
    bool is_timeless = true;
    walk(value, [&](const Node& node) {
        switch (node.kind) {
            case NodeKind::CallExpr:
            case NodeKind::AwaitExpr:
            case NodeKind::PipeExpr:
            case NodeKind::LambdaExpr:
            case NodeKind::FuncExpr:
            case NodeKind::Spawn:
            case NodeKind::If:
            case NodeKind::Match:
            case NodeKind::Try:
            case NodeKind::ThrowExpr:
            case NodeKind::YieldExpr:
            case NodeKind::PropagateExpr:
            case NodeKind::SelfExpr:
            case NodeKind::ErrorNode: is_timeless = false; break;
            case NodeKind::NameExpr: {
                const sema::BindingId id = file.model->binding_of(node);
                if (id != sema::kNone && may_change(file, id)) is_timeless = false;
                break;
            }
            default: break;
        }
        return is_timeless;
    });
    return is_timeless;
}

/// What reads the same wherever a name may stand.
bool needs_no_parens(const Node& value) {
    return value.is<NameExpr>() || value.is<IntLiteral>() || value.is<FloatLiteral>() || value.is<BoolLiteral>() || value.is<NullLiteral>() ||
           value.is<StringLiteral>() || value.is<ParenExpr>() || value.is<ArrayExpr>() || value.is<MemberExpr>() || value.is<IndexExpr>() ||
           value.is<CallExpr>();
}

/// Whether every name of the value means the same at the place of the use, and nothing there reads the text in another way: a bracket
/// that begins a line goes on with the line above, a number before a dot becomes another number.
bool reads_the_same(const Analysis& file, const Node& value, const Mention& use) {
    const Token& token = file.tree->tokens[use.token];
    const Span span = file.tree->span(value);
    for (const sema::Reference& name : file.model->references) {
        if (name.token == kNoToken || !span.contains(file.tree->tokens[name.token].begin)) continue;
        const bool is_own = span.contains(file.tree->tokens[file.model->bindings[name.binding].name_token].begin);
        if (!is_own && file.model->lookup(file.model->name(name.binding), token.begin) != name.binding) return false;
    }
    for (const Mention& name : file.mentions().all()) {
        const bool is_builtin = name.entity.kind == EntityKind::Builtin && span.contains(file.tree->tokens[name.token].begin);
        if (is_builtin && !is_after_dot(file, name.token) && file.model->lookup(file.tree->token_text(name.token), token.begin) != sema::kNone) {
            return false;
        }
    }
    const std::string_view text = file.tree->text();
    const std::size_t line = text.substr(0, token.begin).rfind('\n') + 1;
    const bool begins_line = text.substr(line, token.begin - line).find_first_not_of(" \t") == std::string_view::npos;
    if (begins_line && (!needs_no_parens(value) || value.is<ArrayExpr>() || value.is<ParenExpr>())) return false;
    const bool is_number = value.is<IntLiteral>() || value.is<FloatLiteral>();
    return !is_number || !text.substr(token.end).starts_with('.');
}

void offer_inline_variable(const ActionPlace& place, std::vector<CodeAction>& actions) {
    const Analysis& file = place.file;
    const Mention* mention = file.mentions().at_offset(file, place.selection.begin);
    if (mention == nullptr || mention->entity.file != &file || mention->entity.binding == sema::kNone) return;
    const sema::BindingId id = mention->entity.binding;
    const sema::Binding& binding = file.model->bindings[id];
    const bool is_fixed = binding.kind == sema::BindingKind::Variable && !binding.is_exported && !may_change(file, id);
    const Node* statement = binding.declaration == nullptr ? nullptr : file.parent(*binding.declaration);
    if (!is_fixed || statement == nullptr) return;
    const Node* value = nullptr;
    if (const auto* declared = statement->as<Binding>(); declared != nullptr && declared->pattern == binding.declaration) value = declared->value;
    if (const auto* assign = statement->as<Assign>(); assign != nullptr && assign->target == binding.declaration) value = assign->value;
    const bool is_one_line = value != nullptr && file.tree->text(*value).find('\n') == std::string_view::npos;
    if (value == nullptr || !is_one_line || !is_timeless(file, *value)) return;
    const bool is_same_everywhere = std::ranges::all_of(file.mentions().all(), [&](const Mention& each) {
        const bool is_use = is_same(each.entity, mention->entity) && each.access != sema::Access::Declare;
        return !is_use || reads_the_same(file, *value, each);
    });
    if (!is_same_everywhere) return;
    actions.push_back({"Inline the variable", "refactor.inline", false, nullptr, [&file, entity = mention->entity, statement, value] {
        std::string text(file.tree->text(*value));
        if (!needs_no_parens(*value)) text = "(" + text + ")";
        std::vector<TextEdit> edits;
        for (const Mention& each : file.mentions().all()) {
            if (!is_same(each.entity, entity) || each.access == sema::Access::Declare) continue;
            const std::string name(file.tree->token_text(each.token));
            edits.push_back({file.tree->tokens[each.token].span(), each.shorthand == nullptr ? text : name + ": " + text});
        }
        // The declaration goes with its line.
        Span span = file.tree->span(*statement);
        const std::string_view source = file.tree->text();
        while (span.begin > 0 && (source[span.begin - 1] == ' ' || source[span.begin - 1] == '\t')) --span.begin;
        while (span.end < source.size() && (source[span.end] == ' ' || source[span.end] == ';')) ++span.end;
        if (span.end < source.size() && source[span.end] == '\n') ++span.end;
        edits.push_back({span, ""});
        return formatted_edits(file, std::move(edits));
    }});
}

}  // namespace

void offer_extractions(const ActionPlace& place, std::vector<CodeAction>& actions) {
    if (place.tree().has_grammar_errors) return;
    offer_extract_variable(place, actions);
    offer_extract_function(place, actions);
    offer_inline_variable(place, actions);
}

}  // namespace ruff::lsp
