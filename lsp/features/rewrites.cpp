// Rewrites at the cursor: cases that a `match` lacks, awaits in a row as one `promise_all`, text and interpolation.

#include <algorithm>
#include <set>

#include "core/syntax/walk.h"
#include "lsp/analysis/receivers.h"
#include "lsp/features/code_actions.h"
#include "lsp/features/edits.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

/// The innermost node of a kind around the beginning of the selection.
template <class T>
const T* innermost(const ActionPlace& place) {
    const std::vector<const Node*> path = place.file.path_to(place.selection.begin);
    for (auto node = path.rbegin(); node != path.rend(); ++node) {
        if (const auto* found = (*node)->as<T>()) return found;
    }
    return nullptr;
}

/// A rule that has found the same offers the same as its fix.
bool is_offered_by(const ActionPlace& place, std::string_view rule) {
    return std::any_of(place.file.diagnostics().begin(), place.file.diagnostics().end(), [&](const Diagnostic& each) {
        return each.code == rule && !each.fixes.empty() && each.span.touches(place.selection.begin);
    });
}

// ---- match ---------------------------------------------------------------------------------------------------

/// The enum whose variants the arms name, as it is written there, and the variants that are named.
struct MatchedEnum {
    Entity type;
    std::string path;
    std::set<std::string, std::less<>> named;
    bool is_closed = false;  // an arm fits everything
};

void note_pattern(const ActionPlace& place, const Node& pattern, bool has_guard, MatchedEnum& matched) {
    if (const auto* either = pattern.as<OrPattern>()) {
        for (const Pattern* each : either->alternatives) note_pattern(place, *each, has_guard, matched);
    } else if (const auto* inner = pattern.as<ParenPattern>()) {
        note_pattern(place, *inner->inner, has_guard, matched);
    } else if (const auto* variant = pattern.as<VariantPattern>()) {
        matched.type = type_entity_of(place.file, *variant->path);
        matched.path = place.tree().text(*variant->path);
        if (!has_guard) matched.named.insert(std::string(variant->variant.text()));
    } else if ((pattern.is<NamePattern>() || pattern.is<WildcardPattern>()) && !has_guard) {
        matched.is_closed = true;
    }
}

MatchedEnum matched_enum(const ActionPlace& place, const Match& match) {
    MatchedEnum matched;
    for (const Node* node : match.arms) {
        const auto* arm = node->as<MatchArm>();
        if (arm == nullptr) continue;
        if (arm->is_default) matched.is_closed = true;
        else note_pattern(place, *arm->pattern, arm->guard != nullptr, matched);
    }
    return matched;
}

std::string case_text(const std::string& path, const EnumVariant& variant) {
    std::string text = "case " + path + "::" + std::string(variant.name.text());
    for (const Name& name : variant.payload) text += (&name == variant.payload.data() ? "(" : ", ") + std::string(name.text());
    return text + (variant.payload.empty() ? "" : ")") + ": { }\n";
}

void offer_missing_cases(const ActionPlace& place, std::vector<CodeAction>& actions) {
    const Match* match = innermost<Match>(place);
    if (match == nullptr || place.tree().tokens[match->last_token].kind != TokenKind::RightBrace) return;
    MatchedEnum matched = matched_enum(place, *match);
    if (matched.type.kind != EntityKind::Enum || matched.is_closed) return;
    std::string cases;
    for (const EnumVariant* variant : matched.type.declaration->to<EnumDecl>().variants) {
        if (variant->name && !matched.named.contains(variant->name.text())) cases += case_text(matched.path, *variant);
    }
    if (cases.empty() || is_offered_by(place, "non-exhaustive-match")) return;
    const std::uint32_t at = place.tree().tokens[match->last_token].begin;
    actions.push_back({"Add the missing cases", "quickfix", false, nullptr, [&file = place.file, at, cases] {
        const bool begins_line = file.tree->tokens[file.tree->token_at(at)].newline_before();
        return formatted_edits(file, {{{at, at}, (begins_line ? "" : "\n") + cases}});
    }});
}

