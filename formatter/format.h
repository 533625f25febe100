#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/support/diagnostic.h"
#include "core/support/source_file.h"
#include "core/syntax/syntax_tree.h"
#include "formatter/document.h"

/// The formatter: one style, for the command line and the editor alike. Thread-safe; linear in the text.
namespace ruff::formatter {

enum class FormatStatus : std::uint8_t {
    Formatted,    ///< `text` is the source in the one style, perhaps unchanged
    HasErrors,    ///< the same, but statements with errors stay byte for byte
    Untouched,    ///< it could not be formatted without harm and stays as it is: a defect of Ruff, unless the source has errors
};

struct FormatResult {
    FormatStatus status = FormatStatus::Formatted;
    /// The whole text afterwards, without a byte order mark; line ends as in the source (those of its first line).
    /// `line_edits` (line_diff.h) says what an editor has to change.
    std::string text;
    /// What is wrong with the source.
    std::vector<Diagnostic> diagnostics;
    /// If it is untouched, what would have gone wrong: "a token changes on line 3".
    std::string defect;
};

/// The tokens (but for `=` and `:=`, `;` and trailing commas) of the result are those of the source, and so are the
/// comments, each between the same two tokens; this is checked each time, and where it does not hold the source is left
/// untouched.
[[nodiscard]] FormatResult format_source(std::shared_ptr<const SourceFile> source, const LayoutOptions& options);
[[nodiscard]] FormatResult format_tree(const syntax::SyntaxTree& tree, const LayoutOptions& options);

/// Formats the statements that touch the lines `first_line` to `last_line`, from 0 and both inclusive, of the
/// innermost block that holds them all; everything else stays as it is.
[[nodiscard]] FormatResult format_range(const syntax::SyntaxTree& tree, std::uint32_t first_line,
                                        std::uint32_t last_line, const LayoutOptions& options);

/// Lines of a text, from 0, both inclusive.
struct Lines {
    std::uint32_t first = 0, last = 0;
};
/// The same for several ranges, in order of position. What an earlier one has formatted is left alone.
[[nodiscard]] FormatResult format_ranges(const syntax::SyntaxTree& tree, const std::vector<Lines>& ranges,
                                         const LayoutOptions& options);

/// The text after edits, which are in order of position and do not overlap, with the statements that they wrote in the
/// one style. Where the text is not of the grammar any more nothing is formatted.
[[nodiscard]] std::string format_edited(const SourceFile& source, const std::vector<TextEdit>& edits,
                                        const LayoutOptions& options);

/// While typing: `typed`, which is `}` or a line feed, was just put in front of `offset`. A brace formats the
/// statement it ends; a line feed formats the statements that ended with the line above, and an empty line that the
/// cursor stands on is indented as its block. What is not finished stays as it is, and so does the line behind the
/// cursor.
[[nodiscard]] FormatResult format_typed(const syntax::SyntaxTree& tree, std::uint32_t offset, char typed,
                                        const LayoutOptions& options);

/// What `format_source` promises about tokens and comments. Empty if it holds, otherwise what differs.
[[nodiscard]] std::string compare_content(const syntax::SyntaxTree& before, const syntax::SyntaxTree& after);

}  // namespace ruff::formatter
