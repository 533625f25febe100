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

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/error.h"
#include "core/vm/fiber.h"
#include "core/vm/function.h"
#include "core/vm/kind_hooks.h"
#include "core/vm/range.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::vm {

namespace {

constexpr std::size_t kBlockSize = 4096;
static_assert(kBlockSize >= Heap::kMaxSmall);

/// First byte of each value in a message.
enum class Tag : std::uint8_t {
    Null, False, True, Int, Float, Unset, Held, Unsent, Immortal, Back, String, StringBlock, Array, ArrayBlock, Dict, Set, Range,
    Struct, Variant, Closure, BoundMethod, Cell, Error, Module, Transfer,
};
constexpr std::uint8_t kNumbered = 0x80;   ///< with a tag: the object may be met again

/// Objects met before, by address. Open addressing; entries are only ever taken away from the end.
class NumberTable {
public:
    [[nodiscard]] std::uint32_t find(const Object* object) const {
        if (slots_.empty()) return kNone;
        for (std::size_t i = start(object);; i = (i + 1) & (slots_.size() - 1)) {
            if (slots_[i] == kNone) return kNone;
            if (objects_[slots_[i]] == object) return slots_[i];
        }
    }
    void add(const Object* object) {
        objects_.push_back(object);
        if (objects_.size() * 2 > slots_.size()) return rebuild();
        place(static_cast<std::uint32_t>(objects_.size() - 1));
    }
    [[nodiscard]] std::size_t count() const { return objects_.size(); }
    void truncate(std::size_t count) {
        if (count == objects_.size()) return;
        objects_.resize(count);
        rebuild();
    }
    static constexpr std::uint32_t kNone = 0xffffffff;

private:
    [[nodiscard]] std::size_t start(const Object* object) const {
        return (std::bit_cast<std::uintptr_t>(object) >> 4) * 0x9e3779b97f4a7c15ull >> 20 & (slots_.size() - 1);
    }
    void place(std::uint32_t number) {
        std::size_t i = start(objects_[number]);
        while (slots_[i] != kNone) i = (i + 1) & (slots_.size() - 1);
        slots_[i] = number;
    }
    void rebuild() {
        slots_.assign(std::max<std::size_t>(16, std::bit_ceil(objects_.size() * 4)), kNone);
        for (std::uint32_t i = 0; i < objects_.size(); ++i) place(i);
    }
    std::vector<const Object*> objects_;
    std::vector<std::uint32_t> slots_;
};

/// `variable`: what holds the value itself. `holder`: the variable that it lies in somewhere.
std::string refusal(const Value& value, std::string_view variable, std::string_view holder = {}) {
    if (variable.empty() && value.is(ValueKind::Generator)) variable = value.as<GeneratorObject>()->name->view();
    std::string text = "cannot send " + std::string(value_kind_name(value.kind()));
    if (!variable.empty() && variable[0] != '<') text += " `" + std::string(variable) + "`";
    if (!holder.empty()) text += ", held by `" + std::string(holder) + "`,";
    return text + " to another task";
}

/// Children of an object in order.
class ChildList final : public ValueVisitor {
public:
    void visit(Value& child) override { children.push_back(&child); }
    std::vector<const Value*> children;
};

/// Where `target` lies in `value`, as a program would write it: `[2].source`; empty when it is not found near the surface.
bool find_place(const Value& value, const Object* target, int depth, std::string& place) {
    if (!value.is_heap()) return false;
    if (value.object() == target) return true;
    if (depth == 0 || value.object()->is_immortal()) return false;
    auto inside = [&](const Value& child, const std::string& step) {
        const std::size_t length = place.size();
        place += step;
        if (find_place(child, target, depth - 1, place)) return true;
        place.resize(length);
        return false;
    };
    constexpr std::size_t kMost = 1000;
    if (value.is_array()) {
        const ArrayObject& array = *value.as_array();
        for (std::size_t i = 0; i < std::min(array.size, kMost); ++i) {
            if (inside(array.elements[i], "[" + std::to_string(i) + "]")) return true;
        }
    } else if (value.is_dict()) {
        const DictObject& dict = *value.as_dict();
        for (std::uint32_t i = dict_next(&dict, 0); i < std::min<std::size_t>(dict.used, kMost); i = dict_next(&dict, i + 1)) {
            const Value& key = dict.entries[i].key;
            const std::string step = key.is_string() ? "[\"" + std::string(key.as_string()->view()) + "\"]" : "[...]";
            if (inside(dict.entries[i].value, step)) return true;
        }
    } else if (value.is(ValueKind::Struct)) {
        const StructObject& object = *value.as_struct();
        for (std::size_t i = 0; i < object.field_count(); ++i) {
            if (inside(object.fields()[i], "." + std::string(object.info->field_names[i]->view()))) return true;
        }
    } else if (value.is(ValueKind::Function)) {
        const FunctionObject& function = *value.as<FunctionObject>();
        for (std::size_t i = 0; i < function.head.extra; ++i) {
            const bool is_closure = function.form() == FunctionForm::Closure;
            const std::string name = is_closure ? function.code->source->captures[i].name : "its receiver";
            if (inside(function.captures()[i], " captured as `" + name + "`")) return true;
        }
    } else if (value.is(ValueKind::Cell)) {
        return find_place(value.as<CellObject>()->value, target, depth - 1, place);
    }
    return false;
}

}  // namespace

