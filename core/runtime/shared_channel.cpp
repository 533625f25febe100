#include "core/runtime/shared_channel.h"

#include <algorithm>

#include "core/runtime/channel.h"
#include "core/runtime/task_pool.h"

namespace ruff::runtime {

namespace {

/// There may be something to receive. A receiver that has gone meanwhile, alone or with its isolate, leaves the word to the next.
class Look final : public Delivery {
public:
    Look(std::shared_ptr<SharedChannel> shared, std::shared_ptr<ChannelPort> port) : shared_(std::move(shared)), port_(std::move(port)) {}
    ~Look() override {
        if (!was_seen_) shared_->pass_on();
    }
    void act(vm::Vm& vm) override {
        if (port_->channel == nullptr) return;
        was_seen_ = true;
        port_->channel->look(vm);
    }

private:
    const std::shared_ptr<SharedChannel> shared_;
    const std::shared_ptr<ChannelPort> port_;
    bool was_seen_ = false;
};

/// What became of a waiting sender's message.
class OfferSettled final : public Delivery {
public:
    OfferSettled(std::shared_ptr<ChannelPort> port, std::uint64_t ticket, bool was_taken)
        : port_(std::move(port)), ticket_(ticket), was_taken_(was_taken) {}
    void act(vm::Vm& vm) override {
        if (port_->channel != nullptr) port_->channel->offer_settled(vm, ticket_, was_taken_);
    }

private:
    std::shared_ptr<ChannelPort> port_;
    const std::uint64_t ticket_;
    const bool was_taken_;
};

}  // namespace

void SharedChannel::post(Told told) {
    for (auto& [port, delivery] : told) pool_.post(port->mailbox, std::move(delivery));
}

void SharedChannel::tell_receiver(Told& told) {
    if (receivers_.empty()) return;
    std::shared_ptr<ChannelPort> port = std::move(receivers_.front());
    receivers_.pop_front();
    auto look = std::make_unique<Look>(shared_from_this(), port);
    told.emplace_back(std::move(port), std::move(look));
}

SharedChannel::Sent SharedChannel::push_locked(vm::Message& message, Told& told) {
    if (is_closed_) return Sent::Closed;
    // Without capacity a message is taken when somebody waits for it.
    if (capacity_ == 0 ? receivers_.empty() : queue_.size() >= capacity_) return Sent::Full;
    queue_.push_back(std::move(message));
    tell_receiver(told);
    return Sent::Taken;
}

SharedChannel::Sent SharedChannel::push(vm::Message& message) {
    Told told;
    Sent sent;
    {
        const std::lock_guard lock(mutex_);
        sent = push_locked(message, told);
    }
    post(std::move(told));
    return sent;
}

void SharedChannel::offer(const std::shared_ptr<ChannelPort>& port, std::uint64_t ticket, vm::Message message) {
    Told told;
    {
        const std::lock_guard lock(mutex_);
        const Sent sent = push_locked(message, told);   // there may be room by now
        if (sent == Sent::Full) offers_.push_back({port, ticket, std::move(message)});
        else told.emplace_back(port, std::make_unique<OfferSettled>(port, ticket, sent == Sent::Taken));
    }
    post(std::move(told));
}

void SharedChannel::withdraw(const ChannelPort& port, std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    std::erase_if(offers_, [&](const Offer& offer) { return offer.port.get() == &port && offer.ticket == ticket; });
}

vm::Message SharedChannel::take_offer(Told& told) {
    Offer& offer = offers_.front();
    vm::Message message = std::move(offer.message);
    auto settled = std::make_unique<OfferSettled>(offer.port, offer.ticket, true);
    told.emplace_back(std::move(offer.port), std::move(settled));
    offers_.pop_front();
    return message;
}

SharedChannel::Received SharedChannel::pop(vm::Message& message) {
    Told told;
    Received received = Received::Message;
    {
        const std::lock_guard lock(mutex_);
        if (!queue_.empty()) {
            message = std::move(queue_.front());
            queue_.pop_front();
            if (!offers_.empty() && queue_.size() < capacity_) {
                queue_.push_back(take_offer(told));
                tell_receiver(told);
            }
        } else if (!offers_.empty()) {
            message = take_offer(told);
        } else {
            received = is_closed_ ? Received::End : Received::Empty;
        }
    }
    post(std::move(told));
    return received;
}

void SharedChannel::want(const std::shared_ptr<ChannelPort>& port) {
    Told told;
    {
        const std::lock_guard lock(mutex_);
        if (!queue_.empty() || !offers_.empty() || is_closed_) told.emplace_back(port, std::make_unique<Look>(shared_from_this(), port));
        else receivers_.push_back(port);
    }
    post(std::move(told));
}

void SharedChannel::pass_on() {
    Told told;
    {
        const std::lock_guard lock(mutex_);
        if (!queue_.empty() || !offers_.empty()) tell_receiver(told);
    }
    post(std::move(told));
}

void SharedChannel::close() {
    Told told;
    std::deque<Offer> refused;   // ends after the lock, with what the messages hold
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
        while (!receivers_.empty()) tell_receiver(told);
        refused.swap(offers_);
        for (Offer& offer : refused) {
            auto settled = std::make_unique<OfferSettled>(offer.port, offer.ticket, false);
            told.emplace_back(offer.port, std::move(settled));
        }
    }
    post(std::move(told));
}

bool SharedChannel::is_closed() const {
    const std::lock_guard lock(mutex_);
    return is_closed_;
}

std::size_t SharedChannel::length() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

}  // namespace ruff::runtime
