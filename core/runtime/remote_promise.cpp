#include "core/runtime/remote_promise.h"

#include <algorithm>

#include "core/runtime/task_pool.h"
#include "core/vm/error.h"
#include "core/vm/vm.h"

namespace ruff::runtime {

using vm::PromiseObject;
using vm::PromiseState;
using vm::Value;
using vm::Vm;

/// One isolate's promise that waits for the outcome. Belongs to that isolate; the RemotePromise keeps it to tell it. The promise
/// is held until it settles: `is_sole_holder` knows of that reference.
class RemoteWait : public std::enable_shared_from_this<RemoteWait> {
public:
    RemoteWait(Vm& vm, std::shared_ptr<RemotePromise> remote, PromiseObject& promise)
        : mailbox(Isolate::of(vm).mailbox()), remote_(std::move(remote)), promise_(&promise) {
        vm::retain(&promise.head);
        promise.operation = this;
        promise.cancel_operation = cancel;
        remote_->add_handle();
        Isolate::of(vm).begin_wait();
    }
    ~RemoteWait() {
        if (remote_ != nullptr) remote_->drop_handle();
    }

    /// The outcome is there.
    void settle(Vm& vm) {
        if (promise_ == nullptr) return;   // cancelled meanwhile
        PromiseObject* promise = release(vm);
        Value outcome;
        const bool is_fulfilled = remote_->state() == RemotePromise::State::Fulfilled;
        PromiseState state = is_fulfilled ? PromiseState::Fulfilled : PromiseState::Rejected;
        if (!remote_->read(vm, outcome)) {
            outcome = vm.take_pending_error();
            state = PromiseState::Rejected;
        }
        remote_->observe();   // from here on it is the promise's failure
        vm::settle(vm, *promise, state, std::move(outcome));
        vm::release(&promise->head);
    }

    /// The isolate's own handle of the work, which counts as one besides this wait, lives on or has gone.
    void set_handled(bool is_handled) { is_handled_ = is_handled; }

    /// What a pending promise of an isolate waits for; null when it is the isolate's own.
    static RemotePromise* remote_of(const PromiseObject& promise) {
        const bool is_remote = promise.state == PromiseState::Pending && promise.cancel_operation == cancel;
        return is_remote ? static_cast<RemoteWait*>(promise.operation)->remote_.get() : nullptr;
    }

    const Mailbox mailbox;

private:
    /// Ends the wait; the caller gets the reference.
    PromiseObject* release(Vm& vm) {
        promise_->operation = nullptr;
        promise_->cancel_operation = nullptr;
        Isolate::of(vm).end_wait();
        return std::exchange(promise_, nullptr);
    }

    static void cancel(Vm& vm, PromiseObject& promise) {
        auto self = static_cast<RemoteWait*>(promise.operation)->shared_from_this();
        self->remote_->observe();
        if (self->remote_->handle_count() == (self->is_handled_ ? 2 : 1)) {
            self->remote_->request_cancel();   // the promise settles once the work has unwound
        } else {
            vm::release(&self->release(vm)->head);
        }
    }

    std::shared_ptr<RemotePromise> remote_;
    PromiseObject* promise_;
    bool is_handled_ = false;
};

void note_handle(PromiseObject& promise, bool lives) {
    if (promise.state == PromiseState::Pending && promise.operation != nullptr) {
        static_cast<RemoteWait*>(promise.operation)->set_handled(lives);
    }
}

namespace {

class Settled final : public Delivery {
public:
    explicit Settled(std::shared_ptr<RemoteWait> wait) : wait_(std::move(wait)) {}
    void act(Vm& vm) override { wait_->settle(vm); }

private:
    std::shared_ptr<RemoteWait> wait_;
};

}  // namespace

RemotePromise::State RemotePromise::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

bool RemotePromise::settle(State state, vm::Message outcome) {
    std::vector<std::shared_ptr<RemoteWait>> waits;
    {
        const std::lock_guard lock(mutex_);
        if (state_ != State::Pending) return false;
        outcome_ = std::move(outcome);
        state_ = state;
        waits.swap(waits_);
    }
    for (std::shared_ptr<RemoteWait>& wait : waits) {
        const Mailbox mailbox = wait->mailbox;
        pool_.post(mailbox, std::make_unique<Settled>(std::move(wait)));
    }
    return true;
}

PromiseObject* RemotePromise::open(Vm& vm) {
    PromiseObject* promise = vm::new_promise();
    promise->started_at = vm.current_position();
    auto wait = std::make_shared<RemoteWait>(vm, shared_from_this(), *promise);
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::Pending) {
            waits_.push_back(std::move(wait));
            return promise;
        }
    }
    wait->settle(vm);
    return promise;
}

bool RemotePromise::read(Vm& vm, Value& outcome) const {
    const State settled = state();
    if (settled == State::Cancelled) {
        outcome = vm::make_error(vm::ErrorKind::Cancelled, "Task was cancelled");
        return true;
    }
    return vm::copy_message(vm, outcome_, outcome);   // does not change once it is settled
}

void RemotePromise::drop_handle() {
    if (--handles_ != 0) return;
    report_failure();
}

bool RemotePromise::claim_report() {
    const std::lock_guard lock(mutex_);
    if (state_ != State::Rejected || is_observed_) return false;
    return !std::exchange(is_reported_, true);
}

void RemotePromise::report_failure() {
    if (claim_report()) pool_.report(shared_from_this());
}

// --- promises that are sent ----------------------------------------------------------------------------------------

