// Reading a message into another heap. Essay in message.cpp.

#include <algorithm>
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

}  // namespace ruff::vm
