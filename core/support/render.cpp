#include "core/support/render.h"

#include <algorithm>
#include <vector>

#include "core/support/utf8.h"

// A line of source becomes a row of cells: tabs are widened, controls and broken bytes are replaced by a visible
// sign of width one, so that nothing in a file can steer the terminal. Only a window of a line is ever looked at:
// a line may be sixteen megabytes long.

namespace ruff {
namespace {

constexpr std::size_t kTabWidth = 4;
constexpr std::size_t kMaxFixLines = 12;

enum class Paint : std::uint8_t { None, Error, Warning, Note, Gutter, Secondary, Added, Removed, Bold };

std::string_view escape_of(Paint paint) {
    switch (paint) {
        case Paint::None: return "";
        case Paint::Error: return "\x1b[1;31m";
        case Paint::Warning: return "\x1b[1;33m";
        case Paint::Note: return "\x1b[1;36m";
        case Paint::Gutter: return "\x1b[34m";
        case Paint::Secondary: return "\x1b[34m";
        case Paint::Added: return "\x1b[32m";
        case Paint::Removed: return "\x1b[31m";
        case Paint::Bold: return "\x1b[1m";
    }
    return "";
}

Paint paint_of(Severity severity) {
    switch (severity) {
        case Severity::Error: return Paint::Error;
        case Severity::Warning: return Paint::Warning;
        case Severity::Information:
        case Severity::Hint: return Paint::Note;
    }
    return Paint::Error;
}

/// One underline. Spans over several lines are underlined on their first line only.
struct Mark {
    Span span;
    std::string_view text;
    bool is_primary = false;
};

/// The visible part of a line: bytes [begin, end) of the file and what they look like.
struct Window {
    Span span;
    std::string text;
    bool cut_before = false;
    bool cut_after = false;
};

/// The sign and the columns with which a code point is shown at a column.
struct Cell {
    std::string_view sign;
    std::size_t width;
};

Cell cell_of(std::string_view bytes, const utf8::Decoded& decoded, std::size_t column) {
    if (decoded.code_point == '\t') {
        std::size_t width = kTabWidth - column % kTabWidth;
        return {std::string_view("    ").substr(0, width), width};
    }
    bool is_control = decoded.code_point < 0x20 || (decoded.code_point >= 0x7F && decoded.code_point < 0xA0);
    bool is_bidi = (decoded.code_point >= 0x202A && decoded.code_point <= 0x202E) ||
                   (decoded.code_point >= 0x2066 && decoded.code_point <= 0x2069);
    if (!decoded.is_valid || is_control || is_bidi) return {"\xEF\xBF\xBD", 1};
    return {bytes, static_cast<std::size_t>(utf8::display_width(decoded.code_point))};
}

/// Columns from the window's start to `offset`; the window's end if it lies beyond.
std::size_t column_in(const SourceFile& source, const Window& window, std::uint32_t offset) {
    std::size_t column = window.cut_before ? 1 : 0;
    std::uint32_t end = std::clamp(offset, window.span.begin, window.span.end);
    for (std::uint32_t at = window.span.begin; at < end;) {
        utf8::Decoded decoded = utf8::decode(source.text(), at);
        column += cell_of(source.text({at, at + decoded.size}), decoded, column).width;
        at += decoded.size;
    }
    return column;
}

/// At most `columns` of the line, beginning a third of that before `focus` if the line is longer.
Window window_of(const SourceFile& source, Span line, std::uint32_t focus, std::size_t columns) {
    Window window;
    std::uint32_t begin = line.begin;
    // A code point takes at least one byte, but combining marks take no column: the bound is on bytes too.
    std::size_t most_bytes = columns * 4;
    if (line.size() > columns && focus > line.begin + columns * 2 / 3) {
        begin = focus - static_cast<std::uint32_t>(columns / 3);
        while (begin > line.begin && utf8::is_continuation(source.text()[begin])) --begin;
        window.cut_before = begin > line.begin;
    }
    window.span = {begin, begin};
    std::size_t column = 0;
    if (window.cut_before) {
        window.text = "…";
        column = 1;
    }
    while (window.span.end < line.end) {
        utf8::Decoded decoded = utf8::decode(source.text(), window.span.end);
        Span bytes{window.span.end, window.span.end + decoded.size};
        Cell cell = cell_of(source.text(bytes), decoded, column);
        if (column + cell.width > columns || window.span.size() > most_bytes) {
            window.text += "…";
            window.cut_after = true;
            break;
        }
        window.text += cell.sign;
        column += cell.width;
        window.span.end += decoded.size;
    }
    return window;
}

class Renderer {
public:
    Renderer(const RenderOptions& options, std::size_t gutter) : options_(options), gutter_(gutter) {}

