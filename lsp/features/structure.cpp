// What follows from the shape of a document: folds, selections that grow, links of imports, lenses above tests.

#include <algorithm>

#include "core/sema/module_graph.h"
#include "core/sema/resolver.h"
#include "core/syntax/walk.h"
#include "lsp/analysis/mentions.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

struct Fold {
    Span span;                ///< from behind what opens to before what closes
    std::string_view kind;    ///< `comment`, `imports`, or empty for a region of code
    bool keeps_last_line = false;  ///< the closing bracket stays to be seen
};

bool is_bracketed(const SyntaxTree& tree, const Node& node) {
    const auto is_opening = [](TokenKind kind) {
        return kind == TokenKind::LeftBrace || kind == TokenKind::LeftBracket || kind == TokenKind::LeftParen;
    };
    const auto is_closing = [](TokenKind kind) {
        return kind == TokenKind::RightBrace || kind == TokenKind::RightBracket || kind == TokenKind::RightParen;
    };
    return !node.is_missing && is_opening(tree.tokens[node.first_token].kind) && is_closing(tree.tokens[node.last_token].kind);
}

/// The brackets of a node: its own, or those that end it.
void add_fold_of(const SyntaxTree& tree, const Node& node, std::vector<Fold>& folds) {
    std::uint32_t open = kNoToken;
    switch (node.kind) {
        case NodeKind::Block:
        case NodeKind::ArrayExpr:
        case NodeKind::DictExpr:
            if (is_bracketed(tree, node)) open = node.first_token;
            break;
        case NodeKind::StructExpr: open = node.to<StructExpr>().path->last_token + 1; break;
        case NodeKind::StructDecl:
        case NodeKind::EnumDecl: open = node.first_token + 2; break;
        case NodeKind::Match: open = node.to<Match>().subject->last_token + 1; break;
        case NodeKind::CallExpr: open = node.to<CallExpr>().callee->last_token + 1; break;
        case NodeKind::StringLiteral:
            if (node.to<StringLiteral>().is_multi_line) folds.push_back({tree.span(node), "", true});
            return;
        default: return;
    }
    if (open == kNoToken || node.is_missing || open >= node.last_token) return;
    const Span span{tree.tokens[open].end, tree.tokens[node.last_token].begin};
    if (span.begin < span.end) folds.push_back({span, "", true});
}

void add_import_folds(const SyntaxTree& tree, std::vector<Fold>& folds) {
    const Node* first = nullptr;
    const Node* last = nullptr;
    const auto finish = [&] {
        if (first != last) folds.push_back({tree.span(*first).joined(tree.span(*last)), "imports"});
    };
    for (const Node* import : sema::collect_imports(tree)) {
        const bool goes_on = last != nullptr && import->first_token == last->last_token + 1;
        if (!goes_on) {
            finish();
            first = import;
        }
        last = import;
    }
    finish();
}

/// Comments on lines of their own that follow each other, and block comments.
void add_comment_folds(const SyntaxTree& tree, const LineIndex& lines, std::vector<Fold>& folds) {
    for (std::size_t i = 0; i < tree.comments.size();) {
        const Comment& first = tree.comments[i];
        std::size_t end = i + 1;
        if (first.starts_line && first.kind != CommentKind::Block) {
            while (end < tree.comments.size() && tree.comments[end].starts_line && tree.comments[end].kind != CommentKind::Block &&
                   lines.line_of(tree.comments[end].span.begin) == lines.line_of(tree.comments[end - 1].span.begin) + 1) {
                ++end;
            }
        }
        folds.push_back({first.span.joined(tree.comments[end - 1].span), "comment"});
        i = end;
    }
}

}  // namespace

Answer folding_range(const Request& request) {
    const SyntaxTree& tree = request.tree();
    const LineIndex& lines = request.file->source().lines();
    std::vector<Fold> folds;
    walk(*tree.root, [&](const Node& node) {
        add_fold_of(tree, node, folds);
        return true;
    });
    add_import_folds(tree, folds);
    add_comment_folds(tree, lines, folds);
    std::stable_sort(folds.begin(), folds.end(), [](const Fold& left, const Fold& right) { return left.span.begin < right.span.begin; });
    Json list{Json::Array{}};
    std::uint32_t line_before = 0xFFFFFFFF;
    for (const Fold& fold : folds) {
        const LineColumn begin = lines.position(fold.span.begin, request.client().encoding);
        const LineColumn end = lines.position(fold.span.end, request.client().encoding);
        const bool by_line = request.client().folds_lines_only;
        const std::uint32_t last = fold.keeps_last_line && by_line ? end.line - (end.line > begin.line ? 1 : 0) : end.line;
        if (last <= begin.line || (by_line && begin.line == line_before)) continue;
        line_before = begin.line;
        Json json = make_object("startLine", begin.line, "endLine", last);
        if (!by_line) json.set("startCharacter", begin.column).set("endCharacter", end.column);
        if (!fold.kind.empty()) json.set("kind", fold.kind);
        list.push(std::move(json));
    }
    return list;
}

