// Where the fibers of an isolate stand, as text: for the deadlock report and for SIGUSR1.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/vm/vm.h"

namespace ruff::vm {

namespace {

/// How many waits are followed to find a circle. That bounds what an await of a waiting fiber costs.
constexpr int kMaxSteps = 64;

StackEntry place_of(const Vm& vm, const Fiber& fiber) {
    const bool runs = &fiber == vm.fiber && fiber.wait == WaitKind::None && !fiber.is_ready;
    const Frame* frame = runs ? vm.frame : fiber.frames + fiber.frame_count - 1;
    while (frame > fiber.frames && frame->code->source->is_hidden) --frame;
    return {frame->code->index, static_cast<std::uint32_t>(frame->pc - frame->code->instructions - 1)};
}

/// The fiber that settles what this one awaits, if one does.
const Fiber* awaited_fiber(const Fiber& fiber) {
    const Fiber* waiting = &fiber;
    while (waiting->wait == WaitKind::Generator) waiting = waiting->pulled;
    return waiting->wait == WaitKind::Promise ? waiting->awaited->fiber : nullptr;
}

/// The circle of awaits that `fiber` is part of, itself first; empty when there is none.
std::vector<const Fiber*> circle_of(const Fiber& fiber) {
    std::vector<const Fiber*> circle{&fiber};
    for (int step = 0; step < kMaxSteps; ++step) {
        const Fiber* next = awaited_fiber(*circle.back());
        if (next == &fiber) return circle;
        if (next == nullptr) break;
        circle.push_back(next);
    }
    return {};
}

std::string number_of(const Fiber& fiber) { return "#" + std::to_string(fiber.id); }

std::string what_it_does(const Vm& vm, const Fiber& fiber) {
    switch (fiber.wait) {
        case WaitKind::Generator: return ", pulling a generator";
        case WaitKind::Operation: return ", in " + std::string(fiber.operation->describe());
        case WaitKind::Promise:
            if (fiber.awaited->fiber != nullptr) return ", awaiting " + number_of(*fiber.awaited->fiber);
            return fiber.awaited->operation != nullptr ? ", awaiting a promise that something else settles" : ", awaiting a promise that nothing settles";
        case WaitKind::None: break;
    }
    if (fiber.is_ready) return ", ready";
    return &fiber == vm.fiber ? ", running" : ", starting another";
}

std::string describe_fiber(const Vm& vm, const Fiber& fiber) {
    std::string text = "  " + number_of(fiber) + " ";
    if (fiber.frame_count == 0) return text + "not started yet";
    text += vm.describe(place_of(vm, fiber)) + what_it_does(vm, fiber);
    if (fiber.is_cancelled) text += ", cancelled";
    if (fiber.promise != nullptr && &fiber != vm.main_fiber) text += "; started at " + vm.describe(fiber.promise->started_at);
    return text;
}

}  // namespace

void Vm::look_for_circle(const Fiber& fiber) {
    if (!circle_of(fiber).empty()) circles.push_back(fiber.id);
}

void Vm::report_circles() {
    for (const std::uint64_t id : std::exchange(circles, {})) {
        const Fiber* fiber = all_fibers;
        while (fiber != nullptr && fiber->id != id) fiber = fiber->next_all;
        if (fiber == nullptr || fiber->is_cancelled) continue;
        const std::vector<const Fiber*> circle = circle_of(*fiber);
        if (circle.empty()) continue;
        std::string text = "warning: fibers await each other, and none of them can go on\n";
        for (const Fiber* member : circle) text += describe_fiber(*this, *member) + "\n";
        Output::write_error(text);
    }
}

std::string Vm::describe_fibers(std::size_t most) const {
    std::vector<const Fiber*> fibers;
    for (const Fiber* fiber = all_fibers; fiber != nullptr; fiber = fiber->next_all) {
        const bool is_idle_generator = fiber->generator != nullptr && fiber->resumer == nullptr;
        if (!is_idle_generator) fibers.push_back(fiber);
    }
    std::reverse(fibers.begin(), fibers.end());   // in the order in which they were started
    std::string text;
    for (std::size_t i = 0; i < std::min(most, fibers.size()); ++i) text += (i > 0 ? "\n" : "") + describe_fiber(*this, *fibers[i]);
    if (fibers.size() > most) text += "\n  ... and " + std::to_string(fibers.size() - most) + " more";
    for (const Fiber* fiber : fibers) {
        const std::vector<const Fiber*> circle = circle_of(*fiber);
        if (circle.empty()) continue;
        text += "\nthey wait for each other:";
        for (const Fiber* member : circle) text += " " + number_of(*member) + " awaits " + number_of(*awaited_fiber(*member)) + ",";
        text.pop_back();
        break;
    }
    return text;
}

}  // namespace ruff::vm
