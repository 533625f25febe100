#include "core/runtime/worker_pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <deque>
#include <system_error>
#include <thread>

#include "core/support/mutex.h"

namespace ruff::runtime {
namespace {

/// Signals are for the isolates' threads: the workers of the pool take none.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &saved_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &saved_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t saved_;
};

/// A queue of jobs and the threads that serve it. A thread that finds nothing waits for more.
class WorkerLane {
public:
    explicit WorkerLane(std::size_t max_threads) : max_threads_(max_threads) {}

    void submit(std::unique_ptr<Job> job) {
        {
            const std::lock_guard lock(mutex_);
            jobs_.push_back(std::move(job));
            if (idle_ >= jobs_.size()) return wake_.notify_one();
            if (threads_ == max_threads_ || start_thread() || threads_ > 0) return;
            job = std::move(jobs_.back());
            jobs_.pop_back();
        }
        // The system refuses even the first thread: late is better than never.
        job->run();
    }

private:
    bool start_thread() {
        const SignalsBlocked blocked;
        try {
            std::thread([this] { serve(); }).detach();
        } catch (const std::system_error&) {
            return false;
        }
        ++threads_;
        return true;
    }

    void serve() {
        std::unique_lock lock(mutex_);
        for (;;) {
            ++idle_;
            wake_.wait(lock, [this] { return !jobs_.empty(); });
            --idle_;
            std::unique_ptr<Job> job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            job->run();
            job.reset();
            lock.lock();
        }
    }

    const std::size_t max_threads_;
    Mutex mutex_;
    ConditionVariable wake_;
    std::deque<std::unique_ptr<Job>> jobs_;
    std::size_t threads_ = 0;
    std::size_t idle_ = 0;
};

// Never destroyed: its threads run to the end of the process.
WorkerLane& lane_of(Lane lane) {
    static WorkerLane* const prompt = new WorkerLane(prompt_thread_count());
    static WorkerLane* const patient = new WorkerLane(kMaxPatientThreads);
    static WorkerLane* const lookup = new WorkerLane(kMaxLookupThreads);
    switch (lane) {
        case Lane::Prompt: return *prompt;
        case Lane::Patient: return *patient;
        case Lane::Lookup: return *lookup;
    }
    __builtin_unreachable();
}

}  // namespace

void submit(std::unique_ptr<Job> job, Lane lane) { lane_of(lane).submit(std::move(job)); }

std::size_t prompt_thread_count() {
    cpu_set_t allowed;
    const int cores = sched_getaffinity(0, sizeof(allowed), &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
    return static_cast<std::size_t>(std::max(cores, 2));
}

}  // namespace ruff::runtime
