// Writing a message. Essay in message.cpp.

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/error.h"
#include "core/vm/fiber.h"
#include "core/vm/function.h"
#include "core/vm/kind_hooks.h"
#include "core/vm/message.h"
#include "core/vm/message_format.h"
#include "core/vm/range.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::vm {

namespace {

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

}  // namespace ruff::vm
