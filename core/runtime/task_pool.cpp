// The pool.
//
// What is hard. Tasks wait: for each other's channels, for a request, for a sleep. A pool of N threads that each run a task to its
// end stands still as soon as N of them wait for a task that has not started (a pipeline of three stages on two cores). So the size
// counts the tasks that *run*: a worker that is about to sleep gives its place back, and the next task of the queue starts on
// another thread. When it wakes it goes on at once, even if that makes one more than the size for a moment: waiting for a place with
// a resource in hand is how pools deadlock.
//
//     queue ──▶ idle worker, or a new one while running < size ──▶ runs ⇄ sleeps ──▶ takes the next, or idles
//
// More than kMaxWaiting workers that sleep stop the pool from making new ones, as long as anything can still happen; a program that
// starts ten thousand tasks that all sleep then uses that many isolates and no more.
//
// What the system refuses. A task for which no thread, or no descriptors, can be had goes back to the queue while another one runs,
// which will come to it. When none runs, what is queued fails: whoever waits for it is told.
//
// Deadlock. Every isolate says when it goes to sleep and whether anything but another isolate can wake it: a timer, an operation of
// the system. When all of them sleep, none can wake itself, no delivery is under way and no task is queued, nothing will ever happen.
// Each isolate is asked where it waits (only its own thread may look), and the last answer tells the main one.
//
// Ending. The program ends when the main isolate has nothing left to do and no task is alive. Ctrl-C, or an error nobody caught in the
// main file, cancels all tasks; they have the second that the main isolate gives. `exit` in a task interrupts the main isolate, which
// leaves at once; the process then ends under the feet of the other threads.

#include "core/runtime/task_pool.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <thread>
#include <utility>

#include "core/runtime/task_worker.h"
#include "core/vm/error.h"

namespace ruff::runtime {

using vm::Value;
using vm::Vm;

namespace {

constexpr std::size_t kMaxWaiting = 256;
constexpr std::size_t kMaxTrace = std::size_t{256} << 20;   // bytes of events of all tasks

/// Cores that this process may use.
std::size_t core_count() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
    return std::max(1u, std::thread::hardware_concurrency());
}

/// An error of another isolate that nobody there can catch.
class FailureReport final : public Delivery {
public:
    FailureReport(vm::Message error, std::string headline) : error_(std::move(error)), headline_(std::move(headline)) {}
    void act(Vm& main) override {
        Value error;
        if (!vm::read_message(main, std::move(error_), error)) error = main.take_pending_error();
        main.failed = true;
        if (main.reporter != nullptr) main.reporter(main, error, headline_);
    }

private:
    vm::Message error_;
    std::string headline_;
};

class TaskFailureReport final : public Delivery {
public:
    explicit TaskFailureReport(std::shared_ptr<RemotePromise> promise) : promise_(std::move(promise)) {}
    void act(Vm& main) override {
        Value error;
        if (!promise_->read(main, error)) error = main.take_pending_error();
        main.failed = true;
        if (main.reporter != nullptr) main.reporter(main, error, promise_->headline(main));
    }

private:
    std::shared_ptr<RemotePromise> promise_;
};

class AskWhereItWaits final : public Delivery {
public:
    explicit AskWhereItWaits(TaskPool& pool, bool is_main) : tasks_(pool), is_main_(is_main) {}
    void act(Vm& vm) override {
        const std::string fibers = is_main_ ? std::string() : vm.describe_fibers(20);
        tasks_.add_places(fibers.empty() ? std::string() : "\nin a task:\n" + fibers);
    }

private:
    TaskPool& tasks_;
    const bool is_main_;
};

class GiveUp final : public Delivery {
public:
    explicit GiveUp(std::string places) : places_(std::move(places)) {}
    void act(Vm& vm) override { Isolate::of(vm).give_up(std::move(places_)); }

private:
    std::string places_;
};

/// A worker that idles has a task.
class WakeUp final : public Completion {
public:
    void deliver(Vm&) override {}
};

/// A task that cannot be started: no isolate is left that could come to it.
class Refusal final : public Delivery {
public:
    Refusal(TaskPool& pool, std::shared_ptr<Task> task, std::string reason) : tasks_(pool), task_(std::move(task)), reason_(std::move(reason)) {}
    void act(Vm& main) override {
        tasks_.forget(*task_);
        const Value error = vm::make_error(vm::ErrorKind::Io, "cannot start a task: " + reason_);
        vm::add_async_step(*error.as<vm::ErrorObject>(), task_->spawned_at, false);
        vm::Message outcome;
        if (!vm::write_message(main, error, vm::Sending::Value, outcome)) (void)main.take_pending_error();
        task_->end(RemotePromise::State::Rejected, std::move(outcome));
        if (task_->is_wanted()) tasks_.remember_failure(task_);
        else task_->report_failure();
    }

private:
    TaskPool& tasks_;
    std::shared_ptr<Task> task_;
    std::string reason_;
};

/// The last task has ended: the main isolate looks whether anything is left.
class Nudge final : public Delivery {
public:
    void act(Vm&) override {}
};

}  // namespace

