#pragma once
// Blocking system calls without blocking the isolate: each becomes a *task* that runs on a worker, or on the isolate's own thread when
// nothing else could run meanwhile.
//
// A hop to another thread and back costs 20 to 50 µs, a small cached file 4. So tasks are gathered while fibers run and go to the
// workers in batches with one wake-up for each batch; and a task that is alone (no fiber is ready, no timer due, nothing else under
// way) is run where it stands.

#include <atomic>
#include <memory>
#include <vector>

#include "core/runtime/pending.h"
#include "core/runtime/worker_pool.h"

namespace ruff::runtime {

/// How long a task may take.
enum class Effort : std::uint8_t {
    Small,     ///< microseconds: may run on the isolate's thread when it is alone
    Large,     ///< ends, but not at once
    Endless,   ///< may wait for somebody else for ever
};

/// Shared by the isolate and the worker.
class BlockingTask {
public:
    virtual ~BlockingTask() = default;
    /// Asked on the thread that is about to run it, so it may look at the disk.
    [[nodiscard]] virtual Effort effort() const = 0;
    /// On any one thread. Touches no value of the isolate.
    virtual void run() = 0;
    /// On the isolate's thread, once `run` is through.
    [[nodiscard]] virtual Answer answer(vm::Vm& vm) = 0;
    /// For deadlock reports and the trace: the builtin.
    [[nodiscard]] virtual std::string_view name() const = 0;

    /// Nobody wants it any more; one that was not begun does not begin.
    std::atomic<bool> is_abandoned{false};
};

/// Runs the task for the running fiber, or behind a promise. What the builtin's body returns. `result`, unless it is unset, takes
/// the place of the task's own answer when that is no error.
[[nodiscard]] vm::Outcome run_blocking(vm::Call& call, Form form, std::shared_ptr<BlockingTask> task,
                                       vm::Value result = vm::Value::unset());

/// True when the running fiber is the only thing that could go on: a small task may then run in place.
[[nodiscard]] bool is_alone(vm::Vm& vm);

}  // namespace ruff::runtime
