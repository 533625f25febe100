#pragma once
// Values on their way to another isolate: copied out of one heap, held by nobody's heap, copied into another.
//
// A message holds its values as a row of bytes, besides what is handed over as it is: blocks of large strings, bytes and arrays of
// numbers, and the transfers of channels, task handles and promises. Essay in message.cpp.
//
// Threads: a message belongs to whoever holds it. `write_message` runs on the sender's thread, `read_message` on the receiver's.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/vm/handle.h"

namespace ruff::vm {

class Message {
public:
    Message() = default;
    Message(Message&& other) noexcept = default;
    Message& operator=(Message&& other) noexcept;
    ~Message();

    [[nodiscard]] bool is_empty() const { return bytes_.empty(); }
    /// Some function in it may assign to the state that came along.
    [[nodiscard]] bool changes_state() const { return changes_state_; }
    /// Memory held, without what transfers stand for.
    [[nodiscard]] std::size_t size() const;

private:
    friend class MessageWriter;
    friend class MessageReader;
    /// The block of a string or bytes, or of an array's elements. From malloc, larger than Heap::kMaxSmall.
    struct Block {
        void* memory = nullptr;
        std::size_t size = 0;
    };
    void free_blocks();

    std::string bytes_;
    std::vector<Block> blocks_;
    std::vector<std::unique_ptr<Transfer>> transfers_;
    bool holds_functions_ = false;
    bool changes_state_ = false;
};

/// What may be in a message.
enum class Sending : std::uint8_t {
    Value,      ///< anything that cannot go raises
    Function,   ///< the value, or the first element of it, is a function that will run elsewhere: of what it reaches, only what
                ///< its own body names raises when it cannot go; the rest raises where it is read
};

/// Writes `value` with the state its functions reach. What nobody else holds is handed over rather than copied. False: raised, in
/// words that name what cannot go.
[[nodiscard]] bool write_message(Vm& vm, Value value, Sending sending, Message& message);

/// The value, made in the isolate's heap. File-level variables that come along with functions are set where they are unset. False:
/// memory was refused, and raised. Blocks move into the heap.
[[nodiscard]] bool read_message(Vm& vm, Message&& message, Value& value);
/// The same, leaving the message as it is.
[[nodiscard]] bool copy_message(Vm& vm, const Message& message, Value& value);

/// Makes the plain value of a file-level constant immortal and ready to be read by several threads. False: it holds something that
/// is not plain data, nothing has changed.
bool freeze(const Value& value);

}  // namespace ruff::vm