// --- messages --------------------------------------------------------------------------------------------------------

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

// --- writing ---------------------------------------------------------------------------------------------------------

class MessageWriter {
public:
    MessageWriter(Vm& vm, Message& message, Sending sending) : vm_(vm), message_(message), sending_(sending) {}

    bool write(Value& root) {
        root_ = &root;
        const FunctionObject* function = sent_function(root);
        if (function != nullptr && !check_own_variables(*function)) return false;
        if (!put_value(root, root.is_heap() && root.object()->references == 1) || !drain()) return failed();
        return put_globals() ? true : failed();
    }

private:
    /// A container being written, or a variable, which has a checkpoint: what was written of it is taken back when it cannot go.
    struct Frame {
        Object* object;
        std::size_t position = 0;
        bool is_movable;             ///< nobody but the message holds the object and what it lies in
        const Value* variable = nullptr;   ///< with a checkpoint: what is written, in the object, a cell or a closure
    };
    struct Checkpoint {
        std::size_t bytes, numbers, blocks, transfers;
    };

    const FunctionObject* sent_function(const Value& root) const {
        if (sending_ != Sending::Function) return nullptr;
        const Value& value = root.is_array() ? root.as_array()->elements[0] : root;
        if (!value.is(ValueKind::Function)) return nullptr;
        const auto* function = value.as<FunctionObject>();
        return function->form() == FunctionForm::Closure ? function : nullptr;
    }

    static bool is_refused(const Value& value) {
        return value.is_heap() && kind_hooks(value.kind()).sendable() == Sendable::Refused;
    }

    /// The variables that the sent function's own text names may not be generators, open files and the like themselves.
    bool check_own_variables(const FunctionObject& function) {
        for (std::size_t i = 0; i < function.head.extra; ++i) {
            const Value& captured = function.captures()[i];
            const Value& value = captured.is(ValueKind::Cell) ? captured.as<CellObject>()->value : captured;
            if (is_refused(value)) return raise_refusal(value, function.code->source->captures[i].name);
        }
        for (const bytecode::GlobalIndex global : vm_.image().reach(*function.code).own_globals) {
            if (is_refused(vm_.globals[global])) return raise_refusal(vm_.globals[global], vm_.image().program().globals[global]);
        }
        return true;
    }

    bool raise_refusal(const Value& value, std::string_view name) {
        std::string hint;
        std::string place;
        if (name.empty() && find_place(*root_, value.object(), 8, place) && !place.empty()) hint = "it lies at value" + place + "; ";
        vm_.raise(ErrorKind::Type, refusal(value, name), hint + "it stays in the isolate that made it; send the values it gives");
        return false;
    }

    /// What was handed over so far has left the sender's heap: its blocks end with the message.
    bool failed() {
        if (!vm_.has_pending_error()) vm_.raise_out_of_memory("message");
        return false;
    }

    // --- bytes
    void put(const void* data, std::size_t size) { message_.bytes_.append(static_cast<const char*>(data), size); }
    template <typename T>
    void put(const T& value) { put(&value, sizeof value); }
    void put_tag(Tag tag, const Object* object = nullptr) {
        auto byte = static_cast<std::uint8_t>(tag);
        if (object != nullptr && object->references > 1) {
            byte |= kNumbered;
            numbers_.add(object);
        }
        put(byte);
    }
    /// The row of bytes must fit beside what the heap holds; looked at every so often.
    bool has_room() {
        if (message_.bytes_.size() < next_check_) return true;
        next_check_ = message_.bytes_.size() + (std::size_t{1} << 20);
        return vm_.heap.has_room_for(message_.bytes_.capacity() * 2);
    }

    // --- values
    bool drain() {
        while (!frames_.empty()) {
            if (!step()) return false;
        }
        return true;
    }

    /// Writes the next child of the innermost container.
    bool step() {
        Frame& frame = frames_.back();
        if (frame.variable != nullptr) {
            // The content has been written when this comes up again.
            if (frame.position++ > 0) {
                checkpoints_.pop_back();
                frames_.pop_back();
                return true;
            }
            return put_value(*frame.variable, false);
        }
        bool is_last = false;
        const Value* child = next_child(frame, is_last);
        if (child == nullptr) {
            frames_.pop_back();
            return true;
        }
        const bool is_movable = frame.is_movable && child->is_heap() && child->object()->references == 1;
        Object* object = frame.object;
        if (is_last) frames_.pop_back();
        if (is_captured_value(*object, *child)) {
            enter_variable(object, *child);
            return true;
        }
        return put_value(*child, is_movable);
    }

