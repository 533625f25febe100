#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ruff::tests {

/// A fenced block of a Markdown file.
struct FencedBlock {
    std::string info;      // behind the fence: "ruff", "ruff no-run", "text"
    std::string heading;   // the text of the nearest heading above it
    std::string content;   // whole lines; the indentation of the fence is taken off
    std::size_t line = 0;  // of its opening fence, from 1
    bool is_indented = false;       // stands in a list: its content is not a run of bytes of the file
    std::size_t content_begin = 0;  // bytes of the file
    std::size_t content_end = 0;

    /// The first word of the info string.
    [[nodiscard]] std::string_view language() const;
    /// Whether the info string has this word behind the language.
    [[nodiscard]] bool has_attribute(std::string_view word) const;
    /// The value of `name=value` there, or nothing.
    [[nodiscard]] std::string_view attribute(std::string_view name) const;
};

/// The fenced blocks (``` or ~~~, three or more) of a CommonMark file, in order. A fence that is never closed ends
/// with the file.
[[nodiscard]] std::vector<FencedBlock> read_fenced_blocks(std::string_view markdown);

}  // namespace ruff::tests
