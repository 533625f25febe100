#include "core/runtime/channel.h"

#include <atomic>
#include <bit>
#include <utility>

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

Channel::Sent Channel::send(Vm& vm, Value& value) {
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
}

void Channel::remove(ChannelWait& wait) {
    if (wait.channel != nullptr) wait.channel->unlink(wait);
}

void Channel::unlink(ChannelWait& wait) {
    List& list = wait.sends ? senders_ : receivers_;
    (wait.previous != nullptr ? wait.previous->next : list.first) = wait.next;
    (wait.next != nullptr ? wait.next->previous : list.last) = wait.previous;
    wait.channel = nullptr;
}

}  // namespace ruff::runtime
