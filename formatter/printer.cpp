#include "formatter/printer.h"

#include <algorithm>

#include "core/syntax/walk.h"

namespace ruff::formatter {

using namespace syntax;

namespace {

std::string_view without_trailing_blanks(std::string_view text) {
    return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

/// The word of `# ruff: word`, or nothing.
std::string_view directive_of(std::string_view comment) {
    while (!comment.empty() && (comment[0] == '#' || comment[0] == '/' || comment[0] == ' ')) comment.remove_prefix(1);
    constexpr std::string_view kMark = "ruff:";
    if (!comment.starts_with(kMark)) return {};
    comment.remove_prefix(kMark.size());
    while (comment.starts_with(' ')) comment.remove_prefix(1);
    return without_trailing_blanks(comment);
}

}  // namespace

Printer::Printer(const SyntaxTree& tree, const LayoutOptions& options) : tree_(tree), options_(options) {
    if (tree.has_errors) find_damage();
}

// ---- Tokens and comments -------------------------------------------------------------------------------------

bool Printer::has_comment() const {
    return next_comment_ < tree_.comments.size() && tree_.comments[next_comment_].next_token <= next_;
}

void Printer::take() {
    while (has_comment()) comment(false);
    document_.text(tree_.token_text(next_));
    ++next_;
}

/// `=` and `:=` mean the same here.
void Printer::take_assignment() {
    while (has_comment()) comment(false);
    document_.text(at(TokenKind::Equal) ? ":=" : tree_.token_text(next_));
    ++next_;
}

/// A node whose tokens stand without blanks.
void Printer::take_tokens(const Node& node) {
    if (node.is_missing) return;
    while (next_ <= node.last_token) take();
}

/// From the next token to `last` as it is in the source.
void Printer::verbatim(std::uint32_t last) {
    while (has_comment()) comment(false);
    document_.verbatim(tree_.text(Span{tree_.tokens[next_].begin, tree_.tokens[last].end}));
    next_ = last + 1;
    while (next_comment_ < tree_.comments.size() && tree_.comments[next_comment_].next_token < next_) ++next_comment_;
}

/// Where what stands before this place in the gap ends: a token or another comment.
static std::uint32_t end_before(const SyntaxTree& tree, std::uint32_t token, std::size_t comment, std::uint32_t offset) {
    std::uint32_t end = token == 0 ? 0 : tree.tokens[token - 1].end;
    if (comment > 0 && tree.comments[comment - 1].span.end <= offset) {
        end = std::max(end, tree.comments[comment - 1].span.end);
    }
    return end;
}

bool Printer::is_own_line(const Comment& comment) const {
    const std::size_t index = static_cast<std::size_t>(&comment - tree_.comments.data());
    const std::uint32_t end = end_before(tree_, comment.next_token, index, comment.span.begin);
    return end == 0 || tree_.text(Span{end, comment.span.begin}).find('\n') != std::string_view::npos;
}

/// Whether an empty line stands before the comment or token at `offset`, which is the next to be written.
bool Printer::has_blank_before(std::uint32_t offset) const {
    const std::uint32_t end = end_before(tree_, next_, next_comment_, offset);
    if (end >= offset) return false;
    const std::string_view gap = tree_.text(Span{end, offset});
    return std::count(gap.begin(), gap.end(), '\n') > 1;
}

/// Whether a line break follows.
bool Printer::ends_line(const Comment& comment) const {
    if (comment.kind != CommentKind::Block) return true;
    const std::string_view rest = tree_.text().substr(comment.span.end);
    const std::size_t next = rest.find_first_not_of(" \t\r");
    return next == std::string_view::npos || rest[next] == '\n';
}

/// The next comment, in front of a token. One on a line of its own keeps that.
void Printer::comment(bool is_first) {
    const Comment& comment = tree_.comments[next_comment_];
    const bool owns_line = is_own_line(comment);
    if (owns_line) document_.fresh_line(!is_first && has_blank_before(comment.span.begin));
    document_.comment(without_trailing_blanks(tree_.text(comment.span)),
                      comment.kind != CommentKind::Block || (owns_line && ends_line(comment)));
    ++next_comment_;
}

/// Of several on the line the last decides.
void Printer::trailing_comments() {
    if (!has_comment() || is_own_line(tree_.comments[next_comment_])) return;
    const std::uint32_t token = tree_.comments[next_comment_].next_token;
    std::size_t last = next_comment_;
    const auto goes_on = [&] {
        return last + 1 < tree_.comments.size() && tree_.comments[last + 1].next_token == token &&
               !is_own_line(tree_.comments[last + 1]);
    };
    while (!ends_line(tree_.comments[last]) && goes_on()) ++last;
    if (!ends_line(tree_.comments[last])) return;
    while (next_comment_ <= last) comment(false);
}

void Printer::dangling_comments() {
    while (has_comment()) comment(false);
}

/// Comments in front of what is about to begin a group: they must not break it.
void Printer::comments_above() {
    while (has_comment()) comment(false);
}

bool Printer::is_on_one_line(std::uint32_t first, std::uint32_t last) const {
    for (std::uint32_t token = first + 1; token <= last; ++token) {
        if (tree_.tokens[token].newline_before()) return false;
    }
    return true;
}

// ---- Damage --------------------------------------------------------------------------------------------------

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

// ---- Statements one below the other --------------------------------------------------------------------------

/// A string that is never closed holds what follows up to the end of the file; a line end would be part of it.
static bool ends_in_open_string(const SyntaxTree& tree) {
    if (!tree.has_errors || tree.tokens.size() < 2) return false;
    const Token& last = tree.tokens[tree.tokens.size() - 2];
    const bool is_string = last.kind == TokenKind::String || last.kind == TokenKind::StringHead ||
                           last.kind == TokenKind::StringMiddle || last.kind == TokenKind::StringTail;
    return is_string && last.end == tree.text().size();
}

std::string Printer::file() {
    const auto end = static_cast<std::uint32_t>(tree_.tokens.size() - 1);
    out_.reserve(tree_.text().size() + tree_.text().size() / 8);
    items(tree_.root->statements, {.is_root = true}, end);
    document_.print(out_, options_, 0);
    if (next_ != end || next_comment_ != tree_.comments.size()) is_in_step_ = false;
    if (!out_.empty() && !ends_in_open_string(tree_)) out_ += '\n';
    return std::move(out_);
}

std::string Printer::statements(List<Stmt> statements, std::uint32_t depth) {
    next_ = statements.front()->first_token;
    while (next_comment_ < tree_.comments.size() && tree_.comments[next_comment_].next_token < next_) ++next_comment_;
    // A comment behind the statement above stays with that.
    while (has_comment() && !is_own_line(tree_.comments[next_comment_])) ++next_comment_;
    items(statements, {}, kNoToken);
    document_.print(out_, options_, depth);
    return std::move(out_);
}

/// What separates items: the statements of the root are laid out one by one, so that memory does not grow with the
/// file.
void Printer::separate(const ItemStyle& style, bool& is_first, bool is_blank) {
    if (is_first) {
        is_first = false;
    } else if (style.is_root) {
        document_.print(out_, options_, 0);
        out_ += is_blank ? "\n\n" : "\n";
    } else if (style.is_one_line) {
        document_.line();
    } else {
        document_.hard_line(is_blank);
    }
}

/// The comments before `token`, each on its line, and the separator before the token itself.
void Printer::leading_comments(const ItemStyle& style, bool& is_first, std::uint32_t token) {
    bool goes_on = false;  // behind a comment on the line
    while (next_comment_ < tree_.comments.size() && tree_.comments[next_comment_].next_token <= token) {
        const Comment& comment = tree_.comments[next_comment_];
        if (goes_on) document_.space();
        else separate(style, is_first, has_blank_before(comment.span.begin));
        const bool is_last = ends_line(comment);
        if (is_last && comment.kind == CommentKind::Block) document_.force_break();
        document_.comment(without_trailing_blanks(tree_.text(comment.span)), comment.kind != CommentKind::Block);
        goes_on = !is_last;
        ++next_comment_;
    }
    if (goes_on) document_.space();
    else separate(style, is_first, has_blank_before(tree_.tokens[token].begin));
}

/// `# ruff: fmt-off` before item `index`: everything up to `# ruff: fmt-on` in the same list, or to its end, stays as
/// it is. Moves `index` behind it.
bool Printer::unformatted(Items items, std::size_t& index, const ItemStyle& style, bool& is_first,
                          std::uint32_t end_token) {
    const std::uint32_t first_token = index < items.size() ? items[index]->first_token : end_token;
    std::size_t off = next_comment_;
    const auto is_before = [&](std::size_t comment, std::uint32_t token) {
        return comment < tree_.comments.size() && tree_.comments[comment].next_token <= token;
    };
    while (is_before(off, first_token) && directive_of(tree_.text(tree_.comments[off].span)) != "fmt-off") ++off;
    if (!is_before(off, first_token) || !is_own_line(tree_.comments[off]) || end_token == kNoToken) return false;

    // The comments above it are written as usual.
    while (next_comment_ < off) {
        const Comment& above = tree_.comments[next_comment_];
        separate(style, is_first, has_blank_before(above.span.begin));
        document_.comment(without_trailing_blanks(tree_.text(above.span)), ends_line(above));
        ++next_comment_;
    }
    const std::uint32_t begin = tree_.comments[off].span.begin;
    separate(style, is_first, has_blank_before(begin));

    std::size_t on = off + 1;
    std::size_t next_item = index;
    for (; is_before(on, end_token); ++on) {
        const std::uint32_t token = tree_.comments[on].next_token;
        while (next_item < items.size() && items[next_item]->first_token < token) ++next_item;
        const bool is_here = token == end_token || (next_item < items.size() && items[next_item]->first_token == token);
        if (is_here && directive_of(tree_.text(tree_.comments[on].span)) == "fmt-on") break;
    }
    if (is_before(on, end_token)) {
        next_ = tree_.comments[on].next_token;
        next_comment_ = on + 1;
        document_.verbatim(without_trailing_blanks(tree_.text(Span{begin, tree_.comments[on].span.end})));
    } else {
        next_ = end_token;
        next_comment_ = on;
        document_.verbatim(without_trailing_blanks(tree_.text(Span{begin, tree_.tokens[end_token].begin})));
        next_item = items.size();
    }
    document_.force_break();
    index = next_item;
    return true;
}

/// Behind an item: drops `;`, keeps `,` between members and variants, and writes the comments that end the line. Beside
/// a broken item `;` stays: without it the lines might go on with each other.
void Printer::separators(const ItemStyle& style, bool& is_first, bool is_last, bool keeps_semicolons) {
    if (is_last && style.wants_comma && !at(TokenKind::Comma)) document_.if_broken(",");
    while (at(TokenKind::Semicolon) || (style.has_commas && at(TokenKind::Comma))) {
        while (has_comment()) {
            if (is_own_line(tree_.comments[next_comment_])) separate(style, is_first, false);
            comment(true);
        }
        if (is_last || at(TokenKind::Semicolon)) document_.force_break();
        if (keeps_semicolons && tree_.tokens[next_].newline_before()) separate(style, is_first, false);
        if (keeps_semicolons || at(TokenKind::Comma)) document_.text(tree_.token_text(next_));
        ++next_;
    }
    trailing_comments();
}

void Printer::items(Items items, ItemStyle style, std::uint32_t end_token) {
    bool is_first = true;
    if (end_token != kNoToken) {
        while (at(TokenKind::Semicolon) || (style.has_commas && at(TokenKind::Comma))) {
            while (has_comment()) comment(false);
            if (at(TokenKind::Comma)) document_.text(","), is_first = false;
            ++next_;
        }
    }
    for (std::size_t i = 0; i <= items.size();) {
        if (unformatted(items, i, style, is_first, end_token)) {
            if (i == items.size() && next_ == end_token) break;
            continue;
        }
        if (i == items.size()) break;
        const Node& node = *items[i];
        leading_comments(style, is_first, node.first_token);
        if (next_ != node.first_token) is_in_step_ = false;
        next_ = node.first_token;
        i = item(items, i);
        if (next_ != items[i - 1]->last_token + 1) is_in_step_ = false;
        const bool is_last = i == items.size();
        const bool is_beside_broken = is_broken(*items[i - 1]) || (!is_last && is_broken(*items[i]));
        separators(style, is_first, is_last, is_beside_broken);
    }
    if (end_token == kNoToken) return;
    while (has_comment()) {
        const Comment& next = tree_.comments[next_comment_];
        if (is_own_line(next)) {
            separate(style, is_first, has_blank_before(next.span.begin));
            document_.force_break();
        }
        is_first = false;
        document_.comment(without_trailing_blanks(tree_.text(next.span)), next.kind != CommentKind::Block);
        ++next_comment_;
    }
}

/// Whether `# ruff: fmt-skip` stands behind the node on its line.
bool Printer::is_skipped(const Node& node) const {
    std::uint32_t token = node.last_token + 1;
    while (tree_.tokens[token].kind == TokenKind::Semicolon) ++token;
    if (!tree_.tokens[token].comment_before()) return false;
    for (const Comment& comment : tree_.comments_before(token)) {
        if (is_own_line(comment)) return false;
        if (directive_of(tree_.text(comment.span)) == "fmt-skip") return true;
    }
    return false;
}

bool Printer::is_broken(const Node& item) const {
    return !damage_.empty() && !is_sound_outside(item);
}

/// Item `index`, and the index of the one behind it. Broken ones that stand together on a line are one: the parser may
/// have taken a string apart there.
std::size_t Printer::item(Items items, std::size_t index) {
    const bool may_skip = next_comment_ < tree_.comments.size();
    std::size_t end = index + 1;
    if (is_broken(*items[index])) {
        while (end < items.size() && !tree_.tokens[items[end]->first_token].newline_before() && is_broken(*items[end])) ++end;
        verbatim(items[end - 1]->last_token);
    } else if (may_skip && is_skipped(*items[index])) {
        verbatim(items[index]->last_token);
    } else {
        node(items[index]);
    }
    return end;
}

/// Behind the `{` of braces without items: drops `;`, and writes the `}` unless comments stand before it.
bool Printer::closes_empty(std::uint32_t closing) {
    while (at(TokenKind::Semicolon) && !has_comment()) ++next_;
    if (next_ != closing || has_comment()) return false;
    take();
    return true;
}

/// `{` statements `}` with the lines of the innermost group. On one line only where the author has it so:
///
///     { statement }      or      {
///                                    statement
///                                }
void Printer::body(const Block& block) {
    const bool is_one_line = block.statements.size() <= 1 && is_on_one_line(block.first_token, block.last_token);
    take();
    if (block.statements.empty() && closes_empty(block.last_token)) return;
    trailing_comments();
    if (block.statements.empty() && closes_empty(block.last_token)) return;
    document_.indent();
    if (is_one_line) document_.line();
    else document_.hard_line(false);
    items(block.statements, {.is_one_line = is_one_line}, block.last_token);
    document_.dedent();
    if (is_one_line) document_.line();
    else document_.hard_line(false);
    take();
}

void Printer::grouped_body(const Block& block) {
    comments_above();
    document_.begin_group();
    body(block);
    document_.end_group();
}

// ---- Lists in brackets ---------------------------------------------------------------------------------------

/// `f(...)`, which as the only argument of a call may begin on its line.
static bool is_plain_call(const Node& node) {
    const auto* call = node.as<CallExpr>();
    return call != nullptr && call->callee->is<NameExpr>();
}

/// From the opening bracket, which is the next token:
///
///     [a, b]      or      [
///                             a,
///                             b,
///                         ]
///
/// A trailing comma of the author's keeps it broken.
void Printer::list(Items elements, ListStyle style) {
    const auto edge = [&] { style.has_blanks ? document_.line() : document_.soft_line(); };
    const bool hugs = style.may_hug && !elements.empty() &&
                      (can_hug(*elements.back()) || (elements.size() == 1 && is_plain_call(*elements[0])));
    comments_above();
    document_.begin_group(hugs);
    take();
    trailing_comments();
    if (elements.empty() && !has_comment()) {
        take();
        return document_.end_group();
    }
    document_.indent();
    edge();
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (i > 0) {
            take();
            trailing_comments();
            const std::uint32_t offset = has_comment() ? tree_.comments[next_comment_].span.begin
                                                       : tree_.tokens[elements[i]->first_token].begin;
            if (has_blank_before(offset)) document_.blank_line();
            else document_.line();
        }
        const bool is_hugged = hugs && i + 1 == elements.size();
        if (is_hugged) document_.begin_hugged();
        node(elements[i]);
        if (is_hugged) document_.end_hugged();
    }
    if (!elements.empty()) document_.if_broken(",");
    if (at(TokenKind::Comma)) {
        document_.force_break();
        while (has_comment()) comment(false);
        ++next_;
    }
    trailing_comments();
    dangling_comments();
    document_.dedent();
    edge();
    take();
    document_.end_group();
}

/// `a, b` up to a closing sign, never broken.
void Printer::flat_list(Items elements) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (i > 0) word();
        node(elements[i]);
    }
    if (!at(TokenKind::Comma)) return;
    while (has_comment()) comment(false);
    ++next_;
}

// ---- Nodes ---------------------------------------------------------------------------------------------------

void Printer::node(const Node* node) {
    if (node == nullptr || node->is_missing) return;
    comments_above();
    visit(*node, [&](const auto& typed) { print(typed); });
}

}  // namespace ruff::formatter
