#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "core/lang/diagnostics.h"
#include "core/support/diagnostic.h"

namespace ruff::syntax {

/// Collects what lexer and parser have to say. Beyond `kMaxStored` diagnostics are counted but not kept: a file
/// of sixteen million wrong bytes must not fill the memory.
class Report {
public:
    static constexpr std::size_t kMaxStored = 1000;

    /// The reference is good until the next call.
    Diagnostic& add(DiagnosticId id, Span span, std::initializer_list<std::string_view> arguments = {});

    /// Everything in order of position. Without the `Context` group if there was a grammar error.
    [[nodiscard]] std::vector<Diagnostic> take();

    [[nodiscard]] bool has_grammar_errors() const { return has_grammar_errors_; }
    [[nodiscard]] bool has_errors() const { return !items_.empty(); }

private:
    struct Item {
        DiagnosticGroup group;
        Diagnostic diagnostic;
    };
    std::vector<Item> items_;
    Diagnostic dropped_;
    bool has_grammar_errors_ = false;
};

}  // namespace ruff::syntax
