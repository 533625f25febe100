#include "core/vm/scheduler.h"

#include <time.h>

#include "core/vm/trace.h"
#include "core/vm/vm.h"

namespace ruff::vm {

Instant monotonic_now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<Instant>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

Instant Scheduler::now() const { return virtual_now_ != 0 ? virtual_now_ : monotonic_now(); }

void Scheduler::make_ready(Fiber* fiber, Value delivered, bool is_error) {
    fiber->delivered = std::move(delivered);
    fiber->delivered_error = is_error;
    fiber->wait = WaitKind::None;
    fiber->is_ready = true;
    if (trace != nullptr) [[unlikely]] trace->became_ready(*current_vm(), *fiber);
    if (tail_ - head_ == ring_.size()) {
        std::vector<Fiber*> larger(ring_.size() * 2);
        for (std::size_t i = head_; i != tail_; ++i) larger[i - head_] = ring_[i & (ring_.size() - 1)];
        tail_ -= head_;
        head_ = 0;
        ring_.swap(larger);
    }
    ring_[tail_++ & (ring_.size() - 1)] = fiber;
}

Fiber* Scheduler::take_ready() {
    Fiber* fiber = ring_[head_++ & (ring_.size() - 1)];
    fiber->is_ready = false;
    ++counters.switches;
    return fiber;
}

void Scheduler::forget_ready() {
    while (has_ready()) ring_[head_++ & (ring_.size() - 1)]->is_ready = false;
}

void Scheduler::place(std::size_t i, const Entry& entry) {
    heap_[i] = entry;
    entry.timer->slot = static_cast<std::uint32_t>(i + 1);
}

void Scheduler::sift_up(std::size_t i) {
    const Entry entry = heap_[i];
    while (i > 0) {
        const std::size_t parent = (i - 1) / 4;
        if (!before(entry, heap_[parent])) break;
        place(i, heap_[parent]);
        i = parent;
    }
    place(i, entry);
}

void Scheduler::sift_down(std::size_t i) {
    const Entry entry = heap_[i];
    for (;;) {
        const std::size_t first = i * 4 + 1;
        if (first >= heap_.size()) break;
        std::size_t least = first;
        const std::size_t last = std::min(first + 4, heap_.size());
        for (std::size_t child = first + 1; child < last; ++child) {
            if (before(heap_[child], heap_[least])) least = child;
        }
        if (!before(heap_[least], entry)) break;
        place(i, heap_[least]);
        i = least;
    }
    place(i, entry);
}

void Scheduler::arm(Timer& timer, Instant deadline) {
    ++counters.timers_armed;
    heap_.push_back({deadline, sequence_++, &timer});
    sift_up(heap_.size() - 1);
}

void Scheduler::disarm(Timer& timer) {
    if (timer.slot == 0) return;
    const std::size_t i = timer.slot - 1;
    timer.slot = 0;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (i == heap_.size()) return;
    heap_[i] = last;
    if (i > 0 && before(last, heap_[(i - 1) / 4])) {
        sift_up(i);
    } else {
        sift_down(i);
    }
}

void Scheduler::fire_due(Vm& vm) {
    const Instant time = now();
    while (!heap_.empty() && heap_[0].deadline <= time) {
        Timer* timer = heap_[0].timer;
        disarm(*timer);
        timer->fire(vm, *timer);
    }
}

void Scheduler::wait_on_virtual_clock(Vm& vm) {
    const Instant start = monotonic_now();
    const Instant pause = heap_.empty() ? kNever : heap_[0].deadline - virtual_now_;
    events->poll(vm, pause >= kNever - start ? kNever : start + pause);
    virtual_now_ += std::min(monotonic_now() - start, pause);
}

Fiber* Scheduler::next(Vm& vm) {
    for (;;) {
        if (has_ready() && --until_poll_ != 0) return take_ready();
        // Due timers and completions get their turn between every kPollInterval fibers, or now that nothing is ready.
        until_poll_ = kPollInterval;
        if (events != nullptr) events->poll(vm, 0);
        if (!heap_.empty()) fire_due(vm);
        if (has_ready()) {
            if (!vm.circles.empty()) vm.report_circles();
            return take_ready();
        }
        if (vm.interrupt.load(std::memory_order_relaxed) != 0 && vm.handle_interrupt()) continue;
        if (vm.exit_code >= 0) return nullptr;

        const bool outstanding = events != nullptr && events->has_outstanding();
        if (!keeps_alive() && !outstanding) return nullptr;
        if (!vm.circles.empty()) vm.report_circles();
        Output::flush();
        if (virtual_now_ != 0 && !heap_.empty() && !outstanding) {
            const Instant skipped = std::max<Instant>(0, heap_[0].deadline - virtual_now_);
            virtual_now_ += skipped;
            skipped_ += skipped;
        } else if (virtual_now_ != 0) {
            wait_on_virtual_clock(vm);
        } else if (events != nullptr) {
            events->poll(vm, heap_.empty() ? kNever : heap_[0].deadline);
        } else {
            const Instant pause = heap_[0].deadline - now();
            if (pause > 0) {
                const timespec wait{pause / 1'000'000'000, pause % 1'000'000'000};
                nanosleep(&wait, nullptr);   // a signal ends it early: the loop looks again
            }
        }
    }
}

}  // namespace ruff::vm