    /// Captured without a cell. What is no object goes in any case.
    static bool is_captured_value(const Object& object, const Value& child) {
        if (object.kind != ValueKind::Function || !child.is_heap() || child.is(ValueKind::Cell)) return false;
        return reinterpret_cast<const FunctionObject&>(object).form() == FunctionForm::Closure;
    }
    void enter_variable(Object* object, const Value& content) {
        frames_.push_back({object, 0, false, &content});
        checkpoints_.push_back(here());
    }

    static const Value* next_child(Frame& frame, bool& is_last) {
        Object* object = frame.object;
        const std::size_t i = frame.position++;
        auto of = [&](const Value* values, std::size_t count) -> const Value* {
            is_last = i + 1 == count;
            return i < count ? values + i : nullptr;
        };
        switch (object->kind) {
            case ValueKind::Array: return of(reinterpret_cast<ArrayObject*>(object)->elements, reinterpret_cast<ArrayObject*>(object)->size);
            case ValueKind::Struct: {
                // The environment, behind the fields, goes along.
                auto& made = *reinterpret_cast<StructObject*>(object);
                return of(made.fields(), slot_count(*made.info));
            }
            case ValueKind::Enum:
            case ValueKind::Result:
            case ValueKind::Option: return of(reinterpret_cast<VariantObject*>(object)->payload(), object->extra);
            case ValueKind::Function: return of(reinterpret_cast<FunctionObject*>(object)->captures(), object->extra);
            case ValueKind::Error: {
                auto& error = *reinterpret_cast<ErrorObject*>(object);
                const Value* values[] = {&error.message, &error.value, &error.hint, &error.cause, &error.suppressed, &error.errors, &error.extra};
                is_last = i == 6;
                return i < 7 ? values[i] : nullptr;
            }
            case ValueKind::Dict:
            case ValueKind::Set: {
                // Even positions: the key of entry position / 2; odd ones its value. Removed entries are skipped.
                const auto& dict = *reinterpret_cast<DictObject*>(object);
                const bool is_set = object->kind == ValueKind::Set;
                if (!is_set && i % 2 == 1) {
                    is_last = dict_next(&dict, static_cast<std::uint32_t>(i / 2) + 1) >= dict.used;
                    return &dict.entries[i / 2].value;
                }
                const std::uint32_t entry = dict_next(&dict, static_cast<std::uint32_t>(i / 2));
                frame.position = std::size_t{entry} * 2 + (is_set ? 2 : 1);
                is_last = is_set && dict_next(&dict, entry + 1) >= dict.used;
                return entry < dict.used ? &dict.entries[entry].key : nullptr;
            }
            default: return nullptr;
        }
    }

    void enter(Object* object, bool is_movable) { frames_.push_back({object, 0, is_movable}); }

    bool put_value(const Value& value, bool is_movable) {
        switch (value.kind()) {
            case ValueKind::Unset: put_tag(Tag::Unset); return true;
            case ValueKind::Held: put_tag(Tag::Held); put(value.bits()); return true;
            case ValueKind::Unsent: put_tag(Tag::Unsent); put(value.bits()); return true;
            case ValueKind::Null: put_tag(Tag::Null); return true;
            case ValueKind::Bool: put_tag(value.as_bool() ? Tag::True : Tag::False); return true;
            case ValueKind::Int: put_tag(Tag::Int); put(value.bits()); return has_room();
            case ValueKind::Float: put_tag(Tag::Float); put(value.bits()); return has_room();
            default: return put_object(value, is_movable);
        }
    }

