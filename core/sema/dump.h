#pragma once

#include <string>

#include "core/sema/semantic_model.h"

namespace ruff::sema {

/// The scopes of a file with what they declare, as `ruff dump scopes` shows them:
///
///     file 1:1
///       func f (static) read
///       parameters of f 1:6
///         n: parameter (register) read
[[nodiscard]] std::string dump_scopes(const SemanticModel& model);

}  // namespace ruff::sema
