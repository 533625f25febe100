#include "core/vm/vm.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "core/support/line_index.h"
#include "core/vm/array.h"
#include "core/vm/machine.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/trace.h"

namespace ruff::vm {

namespace bc = bytecode;

namespace {

constexpr std::size_t kInnermostFrames = 100;
constexpr std::size_t kOutermostFrames = 20;

/// The stack of the running fiber, innermost first; with the middle left out when it is deep.
void capture_stack(const Vm& vm, ErrorObject& error) {
    if (error.has_stack || vm.fiber == nullptr) return;
    error.has_stack = true;
    std::vector<StackEntry> entries;
    for (const Frame* frame = vm.frame; frame >= vm.fiber->frames; --frame) {
        if (frame->code->source == nullptr || frame->code->source->is_hidden) continue;
        const auto pc = static_cast<std::uint32_t>(frame->pc - frame->code->instructions - 1);
        entries.push_back({frame->code->index, pc});
    }
    if (entries.size() > kInnermostFrames + kOutermostFrames) {
        error.stack_omitted = static_cast<std::uint32_t>(entries.size() - kInnermostFrames - kOutermostFrames);
        entries.erase(entries.begin() + kInnermostFrames, entries.end() - kOutermostFrames);
    }
    if (entries.empty()) return;
    error.stack_size = static_cast<std::uint32_t>(entries.size());
    error.stack = static_cast<StackEntry*>(current_heap().allocate(entries.size() * sizeof(StackEntry)));
    std::copy(entries.begin(), entries.end(), error.stack);
}

}  // namespace

Vm::Vm(std::shared_ptr<Image> image, const NativeTable& natives, VmOptions options)
    : image_(std::move(image)), natives_(natives), options_(std::move(options)) {
    set_current_heap(&heap);
    heap.set_alarm(&interrupt, kInterruptMemory);
    module_states.resize(image_->program().modules.size());
    grow_tables();
    if (options_.virtual_clock) scheduler.use_virtual_clock();
    if (options_.move_stacks) heap.set_stress(true);
}

Vm::~Vm() = default;

void Vm::grow_tables() {
    global_storage_.resize(image_->global_count(), Value::unset());
    globals = global_storage_.data();
    cache_storage_.resize(image_->cache_count());
    caches = cache_storage_.data();
}

const Code& Vm::idle_code() {
    // Pairs of a call with 0, 1, 2, 3 arguments and a return.
    static const Instruction instructions[8] = {
        {bc::Op::Call, 0, 0, 0, 0}, {bc::Op::Return, 0, 0, 0, 0}, {bc::Op::Call, 0, 0, 1, 0}, {bc::Op::Return, 0, 0, 0, 0},
        {bc::Op::Call, 0, 0, 2, 0}, {bc::Op::Return, 0, 0, 0, 0}, {bc::Op::Call, 0, 0, 3, 0}, {bc::Op::Return, 0, 0, 0, 0},
    };
    static const bc::Function source = [] {
        bc::Function function;
        function.is_hidden = true;
        return function;
    }();
    static const Code code = [] {
        Code idle;
        idle.source = &source;
        idle.instructions = instructions;
        idle.register_count = 1;
        idle.is_async = true;
        return idle;
    }();
    return code;
}

// --- errors ------------------------------------------------------------------------------------------------------

Outcome Vm::raise(ErrorKind kind, std::string_view message, std::string_view hint) {
    return raise_value(make_error(kind, message, hint));
}

Outcome Vm::raise_value(Value error) {
    capture_stack(*this, *error.as<ErrorObject>());
    pending_error = std::move(error);
    return Outcome::Raised;
}

Outcome Vm::raise_out_of_memory(std::string_view what) {
    interrupt.fetch_and(~kInterruptMemory);   // this is the answer to the heap's alarm
    return raise(ErrorKind::Value, "Out of memory: the " + std::string(what) + " is too large");
}

Outcome Vm::exit_program(int code) {
    exit_code = code;
    return Outcome::Raised;
}

Value Vm::take_pending_error() { return std::move(pending_error); }

StackEntry Vm::current_position() const {
    if (fiber == nullptr) return {0, 0};
    for (const Frame* at = frame; at >= fiber->frames; --at) {
        if (at->code->source->is_hidden) continue;
        return {at->code->index, static_cast<std::uint32_t>(at->pc - at->code->instructions - 1)};
    }
    return {0, 0};
}

RunCounters Vm::counters() const {
    RunCounters counters;
    counters[RunCounter::ContainersCopied] = heap.counters.cow_copies;
    counters[RunCounter::CycleCollections] = heap.counters.cycle_collections;
    counters[RunCounter::CyclesFreed] = heap.counters.cycles_freed;
    counters[RunCounter::Fibers] = next_fiber_id - 1;
    counters[RunCounter::Switches] = scheduler.counters.switches;
    counters[RunCounter::Timers] = scheduler.counters.timers_armed;
    if (scheduler.events != nullptr) scheduler.events->add_counters(counters);
    return counters;
}

SourcePlace Vm::place_of(const StackEntry& entry) const {
    const Code& code = *image_->code(entry.function);
    const bc::Module& module = image_->program_of(code).modules[code.source->module];
    SourcePlace place{.function = code.name->view(), .file = module.path};
    if (module.source == nullptr) return place;
    const LineColumn at = module.source->lines().position(span_at(code, entry.pc).begin, PositionEncoding::Utf32);
    place.line = at.line + 1;
    place.column = at.column + 1;
    return place;
}

std::string Vm::describe(const StackEntry& entry) const {
    const SourcePlace place = place_of(entry);
    std::string text(place.function);
    text += " (" + std::string(place.file);
    if (place.line != 0) text += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
    return text + ")";
}

Span span_at(const Code& code, std::uint32_t pc) {
    const auto& positions = code.source->positions;
    auto after = std::upper_bound(positions.begin(), positions.end(), pc, [](std::uint32_t at, const bc::PositionEntry& entry) { return at < entry.pc; });
    return after == positions.begin() ? Span{} : (after - 1)->span;
}

void Vm::report_unhandled(const Value& error) {
    failed = true;
    if (reporter != nullptr) reporter(*this, error, "Unhandled error in a generator");
}

// --- modules and the prelude -------------------------------------------------------------------------------------

Value Vm::module_value(std::uint32_t module) const {
    return make_module(module, intern(image_->program().modules[module].name));
}

const Value* Vm::module_member(const Value& module, const StringObject* name) {
    const bc::Module& info = image_->program().modules[module.as<ModuleObject>()->module];
    for (const bc::Export& exported : info.exports) {
        if (exported.kind == bc::Export::Variable && exported.name == name->view()) return &globals[exported.index];
    }
    raise(ErrorKind::Name, "Module " + info.name + " exports no `" + std::string(name->view()) + "`");
    return nullptr;
}

Code* Vm::prelude_code(const BuiltinRow& row) {
    if (prelude_codes_.empty()) prelude_codes_.resize(kBuiltinCount);
    Code*& code = prelude_codes_[static_cast<int>(row.id)];
    if (code == nullptr) {
        const char* family = natives_.bodies[static_cast<int>(row.id)].prelude_family;
        code = prelude_helper(family, row.body_name);
    }
    return code;
}

Code* Vm::prelude_helper(const char* family, std::string_view name) {
    Code* code = image_->prelude_function(family, natives_.prelude_source(family), name);
    grow_tables();
    return code;
}

// --- running -----------------------------------------------------------------------------------------------------

namespace {

thread_local Vm* t_current_vm = nullptr;

constexpr Instant kGrace = 1'000'000'000;   ///< how long `finally` blocks may take once the program is ending

/// A fiber other than a generator that nobody pulls from any more.
bool has_waiting_fiber(const Vm& vm) {
    for (const Fiber* fiber = vm.all_fibers; fiber != nullptr; fiber = fiber->next_all) {
        if (fiber->promise != nullptr) return true;
    }
    return false;
}

}  // namespace

Vm* current_vm() { return t_current_vm; }

void Vm::set_current() { t_current_vm = this; }

void Vm::clear_globals() {
    for (Value& global : global_storage_) global = Value::unset();
}

void Vm::end_everything() {
    for (Fiber* other = all_fibers; other != nullptr; other = other->next_all) {
        if (other != fiber && other->promise != nullptr) cancel_fiber(*this, *other);
    }
    if (on_ending != nullptr) on_ending(*this);
    grace_.fire = [](Vm& vm, Timer&) { vm.exit_code = vm.ending_code; };
    grace_.is_background = true;
    if (grace_.slot == 0) scheduler.arm(grace_, scheduler.now() + kGrace);
}

void Vm::main_failed(const Value& error) {
    if (!interrupted) {
        ending_code = 4;
        failed = true;
        if (reporter != nullptr) reporter(*this, error, "");
    }
    end_everything();
}

void Vm::report_deadlock() {
    const Value error = make_error(ErrorKind::Value, "Deadlock: all fibers are waiting");
    failed = true;
    if (reporter != nullptr) reporter(*this, error, "waiting:\n" + describe_fibers(20) + waits_elsewhere);
    waits_elsewhere.clear();
}

void Vm::promise_dropped(PromiseObject& promise) {
    if (promise.state != PromiseState::Rejected) return;
    // A settled promise has no operation: the field holds its place in the list, from 1.
    if (const auto place = std::bit_cast<std::uintptr_t>(promise.operation); place != 0) unobserved_[place - 1] = nullptr;
    promise.operation = nullptr;
    if ((promise.head.flags & (kPromiseObserved | kPromiseCancelled | kPromiseReported)) != 0) return;
    promise.head.flags |= kPromiseReported;
    report_rejection(promise);
}

void Vm::report_rejection(PromiseObject& promise) {
    failed = true;
    if (reporter != nullptr) reporter(*this, promise.result, "Unhandled rejection, started at " + describe(promise.started_at));
}

void Vm::rejected_unobserved(PromiseObject& promise) {
    unobserved_.push_back(&promise);
    promise.operation = std::bit_cast<void*>(static_cast<std::uintptr_t>(unobserved_.size()));
}

int Vm::run_function(Code& code) {
    t_current_vm = this;
    Value window[1];
    Fiber* started = new_fiber(*this, 1u + code.register_count);
    PromiseObject* promise = new_promise();
    retain(&promise->head);
    promise->fiber = started;
    promise->head.flags |= kPromiseObserved;
    started->promise = promise;
    started->is_started = true;
    started->frames[0] = {code.instructions, &code, started->stack + 1, kFrameBottom, 0};
    started->frame_count = 1;
    main_fiber = started;
    if (scheduler.trace != nullptr) scheduler.trace->fiber_started(*this, *started);
    make_current(*this, started);
    run_interpreter(*this);
    main_result = promise->state == PromiseState::Fulfilled ? promise->result : Value();
    const bool succeeded = promise->state == PromiseState::Fulfilled;
    const bool is_stuck = has_waiting_fiber(*this) || !waits_elsewhere.empty();
    if (exit_code < 0 && !failed && ending_code < 0 && is_stuck) report_deadlock();
    report_unobserved();
    if (on_finished != nullptr) on_finished(*this);
    release(&promise->head);
    if (exit_code >= 0) return exit_code;
    if (ending_code >= 0) return ending_code;
    return failed || !succeeded ? 4 : 0;
}

void Vm::run_teardowns() {
    exit_code = -1;
    if (ruff::vm::run_teardowns(*this)) report_unobserved();
}

void Vm::run_fibers() {
    t_current_vm = this;
    if (run_next(*this)) run_interpreter(*this);
    report_unobserved();
}

void Vm::report_unobserved() {
    const std::vector<PromiseObject*> unobserved = std::move(unobserved_);
    unobserved_.clear();
    for (PromiseObject* rejected : unobserved) {
        if (rejected == nullptr) continue;
        rejected->operation = nullptr;
        if ((rejected->head.flags & (kPromiseObserved | kPromiseCancelled | kPromiseReported)) != 0) continue;
        rejected->head.flags |= kPromiseReported;
        report_rejection(*rejected);
    }
}

void Vm::reset_outcome() {
    discard_fibers(*this);
    failed = false;
    exit_code = -1;
    ending_code = -1;
    scheduler.disarm(grace_);
}

void Vm::restore_globals(const std::vector<Value>& saved) {
    for (std::size_t i = 0; i < saved.size(); ++i) globals[i] = saved[i];
}

int Vm::run_main() {
    Code* main = image_->main_of(0);
    module_states[0] = ModuleState::Loading;
    loading_modules.push_back(0);
    const int code = run_function(*main);
    Output::flush();
    return code;
}

void Vm::request_interrupt(Interrupt what) {
    interrupt.fetch_or(what);
    const int saved_errno = errno;
    const std::uint64_t one = 1;
    if (const int descriptor = wake_descriptor.load(); descriptor >= 0) (void)!::write(descriptor, &one, sizeof(one));
    errno = saved_errno;
}

void Vm::cancel_fibers() {
    for (Fiber* each = all_fibers; each != nullptr; each = each->next_all) {
        if (each->promise != nullptr) cancel_fiber(*this, *each);
    }
}

bool Vm::handle_interrupt() {
    const std::uint32_t what = interrupt.exchange(0);
    if ((what & kInterruptDump) != 0) Output::write_error("fibers:\n" + describe_fibers(1000) + "\n");
    if ((what & kInterruptStop) != 0) {
        if (stop_code.load() >= 0) exit_code = stop_code.load();
        else cancel_fibers();
    }
    if ((what & (kInterruptSignal | kInterruptTerminate)) == 0) return what != 0;
    const int code = (what & kInterruptSignal) != 0 ? 130 : 143;
    if (interrupted) exit_code = code;   // a second one does not wait
    interrupted = true;
    ending_code = code;
    if (main_fiber != nullptr) cancel_fiber(*this, *main_fiber);
    end_everything();
    return true;
}

}  // namespace ruff::vm
