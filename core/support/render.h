#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/support/diagnostic.h"

namespace ruff {

struct RenderOptions {
    bool use_color = false;
    /// Excerpts are cut to this many columns, around what is underlined.
    std::size_t width = 100;
    /// Show what the first fix would change.
    bool show_fixes = true;
    /// How many diagnostics are shown before the rest is only counted.
    std::size_t limit = 100;
};

/// A diagnostic for a terminal, ending in a line feed:
///
///     error: unknown escape `\q`
///       --> main.ruff:3:12
///        |
///      3 | print("a\qb")
///        |         ^^ not an escape
///        |
///        = note: ...
///        = help: write `\\q`
///
/// Lines and columns in the location count from 1, columns in code points. Columns under the excerpt are
/// those of a terminal: wide characters take two, tabs go to the next multiple of four.
[[nodiscard]] std::string render_diagnostic(const SourceFile& source, const Diagnostic& diagnostic,
                                            const RenderOptions& options = {});

/// All of them with an empty line between, then "... and 12 more" when there are more than `options.limit`.
[[nodiscard]] std::string render_diagnostics(const SourceFile& source, std::span<const Diagnostic> diagnostics,
                                             const RenderOptions& options = {});

/// Only the excerpt (from the `-->` line on) of one place: for runtime errors and call stacks.
[[nodiscard]] std::string render_excerpt(const SourceFile& source, Span span, std::string_view label,
                                         const RenderOptions& options = {});

}  // namespace ruff
