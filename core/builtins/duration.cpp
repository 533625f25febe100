#include "core/builtins/duration.h"

#include <cmath>
#include <string>

#include "core/vm/operations.h"
#include "core/vm/vm.h"

namespace ruff::builtins {

bool deadline_after(vm::Call& call, std::uint32_t i, vm::Instant& deadline) {
    const double ms = call.number(i);
    if (!(ms >= 0)) {
        call.raise(vm::ErrorKind::Value, std::string(call.row.name) + ": parameter `" + std::string(call.row.parameters[i].name) +
                                             "` must not be negative, got " + vm::display_for_message(call[i]));
        return false;
    }
    const double nanoseconds = std::ceil(ms * static_cast<double>(kNanosecondsPerMillisecond));
    const vm::Instant now = call.vm.scheduler.now();
    deadline = nanoseconds > 4e18 ? vm::kNever - 1 : now + static_cast<vm::Instant>(nanoseconds);
    return true;
}

}  // namespace ruff::builtins
