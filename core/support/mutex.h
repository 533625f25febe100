#pragma once
// The mutex of everything that can be reached from running Ruff code. Builds with assertions count how many of them the thread
// holds, so that the VM can assert at every suspension that it holds none: a fiber that waits with a lock would stop every thread
// that wants it, for as long as it waits.

#include <condition_variable>
#include <mutex>

namespace ruff {

#ifdef NDEBUG

using Mutex = std::mutex;
using ConditionVariable = std::condition_variable;
constexpr int locks_held() { return 0; }

#else

namespace detail {
inline thread_local int t_locks_held = 0;
}

/// Works with std::lock_guard and std::unique_lock.
class Mutex {
public:
    constexpr Mutex() = default;
    void lock() {
        mutex_.lock();
        ++detail::t_locks_held;
    }
    bool try_lock() {
        const bool is_taken = mutex_.try_lock();
        if (is_taken) ++detail::t_locks_held;
        return is_taken;
    }
    void unlock() {
        --detail::t_locks_held;
        mutex_.unlock();
    }

private:
    std::mutex mutex_;
};

using ConditionVariable = std::condition_variable_any;

/// How many the calling thread holds.
inline int locks_held() { return detail::t_locks_held; }

#endif

}  // namespace ruff
