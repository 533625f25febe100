#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/support/diagnostic.h"

namespace ruff {

/// The rows of `diagnostics.def`.
enum class DiagnosticId : std::uint8_t {
#define RUFF_DIAGNOSTIC(Id, code, group, message) Id,
#include "core/lang/diagnostics.def"
};

enum class DiagnosticGroup : std::uint8_t { Grammar, Refusal, Context };

[[nodiscard]] std::string_view diagnostic_code(DiagnosticId id);
[[nodiscard]] DiagnosticGroup diagnostic_group(DiagnosticId id);

/// An error at `span` whose message is the row's with `arguments` in place of its `{}`.
[[nodiscard]] Diagnostic make_diagnostic(DiagnosticId id, Span span,
                                         std::initializer_list<std::string_view> arguments = {});

}  // namespace ruff
