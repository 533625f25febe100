#include "tests/support/runner/markdown.h"

#include <algorithm>

namespace ruff::tests {
namespace {

struct Fence {
    char mark = 0;
    std::size_t length = 0;
    std::size_t indent = 0;
    std::string_view info;
};

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

// A line that could open or close a fence; mark is 0 for any other line.
Fence read_fence(std::string_view line) {
    Fence fence;
    fence.indent = std::min(line.find_first_not_of(' '), line.size());
    std::string_view rest = line.substr(fence.indent);
    if (!rest.starts_with("```") && !rest.starts_with("~~~")) return {};
    fence.length = std::min(rest.find_first_not_of(rest[0]), rest.size());
    fence.info = trim(rest.substr(fence.length));
    bool is_inline_code = rest[0] == '`' && fence.info.find('`') != std::string_view::npos;
    if (!is_inline_code) fence.mark = rest[0];
    return fence;
}

bool closes(const Fence& open, const Fence& candidate) {
    return candidate.mark == open.mark && candidate.length >= open.length && candidate.info.empty();
}

std::vector<std::string_view> words_of(std::string_view info) {
    std::vector<std::string_view> words;
    while (!(info = trim(info)).empty()) {
        std::size_t end = std::min(info.find(' '), info.size());
        words.push_back(info.substr(0, end));
        info.remove_prefix(end);
    }
    return words;
}

}  // namespace

std::string_view FencedBlock::language() const {
    std::vector<std::string_view> words = words_of(info);
    return words.empty() ? std::string_view() : words[0];
}

bool FencedBlock::has_attribute(std::string_view word) const {
    std::vector<std::string_view> words = words_of(info);
    return words.size() > 1 && std::find(words.begin() + 1, words.end(), word) != words.end();
}

std::string_view FencedBlock::attribute(std::string_view name) const {
    for (std::string_view word : words_of(info)) {
        std::size_t equals = word.find('=');
        if (equals != std::string_view::npos && word.substr(0, equals) == name) return word.substr(equals + 1);
    }
    return {};
}

std::vector<FencedBlock> read_fenced_blocks(std::string_view markdown) {
    std::vector<FencedBlock> blocks;
    std::string heading;
    Fence open;
    std::size_t number = 0;
    for (std::size_t at = 0; at < markdown.size();) {
        std::size_t newline = std::min(markdown.find('\n', at), markdown.size());
        std::string_view line = markdown.substr(at, newline - at);
        std::size_t next = std::min(newline + 1, markdown.size());
        ++number;
        Fence fence = read_fence(line);
        if (!open.mark) {
            if (fence.mark) {
                open = fence;
                blocks.push_back({std::string(fence.info), heading, "", number, fence.indent > 0, next, next});
            } else if (line.starts_with('#')) {
                heading = trim(line.substr(std::min(line.find_first_not_of('#'), line.size())));
            }
        } else if (closes(open, fence)) {
            open = {};
        } else {
            std::size_t blanks = std::min(line.find_first_not_of(' '), line.size());
            blocks.back().content += std::string(line.substr(std::min(blanks, open.indent))) + "\n";
            blocks.back().content_end = next;
        }
        at = next;
    }
    return blocks;
}

}  // namespace ruff::tests
