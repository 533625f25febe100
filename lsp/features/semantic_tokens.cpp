// Semantic tokens: what names mean, for colours that no grammar can give. Words and signs are left to the grammar of
// the editor.

#include <algorithm>

#include "core/syntax/walk.h"
#include "lsp/analysis/mentions.h"
#include "lsp/features/request.h"
#include "lsp/features/token_history.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

enum Modifier : std::uint32_t { kDeclaration = 1, kReadonly = 2, kAsync = 4, kDefaultLibrary = 8, kMutable = 16 };

struct ColoredToken {
    std::uint32_t token;
    std::string_view type;
    std::uint32_t modifiers;
};

std::string_view type_name(const Entity& entity) {
    switch (entity.kind) {
        case EntityKind::Module: return "namespace";
        case EntityKind::Struct: return "struct";
        case EntityKind::Enum: return "enum";
        case EntityKind::Variant:
        case EntityKind::Constructor: return "enumMember";
        case EntityKind::Field: return "property";
        case EntityKind::Method: return "method";
        case EntityKind::Function: return "function";
        case EntityKind::Parameter: return "parameter";
        case EntityKind::Variable: return "variable";
        case EntityKind::Builtin: return entity.row->form == BuiltinForm::Constant ? "variable" : "function";
        case EntityKind::Self:
        case EntityKind::None: break;
    }
    return {};
}

std::uint32_t modifiers_of(const Mention& mention) {
    const Entity& entity = mention.entity;
    std::uint32_t bits = mention.access == sema::Access::Declare ? kDeclaration : 0;
    if (entity.row != nullptr || entity.kind == EntityKind::Constructor) return bits | kDefaultLibrary;
    if (entity.declaration != nullptr && entity.declaration->is<FuncDecl>() && entity.declaration->to<FuncDecl>().is_async) bits |= kAsync;
    const bool is_variable = entity.kind == EntityKind::Variable || entity.kind == EntityKind::Parameter;
    if (!is_variable || entity.file == nullptr || entity.binding == sema::kNone) return bits;
    const sema::Binding& binding = entity.file->model->bindings[entity.binding];
    if (binding.is_immutable()) return bits | kReadonly;
    return binding.is_reassigned || binding.is_changed ? bits | kMutable : bits;
}

/// Names with a meaning, and the members and types that are known by their place alone.
std::vector<ColoredToken> colored_tokens(const Analysis& file) {
    std::vector<ColoredToken> tokens;
    for (const Mention& mention : file.mentions().all()) {
        std::string_view type = type_name(mention.entity);
        const bool is_method = mention.entity.kind == EntityKind::Builtin && mention.token > 0 &&
                               file.tree->tokens[mention.token - 1].kind == TokenKind::Dot;
        if (is_method) type = "method";
        if (!type.empty()) tokens.push_back({mention.token, type, modifiers_of(mention)});
    }
    walk(*file.tree->root, [&](const Node& node) {
        if (const auto* member = node.as<MemberExpr>(); member != nullptr && member->name) {
            const Node* around = file.parent(node);
            const auto* call = around == nullptr ? nullptr : around->as<CallExpr>();
            tokens.push_back({member->name.token, call != nullptr && call->callee == &node ? "method" : "property", 0});
        } else if (const auto* type = node.as<NamedType>(); type != nullptr && type->path->names[0]) {
            tokens.push_back({type->path->names[0].token, "type", kDefaultLibrary});
        }
        return true;
    });
    // What is known comes before what is guessed, and a token has one colour.
    std::stable_sort(tokens.begin(), tokens.end(), [](const ColoredToken& left, const ColoredToken& right) { return left.token < right.token; });
    const auto same = [](const ColoredToken& left, const ColoredToken& right) { return left.token == right.token; };
    tokens.erase(std::unique(tokens.begin(), tokens.end(), same), tokens.end());
    return tokens;
}

/// The nearest type that the client knows, or -1.
int type_index(const std::vector<std::string_view>& legend, std::string_view type) {
    const auto index_of = [&](std::string_view name) {
        const auto at = std::find(legend.begin(), legend.end(), name);
        return at == legend.end() ? -1 : static_cast<int>(at - legend.begin());
    };
    for (;;) {
        const int found = index_of(type);
        if (found >= 0) return found;
        if (type == "struct") type = "class";
        else if (type == "class" || type == "enum") type = "type";
        else if (type == "method") type = "function";
        else if (type == "enumMember") type = "property";
        else if (type == "parameter" || type == "property") type = "variable";
        else return -1;
    }
}

/// Five numbers a token: lines and columns since the one before, length, type, modifiers.
std::vector<std::uint32_t> token_data(const Request& request, Span range) {
    const Analysis& file = *request.file;
    const std::vector<std::string_view> legend = semantic_token_types(request.client());
    const LineIndex& lines = file.source().lines();
    std::vector<std::uint32_t> data;
    LineColumn before;
    for (const ColoredToken& each : colored_tokens(file)) {
        const Span span = file.tree->tokens[each.token].span();
        const int type = type_index(legend, each.type);
        if (!range.overlaps(span) || type < 0) continue;
        const LineColumn at = lines.position(span.begin, request.client().encoding);
        data.push_back(at.line - before.line);
        data.push_back(at.line == before.line ? at.column - before.column : at.column);
        data.push_back(count_units(file.tree->text(span), request.client().encoding));
        data.push_back(static_cast<std::uint32_t>(type));
        data.push_back(each.modifiers);
        before = at;
    }
    return data;
}

Json data_json(const std::vector<std::uint32_t>& data, std::size_t begin, std::size_t end) {
    std::string text = "[";
    for (std::size_t i = begin; i < end; ++i) {
        if (i > begin) text += ',';
        text += std::to_string(data[i]);
    }
    return Json::Raw{text + "]"};
}
Json data_json(const std::vector<std::uint32_t>& data) { return data_json(data, 0, data.size()); }

Span whole(const Request& request) { return {0, static_cast<std::uint32_t>(request.file->source().text().size()) + 1}; }

}  // namespace

Answer semantic_tokens(const Request& request) {
    std::vector<std::uint32_t> data = token_data(request, whole(request));
    Json numbers = data_json(data);
    const std::string id = request.snapshot.token_history().remember(request.file->text->uri, std::move(data));
    return make_object("resultId", id, "data", std::move(numbers));
}

Answer semantic_tokens_delta(const Request& request) {
    const std::string& uri = request.file->text->uri;
    const TokenHistory::Entry before = request.snapshot.token_history().find(uri, request.params["previousResultId"].text());
    if (before.id.empty()) return semantic_tokens(request);
    std::vector<std::uint32_t> data = token_data(request, whole(request));
    const std::vector<std::uint32_t>& old = before.data;
    std::size_t begin = 0, tail = 0;
    while (begin < std::min(old.size(), data.size()) && old[begin] == data[begin]) ++begin;
    while (tail < std::min(old.size(), data.size()) - begin && old[old.size() - 1 - tail] == data[data.size() - 1 - tail]) ++tail;
    Json edits{Json::Array{}};
    if (begin + tail < old.size() || begin + tail < data.size()) {
        edits.push(make_object("start", begin, "deleteCount", old.size() - begin - tail, "data", data_json(data, begin, data.size() - tail)));
    }
    const std::string id = request.snapshot.token_history().remember(uri, std::move(data));
    return make_object("resultId", id, "edits", std::move(edits));
}

Answer semantic_tokens_range(const Request& request) { return make_object("data", data_json(token_data(request, request.span()))); }

}  // namespace ruff::lsp