TaskPool::TaskPool(Isolate& main) : main_(main), image_(main.vm().shared_image()), size_(core_count()) {
    members_.push_back({&main});
    main.vm().on_ending = [](Vm& vm) { Isolate::of(vm).pool().cancel_all(); };
    main.vm().on_finished = [](Vm& vm) { Isolate::of(vm).pool().finish(); };
}

const vm::NativeTable& TaskPool::natives() const { return main_.vm().natives(); }

vm::VmOptions TaskPool::worker_options() const {
    vm::VmOptions options = main_.vm().options();
    options.virtual_clock = false;
    return options;
}

std::size_t TaskPool::size() const {
    const std::lock_guard lock(mutex_);
    return size_;
}

void TaskPool::set_size(std::size_t size) {
    const std::lock_guard lock(mutex_);
    size_ = size;
    start_more();
}

bool TaskPool::keeps_running(const Isolate& isolate) const {
    if (&isolate != &main_) return false;
    const std::lock_guard lock(mutex_);
    return live_tasks_ > 0 || deliveries_ > 0;
}

// --- tasks and workers ---------------------------------------------------------------------------------------------

void TaskPool::start(std::shared_ptr<Task> task) {
    const std::lock_guard lock(mutex_);
    ++live_tasks_;
    tasks_[task.get()] = task;
    queue_.push_back(std::move(task));
    start_more();
}

void TaskPool::start_more() {
    while (!queue_.empty() && running_ < size_) {
        if (!idle_.empty()) {
            TaskWorker* worker = idle_.back();
            idle_.pop_back();
            worker->next_ = take_queued();
            ++running_;
            (void)Mailbox(worker->isolate_->mailbox()).post(std::make_unique<WakeUp>());
            continue;
        }
        // Somebody runs or can wake: the queue's turn will come.
        const bool may_wait = running_ > 0 || std::any_of(members_.begin(), members_.end(), [](const Member& each) { return !each.sleeps || each.can_wake; });
        if (workers_ >= size_ + kMaxWaiting && may_wait) return;
        auto* worker = new TaskWorker(*this, take_queued());
        ++workers_;
        ++running_;
        if (const int refusal = worker->start_thread(); refusal != 0) {
            std::shared_ptr<Task> task = std::move(worker->next_);
            delete worker;
            --workers_;
            --running_;
            return put_back(std::move(task), std::strerror(refusal));
        }
    }
}

void TaskPool::put_back(std::shared_ptr<Task> task, const std::string& reason) {
    if (running_ > 0) return queue_.push_front(std::move(task));   // who runs will come to it
    queue_.push_front(std::move(task));
    deliveries_ += queue_.size();
    for (std::shared_ptr<Task>& each : std::exchange(queue_, {})) {
        post_counted(main_.mailbox(), std::make_unique<Refusal>(*this, std::move(each), reason));
    }
}

void TaskPool::worker_failed(TaskWorker& worker, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Task> task = std::move(worker.next_);
    delete &worker;
    --workers_;
    --running_;
    put_back(std::move(task), reason);
}