// ---- promise_all ---------------------------------------------------------------------------------------------

/// `let a := await f()`, `a := await f()` that declares: what is waited for.
struct AwaitStatement {
    const Node* statement = nullptr;
    std::string keyword;
    const Name* name = nullptr;
    const Node* promise = nullptr;
};

std::optional<AwaitStatement> as_await_statement(const Analysis& file, const Node& statement) {
    const Node* target = nullptr;
    const Node* value = nullptr;
    AwaitStatement found;
    found.statement = &statement;
    if (const auto* binding = statement.as<Binding>(); binding != nullptr && binding->type == nullptr) {
        target = binding->pattern;
        value = binding->value;
        found.keyword = std::string(file.tree->token_text(binding->first_token)) + " ";
    } else if (const auto* assign = statement.as<Assign>(); assign != nullptr && assign->op == AssignOp::Set) {
        target = assign->target;
        value = assign->value;
    }
    const auto* wait = value == nullptr ? nullptr : value->as<AwaitExpr>();
    if (wait == nullptr) return std::nullopt;
    if (const auto* name = target->as<NamePattern>()) found.name = &name->name;
    if (const auto* name = target->as<NameExpr>()) found.name = &name->name;
    if (found.name == nullptr || found.name->is_missing()) return std::nullopt;
    found.promise = wait->operand;
    return found;
}

bool mentions_name(const SyntaxTree& tree, const Node& node, std::string_view name) {
    for (std::uint32_t at = node.first_token; at <= node.last_token; ++at) {
        if (tree.tokens[at].kind == TokenKind::Name && tree.token_text(at) == name) return true;
    }
    return false;
}

/// The run of such statements around the cursor, none of which needs the result of one before it.
std::vector<AwaitStatement> independent_awaits(const ActionPlace& place) {
    std::vector<AwaitStatement> run;
    const std::vector<const Node*> path = place.file.path_to(place.selection.begin);
    for (std::size_t i = path.size(); i-- > 1;) {
        const Node* list = path[i - 1];
        if (!list->is<Block>() && !list->is<File>()) continue;
        bool holds_cursor = false;
        for (const Stmt* statement : list->is<Block>() ? list->to<Block>().statements : list->to<File>().statements) {
            const std::optional<AwaitStatement> found = as_await_statement(place.file, *statement);
            const bool fits = found && std::all_of(run.begin(), run.end(), [&](const AwaitStatement& before) {
                return before.keyword == found->keyword && !mentions_name(place.tree(), *found->promise, before.name->text());
            });
            if (!fits) {
                if (holds_cursor) break;
                run.clear();
            }
            if (found) run.push_back(*found);
            holds_cursor = holds_cursor || statement == path[i];
        }
        return holds_cursor && run.size() >= 2 ? run : std::vector<AwaitStatement>{};
    }
    return run;
}

void offer_promise_all(const ActionPlace& place, std::vector<CodeAction>& actions) {
    std::vector<AwaitStatement> run = independent_awaits(place);
    if (run.size() < 2 || is_offered_by(place, "sequential-awaits")) return;
    actions.push_back({"Await these together with `promise_all`", "refactor.rewrite", false, nullptr, [&file = place.file, run] {
        const SyntaxTree& tree = *file.tree;
        std::string names, promises;
        for (const AwaitStatement& each : run) {
            names += (names.empty() ? "" : ", ") + std::string(each.name->text());
            promises += (promises.empty() ? "" : ", ") + std::string(tree.text(*each.promise));
        }
        const Span span = tree.span(*run.front().statement).joined(tree.span(*run.back().statement));
        return formatted_edits(file, {{span, run[0].keyword + "[" + names + "] := await promise_all([" + promises + "])"}});
    }});
}

// ---- text and interpolation ----------------------------------------------------------------------------------

bool is_plain_quoted(const Node& node) {
    const auto* text = node.as<StringLiteral>();
    return text != nullptr && !text->is_raw && !text->is_triple;
}

