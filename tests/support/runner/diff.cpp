#include "tests/support/runner/diff.h"

#include <algorithm>
#include <span>
#include <vector>

#include "tests/support/runner/files.h"

namespace ruff::tests {
namespace {

constexpr std::size_t kContext = 3;
constexpr std::size_t kMostLines = 200;          // of a diff that is printed
constexpr std::size_t kLargestTable = 4'000'000; // cells; beyond it the middle is shown as replaced

struct Line {
    char mark;  // ' ', '-', '+'
    std::string_view text;
};

using Lines = std::vector<std::string_view>;

// Longest common subsequence of the part between the common head and tail.
void add_middle(std::span<const std::string_view> from, std::span<const std::string_view> to,
                std::vector<Line>& out) {
    std::size_t width = to.size() + 1;
    if ((from.size() + 1) * width > kLargestTable) {
        for (std::string_view line : from) out.push_back({'-', line});
        for (std::string_view line : to) out.push_back({'+', line});
        return;
    }
    std::vector<unsigned> common((from.size() + 1) * width);
    for (std::size_t i = from.size(); i-- > 0;) {
        for (std::size_t j = to.size(); j-- > 0;) {
            common[i * width + j] = from[i] == to[j]
                                        ? common[(i + 1) * width + j + 1] + 1
                                        : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
        }
    }
    std::size_t i = 0, j = 0;
    while (i < from.size() || j < to.size()) {
        if (i < from.size() && j < to.size() && from[i] == to[j]) {
            out.push_back({' ', from[i]});
            ++i, ++j;
        } else if (j == to.size() ||
                   (i < from.size() && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
            out.push_back({'-', from[i++]});
        } else {
            out.push_back({'+', to[j++]});
        }
    }
}

std::vector<Line> compare(const Lines& from, const Lines& to) {
    std::size_t head = 0;
    while (head < from.size() && head < to.size() && from[head] == to[head]) ++head;
    std::size_t tail = 0;
    while (tail < from.size() - head && tail < to.size() - head &&
           from[from.size() - 1 - tail] == to[to.size() - 1 - tail]) {
        ++tail;
    }
    std::vector<Line> lines;
    for (std::size_t i = 0; i < head; ++i) lines.push_back({' ', from[i]});
    add_middle(std::span(from).subspan(head, from.size() - head - tail),
               std::span(to).subspan(head, to.size() - head - tail), lines);
    for (std::size_t i = from.size() - tail; i < from.size(); ++i) lines.push_back({' ', from[i]});
    return lines;
}

std::string shown(const Line& line) {
    std::string text = line.mark + (" " + std::string(line.text.substr(0, 400)));
    if (line.text.size() > 400) text += "…";
    bool ends_blank = line.mark != ' ' && !line.text.empty() && (line.text.back() == ' ' || line.text.back() == '\t');
    return text + (ends_blank ? "⏎\n" : "\n");
}

}  // namespace

std::string diff_lines(std::string_view expected, std::string_view actual) {
    if (expected == actual) return {};
    std::vector<Line> lines = compare(split_lines(expected), split_lines(actual));
    std::string text;
    std::size_t printed = 0;
    bool was_left_out = false;
    for (std::size_t i = 0; i < lines.size() && printed < kMostLines; ++i) {
        std::size_t first = i > kContext ? i - kContext : 0;
        std::size_t last = std::min(lines.size(), i + kContext + 1);
        bool is_near = std::any_of(lines.begin() + static_cast<std::ptrdiff_t>(first),
                                   lines.begin() + static_cast<std::ptrdiff_t>(last),
                                   [](const Line& line) { return line.mark != ' '; });
        if (!is_near) {
            if (!was_left_out) text += "  …\n";
            was_left_out = true;
            continue;
        }
        was_left_out = false;
        text += shown(lines[i]);
        ++printed;
    }
    if (printed == kMostLines) text += "  … (more)\n";
    bool lines_are_equal = std::ranges::all_of(lines, [](const Line& line) { return line.mark == ' '; });
    if (lines_are_equal) text = "  (only the line ends differ)\n";
    return text;
}

}  // namespace ruff::tests
