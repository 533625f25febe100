#pragma once
// parallel_map: a function applied to many elements by several tasks. Essay in parallel_map.cpp.
//
// Threads: a ParallelJob may be used by any; what starts it and what it delivers belongs to the isolate that asked.

#include <memory>
#include <vector>

#include "core/runtime/task.h"
#include "core/support/mutex.h"

namespace ruff::runtime {

class ParallelJob {
public:
    /// Elements that go to a task together: [begin, end), read as one array.
    struct Chunk {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    /// The next chunk for a share that took `nanoseconds` for its last one (`last`, empty at first). Empty: nothing is left.
    [[nodiscard]] Chunk next(Chunk last, std::int64_t nanoseconds);
    /// The chunk's elements as an array. False: raised.
    [[nodiscard]] bool read(vm::Vm& vm, Chunk chunk, vm::Value& elements);
    /// The function with the state it was sent with. False: raised.
    [[nodiscard]] bool read_function(vm::Vm& vm, vm::Value& function) const { return vm::copy_message(vm, function_, function); }
    [[nodiscard]] bool changes_state() const { return function_.changes_state(); }
    /// What came out of a chunk: `results` (an array, as far as it got) and the error that ended it, or null.
    void done(vm::Vm& vm, Chunk chunk, vm::Value results, const vm::Value& error);

private:
    friend class ParallelCall;
    explicit ParallelJob(TaskPool& pool, const Mailbox& caller) : pool_(pool), caller_(caller) {}

    TaskPool& pool_;
    const Mailbox caller_;
    std::weak_ptr<ParallelJob> self_;
    class ParallelCall* call_ = nullptr;     ///< for the caller's thread; null once it has ended
    vm::Message function_;
    vm::StackEntry called_at_{};
    bool keeps_results_ = true;
    std::size_t count_ = 0;
    std::size_t segment_size_ = 1;           ///< elements a message
    std::size_t shares_ = 1;

    Mutex mutex_;                       ///< for what follows
    std::vector<vm::Message> segments_;
    std::size_t next_segment_ = 0;
    std::size_t first_failure_ = SIZE_MAX;   ///< elements behind it are not worth starting
    double segment_nanoseconds_ = 0;         ///< so far, on average; 0: not known
};

/// A task's part in a job, as a value that only the prelude sees: it has the kind of a task handle.
class ParallelShare final : public vm::Handle {
public:
    explicit ParallelShare(std::shared_ptr<ParallelJob> job) : job(std::move(job)) {}
    [[nodiscard]] std::string describe() const override { return "share"; }
    [[nodiscard]] std::unique_ptr<vm::Transfer> send(vm::Vm& vm) override;

    const std::shared_ptr<ParallelJob> job;
    ParallelJob::Chunk chunk;
    vm::Instant started_at = 0;
};

/// Applies `function` to each of `elements` (an array) on at most `limit` tasks at once; 0: as many as run at once. Gives a promise of
/// the results in order, or of null, with a reference for the caller; null pointer: raised.
[[nodiscard]] vm::PromiseObject* parallel_map(vm::Vm& vm, vm::Value elements, vm::Value function, std::size_t limit, bool keeps_results);

}  // namespace ruff::runtime
