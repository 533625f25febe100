#include "core/runtime/channel.h"

#include <atomic>
#include <bit>
#include <utility>
#include <vector>

#include "core/runtime/isolate.h"
#include "core/vm/array.h"

namespace ruff::runtime {

using vm::Value;
using vm::Vm;

namespace {
std::atomic<std::uint64_t> next_id{1};
}

Channel::Channel(std::size_t capacity)
    : queue_(Value::adopt(vm::new_array(0))), capacity_(capacity), id_(next_id.fetch_add(1, std::memory_order_relaxed)) {}

const void* Channel::identity() const { return std::bit_cast<const void*>(static_cast<std::uintptr_t>(id_)); }

Channel::Channel(Vm& vm, std::shared_ptr<SharedChannel> shared)
    : capacity_(0), id_(shared->id()), shared_(std::move(shared)),
      port_(std::make_shared<ChannelPort>(Isolate::of(vm).mailbox(), this)) {}

Channel::~Channel() {
    if (port_ != nullptr) port_->channel = nullptr;
}

Channel::Sent Channel::send(Vm& vm, Value& value) {
    if (shared_ != nullptr) {
        if (shared_->is_closed()) return Sent::Closed;
        if (!vm::write_message(vm, std::move(value), vm::Sending::Value, refused_)) return Sent::Raised;
        switch (shared_->push(refused_)) {
            case SharedChannel::Sent::Taken: return Sent::Taken;
            case SharedChannel::Sent::Full: return Sent::Full;
            case SharedChannel::Sent::Closed: return Sent::Closed;
        }
    }
    if (is_closed_) return Sent::Closed;
    if (ChannelWait* receiver = receivers_.first; receiver != nullptr) {
        unlink(*receiver);
        receiver->notify(vm, *receiver, std::move(value), true);
        return Sent::Taken;
    }
    if (length() >= capacity_) return Sent::Full;
    return vm::array_push(queue_.as_array(), std::move(value)) ? Sent::Taken : Sent::OutOfMemory;
}

Channel::Received Channel::receive(Vm& vm, Value& result) {
    if (shared_ != nullptr) {
        vm::Message message;
        switch (shared_->pop(message)) {
            case SharedChannel::Received::Message:
                return vm::read_message(vm, std::move(message), result) ? Received::Value : Received::Raised;
            case SharedChannel::Received::Empty: return Received::Empty;
            case SharedChannel::Received::End: return Received::End;
        }
    }
    vm::ArrayObject* queue = queue_.as_array();
    ChannelWait* sender = senders_.first;
    if (queue->size == 0 && sender == nullptr) return is_closed_ ? Received::End : Received::Empty;
    if (queue->size > 0) result = vm::array_remove_at(queue, 0);
    if (sender != nullptr) {
        unlink(*sender);
        Value offered = std::move(sender->value);
        if (capacity_ == 0) result = std::move(offered);
        else (void)vm::array_push(queue, std::move(offered));   // there is room: one was taken
        sender->notify(vm, *sender, Value(), true);
    }
    return Received::Value;
}

void Channel::close(Vm& vm) {
    if (shared_ != nullptr) return shared_->close();
    is_closed_ = true;
    for (List* list : {&receivers_, &senders_}) {
        while (ChannelWait* wait = list->first) {
            unlink(*wait);
            wait->notify(vm, *wait, Value(), false);
        }
    }
}

void Channel::add(ChannelWait& wait) {
    List& list = wait.sends ? senders_ : receivers_;
    wait.channel = this;
    wait.next = nullptr;
    wait.previous = list.last;
    (list.last != nullptr ? list.last->next : list.first) = &wait;
    list.last = &wait;
    if (shared_ == nullptr) return;
    Isolate::of(*vm::current_vm()).begin_wait();
    if (wait.sends) {
        wait.ticket = next_ticket_++;
        shared_->offer(port_, wait.ticket, std::move(refused_));
    } else {
        shared_->want(port_);
    }
}

void Channel::remove(ChannelWait& wait) {
    Channel* channel = wait.channel;
    if (channel == nullptr) return;
    channel->unlink(wait);
    if (channel->shared_ != nullptr && wait.sends) channel->shared_->withdraw(*channel->port_, wait.ticket);
}

void Channel::unlink(ChannelWait& wait) {
    List& list = wait.sends ? senders_ : receivers_;
    (wait.previous != nullptr ? wait.previous->next : list.first) = wait.next;
    (wait.next != nullptr ? wait.next->previous : list.last) = wait.previous;
    wait.channel = nullptr;
    if (shared_ != nullptr) Isolate::of(*vm::current_vm()).end_wait();
}

// --- shared ------------------------------------------------------------------------------------------------------

namespace {

class ChannelTransfer final : public vm::Transfer {
public:
    explicit ChannelTransfer(std::shared_ptr<SharedChannel> shared) : shared_(std::move(shared)) {}
    Value open(Vm& vm) override { return vm::make_handle(ValueKind::Channel, new Channel(vm, shared_)); }

private:
    std::shared_ptr<SharedChannel> shared_;
};

}  // namespace

std::unique_ptr<vm::Transfer> Channel::send(Vm& vm) {
    if (shared_ == nullptr && !share(vm)) return nullptr;
    return std::make_unique<ChannelTransfer>(shared_);
}

bool Channel::share(Vm& vm) {
    // Everything is written first: what cannot go leaves the channel as it was.
    std::vector<vm::Message> queued, offered;
    for (const Value& value : *queue_.as_array()) {
        if (!vm::write_message(vm, value, vm::Sending::Value, queued.emplace_back())) return false;
    }
    for (const ChannelWait* wait = senders_.first; wait != nullptr; wait = wait->next) {
        if (!vm::write_message(vm, wait->value, vm::Sending::Value, offered.emplace_back())) return false;
    }
    Isolate& isolate = Isolate::of(vm);
    shared_ = std::make_shared<SharedChannel>(isolate.pool(), capacity_, id_);
    port_ = std::make_shared<ChannelPort>(isolate.mailbox(), this);
    for (vm::Message& message : queued) (void)shared_->push(message);
    std::size_t next = 0;
    for (ChannelWait* wait = senders_.first; wait != nullptr; wait = wait->next) {
        wait->value.set_null();
        wait->ticket = next_ticket_++;
        isolate.begin_wait();
        shared_->offer(port_, wait->ticket, std::move(offered[next++]));
    }
    for (ChannelWait* wait = receivers_.first; wait != nullptr; wait = wait->next) {
        isolate.begin_wait();
        shared_->want(port_);
    }
    if (is_closed_) shared_->close();
    queue_.set_null();
    return true;
}

void Channel::look(Vm& vm) {
    // The word is used up by one receiver; the others have given theirs.
    ChannelWait* wait = receivers_.first;
    if (wait == nullptr) return shared_->pass_on();
    Value value;
    switch (receive(vm, value)) {
        case Received::Empty: return shared_->want(port_);   // somebody else was faster
        case Received::Value:
            unlink(*wait);
            wait->notify(vm, *wait, std::move(value), true);
            return;
        case Received::Raised:   // memory was refused; the message is gone, and there is no one to tell but the receiver
            (void)vm.take_pending_error();
            [[fallthrough]];
        case Received::End:
            unlink(*wait);
            wait->notify(vm, *wait, Value(), false);
    }
}

void Channel::offer_settled(Vm& vm, std::uint64_t ticket, bool was_taken) {
    for (ChannelWait* wait = senders_.first; wait != nullptr; wait = wait->next) {
        if (wait->ticket != ticket) continue;
        unlink(*wait);
        return wait->notify(vm, *wait, Value(), was_taken);
    }
}

}  // namespace ruff::runtime