    bool put_object(const Value& value, bool is_movable) {
        Object* object = value.object();
        if (object->is_immortal()) {
            if (object->kind == ValueKind::Function) reach(reinterpret_cast<FunctionObject*>(object)->code);
            put_tag(Tag::Immortal);
            put(object);
            return has_room();
        }
        if (object->references > 1) {
            if (const std::uint32_t number = numbers_.find(object); number != NumberTable::kNone) {
                put_tag(Tag::Back);
                put(number);
                return has_room();
            }
        }
        if (!has_room()) return false;
        switch (object->kind) {
            case ValueKind::String:
            case ValueKind::Bytes: return put_string(reinterpret_cast<StringObject*>(object), value, is_movable);
            case ValueKind::Array: return put_array(*reinterpret_cast<ArrayObject*>(object), is_movable);
            case ValueKind::Dict:
            case ValueKind::Set:
                put_tag(object->kind == ValueKind::Dict ? Tag::Dict : Tag::Set, object);
                put(reinterpret_cast<DictObject*>(object)->count);
                enter(object, is_movable);
                return true;
            case ValueKind::Range: {
                const auto& range = *reinterpret_cast<RangeObject*>(object);
                put_tag(Tag::Range, object);
                put(range.start);
                put(range.end);
                put(range.step);
                put(object->flags);
                return true;
            }
            case ValueKind::Struct:
                put_tag(Tag::Struct, object);
                put(reinterpret_cast<StructObject*>(object)->info);
                enter(object, is_movable);
                return true;
            case ValueKind::Enum:
            case ValueKind::Result:
            case ValueKind::Option:
                put_tag(Tag::Variant, object);
                put(reinterpret_cast<VariantObject*>(object)->info);
                put(object->extra);
                enter(object, is_movable);
                return true;
            case ValueKind::Function: return put_function(*reinterpret_cast<FunctionObject*>(object));
            case ValueKind::Cell:
                put_tag(Tag::Cell, object);
                enter_variable(object, reinterpret_cast<CellObject*>(object)->value);
                return true;
            case ValueKind::Error: return put_error(*reinterpret_cast<ErrorObject*>(object));
            case ValueKind::Module: {
                const std::uint32_t module = reinterpret_cast<ModuleObject*>(object)->module;
                put_tag(Tag::Module, object);
                put(module);
                reach_exports(module);
                return true;
            }
            case ValueKind::Promise: return put_promise(value);
            default: return put_handle(value);
        }
    }

    bool put_string(StringObject* string, const Value& value, bool is_movable) {
        const std::size_t needed = string_block_size(string->size);
        if (needed <= kBlockSize) {
            put_tag(Tag::String, &string->head);
            put(string->head.kind);
            put(string->head.flags);
            put(string->size);
            put(string->hash);
            put(string->length);
            put(string->data(), string->size);
            return true;
        }
        if (is_movable && (string->head.flags & kStringHasBreadcrumbs) == 0) {
            put_tag(Tag::StringBlock);
            const std::size_t size = string_block_size(string->capacity);
            put_block({string, size});
            vm_.heap.disown_large(size);
            const_cast<Value&>(value).forget();   // the message holds it now
            return true;
        }
        // Without the room at its end.
        void* memory = allocate_block(needed);
        if (memory == nullptr) return false;
        std::memcpy(memory, string, sizeof(StringObject) + string->size + 1);
        auto* copy = static_cast<StringObject*>(memory);
        copy->head.references = 1;
        copy->head.flags &= static_cast<std::uint8_t>(~kStringHasBreadcrumbs);
        copy->capacity = copy->size;
        put_tag(Tag::StringBlock, &string->head);
        put_block({memory, needed});
        return true;
    }

    bool put_array(ArrayObject& array, bool is_movable) {
        const std::size_t size = array.size * sizeof(Value);
        if (array.may_hold_heap() || size <= kBlockSize) {
            put_tag(Tag::Array, &array.head);
            put(array.size);
            if (array.size != 0) enter(&array.head, is_movable);
            return true;
        }
        if (is_movable && array.elements == array.block) {
            const std::size_t block_size = array.capacity * sizeof(Value);
            put_tag(Tag::ArrayBlock);
            put(array.size);
            put_block({array.block, block_size});
            vm_.heap.disown_large(block_size);
            array.size = array.capacity = 0;
            array.elements = array.block = nullptr;
            return true;
        }
        void* memory = allocate_block(size);
        if (memory == nullptr) return false;
        std::memcpy(memory, static_cast<const void*>(array.elements), size);
        put_tag(Tag::ArrayBlock, &array.head);
        put(array.size);
        put_block({memory, size});
        return true;
    }

    void* allocate_block(std::size_t size) { return vm_.heap.has_room_for(size) ? std::malloc(size) : nullptr; }
    void put_block(Message::Block block) {
        put(static_cast<std::uint32_t>(message_.blocks_.size()));
        message_.blocks_.push_back(block);
    }

    bool put_function(FunctionObject& function) {
        if (function.form() == FunctionForm::Closure) {
            reach(function.code);
            put_tag(Tag::Closure, &function.head);
            put(function.code);
            put(function.head.extra);
        } else {
            reach(function.code);
            put_tag(Tag::BoundMethod, &function.head);
            put(function.code);
            put(std::uint16_t{1});
        }
        if (function.head.extra != 0) enter(&function.head, false);
        return true;
    }

    bool put_error(ErrorObject& error) {
        put_tag(Tag::Error, &error.head);
        put(error.kind);
        put(static_cast<std::uint8_t>(error.has_stack));
        put(error.stack_size);
        put(error.stack_omitted);
        if (error.stack_size != 0) put(error.stack, error.stack_size * sizeof(StackEntry));
        std::uint8_t steps = 0;
        for (const AsyncStep* step = error.async_steps; step != nullptr; step = step->next) ++steps;
        put(steps);
        for (const AsyncStep* step = error.async_steps; step != nullptr; step = step->next) {
            put(step->place);
            put(step->is_await);
        }
        enter(&error.head, false);
        return true;
    }

