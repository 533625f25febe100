#include "core/vm/trace.h"

#include <cstdio>
#include <utility>

#include "core/support/escape.h"
#include "core/vm/vm.h"

namespace ruff::vm {

namespace {

/// Nanoseconds as the microseconds of the format.
void append_time(Instant nanoseconds, std::string& out) {
    char text[40];
    std::snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(nanoseconds / 1000), static_cast<long long>(nanoseconds % 1000));
    out += text;
}

/// What the fiber does: the function at its bottom, or the one it was started to call.
std::string name_of(const Vm& vm, const Fiber& fiber) {
    if (&fiber == vm.main_fiber) return "main";
    const bool is_trampoline = fiber.frame_count == 0 || fiber.frames[0].code == &Vm::idle_code();
    if (!is_trampoline) return std::string(fiber.frames[0].code->name->view());
    const Value& callee = fiber.stack[1];
    if (!callee.is(ValueKind::Function)) return "fiber";
    const FunctionObject& function = *callee.as<FunctionObject>();
    if (function.form() == FunctionForm::Builtin) return std::string(function.builtin->name);
    return function.code != nullptr ? std::string(function.code->name->view()) : "fiber";
}

/// The row a wait belongs to: a generator waits in the name of whoever pulls from it.
const Fiber& row_of(const Fiber& fiber) {
    const Fiber* at = &fiber;
    while (at->generator != nullptr && at->resumer != nullptr) at = at->resumer;
    return *at;
}

std::string what_it_waits_for(const Fiber& fiber) {
    if (fiber.wait == WaitKind::Operation && fiber.operation != nullptr) return std::string(fiber.operation->describe());
    return fiber.wait == WaitKind::Promise ? "await" : "yield";
}

std::string place_of(const Vm& vm, const Fiber& fiber) {
    for (std::uint32_t i = fiber.frame_count; i-- > 0;) {
        const Frame& frame = fiber.frames[i];
        if (frame.code->source->is_hidden) continue;
        return vm.describe({frame.code->index, static_cast<std::uint32_t>(frame.pc - frame.code->instructions - 1)});
    }
    return {};
}

}  // namespace

void Trace::fiber_started(const Vm& vm, const Fiber& fiber) {
    std::string name = name_of(vm, fiber);
    names_[fiber.id] = name + " #" + std::to_string(fiber.id);
    live_[fiber.id] = {.name = std::move(name), .began = vm.scheduler.now(), .waits_for = {}, .place = {}};
}

void Trace::fiber_ended(const Vm& vm, const Fiber& fiber) {
    const auto found = live_.find(fiber.id);
    if (found == live_.end()) return;
    LiveFiber& live = found->second;
    add({'X', "fiber", std::move(live.name), fiber.id, live.began, vm.scheduler.now() - live.began, -1, {}});
    live_.erase(found);
}

void Trace::wait_began(const Vm& vm, const Fiber& fiber) {
    const auto found = live_.find(row_of(fiber).id);
    if (found == live_.end() || found->second.wait_began >= 0) return;
    LiveFiber& live = found->second;
    live.wait_began = vm.scheduler.now();
    live.ready = -1;
    live.waits_for = what_it_waits_for(fiber);
    live.place = place_of(vm, fiber);
}

void Trace::became_ready(const Vm& vm, const Fiber& fiber) {
    const auto found = live_.find(row_of(fiber).id);
    if (found != live_.end() && found->second.wait_began >= 0) found->second.ready = vm.scheduler.now();
}

void Trace::resumed(const Vm& vm, const Fiber& fiber) {
    const auto found = live_.find(row_of(fiber).id);
    if (found == live_.end() || found->second.wait_began < 0) return;
    LiveFiber& live = found->second;
    const Instant now = vm.scheduler.now();
    const Instant began = std::exchange(live.wait_began, -1);
    add({'X', "wait", std::move(live.waits_for), found->first, began, now - began, live.ready < 0 ? 0 : now - live.ready, std::move(live.place)});
}

void Trace::operation_began(const Vm& vm, std::uint64_t id, const char* category, std::string name) {
    add({'b', category, std::move(name), id, vm.scheduler.now(), 0, -1, {}});
}

