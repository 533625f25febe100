// What a program reads of an error, and errors made of what a program throws.

#include "core/vm/array.h"
#include "core/vm/dict.h"
#include "core/vm/error.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::vm {
namespace {

/// The field or entry of a thrown struct or dict; unset when there is none.
Value field_of_thrown(const Value& thrown, std::string_view name) {
    if (thrown.is_dict()) {
        const Value* found = dict_find(thrown.as_dict(), name);
        return found ? *found : Value::unset();
    }
    if (thrown.is(ValueKind::Struct)) {
        const StructObject* object = thrown.as_struct();
        const StringObject* interned = find_interned(name);
        const int field = interned ? object->info->field_index(interned) : -1;
        return field >= 0 ? object->fields()[field] : Value::unset();
    }
    return Value::unset();
}

Value display_of_thrown(Vm& vm, const Value& thrown) {
    StringBuilder text;
    if (!display(vm, thrown, text)) {
        // Its own to_string raised: the error under way is the one that was thrown.
        (void)vm.take_pending_error();
        text.truncate(0);
        display_plainly(thrown, text);
    }
    if (text.has_failed()) return make_string(display_for_message(thrown));   // too long: its beginning says enough
    return text.take();
}

Value message_of_thrown(Vm& vm, const Value& thrown) {
    if (thrown.is_string()) return thrown;
    Value message = field_of_thrown(thrown, "message");
    return message.is_string() ? message : display_of_thrown(vm, thrown);
}

}  // namespace

Value error_from_thrown(Vm& vm, Value thrown) {
    if (thrown.is(ValueKind::Error)) return thrown;
    Value message = message_of_thrown(vm, thrown);
    return make_error_around(ErrorKind::Thrown, std::move(message), std::move(thrown));
}

namespace {

Value stack_texts(const Vm& vm, const ErrorObject& error) {
    ArrayObject* texts = new_array(error.stack_size);
    if (!texts) return Value::null();
    for (std::uint32_t i = 0; i < error.stack_size; ++i) (void)array_push(texts, make_string(vm.describe(error.stack[i])));
    return Value::adopt(texts);
}

/// `file`, `line` or `column` of where the error arose.
Value place_field(const Vm& vm, const ErrorObject& error, std::string_view name) {
    if (error.stack_size == 0) return Value::null();
    const SourcePlace place = vm.place_of(error.stack[0]);
    if (place.line == 0) return Value::null();
    return name == "file" ? make_string(place.file) : Value::integer(name == "line" ? place.line : place.column);
}

/// One of ours, or the one that the program gave to `error(message, {kind: …})`.
Value kind_of(const ErrorObject& error) {
    const Value* own = error.extra.is_dict() ? dict_find(error.extra.as_dict(), "kind") : nullptr;
    return own != nullptr ? *own : make_string(error_kind_name(error.kind));
}

Value array_or_empty(const Value& value) { return value.is_array() ? value : Value::adopt(new_array(0)); }

}  // namespace

Value error_field(Vm& vm, const ErrorObject& error, std::string_view name) {
    if (name == "message") return error.message;
    if (name == "hint") return error.hint;
    if (name == "value") return error.value;
    if (name == "kind") return kind_of(error);
    if (name == "cause") return error.cause;
    if (name == "suppressed") return array_or_empty(error.suppressed);
    if (name == "errors") return array_or_empty(error.errors);
    if (name == "stack") return stack_texts(vm, error);
    if (name == "file" || name == "line" || name == "column") return place_field(vm, error, name);
    if (error.extra.is_dict()) {
        if (const Value* found = dict_find(error.extra.as_dict(), name)) return *found;
    }
    return field_of_thrown(error.value, name);
}

}  // namespace ruff::vm
