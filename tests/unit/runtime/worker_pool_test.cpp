#include "core/runtime/worker_pool.h"

#include <future>
#include <latch>
#include <set>
#include <thread>

#include "core/support/mutex.h"
#include "tests/support/catch.h"

namespace ruff::runtime {
namespace {

class Task final : public Job {
public:
    explicit Task(std::function<void()> body) : body_(std::move(body)) {}
    void run() override { body_(); }

private:
    std::function<void()> body_;
};

void submit_task(Lane lane, std::function<void()> body) { submit(std::make_unique<Task>(std::move(body)), lane); }

}  // namespace

TEST_CASE("every job runs once, on a thread of the pool", "[runtime]") {
    constexpr int kCount = 1000;
    std::latch all(kCount);
    std::vector<std::atomic<int>> runs(kCount);
    Mutex mutex;
    std::set<std::thread::id> threads;
    for (int i = 0; i < kCount; ++i) {
        submit_task(Lane::Prompt, [&, i] {
            ++runs[i];
            {
                const std::lock_guard lock(mutex);
                threads.insert(std::this_thread::get_id());
            }
            all.count_down();
        });
    }
    all.wait();
    for (const std::atomic<int>& count : runs) CHECK(count == 1);
    CHECK(threads.count(std::this_thread::get_id()) == 0);
    CHECK(threads.size() <= prompt_thread_count());
}

TEST_CASE("jobs that wait for somebody else keep no others waiting", "[runtime]") {
    // More of them than the prompt lane has threads; none ends before every one runs.
    const auto count = static_cast<std::ptrdiff_t>(prompt_thread_count() + 4);
    std::latch all_run(count), may_end(1), all_ended(count);
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        submit_task(Lane::Patient, [&] {
            all_run.count_down();
            may_end.wait();
            all_ended.count_down();
        });
    }
    all_run.wait();
    std::promise<void> prompt, lookup;
    submit_task(Lane::Prompt, [&] { prompt.set_value(); });
    submit_task(Lane::Lookup, [&] { lookup.set_value(); });
    prompt.get_future().wait();
    lookup.get_future().wait();
    may_end.count_down();
    all_ended.wait();
}

TEST_CASE("a job may submit another", "[runtime]") {
    std::promise<void> done;
    submit_task(Lane::Prompt, [&] { submit_task(Lane::Patient, [&] { submit_task(Lane::Prompt, [&] { done.set_value(); }); }); });
    done.get_future().wait();
}

}  // namespace ruff::runtime
