// Sleeping, promises by hand, and the combinators.
//
// A combinator is one object behind the promise it gives: an entry for each input, linked into that input as a waiter. It never
// makes a fiber of its own. States:
//
//     starting ─▶ waiting ──decided──▶ unwinding the losers ──all unwound, or a second passed──▶ settled, freed
//
// `async_timeout` is a race of one against the combinator's own timer; `map_async` calls one function with each element.
//
// What is decided early (a failure of `promise_all`, the winner of a race) cancels the inputs that nobody else holds and leaves the
// others running; the result is settled once the cancelled ones have unwound, so the caller never overtakes their `finally` blocks.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/builtins/bodies.h"
#include "core/builtins/duration.h"
#include "core/builtins/elements.h"
#include "core/runtime/remote_promise.h"
#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/operations.h"
#include "core/vm/promise.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins::bodies {

using namespace ruff::vm;

namespace {

constexpr Instant kUnwindGrace = 1000 * kNanosecondsPerMillisecond;

// --- sleeping ----------------------------------------------------------------------------------------------------

struct Sleep final : Operation {
    struct Alarm : Timer {
        Fiber* fiber = nullptr;
    };
    Alarm alarm;

    void cancel(Vm& vm) override { vm.scheduler.disarm(alarm); }
    [[nodiscard]] std::string_view describe() const override { return "sleep"; }
    static void wake(Vm& vm, Timer& timer) { resume(vm, *static_cast<Alarm&>(timer).fiber, Value()); }
};

/// The timer behind the promise of `async_sleep`; holds the promise until it fires.
struct SleepPromise : Timer {
    PromiseObject* promise = nullptr;

    static void fire_timer(Vm& vm, Timer& timer) {
        auto* sleep = static_cast<SleepPromise*>(&timer);
        PromiseObject* promise = sleep->promise;
        promise->operation = nullptr;
        promise->cancel_operation = nullptr;
        delete sleep;
        settle(vm, *promise, PromiseState::Fulfilled, Value());
        release(&promise->head);
    }
    static void cancel(Vm& vm, PromiseObject& promise) {
        auto* sleep = static_cast<SleepPromise*>(promise.operation);
        vm.scheduler.disarm(*sleep);
        promise.operation = nullptr;
        promise.cancel_operation = nullptr;
        delete sleep;
        release(&promise.head);
    }
};

}  // namespace

Outcome sleep(Call& call) {
    Instant deadline;
    if (!deadline_after(call, 0, deadline)) return Outcome::Raised;
    auto* sleep = new Sleep;
    sleep->alarm.fiber = call.vm.fiber;
    sleep->alarm.fire = Sleep::wake;
    call.vm.scheduler.arm(sleep->alarm, deadline);
    return suspend(call.vm, sleep);
}

Outcome async_sleep(Call& call) {
    Instant deadline;
    if (!deadline_after(call, 0, deadline)) return Outcome::Raised;
    PromiseObject* promise = new_promise();
    auto* sleep = new SleepPromise;
    sleep->Timer::fire = SleepPromise::fire_timer;
    sleep->promise = promise;
    promise->operation = sleep;
    promise->cancel_operation = SleepPromise::cancel;
    retain(&promise->head);
    call.vm.scheduler.arm(*sleep, deadline);
    return call.done(Value::adopt(promise));
}

namespace {

struct Turn final : Operation {
    void cancel(Vm&) override {}
    [[nodiscard]] std::string_view describe() const override { return "yield_now"; }
};

}  // namespace

Outcome yield_now(Call& call) {
    const Outcome outcome = suspend(call.vm, new Turn);
    resume(call.vm, *call.vm.fiber, Value());
    return outcome;
}

// --- promises by hand --------------------------------------------------------------------------------------------

Outcome promise_resolve(Call& call) {
    if (PromiseObject* given = awaited_promise(call.vm, call[0])) return call.done(Value::share(given));
    PromiseObject* promise = new_promise();
    settle(call.vm, *promise, PromiseState::Fulfilled, call.take(0));
    return call.done(Value::adopt(promise));
}

Outcome promise_reject(Call& call) {
    PromiseObject* promise = new_promise();
    promise->started_at = call.vm.current_position();
    Value error = error_from_thrown(call.vm, call.take(0));
    call.vm.raise_value(std::move(error));   // gives it a stack
    settle(call.vm, *promise, PromiseState::Rejected, call.vm.take_pending_error());
    return call.done(Value::adopt(promise));
}

Outcome cancel(Call& call) {
    PromiseObject& promise = *awaited_promise(call.vm, call[0]);
    const bool was_pending = promise.state == PromiseState::Pending;
    if (was_pending) cancel_promise(call.vm, promise);
    return call.done(Value::boolean(was_pending));
}

