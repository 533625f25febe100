// Copying values between heaps.
//
// What is hard. Values nest as deep as memory allows, share parts of themselves, and close cycles through captured variables; some
// parts cannot leave their isolate; a message may be refused half-way; and neither heap may be touched by the other's thread.
//
// The form. A message is a row of bytes in which every value stands before what it contains:
//
//     [5, "ab", xs, xs]     Array 4 | Int 5 | String "ab" | Array* 2 … | Back 0
//
// Immortal objects (constants, functions without captures, names) are shared by all isolates and go as an address. An object that
// is held more than once is marked (*) and numbered when it is first met; the next time its number stands there (Back). An object
// held once needs no number, so trees cost no table. A cycle is entered from outside, where its first object is held at least
// twice, so it is broken there.
//
// Large flat memory does not go through the bytes. A string, or an array without heap values, of more than kBlockSize bytes lies in
// one block from malloc: it is copied once, and the receiver's heap takes the block over. When the message is the only holder of the
// whole path to it, the block itself is handed over, and nothing is copied.
//
// Neither writing nor reading recurses: both keep a list of the containers they are inside of. A container leaves the list before
// its last child is written, so a chain (a linked list) costs no memory, however long.
//
// Functions bring state. A closure's captures are children like any other. Behind the value stand the file-level variables that the
// functions in the message reach (core/vm/reach.h); writing one may meet more functions, until nothing new is reached. The receiver
// sets those that are unset there: a function that comes back to where it was made sees that isolate's variables.
//
// What cannot go. In a value that is sent, a generator, an open file and the like raise. Behind a function, a variable whose value
// cannot go becomes *unsent*: the bytes written for it are taken back to the variable's beginning, a checkpoint on the list of
// containers, and a marker with the message is put there instead, which raises when the variable is read. Variables that the sent
// function's own text names, and that hold such a value themselves, raise at once, because the program can be told earlier; so does
// the receiver of a bound method, which is no variable.

#include "core/vm/message.h"

#include <cstdlib>
#include <unordered_set>
#include <utility>

#include "core/vm/kind_hooks.h"
#include "core/vm/string.h"

namespace ruff::vm {

void Message::free_blocks() {
    for (const Block& block : blocks_) std::free(block.memory);
    blocks_.clear();
}

Message::~Message() { free_blocks(); }

Message& Message::operator=(Message&& other) noexcept {
    free_blocks();
    bytes_ = std::move(other.bytes_);
    blocks_ = std::move(other.blocks_);
    other.blocks_.clear();
    transfers_ = std::move(other.transfers_);
    holds_functions_ = other.holds_functions_;
    changes_state_ = other.changes_state_;
    return *this;
}

std::size_t Message::size() const {
    std::size_t size = sizeof(Message) + bytes_.capacity();
    for (const Block& block : blocks_) size += block.size;
    return size;
}

// --- constants -------------------------------------------------------------------------------------------------------

namespace {

/// Kinds whose values are nothing but data.
constexpr KindMask kPlainKinds = kind_bit(ValueKind::String) | kind_bit(ValueKind::Bytes) | kind_bit(ValueKind::Array) |
                                 kind_bit(ValueKind::Dict) | kind_bit(ValueKind::Set) | kind_bit(ValueKind::Range) |
                                 kind_bit(ValueKind::Struct) | kind_bit(ValueKind::Enum) | kind_bit(ValueKind::Result) |
                                 kind_bit(ValueKind::Option);

/// Objects still to be looked at.
class PendingObjects final : public ValueVisitor {
public:
    explicit PendingObjects(Object* first) : pending_{first} {}
    void visit(Value& child) override {
        if (child.is_heap()) pending_.push_back(child.object());
    }
    [[nodiscard]] bool is_empty() const { return pending_.empty(); }
    Object* take() {
        Object* last = pending_.back();
        pending_.pop_back();
        return last;
    }

private:
    std::vector<Object*> pending_;
};

}  // namespace

bool freeze(const Value& value) {
    if (!value.is_heap() || value.object()->is_immortal()) return true;
    // Two walks: the first may find something that is no plain data.
    for (const bool changes : {false, true}) {
        PendingObjects pending(value.object());
        std::unordered_set<const Object*> seen;   // of what is held more than once; the second walk stops at what is immortal
        while (!pending.is_empty()) {
            Object* object = pending.take();
            if (object->is_immortal()) continue;
            if ((kind_bit(object->kind) & kPlainKinds) == 0) return false;
            if (!changes && object->references > 1 && !seen.insert(object).second) continue;
            if (object->kind <= ValueKind::Bytes) {
                auto* string = reinterpret_cast<StringObject*>(object);
                if ((string->head.flags & kStringHasBreadcrumbs) != 0) return false;
                (void)string_hash(string);
                (void)string_length(string);
            } else {
                kind_hooks(object->kind).children(object, pending);
            }
            if (changes) object->references = kImmortal;
        }
    }
    return true;
}

}  // namespace ruff::vm
