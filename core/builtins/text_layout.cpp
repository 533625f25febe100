#include "core/builtins/text_layout.h"

#include <algorithm>
#include <optional>

#include "core/support/utf8.h"

namespace ruff::builtins {
namespace {

// Cuts the first line off `text`, without its LF; `had_break` tells whether there was one.
std::string_view take_line(std::string_view& text, bool& had_break) {
    std::size_t end = text.find('\n');
    had_break = end != std::string_view::npos;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(had_break ? end + 1 : text.size());
    return line;
}

bool is_indentation(char c) { return c == ' ' || c == '\t'; }

std::string_view indentation_of(std::string_view line) {
    std::size_t size = 0;
    while (size < line.size() && is_indentation(line[size])) ++size;
    return line.substr(0, size);
}

bool is_blank_line(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

std::string_view common_prefix(std::string_view a, std::string_view b) {
    std::size_t size = 0;
    while (size < std::min(a.size(), b.size()) && a[size] == b[size]) ++size;
    return a.substr(0, size);
}

std::string_view shared_indentation(std::string_view text) {
    std::optional<std::string_view> shared;
    for (bool had_break = true; had_break;) {
        std::string_view line = take_line(text, had_break);
        if (is_blank_line(line)) continue;
        shared = shared ? common_prefix(*shared, indentation_of(line)) : indentation_of(line);
    }
    return shared.value_or("");
}

void wrap_line(std::string& out, std::string_view line, std::size_t width) {
    std::string_view indentation = indentation_of(line);
    std::size_t column = utf8::display_width(indentation);
    out += indentation;
    line.remove_prefix(indentation.size());
    bool is_first = true;
    while (!line.empty()) {
        std::size_t end = std::min(line.find_first_of(" \t"), line.size());
        std::string_view word = line.substr(0, end);
        line.remove_prefix(end);
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        std::size_t columns = utf8::display_width(word);
        if (!is_first && column + 1 + columns > width) {
            out += '\n';
            out += indentation;
            column = utf8::display_width(indentation);
        } else if (!is_first) {
            out += ' ';
            ++column;
        }
        out += word;
        column += columns;
        is_first = false;
    }
}

}  // namespace

std::string dedent(std::string_view text) {
    std::size_t shared = shared_indentation(text).size();
    std::string out;
    for (bool had_break = true; had_break;) {
        std::string_view line = take_line(text, had_break);
        if (!is_blank_line(line)) out += line.substr(shared);
        if (had_break) out += '\n';
    }
    return out;
}

std::string wrap(std::string_view text, std::size_t width) {
    std::string out;
    for (bool had_break = true; had_break;) {
        std::string_view line = take_line(text, had_break);
        if (!is_blank_line(line)) wrap_line(out, line, width);
        if (had_break) out += '\n';
    }
    return out;
}

}  // namespace ruff::builtins