    void header(const Diagnostic& diagnostic) {
        paint(paint_of(diagnostic.severity), severity_name(diagnostic.severity));
        paint(Paint::Bold, ": " + diagnostic.message);
        if (diagnostic.is_rule && !diagnostic.code.empty()) {
            out_ += " [";
            out_ += diagnostic.code;
            out_ += ']';
        }
        out_ += '\n';
    }

    void location(const SourceFile& source, std::uint32_t offset, std::string_view arrow) {
        LineColumn position = source.lines().position(offset, PositionEncoding::Utf32);
        out_.append(gutter_, ' ');
        paint(Paint::Gutter, std::string(arrow) + " ");
        out_ += source.path() + ":" + std::to_string(position.line + 1) + ":" + std::to_string(position.column + 1);
        out_ += '\n';
    }

    void excerpt(const SourceFile& source, std::vector<Mark> marks, Paint primary) {
        const LineIndex& lines = source.lines();
        std::stable_sort(marks.begin(), marks.end(), [&](const Mark& a, const Mark& b) {
            std::uint32_t line_a = lines.line_of(a.span.begin), line_b = lines.line_of(b.span.begin);
            return line_a != line_b ? line_a < line_b : a.is_primary && !b.is_primary;
        });
        bare_gutter();
        std::uint32_t last_line = ~0u;
        for (std::size_t i = 0; i < marks.size();) {
            std::uint32_t line = lines.line_of(marks[i].span.begin);
            std::size_t end = i;
            while (end < marks.size() && lines.line_of(marks[end].span.begin) == line) ++end;
            if (last_line != ~0u && line == last_line + 2) source_line(source, last_line + 1, {});
            if (last_line != ~0u && line > last_line + 2) paint(Paint::Gutter, "...\n");
            source_line(source, line, std::span(marks).subspan(i, end - i), primary);
            last_line = line;
            i = end;
        }
    }

