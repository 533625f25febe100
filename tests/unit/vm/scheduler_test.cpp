#include "core/vm/scheduler.h"

#include <vector>

#include "tests/support/catch.h"
#include "tests/unit/vm/isolate_fixture.h"

namespace ruff::vm {
namespace {

constexpr Instant kHour = Instant{3600} * 1'000'000'000;

struct Logged : Timer {
    Logged(std::vector<int>& into, int its_number) : log(into), number(its_number) {
        fire = [](Vm&, Timer& timer) {
            auto& self = static_cast<Logged&>(timer);
            self.log.push_back(self.number);
        };
    }
    std::vector<int>& log;
    int number;
};

}  // namespace

TEST_CASE_METHOD(IsolateFixture, "timers fire in the order of their deadlines, equal ones in the order in which they were armed", "[vm]") {
    std::vector<int> log;
    std::vector<Logged> timers;
    for (int i = 0; i < 6; ++i) timers.emplace_back(log, i);
    const Instant past = monotonic_now() - 1000;
    const Instant deadlines[] = {past, past - 2, past, past - 2, past - 1, past};
    for (int i = 0; i < 6; ++i) vm.scheduler.arm(timers[i], deadlines[i]);
    vm.scheduler.disarm(timers[2]);
    vm.scheduler.disarm(timers[2]);   // twice does nothing
    CHECK(vm.scheduler.next(vm) == nullptr);
    CHECK(log == std::vector{1, 3, 4, 0, 5});
}

TEST_CASE_METHOD(IsolateFixture, "a background timer keeps nothing waiting", "[vm]") {
    // A program that ends by an error has a second for what is left: when nothing is left, it ends at once.
    std::vector<int> log;
    Logged grace(log, 1), other(log, 2);
    grace.is_background = true;
    vm.scheduler.arm(grace, monotonic_now() + kHour);
    CHECK(vm.scheduler.next(vm) == nullptr);
    vm.scheduler.arm(other, monotonic_now() + 1'000'000);
    CHECK(vm.scheduler.next(vm) == nullptr);
    CHECK(log == std::vector{2});
    CHECK(grace.slot != 0);
    vm.scheduler.disarm(grace);
}

}  // namespace ruff::vm
