#include "core/runtime/isolate.h"

#include "core/runtime/process.h"
#include "core/runtime/task_pool.h"
#include "core/vm/vm.h"

namespace ruff::runtime {

Isolate::Isolate(vm::Vm& vm, Loop& loop) : vm_(vm), loop_(loop), mailbox_(loop.mailbox()) {}
Isolate::~Isolate() {
    if (owns_pool_ && pool_->has_no_workers()) delete pool_;
}

TaskPool& Isolate::pool() {
    has_given_up_ = false;   // what is asked of it now can go on
    if (pool_ == nullptr) {
        pool_ = new TaskPool(*this);
        owns_pool_ = true;
    }
    return *pool_;
}

void Isolate::begin_wait() {
    ++waits_;
    loop_.begin_operation();
}

void Isolate::end_wait() {
    if (waits_ == 0) return;   // after give_up
    --waits_;
    loop_.end_operation();
}

void Isolate::give_up(std::string places) {
    for (; waits_ > 0; --waits_) loop_.end_operation();
    vm_.waits_elsewhere = std::move(places);
    has_given_up_ = true;
}

bool Isolate::has_outstanding() const {
    return pool_ != nullptr && !has_given_up_ && pool_->keeps_running(*this);
}

void Isolate::shut_down() {
    if (owns_pool_) end_processes();   // those of tasks
}

void Isolate::add_counters(vm::RunCounters& counters) const {
    if (owns_pool_) pool_->add_counters(counters);
}

void Isolate::take_traces(std::vector<std::string>& traces) {
    if (owns_pool_) pool_->take_traces(traces);
}

void Isolate::before_wait(vm::Instant deadline) {
    if (pool_ != nullptr) pool_->isolate_sleeps(*this, deadline != vm::kNever || loop_.outstanding() > waits_ || loop_.is_listening());
}

void Isolate::after_wait() {
    if (pool_ != nullptr) pool_->isolate_wakes(*this);
}

// --- deliveries --------------------------------------------------------------------------------------------------

Delivery::~Delivery() {
    if (pool_ != nullptr) pool_->delivered();
}

void Delivery::deliver(vm::Vm& vm) {
    pool_->isolate_wakes(Isolate::of(vm));
    act(vm);
}

}  // namespace ruff::runtime
