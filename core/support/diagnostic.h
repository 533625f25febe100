#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/support/source_file.h"
#include "core/support/span.h"

namespace ruff {

enum class Severity : std::uint8_t { Error, Warning, Information, Hint };

/// `error`, `warning`, `info`, `hint`.
[[nodiscard]] std::string_view severity_name(Severity severity);

/// What an editor may do with the primary span besides underlining it.
struct DiagnosticTags {
    bool is_unnecessary = false;
    bool is_deprecated = false;
};

/// Whether a fix may be applied unseen.
enum class FixSafety : std::uint8_t {
    Safe,     ///< keeps what the program does
    Unsafe,   ///< probably what was meant, but may change what the program does
    Display,  ///< shown only, never applied by itself
};

struct TextEdit {
    Span span;         ///< what is replaced; empty to insert
    std::string text;  ///< what stands there afterwards
};

/// Edits do not overlap and are in order of position.
struct Fix {
    std::string title;  ///< imperative, without a full stop: "Replace `elif` by `else if`"
    FixSafety safety = FixSafety::Safe;
    std::vector<TextEdit> edits;
};

/// A second place that matters. `source` is null in the file of the diagnostic.
struct Label {
    Span span;
    std::string text;
    std::shared_ptr<const SourceFile> source;
};

/// One finding about one file, as data. Renderers turn it into text, JSON or protocol messages.
struct Diagnostic {
    /// The name of the rule or of the kind of mistake, kebab-case, of static storage.
    std::string_view code;
    Severity severity = Severity::Error;
    /// A rule of `ruff check` that can be switched off: renderers show its name.
    bool is_rule = false;
    DiagnosticTags tags;
    Span span;
    /// One sentence without a capital or full stop: "expected `)`".
    std::string message;
    /// What stands beside the primary underline; often empty.
    std::string label;
    std::vector<Label> labels;
    std::vector<std::string> notes;
    /// What to do; empty if there is nothing to say.
    std::string help;
    std::vector<Fix> fixes;
};

/// `text` after the edits of `fix`.
[[nodiscard]] std::string apply_edits(std::string_view text, const std::vector<TextEdit>& edits);

}  // namespace ruff