/// The operands of `a + b + c`, or nothing.
std::vector<const Node*> sum_operands(const Node& node) {
    std::vector<const Node*> operands;
    const Node* at = &node;
    while (const auto* sum = at->as<BinaryExpr>()) {
        if (sum->op != BinaryOp::Add) break;
        operands.push_back(sum->right);
        at = sum->left;
    }
    operands.push_back(at);
    std::reverse(operands.begin(), operands.end());
    return operands;
}

/// What stands between the quotes of a string.
std::string_view inside_of(const SyntaxTree& tree, const Node& text) {
    const std::string_view whole = tree.text(text);
    return whole.size() >= 2 ? whole.substr(1, whole.size() - 2) : std::string_view{};
}

/// `"a" + b + "c"` to `"a${b}c"`: every `+` joins text only if one of the first two operands is a string.
void offer_interpolation(const ActionPlace& place, std::vector<CodeAction>& actions) {
    const Node* sum = nullptr;
    for (const Node* node : place.file.path_to(place.selection.begin)) {
        const auto* binary = node->as<BinaryExpr>();
        if (binary != nullptr && binary->op == BinaryOp::Add && sum == nullptr) sum = node;
    }
    if (sum == nullptr) return;
    const std::vector<const Node*> operands = sum_operands(*sum);
    const bool joins_text = is_plain_quoted(*operands[0]) || is_plain_quoted(*operands[1]);
    const bool fits = std::all_of(operands.begin(), operands.end(), [&](const Node* each) {
        return place.tree().text(*each).find('\n') == std::string_view::npos && (!each->is<StringLiteral>() || is_plain_quoted(*each));
    });
    if (!joins_text || !fits) return;
    actions.push_back({"Write as one string with interpolation", "refactor.rewrite", false, nullptr, [&file = place.file, sum, operands] {
        std::string text = "\"";
        for (const Node* each : operands) {
            if (each->is<StringLiteral>()) text += inside_of(*file.tree, *each);
            else text += "${" + std::string(file.tree->text(without_parens(*each))) + "}";
        }
        return formatted_edits(file, {{file.tree->span(*sum), text + "\""}});
    }});
}

/// `"a${b}"` to `"a" + to_string(b)`; without `to_string` where `+` joins the value as it is.
void offer_concatenation(const ActionPlace& place, std::vector<CodeAction>& actions) {
    const StringLiteral* literal = innermost<StringLiteral>(place);
    if (literal == nullptr || literal->is_plain() || !is_plain_quoted(*literal)) return;
    actions.push_back({"Write with `+`", "refactor.rewrite", false, nullptr, [&file = place.file, literal] {
        std::string text;
        bool has_text = false;
        for (const StringPart& part : literal->parts) {
            text += text.empty() ? "" : " + ";
            if (part.expression == nullptr) {
                text += "\"" + std::string(file.tree->text(part.span)) + "\"";
                has_text = true;
                continue;
            }
            const std::string type = type_text_of(file, *part.expression);
            const bool is_joined = type == "string" || (has_text && (type == "int" || type == "float" || type == "bool"));
            const std::string value(file.tree->text(*part.expression));
            const bool is_simple = part.expression->is<NameExpr>() || part.expression->is<CallExpr>() || part.expression->is<MemberExpr>();
            text += !is_joined ? "to_string(" + value + ")" : is_simple ? value : "(" + value + ")";
            has_text = true;
        }
        const Node* around = file.parent(*literal);
        const bool needs_parens = around != nullptr && (around->is<MemberExpr>() || around->is<BinaryExpr>() || around->is<IndexExpr>());
        if (needs_parens) text = "(" + text + ")";
        return formatted_edits(file, {{file.tree->span(*literal), text}});
    }});
}

}  // namespace

void offer_rewrites(const ActionPlace& place, std::vector<CodeAction>& actions) {
    if (place.tree().has_grammar_errors) return;
    offer_missing_cases(place, actions);
    offer_promise_all(place, actions);
    offer_interpolation(place, actions);
    offer_concatenation(place, actions);
}

}  // namespace ruff::lsp
