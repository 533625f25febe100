#include "core/runtime/permits.h"

namespace ruff::runtime {

bool Permits::try_take(std::uint64_t holder) {
    if (available_ == 0) return false;
    --available_;
    holder_ = holder;
    return true;
}

void Permits::give_back(vm::Vm& vm) {
    holder_ = 0;
    PermitWait* wait = first_;
    if (wait == nullptr) {
        ++available_;
        return;
    }
    remove(*wait);
    holder_ = wait->holder;
    vm::resume(vm, *wait->fiber, vm::Value());
}

void Permits::add(PermitWait& wait) {
    wait.previous = last_;
    (last_ != nullptr ? last_->next : first_) = &wait;
    last_ = &wait;
}

void Permits::remove(PermitWait& wait) {
    (wait.previous != nullptr ? wait.previous->next : first_) = wait.next;
    (wait.next != nullptr ? wait.next->previous : last_) = wait.previous;
}

}  // namespace ruff::runtime
