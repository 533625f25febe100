#include "core/runtime/loop.h"

#include <unistd.h>

#include <thread>
#include <vector>

#include "tests/support/catch.h"
#include "tests/unit/vm/isolate_fixture.h"

namespace ruff::runtime {
namespace {

class Arrived final : public Completion {
  public:
    Arrived(std::vector<int>& log, int number) : log_(log), number_(number) {}
    void deliver(vm::Vm&) override { log_.push_back(number_); }

  private:
    std::vector<int>& log_;
    int number_;
};

void poll_until(vm::Vm& vm, const std::function<bool()>& done) {
    while (!done()) Loop::of(vm).poll(vm, vm::kNever);
}

}  // namespace

TEST_CASE_METHOD(vm::IsolateFixture, "completions of one thread arrive in the order of their posts", "[runtime]") {
    constexpr int kCount = 1000;
    std::vector<int> log;
    Mailbox mailbox = Loop::of(vm).mailbox();
    std::thread other([&] {
        for (int i = 0; i < kCount; ++i) (void)mailbox.post(std::make_unique<Arrived>(log, i));
    });
    poll_until(vm, [&] { return log.size() == kCount; });
    other.join();
    for (int i = 0; i < kCount; ++i) REQUIRE(log[i] == i);
}

TEST_CASE("a mailbox outlives its isolate and refuses", "[runtime]") {
    std::vector<int> log;
    std::optional<Mailbox> mailbox;
    {
        vm::IsolateFixture isolate;
        mailbox = Loop::of(isolate.vm).mailbox();
        CHECK(mailbox->post(std::make_unique<Arrived>(log, 1)));
    }
    CHECK_FALSE(mailbox->post(std::make_unique<Arrived>(log, 2)));
    CHECK(log.empty());
}

TEST_CASE_METHOD(vm::IsolateFixture, "a poll does not wait beyond its deadline", "[runtime]") {
    Loop::of(vm).poll(vm, 0);
    Loop::of(vm).poll(vm, vm::monotonic_now() + 2'000'000);
    SUCCEED();
}

TEST_CASE_METHOD(vm::IsolateFixture, "an operation under way is no deadlock", "[runtime]") {
    Loop& loop = Loop::of(vm);
    CHECK_FALSE(loop.has_outstanding());
    loop.begin_operation();
    CHECK(loop.has_outstanding());
    loop.end_operation();
    CHECK_FALSE(loop.has_outstanding());
}

TEST_CASE_METHOD(vm::IsolateFixture, "a watch calls once when the descriptor is ready, and never after its end", "[runtime]") {
    Loop& loop = Loop::of(vm);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    int calls = 0;
    {
        Watch watch(loop, ends[0]);
        watch.wait_readable([&] { ++calls; });
        loop.poll(vm, 0);
        CHECK(calls == 0);
        REQUIRE(::write(ends[1], "x", 1) == 1);
        poll_until(vm, [&] { return calls == 1; });
        loop.poll(vm, 0);
        CHECK(calls == 1);
        watch.wait_readable([&] { ++calls; });
    }
    loop.poll(vm, 0);
    CHECK(calls == 1);
    // The descriptor is still the owner's.
    CHECK(::close(ends[0]) == 0);
    CHECK(::close(ends[1]) == 0);
}

TEST_CASE_METHOD(vm::IsolateFixture, "an interrupt wakes a loop that waits without a deadline", "[runtime]") {
    Loop& loop = Loop::of(vm);
    std::thread other([&] { vm.request_interrupt(vm::kInterruptDump); });
    while (vm.interrupt.load() == 0) loop.poll(vm, vm::kNever);
    other.join();
    CHECK(vm.interrupt.load() == vm::kInterruptDump);
}

}  // namespace ruff::runtime