Outcome settle_promise(Call& call) {
    PromiseObject& promise = *as_promise(call[0]);
    const bool fulfils = call.boolean(1);
    if (promise.state != PromiseState::Pending) return call.done(Value());
    Value outcome = call.take(2);
    if (!fulfils) {
        call.vm.raise_value(error_from_thrown(call.vm, std::move(outcome)));   // gives it a stack
        outcome = call.vm.take_pending_error();
    }
    const runtime::SettlingElsewhere elsewhere = runtime::settle_elsewhere(call.vm, promise, fulfils, outcome);
    if (elsewhere == runtime::SettlingElsewhere::Raised) return Outcome::Raised;
    if (elsewhere == runtime::SettlingElsewhere::NotSent) {
        settle(call.vm, promise, fulfils ? PromiseState::Fulfilled : PromiseState::Rejected, std::move(outcome));
    }
    return call.done(Value());
}

Outcome make_promise(Call& call) {
    PromiseObject* promise = new_promise();
    promise->started_at = call.vm.current_position();
    return call.done(Value::adopt(promise));
}

// --- combinators -------------------------------------------------------------------------------------------------

namespace {

enum class Mode : std::uint8_t { All, Race, Any, AllSettled, Timeout };

struct Combinator;

struct Entry : Waiter {
    Combinator* combinator = nullptr;
    PromiseObject* job_promise = nullptr;   ///< owned once started
    Value value;                        ///< what was given (a promise, a function, an element of map_async), in the end the result
    bool is_linked = false;
    bool is_function = false;
    bool is_done = false;
};

/// The timer is that of a time-out, and then the grace that losers have for unwinding.
struct Combinator : Timer {
    Mode mode = Mode::All;
    PromiseObject* result = nullptr;    ///< owned
    std::vector<Entry> entries;
    std::size_t next = 0;               ///< first entry not started
    std::size_t running = 0;            ///< started and not settled
    std::size_t functions = 0;          ///< of them, started by the combinator: what the limit counts
    bool is_held = false;               ///< inside start() or decide(): ending waits until that is done
    std::size_t limit = SIZE_MAX;
    Value mapped;                       ///< map_async: the function that is called with each job
    Value milliseconds;                 ///< async_timeout: as given, for the message
    bool is_decided = false;
    bool decided_rejects = false;
    Value decision;
};

Value status_entry(const PromiseObject& promise) {
    static StringObject* const kStatus = intern("status");
    DictObject* entry = new_dict(2);
    const bool fulfilled = promise.state == PromiseState::Fulfilled;
    (void)dict_set(entry, Value::adopt(&kStatus->head), Value::adopt(&intern(fulfilled ? "fulfilled" : "rejected")->head));
    (void)dict_set(entry, Value::adopt(&intern(fulfilled ? "value" : "error")->head), promise.result);
    return Value::adopt(entry);
}

void free_combinator(Vm& vm, Combinator* combinator) {
    vm.scheduler.disarm(*combinator);
    for (Entry& entry : combinator->entries) {
        if (entry.is_linked) remove_waiter(entry);
        if (entry.job_promise != nullptr) release(&entry.job_promise->head);
    }
    combinator->result->operation = nullptr;
    combinator->result->cancel_operation = nullptr;
    PromiseObject* result = combinator->result;
    delete combinator;
    release(&result->head);
}

void finish(Vm& vm, Combinator* combinator) {
    if (combinator->is_held) return;
    PromiseObject* result = combinator->result;
    retain(&result->head);
    Value decision = std::move(combinator->decision);
    const bool rejects = combinator->decided_rejects;
    free_combinator(vm, combinator);
    settle(vm, *result, rejects ? PromiseState::Rejected : PromiseState::Fulfilled, std::move(decision));
    release(&result->head);
}

/// The outcome is known: what nobody else holds is cancelled, the rest is left running.
void decide(Vm& vm, Combinator* combinator, bool rejects, Value decision) {
    combinator->is_decided = true;
    combinator->decided_rejects = rejects;
    combinator->decision = std::move(decision);
    combinator->next = combinator->entries.size();
    const bool was_held = std::exchange(combinator->is_held, true);
    for (Entry& entry : combinator->entries) {
        if (!entry.is_linked) continue;
        if (is_sole_holder(*entry.job_promise)) {
            cancel_promise(vm, *entry.job_promise);   // may settle, and unlink it, at once
        } else {
            remove_waiter(entry);
            entry.is_linked = false;
            --combinator->running;
        }
    }
    combinator->is_held = was_held;
    if (combinator->running == 0) return finish(vm, combinator);
    vm.scheduler.disarm(*combinator);
    combinator->fire = [](Vm& isolate, Timer& timer) { finish(isolate, static_cast<Combinator*>(&timer)); };
    vm.scheduler.arm(*combinator, vm.scheduler.now() + kUnwindGrace);
}

void add_suppressed(ErrorObject& error, const Value& later) {
    if (&error.head == later.object()) return;
    if (error.suppressed.is_null()) error.suppressed = Value::adopt(new_array(1));
    if (ArrayObject* suppressed = unshare_array(error.suppressed)) (void)array_push(suppressed, Value(later));
}

Value results_array(const Combinator& combinator) {
    ArrayObject* results = new_array(combinator.entries.size());
    for (const Entry& entry : combinator.entries) (void)array_push(results, Value(entry.value));
    return Value::adopt(results);
}

Value any_failed(const Combinator& combinator) {
    Value error = make_error(ErrorKind::Thrown, "All promises were rejected");
    error.as<ErrorObject>()->errors = results_array(combinator);
    return error;
}

void start_more(Vm& vm, Combinator* combinator);

/// One entry has settled. May free the combinator.
void on_settled(Vm& vm, Combinator* combinator, Entry& entry) {
    entry.is_done = true;
    --combinator->running;
    if (entry.is_function) --combinator->functions;
    const PromiseObject& promise = *entry.job_promise;
    const bool rejected = promise.state == PromiseState::Rejected;
    if (combinator->is_decided) {
        const bool cancelled = (promise.head.flags & kPromiseCancelled) != 0;
        if (rejected && !cancelled && combinator->decided_rejects) add_suppressed(*combinator->decision.as<ErrorObject>(), promise.result);
        if (combinator->running == 0) finish(vm, combinator);
        return;
    }
    switch (combinator->mode) {
        case Mode::All:
            if (rejected) return decide(vm, combinator, true, promise.result);
            entry.value = promise.result;
            break;
        case Mode::Race:
        case Mode::Timeout: return decide(vm, combinator, rejected, promise.result);
        case Mode::Any:
            if (!rejected) return decide(vm, combinator, false, promise.result);
            entry.value = promise.result;
            break;
        case Mode::AllSettled: entry.value = status_entry(promise); break;
    }
    if (!combinator->is_held) start_more(vm, combinator);
}

void notify_entry(Vm& vm, Waiter& waiter) {
    auto& entry = static_cast<Entry&>(waiter);
    entry.is_linked = false;
    on_settled(vm, entry.combinator, entry);
}

/// Starts functions up to the limit, and ends the combinator when nothing is left. May free it.
void start_more(Vm& vm, Combinator* combinator) {
    std::vector<Entry>& entries = combinator->entries;
    while (combinator->next < entries.size() && combinator->functions < combinator->limit) {
        Entry& entry = entries[combinator->next++];
        if (!entry.is_function) continue;
        const bool maps = !combinator->mapped.is_null();
        entry.job_promise = maps ? vm.start_fiber(combinator->mapped, &entry.value, 1) : vm.start_fiber(entry.value, nullptr, 0);
        entry.value.set_null();
        ++combinator->running;
        ++combinator->functions;
        add_waiter(*entry.job_promise, entry);
        entry.is_linked = true;
    }
    if (combinator->running > 0 || combinator->next < entries.size() || combinator->is_decided) return;
    combinator->is_decided = true;
    combinator->decided_rejects = combinator->mode == Mode::Any;
    combinator->decision = combinator->mode == Mode::Any ? any_failed(*combinator) : results_array(*combinator);
    finish(vm, combinator);
}

/// Links the promises among the jobs, which run already, and starts the functions. May free the combinator.
void start(Vm& vm, Combinator* combinator) {
    combinator->is_held = true;
    for (Entry& entry : combinator->entries) {
        entry.combinator = combinator;
        entry.notify = notify_entry;
        PromiseObject* given = combinator->mapped.is_null() ? awaited_promise(vm, entry.value) : nullptr;
        entry.is_function = given == nullptr;
        if (entry.is_function) continue;
        retain(&given->head);
        entry.job_promise = given;
        entry.value.set_null();
        ++combinator->running;
        entry.job_promise->head.flags |= kPromiseObserved;
        if (entry.job_promise->state != PromiseState::Pending) continue;
        add_waiter(*entry.job_promise, entry);
        entry.is_linked = true;
    }
    for (Entry& entry : combinator->entries) {
        if (entry.is_function || entry.is_done || entry.job_promise->state == PromiseState::Pending) continue;
        on_settled(vm, combinator, entry);
    }
    combinator->is_held = false;
    if (combinator->is_decided) {
        if (combinator->running == 0) finish(vm, combinator);
        return;
    }
    start_more(vm, combinator);
}

/// The combinator itself is cancelled: so is what only it holds. It settles once that has unwound.
void cancel_combinator(Vm& vm, PromiseObject& promise) {
    auto* combinator = static_cast<Combinator*>(promise.operation);
    if (!combinator->is_decided) decide(vm, combinator, true, make_error(ErrorKind::Cancelled, "Task was cancelled"));
}

std::string_view empty_message(Mode mode) {
    return mode == Mode::Race ? "promise_race: there is no promise to wait for" : "promise_any: there is no promise to wait for";
}

/// The elements of the iterable in argument 0; false: raised.
bool collect_jobs(Call& call, std::vector<Entry>& entries, bool takes_any) {
    const Value jobs = call.take(0);
    auto add = [&](const Value& job) {
        if (!takes_any && !job.is(ValueKind::Function) && awaited_promise(call.vm, job) == nullptr) {
            call.raise(ErrorKind::Type, std::string(call.row.name) + ": element " + std::to_string(entries.size()) + " is " +
                                            std::string(value_kind_name(job.kind())) + ", not a promise");
            return false;
        }
        entries.emplace_back().value = job;
        return true;
    };
    if (jobs.is_array()) {
        entries.reserve(jobs.as_array()->size);
        for (const Value& job : *jobs.as_array()) {
            if (!add(job)) return false;
        }
        return true;
    }
    ElementCursor cursor(jobs);
    Value job;
    while (cursor.next(job)) {
        if (!add(job)) return false;
    }
    return true;
}

/// The limit in argument `i`; false: raised.
bool take_limit(Call& call, std::uint32_t i, std::size_t& limit) {
    if (call.count <= i || call.is_null(i)) return true;
    if (call.integer(i) < 1) {
        call.raise(ErrorKind::Value, std::string(call.row.name) + ": parameter `limit` must be at least 1, got " + std::to_string(call.integer(i)));
        return false;
    }
    limit = static_cast<std::size_t>(call.integer(i));
    return true;
}

/// Starts the combinator and gives its promise.
Outcome launch(Call& call, std::unique_ptr<Combinator> combinator) {
    PromiseObject* result = new_promise();
    result->started_at = call.vm.current_position();
    retain(&result->head);
    combinator->result = result;
    result->operation = combinator.get();
    result->cancel_operation = cancel_combinator;
    Value handle = Value::adopt(result);
    start(call.vm, combinator.release());
    return call.done(std::move(handle));
}

Outcome combine(Call& call, Mode mode) {
    auto combinator = std::make_unique<Combinator>();
    combinator->mode = mode;
    if (!take_limit(call, 1, combinator->limit)) return Outcome::Raised;
    if (!collect_jobs(call, combinator->entries, false)) return Outcome::Raised;
    if (!combinator->entries.empty() || (mode != Mode::Race && mode != Mode::Any)) return launch(call, std::move(combinator));
    PromiseObject* rejected = new_promise();
    rejected->started_at = call.vm.current_position();
    call.vm.raise(ErrorKind::Value, empty_message(mode));
    settle(call.vm, *rejected, PromiseState::Rejected, call.vm.take_pending_error());
    return call.done(Value::adopt(rejected));
}

void on_timeout(Vm& vm, Timer& timer) {
    auto* combinator = static_cast<Combinator*>(&timer);
    const std::string message = "Timeout after " + display_for_message(combinator->milliseconds) + "ms";
    decide(vm, combinator, true, make_error(ErrorKind::Timeout, message));
}

}  // namespace

