#pragma once

#include <string>

#include "core/lang/builtins.h"

namespace ruff {

/// The reference page of a family, Markdown: an index, then every name with its signatures, docs and
/// examples. The files in docs/builtins are these pages; a test compares them.
[[nodiscard]] std::string builtin_reference_page(BuiltinFamily family);

/// The page that lists the families.
[[nodiscard]] std::string builtin_reference_index();

}  // namespace ruff
