#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/syntax/syntax_tree.h"
#include "formatter/document.h"

/// From the syntax tree to the document.
///
/// The printer walks the tree and hands out its tokens in the order of the source, one `take()` each; a function
/// knows which token comes next and never names one by position. So no token can be lost, doubled or swapped without
/// all that follow being out of step, which `is_in_step()` tells.
///
/// Comments come with the tokens: each stands in the gap before a token, and `take()` writes those of its gap that
/// nobody has written. Where a comment belongs is decided by how it stands there:
///
///   leading    on a line of its own, or before the token on its line: written before the token, in its place
///   trailing   behind something on its line and followed by a line break: `trailing_comments()`, called behind the
///              `,` of a list, an opening bracket and a statement, writes it there, before the line break
///   dangling   before a closing bracket: `comments()`, called before the indentation ends
///
/// `comments()` is also called before a group begins: a comment above the group must not break it.
///
/// What decides how a comment is written (own line or not, a line break behind it or not) is true of the comment in
/// the output too, and the same holds for the other things taken over from the author: empty lines, a trailing comma,
/// a block on one line. That is why formatting twice changes nothing.
namespace ruff::formatter {

/// What of a file with mistakes stays as it is.
enum class Caution : std::uint8_t {
    Mistakes,    ///< the innermost statements that a mistake lies in
    Statements,  ///< the outermost
};

class Printer {
public:
    /// Both outlive the printer.
    Printer(const syntax::SyntaxTree& tree, const LayoutOptions& options, Caution caution = Caution::Mistakes);

    /// The whole file; ends in a line feed unless it is empty.
    [[nodiscard]] std::string file();
    /// Some statements of one block, `depth` levels deep, with the comments above the first and behind the last.
    /// Does not end in a line feed.
    [[nodiscard]] std::string statements(syntax::List<syntax::Stmt> statements, std::uint32_t depth);

    /// All tokens up to here were taken in order.
    [[nodiscard]] bool is_in_step() const { return is_in_step_; }

private:
    using Node = syntax::Node;
    using Items = std::span<const Node* const>;

    struct ItemStyle {
        bool is_root = false;       // laid out and written one by one
        bool has_commas = false;    // members and variants may be separated by `,`
        bool is_one_line = false;
        bool wants_comma = false;   // behind the last, where broken
    };
    struct ListStyle {
        bool has_blanks = false;    // `{ a }` rather than `{a}` on one line
        bool may_hug = false;
    };

    // Tokens and comments
    [[nodiscard]] TokenKind kind() const { return tree_.tokens[next_].kind; }
    [[nodiscard]] bool at(TokenKind wanted) const { return kind() == wanted; }
    void take();
    void take_assignment();
    void take_tokens(const Node& node);
    void word() { take(), document_.space(); }
    void verbatim(std::uint32_t last);
    [[nodiscard]] bool has_comment() const;
    [[nodiscard]] bool is_own_line(const syntax::Comment& comment) const;
    [[nodiscard]] bool has_blank_before(std::uint32_t offset) const;
    [[nodiscard]] bool ends_line(const syntax::Comment& comment) const;
    void comment(bool is_first);
    void write_comment(bool ends_line);
    void comments();
    void trailing_comments();
    [[nodiscard]] bool is_on_one_line(std::uint32_t first, std::uint32_t last) const;

    // Statements one below the other (items.cpp)
    class ItemList;
    void items(Items items, ItemStyle style, std::uint32_t end_token);
    bool closes_empty(std::uint32_t closing);
    void body(const syntax::Block& block);
    void grouped_body(const syntax::Block& block);
    template <class Head>
    void head_and_body(const syntax::Block& block, Head head);

    // What is left as it is because something is wrong with it (damage.cpp)
    void find_damage();
    [[nodiscard]] std::span<const Span> damage_of(const Node& node) const;
    [[nodiscard]] bool is_sound_outside(const Node& node) const;
    [[nodiscard]] bool is_broken(const Node& item) const;

    // Lists in brackets
    void list(Items elements, ListStyle style);
    void flat_list(Items elements);

    // Nodes
    class Links;
    void node(const Node* node);
    void signature(Items params, const Node* result);
    void members(Items members, std::uint32_t closing, bool may_be_one_line);
    void bars(Items params);
    void chain(const Node& last);
    void postfix_chain(const Node& last);
    void postfix_step(const Node& step);
    void keep_from_question_mark();
    [[nodiscard]] bool can_hug(const Node& argument) const;

#define RUFF_NODE(Type, name) void print(const syntax::Type& node);
#include "core/syntax/nodes.def"

    const syntax::SyntaxTree& tree_;
    const LayoutOptions& options_;
    const Caution caution_;
    Document document_;
    std::string out_;
    std::uint32_t next_ = 0;          // the token to take next
    std::size_t next_comment_ = 0;    // in tree_.comments
    std::vector<const Node*> links_;  // of the chains that are being printed
    std::vector<Span> damage_;        // tokens (both ends inclusive) that belong to no sound statement; in order, apart
    bool is_in_step_ = true;
};

}  // namespace ruff::formatter
