#pragma once
// A channel that several isolates use: the queue of messages behind their `Channel` handles.
//
//     isolate A: Channel ── Port ──┐                     queue     messages sent and not received, at most the capacity
//                                  ├── SharedChannel ──  offers    of fibers whose `send` waits for room
//     isolate B: Channel ── Port ──┘                     receivers ports with a fiber whose `receive` waits
//
// A message stays in the queue until the thread that receives it takes it out, so none is lost when a receiver is cancelled on the
// way: a port that was told to look, and has nobody waiting any more, passes the word on. A waiting sender's message lies here, too;
// whoever makes room moves it along and tells the port whose it was.
//
// Threads: any. The lock is held for a few steps and never while code of a program runs.

#include <cstdint>
#include <deque>
#include <memory>

#include "core/runtime/isolate.h"
#include "core/support/mutex.h"
#include "core/vm/message.h"

namespace ruff::runtime {

class Channel;
class TaskPool;

/// One isolate's end of a shared channel.
struct ChannelPort {
    explicit ChannelPort(const Mailbox& isolate_mailbox, Channel* isolate_channel) : mailbox(isolate_mailbox), channel(isolate_channel) {}
    const Mailbox mailbox;
    Channel* channel;   ///< for the isolate's thread only; null: the handle has gone
};

class SharedChannel : public std::enable_shared_from_this<SharedChannel> {
public:
    SharedChannel(TaskPool& pool, std::size_t capacity, std::uint64_t id) : pool_(pool), capacity_(capacity), id_(id) {}

    enum class Sent : std::uint8_t { Taken, Full, Closed };
    /// `message` is taken unless the channel is full or closed.
    [[nodiscard]] Sent push(vm::Message& message);
    /// After Full: the message waits for room. The port is told `settled(ticket)` when it has been taken, or the channel closed.
    void offer(const std::shared_ptr<ChannelPort>& port, std::uint64_t ticket, vm::Message message);
    /// The fiber does not wait any more; a message that has been taken meanwhile stays sent.
    void withdraw(const ChannelPort& port, std::uint64_t ticket);

    enum class Received : std::uint8_t { Message, Empty, End };
    [[nodiscard]] Received pop(vm::Message& message);
    /// After Empty: the port is told once to look again.
    void want(const std::shared_ptr<ChannelPort>& port);
    /// A port was told to look and has nobody waiting: another one is told, if there is something to receive.
    void pass_on();

    void close();
    [[nodiscard]] bool is_closed() const;
    [[nodiscard]] std::size_t length() const;
    [[nodiscard]] std::uint64_t id() const { return id_; }

private:
    struct Offer {
        std::shared_ptr<ChannelPort> port;
        std::uint64_t ticket;
        vm::Message message;
    };
    using Told = std::deque<std::pair<std::shared_ptr<ChannelPort>, std::unique_ptr<Delivery>>>;
    // With the lock held; deliveries are posted when it is not.
    [[nodiscard]] Sent push_locked(vm::Message& message, Told& told);
    void tell_receiver(Told& told);
    [[nodiscard]] vm::Message take_offer(Told& told);
    void post(Told told);

    TaskPool& pool_;
    const std::size_t capacity_;
    const std::uint64_t id_;
    mutable Mutex mutex_;
    std::deque<vm::Message> queue_;
    std::deque<Offer> offers_;
    std::deque<std::shared_ptr<ChannelPort>> receivers_;
    bool is_closed_ = false;
};

}  // namespace ruff::runtime
