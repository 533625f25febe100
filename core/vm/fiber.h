#pragma once
// Fibers, promises and generators.
//
// A *fiber* is a suspended or running computation: a value stack, frames, and what it waits for. A *promise* is what a
// program holds of it; a promise made by `promise()` or by a builtin has no fiber. A *generator* is a fiber that is
// resumed by whoever pulls and gives control straight back.
//
//     program holds ──▶ PromiseObject ──▶ Fiber ──▶ stack, frames
//                          ▲  result, waiters  │
//                          └───────────────────┘  a live fiber holds its promise: work goes on when nobody looks
//
// States of a fiber:
//
//     running ──await──▶ waiting ──settled/due──▶ ready ──▶ running … ──return/throw──▶ finished (freed)
//        │ starts another eagerly, pulls a generator: `resumer` of the other; it gets control back first
//
// Nothing recurses on the C++ stack: starting, pulling, yielding and waking are switches of `Vm::fiber`.

#include <cstdint>

#include "core/vm/function.h"

namespace ruff::vm {

class Vm;
struct Fiber;
struct PromiseObject;

enum FrameFlag : std::uint32_t {
    kFrameMutatesSelf = 1,   ///< register 0 (self) stays in the window on return: the caller's WriteBack puts it in its place
    kFrameBoundary = 2,      ///< entered from C++ (call_sync): its return leaves the interpreter loop
    kFrameAwait = 4,         ///< the caller awaits the result
    kFrameModule = 8,        ///< top level of a module: its return marks the module as loaded and gives the module
    kFrameSelfInCell = 16,   ///< with kFrameMutatesSelf: register 0 became a cell
    kFrameOperator = 32,     ///< an operator method called by an instruction: the result goes to the register in `target`
    kFrameBottom = 64,       ///< first frame of a fiber: its return ends the fiber
};

struct Frame {
    const bytecode::Instruction* pc;   ///< the next instruction, while the frame is not the running one
    const Code* code;
    Value* base;                       ///< register 0; base[-1] is the caller's window slot that gets the result
    std::uint32_t flags;
    std::uint32_t target;              ///< kFrameOperator: register of the caller that gets the result
};

inline constexpr std::uint32_t kNoTarget = 0xffffffff;

/// Something that is told when a promise settles. Embedded in its owner, linked into the promise: no allocation.
struct Waiter {
    Waiter* next = nullptr;
    Waiter* previous = nullptr;
    PromiseObject* promise = nullptr;                      ///< while linked
    void (*notify)(Vm& vm, Waiter& waiter) = nullptr;      ///< after unlinking
};

enum class PromiseState : std::uint8_t { Pending, Fulfilled, Rejected };

enum PromiseFlag : std::uint8_t {
    kPromiseObserved = 1,    ///< awaited, or given to a combinator: a rejection is somebody's business
    kPromiseCancelled = 2,   ///< cancellation was asked for
    kPromiseReported = 4,    ///< its rejection was printed
};

struct PromiseObject {
    Object head;
    TrackedHead links;
    PromiseState state;
    Fiber* fiber;            ///< the computation, until it ends
    Waiter* first_waiter;
    Waiter* last_waiter;
    Value result;            ///< value, or error when rejected
    StackEntry started_at;   ///< the call that started the work
    /// Cancels what the promise stands for when it has no fiber (a timer, a request); null when nothing can be done.
    void (*cancel_operation)(Vm& vm, PromiseObject& promise);
    void* operation;         ///< what settles the promise when no fiber does; it holds a reference until then
};

struct GeneratorObject {
    Object head;             ///< extra: 1 when done
    TrackedHead links;
    Fiber* fiber;            ///< null once done
    StringObject* name;
};

enum class WaitKind : std::uint8_t { None, Promise, Generator, Operation };

enum class ResumeMode : std::uint8_t {
    Register,       ///< the delivered value goes to `resume_register`
    ForNext,        ///< a pulled generator: the value goes to the loop variable; at the end the loop's jump is taken
    Discard,
};

/// What a builtin registers when it suspends a fiber for something that is no promise; lives until the fiber resumes.
/// Lives on the isolate's heap: made and deleted on its thread.
struct Operation {
    virtual ~Operation() = default;
    static void* operator new(std::size_t size);
    static void operator delete(void* memory, std::size_t size) noexcept { current_heap().deallocate(memory, size); }
    /// Aborts the work; must have finished with it when it returns. The fiber is resumed by the caller.
    virtual void cancel(Vm& vm) = 0;
    /// For deadlock reports and dumps: "receive on a channel".
    [[nodiscard]] virtual std::string_view describe() const = 0;
};

/// Where the unwinding of a cancelled fiber stands.
enum class Cleanup : std::uint8_t {
    None,       ///< not begun
    Unlimited,  ///< `finally` blocks of a generator that is left early run; they may wait
    Limited,    ///< `finally` blocks of a cancellation run; they may wait for a second in all
    Over,       ///< that second has passed: every suspension unwinds
};

/// Runs from the first suspension in the `finally` blocks of a cancellation. Made then, freed with the fiber.
struct CleanupLimit;

struct Fiber {
    Value* stack = nullptr;
    Frame* frames = nullptr;
    std::uint32_t stack_capacity = 0;
    std::uint32_t frame_count = 0;       ///< valid while not running (the running one's is in Vm::frame)
    std::uint32_t frame_capacity = 0;
    std::uint32_t resume_register = 0;   ///< index into the stack
    ResumeMode resume_mode = ResumeMode::Register;
    WaitKind wait = WaitKind::None;
    bool is_started = false;
    bool is_cancelled = false;           ///< stays in force: every further suspension unwinds
    bool is_ready = false;               ///< in the ready ring
    Cleanup cleanup = Cleanup::None;
    std::uint8_t boundaries = 0;         ///< call_sync activations on it: it may not suspend
    PromiseObject* promise = nullptr;    ///< owned reference; null for a generator
    GeneratorObject* generator = nullptr;///< not owned
    Fiber* resumer = nullptr;            ///< gets control when this one suspends first, yields or ends
    Value delivered;                     ///< what the wait gave: value, or error when `delivered_error`
    bool delivered_error = false;
    PromiseObject* awaited = nullptr;    ///< owned reference, wait == Promise
    Waiter waiter;                       ///< on `awaited`
    Operation* operation = nullptr;      ///< owned, wait == Operation
    Fiber* pulled = nullptr;             ///< wait == Generator: the generator's fiber, which runs or waits in this one's place
    CleanupLimit* cleanup_limit = nullptr;
    Fiber* next_all = nullptr;           ///< list of all live fibers of the isolate
    Fiber* previous_all = nullptr;
    std::uint64_t id = 0;
    std::uint32_t start_arguments = 0;   ///< made by Vm::start_fiber, before it runs: arguments behind the callee in stack[1]
};

[[nodiscard]] inline PromiseObject* as_promise(const Value& value) { return value.as<PromiseObject>(); }

}  // namespace ruff::vm
