#pragma once

#include <string>
#include <vector>

namespace ruff::lsp {

/// `ruff lsp --check FILES`: asks every feature at every token of each file, without an editor, and looks at the
/// answers: positions have to lie in the file, ranges of names must not be empty. Prints what is wrong; the exit code
/// is 0, 1 for a wrong answer, 5 for a file that cannot be read.
[[nodiscard]] int check_files(const std::vector<std::string>& paths);

}  // namespace ruff::lsp
