#pragma once
// One isolate: its heap, globals, fibers and scheduler, and the door through which builtins reach them.
//
// Threads: everything here belongs to the isolate's thread, except `interrupt`, which any thread or signal handler may set.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/lang/capability.h"
#include "core/vm/code.h"
#include "core/vm/error.h"
#include "core/vm/fiber.h"
#include "core/vm/function.h"
#include "core/vm/heap.h"
#include "core/vm/image.h"
#include "core/vm/native.h"
#include "core/vm/output.h"
#include "core/vm/scheduler.h"

namespace ruff::vm {

struct VmOptions {
    std::vector<std::string> arguments;      ///< what args() gives
    std::string script_path;
    std::uint32_t max_frames = 200'000;
    bool virtual_clock = false;              ///< `ruff test`: time jumps to the next deadline when everything waits
    /// Whether the program may use a capability on something: asked by the gate of the builtins. Null: everything is allowed.
    bool (*gate)(Capability capability, std::string_view detail) = nullptr;
    bool move_stacks = false;                ///< tests: move the stack at every call, collect at every allocation
};

/// Remembers what an access site found last: one entry, then the plain lookup.
struct InlineCache {
    const void* type = nullptr;              ///< StructInfo* of the receiver, or a dict's entry count for keys
    union {
        Code* method;
        std::uint64_t slot = 0;
    };
};

/// `line` and `column` count from 1; both are 0 where the module has no source.
struct SourcePlace {
    std::string_view function;
    std::string_view file;
    std::uint32_t line = 0, column = 0;
};

enum Interrupt : std::uint32_t { kInterruptSignal = 1, kInterruptDump = 2, kInterruptStop = 4, kInterruptMemory = 8, kInterruptTerminate = 16 };

class Vm {
public:
    Vm(std::shared_ptr<Image> image, const NativeTable& natives, VmOptions options);
    ~Vm();
    Vm(const Vm&) = delete;
    Vm& operator=(const Vm&) = delete;

    Heap heap;

    // --- errors
    /// Makes `kind`/`message` the pending error, with the stack of the running fiber. Always gives Outcome::Raised.
    Outcome raise(ErrorKind kind, std::string_view message, std::string_view hint = {});
    Outcome raise_value(Value error);                       ///< an ErrorObject; a stack it has is kept
    Outcome raise_out_of_memory(std::string_view what);     ///< kind "value"
    /// Ends the program at once: unwinds everything without running handlers.
    Outcome exit_program(int code);
    [[nodiscard]] Value take_pending_error();
    [[nodiscard]] bool has_pending_error() const { return !pending_error.is_null(); }

    // --- running code
    /// Runs the main file from its start until nothing is left to do. Gives the exit code; reports uncaught errors
    /// through `reporter`.
    int run_main();
    /// Runs `code` (a function without parameters) on the main fiber until nothing is left to do; as run_main.
    int run_function(Code& code);
    /// After a run_function that exit() or a deadlock stopped: everything else goes, and the teardowns around the place where
    /// the main fiber stands run.
    void run_teardowns();
    /// Forgets how the last run_function ended, so that another may follow (tests).
    void reset_outcome();
    /// The file-level variables as they are now, and back: a test's changes are undone. Values, so copying is cheap.
    [[nodiscard]] std::vector<Value> save_globals() const { return global_storage_; }
    void restore_globals(const std::vector<Value>& saved);
    Value main_result;
    /// Calls `function` to its end on this C++ stack and gives its result. For op_eq, op_lt, to_string, iter only: the
    /// callee may not suspend. At most kMaxNativeDepth deep, then `Stack overflow`.
    [[nodiscard]] Outcome call_sync(const Value& function, const Value* arguments, std::uint32_t count, Value& result);
    [[nodiscard]] Outcome call_method_sync(Code* method, const Value& receiver, const Value* arguments, std::uint32_t count,
                                           Value& result);
    /// Starts `function` on a fiber of its own, as calling an async function does, and gives its promise. The fiber is only
    /// made ready; it runs when the scheduler comes to it.
    [[nodiscard]] PromiseObject* start_fiber(const Value& function, const Value* arguments, std::uint32_t count);

    /// Prints an error that nobody caught; `headline` says more (a rejection, where fibers wait) or is empty.
    void (*reporter)(Vm& vm, const Value& error, std::string_view headline) = nullptr;
    void* reporter_data = nullptr;           ///< for the reporter
    /// What the isolate has done so far, its event source included.
    [[nodiscard]] RunCounters counters() const;
    /// Where a stack entry stands.
    [[nodiscard]] SourcePlace place_of(const StackEntry& entry) const;
    /// Text `"name (file:line:col)"` of a stack entry.
    [[nodiscard]] std::string describe(const StackEntry& entry) const;
    /// The running function's stack, innermost first.
    [[nodiscard]] StackEntry current_position() const;

    [[nodiscard]] const VmOptions& options() const { return options_; }
    [[nodiscard]] Image& image() { return *image_; }
    [[nodiscard]] const std::shared_ptr<Image>& shared_image() const { return image_; }
    /// This thread runs code of the isolate from now on: run_main, run_function and run_fibers say so themselves.
    void set_current();
    /// Every file-level variable is unset again.
    void clear_globals();
    [[nodiscard]] const Image& image() const { return *image_; }
    [[nodiscard]] const NativeTable& natives() const { return natives_; }

