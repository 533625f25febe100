#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace ruff::lsp {

/// One thread that runs tasks in the order they were posted. Asleep while there are none.
class Lane {
public:
    Lane() : thread_([this] { work(); }) {}
    /// Drops what has not begun and waits for what has.
    ~Lane() { stop(); }
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    void post(std::function<void()> task) {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
        has_work_.notify_one();
    }

    /// Waits until every task that was posted has run.
    void settle() {
        std::unique_lock lock(mutex_);
        is_idle_.wait(lock, [this] { return (tasks_.empty() && !is_running_) || is_stopping_; });
    }

    void stop() {
        {
            const std::lock_guard lock(mutex_);
            is_stopping_ = true;
            tasks_.clear();
            has_work_.notify_one();
            is_idle_.notify_all();
        }
        if (thread_.joinable()) thread_.join();
    }

private:
    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            has_work_.wait(lock, [this] { return is_stopping_ || !tasks_.empty(); });
            if (is_stopping_) return;
            std::function<void()> task = std::move(tasks_.front());
            tasks_.pop_front();
            is_running_ = true;
            lock.unlock();
            task();
            task = nullptr;  // what it holds goes before anybody is told that it is done
            lock.lock();
            is_running_ = false;
            if (tasks_.empty()) is_idle_.notify_all();
        }
    }

    std::mutex mutex_;
    std::condition_variable has_work_;
    std::condition_variable is_idle_;
    std::deque<std::function<void()>> tasks_;
    bool is_running_ = false;
    bool is_stopping_ = false;
    std::thread thread_;  // last: it begins when the rest is there
};

}  // namespace ruff::lsp
