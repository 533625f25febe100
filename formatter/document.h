#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The document: a program as a flat list of operations that a printer lays out.
///
/// Text is fixed; lines are places where it may be broken; a group is a stretch that is printed on one line if it
/// fits and otherwise broken at every line that belongs to it directly. Groups nest, and each inside a broken one is
/// tried again by itself. Whether a group fits is known in constant time: widths are summed up while the list is built,
/// and the place of the next line is found once, backwards over the list. So layout is linear in the document, with no
/// search and no second try. What counts besides the group is the text behind it up to the next line.
///
///     Group( `[` Indent Soft `a` `,` Line `b` IfBroken(`,`) Dedent Soft `]` )
///
///     [a, b]          or      [
///                                 a,
///                                 b,
///                             ]
///
/// A hugging group has a third form for calls whose last argument has lines of its own: the group's own lines stay
/// flat and the argument is laid out by itself. It is taken if everything up to the argument's first line fits.
///
///     each(items, |item| {
///         ...
///     })
///
/// What must be on lines of its own (a hard line, a comment up to the end of the line) breaks all groups around it
/// while the document is built; in the last argument of a hugging group it leaves that form possible.
namespace ruff::formatter {

struct LayoutOptions {
    std::uint32_t line_width = 100;
    std::uint32_t indent = 4;
};

class Document {
public:
    /// `text` outlives the document. Without line breaks.
    void text(std::string_view text);
    /// Several lines that are not touched: strings, parts left as they are. What follows stands behind the last.
    void verbatim(std::string_view text);
    void space();
    void soft_line();               ///< nothing or a line break
    void line();                    ///< a blank or a line break
    void blank_line();              ///< a blank or a line break and an empty line
    void hard_line(bool is_blank);  ///< always a line break; with an empty line before what follows if `is_blank`
    /// A line break unless the line is empty so far.
    void fresh_line(bool is_blank);
    /// Only where the group is broken.
    void if_broken(std::string_view text);
    /// A comment that comes next stands without a blank before it.
    void join_comment();
    /// `ends_line`: what follows begins a line, whatever it is.
    void comment(std::string_view text, bool ends_line);

    void begin_group(bool may_hug = false);
    /// The last argument of the hugging group begins, ends here.
    void begin_hugged();
    void end_hugged();
    void end_group();
    /// Lines from here on stand one level deeper if the innermost group is broken.
    void indent();
    void dedent();
    /// All open groups are broken.
    void force_break();

    /// Appends the laid out text to `out`, which is empty or ends in a line break, and forgets the document. Lines
    /// are ended by LF; the last is not ended.
    void print(std::string& out, const LayoutOptions& options, std::uint32_t depth);

private:
    friend class Layout;

    enum class Kind : std::uint8_t {
        Text, Verbatim, Space, Soft, Line, BlankLine, Hard, HardBlank, Fresh, FreshBlank, IfBroken, Join, Comment,
        LastComment, Group, GroupEnd, Indent, Dedent, End,
    };
    struct Op {
        Kind kind = Kind::Text;
        bool is_broken = false;         // of a group
        bool may_hug = false;           // of a group
        std::uint32_t size = 0;         // of the text; of a group the index of its end
        union {
            const char* data = nullptr;
            std::uint32_t hugged;       // of a group: where its last argument begins
        };
        std::uint32_t width_before = 0; // of everything before, flat
        std::uint32_t next_line = 0;    // the first line at or behind this op
    };
    enum class Part : std::uint8_t { before_hugged, hugged, after_hugged };
    struct OpenGroup {
        std::uint32_t op;
        Part part = Part::before_hugged;
    };

    Op& add(Kind kind, std::uint32_t flat_width);
    void add_text(Kind kind, std::string_view text);
    void find_lines();

    std::vector<Op> ops_;
    std::vector<OpenGroup> open_groups_;
    std::uint32_t width_ = 0;  // of all ops, flat
};

}  // namespace ruff::formatter
