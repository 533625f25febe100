#pragma once
// The values that all isolates of a program share by name: shared_set, shared_get and the like. Each is kept as a message, and read
// as a copy.
//
// Threads: any. No code of a program runs while the lock is held.

#include <map>
#include <string>
#include <string_view>

#include "core/support/mutex.h"
#include "core/vm/message.h"
#include "core/vm/value.h"

namespace ruff::vm {
class Vm;
}

namespace ruff::runtime {

class SharedStore {
public:
    /// False: raised, the value cannot be shared.
    [[nodiscard]] bool set(vm::Vm& vm, std::string_view name, vm::Value value);
    enum class Found : std::uint8_t { Yes, No, Raised };
    [[nodiscard]] Found get(vm::Vm& vm, std::string_view name, vm::Value& value) const;
    [[nodiscard]] bool has(std::string_view name) const;
    bool remove(std::string_view name);
    /// Adds to an int (a missing one counts as 0) and gives the sum, as one step.
    enum class Added : std::uint8_t { Yes, NotAnInt, Overflow };
    [[nodiscard]] Added add(std::string_view name, std::int64_t amount, std::int64_t& sum);

private:
    struct Entry {
        bool is_int = false;
        std::int64_t number = 0;
        std::shared_ptr<const vm::Message> message;
    };
    mutable Mutex mutex_;
    std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace ruff::runtime
