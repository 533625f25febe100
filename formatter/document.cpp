#include "formatter/document.h"


namespace ruff::formatter {
namespace {

/// Characters of valid UTF-8: the bytes that begin one.
std::uint32_t columns_of(std::string_view text) {
    std::uint32_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    return count;
}

}  // namespace

// ---- Building ------------------------------------------------------------------------------------------------

Document::Op& Document::add(Kind kind, std::uint32_t flat_width) {
    Op& op = ops_.emplace_back();
    op.kind = kind;
    op.width_before = width_;
    width_ += flat_width;
    return op;
}

/// What stands on the line of the text's beginning counts; before a comment there is a blank.
void Document::add_text(Kind kind, std::string_view text) {
    std::uint32_t width = 0;
    switch (kind) {
        case Kind::Text: width = columns_of(text); break;
        case Kind::Verbatim: width = columns_of(text.substr(0, text.find('\n'))); break;
        case Kind::Comment: width = columns_of(text.substr(0, text.find('\n'))) + 1; break;
        default: break;  // stands only where lines are broken
    }
    Op& op = add(kind, width);
    op.size = static_cast<std::uint32_t>(text.size());
    op.data = text.data();
}

void Document::text(std::string_view text) { add_text(Kind::Text, text); }
void Document::verbatim(std::string_view text) {
    add_text(text.find('\n') == std::string_view::npos ? Kind::Text : Kind::Verbatim, text);
}
void Document::space() { add(Kind::Space, 1); }
void Document::soft_line() { add(Kind::Soft, 0); }
void Document::line() { add(Kind::Line, 1); }
void Document::blank_line() { add(Kind::BlankLine, 1); }
void Document::if_broken(std::string_view text) { add_text(Kind::IfBroken, text); }
void Document::join_comment() { add(Kind::Join, 0); }
void Document::indent() { add(Kind::Indent, 0); }
void Document::dedent() { add(Kind::Dedent, 0); }

void Document::hard_line(bool is_blank) {
    force_break();
    add(is_blank ? Kind::HardBlank : Kind::Hard, 0);
}

void Document::fresh_line(bool is_blank) {
    force_break();
    add(is_blank ? Kind::FreshBlank : Kind::Fresh, 0);
}

void Document::comment(std::string_view text, bool ends_line) {
    if (ends_line || text.find('\n') != std::string_view::npos) force_break();
    add_text(ends_line ? Kind::LastComment : Kind::Comment, text);
}

void Document::begin_group(bool may_hug) {
    open_groups_.push_back({static_cast<std::uint32_t>(ops_.size())});
    Op& group = add(Kind::Group, 0);
    group.may_hug = may_hug;
    group.hugged = 0;
}

void Document::begin_hugged() {
    ops_[open_groups_.back().op].hugged = static_cast<std::uint32_t>(ops_.size());
    open_groups_.back().part = Part::hugged;
}

void Document::end_hugged() { open_groups_.back().part = Part::after_hugged; }

void Document::end_group() {
    ops_[open_groups_.back().op].size = static_cast<std::uint32_t>(ops_.size());
    open_groups_.pop_back();
    add(Kind::GroupEnd, 0);
}

void Document::force_break() {
    for (auto open = open_groups_.rbegin(); open != open_groups_.rend(); ++open) {
        Op& group = ops_[open->op];
        const bool can_still_hug = group.may_hug && open->part == Part::hugged;
        if (group.is_broken && group.may_hug == can_still_hug) return;  // and so are those around it
        group.is_broken = true;
        group.may_hug = can_still_hug;
    }
}

// ---- Layout --------------------------------------------------------------------------------------------------

void Document::find_lines() {
    const auto is_line = [](Kind kind) {
        switch (kind) {
            case Kind::Soft: case Kind::Line: case Kind::BlankLine: case Kind::Hard: case Kind::HardBlank:
            case Kind::Fresh: case Kind::FreshBlank: case Kind::LastComment: return true;
            default: return false;
        }
    };
    auto next = static_cast<std::uint32_t>(ops_.size() - 1);
    for (std::size_t i = ops_.size(); i-- > 0;) {
        if (is_line(ops_[i].kind)) next = static_cast<std::uint32_t>(i);
        ops_[i].next_line = next;
    }
}

/// Writes a document whose lines are found. Indentation is written with the first text of a line, so empty lines stay empty.
class Layout {
public:
    Layout(const Document& document, std::string& out, const LayoutOptions& options, std::uint32_t depth)
        : document_(document), out_(out), options_(options), text_end_(out.size()) {
        depths_.push_back(depth);
        modes_.push_back(Mode::broken);
    }

    void run() {
        for (const Document::Op* op = document_.ops_.data(); op->kind != Kind::End; ++op) step(*op);
    }

private:
    using Kind = Document::Kind;
    enum class Mode : std::uint8_t { flat, hugging, broken };

