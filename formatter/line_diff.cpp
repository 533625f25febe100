#include "formatter/line_diff.h"

#include <algorithm>

namespace ruff::formatter {
namespace {

using Lines = std::vector<std::string_view>;
constexpr int kMaxChanges = 2000;
constexpr std::size_t kContext = 3;

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

/// ' ' for a line of both, '-' for one of `before`, '+' for one of `after`.
std::string script_of(const Lines& before, const Lines& after) {
    const int n = static_cast<int>(before.size()), m = static_cast<int>(after.size());
    const int limit = std::min(n + m, kMaxChanges);
    std::vector<std::vector<int>> rounds;  // how far each diagonal came with so many changes
    std::vector<int> reach(static_cast<std::size_t>(2 * limit + 3), 0);
    const auto at = [limit](int diagonal) { return static_cast<std::size_t>(diagonal + limit + 1); };
    bool is_found = false;
    for (int d = 0; d <= limit && !is_found; ++d) {
        rounds.emplace_back(reach.begin() + (limit + 1 - d - 1), reach.begin() + (limit + 1 + d + 2));
        for (int k = -d; k <= d; k += 2) {
            int x = k == -d || (k != d && reach[at(k - 1)] < reach[at(k + 1)]) ? reach[at(k + 1)] : reach[at(k - 1)] + 1;
            while (x < n && x - k < m && x - k >= 0 && before[static_cast<std::size_t>(x)] == after[static_cast<std::size_t>(x - k)]) ++x;
            reach[at(k)] = x;
            if (x >= n && x - k >= m) {
                is_found = true;
                break;
            }
        }
    }
    if (!is_found) return std::string(before.size(), '-') + std::string(after.size(), '+');

    std::string script;
    int x = n, y = m;
    for (int d = static_cast<int>(rounds.size()) - 1; d > 0; --d) {
        const std::vector<int>& round = rounds[static_cast<std::size_t>(d)];  // diagonals -d-1 to d+1
        const auto old = [&](int diagonal) { return round[static_cast<std::size_t>(diagonal + d + 1)]; };
        const int k = x - y;
        const bool is_down = k == -d || (k != d && old(k - 1) < old(k + 1));
        const int from_x = is_down ? old(k + 1) : old(k - 1);
        const int from_y = from_x - (is_down ? k + 1 : k - 1);
        for (; x > from_x && y > from_y; --x, --y) script += ' ';
        script += is_down ? '+' : '-';
        x = from_x, y = from_y;
    }
    script.append(static_cast<std::size_t>(x), ' ');
    std::reverse(script.begin(), script.end());
    return script;
}

/// Two texts in lines, and how one becomes the other: a sign a line as in `script_of`.
struct LineDiff {
    Lines before;
    Lines after;
    std::string script;
};

LineDiff diff_of(std::string_view before, std::string_view after) {
    LineDiff diff{lines_of(before), lines_of(after), {}};
    const Lines &old_lines = diff.before, &new_lines = diff.after;
    std::size_t head = 0, tail = 0;
    const std::size_t shorter = std::min(old_lines.size(), new_lines.size());
    while (head < shorter && old_lines[head] == new_lines[head]) ++head;
    while (tail < shorter - head && old_lines[old_lines.size() - 1 - tail] == new_lines[new_lines.size() - 1 - tail]) ++tail;
    const auto middle = [&](const Lines& lines) {
        return Lines(lines.begin() + static_cast<std::ptrdiff_t>(head), lines.end() - static_cast<std::ptrdiff_t>(tail));
    };
    diff.script = std::string(head, ' ') + script_of(middle(old_lines), middle(new_lines)) + std::string(tail, ' ');
    return diff;
}

std::string range_text(std::size_t begin, std::size_t count) {
    return std::to_string(count == 0 ? begin : begin + 1) + (count == 1 ? "" : "," + std::to_string(count));
}

/// Where the hunk ends whose first change is at `change`: behind the last change that is near enough to the one before.
std::size_t end_of_hunk(const std::string& script, std::size_t change) {
    std::size_t end = change + 1;
    for (std::size_t i = end; i < script.size() && i <= end + 2 * kContext; ++i) {
        if (script[i] != ' ') end = i + 1;
    }
    return std::min(script.size(), end + kContext);
}

}  // namespace

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after) {
    if (before == after) return {};
    const LineDiff diff = diff_of(before, after);
    const std::string& script = diff.script;
    std::string out = "--- " + std::string(path) + "\n+++ " + std::string(path) + "\n";
    std::size_t old_line = 0, new_line = 0;
    for (std::size_t i = 0; i < script.size();) {
        const std::size_t change = script.find_first_not_of(' ', i);
        if (change == std::string::npos) break;
        const std::size_t begin = std::max(i, change > kContext ? change - kContext : 0);
        const std::size_t end = end_of_hunk(script, change);
        old_line += begin - i, new_line += begin - i;
        std::string hunk;
        std::size_t old_count = 0, new_count = 0;
        for (std::size_t j = begin; j < end; ++j) {
            const std::string_view line = script[j] == '+' ? diff.after[new_line + new_count] : diff.before[old_line + old_count];
            if (script[j] != '+') ++old_count;
            if (script[j] != '-') ++new_count;
            hunk += script[j];
            hunk += line;
            if (!line.ends_with('\n')) hunk += "\n\\ No newline at end of file\n";
        }
        out += "@@ -" + range_text(old_line, old_count) + " +" + range_text(new_line, new_count) + " @@\n" + hunk;
        old_line += old_count, new_line += new_count;
        i = end;
    }
    return out;
}

std::vector<TextEdit> line_edits(std::string_view before, std::string_view after) {
    if (before == after) return {};
    const LineDiff diff = diff_of(before, after);
    std::vector<TextEdit> edits;
    std::size_t old_line = 0, new_line = 0;
    std::uint32_t offset = 0;  // in `before`
    bool is_new = true;        // whether a change begins another edit
    for (const char sign : diff.script) {
        if (sign != ' ' && is_new) edits.push_back({Span{offset, offset}, {}});
        is_new = sign == ' ';
        if (sign != '+') offset += static_cast<std::uint32_t>(diff.before[old_line++].size());
        if (sign != ' ') edits.back().span.end = offset;
        if (sign == '+') edits.back().text += diff.after[new_line];
        if (sign != '-') ++new_line;
    }
    return edits;
}

}  // namespace ruff::formatter
