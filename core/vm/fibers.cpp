// Frames, fibers, promises and unwinding. The model is drawn in fiber.h.
//
// Stacks. A fiber's registers are one growing block of the heap, so they count against its limit and small ones are recycled; frames keep pointers into it and are moved along when it grows. Above the
// window of the running frame no register holds a heap value: entering a frame initialises nothing, leaving it empties its own.
//
// Switching. `switch_away` decides who runs when the running fiber cannot go on: a fiber started eagerly gives control back to
// its starter; a generator that waits makes its puller wait with it, so the choice passes up the chain of pullers.
//
// Cancelling. A mark on the fiber, and an error in its place of waiting that only `finally` blocks see:
//
//     cancel_fiber ──▶ waits for an operation      abort it; ready with the cancellation
//                  ──▶ waits for a promise of its own (nobody else holds it)
//                                                  cancel that first; ready once it has unwound
//                  ──▶ waits for a promise of others   leave it; ready
//                  ──▶ pulls from a generator      the same with the generator's fiber, whose error comes back here
//                  ──▶ runs, or is ready           its next suspension raises (`must_unwind`)
//
// The first `finally` block that takes the error sets `cleanup`; from then on the fiber may wait again, until the timer that
// its first wait arms says that a second is over.

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <new>
#include <utility>

#include "core/support/mutex.h"
#include "core/vm/handle.h"
#include "core/vm/machine.h"
#include "core/vm/string.h"
#include "core/vm/trace.h"