namespace {

/// A promise of another isolate. `source` is touched by that isolate's thread only.
class SentPromise final : public RemotePromise {
public:
    SentPromise(TaskPool& pool, const Mailbox& owner) : RemotePromise(pool), owner_(owner) { observe(); }

    struct Source : vm::Waiter {
        std::shared_ptr<SentPromise> sent;
        Value stands_for;
    };
    Source* source = nullptr;

    void request_cancel() override;
    [[nodiscard]] bool request_settle(State state, vm::Message&& outcome) override;
    [[nodiscard]] std::string headline(Vm&) const override { return {}; }   // sending counts as awaiting: never reported

private:
    const Mailbox owner_;
};

class CancelSource final : public Delivery {
public:
    explicit CancelSource(std::shared_ptr<SentPromise> sent) : sent_(std::move(sent)) {}
    void act(Vm& vm) override {
        if (sent_->source != nullptr) vm::cancel_promise(vm, *vm::as_promise(sent_->source->stands_for));
    }

private:
    std::shared_ptr<SentPromise> sent_;
};

void SentPromise::request_cancel() { pool().post(owner_, std::make_unique<CancelSource>(std::static_pointer_cast<SentPromise>(shared_from_this()))); }

class SettleSource final : public Delivery {
public:
    SettleSource(std::shared_ptr<SentPromise> sent, PromiseState state, vm::Message outcome)
        : sent_(std::move(sent)), state_(state), outcome_(std::move(outcome)) {}
    void act(Vm& vm) override {
        if (sent_->source == nullptr) return;   // another was first
        const Value promise = sent_->source->stands_for;
        Value outcome;
        if (!vm::read_message(vm, std::move(outcome_), outcome)) {
            outcome = vm.take_pending_error();
            state_ = PromiseState::Rejected;
        }
        // It may itself have come from another isolate.
        const bool is_fulfilled = state_ == PromiseState::Fulfilled;
        if (settle_elsewhere(vm, *vm::as_promise(promise), is_fulfilled, outcome) != SettlingElsewhere::NotSent) return;
        vm::settle(vm, *vm::as_promise(promise), state_, std::move(outcome));
    }

private:
    std::shared_ptr<SentPromise> sent_;
    PromiseState state_;
    vm::Message outcome_;
};

bool SentPromise::request_settle(State state, vm::Message&& outcome) {
    const auto settled = state == State::Fulfilled ? PromiseState::Fulfilled : PromiseState::Rejected;
    auto self = std::static_pointer_cast<SentPromise>(shared_from_this());
    pool().post(owner_, std::make_unique<SettleSource>(std::move(self), settled, std::move(outcome)));
    return true;
}

class PromiseTransfer final : public RemoteTransfer<SentPromise> {
public:
    using RemoteTransfer::RemoteTransfer;
    Value open(Vm& vm) override {
        PromiseObject* promise = remote_->open(vm);
        promise->head.flags |= vm::kPromiseObserved;   // whoever sent it counts as awaiting it: nobody here has to
        return Value::adopt(promise);
    }
};

/// Gives the sent promise the outcome of the one it stands for.
void pass_on(Vm& vm, SentPromise& sent, PromiseObject& promise) {
    const bool is_fulfilled = promise.state == PromiseState::Fulfilled;
    vm::Message outcome;
    auto state = is_fulfilled ? RemotePromise::State::Fulfilled : RemotePromise::State::Rejected;
    if (!vm::write_message(vm, promise.result, vm::Sending::Value, outcome)) {
        const Value error = vm.take_pending_error();
        state = RemotePromise::State::Rejected;
        (void)vm::write_message(vm, error, vm::Sending::Value, outcome);
    }
    sent.settle(state, std::move(outcome));
}

}  // namespace

std::unique_ptr<vm::Transfer> send_promise(Vm& vm, PromiseObject& promise) {
    Isolate& isolate = Isolate::of(vm);
    auto sent = std::make_shared<SentPromise>(isolate.pool(), isolate.mailbox());
    promise.head.flags |= vm::kPromiseObserved;
    if (promise.state != PromiseState::Pending) {
        pass_on(vm, *sent, promise);
        return std::make_unique<PromiseTransfer>(std::move(sent));
    }
    auto* source = new SentPromise::Source;
    source->sent = sent;
    source->stands_for = Value::share(&promise);
    sent->source = source;
    source->notify = [](Vm& isolate_vm, vm::Waiter& waiter) {
        const std::unique_ptr<SentPromise::Source> ended(static_cast<SentPromise::Source*>(&waiter));
        ended->sent->source = nullptr;
        pass_on(isolate_vm, *ended->sent, *vm::as_promise(ended->stands_for));
    };
    vm::add_waiter(promise, *source);
    return std::make_unique<PromiseTransfer>(std::move(sent));
}

SettlingElsewhere settle_elsewhere(Vm& vm, const PromiseObject& promise, bool is_fulfilled, const Value& outcome) {
    RemotePromise* remote = RemoteWait::remote_of(promise);
    if (remote == nullptr) return SettlingElsewhere::NotSent;
    vm::Message message;
    if (!vm::write_message(vm, outcome, vm::Sending::Value, message)) return SettlingElsewhere::Raised;
    const auto state = is_fulfilled ? RemotePromise::State::Fulfilled : RemotePromise::State::Rejected;
    return remote->request_settle(state, std::move(message)) ? SettlingElsewhere::Done : SettlingElsewhere::NotSent;
}

}  // namespace ruff::runtime
