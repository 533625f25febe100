#pragma once
// The isolates of a program: the main one, and workers that run tasks. Essay in task_pool.cpp.
//
// Threads: any, unless said otherwise. One mutex guards everything; it is never held while code of a program runs.

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/runtime/isolate.h"
#include "core/runtime/shared_store.h"
#include "core/runtime/task.h"
#include "core/support/mutex.h"
#include "core/vm/vm.h"

namespace ruff::runtime {

class TaskPool {
public:
    /// On the main isolate's thread.
    explicit TaskPool(Isolate& main);

    void start(std::shared_ptr<Task> task);
    [[nodiscard]] std::uint64_t next_task_number() { return ++tasks_made_; }
    /// Tasks that run at once: those that wait for something do not count. 1 <= size <= kMaxSize.
    void set_size(std::size_t size);
    [[nodiscard]] std::size_t size() const;
    static constexpr std::size_t kMaxSize = 1024;

    /// A task called exit: the program ends with this code. Does not return.
    [[noreturn]] void end_program(int code);
    /// Every task is asked to end.
    void cancel_all();

    /// Has the main isolate report an error that nobody can catch; the program's exit code is 4 then.
    void report(std::shared_ptr<RemotePromise> promise);
    void report(vm::Vm& vm, const vm::Value& error, std::string headline);
    /// A failure that may have to be reported at the end.
    void remember_failure(const std::shared_ptr<RemotePromise>& promise);

    /// Sends to an isolate. The delivery is dropped when that has ended.
    void post(const Mailbox& mailbox, std::unique_ptr<Delivery> delivery);

    // --- for isolates
    /// True for the main isolate while a task is alive.
    [[nodiscard]] bool keeps_running(const Isolate& isolate) const;
    /// About to sleep; `can_wake` when it need not be woken by another isolate.
    void isolate_sleeps(Isolate& isolate, bool can_wake);
    void isolate_wakes(Isolate& isolate);
    void delivered();
    /// One isolate's answer to the question where it waits.
    void add_places(const std::string& places);

    // --- for the reports at the end
    void add_counters(vm::RunCounters& counters) const;
    void take_traces(std::vector<std::string>& traces);

    // --- for workers
    [[nodiscard]] const std::shared_ptr<vm::Image>& image() const { return image_; }
    [[nodiscard]] const vm::NativeTable& natives() const;
    [[nodiscard]] vm::VmOptions worker_options() const;
    /// The worker's last task, if any, has ended: waits for the next. Null: the worker is not needed any more.
    [[nodiscard]] Task* next_task(TaskWorker& worker, Isolate& isolate);
    void worker_ended(TaskWorker& worker);
    /// Its isolate could not be made: the system refused what it needs. Deletes it.
    void worker_failed(TaskWorker& worker, const std::string& reason);
    /// Nothing of the task is left, and no worker had it.
    void forget(const Task& task);
    [[nodiscard]] bool has_no_workers() const;
    /// True when the program is traced: its isolates are, too.
    [[nodiscard]] bool is_traced() const { return main_.vm().scheduler.trace != nullptr; }
    /// The number of a new isolate; the main one has 1.
    [[nodiscard]] std::uint32_t next_isolate_number() { return ++isolates_; }
    /// What a task did: counters, and events as Trace::events gives them.
    void add_work(const vm::RunCounters& counters, std::string events);

    SharedStore store;

private:
    /// An isolate that has something to do: the main one, or one with a task.
    struct Member {
        Isolate* isolate;
        bool sleeps = false;
        bool can_wake = false;
    };
    // With the lock held:
    [[nodiscard]] Member* member(const Isolate& isolate);
    void start_more();
    [[nodiscard]] std::shared_ptr<Task> take_queued();
    void put_back(std::shared_ptr<Task> task, const std::string& reason);
    /// Unlocks while it asks.
    void look_for_deadlock(std::unique_lock<Mutex>& lock);

    void finish();
    void post_counted(const Mailbox& mailbox, std::unique_ptr<Delivery> delivery);

    mutable Mutex mutex_;
    Isolate& main_;
    const std::shared_ptr<vm::Image> image_;
    std::size_t size_;
    std::size_t workers_ = 0;
    std::size_t running_ = 0;                ///< workers that run a task and do not sleep
    std::size_t live_tasks_ = 0;
    std::deque<std::shared_ptr<Task>> queue_;
    std::unordered_map<Task*, std::weak_ptr<Task>> tasks_;   ///< those that have not ended
    std::vector<TaskWorker*> idle_;
    std::vector<Member> members_;
    std::size_t deliveries_ = 0;             ///< posted and not yet acted on
    std::vector<std::weak_ptr<RemotePromise>> failed_;
    std::size_t next_sweep_ = 64;            ///< size of `failed_` at which what has gone is taken out
    bool was_asked_ = false;                 ///< a deadlock was found in this run
    std::size_t places_to_come_ = 0;
    std::string places_;
    std::atomic<std::uint32_t> isolates_{1};
    std::atomic<std::uint64_t> tasks_made_{0};
    vm::RunCounters work_;                   ///< of the tasks that have ended
    std::deque<std::string> traces_;         ///< of the same; the oldest go when it is more than kMaxTrace
    std::size_t trace_size_ = 0;
};

}  // namespace ruff::runtime
