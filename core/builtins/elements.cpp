#include "core/builtins/elements.h"

#include <algorithm>

#include "core/support/utf8.h"
#include "core/vm/arithmetic.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {

using vm::Call;
using vm::Outcome;
using vm::Value;

// ---- Walking ----------------------------------------------------------------------------------------------

ElementCursor::ElementCursor(const Value& iterable) : iterable_(iterable) {
    switch (iterable_.kind()) {
        case ValueKind::Int:
            end_ = static_cast<std::uint64_t>(std::max<std::int64_t>(iterable_.as_int(), 0));
            break;
        case ValueKind::String:
        case ValueKind::Bytes: end_ = iterable_.as_string()->size; break;
        case ValueKind::Array: end_ = iterable_.as_array()->size; break;
        case ValueKind::Dict:
        case ValueKind::Set: end_ = iterable_.as_dict()->used; break;
        case ValueKind::Range: end_ = vm::range_length(*iterable_.as<vm::RangeObject>()); break;
        default: break;
    }
}

bool ElementCursor::next(Value& element) {
    if (iterable_.is_dict() || iterable_.is(ValueKind::Set)) {
        position_ = vm::dict_next(iterable_.as_dict(), static_cast<std::uint32_t>(position_));
        if (position_ >= end_) return false;
        element = iterable_.as_dict()->entries[position_++].key;
        return true;
    }
    if (position_ >= end_) return false;
    switch (iterable_.kind()) {
        case ValueKind::Int: element = Value::integer(static_cast<std::int64_t>(position_++)); break;
        case ValueKind::Array: element = iterable_.as_array()->elements[position_++]; break;
        case ValueKind::Range:
            element = Value::integer(vm::range_at(*iterable_.as<vm::RangeObject>(), position_++));
            break;
        case ValueKind::Bytes:
            element = Value::integer(static_cast<unsigned char>(iterable_.as_string()->data()[position_++]));
            break;
        default: {  // a string: position_ counts bytes
            const vm::StringObject* text = iterable_.as_string();
            auto size = text->is_ascii() ? 1 : utf8::decode(text->view(), position_).size;
            element = vm::make_string(text->view().substr(position_, size));
            position_ += size;
        }
    }
    return true;
}

void ElementCursor::skip(std::uint64_t count) {
    if (iterable_.is_int() || iterable_.is(ValueKind::Range)) {
        position_ += std::min(count, end_ - position_);
        return;
    }
    for (Value element; count > 0 && next(element);) --count;
}

std::size_t ElementCursor::size_hint() const {
    return static_cast<std::size_t>(std::min<std::uint64_t>(end_ - position_, std::uint64_t{1} << 40));
}

bool ElementCursor::has_room_for_each(std::size_t bytes) const {
    if (!iterable_.is_int() && !iterable_.is(ValueKind::Range)) return true;
    return vm::current_heap().has_room_for(size_hint() * bytes);
}

// ---- Building ---------------------------------------------------------------------------------------------

ArrayBuilder::ArrayBuilder(std::size_t capacity) : array_(vm::new_array(capacity)) {
    if (array_ != nullptr) holder_ = Value::adopt(array_);
    is_refused_ = array_ == nullptr;
}

void ArrayBuilder::push(Value value) {
    if (!is_refused_) is_refused_ = !vm::array_push(array_, std::move(value)) || vm::current_heap().is_alarmed();
}

void ArrayBuilder::push_text(std::string_view text) {
    Value value = vm::make_string(text);
    is_refused_ |= value.is_null();
    push(std::move(value));
}

void ArrayBuilder::append(const Value* values, std::size_t count) {
    if (!is_refused_) is_refused_ = !vm::array_append(array_, values, count);
}

Value ArrayBuilder::take() {
    if (is_refused_) return Value();
    array_ = nullptr;
    return std::move(holder_);
}

Outcome ArrayBuilder::done(Call& call) { return done_or_out_of_memory(call, take()); }

DictBuilder::DictBuilder(std::size_t capacity) : dict_(vm::new_dict(capacity)) {
    if (dict_ != nullptr) holder_ = Value::adopt(dict_);
    is_refused_ = dict_ == nullptr;
}

void DictBuilder::set(Value key, Value value) {
    if (!is_refused_) is_refused_ = !vm::dict_set(dict_, std::move(key), std::move(value));
}

