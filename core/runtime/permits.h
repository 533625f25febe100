#pragma once
// Mutexes and semaphores of one isolate: a number of permits, and the fibers that wait for one, in the order they came. A
// permit that is given back goes straight to the first of them, so nobody overtakes.
//
// A mutex has one permit and knows which fiber holds it: only that fiber may give it back, and asking for it a second time
// is an error instead of a wait without end.

#include <cstdint>

#include "core/vm/handle.h"
#include "core/vm/promise.h"
#include "core/vm/vm.h"

namespace ruff::runtime {

/// A fiber that waits for a permit.
struct PermitWait {
    PermitWait* next = nullptr;
    PermitWait* previous = nullptr;
    vm::Fiber* fiber = nullptr;
    std::uint64_t holder = 0;              ///< who will hold it
};

class Permits final : public vm::Handle {
public:
    /// `is_mutex`: one permit, with an owner.
    Permits(std::int64_t count, bool is_mutex) : available_(count), is_mutex_(is_mutex) {}

    /// Takes a permit for the fiber with id `holder`, if one is free.
    [[nodiscard]] bool try_take(std::uint64_t holder);
    /// Gives one back: to the first fiber that waits, which goes on, or to the rest.
    void give_back(vm::Vm& vm);
    void add(PermitWait& wait);
    void remove(PermitWait& wait);

    /// Of a mutex: the fiber that holds it; 0 when it is free.
    [[nodiscard]] std::uint64_t holder() const { return holder_; }
    [[nodiscard]] std::string describe() const override { return is_mutex_ ? "mutex" : "semaphore"; }

private:
    std::int64_t available_;
    std::uint64_t holder_ = 0;
    PermitWait* first_ = nullptr;
    PermitWait* last_ = nullptr;
    bool is_mutex_;
};

}  // namespace ruff::runtime