void Trace::operation_phase(std::uint64_t id, const char* category, std::string name, Instant began, Instant ended) {
    add({'b', category, name, id, began, 0, -1, {}});
    add({'e', category, std::move(name), id, ended, 0, -1, {}});
}

void Trace::operation_ended(const Vm& vm, std::uint64_t id, const char* category, std::string name) {
    add({'e', category, std::move(name), id, vm.scheduler.now(), 0, -1, {}});
}

void Trace::add(Event event) {
    if (ring_.size() < kMaxEvents) ring_.push_back(std::move(event));
    else ring_[added_ % kMaxEvents] = std::move(event);
    ++added_;
}

void Trace::append(const Event& event, std::string& out) const {
    out += "{\"ph\":\"";
    out += event.phase;
    out += "\",\"cat\":\"";
    out += event.category;
    out += "\",\"name\":";
    append_json_string(out, event.name);
    out += ",\"pid\":" + std::to_string(isolate_) + ",\"ts\":";
    append_time(event.began, out);
    if (event.phase == 'X') {
        out += ",\"tid\":" + std::to_string(event.row) + ",\"dur\":";
        append_time(event.duration, out);
    } else {
        out += ",\"tid\":0,\"id\":" + std::to_string(event.row);
    }
    if (event.queued >= 0) {
        out += ",\"args\":{\"at\":";
        append_json_string(out, event.place);
        out += ",\"queued_us\":";
        append_time(event.queued, out);
        out += "}";
    }
    out += "},\n";
}

std::string Trace::events(const Vm& vm) const {
    std::string out;
    const std::size_t first = ring_.size() < kMaxEvents ? 0 : added_ % kMaxEvents;
    for (std::size_t i = 0; i < ring_.size(); ++i) append(ring_[(first + i) % ring_.size()], out);
    const Instant now = vm.scheduler.now();
    for (const auto& [id, live] : live_) {
        append({'X', "fiber", live.name, id, live.began, now - live.began, -1, {}}, out);
        if (live.wait_began >= 0) append({'X', "wait", live.waits_for, id, live.wait_began, now - live.wait_began, 0, live.place}, out);
    }
    for (const auto& [id, name] : names_) {
        out += "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":" + std::to_string(isolate_) + ",\"tid\":" + std::to_string(id) + ",\"args\":{\"name\":";
        append_json_string(out, name);
        out += "}},\n";
    }
    if (out.empty()) return out;
    out += "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":" + std::to_string(isolate_) + ",\"tid\":0,\"args\":{\"name\":";
    append_json_string(out, isolate_ == 1 ? "main isolate" : "task isolate " + std::to_string(isolate_));
    return out + "}}";
}

std::string Trace::take_events(const Vm& vm) {
    std::string taken = events(vm);
    ring_.clear();
    live_.clear();
    names_.clear();
    added_ = 0;
    return taken;
}

std::string chrome_trace(const std::vector<std::string>& events_of_isolates) {
    std::string out = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n";
    bool is_first = true;
    for (const std::string& events : events_of_isolates) {
        if (events.empty()) continue;
        if (!is_first) out += ",\n";
        is_first = false;
        out += events;
    }
    return out + "\n]}\n";
}

namespace trace {

Span begin(const Vm& vm, const char* category, std::string_view name) {
    if (vm.scheduler.trace == nullptr) return {};
    Span span{vm.scheduler.trace->next_operation_id(), category, std::string(name)};
    vm.scheduler.trace->operation_began(vm, span.id, category, span.name);
    return span;
}

void phase(const Vm& vm, const Span& span, std::string_view name, Instant began, Instant ended) {
    if (vm.scheduler.trace != nullptr && span.id != 0) vm.scheduler.trace->operation_phase(span.id, span.category, std::string(name), began, ended);
}

void end(const Vm& vm, Span& span) {
    if (vm.scheduler.trace != nullptr && span.id != 0) vm.scheduler.trace->operation_ended(vm, span.id, span.category, std::move(span.name));
    span.id = 0;
}

}  // namespace trace
}  // namespace ruff::vm