    // --- machine state, for the interpreter, fibers and the scheduler
    Fiber* fiber = nullptr;                  ///< the running one
    Frame* frame = nullptr;                  ///< its running frame
    Frame* frame_end = nullptr;              ///< one past the last allocated frame
    Value* stack_end = nullptr;              ///< one past the last allocated register
    Value* globals = nullptr;
    InlineCache* caches = nullptr;
    std::atomic<std::uint32_t> interrupt{0};
    std::atomic<int> wake_descriptor{-1};    ///< eventfd of the event loop, once there is one
    Scheduler scheduler;
    Value pending_error;                     ///< null, an error, or (while exiting) true
    int exit_code = -1;                      ///< >= 0: exit(n) was called
    bool failed = false;                     ///< an error or rejection was reported: the program's exit code is 4
    std::uint32_t native_depth = 0;          ///< call_sync activations
    std::uint32_t native_top = 0;            ///< stack index behind the arguments of the running builtin
    Fiber* main_fiber = nullptr;
    Fiber* all_fibers = nullptr;             ///< every live fiber
    std::uint64_t next_fiber_id = 1;
    /// Promises whose waiters have still to be told, or that have still to be cancelled. Telling and cancelling lead to more of
    /// the same (a combinator in a combinator): the outermost call works off the list, so depth costs no C++ stack.
    struct PromiseWork {
        std::vector<PromiseObject*> waiting;   ///< each with a reference
        bool is_under_way = false;
    };
    PromiseWork to_notify, to_cancel;
    std::uint32_t await_budget = 1000;       ///< awaits of settled promises in a row before others get a turn
    enum class ModuleState : std::uint8_t { Unloaded, Loading, Loaded };
    std::vector<ModuleState> module_states;
    bool interrupted = false;                ///< by a signal: the exit code is 130 (SIGINT) or 143 (SIGTERM)
    int ending_code = -1;                    ///< >= 0: the program is being ended with this code
    std::vector<std::uint32_t> loading_modules;   ///< in order: what a circular import names

    /// Sets bits of `interrupt` and wakes the isolate. From any thread or signal handler.
    void request_interrupt(Interrupt what);
    /// For kInterruptStop: the program ends with this code, or, below 0, every fiber is cancelled.
    std::atomic<int> stop_code{-1};
    /// Called when the program is being ended, besides cancelling the fibers here; null: nothing else to end.
    void (*on_ending)(Vm& vm) = nullptr;
    /// Called when nothing is left to run, to report what was not reported so far; null: nothing.
    void (*on_finished)(Vm& vm) = nullptr;
    /// Where other isolates wait, when all do: then a wait for them has no end. Empty otherwise.
    std::string waits_elsewhere;
    /// Runs what is ready, and waits for the rest, until nothing is left: for isolates that run tasks.
    void run_fibers();
    /// Acts on `interrupt`: a signal cancels the main fiber. True: something may have become ready.
    bool handle_interrupt();
    /// The main file has ended with an error: reports it, cancels everything else and gives it a second to unwind.
    void main_failed(const Value& error);
    void end_everything();
    void report_deadlock();
    /// Where every fiber stands, a line each, and who waits for whom in a circle: for the deadlock report and SIGUSR1.
    [[nodiscard]] std::string describe_fibers(std::size_t most) const;
    /// `fiber` has begun to await a fiber that awaits, too: if they have come to wait for each other, that is reported soon.
    void look_for_circle(const Fiber& fiber);
    /// Warns of the circles that were found and that have not been broken since, by a cancellation.
    void report_circles();
    std::vector<std::uint64_t> circles;      ///< ids of fibers that closed one, not reported yet
    /// The last handle of a promise is gone: a rejection that nobody awaited is reported.
    void promise_dropped(PromiseObject& promise);
    void rejected_unobserved(PromiseObject& promise);
    /// Reports an error of a fiber that nobody can await.
    void report_unhandled(const Value& error);
    /// The value of `import m`.
    [[nodiscard]] Value module_value(std::uint32_t module) const;
    /// The exported member of a module value; null: raised.
    [[nodiscard]] const Value* module_member(const Value& module, const StringObject* name);
    /// The compiled body of a prelude row.
    [[nodiscard]] Code* prelude_code(const BuiltinRow& row);
    /// A function of a prelude family that is no row.
    [[nodiscard]] Code* prelude_helper(const char* family, std::string_view name);
    /// A function of one Return: the bottom frame of fibers that start with a call of anything.
    [[nodiscard]] static const Code& idle_code();
    /// Makes room for the globals and caches of programs added to the image since the last time (prelude families).
    void grow_tables();

    static constexpr std::uint32_t kMaxNativeDepth = 200;

private:
    std::shared_ptr<Image> image_;
    const NativeTable& natives_;
    VmOptions options_;
    std::vector<Value> global_storage_;
    std::vector<InlineCache> cache_storage_;
    std::vector<Code*> prelude_codes_;       ///< by BuiltinId
    std::vector<PromiseObject*> unobserved_; ///< rejected, not awaited so far
    Timer grace_;

    void report_rejection(PromiseObject& promise);
    void report_unobserved();
    void cancel_fibers();
};

/// The isolate of this thread.
[[nodiscard]] Vm* current_vm();

/// The source span of an instruction.
[[nodiscard]] Span span_at(const Code& code, std::uint32_t pc);

}  // namespace ruff::vm
