// Bodies of the family `channels`: what waits on a channel, a mutex or a semaphore.
//
// Each waiting builtin is an operation that carries its node of the list it waits in. The operation holds what it waits on:
// the program may have dropped its own handle.

#include <memory>
#include <string>
#include <vector>

#include "core/builtins/bodies.h"
#include "core/builtins/duration.h"
#include "core/builtins/elements.h"
#include "core/runtime/channel.h"
#include "core/runtime/permits.h"
#include "core/vm/array.h"
#include "core/vm/operations.h"

namespace ruff::builtins::bodies {

using namespace ruff::vm;
using runtime::Channel;
using runtime::ChannelWait;
using runtime::Permits;
using runtime::PermitWait;

namespace {

Channel& channel_of(const Value& value) { return handle_of<Channel>(value); }

Outcome raise_negative(Call& call) {
    return call.raise(ErrorKind::Value, std::string(call.row.name) + ": parameter `" + std::string(call.row.parameters[0].name) +
                                            "` must not be negative, got " + std::to_string(call.integer(0)));
}

constexpr std::string_view kClosed = "Cannot send on a closed channel";

// --- one channel -------------------------------------------------------------------------------------------------

struct Send final : Operation, ChannelWait {
    Fiber* fiber = nullptr;
    Value keeps_alive;

    void cancel(Vm&) override { Channel::remove(*this); }
    [[nodiscard]] std::string_view describe() const override { return "send on a full channel"; }
    static void on_taken(Vm& vm, ChannelWait& wait, Value, bool is_open) {
        resume(vm, *static_cast<Send&>(wait).fiber, is_open ? Value() : make_error(ErrorKind::Value, kClosed), !is_open);
    }
};

struct Receive final : Operation, ChannelWait {
    Fiber* fiber = nullptr;
    Value keeps_alive;
    Value at_end;

    void cancel(Vm&) override { Channel::remove(*this); }
    [[nodiscard]] std::string_view describe() const override { return "receive on an empty channel"; }
    static void on_value(Vm& vm, ChannelWait& wait, Value value, bool is_open) {
        auto& receive = static_cast<Receive&>(wait);
        resume(vm, *receive.fiber, is_open ? std::move(value) : std::move(receive.at_end));
    }
};

Outcome receive(Call& call, Value at_end) {
    Channel& channel = channel_of(call[0]);
    Value value;
    switch (channel.receive(call.vm, value)) {
        case Channel::Received::Value: return call.done(std::move(value));
        case Channel::Received::End: return call.done(std::move(at_end));
        case Channel::Received::Raised: return Outcome::Raised;
        case Channel::Received::Empty: break;
    }
    auto* receive = new Receive;
    receive->fiber = call.vm.fiber;
    receive->notify = Receive::on_value;
    receive->keeps_alive = call[0];
    receive->at_end = std::move(at_end);
    channel.add(*receive);
    return suspend(call.vm, receive);
}

}  // namespace

Outcome channel(Call& call) {
    if (call.is_null(0)) return call.done(make_handle(ValueKind::Channel, new Channel(Channel::kUnbounded)));
    if (call.integer(0) < 0) return raise_negative(call);
    return call.done(make_handle(ValueKind::Channel, new Channel(static_cast<std::size_t>(call.integer(0)))));
}

Outcome channel_send(Call& call) {
    Channel& channel = channel_of(call[0]);
    Value value = call.take(1);
    switch (channel.send(call.vm, value)) {
        case Channel::Sent::Taken: return call.done(Value());
        case Channel::Sent::Closed: return call.raise(ErrorKind::Value, kClosed);
        case Channel::Sent::Raised: return Outcome::Raised;
        case Channel::Sent::OutOfMemory: return call.vm.raise_out_of_memory("channel");
        case Channel::Sent::Full: break;
    }
    auto* send = new Send;
    send->fiber = call.vm.fiber;
    send->sends = true;
    send->value = std::move(value);
    send->notify = Send::on_taken;
    send->keeps_alive = call[0];
    channel.add(*send);
    return suspend(call.vm, send);
}

Outcome channel_receive(Call& call) { return receive(call, Value()); }
Outcome channel_receive_or(Call& call) { return receive(call, call.take(1)); }

Outcome channel_try_receive(Call& call) {
    Value value;
    if (channel_of(call[0]).receive(call.vm, value) == Channel::Received::Raised) return Outcome::Raised;
    return call.done(std::move(value));
}

Outcome channel_close(Call& call) {
    channel_of(call[0]).close(call.vm);
    return call.done(Value());
}

// --- select ------------------------------------------------------------------------------------------------------

namespace {

/// A node in each channel, and the time-out. Whichever comes first takes the others back.
struct Select final : Operation, Timer {
    struct Node : ChannelWait {
        Select* select = nullptr;
        Value channel_value;
    };
    Fiber* fiber = nullptr;
    std::vector<Node> nodes;