void TaskPool::forget(const Task& task) {
    const std::lock_guard lock(mutex_);
    tasks_.erase(const_cast<Task*>(&task));
    --live_tasks_;
}

std::shared_ptr<Task> TaskPool::take_queued() {
    std::shared_ptr<Task> task = std::move(queue_.front());
    queue_.pop_front();
    return task;
}

Task* TaskPool::next_task(TaskWorker& worker, Isolate& isolate) {
    std::shared_ptr<Task> ended = std::move(worker.current_);
    bool was_last = false;
    if (ended != nullptr) {
        const std::lock_guard lock(mutex_);
        tasks_.erase(ended.get());
        was_last = --live_tasks_ == 0;
        // The delivery is counted while the task is: the main isolate never sees nothing.
        if (was_last) ++deliveries_;
    }
    if (was_last) post_counted(main_.mailbox(), std::make_unique<Nudge>());
    std::unique_lock lock(mutex_);
    if (ended != nullptr) {
        --running_;
        std::erase_if(members_, [&](const Member& each) { return each.isolate == &isolate; });
        if (!queue_.empty() && running_ < size_) {
            worker.next_ = take_queued();
            ++running_;
        } else if (workers_ > std::max<std::size_t>(size_, 1)) {
            worker.quits_ = true;
        } else {
            idle_.push_back(&worker);
        }
        look_for_deadlock(lock);
    }
    worker.isolate_ = &isolate;
    while (worker.next_ == nullptr && !worker.quits_) {
        // In the loop: what still arrives for its last task is taken, and dropped.
        lock.unlock();
        isolate.vm().scheduler.events->poll(isolate.vm(), vm::kNever);
        lock.lock();
    }
    if (worker.next_ == nullptr) return nullptr;
    members_.push_back({&isolate});
    worker.current_ = std::move(worker.next_);
    return worker.current_.get();
}

void TaskPool::worker_ended(TaskWorker& worker) {
    delete &worker;
    const std::lock_guard lock(mutex_);
    --workers_;
    start_more();
}

bool TaskPool::has_no_workers() const {
    const std::lock_guard lock(mutex_);
    return workers_ == 0;
}

// --- reports -----------------------------------------------------------------------------------------------------

void TaskPool::add_work(const vm::RunCounters& counters, std::string events) {
    const std::lock_guard lock(mutex_);
    work_ += counters;
    if (events.empty()) return;
    trace_size_ += events.size();
    traces_.push_back(std::move(events));
    while (trace_size_ > kMaxTrace) {
        trace_size_ -= traces_.front().size();
        traces_.pop_front();
    }
}

void TaskPool::add_counters(vm::RunCounters& counters) const {
    const std::lock_guard lock(mutex_);
    counters += work_;
    counters[vm::RunCounter::Isolates] += isolates_ - 1;
}

void TaskPool::take_traces(std::vector<std::string>& traces) {
    const std::lock_guard lock(mutex_);
    for (std::string& events : traces_) traces.push_back(std::move(events));
    traces_.clear();
    trace_size_ = 0;
}

// --- ending ----------------------------------------------------------------------------------------------------------

void TaskPool::end_program(int code) {
    main_.vm().stop_code.store(code);
    main_.vm().request_interrupt(vm::kInterruptStop);
    for (;;) ::pause();   // the process ends with the main isolate
}

void TaskPool::cancel_all() {
    std::vector<std::shared_ptr<Task>> tasks;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& each : tasks_) {
            if (std::shared_ptr<Task> task = each.second.lock()) tasks.push_back(std::move(task));
        }
    }
    for (const std::shared_ptr<Task>& task : tasks) (void)task->cancel();
}

void TaskPool::finish() {
    std::vector<std::shared_ptr<RemotePromise>> failed;
    {
        const std::lock_guard lock(mutex_);
        for (const std::weak_ptr<RemotePromise>& each : failed_) {
            if (std::shared_ptr<RemotePromise> promise = each.lock()) failed.push_back(std::move(promise));
        }
        failed_.clear();
        was_asked_ = false;
    }
    Vm& main = main_.vm();
    for (const std::shared_ptr<RemotePromise>& promise : failed) {
        if (!promise->claim_report()) continue;
        TaskFailureReport(promise).act(main);
    }
}

