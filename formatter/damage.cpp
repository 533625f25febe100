#include <algorithm>

#include "core/syntax/walk.h"
#include "formatter/printer.h"

// What of a file with mistakes can be formatted. A mistake touches tokens; a statement is broken if one lies in it, but
// for statements with blocks when every mistake lies inside a statement of a block: they are formatted around it. What
// is broken stays byte for byte.

namespace ruff::formatter {

using namespace syntax;

/// What the parser could not understand: error nodes, and the places it complained about.
void Printer::find_damage() {
    walk(*tree_.root, [&](const Node& node) {
        if (node.is_missing) damage_.push_back({node.first_token - 1, node.first_token - 1});
        else if (node.is<ErrorNode>()) damage_.push_back({node.first_token, node.last_token});
        return true;
    });
    for (const Diagnostic& diagnostic : tree_.diagnostics) {
        const std::uint32_t last = std::max(diagnostic.span.begin + 1, diagnostic.span.end) - 1;
        damage_.push_back({tree_.token_at(diagnostic.span.begin), tree_.token_at(last)});
    }
    // In order, and what overlaps as one, so that each question is a search.
    std::sort(damage_.begin(), damage_.end(), [](Span a, Span b) { return a.begin < b.begin; });
    std::size_t count = 0;
    for (const Span tokens : damage_) {
        if (count > 0 && tokens.begin <= damage_[count - 1].end) damage_[count - 1].end = std::max(damage_[count - 1].end, tokens.end);
        else damage_[count++] = tokens;
    }
    damage_.resize(count);
}

/// The damage that touches a node.
std::span<const Span> Printer::damage_of(const Node& node) const {
    const auto begin = std::lower_bound(damage_.begin(), damage_.end(), node.first_token,
                                        [](Span tokens, std::uint32_t token) { return tokens.end < token; });
    const auto end = std::upper_bound(begin, damage_.end(), node.last_token,
                                      [](std::uint32_t token, Span tokens) { return token < tokens.begin; });
    return {begin, end};
}

namespace {

/// The blocks of a statement whose statements stand for themselves, in order.
std::vector<const Block*> bodies_of(const Node& node) {
    std::vector<const Block*> bodies;
    const auto add = [&](const Block* block) {
        if (block != nullptr) bodies.push_back(block);
    };
    if (const auto* wrapper = node.as<Export>()) return bodies_of(*wrapper->declaration);
    if (const auto* func = node.as<FuncDecl>()) add(func->body);
    if (const auto* loop = node.as<While>()) add(loop->body);
    if (const auto* loop = node.as<Loop>()) add(loop->body);
    if (const auto* loop = node.as<For>()) add(loop->body);
    if (const auto* test = node.as<Test>()) add(test->body);
    if (const auto* spawn = node.as<Spawn>()) add(spawn->body);
    if (const auto* attempt = node.as<Try>()) add(attempt->body), add(attempt->except_block), add(attempt->finally_block);
    if (const auto* choice = node.as<If>()) {
        for (const IfBranch* branch : choice->branches) add(branch->body);
        add(choice->else_block);
    }
    return bodies;
}

}  // namespace

/// Whether one of the block's statements holds all these tokens.
static bool is_inside_statement(const SyntaxTree& tree, const Block& block, Span tokens) {
    if (block.is_missing || tree.tokens[block.last_token].kind != TokenKind::RightBrace) return false;
    const auto holder = std::lower_bound(block.statements.begin(), block.statements.end(), tokens.begin,
                                         [](const Stmt* statement, std::uint32_t token) { return statement->last_token < token; });
    return holder != block.statements.end() && (*holder)->first_token <= tokens.begin && tokens.end <= (*holder)->last_token;
}

/// Whether all that is wrong in the node lies in statements of its blocks, so that it can be formatted around them.
bool Printer::is_sound_outside(const Node& node) const {
    const std::vector<const Block*> bodies = bodies_of(node);
    auto body = bodies.begin();
    for (const Span tokens : damage_of(node)) {
        while (body != bodies.end() && (*body)->last_token < tokens.begin) ++body;
        if (body == bodies.end() || !is_inside_statement(tree_, **body, tokens)) return false;
    }
    return true;
}

bool Printer::is_broken(const Node& item) const {
    if (damage_.empty()) return false;
    return caution_ == Caution::Statements ? !damage_of(item).empty() : !is_sound_outside(item);
}

}  // namespace ruff::formatter