    void cancel(Vm& vm) override {
        for (Node& node : nodes) Channel::remove(node);
        vm.scheduler.disarm(*this);
    }
    [[nodiscard]] std::string_view describe() const override { return "select"; }
};

Value channel_and_value(const Value& channel, Value value) {
    ArrayObject* pair = new_array(2);
    (void)array_push(pair, Value(channel));
    (void)array_push(pair, std::move(value));
    return Value::adopt(pair);
}

void on_selected(Vm& vm, ChannelWait& wait, Value value, bool) {
    auto& node = static_cast<Select::Node&>(wait);
    Select& select = *node.select;
    select.cancel(vm);
    resume(vm, *select.fiber, channel_and_value(node.channel_value, std::move(value)));
}

void on_select_timeout(Vm& vm, Timer& timer) {
    auto& select = static_cast<Select&>(timer);
    select.cancel(vm);
    resume(vm, *select.fiber, Value());
}

/// The channels of argument 0, a node each; false: raised.
bool collect_channels(Call& call, std::vector<Select::Node>& nodes) {
    ElementCursor cursor(call[0]);
    Value element;
    while (cursor.next(element)) {
        if (!element.is(ValueKind::Channel)) {
            call.raise(ErrorKind::Type, "select: element " + std::to_string(nodes.size()) + " is " +
                                            std::string(value_kind_name(element.kind())) + ", not a channel");
            return false;
        }
        nodes.emplace_back().channel_value = std::move(element);
    }
    if (!nodes.empty()) return true;
    call.raise(ErrorKind::Value, "select: there is no channel to wait for");
    return false;
}

}  // namespace

Outcome select(Call& call) {
    Vm& vm = call.vm;
    Instant deadline = kNever;
    if (!call.is_null(1) && !deadline_after(call, 1, deadline)) return Outcome::Raised;
    auto select = std::make_unique<Select>();
    if (!collect_channels(call, select->nodes)) return Outcome::Raised;
    for (const Select::Node& node : select->nodes) {
        Value value;
        const Channel::Received received = channel_of(node.channel_value).receive(vm, value);
        if (received == Channel::Received::Empty) continue;
        if (received == Channel::Received::Raised) return Outcome::Raised;
        return call.done(channel_and_value(node.channel_value, std::move(value)));
    }
    if (!call.is_null(1) && call.number(1) == 0) return call.done(Value());
    for (Select::Node& node : select->nodes) {
        node.select = select.get();
        node.notify = on_selected;
        channel_of(node.channel_value).add(node);
    }
    select->fiber = vm.fiber;
    select->fire = on_select_timeout;
    if (deadline != kNever) vm.scheduler.arm(*select, deadline);
    return suspend(vm, select.release());
}

// --- mutex, semaphore --------------------------------------------------------------------------------------------

namespace {

struct Acquire final : Operation, PermitWait {
    Value permits;
    std::string_view what;

    void cancel(Vm&) override { handle_of<Permits>(permits).remove(*this); }
    [[nodiscard]] std::string_view describe() const override { return what; }
};

/// The fiber that runs, or whoever pulls the generator that does: who holds a mutex.
std::uint64_t holder_id(const Vm& vm) {
    const Fiber* fiber = vm.fiber;
    while (fiber->generator != nullptr && fiber->resumer != nullptr) fiber = fiber->resumer;
    return fiber->id;
}

Outcome acquire(Call& call, std::string_view what) {
    Permits& permits = handle_of<Permits>(call[0]);
    if (permits.try_take(holder_id(call.vm))) return call.done(Value());
    auto* acquire = new Acquire;
    acquire->fiber = call.vm.fiber;
    acquire->holder = holder_id(call.vm);
    acquire->permits = call[0];
    acquire->what = what;
    permits.add(*acquire);
    return suspend(call.vm, acquire);
}

Outcome try_acquire(Call& call) { return call.done(Value::boolean(handle_of<Permits>(call[0]).try_take(holder_id(call.vm)))); }

}  // namespace

Outcome mutex(Call& call) { return call.done(make_handle(ValueKind::Mutex, new Permits(1, true))); }

Outcome mutex_lock(Call& call) {
    if (handle_of<Permits>(call[0]).holder() == holder_id(call.vm)) {
        return call.raise(ErrorKind::Value, "This fiber holds the mutex already");
    }
    return acquire(call, "lock of a mutex");
}

Outcome mutex_try_lock(Call& call) { return try_acquire(call); }

Outcome mutex_unlock(Call& call) {
    Permits& permits = handle_of<Permits>(call[0]);
    if (permits.holder() != holder_id(call.vm)) return call.raise(ErrorKind::Value, "This fiber does not hold the mutex");
    permits.give_back(call.vm);
    return call.done(Value());
}

Outcome semaphore(Call& call) {
    if (call.integer(0) < 0) return raise_negative(call);
    return call.done(make_handle(ValueKind::Semaphore, new Permits(call.integer(0), false)));
}

Outcome semaphore_acquire(Call& call) { return acquire(call, "acquire of a semaphore"); }
Outcome semaphore_try_acquire(Call& call) { return try_acquire(call); }

Outcome semaphore_release(Call& call) {
    handle_of<Permits>(call[0]).give_back(call.vm);
    return call.done(Value());
}

}  // namespace ruff::builtins::bodies