    bool put_promise(const Value& value) {
        const NativeTable& natives = vm_.natives();
        std::unique_ptr<Transfer> transfer = natives.send_promise == nullptr ? nullptr : natives.send_promise(vm_, *as_promise(value));
        return put_transfer(value, std::move(transfer));
    }
    bool put_handle(const Value& value) {
        if (is_refused(value)) return refuse(value);
        return put_transfer(value, value.as<HandleObject>()->handle->send(vm_));
    }
    bool put_transfer(const Value& value, std::unique_ptr<Transfer> transfer) {
        if (transfer == nullptr) return vm_.has_pending_error() ? false : refuse(value);
        put_tag(Tag::Transfer, value.object());
        put(static_cast<std::uint32_t>(message_.transfers_.size()));
        message_.transfers_.push_back(std::move(transfer));
        return true;
    }

    // --- what cannot go
    [[nodiscard]] Checkpoint here() const {
        return {message_.bytes_.size(), numbers_.count(), message_.blocks_.size(), message_.transfers_.size()};
    }

    /// Takes the variable that `value` lies in back to its beginning, or raises when it lies in none.
    bool refuse(const Value& value) {
        while (!frames_.empty() && frames_.back().variable == nullptr) frames_.pop_back();
        if (frames_.empty() && !in_globals_) return raise_refusal(value, "");
        Checkpoint back;
        std::string text = refusal(value, "");
        if (frames_.empty()) {
            back = global_checkpoint_;
            text = value.object() == global_object_ ? refusal(value, global_name_) : refusal(value, "", global_name_);
        } else {
            const Frame& variable = frames_.back();
            if (variable.object->kind == ValueKind::Function) {
                const auto& function = *reinterpret_cast<FunctionObject*>(variable.object);
                const std::string_view name = function.code->source->captures[static_cast<std::size_t>(variable.variable - function.captures())].name;
                text = value.object() == variable.variable->object() ? refusal(value, name) : refusal(value, "", name);
            }
            back = checkpoints_.back();
            checkpoints_.pop_back();
            frames_.pop_back();
        }
        message_.bytes_.resize(back.bytes);
        numbers_.truncate(back.numbers);
        for (std::size_t i = back.blocks; i < message_.blocks_.size(); ++i) std::free(message_.blocks_[i].memory);
        message_.blocks_.resize(back.blocks);
        message_.transfers_.resize(back.transfers);
        put_tag(Tag::Unsent);
        put(std::bit_cast<std::uint64_t>(intern(text)));
        return true;
    }

    // --- state
    void reach(const Code* code) {
        if (code == nullptr) return;
        message_.holds_functions_ = true;
        const Reach& reached = vm_.image().reach(*code);
        message_.changes_state_ = message_.changes_state_ || reached.changes_state;
        for (const bytecode::GlobalIndex global : reached.globals) reach_global(global);
    }
    void reach_global(bytecode::GlobalIndex global) {
        if (is_reached_.empty()) is_reached_.resize(vm_.image().global_count());
        if (is_reached_[global]) return;
        is_reached_[global] = true;
        reached_.push_back(global);
    }
    void reach_exports(std::uint32_t module) {
        for (const bytecode::Export& exported : vm_.image().program().modules[module].exports) {
            if (exported.kind == bytecode::Export::Variable) reach_global(exported.index);
            if (exported.kind == bytecode::Export::Function) reach(vm_.image().main_program_code(exported.index));
        }
    }

    bool put_globals() {
        in_globals_ = true;
        const std::size_t count_at = message_.bytes_.size();
        put(std::uint32_t{0});
        std::uint32_t count = 0;
        const bytecode::Program& program = vm_.image().program();
        for (std::size_t i = 0; i < reached_.size(); ++i) {   // grows while it runs
            const bytecode::GlobalIndex global = reached_[i];
            const Value& value = vm_.globals[global];
            if (value.is(ValueKind::Unset)) continue;
            if (program.global_is_constant[global]) freeze(value);
            put(global);
            global_name_ = program.globals[global];
            global_object_ = value.is_heap() ? value.object() : nullptr;
            global_checkpoint_ = here();
            if (!put_value(value, false) || !drain()) return false;
            ++count;
        }
        std::memcpy(message_.bytes_.data() + count_at, &count, sizeof count);
        return true;
    }

    Vm& vm_;
    Message& message_;
    const Sending sending_;
    const Value* root_ = nullptr;
    std::vector<Frame> frames_;
    std::vector<Checkpoint> checkpoints_;
    NumberTable numbers_;
    std::size_t next_check_ = 64 * 1024;
    std::vector<bool> is_reached_;
    std::vector<bytecode::GlobalIndex> reached_;
    bool in_globals_ = false;
    std::string_view global_name_;
    const Object* global_object_ = nullptr;
    Checkpoint global_checkpoint_{};
};

