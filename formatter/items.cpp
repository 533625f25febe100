#include <algorithm>

#include "formatter/printer.h"

// Statements, members, variants and arms: one below the other, or beside each other where the author has a block on one
// line. This is where `;` goes, empty lines and comments between items stay, and the directives `# ruff: fmt-off`,
// `fmt-on` and `fmt-skip` and mistakes in the source leave parts as they are.

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

/// One list of items, from its first token up to `end_token`, which is the closing brace or `Eof`; without one
/// (kNoToken) comments behind the last item are left to whoever comes next, and directives are not looked for.
class Printer::ItemList {
public:
    ItemList(Printer& printer, Items items, ItemStyle style, std::uint32_t end_token)
        : printer_(printer), tree_(printer.tree_), document_(printer.document_), items_(items), style_(style),
          end_token_(end_token) {}

    void print() {
        if (end_token_ != kNoToken) leading_separators();
        while (true) {
            if (unformatted()) {
                if (index_ == items_.size() && printer_.next_ == end_token_) break;
                continue;
            }
            if (index_ == items_.size()) break;
            leading_comments(items_[index_]->first_token);
            if (printer_.next_ != items_[index_]->first_token) printer_.is_in_step_ = false;
            printer_.next_ = items_[index_]->first_token;
            item();
            if (printer_.next_ != items_[index_ - 1]->last_token + 1) printer_.is_in_step_ = false;
            separators();
        }
        if (end_token_ != kNoToken) closing_comments();
    }

private:
    [[nodiscard]] const Comment& next_comment() const { return tree_.comments[printer_.next_comment_]; }
    [[nodiscard]] bool is_comment_before(std::size_t comment, std::uint32_t token) const {
        return comment < tree_.comments.size() && tree_.comments[comment].next_token <= token;
    }
    [[nodiscard]] bool at_separator() const {
        return printer_.at(TokenKind::Semicolon) || (style_.has_commas && printer_.at(TokenKind::Comma));
    }

    /// The statements of the root are laid out one by one, so that memory does not grow with the file.
    void separate(bool is_blank) {
        if (is_first_) {
            is_first_ = false;
        } else if (style_.is_root) {
            document_.print(printer_.out_, printer_.options_, 0);
            printer_.out_ += is_blank ? "\n\n" : "\n";
        } else if (style_.is_one_line) {
            document_.line();
        } else {
            document_.hard_line(is_blank);
        }
    }

    /// The comments before `token`, each on its line, and what separates the token itself.
    void leading_comments(std::uint32_t token) {
        bool goes_on = false;  // behind a comment on the line
        while (is_comment_before(printer_.next_comment_, token)) {
            const Comment& comment = next_comment();
            if (goes_on) document_.space();
            else separate(printer_.has_blank_before(comment.span.begin));
            const bool is_last = printer_.ends_line(comment);
            if (is_last && comment.kind == CommentKind::Block) document_.force_break();
            printer_.write_comment(comment.kind != CommentKind::Block);
            goes_on = !is_last;
        }
        if (goes_on) document_.space();
        else separate(printer_.has_blank_before(tree_.tokens[token].begin));
    }

    /// `;` and, between members, `,` before the first item.
    void leading_separators() {
        while (at_separator()) {
            printer_.comments();
            if (printer_.at(TokenKind::Comma)) document_.text(","), is_first_ = false;
            ++printer_.next_;
        }
    }

    /// Writes the next item. Broken ones that stand together on a line are one: the parser may have taken a string apart
    /// there.
    void item() {
        const Node& item = *items_[index_++];
        if (printer_.is_broken(item)) {
            const auto goes_on = [&](const Node& next) {
                return !tree_.tokens[next.first_token].newline_before() && printer_.is_broken(next);
            };
            while (index_ < items_.size() && goes_on(*items_[index_])) ++index_;
            printer_.verbatim(items_[index_ - 1]->last_token);
        } else if (is_skipped(item)) {
            printer_.verbatim(item.last_token);
        } else {
            printer_.node(&item);
        }
    }

    /// Whether `# ruff: fmt-skip` stands behind the item on its line.
    [[nodiscard]] bool is_skipped(const Node& item) const {
        std::uint32_t token = item.last_token + 1;
        while (tree_.tokens[token].kind == TokenKind::Semicolon) ++token;
        if (!tree_.tokens[token].comment_before()) return false;
        for (const Comment& comment : tree_.comments_before(token)) {
            if (printer_.is_own_line(comment)) return false;
            if (directive_of(tree_.text(comment.span)) == "fmt-skip") return true;
        }
        return false;
    }

