// Structs: lookups by name, making, copying before a change.

#include <deque>
#include <memory>

#include "core/support/mutex.h"
#include "core/vm/code.h"
#include "core/vm/drivers.h"
#include "core/vm/heap.h"
#include "core/vm/string.h"

namespace ruff::vm {
namespace {

std::size_t struct_size(const StructInfo& info) { return sizeof(StructObject) + slot_count(info) * sizeof(Value); }

StructObject* new_struct(const StructInfo& info) {
    const std::size_t fields = info.field_names.size();
    auto* object = static_cast<StructObject*>(current_heap().allocate(struct_size(info)));
    if (!object) return nullptr;
    object->head = {1, ValueKind::Struct, 0, static_cast<std::uint16_t>(fields)};
    object->info = &info;
    return object;
}

}  // namespace

int StructInfo::field_index(const StringObject* interned_name) const {
    for (std::size_t i = 0; i < field_names.size(); ++i) {
        if (field_names[i] == interned_name) return static_cast<int>(i);
    }
    return -1;
}

Code* StructInfo::find_method(const StringObject* interned_name) const {
    for (const Method& method : methods) {
        if (method.name == interned_name) return method.code;
    }
    return nullptr;
}

Value make_struct(const StructInfo& info, Value* fields) {
    StructObject* object = new_struct(info);
    if (!object) return Value::null();
    relocate(object->fields(), fields, slot_count(info));
    for (std::size_t i = 0; i < slot_count(info); ++i) fields[i].forget();
    return Value::adopt(object);
}

StructObject* unshare_struct(Value& slot) {
    StructObject* object = slot.as_struct();
    if (!object->head.is_shared()) return object;
    StructObject* copy = new_struct(*object->info);
    if (!copy) return nullptr;
    for (std::size_t i = 0; i < slot_count(*object->info); ++i) new (copy->fields() + i) Value(object->fields()[i]);
    ++current_heap().counters.cow_copies;
    slot = Value::adopt(copy);
    return copy;
}

const StructInfo& declare_struct(std::string_view name, std::initializer_list<std::string_view> fields) {
    // Never destroyed: values of these types may outlive every isolate.
    static Mutex mutex;
    static auto& declared = *new std::deque<StructInfo>;
    const std::lock_guard lock(mutex);
    for (const StructInfo& info : declared) {
        if (info.name->view() == name) return info;
    }
    StructInfo& info = declared.emplace_back();
    info.name = intern(name);
    for (const std::string_view field : fields) info.field_names.push_back(intern(field));
    return info;
}

namespace hooks {

RUFF_ALWAYS_TRUTHY(Struct)

bool display_Struct(const Value& value, Cursor& at, DisplayDriver& out) {
    const StructObject* object = value.as_struct();
    const std::size_t count = object->field_count();
    if (at.position == 0) {
        out.text(object->info->name->view());
        out.text(count != 0 ? " { " : " {");
    }
    while (at.position < count) {
        if (at.position != 0) out.text(", ");
        out.text(object->info->field_names[at.position]->view());
        out.text(": ");
        if (!out.child(object->fields()[at.position++])) return false;
    }
    out.text(count != 0 ? " }" : "}");
    return true;
}

bool equals_Struct(const Value& a, const Value& b, Cursor& at, EqualityDriver& driver) {
    const StructObject* left = a.as_struct();
    const StructObject* right = b.as_struct();
    if (left->info != right->info) return driver.unequal();
    while (at.position < left->field_count()) {
        const std::size_t i = at.position++;
        if (!driver.pair(left->fields()[i], right->fields()[i])) return false;
    }
    return true;
}

// The order of structs is their `op_lt`, which the driver has looked for.
RUFF_UNORDERED(Struct)

bool hash_Struct(const Value& key, Cursor& at, HashDriver& driver) {
    const StructObject* object = key.as_struct();
    if (at.position == 0) at.state = object->info->name->hash;
    while (at.position < object->field_count()) {
        if (!driver.child(object->fields()[at.position++], at, ValueKind::Struct)) return false;
    }
    return true;
}

std::string_view key_refusal_Struct(const Value& value) {
    return value.as_struct()->info->op_eq ? "a struct with an op_eq method" : std::string_view();
}
Sendable sendable_Struct() { return Sendable::Copy; }

void children_Struct(Object* object, ValueVisitor& visitor) {
    auto* self = reinterpret_cast<StructObject*>(object);
    for (std::size_t i = 0; i < slot_count(*self->info); ++i) visitor.visit(self->fields()[i]);
}

void free_Struct(Object* object) {
    auto* self = reinterpret_cast<StructObject*>(object);
    for (std::size_t i = 0; i < slot_count(*self->info); ++i) self->fields()[i].~Value();
    current_heap().deallocate(self, struct_size(*self->info));
}

}  // namespace hooks
}  // namespace ruff::vm
