#include "core/support/mutex.h"

#include <thread>
#include <type_traits>

#include "tests/support/catch.h"

namespace ruff {
namespace {

#ifdef NDEBUG

TEST_CASE("A mutex of what is shipped is the standard one") {
    CHECK(std::is_same_v<Mutex, std::mutex>);
    CHECK(locks_held() == 0);
}

#else

TEST_CASE("A thread knows how many locks it holds") {
    Mutex first, second;
    const int before = locks_held();
    {
        const std::lock_guard one(first);
        CHECK(locks_held() == before + 1);
        std::unique_lock two(second);
        CHECK(locks_held() == before + 2);
        std::thread([&] {
            CHECK(locks_held() == 0);
            CHECK_FALSE(first.try_lock());
            CHECK(locks_held() == 0);
        }).join();
        two.unlock();
        CHECK(locks_held() == before + 1);
    }
    CHECK(locks_held() == before);
}

TEST_CASE("Who waits for a condition holds no lock meanwhile") {
    Mutex mutex;
    ConditionVariable wake;
    bool is_due = false;
    std::thread waker([&] {
        const std::lock_guard lock(mutex);
        is_due = true;
        wake.notify_one();
    });
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return is_due; });
    CHECK(locks_held() == 1);
    lock.unlock();
    waker.join();
    CHECK(locks_held() == 0);
}

#endif

}  // namespace
}  // namespace ruff
