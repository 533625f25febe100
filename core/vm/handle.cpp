#include "core/vm/handle.h"

#include "core/vm/drivers.h"
#include "core/vm/hash.h"
#include "core/vm/heap.h"

namespace ruff::vm {

Value make_handle(ValueKind kind, Handle* handle) {
    auto* object = static_cast<HandleObject*>(current_heap().allocate(sizeof(HandleObject)));
    object->head = {1, kind, 0, 0};
    object->handle = handle;
    return Value::adopt(object);
}

namespace {

bool display_handle(const Value& value, DisplayDriver& out) {
    out.text("<");
    out.text(value.as<HandleObject>()->handle->describe());
    out.text(">");
    return true;
}
const void* identity_of(const Value& value) { return value.as<HandleObject>()->handle->identity(); }
void free_handle(Object* object) {
    auto* handle = reinterpret_cast<HandleObject*>(object);
    delete handle->handle;
    current_heap().deallocate(handle, sizeof(HandleObject));
}

}  // namespace

namespace hooks {

#define RUFF_HANDLE_KIND(Name, sent)                                                                         \
    RUFF_ALWAYS_TRUTHY(Name)                                                                                 \
    RUFF_UNORDERED(Name)                                                                                     \
    bool display_##Name(const Value& value, Cursor&, DisplayDriver& out) { return display_handle(value, out); } \
    bool equals_##Name(const Value& a, const Value& b, Cursor&, EqualityDriver& driver) {                    \
        return identity_of(a) == identity_of(b) ? true : driver.unequal();                                   \
    }                                                                                                        \
    Sendable sendable_##Name() { return sent; }                                                              \
    void children_##Name(Object*, ValueVisitor&) {}                                                          \
    void free_##Name(Object* object) { free_handle(object); }

#define RUFF_HANDLE_AS_KEY(Name)                                                \
    std::string_view key_refusal_##Name(const Value&) { return {}; }            \
    bool hash_##Name(const Value& key, Cursor& at, HashDriver&) {               \
        at.state = hash_word(std::bit_cast<std::uint64_t>(identity_of(key)));   \
        return true;                                                            \
    }

RUFF_HANDLE_KIND(TaskHandle, Sendable::Proxy)
RUFF_HANDLE_AS_KEY(TaskHandle)
RUFF_HANDLE_KIND(Channel, Sendable::Proxy)
RUFF_HANDLE_AS_KEY(Channel)
RUFF_HANDLE_KIND(File, Sendable::Refused)
RUFF_NO_KEYS(File, "a file")
RUFF_HANDLE_KIND(Process, Sendable::Refused)
RUFF_NO_KEYS(Process, "a process")
RUFF_HANDLE_KIND(HttpStream, Sendable::Refused)
RUFF_NO_KEYS(HttpStream, "an answer")
RUFF_HANDLE_KIND(Mutex, Sendable::Refused)
RUFF_NO_KEYS(Mutex, "a mutex")
RUFF_HANDLE_KIND(Semaphore, Sendable::Refused)
RUFF_NO_KEYS(Semaphore, "a semaphore")

}  // namespace hooks
}  // namespace ruff::vm
