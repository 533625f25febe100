#pragma once
// One isolate: its heap, globals, fibers and ready ring, and the door through which builtins reach them.
//
// Threads: everything here belongs to the isolate's thread, except `request_interrupt` and `Wakeup`.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/vm/code.h"
#include "core/vm/error.h"
#include "core/vm/function.h"
#include "core/vm/heap.h"
#include "core/vm/native.h"

namespace ruff::vm {

struct Fiber;
struct PromiseObject;
class Scheduler;

/// A loaded program and the prelude families compiled so far: shared by all isolates of a process.
class Image;

/// Standard output of the process, shared by isolates: whole lines, written at once on a terminal, else when 64 KiB are
/// full, all fibers wait, stderr is written, stdin read, a process started, or the program ends. Thread-safe.
class Output {
public:
    static void write(std::string_view text);
    static void write_error(std::string_view text);   ///< flushes standard output first
    static void flush();
};

struct VmOptions {
    std::vector<std::string> arguments;      ///< what args() gives
    std::string script_path;
    std::uint32_t max_frames = 200'000;
    bool virtual_clock = false;              ///< `ruff test`: time jumps to the next deadline when everything waits
    bool move_stacks = false;                ///< tests: move the stack at every call, collect at every allocation
};

class Vm {
public:
    Vm(std::shared_ptr<Image> image, const NativeTable& natives, VmOptions options);
    ~Vm();
    Vm(const Vm&) = delete;

    Heap heap;

    // --- errors
    /// Makes `kind`/`message` the pending error; the interpreter adds the stack. Always gives Outcome::Raised.
    Outcome raise(ErrorKind kind, std::string_view message, std::string_view hint = {});
    Outcome raise_value(Value error);                       ///< an ErrorObject
    Outcome raise_out_of_memory(std::string_view what);     ///< kind "value"
    /// Raised by exit(n): unwinds everything without running handlers.
    Outcome exit_program(int code);
    [[nodiscard]] Value take_pending_error();
    [[nodiscard]] bool has_pending_error() const { return !pending_error_.is_null(); }

    // --- running code
    /// Calls `function` to its end on this C++ stack and gives its result. For op_eq, op_lt, to_string, iter only: the callee
    /// may not suspend. At most kMaxNativeDepth deep, then `Stack overflow`.
    [[nodiscard]] Outcome call_sync(const Value& function, const Value* arguments, std::uint32_t count, Value& result);
    [[nodiscard]] Outcome call_method_sync(Code* method, const Value& receiver, const Value* arguments, std::uint32_t count, Value& result);

    // --- suspending
    [[nodiscard]] Fiber* current_fiber() const { return current_; }
    [[nodiscard]] Scheduler& scheduler() { return *scheduler_; }

    [[nodiscard]] const VmOptions& options() const { return options_; }
    [[nodiscard]] Image& image() { return *image_; }
    /// Text `"name (file:line:col)"` of a stack entry.
    [[nodiscard]] std::string describe(const StackEntry& entry) const;

private:
    friend class Interpreter;
    friend class Call;
    friend class Scheduler;
    std::shared_ptr<Image> image_;
    const NativeTable& natives_;
    VmOptions options_;
    Fiber* current_ = nullptr;
    std::unique_ptr<Scheduler> scheduler_;
    Value pending_error_;
    std::vector<Value> globals_;
    int exit_code_ = -1;
    int native_depth_ = 0;
};

}  // namespace ruff::vm
