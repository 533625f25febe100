#pragma once
// A promise that several isolates can wait for: what a task gives, and what a promise becomes when it is sent.
//
//     isolate A: PromiseObject ──┐
//                                ├── RemotePromise ◀── settled once, by the isolate that does the work
//     isolate B: PromiseObject ──┘        └── the outcome as a message; each isolate reads a copy of its own
//
// Threads: any, unless said otherwise.

#include <atomic>
#include <memory>
#include <vector>

#include "core/runtime/isolate.h"
#include "core/support/mutex.h"
#include "core/vm/handle.h"
#include "core/vm/message.h"
#include "core/vm/promise.h"

namespace ruff::runtime {

class RemoteWait;

class RemotePromise : public std::enable_shared_from_this<RemotePromise> {
public:
    enum class State : std::uint8_t { Pending, Fulfilled, Rejected, Cancelled };

    explicit RemotePromise(TaskPool& pool) : pool_(pool) {}
    virtual ~RemotePromise() = default;
    RemotePromise(const RemotePromise&) = delete;
    RemotePromise& operator=(const RemotePromise&) = delete;

    [[nodiscard]] State state() const;
    /// The first outcome counts. `outcome`: the value or error; nothing when cancelled.
    bool settle(State state, vm::Message outcome);

    /// A promise of `vm`, whose isolate is running, that settles as this one does; with a reference for the caller. Cancelling it
    /// cancels the work when nobody else can want it.
    [[nodiscard]] vm::PromiseObject* open(vm::Vm& vm);

    /// Asks whoever does the work to end it.
    virtual void request_cancel() = 0;
    /// Gives it an outcome from an isolate that does not do the work. False: only the work itself can.
    [[nodiscard]] virtual bool request_settle(State, vm::Message&&) { return false; }

    /// Handles in all isolates and messages that stand for this.
    void add_handle() { ++handles_; }
    /// With the last one a failure that nobody looked at is reported.
    void drop_handle();
    [[nodiscard]] std::int32_t handle_count() const { return handles_; }
    /// Somebody has it in hand: a failure is not reported.
    void observe() { is_observed_ = true; }

    /// The outcome read in `vm`: value or error. False: memory was refused, and raised.
    [[nodiscard]] bool read(vm::Vm& vm, vm::Value& outcome) const;
    /// Has a failure that nobody looked at reported, once.
    void report_failure();
    /// True, once, when there is a failure that nobody looked at: the caller reports it.
    [[nodiscard]] bool claim_report();
    [[nodiscard]] bool is_wanted() const { return handles_ != 0; }
    /// Above that report.
    [[nodiscard]] virtual std::string headline(vm::Vm& vm) const = 0;

protected:
    [[nodiscard]] TaskPool& pool() { return pool_; }
    mutable Mutex mutex_;

private:
    TaskPool& pool_;
    State state_ = State::Pending;
    bool is_reported_ = false;
    std::atomic<bool> is_observed_{false};
    std::atomic<std::int32_t> handles_{0};
    vm::Message outcome_;
    std::vector<std::shared_ptr<RemoteWait>> waits_;
};

/// `promise`, which a RemotePromise opened for a handle: tells whether that handle lives, so that cancelling knows who else does.
void note_handle(vm::PromiseObject& promise, bool lives);

/// The transfer of a handle: keeps what it stands for wanted while it is under way.
template <typename Remote>
class RemoteTransfer : public vm::Transfer {
public:
    explicit RemoteTransfer(std::shared_ptr<Remote> remote) : remote_(std::move(remote)) { remote_->add_handle(); }
    ~RemoteTransfer() override { remote_->drop_handle(); }

protected:
    std::shared_ptr<Remote> remote_;
};

/// What a promise leaves in a message: the outcome when it has one, else a RemotePromise that it will settle.
[[nodiscard]] std::unique_ptr<vm::Transfer> send_promise(vm::Vm& vm, vm::PromiseObject& promise);

/// Settles a pending promise of another isolate that came here in a message: the outcome goes to where it was made, and settles it in
/// all isolates unless another was first. NotSent: it is one of `vm`'s own, nothing was done. Raised: the outcome cannot be sent.
enum class SettlingElsewhere : std::uint8_t { NotSent, Done, Raised };
[[nodiscard]] SettlingElsewhere settle_elsewhere(vm::Vm& vm, const vm::PromiseObject& promise, bool is_fulfilled, const vm::Value& outcome);

}  // namespace ruff::runtime
