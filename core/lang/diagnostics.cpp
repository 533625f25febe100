#include "core/lang/diagnostics.h"

#include <cassert>
#include <cstddef>

namespace ruff {
namespace {

struct Row {
    std::string_view code;
    DiagnosticGroup group;
    std::string_view message;
};

constexpr Row kRows[] = {
#define RUFF_DIAGNOSTIC(Id, code, group, message) {code, DiagnosticGroup::group, message},
#include "core/lang/diagnostics.def"
};

constexpr const Row& row(DiagnosticId id) { return kRows[static_cast<std::size_t>(id)]; }

std::string fill(std::string_view message, std::initializer_list<std::string_view> arguments) {
    constexpr std::string_view kHole = "{}";
    std::string text;
    auto argument = arguments.begin();
    while (argument != arguments.end()) {
        std::size_t hole = message.find(kHole);
        assert(hole != std::string_view::npos && "more arguments than holes in the message");
        text += message.substr(0, hole);
        text += *argument++;
        message.remove_prefix(hole + kHole.size());
    }
    text += message;
    return text;
}

}  // namespace

std::string_view diagnostic_code(DiagnosticId id) { return row(id).code; }
DiagnosticGroup diagnostic_group(DiagnosticId id) { return row(id).group; }

Diagnostic make_diagnostic(DiagnosticId id, Span span, std::initializer_list<std::string_view> arguments) {
    Diagnostic diagnostic;
    diagnostic.code = row(id).code;
    diagnostic.span = span;
    diagnostic.message = fill(row(id).message, arguments);
    return diagnostic;
}

}  // namespace ruff