void DictBuilder::set(std::string_view key, Value value) {
    Value text = vm::make_string(key);
    is_refused_ |= text.is_null();
    set(std::move(text), std::move(value));
}

Value DictBuilder::take() { return is_refused_ ? Value() : std::move(holder_); }

Outcome DictBuilder::done(Call& call) { return done_or_out_of_memory(call, take()); }

Outcome dict_from_pairs(Call& call, const Value& pairs) {
    if (pairs.is_dict()) return call.done(pairs);
    ElementCursor cursor(pairs);
    DictBuilder dict;
    std::size_t index = 0;
    for (Value pair; cursor.next(pair); ++index) {
        if (!pair.is_array() || pair.as_array()->size != 2) {
            return raise_value_error(call,
                                     "element " + std::to_string(index) +
                                         " is not a [key, value] pair: " + vm::display_for_message(pair));
        }
        if (!check_key(call, pair.as_array()->elements[0])) return Outcome::Raised;
        dict.set(pair.as_array()->elements[0], pair.as_array()->elements[1]);
    }
    return dict.done(call);
}

Outcome done_or_out_of_memory(Call& call, Value value) {
    if (value.is_null()) return call.vm.raise_out_of_memory(call.row.shown_name());
    return call.done(std::move(value));
}

// ---- Errors -----------------------------------------------------------------------------------------------

bool check_key(Call& call, const Value& key) {
    std::string_view refusal = vm::key_refusal(key);
    if (refusal.empty()) return true;
    return vm::raise_refused_key(call.vm, refusal);
}

Outcome raise_value_error(Call& call, std::string_view words) {
    return call.raise(vm::ErrorKind::Value, std::string(call.row.shown_name()) + ": " + std::string(words));
}

Outcome raise_index_error(Call& call, std::int64_t index) {
    return call.raise(vm::ErrorKind::Index, "Index out of bounds: " + std::to_string(index));
}

// ---- Options and bounds -----------------------------------------------------------------------------------

const Value* find_option(Call& call, std::uint32_t argument, std::string_view name) {
    return call.is_null(argument) ? nullptr : vm::dict_find(call[argument].as_dict(), name);
}

bool bool_option(Call& call, std::uint32_t argument, std::string_view name, bool fallback, bool& is_raised) {
    const Value* option = find_option(call, argument, name);
    if (option == nullptr) return fallback;
    if (option->is_bool()) return option->as_bool();
    call.raise(vm::ErrorKind::Type, std::string(call.row.shown_name()) + ": option `" + std::string(name) +
                                        "` expects bool, got " +
                                        std::string(value_kind_name(option->kind())));
    is_raised = true;
    return false;
}

bool check_options(Call& call, std::uint32_t argument, std::initializer_list<std::string_view> known) {
    if (call.is_null(argument)) return true;
    const vm::DictObject* options = call[argument].as_dict();
    for (std::uint32_t i = vm::dict_next(options, 0); i < options->used; i = vm::dict_next(options, i + 1)) {
        const Value& key = options->entries[i].key;
        bool is_known =
            key.is_string() && std::find(known.begin(), known.end(), key.as_string()->view()) != known.end();
        if (is_known) continue;
        std::string message =
            std::string(call.row.shown_name()) + " has no option " + vm::display_for_message(key);
        std::string hint;
        for (std::string_view each : known)
            hint += (hint.empty() ? "options: `" : ", `") + std::string(each) + "`";
        call.raise(vm::ErrorKind::Value, message, hint);
        return false;
    }
    return true;
}

Bounds slice_bounds(Call& call, std::uint32_t start_argument, std::uint32_t end_argument, std::size_t size) {
    auto limit = static_cast<std::int64_t>(size);
    auto resolved = [limit](std::int64_t position) {
        return std::clamp<std::int64_t>(position < 0 ? position + limit : position, 0, limit);
    };
    std::int64_t begin = resolved(call.integer(start_argument));
    std::int64_t end = call.is_null(end_argument) ? limit : resolved(call.integer(end_argument));
    return {static_cast<std::size_t>(begin), static_cast<std::size_t>(std::max(begin, end))};
}

bool append_display(Call& call, const Value& value, std::string& out) {
    if (value.is_string()) {
        out += value.as_string()->view();
        return true;
    }
    vm::StringBuilder text;
    if (!vm::display(call.vm, value, text)) return false;
    out += text.view();
    return true;
}

}  // namespace ruff::builtins
