// Errors: making them, and their hooks. Their fields are in error_fields.cpp.

#include "core/vm/error.h"

#include <array>

#include "core/vm/drivers.h"
#include "core/vm/heap.h"
#include "core/vm/string.h"

namespace ruff::vm {
namespace {

constexpr std::string_view kKindNames[] = {
    "thrown",   "assertion", "name",    "type",    "value",     "index",      "key",    "arithmetic",
    "overflow", "io",        "network", "timeout", "cancelled", "permission", "module",
};
static_assert(std::size(kKindNames) == static_cast<std::size_t>(ErrorKind::Module) + 1);

/// Everything an error holds, in the order in which two are compared.
std::array<Value*, 7> values_of(ErrorObject& error) {
    return {&error.message, &error.value, &error.hint, &error.cause, &error.suppressed, &error.errors, &error.extra};
}

}  // namespace

std::string_view error_kind_name(ErrorKind kind) { return kKindNames[static_cast<int>(kind)]; }

ErrorKind error_kind_named(std::string_view name) {
    for (std::size_t i = 0; i < std::size(kKindNames); ++i) {
        if (kKindNames[i] == name) return static_cast<ErrorKind>(i);
    }
    return ErrorKind::Thrown;
}

Value make_error_around(ErrorKind kind, Value message, Value thrown) {
    auto* error = static_cast<ErrorObject*>(current_heap().allocate(sizeof(ErrorObject)));
    new (error) ErrorObject{};
    error->head = {1, ValueKind::Error, 0, 0};
    error->kind = kind;
    error->message = std::move(message);
    error->value = std::move(thrown);
    return Value::adopt(error);
}

Value make_error(ErrorKind kind, std::string_view message, std::string_view hint) {
    Value text = make_string(message);
    Value error = make_error_around(kind, text, text);
    if (!hint.empty()) error.as<ErrorObject>()->hint = make_string(hint);
    return error;
}

void set_error_stack(ErrorObject& error, const StackEntry* entries, std::uint32_t count, std::uint32_t omitted) {
    Heap& heap = current_heap();
    if (error.stack) heap.deallocate(error.stack, error.stack_size * sizeof(StackEntry));
    error.stack = count ? static_cast<StackEntry*>(heap.allocate(count * sizeof(StackEntry))) : nullptr;
    error.stack_size = error.stack ? count : 0;
    error.stack_omitted = omitted;
    error.has_stack = true;
    if (error.stack) std::memcpy(error.stack, entries, count * sizeof(StackEntry));
}

void add_async_step(ErrorObject& error, StackEntry place, bool is_await) {
    AsyncStep** end = &error.async_steps;
    for (int count = 0; *end != nullptr; end = &(*end)->next) {
        if (++count == kMaxAsyncSteps) return;
    }
    *end = new (current_heap().allocate(sizeof(AsyncStep))) AsyncStep{place, is_await, nullptr};
}

namespace hooks {

RUFF_ALWAYS_TRUTHY(Error)
RUFF_UNORDERED(Error)
RUFF_NO_KEYS(Error, "an error")

bool display_Error(const Value& value, Cursor&, DisplayDriver& out) {
    out.text("Error: ");
    const auto* error = value.as<ErrorObject>();
    if (error->message.is_string()) out.text(error->message.as_string()->view());
    return true;
}

bool equals_Error(const Value& a, const Value& b, Cursor& at, EqualityDriver& driver) {
    auto& left = *a.as<ErrorObject>();
    auto& right = *b.as<ErrorObject>();
    if (left.kind != right.kind) return driver.unequal();
    const auto left_values = values_of(left), right_values = values_of(right);
    while (at.position < left_values.size()) {
        const std::size_t i = at.position++;
        if (!driver.pair(*left_values[i], *right_values[i])) return false;
    }
    return true;
}

Sendable sendable_Error() { return Sendable::Copy; }

void children_Error(Object* object, ValueVisitor& visitor) {
    for (Value* value : values_of(*reinterpret_cast<ErrorObject*>(object))) visitor.visit(*value);
}

void free_Error(Object* object) {
    auto* error = reinterpret_cast<ErrorObject*>(object);
    set_error_stack(*error, nullptr, 0, 0);
    while (AsyncStep* step = error->async_steps) {
        error->async_steps = step->next;
        current_heap().deallocate(step, sizeof(AsyncStep));
    }
    error->~ErrorObject();
    current_heap().deallocate(error, sizeof(ErrorObject));
}

}  // namespace hooks
}  // namespace ruff::vm