    /// Behind an item: drops `;`, keeps `,` between members and variants, and writes the comments that end the line.
    /// Beside a broken item `;` stays: without it the lines might go on with each other.
    void separators() {
        const bool is_last = index_ == items_.size();
        const bool keeps_semicolons =
            printer_.is_broken(*items_[index_ - 1]) || (!is_last && printer_.is_broken(*items_[index_]));
        if (is_last && style_.wants_comma && !printer_.at(TokenKind::Comma)) document_.if_broken(",");
        while (at_separator()) {
            while (printer_.has_comment()) {
                if (printer_.is_own_line(next_comment())) separate(false);
                printer_.comment(true);
            }
            const bool is_comma = printer_.at(TokenKind::Comma);
            if (is_last || !is_comma) document_.force_break();
            if (keeps_semicolons && tree_.tokens[printer_.next_].newline_before()) separate(false);
            if (keeps_semicolons || is_comma) document_.text(tree_.token_text(printer_.next_));
            ++printer_.next_;
        }
        printer_.trailing_comments();
    }

    /// The comments between the last item and the end.
    void closing_comments() {
        while (printer_.has_comment()) {
            const Comment& comment = next_comment();
            if (printer_.is_own_line(comment)) {
                separate(printer_.has_blank_before(comment.span.begin));
                document_.force_break();
            }
            is_first_ = false;
            printer_.write_comment(comment.kind != CommentKind::Block);
        }
    }

    /// From `# ruff: fmt-off` before the next item up to `# ruff: fmt-on` in this list, or to its end, everything stays
    /// as it is. Whether there was such a part.
    bool unformatted() {
        const std::uint32_t first_token = index_ < items_.size() ? items_[index_]->first_token : end_token_;
        std::size_t off = printer_.next_comment_;
        while (is_comment_before(off, first_token) && directive_of(tree_.text(tree_.comments[off].span)) != "fmt-off") ++off;
        if (!is_comment_before(off, first_token) || !printer_.is_own_line(tree_.comments[off]) || end_token_ == kNoToken) {
            return false;
        }
        // The comments above it are written as usual.
        while (printer_.next_comment_ < off) {
            separate(printer_.has_blank_before(next_comment().span.begin));
            printer_.write_comment(printer_.ends_line(next_comment()));
        }
        const std::uint32_t begin = tree_.comments[off].span.begin;
        separate(printer_.has_blank_before(begin));
        const std::size_t on = find_fmt_on(off + 1);
        std::uint32_t end;
        if (is_comment_before(on, end_token_)) {
            printer_.next_ = tree_.comments[on].next_token;
            printer_.next_comment_ = on + 1;
            end = tree_.comments[on].span.end;
        } else {
            printer_.next_ = end_token_;
            printer_.next_comment_ = on;
            end = tree_.tokens[end_token_].begin;
            index_ = items_.size();
        }
        // Blanks behind the last token go; a string that is never closed holds those at the end of the file.
        const std::string_view text = tree_.text(Span{begin, end});
        const std::uint32_t token_end = printer_.next_ > 0 ? tree_.tokens[printer_.next_ - 1].end : 0;
        const std::size_t kept = token_end > begin ? token_end - begin : 0;
        document_.verbatim(text.substr(0, std::max(kept, without_trailing_blanks(text).size())));
        document_.force_break();
        return true;
    }

    /// The comment `fmt-on`, from `comment` on, that stands between two items of this list, and moves to the item behind
    /// it; else the first comment behind the list.
    std::size_t find_fmt_on(std::size_t comment) {
        std::size_t next_item = index_;
        for (; is_comment_before(comment, end_token_); ++comment) {
            const std::uint32_t token = tree_.comments[comment].next_token;
            while (next_item < items_.size() && items_[next_item]->first_token < token) ++next_item;
            const bool is_here = token == end_token_ || (next_item < items_.size() && items_[next_item]->first_token == token);
            if (is_here && directive_of(tree_.text(tree_.comments[comment].span)) == "fmt-on") break;
        }
        index_ = next_item;
        return comment;
    }

    Printer& printer_;
    const SyntaxTree& tree_;
    Document& document_;
    const Items items_;
    const ItemStyle style_;
    const std::uint32_t end_token_;
    std::size_t index_ = 0;  // the item to write next
    bool is_first_ = true;   // nothing is written yet
};

void Printer::items(Items items, ItemStyle style, std::uint32_t end_token) {
    ItemList(*this, items, style, end_token).print();
}

}  // namespace ruff::formatter