bool write_message(Vm& vm, Value value, Sending sending, Message& message) {
    if (!MessageWriter(vm, message, sending).write(value)) {
        message = Message();
        return false;
    }
    return true;
}

// --- reading ---------------------------------------------------------------------------------------------------------

class MessageReader {
public:
    /// `owned`: the same message, when its blocks may be taken.
    MessageReader(Vm& vm, const Message& message, Message* owned) : vm_(vm), message_(message), owned_(owned), at_(message.bytes_.data()) {}

    bool read(Value& result) {
        if (message_.holds_functions_) vm_.grow_tables();
        if (!read_value(result)) return failed();
        const auto count = take<std::uint32_t>();
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto global = take<bytecode::GlobalIndex>();
            Value value;
            if (!read_value(value)) return failed();
            if (vm_.globals[global].is(ValueKind::Unset)) vm_.globals[global] = std::move(value);
        }
        if (owned_ != nullptr) owned_->blocks_.clear();
        return true;
    }

private:
    /// A container being filled. `key`: of a dict, the key whose value comes next.
    struct Frame {
        Object* object;
        std::size_t position;
        std::size_t count;
        Value key;
    };

    bool failed() {
        if (owned_ != nullptr) std::erase_if(owned_->blocks_, [](const Message::Block& block) { return block.memory == nullptr; });
        vm_.raise_out_of_memory("message");
        return false;
    }

    template <typename T>
    T take() {
        T value;
        std::memcpy(&value, at_, sizeof value);
        at_ += sizeof value;
        return value;
    }

    bool read_value(Value& result) {
        if (!make(result)) return false;
        while (!frames_.empty()) {
            if (!fill()) return false;
        }
        return true;
    }

    /// Reads the next child of the innermost container into its place.
    bool fill() {
        Frame& frame = frames_.back();
        Object* object = frame.object;
        const std::size_t i = frame.position++;
        if (i == frame.count) {
            // Only sets come here: their last element may have been a container.
            if (object->kind == ValueKind::Set && !insert(*reinterpret_cast<DictObject*>(object), frame.key, Value())) return false;
            frames_.pop_back();
            return true;
        }
        switch (object->kind) {
            case ValueKind::Array: {
                auto& array = *reinterpret_cast<ArrayObject*>(object);
                if (!array_push(&array, Value())) return false;
                return fill_slot(array.elements[i]);
            }
            case ValueKind::Dict:
            case ValueKind::Set: return fill_entry(frame, i);
            case ValueKind::Struct: return fill_slot(reinterpret_cast<StructObject*>(object)->fields()[i]);
            case ValueKind::Enum:
            case ValueKind::Result:
            case ValueKind::Option: return fill_slot(reinterpret_cast<VariantObject*>(object)->payload()[i]);
            case ValueKind::Function: return fill_slot(reinterpret_cast<FunctionObject*>(object)->captures()[i]);
            case ValueKind::Cell: return fill_slot(reinterpret_cast<CellObject*>(object)->value);
            default: {
                auto& error = *reinterpret_cast<ErrorObject*>(object);
                Value* values[] = {&error.message, &error.value, &error.hint, &error.cause, &error.suppressed, &error.errors, &error.extra};
                return fill_slot(*values[i]);
            }
        }
    }

    /// The container leaves the list before its last child is made, as when it was written.
    bool fill_slot(Value& slot) {
        const Frame& frame = frames_.back();
        Object* object = frame.object;
        if (frame.position == frame.count) frames_.pop_back();
        if (object->kind == ValueKind::Array) {
            Value made;
            if (!make(made)) return false;
            if (made.is_heap()) object->flags |= kArrayMayHoldHeap;
            slot = std::move(made);
            return true;
        }
        return make(slot);
    }

    bool fill_entry(Frame& frame, std::size_t i) {
        auto& dict = *reinterpret_cast<DictObject*>(frame.object);
        if (frame.object->kind == ValueKind::Set) {
            if (i > 0 && !insert(dict, frame.key, Value())) return false;
            return make_key(frame);
        }
        if (i % 2 == 0) return make_key(frame);
        bool inserted;
        Value* place = dict_place(&dict, frame.key, inserted);
        if (place == nullptr) return false;
        frame.key.set_null();
        if (frame.position == frame.count) frames_.pop_back();
        return make(*place);
    }
    static bool insert(DictObject& dict, const Value& key, Value value) { return dict_set(&dict, key, std::move(value)); }

    /// A key that is a container is filled before anything else: its frame comes to lie above this one, which may move.
    bool make_key(const Frame& frame) {
        const auto at = static_cast<std::size_t>(&frame - frames_.data());
        Value key;
        if (!make(key)) return false;
        frames_[at].key = std::move(key);
        return true;
    }

    void number(std::uint8_t tag, Object* object) {
        if ((tag & kNumbered) != 0) numbered_.push_back(object);
    }
    void enter(Object* object, std::size_t count) {
        if (count != 0) frames_.push_back({object, 0, count, Value()});
    }

    /// Makes the next value, without its children. `slot` holds nothing of value.
    bool make(Value& slot) {
        const auto byte = take<std::uint8_t>();
        switch (static_cast<Tag>(byte & ~kNumbered)) {
            case Tag::Null: slot = Value(); return true;
            case Tag::False: slot = Value::boolean(false); return true;
            case Tag::True: slot = Value::boolean(true); return true;
            case Tag::Int: slot = Value::integer(take<std::int64_t>()); return true;
            case Tag::Float: slot = Value::floating(take<double>()); return true;
            case Tag::Unset: slot = Value::unset(); return true;
            case Tag::Held: slot.set_held(take<StringObject*>()); return true;
            case Tag::Unsent: slot = Value::unsent(take<StringObject*>()); return true;
            case Tag::Immortal: slot = Value::adopt(take<Object*>()); return true;
            case Tag::Back: slot = Value::share(numbered_[take<std::uint32_t>()]); return true;
            case Tag::String: return make_text(byte, slot);
            case Tag::StringBlock: return make_text_of_block(byte, slot);
            case Tag::Array: return make_array(byte, slot);
            case Tag::ArrayBlock: return make_array_of_block(byte, slot);
            case Tag::Dict:
            case Tag::Set: return make_dict(byte, slot);
            case Tag::Range: {
                const auto start = take<std::int64_t>(), end = take<std::int64_t>(), step = take<std::int64_t>();
                slot = make_range(start, end, step, (take<std::uint8_t>() & kRangeInclusive) != 0);
                number(byte, slot.object());
                return true;
            }
            case Tag::Struct: return make_fields(byte, slot);
            case Tag::Variant: return make_payload(byte, slot);
            case Tag::Closure:
            case Tag::BoundMethod: return make_function(byte, slot);
            case Tag::Cell: {
                CellObject* cell = new_cell(Value());
                slot = Value::adopt(cell);
                number(byte, &cell->head);
                enter(&cell->head, 1);
                return true;
            }
            case Tag::Error: return make_failure(byte, slot);
            case Tag::Module: {
                const auto module = take<std::uint32_t>();
                slot = vm_.module_value(module);
                number(byte, slot.object());
                return true;
            }
            case Tag::Transfer: {
                slot = message_.transfers_[take<std::uint32_t>()]->open(vm_);
                number(byte, slot.object());
                return true;
            }
        }
        return false;
    }

    bool make_text(std::uint8_t tag, Value& slot) {
        const auto kind = take<ValueKind>();
        const auto flags = take<std::uint8_t>();
        const auto size = take<std::uint32_t>(), hash = take<std::uint32_t>(), length = take<std::uint32_t>();
        StringObject* string = new_string(size, kind);
        if (string == nullptr) return false;
        std::memcpy(string->data(), at_, size);
        at_ += size;
        string->head.flags = flags & kStringAscii;
        string->hash = hash;
        string->length = length;
        slot = Value::adopt(string);
        number(tag, &string->head);
        return true;
    }

    /// A block of the message, or a copy of it when the message is kept. Null: refused.
    void* take_block(std::size_t& size) {
        const auto index = take<std::uint32_t>();
        const Message::Block& block = message_.blocks_[index];
        size = block.size;
        if (owned_ != nullptr) {
            vm_.heap.adopt_large(block.size);
            return std::exchange(owned_->blocks_[index].memory, nullptr);
        }
        void* memory = vm_.heap.allocate(block.size);
        if (memory != nullptr) std::memcpy(memory, block.memory, block.size);
        return memory;
    }

    bool make_text_of_block(std::uint8_t tag, Value& slot) {
        std::size_t size;
        auto* string = static_cast<StringObject*>(take_block(size));
        if (string == nullptr) return false;
        slot = Value::adopt(string);
        number(tag, &string->head);
        return true;
    }

    bool make_array(std::uint8_t tag, Value& slot) {
        const auto count = take<std::size_t>();
        ArrayObject* array = new_array(count);
        if (array == nullptr) return false;
        slot = Value::adopt(array);
        number(tag, &array->head);
        enter(&array->head, count);
        return true;
    }

    bool make_array_of_block(std::uint8_t tag, Value& slot) {
        const auto count = take<std::size_t>();
        ArrayObject* array = new_array(0);
        slot = Value::adopt(array);
        std::size_t size;
        auto* block = static_cast<Value*>(take_block(size));
        if (block == nullptr) return false;
        array->elements = array->block = block;
        array->size = count;
        array->capacity = size / sizeof(Value);
        number(tag, &array->head);
        return true;
    }

    bool make_dict(std::uint8_t tag, Value& slot) {
        const bool is_set = static_cast<Tag>(tag & ~kNumbered) == Tag::Set;
        const auto count = take<std::uint32_t>();
        DictObject* dict = is_set ? new_set(count) : new_dict(count);
        if (dict == nullptr) return false;
        slot = Value::adopt(&dict->head);
        number(tag, &dict->head);
        enter(&dict->head, is_set ? count : std::size_t{count} * 2);
        return true;
    }

    bool make_fields(std::uint8_t tag, Value& slot) {
        const auto* info = take<const StructInfo*>();
        nulls_.assign(slot_count(*info), Value());
        slot = make_struct(*info, nulls_.data());
        if (slot.is_null()) return false;
        number(tag, slot.object());
        enter(slot.object(), slot_count(*info));
        return true;
    }

    bool make_payload(std::uint8_t tag, Value& slot) {
        const auto* info = take<const VariantInfo*>();
        const auto count = take<std::uint16_t>();
        nulls_.assign(count, Value());
        slot = make_variant(*info, nulls_.data(), count);
        if (slot.is_null()) return false;
        number(tag, slot.object());
        enter(slot.object(), count);
        return true;
    }

    bool make_function(std::uint8_t tag, Value& slot) {
        const bool is_bound = static_cast<Tag>(tag & ~kNumbered) == Tag::BoundMethod;
        auto* code = take<Code*>();
        const auto captures = take<std::uint16_t>();
        slot = is_bound ? make_bound_method(code, Value()) : Value::adopt(new_closure(code, captures));
        number(tag, slot.object());
        enter(slot.object(), captures);
        return true;
    }

    bool make_failure(std::uint8_t tag, Value& slot) {
        const auto kind = take<ErrorKind>();
        const bool has_stack = take<std::uint8_t>() != 0;
        const auto stack_size = take<std::uint32_t>(), omitted = take<std::uint32_t>();
        slot = make_error_around(kind, Value(), Value());
        std::vector<StackEntry> stack(stack_size);
        if (stack_size != 0) std::memcpy(stack.data(), at_, stack_size * sizeof(StackEntry));
        at_ += stack_size * sizeof(StackEntry);
        if (has_stack) set_error_stack(*slot.as<ErrorObject>(), stack.data(), stack_size, omitted);
        for (auto steps = take<std::uint8_t>(); steps > 0; --steps) {
            const auto place = take<StackEntry>();
            add_async_step(*slot.as<ErrorObject>(), place, take<bool>());
        }
        number(tag, slot.object());
        enter(slot.object(), 7);
        return true;
    }

    Vm& vm_;
    const Message& message_;
    Message* const owned_;
    const char* at_;
    std::vector<Frame> frames_;
    std::vector<Object*> numbered_;
    std::vector<Value> nulls_;
};

