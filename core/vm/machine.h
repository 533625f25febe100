#pragma once
// The cold half of the interpreter: everything a handler does when its fast path does not fit. Used by interpreter.cpp and
// the files that implement it (calls.cpp, fibers.cpp, access.cpp, loops.cpp, patterns.cpp).
//
// One protocol: before calling, the handler stores its pc in `vm.frame->pc`. The function gives true to go on with whatever
// is now `vm.frame` (the same frame, another one, another fiber), or false to leave the interpreter loop.

#include <new>
#include <stdexcept>
#include <string>

#include "core/bytecode/instruction.h"
#include "core/vm/fiber.h"
#include "core/vm/promise.h"
#include "core/vm/vm.h"

namespace ruff::vm {

using bytecode::Instruction;

// --- interpreter.cpp
/// Runs the current fiber (and, when it suspends, whatever the scheduler gives) until a boundary frame returns or nothing is
/// left to run.
void run_interpreter(Vm& vm);

// --- fibers.cpp: frames, fibers, promises, unwinding
/// Enters `code` with register 0 at `base`, whose arguments are in place. The stack may move: `base` is invalid afterwards.
/// False: stack overflow was raised and unwound to nothing (leave the loop); then `true` may also mean "a handler is current".
[[nodiscard]] bool push_frame(Vm& vm, const Code& code, Value* base, std::uint32_t flags, std::uint32_t target = 0);
/// Makes sure that `count` registers from `base` on exist; gives `base`, moved with the stack if need be. Null: overflow raised.
[[nodiscard]] Value* ensure_stack(Vm& vm, Value* base, std::size_t count);
/// The slow end of a frame: anything but a plain call's return. `result` is moved.
[[nodiscard]] bool return_slow(Vm& vm, Value result);
/// Goes to the handler of the pending error, ending frames and fibers on the way.
[[nodiscard]] bool unwind(Vm& vm);
/// raise + unwind.
[[nodiscard]] bool raise(Vm& vm, ErrorKind kind, std::string_view message, std::string_view hint = {});

/// Raises the cancellation of the running fiber.
[[nodiscard]] bool raise_cancellation(Vm& vm);
/// Room for one more frame; false: too deep.
[[nodiscard]] bool reserve_frame(Vm& vm);
/// True when the running fiber, or one that waits for the generator it belongs to, was cancelled and may not wait any more.
[[nodiscard]] bool must_unwind(const Vm& vm);
/// False inside a call from C++ (op_eq, to_string …): the C++ caller cannot wait.
[[nodiscard]] bool can_suspend(const Vm& vm);

/// A fiber with room for so many registers. Null: memory was refused, which happens only for more than a few.
[[nodiscard]] Fiber* new_fiber(Vm& vm, std::uint32_t registers);
void make_current(Vm& vm, Fiber* fiber);
/// Frees every fiber but `spared` without running its handlers: what a test leaves behind that exit() or a deadlock stopped.
void discard_fibers(Vm& vm, Fiber* spared = nullptr);
/// Discards all but the main fiber and runs the teardowns around the place where that stands. False: there are none.
bool run_teardowns(Vm& vm);
/// Saves the running fiber's position.
void park(Vm& vm);
/// The running fiber waits for something: control goes to who started or pulled it, else to the scheduler.
[[nodiscard]] bool switch_away(Vm& vm);
/// Runs the next ready fiber; false when there is none.
[[nodiscard]] bool run_next(Vm& vm);
/// Starts `code` on a new fiber at once, with `window[0]` the callee and `count` arguments behind it; window[0] becomes the promise.
[[nodiscard]] bool start_async(Vm& vm, const Code& code, Value* window, std::uint32_t count);
[[nodiscard]] bool make_generator(Vm& vm, const Code& code, Value* window, std::uint32_t count);
/// Register `index` (of the running frame) := await register. May switch fibers.
[[nodiscard]] bool await_register(Vm& vm, Value* slot);
/// Resumes `generator`, which the running fiber pulls from, sending `sent`; the yielded value goes to `slot` as `mode` says.
[[nodiscard]] bool pull_generator(Vm& vm, GeneratorObject& generator, Value sent, Value* slot, ResumeMode mode);
[[nodiscard]] bool yield_value(Vm& vm, Value* slot);
/// Nobody holds the generator any more: one that was started finishes in a fiber of its own.
void generator_dropped(Vm& vm, GeneratorObject& generator);
/// Ends a started generator before its end: its `finally` blocks run, then the running fiber goes on.
[[nodiscard]] bool finish_generator(Vm& vm, GeneratorObject& generator, Value* slot);

// --- calls.cpp
/// Calls window[0] with `count` arguments behind it; the result goes to window[0].
[[nodiscard]] bool call_value(Vm& vm, Value* window, std::uint32_t count, std::uint32_t frame_flags);
/// Calls user code `code`; arguments behind window[0] are completed (defaults, rest) or refused.
[[nodiscard]] bool call_code(Vm& vm, const Code& code, Value* window, std::uint32_t count, std::uint32_t frame_flags);
/// Checks arguments against the row and runs its body.
/// `hidden`: 1 when it is called as a method, whose receiver messages do not count. `receiver`: of a mutating method on a temporary.
[[nodiscard]] bool call_builtin(Vm& vm, const BuiltinRow& row, Value* window, std::uint32_t count, std::uint32_t frame_flags,
                                Value* receiver = nullptr, std::uint32_t hidden = 0);
[[nodiscard]] bool slow_call(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_call_function(Vm& vm, Instruction ins);
/// A call whose frame needs more room than there is.
[[nodiscard]] bool slow_enter(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_call_builtin(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_call_spread(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_invoke(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_invoke_spread(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_invoke_place(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_invoke_place_spread(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_write_back(Vm& vm, Instruction ins);
/// Puts the receiver of a mutating method back into its place. Used on return and while unwinding.
void write_back(Vm& vm, const Code& code, Value* base, Instruction ins);

/// Name of the method that a held variable's marker carries.
[[nodiscard]] std::string_view method_of_held(const Value& marker);

// --- access.cpp: globals, cells, arithmetic and comparison on anything, indices, fields, places
[[nodiscard]] bool slow_get_global(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_set_global(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_cell_marker(Vm& vm, const Value& marker, std::string_view name);
[[nodiscard]] bool slow_get_cell(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_set_cell(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_use_environment(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_get_upvalue(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_get_upvalue_cell(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_set_upvalue_cell(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_closure(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_check_set(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_arithmetic(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_negate(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_not(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_concat(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_range(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_compare(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_compare_jump(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_in(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_get_index(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_get_field(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_slice(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_set_index(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_set_field(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_set_place(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_update_place(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_get_place(Vm& vm, Instruction ins);
/// The variable a place starts from. Null: raised (unset, held); unwound already, `go_on` says how.
[[nodiscard]] Value* place_root(Vm& vm, const bytecode::Place& place, Value* base);
/// The value a place names, for reading. Null: raised, not yet unwound. `scratch` may hold it.
[[nodiscard]] const Value* read_place(Vm& vm, const Code& code, const bytecode::Place& place, Value* base, std::size_t steps, Value& scratch);
/// The slot a place names, every level on the way made unshared. Null: raised, not yet unwound.
[[nodiscard]] Value* unique_place(Vm& vm, const Code& code, const bytecode::Place& place, Value* root, Value* base, std::size_t steps);
/// Raises when the place's root may not be changed. False: raised, not yet unwound.
[[nodiscard]] bool check_mutable(Vm& vm, const bytecode::Place& place);

// --- containers.cpp
[[nodiscard]] bool slow_new_array(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_array_push(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_array_spread(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_new_dict(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_dict_set(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_dict_spread(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_new_struct(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_new_struct_spread(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_new_variant(Vm& vm, Instruction ins);

// --- loops.cpp
[[nodiscard]] bool slow_for_range(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_for_prepare(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_for_prepare_enumerate(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_for_prepare_zip(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_for_next(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_for_next2(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_for_end(Vm& vm, Instruction ins);
/// What `for` walks instead of a struct with `iter`, a file or a channel. False: raised (not iterable), not yet unwound.
[[nodiscard]] bool iterate_once(Vm& vm, const Value& iterable, Value& result);
/// An instruction that looks for interrupts (loops, calls) before it does anything found one.
[[nodiscard]] bool slow_interrupted(Vm& vm, Instruction ins);

// --- patterns.cpp
[[nodiscard]] bool slow_pattern(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_question(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_raise(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_throw(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_rethrow(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_import(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_spawn(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_await(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_yield(Vm& vm, Instruction ins);
[[nodiscard]] bool slow_return(Vm& vm, Instruction ins);

// --- native code
/// Runs `body`. Memory that the C++ library was refused in it is an error of the program, as it is on the heap; so is what the
/// system refuses the event loop. `name()` is what the error speaks of.
template <typename Name, typename Body>
[[nodiscard]] Outcome run_native(Vm& vm, Name name, Body body) {
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return vm.raise_out_of_memory(name());
    } catch (const std::length_error&) {
        return vm.raise_out_of_memory(name());
    } catch (const std::runtime_error& refused) {
        return vm.raise(ErrorKind::Io, std::string(name()) + ": " + refused.what());
    }
}

// --- errors
enum ErrorFlag : std::uint8_t {
    kErrorCancellation = 1,   ///< unwinds for a cancellation: `except` does not see it, no other error replaces it
    kErrorLeave = 2,          ///< unwinds a generator that is left early: `except` does not see it
    kErrorStop = 4,           ///< unwinds a test that exit() or a deadlock stopped: only its teardowns see it
};

}  // namespace ruff::vm
