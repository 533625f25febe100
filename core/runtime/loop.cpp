// The loop on Boost.Asio. One io_context a loop, run by the isolate's thread alone; Asio is used for what it is good at (waiting for
// descriptors, being woken from other threads), timers stay in the scheduler's heap: a steady_timer a sleep costs twelve times the
// memory.
//
// Posting. A mailbox collects completions under a mutex and posts one drain to the io_context when it was empty: a burst of
// completions costs one wake-up. The mailbox's state is shared with the threads that hold it, so that a worker which finishes
// after the isolate's end finds a closed box and not freed memory.
//
// Signals. A handler can neither post nor allocate: it sets bits in Vm::interrupt and writes to an eventfd that the loop watches.
//
// What always holds: `deliver` and the callbacks of watches run inside `poll` only, with no fiber running; they never run Ruff
// code, they make fibers ready.

#include "core/runtime/loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <stdexcept>

#include "core/support/mutex.h"
#include "core/vm/vm.h"

namespace ruff::runtime {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

// --- the mailbox -------------------------------------------------------------------------------------------------

struct Mailbox::State {
    Mutex mutex;
    std::vector<std::unique_ptr<Completion>> waiting;
    asio::io_context* context = nullptr;   // null: the isolate has ended
    vm::Vm* vm = nullptr;

    void drain() {
        std::vector<std::unique_ptr<Completion>> arrived;
        {
            const std::lock_guard lock(mutex);
            arrived.swap(waiting);
        }
        for (std::unique_ptr<Completion>& completion : arrived) completion->deliver(*vm);
    }
};

bool Mailbox::post(std::unique_ptr<Completion> completion) {
    const std::lock_guard lock(state_->mutex);
    if (state_->context == nullptr) return false;
    const bool was_empty = state_->waiting.empty();
    state_->waiting.push_back(std::move(completion));
    if (was_empty) asio::post(*state_->context, [state = state_] { state->drain(); });
    return true;
}

// --- the loop ----------------------------------------------------------------------------------------------------

struct Loop::Impl {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
    std::shared_ptr<Mailbox::State> mailbox = std::make_shared<Mailbox::State>();
    Descriptor interrupts{context};

    void watch_interrupts() {
        interrupts.async_wait(Descriptor::wait_read, [this](const boost::system::error_code& error) {
            if (error) return;
            std::uint64_t count = 0;
            (void)!::read(interrupts.native_handle(), &count, sizeof(count));
            watch_interrupts();
        });
    }
};

Loop& Loop::of(vm::Vm& vm) {
    if (vm.scheduler.events == nullptr) {
        try {
            vm.scheduler.events.reset(new Loop(vm));
        } catch (const boost::system::system_error& refused) {
            throw std::runtime_error(refused.code().message());
        }
    }
    return static_cast<Loop&>(*vm.scheduler.events);
}

Loop::Loop(vm::Vm& vm) : vm_(vm), impl_(std::make_unique<Impl>()) {
    impl_->mailbox->context = &impl_->context;
    impl_->mailbox->vm = &vm;
    const int interrupts = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (interrupts < 0) throw boost::system::system_error(errno, boost::system::system_category());
    impl_->interrupts.assign(interrupts);
    impl_->watch_interrupts();
    vm.wake_descriptor = impl_->interrupts.native_handle();
}

Loop::~Loop() {
    vm_.wake_descriptor = -1;
    services_.clear();
    std::vector<std::unique_ptr<Completion>> undelivered;
    const std::lock_guard lock(impl_->mailbox->mutex);
    impl_->mailbox->context = nullptr;
    undelivered.swap(impl_->mailbox->waiting);
}

Mailbox Loop::mailbox() const { return Mailbox(impl_->mailbox); }

Service* Loop::find_service(const void* key) const {
    for (const Entry& entry : services_) {
        if (entry.key == key) return entry.service.get();
    }
    return nullptr;
}

void Loop::add_service(const void* key, std::unique_ptr<Service> service) { services_.push_back({key, std::move(service)}); }

void Loop::give_turns(vm::Vm& vm) {
    // By index: a service's turn may be the first to ask for another.
    for (std::size_t i = 0; i < services_.size(); ++i) services_[i].service->turn(vm, !vm.scheduler.has_ready());
}

void Loop::poll(vm::Vm& vm, vm::Instant deadline) {
    give_turns(vm);
    asio::io_context& context = impl_->context;
    if (deadline != 0 && !vm.scheduler.has_ready()) {
        for (const Entry& entry : services_) deadline = std::min(deadline, entry.service->deadline());
        for (const Entry& entry : services_) entry.service->before_wait(deadline);
        if (deadline == vm::kNever) {
            context.run_one();
        } else {
            context.run_one_until(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline)));
        }
        for (const Entry& entry : services_) entry.service->after_wait();
    }
    context.poll();
    give_turns(vm);
}

bool Loop::has_outstanding() const {
    if (outstanding_ > 0) return true;
    for (const Entry& entry : services_) {
        if (entry.service->has_outstanding()) return true;
    }
    return listening_ > 0 && vm_.all_fibers != nullptr;
}

void Loop::shut_down() {
    for (const Entry& entry : services_) entry.service->shut_down();
}

void Loop::add_counters(vm::RunCounters& counters) const {
    for (const Entry& entry : services_) entry.service->add_counters(counters);
}

std::vector<std::string> Loop::take_traces() {
    std::vector<std::string> traces;
    for (const Entry& entry : services_) entry.service->take_traces(traces);
    return traces;
}

// --- watches -----------------------------------------------------------------------------------------------------

struct Watch::State {
    explicit State(asio::io_context& loop_context, int number) : context(loop_context), descriptor(loop_context) {
        boost::system::error_code refused;
        descriptor.assign(number, refused);
    }
    asio::io_context& context;
    Descriptor descriptor;   // not open when the system cannot wait for it, as for a regular file: then it counts as ready
    bool is_alive = true;

    static void wait(const std::shared_ptr<State>& state, Descriptor::wait_type direction, std::function<void()> ready) {
        auto call = [state, ready = std::move(ready)](const boost::system::error_code&) {
            if (state->is_alive) ready();
        };
        if (state->descriptor.is_open()) return state->descriptor.async_wait(direction, std::move(call));
        asio::post(state->context, [call = std::move(call)] { call({}); });
    }
};

Watch::Watch(Loop& loop, int descriptor) : state_(std::make_shared<State>(loop.impl_->context, descriptor)) {}

Watch::~Watch() {
    state_->is_alive = false;
    if (state_->descriptor.is_open()) state_->descriptor.release();   // ends the waits; the number stays open and the owner's
}

void Watch::wait_readable(std::function<void()> ready) { State::wait(state_, Descriptor::wait_read, std::move(ready)); }
void Watch::wait_writable(std::function<void()> ready) { State::wait(state_, Descriptor::wait_write, std::move(ready)); }

}  // namespace ruff::runtime