bool read_message(Vm& vm, Message&& message, Value& value) {
    Message owned = std::move(message);
    return MessageReader(vm, owned, &owned).read(value);
}

bool copy_message(Vm& vm, const Message& message, Value& value) { return MessageReader(vm, message, nullptr).read(value); }

// --- constants -------------------------------------------------------------------------------------------------------

namespace {

/// Kinds whose values are nothing but data.
constexpr KindMask kPlainKinds = kind_bit(ValueKind::String) | kind_bit(ValueKind::Bytes) | kind_bit(ValueKind::Array) |
                                 kind_bit(ValueKind::Dict) | kind_bit(ValueKind::Set) | kind_bit(ValueKind::Range) |
                                 kind_bit(ValueKind::Struct) | kind_bit(ValueKind::Enum) | kind_bit(ValueKind::Result) |
                                 kind_bit(ValueKind::Option);

}  // namespace

bool freeze(const Value& value) {
    if (!value.is_heap() || value.object()->is_immortal()) return true;
    // Two walks: the first may find something that is no plain data.
    for (const bool changes : {false, true}) {
        std::vector<Object*> pending{value.object()};
        std::unordered_set<const Object*> seen;   // of what is held more than once; the second walk stops at what is immortal
        ChildList list;
        while (!pending.empty()) {
            Object* object = pending.back();
            pending.pop_back();
            if (object->is_immortal()) continue;
            if ((kind_bit(object->kind) & kPlainKinds) == 0) return false;
            if (!changes && object->references > 1 && !seen.insert(object).second) continue;
            if (object->kind <= ValueKind::Bytes) {
                auto* string = reinterpret_cast<StringObject*>(object);
                if ((string->head.flags & kStringHasBreadcrumbs) != 0) return false;
                (void)string_hash(string);
                (void)string_length(string);
            } else {
                list.children.clear();
                kind_hooks(object->kind).children(object, list);
                for (const Value* child : list.children) {
                    if (child->is_heap()) pending.push_back(child->object());
                }
            }
            if (changes) object->references = kImmortal;
        }
    }
    return true;
}

}  // namespace ruff::vm
