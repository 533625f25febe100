#pragma once
// Durations as programs give them: milliseconds, whole or not.

#include "core/vm/native.h"
#include "core/vm/scheduler.h"

namespace ruff::builtins {

inline constexpr vm::Instant kNanosecondsPerMillisecond = 1'000'000;

/// Argument `i`, a number of milliseconds, as an instant from now on the isolate's clock. False: raised (negative, nan).
[[nodiscard]] bool deadline_after(vm::Call& call, std::uint32_t i, vm::Instant& deadline);

}  // namespace ruff::builtins