// ---- Selections ----------------------------------------------------------------------------------------------

namespace {

/// From the word under the cursor to the file, each inside the next.
std::vector<Span> spans_around(const Analysis& file, std::uint32_t offset) {
    std::vector<Span> spans;
    const auto add = [&](Span span) {
        if (!spans.empty() && (span == spans.back() || !span.contains(spans.back()))) return;
        spans.push_back(span);
    };
    const std::uint32_t token = file.token_near(offset);
    if (token != kNoToken) {
        const Token& at = file.tree->tokens[token];
        if (is_word(at.kind)) add(at.span());
        // The inside of a string before the whole of it.
        if (at.kind == TokenKind::String && at.span().size() >= 2 && file.tree->text()[at.begin] == '"') add({at.begin + 1, at.end - 1});
        add(at.span());
    } else {
        for (const Comment& comment : file.tree->comments) {
            if (comment.span.touches(offset)) add(comment.span);
        }
    }
    const std::vector<const Node*> path = file.path_to(offset);
    for (auto node = path.rbegin(); node != path.rend(); ++node) {
        const Span span = file.tree->span(**node);
        if (span.touches(offset)) add(span);
    }
    add({0, static_cast<std::uint32_t>(file.tree->text().size())});
    return spans;
}

}  // namespace

namespace {

/// Nobody grows a selection a hundred times, and a chain of a thousand operators nests as deep: the innermost and the
/// outermost are kept.
std::vector<Span> without_middle(std::vector<Span> spans) {
    constexpr std::ptrdiff_t kInnermost = 80, kOutermost = 20;
    if (spans.size() > kInnermost + kOutermost) spans.erase(spans.begin() + kInnermost, spans.end() - kOutermost);
    return spans;
}

}  // namespace

Answer selection_range(const Request& request) {
    Json list{Json::Array{}};
    for (const Json& position : request.params["positions"].items()) {
        const std::uint32_t offset = request.snapshot.offset(request.file->source(), position);
        const std::vector<Span> spans = without_middle(spans_around(*request.file, offset));
        Json selection;
        for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
            Json inner = make_object("range", request.range(*span));
            if (!selection.is_null()) inner.set("parent", std::move(selection));
            selection = std::move(inner);
        }
        list.push(std::move(selection));
    }
    return list;
}

// ---- Links and lenses ----------------------------------------------------------------------------------------

Answer document_link(const Request& request) {
    Json list{Json::Array{}};
    for (const Node* import : sema::collect_imports(request.tree())) {
        const Path& path = import->is<Import>() ? *import->to<Import>().path : *import->to<FromImport>().path;
        const std::string found = request.snapshot.find_module(*request.file->text, sema::module_name(*import));
        const std::shared_ptr<const FileText> file = found.empty() ? nullptr : request.snapshot.find(found);
        if (file == nullptr) continue;
        list.push(make_object("range", request.range_of(path), "target", file->uri, "tooltip", "Open " + file->path));
    }
    return list;
}

Answer code_lens(const Request& request) {
    const SyntaxTree& tree = request.tree();
    Json list{Json::Array{}};
    const auto add = [&](Span span, std::string_view title, std::string_view command, Json::Array arguments) {
        list.push(make_object("range", request.range(span), "command",
                              make_object("title", title, "command", command, "arguments", std::move(arguments))));
    };
    const std::string& uri = request.file->text->uri;
    if (!tree.root->statements.empty()) {
        add(tree.tokens[tree.root->statements[0]->first_token].span(), "Run file", "rufflang.runFile", {uri});
    }
    std::vector<std::pair<std::string, Span>> groups;  // around the test, by name
    walk(*tree.root, [&](const Node& node) {
        const auto* test = node.as<Test>();
        if (test == nullptr) return node.is<File>() || node.is<Block>();
        if (test->name == nullptr) return false;
        const Span span = tree.span(*test);
        while (!groups.empty() && !groups.back().second.contains(span)) groups.pop_back();
        // As `ruff test` names it: "outer > inner".
        std::string name(test->name->is_plain() ? test->name->value() : tree.text(*test->name));
        if (!groups.empty()) name = groups.back().first + " > " + name;
        const bool is_group = test->test_kind == TestKind::Group;
        add(tree.tokens[test->first_token].span(), is_group ? "Run tests" : "Run test", "rufflang.runTest", {uri, name});
        if (is_group) groups.emplace_back(std::move(name), span);
        return is_group;
    });
    return list;
}

}  // namespace ruff::lsp