namespace ruff::vm {

struct CleanupLimit : Timer {
    Fiber* fiber = nullptr;
};

namespace {

constexpr Instant kCleanupTime = 1'000'000'000;
constexpr std::uint32_t kFirstFrames = 2;
constexpr std::uint32_t kLeastRegisters = 4;
constexpr std::size_t kMaxStackBytes = std::size_t{1} << 30;

void clear_registers(Value* begin, Value* end) {
    for (Value* slot = begin; slot < end; ++slot) {
        if (slot->is_heap()) slot->set_null();
        else slot->forget();
    }
}

bool move_stack(Vm& vm, std::uint32_t capacity) {
    Fiber& fiber = *vm.fiber;
    auto* memory = static_cast<Value*>(vm.heap.allocate(capacity * sizeof(Value)));
    if (memory == nullptr) return false;
    std::memcpy(static_cast<void*>(memory), static_cast<const void*>(fiber.stack), fiber.stack_capacity * sizeof(Value));
    for (std::uint32_t i = fiber.stack_capacity; i < capacity; ++i) new (&memory[i]) Value();
    for (Frame* frame = fiber.frames; frame <= vm.frame; ++frame) frame->base = memory + (frame->base - fiber.stack);
    vm.heap.deallocate(fiber.stack, fiber.stack_capacity * sizeof(Value));
    fiber.stack = memory;
    fiber.stack_capacity = capacity;
    vm.stack_end = memory + capacity;
    return true;
}

bool grow_frames(Vm& vm) {
    Fiber& fiber = *vm.fiber;
    const auto count = static_cast<std::uint32_t>(vm.frame - fiber.frames + 1);
    if (count >= vm.options().max_frames) return false;
    const std::uint32_t capacity = std::min(std::max(fiber.frame_capacity * 2, 4u), vm.options().max_frames);
    void* memory = vm.heap.reallocate(fiber.frames, fiber.frame_capacity * sizeof(Frame), capacity * sizeof(Frame));
    auto* frames = static_cast<Frame*>(memory);
    if (frames == nullptr) return false;
    fiber.frames = frames;
    fiber.frame_capacity = capacity;
    vm.frame = frames + count - 1;
    vm.frame_end = frames + capacity;
    return true;
}

void drop_cleanup_limit(Vm& vm, Fiber& fiber) {
    vm.scheduler.disarm(*fiber.cleanup_limit);
    delete std::exchange(fiber.cleanup_limit, nullptr);
}

void free_fiber(Vm& vm, Fiber* fiber) {
    if (fiber->previous_all != nullptr) fiber->previous_all->next_all = fiber->next_all;
    else vm.all_fibers = fiber->next_all;
    if (fiber->next_all != nullptr) fiber->next_all->previous_all = fiber->previous_all;
    --vm.scheduler.counters.fibers_alive;
    vm.heap.deallocate(fiber->stack, fiber->stack_capacity * sizeof(Value));
    vm.heap.deallocate(fiber->frames, fiber->frame_capacity * sizeof(Frame));
    delete fiber->operation;
    if (fiber->cleanup_limit != nullptr) drop_cleanup_limit(vm, *fiber);
    fiber->~Fiber();
    vm.heap.deallocate(fiber, sizeof(Fiber));
}

Value cancellation_error(ErrorFlag flag = kErrorCancellation) {
    Value error = make_error(ErrorKind::Cancelled, "Task was cancelled");
    error.object()->flags |= flag;
    return error;
}

bool may_not_wait(const Fiber& fiber) {
    return fiber.is_cancelled && (fiber.cleanup == Cleanup::None || fiber.cleanup == Cleanup::Over);
}

Fiber& fiber_of(Waiter& waiter) { return *reinterpret_cast<Fiber*>(reinterpret_cast<char*>(&waiter) - offsetof(Fiber, waiter)); }

void wake_fiber(Vm& vm, Waiter& waiter) {
    Fiber* fiber = &fiber_of(waiter);
    PromiseObject& promise = *fiber->awaited;
    fiber->awaited = nullptr;
    if (may_not_wait(*fiber)) {   // cancelled while it waited: it only stayed for what it waited for to unwind
        vm.scheduler.make_ready(fiber, cancellation_error(), true);
    } else {
        const bool rejected = promise.state == PromiseState::Rejected;
        Value result = promise.result;
        vm.scheduler.make_ready(fiber, std::move(result), rejected);
    }
    release(&promise.head);
}

}  // namespace

bool raise_cancellation(Vm& vm) {
    vm.raise_value(cancellation_error());
    return unwind(vm);
}

void* Operation::operator new(std::size_t size) {
    void* memory = current_heap().allocate(size);
    if (memory == nullptr) throw std::bad_alloc();   // builtins turn it into an error of the program
    return memory;
}

bool must_unwind(const Vm& vm) {
    const Fiber* fiber = vm.fiber;
    while (!may_not_wait(*fiber)) {
        if (fiber->cleanup != Cleanup::None) return false;   // its `finally` blocks have a time of their own
        if (fiber->generator == nullptr || fiber->resumer == nullptr) return false;
        fiber = fiber->resumer;
    }
    return true;
}

bool reserve_frame(Vm& vm) { return vm.frame + 1 < vm.frame_end || grow_frames(vm); }

bool can_suspend(const Vm& vm) {
    for (const Fiber* fiber = vm.fiber;; fiber = fiber->resumer) {
        if (fiber->boundaries != 0) return false;
        if (fiber->generator == nullptr || fiber->resumer == nullptr) return true;
    }
}

Value* ensure_stack(Vm& vm, Value* base, std::size_t count) {
    const auto used = static_cast<std::size_t>(base - vm.fiber->stack) + count;
    if (used <= vm.fiber->stack_capacity && !vm.options().move_stacks) return base;
    const std::ptrdiff_t offset = base - vm.fiber->stack;
    std::size_t capacity = vm.fiber->stack_capacity;
    if (used > capacity) capacity = std::max(used, capacity * 2);
    if (capacity * sizeof(Value) > kMaxStackBytes || !move_stack(vm, static_cast<std::uint32_t>(capacity))) {
        vm.raise(ErrorKind::Overflow, "Stack overflow");
        return nullptr;
    }
    return vm.fiber->stack + offset;
}

bool push_frame(Vm& vm, const Code& code, Value* base, std::uint32_t flags, std::uint32_t target) {
    if (vm.frame + 1 >= vm.frame_end && !grow_frames(vm)) return raise(vm, ErrorKind::Overflow, "Stack overflow");
    base = ensure_stack(vm, base, code.register_count);
    if (base == nullptr) return unwind(vm);
    Frame* frame = ++vm.frame;
    frame->pc = code.instructions;
    frame->code = &code;
    frame->base = base;
    frame->flags = flags;
    frame->target = target;
    return true;
}

Fiber* new_fiber(Vm& vm, std::uint32_t registers) {
    const std::uint32_t capacity = std::max(registers, kLeastRegisters);
    void* stack = vm.heap.allocate(capacity * sizeof(Value));
    if (stack == nullptr) return nullptr;
    auto* fiber = new (vm.heap.allocate(sizeof(Fiber))) Fiber;
    fiber->stack = static_cast<Value*>(stack);
    fiber->stack_capacity = capacity;
    fiber->frames = static_cast<Frame*>(vm.heap.allocate(kFirstFrames * sizeof(Frame)));
    fiber->frame_capacity = kFirstFrames;
    for (std::uint32_t i = 0; i < fiber->stack_capacity; ++i) new (&fiber->stack[i]) Value();
    fiber->id = vm.next_fiber_id++;
    fiber->next_all = vm.all_fibers;
    if (vm.all_fibers != nullptr) vm.all_fibers->previous_all = fiber;
    vm.all_fibers = fiber;
    Scheduler::Counters& counters = vm.scheduler.counters;
    counters.most_fibers = std::max(counters.most_fibers, ++counters.fibers_alive);
    return fiber;
}

void park(Vm& vm) {
    assert(locks_held() == 0);   // whoever wants the lock would wait as long as this fiber
    vm.fiber->frame_count = static_cast<std::uint32_t>(vm.frame - vm.fiber->frames + 1);
}

void make_current(Vm& vm, Fiber* fiber) {
    vm.fiber = fiber;
    vm.frame = fiber->frames + fiber->frame_count - 1;
    vm.frame_end = fiber->frames + fiber->frame_capacity;
    vm.stack_end = fiber->stack + fiber->stack_capacity;
}

namespace {

/// Puts the first frame of `fiber` up: callee in register -1, `count` arguments moved from `arguments`.
void prepare_fiber(Fiber& fiber, const Code& code, Value* window, std::uint32_t count) {
    for (std::uint32_t i = 0; i <= count; ++i) fiber.stack[i] = std::move(window[i]);
    for (std::uint32_t i = count; i < code.parameter_count; ++i) fiber.stack[1 + i] = Value::unset();
    Frame& frame = fiber.frames[0];
    frame.pc = code.instructions;
    frame.code = &code;
    frame.base = fiber.stack + 1;
    frame.flags = kFrameBottom;
    frame.target = 0;
    fiber.frame_count = 1;
}

std::uint32_t fiber_registers(const Code& code, std::uint32_t count) {
    return 1 + std::max<std::uint32_t>(code.register_count, count);
}

bool no_memory_for_fiber(Vm& vm) {
    vm.raise_out_of_memory("fiber");
    return unwind(vm);
}

}  // namespace

bool start_async(Vm& vm, const Code& code, Value* window, std::uint32_t count) {
    Fiber* fiber = new_fiber(vm, fiber_registers(code, count));
    if (fiber == nullptr) return no_memory_for_fiber(vm);
    PromiseObject* promise = new_promise();
    promise->fiber = fiber;
    promise->started_at = vm.current_position();
    fiber->promise = promise;
    prepare_fiber(*fiber, code, window, count);
    if (vm.scheduler.trace != nullptr) [[unlikely]] vm.scheduler.trace->fiber_started(vm, *fiber);
    window[0] = Value::share(promise);
    park(vm);
    fiber->resumer = vm.fiber;
    fiber->is_started = true;
    make_current(vm, fiber);
    return true;
}

PromiseObject* Vm::start_fiber(const Value& function, const Value* arguments, std::uint32_t count) {
    // The first frame is a trampoline that calls `function`: any callable will do.
    Fiber* started = new_fiber(*this, count + 3);
    PromiseObject* promise = new_promise();
    promise->fiber = started;
    promise->started_at = current_position();
    started->promise = promise;
    started->stack[1] = function;
    for (std::uint32_t i = 0; i < count; ++i) started->stack[2 + i] = arguments[i];
    started->start_arguments = count;
    retain(&promise->head);
    if (scheduler.trace != nullptr) [[unlikely]] scheduler.trace->fiber_started(*this, *started);
    scheduler.make_ready(started, Value(), false);
    return promise;
}

namespace {

/// As it is displayed. One that a builtin made has the builtin's name: `generator_take` and `_take` are "take".
StringObject* generator_name(const Code& code) {
    if (!code.source->is_hidden) return code.name;
    const std::string_view name = code.name->view();
    for (const std::string_view prefix : {"generator_", "_"}) {
        if (name.starts_with(prefix)) return intern(name.substr(prefix.size()));
    }
    return code.name;
}

}  // namespace

bool make_generator(Vm& vm, const Code& code, Value* window, std::uint32_t count) {
    Fiber* fiber = new_fiber(vm, fiber_registers(code, count));
    if (fiber == nullptr) return no_memory_for_fiber(vm);
    auto* generator = static_cast<GeneratorObject*>(vm.heap.allocate(sizeof(GeneratorObject)));
    new (generator) GeneratorObject{{1, ValueKind::Generator, 0, 0}, {}, fiber, generator_name(code)};
    vm.heap.track(&generator->links);
    fiber->generator = generator;
    prepare_fiber(*fiber, code, window, count);
    window[0] = Value::adopt(generator);
    return true;
}

PromiseObject* new_promise() {
    Heap& heap = current_heap();
    auto* promise = new (heap.allocate(sizeof(PromiseObject))) PromiseObject{};
    promise->head = {1, ValueKind::Promise, 0, 0};
    heap.track(&promise->links);
    heap.maybe_collect();
    return promise;
}

void add_waiter(PromiseObject& promise, Waiter& waiter) {
    promise.head.flags |= kPromiseObserved;
    waiter.promise = &promise;
    waiter.next = nullptr;
    waiter.previous = promise.last_waiter;
    if (promise.last_waiter != nullptr) promise.last_waiter->next = &waiter;
    else promise.first_waiter = &waiter;
    promise.last_waiter = &waiter;
}

void remove_waiter(Waiter& waiter) {
    PromiseObject* promise = waiter.promise;
    if (promise == nullptr) return;
    if (waiter.previous != nullptr) waiter.previous->next = waiter.next;
    else promise->first_waiter = waiter.next;
    if (waiter.next != nullptr) waiter.next->previous = waiter.previous;
    else promise->last_waiter = waiter.previous;
    waiter.promise = nullptr;
}

namespace {

/// Does `work` for the promise: now, or when the call of the same kind that is under way comes to it.
void work_off(Vm& vm, Vm::PromiseWork& list, PromiseObject& promise, void (*work)(Vm&, PromiseObject&)) {
    retain(&promise.head);
    list.waiting.push_back(&promise);
    if (list.is_under_way) return;
    list.is_under_way = true;
    for (std::size_t i = 0; i < list.waiting.size(); ++i) {
        PromiseObject* next = list.waiting[i];
        work(vm, *next);
        release(&next->head);
    }
    list.waiting.clear();
    list.is_under_way = false;
}

void notify_waiters(Vm& vm, PromiseObject& promise) {
    while (promise.first_waiter != nullptr) {
        Waiter& waiter = *promise.first_waiter;
        remove_waiter(waiter);
        waiter.notify(vm, waiter);
    }
}

}  // namespace

void settle(Vm& vm, PromiseObject& promise, PromiseState state, Value result) {
    if (promise.state != PromiseState::Pending) return;
    promise.state = state;
    promise.result = std::move(result);
    if (state == PromiseState::Rejected && (promise.head.flags & (kPromiseObserved | kPromiseCancelled)) == 0) vm.rejected_unobserved(promise);
    if (promise.first_waiter != nullptr) work_off(vm, vm.to_notify, promise, notify_waiters);
}

namespace {

/// An error that comes from another fiber arrives in this one.
void note_await(const Vm& vm, const Value& value) {
    ErrorObject& error = *value.as<ErrorObject>();
    if (error.has_stack && (error.head.flags & (kErrorCancellation | kErrorLeave)) == 0) add_async_step(error, vm.current_position(), true);
}

}  // namespace

PromiseObject* awaited_promise(Vm& vm, const Value& value) {
    if (value.is(ValueKind::Promise)) return as_promise(value);
    return value.is(ValueKind::TaskHandle) ? value.as<HandleObject>()->handle->promise(vm) : nullptr;
}

bool await_register(Vm& vm, Value* slot) {
    if (!slot->is(ValueKind::Promise)) {
        PromiseObject* of_task = awaited_promise(vm, *slot);
        if (of_task == nullptr) return true;
        *slot = Value::share(of_task);
    }
    PromiseObject& promise = *as_promise(*slot);
    promise.head.flags |= kPromiseObserved;
    if (must_unwind(vm)) return raise_cancellation(vm);
    if (promise.state != PromiseState::Pending && --vm.await_budget != 0) {
        const bool rejected = promise.state == PromiseState::Rejected;
        Value result = promise.result;
        if (rejected) {
            slot->set_null();
            note_await(vm, result);
            vm.raise_value(std::move(result));
            return unwind(vm);
        }
        *slot = std::move(result);
        return true;
    }
    if (!can_suspend(vm)) return raise(vm, ErrorKind::Type, "await is not possible here: the caller cannot be suspended");
    Fiber& fiber = *vm.fiber;
    fiber.resume_register = static_cast<std::uint32_t>(slot - fiber.stack);
    fiber.resume_mode = ResumeMode::Register;
    if (promise.state != PromiseState::Pending) {   // a thousand in a row: let others run
        vm.await_budget = 1000;
        Value result = promise.result;
        const bool rejected = promise.state == PromiseState::Rejected;
        slot->set_null();
        vm.scheduler.make_ready(&fiber, std::move(result), rejected);
        return switch_away(vm);
    }
    fiber.wait = WaitKind::Promise;
    fiber.awaited = &promise;
    // The register's reference moves to the wait: whether anyone else holds the promise decides what a cancellation does.
    slot->forget();
    fiber.waiter.notify = wake_fiber;
    add_waiter(promise, fiber.waiter);
    const Fiber* awaited = promise.fiber;
    const bool waits_for_another = awaited != nullptr && (awaited->wait == WaitKind::Promise || awaited->wait == WaitKind::Generator);
    if (waits_for_another) [[unlikely]] vm.look_for_circle(fiber);
    return switch_away(vm);
}

namespace {

/// Ends the wait of a fiber with a cancellation. With `joins_own`, what only this fiber waits for unwinds first.
void interrupt_wait(Vm& vm, Fiber& fiber, bool joins_own) {
    Fiber* waiting = &fiber;
    while (waiting->wait == WaitKind::Generator) waiting = waiting->pulled;
    switch (waiting->wait) {
        case WaitKind::None:
        case WaitKind::Generator: return;   // running or ready: its next suspension unwinds
        case WaitKind::Promise: {
            PromiseObject* awaited = waiting->awaited;
            retain(&awaited->head);
            remove_waiter(waiting->waiter);
            const bool is_own = awaited->head.references == (is_worked_on(*awaited) ? 3 : 2);
            if (is_own) cancel_promise(vm, *awaited);
            if (is_own && joins_own && awaited->state == PromiseState::Pending) {
                add_waiter(*awaited, waiting->waiter);
            } else {
                waiting->awaited = nullptr;
                vm.scheduler.make_ready(waiting, cancellation_error(), true);
                release(&awaited->head);
            }
            release(&awaited->head);
            return;
        }
        case WaitKind::Operation:
            waiting->operation->cancel(vm);
            vm.scheduler.make_ready(waiting, cancellation_error(), true);
            return;
    }
}

void cleanup_time_is_over(Vm& vm, Timer& timer) {
    Fiber& fiber = *static_cast<CleanupLimit&>(timer).fiber;
    fiber.cleanup = Cleanup::Over;
    interrupt_wait(vm, fiber, false);
}

/// A cancelled fiber waits in a `finally` block: from the first time on, a second is left.
void limit_cleanup(Vm& vm, Fiber& fiber) {
    if (fiber.cleanup_limit != nullptr) return;
    fiber.cleanup_limit = new CleanupLimit;
    fiber.cleanup_limit->fiber = &fiber;
    fiber.cleanup_limit->fire = cleanup_time_is_over;
    vm.scheduler.arm(*fiber.cleanup_limit, vm.scheduler.now() + kCleanupTime);
}

}  // namespace

bool switch_away(Vm& vm) {
    park(vm);
    Fiber* fiber = vm.fiber;
    if (fiber->cleanup == Cleanup::Limited) [[unlikely]] limit_cleanup(vm, *fiber);
    if (vm.scheduler.trace != nullptr) [[unlikely]] vm.scheduler.trace->wait_began(vm, *fiber);
    while (fiber->generator != nullptr && fiber->resumer != nullptr) fiber = fiber->resumer;   // its puller waits with it
    if (Fiber* starter = fiber->resumer; starter != nullptr && fiber->generator == nullptr) {
        fiber->resumer = nullptr;
        make_current(vm, starter);
        return true;
    }
    return run_next(vm);
}

namespace {

/// What there is to do after a fiber was taken up or has ended.
enum class Next : std::uint8_t {
    Run,     ///< `vm.frame` goes on
    Raise,   ///< the pending error is raised in `vm.frame`
    Idle,    ///< no fiber is current: the scheduler chooses
    Leave,   ///< nothing is left, or the C++ caller of a boundary frame goes on
};

/// Takes up the next ready fiber with what its wait gave.
Next take_next(Vm& vm) {
    vm.await_budget = 1000;
    Fiber* fiber = vm.scheduler.next(vm);
    if (fiber == nullptr) {
        vm.fiber = nullptr;
        return Next::Leave;
    }
    delete fiber->operation;
    fiber->operation = nullptr;
    if (fiber->frame_count == 0) {   // made by Vm::start_fiber: its bottom frame calls what it was given
        const Code& code = vm.idle_code();
        fiber->frames[0] = {code.instructions + 2 * fiber->start_arguments, &code, fiber->stack + 1, kFrameBottom, 0};
        fiber->frame_count = 1;
        fiber->is_started = true;
        make_current(vm, fiber);
        if (!fiber->is_cancelled) return Next::Run;
        vm.frame->pc += 1;
        for (std::uint32_t i = 0; i <= fiber->start_arguments; ++i) fiber->stack[1 + i].set_null();
        vm.raise_value(cancellation_error());
        return Next::Raise;
    }
    if (vm.scheduler.trace != nullptr) [[unlikely]] vm.scheduler.trace->resumed(vm, *fiber);
    make_current(vm, fiber);
    Value delivered = std::move(fiber->delivered);
    if (fiber->delivered_error) {
        fiber->delivered_error = false;
        note_await(vm, delivered);
        vm.raise_value(std::move(delivered));
        return Next::Raise;
    }
    if (fiber->resume_mode == ResumeMode::Register) fiber->stack[fiber->resume_register] = std::move(delivered);
    return Next::Run;
}

/// A fiber that was cancelled waits for this one, which only it held, to unwind: the second counts for both.
void hand_on_cleanup_limit(Fiber& fiber, PromiseObject& promise) {
    Waiter* waiter = promise.first_waiter;
    if (waiter == nullptr || waiter->notify != wake_fiber) return;
    Fiber& next = fiber_of(*waiter);
    if (!next.is_cancelled || next.cleanup != Cleanup::None) return;
    next.cleanup_limit = std::exchange(fiber.cleanup_limit, nullptr);
    next.cleanup_limit->fiber = &next;
    if (fiber.cleanup == Cleanup::Over) next.cleanup = Cleanup::Over;
}

/// The fiber that is current has ended with `result` or, when `failed`, with an error: settle, free, go on elsewhere.
Next finish_fiber(Vm& vm, Value result, bool failed) {
    Fiber* fiber = vm.fiber;
    Fiber* resumer = fiber->resumer;
    GeneratorObject* generator = fiber->generator;
    clear_registers(fiber->stack, fiber->stack + fiber->stack_capacity);
    if (generator == nullptr && fiber->promise == nullptr) {   // a generator dropped half-way has run its `finally` blocks
        free_fiber(vm, fiber);
        if (failed && (result.object()->flags & kErrorLeave) == 0) vm.report_unhandled(result);
        vm.fiber = nullptr;
        return Next::Idle;
    }
    if (generator != nullptr) {
        generator->fiber = nullptr;
        generator->head.extra = 1;
        const ResumeMode mode = resumer->resume_mode;
        if (fiber->cleanup_limit != nullptr && resumer->cleanup_limit == nullptr) {   // the second counts for both
            resumer->cleanup_limit = std::exchange(fiber->cleanup_limit, nullptr);
            resumer->cleanup_limit->fiber = resumer;
            resumer->cleanup = fiber->cleanup;
        }
        free_fiber(vm, fiber);
        make_current(vm, resumer);
        resumer->wait = WaitKind::None;
        resumer->pulled = nullptr;
        if (failed && (result.object()->flags & kErrorLeave) != 0) return Next::Run;
        if (failed) {
            vm.raise_value(std::move(result));
            return Next::Raise;
        }
        if (mode == ResumeMode::Register) resumer->stack[resumer->resume_register].set_null();
        if (mode == ResumeMode::ForNext) vm.frame->pc += vm.frame->pc[-1].signed_c();
        return Next::Run;
    }
    PromiseObject* promise = fiber->promise;
    promise->fiber = nullptr;
    if (failed && (result.object()->flags & kErrorCancellation) != 0) promise->head.flags |= kPromiseCancelled;
    if (failed) result.object()->flags &= static_cast<std::uint8_t>(~kErrorCancellation);
    if (vm.scheduler.trace != nullptr) [[unlikely]] vm.scheduler.trace->fiber_ended(vm, *fiber);
    const bool was_main = fiber == vm.main_fiber;
    if (failed && !was_main) add_async_step(*result.as<ErrorObject>(), promise->started_at, false);
    if (fiber->cleanup_limit != nullptr) hand_on_cleanup_limit(*fiber, *promise);
    if (was_main) vm.main_fiber = nullptr;
    free_fiber(vm, fiber);
    vm.fiber = nullptr;
    if (was_main && failed) vm.main_failed(result);
    settle(vm, *promise, failed ? PromiseState::Rejected : PromiseState::Fulfilled, std::move(result));
    release(&promise->head);
    if (resumer != nullptr) {
        make_current(vm, resumer);
        return Next::Run;
    }
    return Next::Idle;
}

}  // namespace

static bool go_on(Vm& vm, Next next);

bool return_slow(Vm& vm, Value result) {
    Frame* frame = vm.frame;
    const Code& code = *frame->code;
    const std::uint32_t flags = frame->flags;
    if (code.is_async && (result.is(ValueKind::Promise) || result.is(ValueKind::TaskHandle))) {
        // An async function that gives a promise: its own promise takes that one's outcome. Await it here, then return again.
        frame->pc -= 1;
        Value* slot = frame->base + frame->pc->a;
        *slot = std::move(result);
        return await_register(vm, slot);
    }
    Value* base = frame->base;
    if ((flags & kFrameMutatesSelf) != 0) {
        // self goes back to the caller's window, out of its cell if a closure captured it.
        if (base[0].is(ValueKind::Cell)) {
            auto* cell = base[0].as<CellObject>();
            Value self = cell->head.is_shared() ? cell->value : std::move(cell->value);
            base[0] = std::move(self);
        }
        clear_registers(base + 1, base + code.register_count);
    } else {
        clear_registers(base, base + code.register_count);
    }
    if ((flags & kFrameBottom) != 0) {
        base[-1].set_null();
        return go_on(vm, finish_fiber(vm, std::move(result), false));
    }
    if ((flags & kFrameModule) != 0) {
        const std::uint32_t module = vm.loading_modules.back();
        vm.module_states[module] = Vm::ModuleState::Loaded;
        vm.loading_modules.pop_back();
        result = vm.module_value(module);
    }
    --vm.frame;
    if ((flags & kFrameOperator) != 0) {
        base[-1].set_null();
        if (frame->target != kNoTarget) vm.frame->base[frame->target] = std::move(result);
        return true;
    }
    base[-1] = std::move(result);
    if ((flags & kFrameBoundary) != 0) return false;
    if ((flags & kFrameAwait) != 0) return await_register(vm, base - 1);
    return true;
}

bool raise(Vm& vm, ErrorKind kind, std::string_view message, std::string_view hint) {
    vm.raise(kind, message, hint);
    return unwind(vm);
}

namespace {

/// The innermost handler of `code` for `pc` that catches `error`; Cause entries on the way change `error`.
const bytecode::Handler* find_handler(const Frame& frame, Value& error) {
    const auto pc = static_cast<std::uint32_t>(frame.pc - frame.code->instructions - 1);
    const bool is_stop = (error.object()->flags & kErrorStop) != 0;
    for (const bytecode::Handler& handler : frame.code->source->handlers) {
        if (pc < handler.begin || pc >= handler.end) continue;
        if (is_stop && handler.kind != bytecode::Handler::Teardown) continue;
        const bool is_cancellation = (error.object()->flags & (kErrorCancellation | kErrorLeave)) != 0;
        switch (handler.kind) {
            case bytecode::Handler::Finally:
            case bytecode::Handler::Teardown: return &handler;
            case bytecode::Handler::Except:
                if (!is_cancellation) return &handler;
                break;
            case bytecode::Handler::Cause: {
                const Value& pending = frame.base[handler.reg];
                if (!pending.is(ValueKind::Error) || pending.object() == error.object()) break;
                if ((pending.object()->flags & kErrorCancellation) != 0) {
                    error = pending;   // a cancellation is not replaced
                } else if ((pending.object()->flags & kErrorLeave) == 0 && !is_cancellation && error.as<ErrorObject>()->cause.is_null()) {
                    error.as<ErrorObject>()->cause = pending;
                }
                break;
            }
        }
    }
    return nullptr;
}

}  // namespace

namespace {

/// Goes to the handler of the pending error in the current fiber, or ends the fiber with it.
Next unwind_fiber(Vm& vm) {
    if (vm.exit_code >= 0) return Next::Leave;
    Value error = vm.take_pending_error();
    for (;;) {
        Frame& frame = *vm.frame;
        const Code& code = *frame.code;
        if (const bytecode::Handler* handler = find_handler(frame, error)) {
            const std::uint8_t unwinds = error.object()->flags & (kErrorCancellation | kErrorLeave);
            if (unwinds != 0 && vm.fiber->cleanup != Cleanup::Over) {
                vm.fiber->is_cancelled = true;
                vm.fiber->cleanup = (unwinds & kErrorCancellation) != 0 ? Cleanup::Limited : Cleanup::Unlimited;
            }
            Value* base = frame.base;
            clear_registers(base + handler->reg + 1, base + code.register_count);
            base[handler->reg] = (error.object()->flags & kErrorStop) != 0 ? Value() : std::move(error);
            frame.pc = code.instructions + handler->target;
            return Next::Run;
        }
        const std::uint32_t flags = frame.flags;
        if ((flags & kFrameModule) != 0) {
            vm.module_states[vm.loading_modules.back()] = Vm::ModuleState::Unloaded;
            vm.loading_modules.pop_back();
        }
        Value* base = frame.base;
        if ((flags & kFrameMutatesSelf) != 0) {
            if (base[0].is(ValueKind::Cell)) {
                Value self = base[0].as<CellObject>()->value;
                base[0] = std::move(self);
            }
            clear_registers(base + 1, base + code.register_count);
        } else {
            clear_registers(base, base + code.register_count);
        }
        base[-1].set_null();
        if ((flags & kFrameBottom) != 0) return finish_fiber(vm, std::move(error), true);
        --vm.frame;
        if ((flags & kFrameMutatesSelf) != 0) {
            // The caller's next instruction is the WriteBack: changes made so far stay.
            write_back(vm, *vm.frame->code, vm.frame->base, *vm.frame->pc);
        }
        const bool left_to_caller = (flags & kFrameBoundary) != 0 && (error.object()->flags & kErrorStop) == 0;
        if (left_to_caller) {
            vm.pending_error = std::move(error);
            return Next::Leave;
        }
    }
}

}  // namespace

// Fibers may end one after the other, each by the error that ended the one before: a loop, so that their number does not show on
// the C++ stack.
bool go_on(Vm& vm, Next next) {
    for (;;) {
        switch (next) {
            case Next::Run: return true;
            case Next::Leave: return false;
            case Next::Raise: next = unwind_fiber(vm); break;
            case Next::Idle: next = take_next(vm); break;
        }
    }
}

bool unwind(Vm& vm) { return go_on(vm, Next::Raise); }

bool run_next(Vm& vm) { return go_on(vm, Next::Idle); }

bool pull_generator(Vm& vm, GeneratorObject& generator, Value sent, Value* slot, ResumeMode mode) {
    Fiber* puller = vm.fiber;
    Fiber* fiber = generator.fiber;
    if (fiber == nullptr) {
        if (mode == ResumeMode::Register) slot->set_null();
        if (mode == ResumeMode::ForNext) vm.frame->pc += vm.frame->pc[-1].signed_c();
        return true;
    }
    if (fiber->resumer != nullptr || fiber->is_ready || fiber == vm.fiber) {
        return raise(vm, ErrorKind::Value, "Generator is already running");
    }
    puller->resume_register = static_cast<std::uint32_t>(slot - puller->stack);
    puller->resume_mode = mode;
    puller->wait = WaitKind::Generator;
    puller->pulled = fiber;
    park(vm);
    fiber->resumer = puller;
    make_current(vm, fiber);
    if (fiber->is_started) {
        fiber->stack[fiber->resume_register] = std::move(sent);
    }
    fiber->is_started = true;
    return true;
}

bool finish_generator(Vm& vm, GeneratorObject& generator, Value* slot) {
    Fiber* puller = vm.fiber;
    Fiber* fiber = generator.fiber;
    puller->resume_register = static_cast<std::uint32_t>(slot - puller->stack);
    puller->resume_mode = ResumeMode::Discard;
    puller->wait = WaitKind::Generator;
    puller->pulled = fiber;
    park(vm);
    fiber->resumer = puller;
    fiber->is_cancelled = true;
    fiber->cleanup = Cleanup::Unlimited;
    make_current(vm, fiber);
    vm.raise_value(cancellation_error(kErrorLeave));
    return unwind(vm);
}

void generator_dropped(Vm& vm, GeneratorObject& generator) {
    Fiber* fiber = generator.fiber;
    if (fiber == nullptr) return;
    generator.fiber = nullptr;
    fiber->generator = nullptr;
    if (!fiber->is_started) {
        clear_registers(fiber->stack, fiber->stack + fiber->stack_capacity);
        free_fiber(vm, fiber);
        return;
    }
    fiber->is_cancelled = true;
    fiber->cleanup = Cleanup::Unlimited;
    vm.scheduler.make_ready(fiber, cancellation_error(kErrorLeave), true);
}

bool yield_value(Vm& vm, Value* slot) {
    Fiber* fiber = vm.fiber;
    if (fiber->is_cancelled) {   // it is being finished, by its puller or by a cancellation
        vm.raise_value(cancellation_error(fiber->cleanup == Cleanup::Unlimited ? kErrorLeave : kErrorCancellation));
        return unwind(vm);
    }
    Fiber* puller = fiber->resumer;
    Value value = std::move(*slot);
    fiber->resume_register = static_cast<std::uint32_t>(slot - fiber->stack);
    fiber->resume_mode = ResumeMode::Register;
    park(vm);
    fiber->resumer = nullptr;
    if (puller == nullptr) return run_next(vm);
    make_current(vm, puller);
    puller->wait = WaitKind::None;
    puller->pulled = nullptr;
    if (puller->resume_mode != ResumeMode::Discard) puller->stack[puller->resume_register] = std::move(value);
    return true;
}

void cancel_fiber(Vm& vm, Fiber& fiber) {
    if (fiber.is_cancelled) return;
    fiber.is_cancelled = true;
    if (fiber.promise != nullptr) fiber.promise->head.flags |= kPromiseCancelled;
    interrupt_wait(vm, fiber, true);
}

namespace {

/// The fiber waits for nothing any more, and nothing will wake it.
void forget_wait(Vm& vm, Fiber& fiber) {
    if (fiber.awaited != nullptr) {
        remove_waiter(fiber.waiter);
        release(&std::exchange(fiber.awaited, nullptr)->head);
    }
    if (fiber.wait == WaitKind::Operation) fiber.operation->cancel(vm);
    delete std::exchange(fiber.operation, nullptr);
    if (fiber.cleanup_limit != nullptr) drop_cleanup_limit(vm, fiber);
    fiber.wait = WaitKind::None;
    fiber.pulled = nullptr;
    fiber.resumer = nullptr;
    fiber.delivered = Value();
    fiber.delivered_error = false;
}

/// The fiber goes without running on.
void discard_fiber(Vm& vm, Fiber& fiber) {
    forget_wait(vm, fiber);
    if (fiber.generator != nullptr) {
        fiber.generator->fiber = nullptr;
        fiber.generator->head.extra = 1;
    }
    clear_registers(fiber.stack, fiber.stack + fiber.stack_capacity);
    PromiseObject* promise = fiber.promise;
    free_fiber(vm, &fiber);
    if (promise == nullptr) return;
    promise->fiber = nullptr;
    release(&promise->head);
}

}  // namespace

// What a discarded fiber held may be the last of a generator, which makes that one ready: until nothing but `spared` is left.
void discard_fibers(Vm& vm, Fiber* spared) {
    vm.scheduler.forget_ready();
    for (;;) {
        Fiber* fiber = vm.all_fibers;
        if (fiber != nullptr && fiber == spared) fiber = fiber->next_all;
        if (fiber == nullptr) break;
        discard_fiber(vm, *fiber);
        vm.scheduler.forget_ready();
    }
    if (spared != nullptr) forget_wait(vm, *spared);
    vm.fiber = nullptr;
    vm.main_fiber = spared;
}

bool run_teardowns(Vm& vm) {
    Fiber* fiber = vm.main_fiber;
    if (fiber == nullptr) return false;
    if (fiber == vm.fiber) park(vm);
    discard_fibers(vm, fiber);
    Value error = make_error(ErrorKind::Cancelled, "The test was stopped");
    error.object()->flags |= kErrorStop;
    if (find_handler(fiber->frames[0], error) == nullptr) return false;
    fiber->is_cancelled = false;
    fiber->cleanup = Cleanup::None;
    fiber->boundaries = 0;
    make_current(vm, fiber);
    vm.raise_value(std::move(error));
    if (unwind(vm)) run_interpreter(vm);
    return true;
}

Outcome suspend(Vm& vm, Operation* operation) {
    vm.fiber->operation = operation;
    vm.fiber->wait = WaitKind::Operation;
    return Outcome::Suspended;
}

void resume(Vm& vm, Fiber& fiber, Value result, bool is_error) { vm.scheduler.make_ready(&fiber, std::move(result), is_error); }

namespace {

void cancel_now(Vm& vm, PromiseObject& promise) {
    if (promise.state != PromiseState::Pending) return;
    if (promise.fiber != nullptr) return cancel_fiber(vm, *promise.fiber);
    if (promise.cancel_operation != nullptr) promise.cancel_operation(vm, promise);
    if (promise.operation != nullptr) return;   // it unwinds first
    settle(vm, promise, PromiseState::Rejected, make_error(ErrorKind::Cancelled, "Task was cancelled"));
}

}  // namespace

void cancel_promise(Vm& vm, PromiseObject& promise) {
    if (promise.state != PromiseState::Pending) return;
    promise.head.flags |= kPromiseCancelled;
    work_off(vm, vm.to_cancel, promise, cancel_now);
}

}  // namespace ruff::vm
