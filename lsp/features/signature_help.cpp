// Signature help: the innermost call that is open at the cursor, also while its `)` is still missing.

#include <algorithm>

#include "lsp/analysis/receivers.h"
#include "lsp/features/describe.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

/// The call whose parentheses hold the offset; null if there is none.
const CallExpr* call_at(const Analysis& file, std::uint32_t offset, std::uint32_t& open_token) {
    const SyntaxTree& tree = *file.tree;
    const CallExpr* found = nullptr;
    std::uint32_t at = tree.token_at(offset);
    if (tree.tokens[at].begin >= offset && at > 0) --at;
    // From the cursor back over what is closed, to the parenthesis that is not.
    int depth = 0;
    for (std::uint32_t steps = 0; steps < 20'000; ++steps, --at) {
        const TokenKind kind = tree.tokens[at].kind;
        const bool is_opening = kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket || kind == TokenKind::LeftBrace;
        const bool is_closing = kind == TokenKind::RightParen || kind == TokenKind::RightBracket || kind == TokenKind::RightBrace;
        if (is_closing && tree.tokens[at].end <= offset) ++depth;
        if (is_opening && depth-- == 0) {
            if (kind != TokenKind::LeftParen) {
                depth = 0;  // inside an array, a dict or a block: the call around it
                if (kind == TokenKind::LeftBrace) return nullptr;
            } else {
                break;
            }
        }
        if (at == 0) return nullptr;
    }
    open_token = at;
    if (at == 0 || tree.tokens[at].kind != TokenKind::LeftParen) return nullptr;
    for (const Node* node : file.path_to(tree.tokens[at - 1].begin)) {
        const auto* call = node->as<CallExpr>();
        if (call != nullptr && call->callee->last_token == at - 1) found = call;
    }
    return found;
}

struct Signature {
    std::string label;
    std::string documentation;
    std::vector<ParameterText> parameters;
};

Signature signature_of_entity(const Entity& entity) {
    return {declaration_text(entity), documentation_of(entity), parameters_of(entity)};
}

std::vector<Signature> signatures_of(const Analysis& file, const CallExpr& call) {
    const Entity callee = callee_of(file, call);
    std::vector<Signature> signatures;
    if (callee.row != nullptr) {
        const bool is_method = without_parens(*call.callee).is<MemberExpr>();
        for (const BuiltinRow* row = callee.row;;) {
            signatures.push_back({signature_of(*row, is_method), std::string(row->doc), parameters_of(*row, is_method)});
            if (row->next_with_name < 0 || is_method) break;
            row = &all_builtins()[static_cast<std::size_t>(row->next_with_name)];
        }
    } else if (callee.declaration != nullptr && callee.declaration->is<FuncDecl>()) {
        signatures.push_back(signature_of_entity(callee));
    } else if (const auto* variant = without_parens(*call.callee).as<VariantExpr>()) {
        const Entity owner = type_entity_of(file, *variant->path);
        if (owner.kind == EntityKind::Enum) {
            const Entity entity = variant_of(*owner.file, owner.declaration->to<EnumDecl>(), variant->variant.text());
            if (entity) signatures.push_back(signature_of_entity(entity));
        }
    }
    return signatures;
}

/// Which argument the cursor is in, by the commas before it; a named one counts as its parameter.
std::optional<std::size_t> active_parameter(const Analysis& file, const CallExpr& call, std::uint32_t open, std::uint32_t offset,
                                            const std::vector<ParameterText>& parameters) {
    const SyntaxTree& tree = *file.tree;
    for (const Node* argument : call.arguments) {
        const auto* named = argument->as<NamedArgument>();
        if (named == nullptr || !tree.span(*named).touches(offset)) continue;
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            if (parameters[i].name == named->name.text()) return i;
        }
        return std::nullopt;
    }
    std::size_t index = 0;
    int depth = 0;
    for (std::uint32_t at = open + 1; at < tree.tokens.size() && tree.tokens[at].begin < offset; ++at) {
        const TokenKind kind = tree.tokens[at].kind;
        if (kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket || kind == TokenKind::LeftBrace) ++depth;
        if (kind == TokenKind::RightParen || kind == TokenKind::RightBracket || kind == TokenKind::RightBrace) --depth;
        if (kind == TokenKind::Comma && depth == 0) ++index;
    }
    if (index < parameters.size()) return index;
    if (!parameters.empty() && parameters.back().is_rest) return parameters.size() - 1;
    return std::nullopt;
}

/// Parameters as ranges of the label where the client takes them, in UTF-16 as the protocol fixes it here.
Json parameter_json(const Client& client, const std::string& label, const std::string& text, std::size_t& from) {
    const std::size_t at = label.find(text, from);
    if (!client.has_label_offsets || at == std::string::npos) return make_object("label", text);
    from = at + text.size();
    const std::uint32_t begin = count_units(std::string_view(label).substr(0, at), PositionEncoding::Utf16);
    Json range;
    range.push(begin).push(begin + count_units(text, PositionEncoding::Utf16));
    return make_object("label", std::move(range));
}

}  // namespace

Answer signature_help(const Request& request) {
    const std::uint32_t offset = request.offset();
    std::uint32_t open = 0;
    const CallExpr* call = call_at(*request.file, offset, open);
    if (call == nullptr) return Json();
    const std::vector<Signature> signatures = signatures_of(*request.file, *call);
    if (signatures.empty()) return Json();

    Json list;
    for (const Signature& each : signatures) {
        Json parameters{Json::Array{}};
        std::size_t from = std::min(each.label.find('('), each.label.size());
        for (const ParameterText& parameter : each.parameters) {
            parameters.push(parameter_json(request.client(), each.label, parameter.text, from));
        }
        Json json = make_object("label", each.label, "parameters", std::move(parameters));
        if (!each.documentation.empty()) json.set("documentation", markup(each.documentation, request.client().has_markdown_signatures));
        list.push(std::move(json));
    }
    // Of several forms the first that has a place for this argument.
    for (std::size_t i = 0; i < signatures.size(); ++i) {
        const auto active = active_parameter(*request.file, *call, open, offset, signatures[i].parameters);
        if (active) return make_object("signatures", std::move(list), "activeSignature", i, "activeParameter", *active);
    }
    const std::size_t past = signatures[0].parameters.size();
    return make_object("signatures", std::move(list), "activeSignature", 0, "activeParameter", past);
}

}  // namespace ruff::lsp