Outcome promise_all(Call& call) { return combine(call, Mode::All); }
Outcome promise_race(Call& call) { return combine(call, Mode::Race); }
Outcome promise_any(Call& call) { return combine(call, Mode::Any); }
Outcome promise_all_settled(Call& call) { return combine(call, Mode::AllSettled); }

Outcome map_async(Call& call) {
    auto combinator = std::make_unique<Combinator>();
    combinator->mapped = call[1];
    if (!take_limit(call, 2, combinator->limit)) return Outcome::Raised;
    if (!collect_jobs(call, combinator->entries, true)) return Outcome::Raised;
    return launch(call, std::move(combinator));
}

Outcome async_timeout(Call& call) {
    Vm& vm = call.vm;
    Instant deadline;
    if (!deadline_after(call, 1, deadline)) return Outcome::Raised;
    auto combinator = std::make_unique<Combinator>();
    combinator->mode = Mode::Timeout;
    combinator->milliseconds = call[1];
    combinator->entries.resize(1);
    combinator->entries[0].value = call.take(0);
    combinator->fire = on_timeout;
    vm.scheduler.arm(*combinator, deadline);
    return launch(call, std::move(combinator));
}

// --- the fiber itself --------------------------------------------------------------------------------------------

Outcome current_task(Call& call) {
    const Fiber* fiber = call.vm.fiber;
    while (fiber->generator != nullptr && fiber->resumer != nullptr) fiber = fiber->resumer;
    return call.done(fiber->promise != nullptr ? Value::share(fiber->promise) : Value());
}

}  // namespace ruff::builtins::bodies