// --- deliveries and reports --------------------------------------------------------------------------------------------

void TaskPool::post(const Mailbox& mailbox, std::unique_ptr<Delivery> delivery) {
    {
        const std::lock_guard lock(mutex_);
        ++deliveries_;
    }
    post_counted(mailbox, std::move(delivery));
}

void TaskPool::post_counted(const Mailbox& mailbox, std::unique_ptr<Delivery> delivery) {
    delivery->pool_ = this;
    (void)Mailbox(mailbox).post(std::move(delivery));
}

void TaskPool::delivered() {
    const std::lock_guard lock(mutex_);
    --deliveries_;
}

void TaskPool::report(std::shared_ptr<RemotePromise> promise) {
    post(main_.mailbox(), std::make_unique<TaskFailureReport>(std::move(promise)));
}

void TaskPool::report(Vm& vm, const Value& error, std::string headline) {
    vm::Message message;
    if (!vm::write_message(vm, error, vm::Sending::Value, message)) {
        const Value failure = vm.take_pending_error();
        (void)vm::write_message(vm, failure, vm::Sending::Value, message);
    }
    post(main_.mailbox(), std::make_unique<FailureReport>(std::move(message), std::move(headline)));
}

void TaskPool::remember_failure(const std::shared_ptr<RemotePromise>& promise) {
    const std::lock_guard lock(mutex_);
    if (failed_.size() >= next_sweep_) {
        std::erase_if(failed_, [](const std::weak_ptr<RemotePromise>& each) { return each.expired(); });
        next_sweep_ = failed_.size() * 2 + 64;
    }
    failed_.push_back(promise);
}

// --- sleeping --------------------------------------------------------------------------------------------------------

TaskPool::Member* TaskPool::member(const Isolate& isolate) {
    for (Member& each : members_) {
        if (each.isolate == &isolate) return &each;
    }
    return nullptr;
}

void TaskPool::isolate_sleeps(Isolate& isolate, bool can_wake) {
    std::unique_lock lock(mutex_);
    Member* sleeper = member(isolate);
    if (sleeper == nullptr) return;
    sleeper->sleeps = true;
    sleeper->can_wake = can_wake || isolate.vm().interrupt.load() != 0;
    if (&isolate != &main_) --running_;
    start_more();
    look_for_deadlock(lock);
}

void TaskPool::isolate_wakes(Isolate& isolate) {
    const std::lock_guard lock(mutex_);
    Member* sleeper = member(isolate);
    if (sleeper == nullptr || !sleeper->sleeps) return;
    sleeper->sleeps = false;
    if (&isolate != &main_) ++running_;
}

void TaskPool::look_for_deadlock(std::unique_lock<Mutex>& lock) {
    if (deliveries_ != 0 || running_ != 0 || was_asked_ || !queue_.empty()) return;
    if (std::any_of(members_.begin(), members_.end(), [](const Member& each) { return !each.sleeps || each.can_wake; })) return;
    was_asked_ = true;
    places_to_come_ = members_.size();
    deliveries_ += members_.size();
    std::vector<std::pair<Mailbox, bool>> asked;
    for (const Member& each : members_) asked.emplace_back(each.isolate->mailbox(), each.isolate == &main_);
    lock.unlock();
    for (const auto& [mailbox, is_main] : asked) post_counted(mailbox, std::make_unique<AskWhereItWaits>(*this, is_main));
    lock.lock();
}

void TaskPool::add_places(const std::string& places) {
    {
        const std::lock_guard lock(mutex_);
        places_ += places;
        if (--places_to_come_ > 0) return;
        ++deliveries_;
    }
    post_counted(main_.mailbox(), std::make_unique<GiveUp>(std::exchange(places_, {})));
}

}  // namespace ruff::runtime
