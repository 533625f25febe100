#include "formatter/document.h"

#include "core/support/line_index.h"

namespace ruff::formatter {
namespace {

std::uint32_t width_of(std::string_view text) {
    return count_units(text, PositionEncoding::Utf32);
}

}  // namespace

// ---- Building ------------------------------------------------------------------------------------------------

void Document::add(Kind kind, std::string_view text) {
    Op op;
    op.kind = kind;
    op.size = static_cast<std::uint32_t>(text.size());
    op.data = text.data();
    ops_.push_back(op);
}

void Document::text(std::string_view text) { add(Kind::Text, text); }
void Document::verbatim(std::string_view text) {
    add(text.find('\n') == std::string_view::npos ? Kind::Text : Kind::Verbatim, text);
}
void Document::space() { add(Kind::Space); }
void Document::soft_line() { add(Kind::Soft); }
void Document::line() { add(Kind::Line); }
void Document::blank_line() { add(Kind::BlankLine); }
void Document::if_broken(std::string_view text) { add(Kind::IfBroken, text); }
void Document::indent() { add(Kind::Indent); }
void Document::dedent() { add(Kind::Dedent); }

void Document::hard_line(bool is_blank) {
    force_break();
    add(is_blank ? Kind::HardBlank : Kind::Hard);
}

void Document::fresh_line(bool is_blank) {
    force_break();
    add(is_blank ? Kind::FreshBlank : Kind::Fresh);
}

void Document::comment(std::string_view text, bool ends_line) {
    if (ends_line || text.find('\n') != std::string_view::npos) force_break();
    add(ends_line ? Kind::LastComment : Kind::Comment, text);
}

void Document::begin_group(bool may_hug) {
    open_groups_.push_back({static_cast<std::uint32_t>(ops_.size())});
    Op op;
    op.kind = Kind::Group;
    op.may_hug = may_hug;
    op.hugged = 0;
    ops_.push_back(op);
}

void Document::begin_hugged() {
    ops_[open_groups_.back().op].hugged = static_cast<std::uint32_t>(ops_.size());
    open_groups_.back().part = Part::hugged;
}

void Document::end_hugged() { open_groups_.back().part = Part::after_hugged; }

void Document::end_group() {
    ops_[open_groups_.back().op].size = static_cast<std::uint32_t>(ops_.size());
    open_groups_.pop_back();
    add(Kind::GroupEnd);
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

// ---- Measuring -----------------------------------------------------------------------------------------------

bool Document::is_line(Kind kind) {
    switch (kind) {
        case Kind::Soft: case Kind::Line: case Kind::BlankLine: case Kind::Hard: case Kind::HardBlank:
        case Kind::Fresh: case Kind::FreshBlank: case Kind::LastComment: return true;
        default: return false;
    }
}

std::uint32_t Document::flat_width(const Op& op) const {
    const std::string_view text(op.kind == Kind::Text || op.kind == Kind::Verbatim || op.kind == Kind::Comment
                                    ? std::string_view(op.data, op.size) : std::string_view());
    switch (op.kind) {
        case Kind::Text: return width_of(text);
        case Kind::Verbatim: return width_of(text.substr(0, text.find('\n')));
        case Kind::Comment: return width_of(text.substr(0, text.find('\n'))) + 1;
        case Kind::Space: case Kind::Line: case Kind::BlankLine: return 1;
        default: return 0;
    }
}

void Document::measure() {
    const std::size_t count = ops_.size();
    widths_.resize(count + 1);
    next_lines_.resize(count + 1);
    widths_[0] = 0;
    for (std::size_t i = 0; i < count; ++i) widths_[i + 1] = widths_[i] + flat_width(ops_[i]);
    next_lines_[count] = static_cast<std::uint32_t>(count);
    for (std::size_t i = count; i-- > 0;) {
        next_lines_[i] = is_line(ops_[i].kind) ? static_cast<std::uint32_t>(i) : next_lines_[i + 1];
    }
}

// ---- Layout --------------------------------------------------------------------------------------------------

/// Writes a measured document. Indentation is written with the first text of a line, so empty lines stay empty.
class Layout {
public:
    Layout(const Document& document, std::string& out, const LayoutOptions& options, std::uint32_t depth)
        : document_(document), out_(out), options_(options) {
        depths_.push_back(depth);
        modes_.push_back(Mode::broken);
    }

    void run() {
        for (std::uint32_t i = 0; i < document_.ops_.size(); ++i) step(i);
    }

private:
    using Kind = Document::Kind;
    enum class Mode : std::uint8_t { flat, hugging, broken };

    void step(std::uint32_t index) {
        const Document::Op& op = document_.ops_[index];
        switch (op.kind) {
            case Kind::Text: put({op.data, op.size}); break;
            case Kind::Verbatim: put_lines({op.data, op.size}); break;
            case Kind::IfBroken:
                if (modes_.back() == Mode::broken) put({op.data, op.size});
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
            case Kind::Comment: case Kind::LastComment: put_comment({op.data, op.size}, op.kind); break;
            case Kind::Group: modes_.push_back(mode_for(index)); break;
            case Kind::GroupEnd: modes_.pop_back(); break;
            case Kind::Indent: depths_.push_back(depths_.back() + (modes_.back() == Mode::broken ? 1 : 0)); break;
            case Kind::Dedent: depths_.pop_back(); break;
        }
    }

    Mode mode_for(std::uint32_t index) const {
        if (modes_.back() == Mode::flat) return Mode::flat;
        const Document::Op& group = document_.ops_[index];
        if (!group.is_broken && fits(index, document_.next_lines_[group.size])) return Mode::flat;
        if (group.may_hug && fits(index, document_.next_lines_[group.hugged])) return Mode::hugging;
        return Mode::broken;
    }

    /// Whether what stands from `begin` to `end` fits on the line, all flat.
    bool fits(std::uint32_t begin, std::uint32_t end) const {
        const std::uint32_t start = at_line_start_ || must_break_ ? depths_.back() * options_.indent : column_;
        return start + (document_.widths_[end] - document_.widths_[begin]) <= options_.line_width;
    }

    void new_line(bool is_blank) {
        while (out_.ends_with(' ')) out_.pop_back();
        if (!out_.empty()) out_ += is_blank ? "\n\n" : "\n";
        at_line_start_ = true;
        must_break_ = wants_space_ = false;
        column_ = 0;
    }

    /// Before any text: the line break a comment asked for, indentation, or the blank behind a comment.
    void begin_text(char first) {
        if (must_break_) new_line(false);
        if (at_line_start_) {
            column_ = depths_.back() * options_.indent;
            out_.append(column_, ' ');
            at_line_start_ = false;
        } else if (wants_space_ && first != ',' && first != ')' && first != ']' && !out_.ends_with(' ')) {
            out_ += ' ';
            ++column_;
        }
        wants_space_ = false;
    }

    void put(std::string_view text) {
        if (text.empty()) return;
        begin_text(text[0]);
        out_ += text;
        column_ += width_of(text);
    }

    /// Several lines; CRLF is written as LF.
    void put_lines(std::string_view text) {
        begin_text(text[0]);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') out_ += text[i];
        }
        const std::size_t last = text.rfind('\n');
        column_ = last == std::string_view::npos ? column_ + width_of(text) : width_of(text.substr(last + 1));
    }

    void put_space() {
        if (at_line_start_ || must_break_ || out_.ends_with(' ')) return;
        out_ += ' ';
        ++column_;
        wants_space_ = false;
    }

    void put_comment(std::string_view text, Kind kind) {
        if (!at_line_start_ && !must_break_ && !out_.ends_with(' ') && !out_.ends_with('(') && !out_.ends_with('[')) {
            put_space();
        }
        // Two blanks before a comment that ends the line.
        if (kind == Kind::LastComment && !at_line_start_ && !must_break_) {
            while (out_.ends_with(' ')) out_.pop_back();
            out_ += "  ";
            wants_space_ = false;
        }
        put_lines(text);
        wants_space_ = true;
        must_break_ = kind == Kind::LastComment;
    }

    const Document& document_;
    std::string& out_;
    const LayoutOptions& options_;
    std::vector<std::uint32_t> depths_;
    std::vector<Mode> modes_;
    std::uint32_t column_ = 0;
    bool at_line_start_ = true;
    bool must_break_ = false;   // a comment that ends its line was written
    bool wants_space_ = false;  // a comment was written
};

void Document::print(std::string& out, const LayoutOptions& options, std::uint32_t depth) {
    measure();
    Layout(*this, out, options, depth).run();
    ops_.clear();
}

}  // namespace ruff::formatter