    void remark(std::string_view kind, std::string_view text) {
        while (!text.empty()) {
            std::size_t end = std::min(text.find('\n'), text.size());
            out_.append(gutter_ + 1, ' ');
            if (!kind.empty()) {
                paint(Paint::Gutter, "= ");
                paint(Paint::Bold, std::string(kind) + ": ");
            } else {
                out_ += "        ";
            }
            out_ += text.substr(0, end);
            out_ += '\n';
            kind = {};
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    void fix(const SourceFile& source, const Fix& fix);
    void bare_gutter() {
        out_.append(gutter_ + 1, ' ');
        paint(Paint::Gutter, "|\n");
    }

    std::string take() { return std::move(out_); }

private:
    void numbered(std::uint32_t line, std::string_view sign, Paint color, std::string_view text) {
        std::string number = std::to_string(line + 1);
        out_.append(gutter_ - std::min(gutter_, number.size()), ' ');
        paint(Paint::Gutter, number + " ");
        paint(color == Paint::None ? Paint::Gutter : color, sign);
        if (!text.empty()) out_ += ' ';
        color == Paint::None ? void(out_ += text) : paint(color, text);
        out_ += '\n';
    }

    void source_line(const SourceFile& source, std::uint32_t line, std::span<const Mark> marks,
                     Paint primary = Paint::Error) {
        Span span = source.lines().line_span(line);
        std::uint32_t focus = marks.empty() ? span.begin : marks.front().span.begin;
        Window window = window_of(source, span, focus, options_.width);
        numbered(line, "|", Paint::None, window.text);
        for (const Mark& mark : marks) underline(source, window, mark, primary);
    }

    void underline(const SourceFile& source, const Window& window, const Mark& mark, Paint primary) {
        if (mark.span.begin > window.span.end || (window.cut_before && mark.span.end < window.span.begin)) return;
        std::size_t begin = column_in(source, window, mark.span.begin);
        std::size_t end = std::max(column_in(source, window, mark.span.end), begin + 1);
        out_.append(gutter_ + 1, ' ');
        paint(Paint::Gutter, "| ");
        out_.append(begin, ' ');
        std::string line(end - begin, mark.is_primary ? '^' : '-');
        if (!mark.text.empty()) line += " " + std::string(mark.text);
        paint(mark.is_primary ? primary : Paint::Secondary, line);
        out_ += '\n';
    }

    void diff_lines(const SourceFile& text, std::uint32_t first, std::uint32_t count, std::uint32_t number,
                    std::string_view sign, Paint color, std::uint32_t focus) {
        for (std::uint32_t i = 0; i < count; ++i) {
            if (i == kMaxFixLines) {
                numbered(number + i, sign, color, "…");
                break;
            }
            Span line = text.lines().line_span(first + i);
            Window window = window_of(text, line, std::clamp(focus, line.begin, line.end), options_.width);
            numbered(number + i, sign, color, window.text);
        }
    }

    void paint(Paint color, std::string_view text) {
        bool is_painted = options_.use_color && color != Paint::None;
        bool ends_line = is_painted && text.ends_with('\n');
        if (ends_line) text.remove_suffix(1);
        if (is_painted) out_ += escape_of(color);
        out_ += text;
        if (is_painted) out_ += "\x1b[0m";
        if (ends_line) out_ += '\n';
    }

    const RenderOptions& options_;
    std::size_t gutter_;  // columns of the line numbers
    std::string out_;
};

void Renderer::fix(const SourceFile& source, const Fix& fix) {
    if (fix.edits.empty()) return;
    const LineIndex& lines = source.lines();
    std::uint32_t first = lines.line_of(fix.edits.front().span.begin);
    std::uint32_t last = lines.line_of(fix.edits.back().span.end);
    // Only the touched lines are copied and edited; the rest of the file does not matter.
    std::uint32_t base = lines.line_start(first);
    std::string_view before = source.text({base, lines.line_span(last).end});
    std::vector<TextEdit> edits = fix.edits;
    for (TextEdit& edit : edits) edit.span = {edit.span.begin - base, edit.span.end - base};
    SourceFile after("", apply_edits(before, edits));
    std::uint32_t old_count = last - first + 1;
    std::uint32_t new_count = after.text().empty() ? 0 : after.lines().line_count();
    std::uint32_t focus = edits.front().span.begin;
    bare_gutter();
    diff_lines(source, first, old_count, first, "-", Paint::Removed, base + focus);
    diff_lines(after, 0, new_count, first, "+", Paint::Added, focus);
}

std::size_t gutter_width(const SourceFile& source, const Diagnostic& diagnostic) {
    std::uint32_t last = source.lines().line_of(diagnostic.span.begin);
    for (const Label& label : diagnostic.labels) {
        const SourceFile& file = label.source ? *label.source : source;
        last = std::max(last, file.lines().line_of(label.span.begin));
    }
    for (const Fix& fix : diagnostic.fixes) {
        for (const TextEdit& edit : fix.edits) last = std::max(last, source.lines().line_of(edit.span.end) + 1);
    }
    return std::max<std::size_t>(std::to_string(last + 1).size(), 2);
}

}  // namespace

std::string render_diagnostic(const SourceFile& source, const Diagnostic& diagnostic, const RenderOptions& options) {
    Renderer renderer(options, gutter_width(source, diagnostic));
    renderer.header(diagnostic);
    renderer.location(source, diagnostic.span.begin, "-->");
    std::vector<Mark> marks{{diagnostic.span, diagnostic.label, true}};
    for (const Label& label : diagnostic.labels) {
        if (!label.source) marks.push_back({label.span, label.text, false});
    }
    renderer.excerpt(source, std::move(marks), paint_of(diagnostic.severity));
    for (const Label& label : diagnostic.labels) {
        if (!label.source) continue;
        renderer.location(*label.source, label.span.begin, ":::");
        renderer.excerpt(*label.source, {{label.span, label.text, false}}, Paint::Secondary);
    }
    bool shows_fix = options.show_fixes && !diagnostic.fixes.empty();
    if (!diagnostic.notes.empty() || !diagnostic.help.empty() || shows_fix) renderer.bare_gutter();
    for (const std::string& note : diagnostic.notes) renderer.remark("note", note);
    if (!diagnostic.help.empty()) renderer.remark("help", diagnostic.help);
    if (shows_fix) {
        if (diagnostic.help.empty()) renderer.remark("help", diagnostic.fixes.front().title);
        renderer.fix(source, diagnostic.fixes.front());
    }
    return renderer.take();
}

std::string render_diagnostics(const SourceFile& source, std::span<const Diagnostic> diagnostics,
                               const RenderOptions& options) {
    std::string text;
    std::size_t shown = std::min(diagnostics.size(), options.limit);
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) text += '\n';
        text += render_diagnostic(source, diagnostics[i], options);
    }
    if (shown < diagnostics.size()) {
        text += "\n... and " + std::to_string(diagnostics.size() - shown) + " more\n";
    }
    return text;
}

std::string render_excerpt(const SourceFile& source, Span span, std::string_view label, const RenderOptions& options) {
    Diagnostic place;
    place.span = span;
    Renderer renderer(options, gutter_width(source, place));
    renderer.location(source, span.begin, "-->");
    renderer.excerpt(source, {{span, label, true}}, Paint::Error);
    return renderer.take();
}

}  // namespace ruff
