#pragma once

#include <string_view>

namespace ruff {

/// Writes all of `text`, waiting where the descriptor takes no more for now. Gives 0, or the system's error number when
/// some of it could not be written.
[[nodiscard]] int write_all(int descriptor, std::string_view text);

}  // namespace ruff
