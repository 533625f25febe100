#pragma once
// Values whose inside belongs to a room above: task handles, channels, files, processes, mutexes, semaphores. To the VM
// each is an object with identity that can say what it is; what it does stands in the class behind it.

#include <memory>
#include <string>

#include "core/vm/kind_hooks.h"
#include "core/vm/object.h"

namespace ruff::vm {

class Vm;
struct PromiseObject;

/// What a handle leaves in a message to another isolate. Made by the sender's thread, used by the receiver's.
class Transfer {
public:
    virtual ~Transfer() = default;
    /// The receiving isolate's value for the same thing. A message may be read more than once.
    [[nodiscard]] virtual Value open(Vm& vm) = 0;
};

class Handle {
public:
    /// The last reference has gone: gives back what the handle holds of the system.
    virtual ~Handle() = default;
    /// As displayed, without the angle brackets: "channel", "taskhandle 3 running".
    [[nodiscard]] virtual std::string describe() const = 0;
    /// What two handles are equal by; another isolate's proxy of the same thing has the same.
    [[nodiscard]] virtual const void* identity() const { return this; }
    /// For another isolate; null: kinds that stay where they are, or (an error is pending) it cannot go as it is now.
    [[nodiscard]] virtual std::unique_ptr<Transfer> send(Vm&) { return nullptr; }
    /// Of a task handle: the promise of the task's result, which the handle owns. Wherever a promise is asked for, the handle will do.
    [[nodiscard]] virtual PromiseObject* promise(Vm&) { return nullptr; }
};

struct HandleObject {
    Object head;
    Handle* handle;      ///< owned
};

/// A value of `kind` that owns `handle`.
[[nodiscard]] Value make_handle(ValueKind kind, Handle* handle);
template <typename T>
[[nodiscard]] T& handle_of(const Value& value) { return static_cast<T&>(*value.as<HandleObject>()->handle); }

}  // namespace ruff::vm
