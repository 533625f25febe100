#pragma once
// Channels: a queue of values between fibers, of one isolate or, once the channel has been sent, of several.
//
// A value that is sent goes to the first fiber that waits for one, without touching the queue; else into the queue while
// there is room; else the sender waits with it. Always:
//
//     receivers wait  ⇒  the queue is empty and no sender waits
//     senders wait    ⇒  the queue is full
//
// Fibers are served in the order they came. A closed channel takes nothing more and gives what it holds, then its end.
//
// Waiting is a node linked into the channel, embedded in the operation of whoever waits; a `select` has one node a channel.
// The node is unlinked before it is told, so that telling may free it. Whoever waits keeps the channel alive.
//
// Shared. The first time a channel goes to another isolate, its queue moves into a SharedChannel (core/runtime/shared_channel.h), and
// from then on every value goes through that as a message. Fibers wait in the same lists; the isolate's port tells them.
//
// Threads: a channel belongs to its isolate. Another isolate holds a handle of its own with the same `identity()`.

#include <cstdint>

#include <memory>

#include "core/runtime/shared_channel.h"
#include "core/vm/handle.h"
#include "core/vm/message.h"
#include "core/vm/vm.h"

namespace ruff::runtime {

class Channel;

/// A fiber's interest in one channel.
struct ChannelWait {
    ChannelWait* next = nullptr;
    ChannelWait* previous = nullptr;
    Channel* channel = nullptr;            ///< while linked
    bool sends = false;
    vm::Value value;                       ///< a sender's, until it is taken; of a shared channel null
    std::uint64_t ticket = 0;              ///< a sender's on a shared channel: which offer is its
    /// A receiver gets `value`, or learns that the channel has ended (`is_open` false). A sender learns that its value was
    /// taken, or that the channel was closed. The node is unlinked already.
    void (*notify)(vm::Vm& vm, ChannelWait& wait, vm::Value value, bool is_open) = nullptr;
};

class Channel final : public vm::Handle {
public:
    static constexpr std::size_t kUnbounded = SIZE_MAX;

    explicit Channel(std::size_t capacity);
    /// The handle of another isolate's channel in `vm`.
    Channel(vm::Vm& vm, std::shared_ptr<SharedChannel> shared);
    ~Channel() override;

    enum class Sent : std::uint8_t { Taken, Full, Closed, OutOfMemory, Raised };
    /// Takes `value` when it can be taken without waiting. Raised: it cannot go to another isolate.
    [[nodiscard]] Sent send(vm::Vm& vm, vm::Value& value);
    enum class Received : std::uint8_t { Value, Empty, End, Raised };
    /// Gives the first value if there is one.
    [[nodiscard]] Received receive(vm::Vm& vm, vm::Value& result);
    /// Waiting receivers learn of the end, waiting senders that they came too late. Closing twice does nothing.
    void close(vm::Vm& vm);

    /// Links a node that `send` refused as Full, or `receive` as Empty.
    void add(ChannelWait& wait);
    static void remove(ChannelWait& wait);

    /// Values in the queue; those of waiting senders do not count.
    [[nodiscard]] std::size_t length() const { return shared_ != nullptr ? shared_->length() : queue_.as_array()->size; }
    [[nodiscard]] bool is_closed() const { return shared_ != nullptr ? shared_->is_closed() : is_closed_; }
    [[nodiscard]] std::string describe() const override { return "channel"; }
    [[nodiscard]] const void* identity() const override;
    [[nodiscard]] std::unique_ptr<vm::Transfer> send(vm::Vm& vm) override;

    // --- for the port of a shared channel
    /// There may be something to receive, or the channel was closed.
    void look(vm::Vm& vm);
    void offer_settled(vm::Vm& vm, std::uint64_t ticket, bool was_taken);

private:
    struct List {
        ChannelWait* first = nullptr;
        ChannelWait* last = nullptr;
    };
    void unlink(ChannelWait& wait);
    /// Moves everything into a SharedChannel. False: raised, and nothing has changed.
    [[nodiscard]] bool share(vm::Vm& vm);

    vm::Value queue_;                      ///< an array that nobody else holds
    std::size_t capacity_;
    List receivers_, senders_;
    std::uint64_t id_;                     ///< of the process: the same for every isolate's handle
    bool is_closed_ = false;
    std::shared_ptr<SharedChannel> shared_;
    std::shared_ptr<ChannelPort> port_;
    vm::Message refused_;                  ///< between `send`, which gave Full, and `add`
    std::uint64_t next_ticket_ = 1;
};

}  // namespace ruff::runtime
