#include "core/runtime/channel.h"

#include <optional>

#include "core/runtime/permits.h"
#include "core/vm/machine.h"
#include "tests/support/catch.h"
#include "tests/unit/vm/isolate_fixture.h"

namespace ruff::runtime {
namespace {

using vm::Value;

/// Somebody who waits for a channel, and what became of that.
struct Waiting : ChannelWait {
    explicit Waiting(Value offered = Value::unset()) {
        sends = !offered.is(ValueKind::Unset);
        if (sends) value = std::move(offered);
        notify = [](vm::Vm&, ChannelWait& wait, Value given, bool is_open) {
            auto& self = static_cast<Waiting&>(wait);
            CHECK(self.channel == nullptr);   // unlinked already
            self.told_open = is_open;
            self.given = std::move(given);
        };
    }
    std::optional<bool> told_open;
    Value given;
};

class ChannelFixture : public vm::IsolateFixture {
protected:
    Channel::Sent send(Channel& channel, std::int64_t number) {
        Value value = Value::integer(number);
        return channel.send(vm, value);
    }
    std::string receive(Channel& channel) {
        Value value;
        switch (channel.receive(vm, value)) {
            case Channel::Received::Value: return vm::represented(value);
            case Channel::Received::Empty: return "empty";
            case Channel::Received::End: return "end";
            case Channel::Received::Raised: return raised();
        }
        return {};
    }
};

/// With fibers that never run.
class FiberFixture : public vm::IsolateFixture {
protected:
    ~FiberFixture() { vm::discard_fibers(vm); }
};

}  // namespace

TEST_CASE_METHOD(ChannelFixture, "a channel gives in order what it was sent, up to its capacity", "[runtime]") {
    Channel channel(2);
    CHECK(receive(channel) == "empty");
    CHECK(send(channel, 1) == Channel::Sent::Taken);
    CHECK(send(channel, 2) == Channel::Sent::Taken);
    CHECK(send(channel, 3) == Channel::Sent::Full);
    CHECK(channel.length() == 2);
    CHECK(receive(channel) == "1");
    CHECK(send(channel, 4) == Channel::Sent::Taken);
    CHECK(receive(channel) == "2");
    CHECK(receive(channel) == "4");
    CHECK(receive(channel) == "empty");
}

TEST_CASE_METHOD(ChannelFixture, "a closed channel gives what it holds, then its end", "[runtime]") {
    Channel channel(Channel::kUnbounded);
    CHECK(send(channel, 1) == Channel::Sent::Taken);
    channel.close(vm);
    channel.close(vm);
    CHECK(channel.is_closed());
    CHECK(send(channel, 2) == Channel::Sent::Closed);
    CHECK(receive(channel) == "1");
    CHECK(receive(channel) == "end");
    CHECK(receive(channel) == "end");
}

TEST_CASE_METHOD(ChannelFixture, "a value goes to the first who waits, without touching the queue", "[runtime]") {
    Channel channel(0);
    Waiting first, second, third;
    for (Waiting* each : {&first, &second, &third}) channel.add(*each);
    Channel::remove(second);
    CHECK(send(channel, 1) == Channel::Sent::Taken);
    CHECK(first.told_open == true);
    CHECK(vm::represented(first.given) == "1");
    CHECK(send(channel, 2) == Channel::Sent::Taken);
    CHECK(vm::represented(third.given) == "2");
    CHECK_FALSE(second.told_open.has_value());
    CHECK(channel.length() == 0);
    CHECK(send(channel, 3) == Channel::Sent::Full);
}

TEST_CASE_METHOD(ChannelFixture, "senders that wait are served in the order they came", "[runtime]") {
    for (const std::size_t capacity : {std::size_t{0}, std::size_t{1}}) {
        Channel channel(capacity);
        if (capacity == 1) CHECK(send(channel, 0) == Channel::Sent::Taken);
        Waiting first(Value::integer(1)), second(Value::integer(2));
        channel.add(first);
        channel.add(second);
        if (capacity == 1) CHECK(receive(channel) == "0");
        if (capacity == 1) CHECK(channel.length() == 1);   // the first sender's value has moved up
        if (capacity == 1) CHECK(first.told_open == true);
        CHECK(receive(channel) == "1");
        CHECK(first.told_open == true);
        CHECK(receive(channel) == "2");
        CHECK(second.told_open == true);
        CHECK(receive(channel) == "empty");
    }
}

TEST_CASE_METHOD(ChannelFixture, "closing tells everybody who waits", "[runtime]") {
    Channel empty(1), full(0);
    Waiting receiver, sender(Value::integer(1));
    empty.add(receiver);
    full.add(sender);
    empty.close(vm);
    full.close(vm);
    CHECK(receiver.told_open == false);
    CHECK(sender.told_open == false);
    CHECK(receive(full) == "end");   // what was not taken is not given any more
}

TEST_CASE_METHOD(FiberFixture, "a permit that is given back goes to whoever waited longest", "[runtime]") {
    Permits permits(1, false);
    vm::Fiber& first = *vm::new_fiber(vm, 1);
    vm::Fiber& second = *vm::new_fiber(vm, 1);
    CHECK(permits.try_take(1));
    CHECK_FALSE(permits.try_take(2));
    PermitWait one, two, gone;
    one.fiber = &first;
    two.fiber = &second;
    for (PermitWait* each : {&one, &gone, &two}) permits.add(*each);
    permits.remove(gone);
    permits.give_back(vm);
    CHECK(first.is_ready);
    CHECK_FALSE(second.is_ready);
    CHECK_FALSE(permits.try_take(3));   // nobody overtakes
    permits.give_back(vm);
    CHECK(second.is_ready);
    permits.give_back(vm);
    CHECK(permits.try_take(3));
}

TEST_CASE_METHOD(FiberFixture, "a mutex knows who holds it", "[runtime]") {
    Permits mutex(1, true);
    CHECK(mutex.holder() == 0);
    CHECK(mutex.try_take(7));
    CHECK(mutex.holder() == 7);
    vm::Fiber& next = *vm::new_fiber(vm, 1);
    PermitWait wait;
    wait.fiber = &next;
    wait.holder = 8;
    mutex.add(wait);
    mutex.give_back(vm);
    CHECK(mutex.holder() == 8);
    mutex.give_back(vm);
    CHECK(mutex.holder() == 0);
}

}  // namespace ruff::runtime
