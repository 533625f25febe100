#pragma once

#include <vector>

#include "core/lint/context.h"

namespace ruff::lint {

/// Takes away the findings that comments of the file allow, and gives those about the comments themselves:
///
///     # ruff: allow(empty-except) the file may be gone     on the line or above it
///     # ruff: allow-file(no-effect, unused-result) why     anywhere, for the whole file
///
/// A comment that names no rule, or one that finds nothing there, is a finding of `unused-suppression`.
void apply_suppressions(const syntax::SyntaxTree& tree, const std::array<bool, kRuleCount>& is_enabled,
                        std::vector<Diagnostic>& findings, Context& context);

}  // namespace ruff::lint