    void step(const Document::Op& op) {
        switch (op.kind) {
            case Kind::Text: put({op.data, op.size}, width_of(op)); break;
            case Kind::Verbatim: put_lines({op.data, op.size}); break;
            case Kind::IfBroken:
                if (modes_.back() == Mode::broken) put({op.data, op.size}, op.size);
                break;
            case Kind::Space: put_space(); break;
            case Kind::Soft:
                if (modes_.back() == Mode::broken) new_line(false);
                break;
            case Kind::Line: case Kind::BlankLine:
                if (modes_.back() == Mode::broken) new_line(op.kind == Kind::BlankLine);
                else put_space();
                break;
            case Kind::Hard: case Kind::HardBlank: new_line(op.kind == Kind::HardBlank); break;
            case Kind::Fresh: case Kind::FreshBlank:
                if (!at_line_start_ || must_break_) new_line(op.kind == Kind::FreshBlank);
                break;
            case Kind::Join: joins_comment_ = true; break;
            case Kind::Comment: case Kind::LastComment: put_comment({op.data, op.size}, op.kind); break;
            case Kind::Group: modes_.push_back(mode_for(op)); break;
            case Kind::GroupEnd: modes_.pop_back(); break;
            case Kind::Indent: depths_.push_back(depths_.back() + (modes_.back() == Mode::broken ? 1 : 0)); break;
            case Kind::Dedent: depths_.pop_back(); break;
            case Kind::End: break;
        }
    }

    /// Flat; there is always an op behind it.
    static std::uint32_t width_of(const Document::Op& op) {
        const Document::Op& next = *(&op + 1);
        return next.width_before - op.width_before;
    }

    Mode mode_for(const Document::Op& group) const {
        if (modes_.back() == Mode::flat) return Mode::flat;
        if (!group.is_broken && fits(group, next_line_from(group.size), comma_behind(group.size))) return Mode::flat;
        if (group.may_hug && fits(group, next_line_from(group.hugged), 0)) return Mode::hugging;
        return Mode::broken;
    }

    /// The width of what stands behind the end of a group only because a group around it is broken.
    std::uint32_t comma_behind(std::uint32_t group_end) const {
        std::size_t around = modes_.size();
        const Document::Op* op = &document_.ops_[group_end] + 1;
        for (; op->kind == Kind::GroupEnd || op->kind == Kind::Dedent; ++op) {
            if (op->kind == Kind::GroupEnd) --around;
        }
        return op->kind == Kind::IfBroken && modes_[around - 1] == Mode::broken ? op->size : 0;
    }

    const Document::Op& next_line_from(std::uint32_t index) const {
        return document_.ops_[document_.ops_[index].next_line];
    }

    /// Whether what stands from `begin` to `end` fits on the line, all flat, with `more` behind it.
    bool fits(const Document::Op& begin, const Document::Op& end, std::uint32_t more) const {
        const std::uint32_t start = at_line_start_ || must_break_ ? depths_.back() * options_.indent : column_;
        return start + (end.width_before - begin.width_before) + more <= options_.line_width;
    }

    void new_line(bool is_blank) {
        drop_spaces();
        if (!out_.empty()) out_ += is_blank ? "\n\n" : "\n";
        text_end_ = out_.size();
        at_line_start_ = true;
        must_break_ = wants_space_ = joins_comment_ = false;
        column_ = 0;
    }

    /// Behind the last text of the line; what a text itself ends with stays.
    void drop_spaces() { out_.resize(text_end_); }

    /// Before any text: the line break a comment asked for, indentation, or the blank behind a comment.
    void begin_text(char first) {
        if (must_break_) new_line(false);
        if (at_line_start_) {
            column_ = depths_.back() * options_.indent;
            out_.append(column_, ' ');
            text_end_ = out_.size();
            at_line_start_ = false;
        } else if (wants_space_ && first != ',' && first != ')' && first != ']' && !out_.ends_with(' ')) {
            out_ += ' ';
            ++column_;
        }
        wants_space_ = joins_comment_ = false;
    }

    void put(std::string_view text, std::uint32_t width) {
        if (text.empty()) return;
        begin_text(text[0]);
        out_ += text;
        text_end_ = out_.size();
        column_ += width;
    }

    /// Several lines; CRLF is written as LF.
    void put_lines(std::string_view text) {
        begin_text(text[0]);
        const std::size_t last = text.rfind('\n');
        column_ = last == std::string_view::npos ? column_ + columns_of(text) : columns_of(text.substr(last + 1));
        for (std::size_t end; (end = text.find("\r\n")) != std::string_view::npos; text.remove_prefix(end + 1)) {
            out_ += text.substr(0, end);
        }
        out_ += text;
        text_end_ = out_.size();
    }

    void put_space() {
        if (at_line_start_ || must_break_ || out_.ends_with(' ')) return;
        out_ += ' ';
        ++column_;
        wants_space_ = false;
    }

    /// Two before one that ends the line.
    void put_blanks_before_comment(Kind kind) {
        if (at_line_start_ || must_break_) return;
        if (!out_.ends_with(' ') && !out_.ends_with('(') && !out_.ends_with('[')) put_space();
        if (kind != Kind::LastComment) return;
        drop_spaces();
        out_ += "  ";
        wants_space_ = false;
    }

    void put_comment(std::string_view text, Kind kind) {
        if (!joins_comment_) put_blanks_before_comment(kind);
        put_lines(text);
        wants_space_ = true;
        must_break_ = kind == Kind::LastComment;
    }

    const Document& document_;
    std::string& out_;
    const LayoutOptions& options_;
    std::vector<std::uint32_t> depths_;
    std::vector<Mode> modes_;
    std::size_t text_end_ = 0;  // behind it there are only blanks
    std::uint32_t column_ = 0;
    bool at_line_start_ = true;
    bool must_break_ = false;   // a comment that ends its line was written
    bool wants_space_ = false;  // a comment was written
    bool joins_comment_ = false;
};

void Document::print(std::string& out, const LayoutOptions& options, std::uint32_t depth) {
    add(Kind::End, 0);
    find_lines();
    Layout(*this, out, options, depth).run();
    ops_.clear();
    width_ = 0;
}

}  // namespace ruff::formatter
