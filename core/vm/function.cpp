// Functions, cells and modules.

#include "core/vm/function.h"

#include <array>
#include <atomic>
#include <cstdlib>

#include "core/vm/drivers.h"
#include "core/vm/heap.h"

namespace ruff::vm {
namespace {

std::size_t function_size(std::size_t captures) { return sizeof(FunctionObject) + captures * sizeof(Value); }

FunctionObject* new_function(FunctionForm form, Code* code, std::uint32_t captures) {
    Heap& heap = current_heap();
    if (captures != 0) heap.maybe_collect();
    auto* function = static_cast<FunctionObject*>(heap.allocate(function_size(captures)));
    if (!function) return nullptr;
    function->head = {1, ValueKind::Function, static_cast<std::uint8_t>(form), static_cast<std::uint16_t>(captures)};
    function->links = {};
    function->code = code;
    function->builtin = nullptr;
    for (std::uint32_t i = 0; i < captures; ++i) new (function->captures() + i) Value();
    if (captures != 0) heap.track(&function->links);
    return function;
}

}  // namespace

FunctionObject* new_closure(Code* code, std::uint32_t capture_count) {
    return new_function(FunctionForm::Closure, code, capture_count);
}

Value make_bound_method(Code* method, Value receiver) {
    FunctionObject* function = new_function(FunctionForm::BoundMethod, method, 1);
    function->captures()[0] = std::move(receiver);
    return Value::adopt(function);
}

Value make_builtin_function(const BuiltinRow& row) {
    // One object a row, so that a builtin is equal to itself; made when a program first uses it as a value.
    static constinit std::array<std::atomic<FunctionObject*>, kBuiltinCount> all{};
    std::atomic<FunctionObject*>& slot = all[static_cast<std::size_t>(row.id)];
    FunctionObject* function = slot.load(std::memory_order_acquire);
    if (!function) {
        auto* made = new (std::malloc(sizeof(FunctionObject)))
            FunctionObject{{kImmortal, ValueKind::Function, static_cast<std::uint8_t>(FunctionForm::Builtin), 0}, {}, nullptr, &row};
        if (slot.compare_exchange_strong(function, made, std::memory_order_acq_rel)) {
            function = made;
        } else {
            std::free(made);
        }
    }
    return Value::adopt(function);
}

CellObject* new_cell(Value value) {
    Heap& heap = current_heap();
    heap.maybe_collect();
    auto* cell = static_cast<CellObject*>(heap.allocate(sizeof(CellObject)));
    cell->head = {1, ValueKind::Cell, 0, 0};
    new (&cell->value) Value(std::move(value));
    heap.track(&cell->links);
    return cell;
}

Value make_module(std::uint32_t module, StringObject* name) {
    auto* object = static_cast<ModuleObject*>(current_heap().allocate(sizeof(ModuleObject)));
    object->head = {1, ValueKind::Module, 0, 0};
    object->module = module;
    object->name = name;
    return Value::adopt(object);
}

std::string_view function_name(const FunctionObject* function) {
    if (function->builtin) return function->builtin->name;
    std::string_view name = function->code && function->code->name ? function->code->name->view() : "?";
    if (name.size() > 2 && name.front() == '<' && name.back() == '>') name = name.substr(1, name.size() - 2);
    return name;
}

namespace hooks {

RUFF_IDENTITY(Function)
RUFF_NO_KEYS(Function, "a function")
bool display_Function(const Value& value, Cursor&, DisplayDriver& out) {
    out.text("<function ");
    out.text(function_name(value.as<FunctionObject>()));
    out.text(">");
    return true;
}
Sendable sendable_Function() { return Sendable::Copy; }

void children_Function(Object* object, ValueVisitor& visitor) {
    auto* function = reinterpret_cast<FunctionObject*>(object);
    for (std::size_t i = 0; i < object->extra; ++i) visitor.visit(function->captures()[i]);
}

void free_Function(Object* object) {
    auto* function = reinterpret_cast<FunctionObject*>(object);
    Heap& heap = current_heap();
    if (function->links.next) heap.untrack(&function->links);
    for (std::size_t i = 0; i < object->extra; ++i) function->captures()[i].~Value();
    heap.deallocate(function, function_size(object->extra));
}

// A cell is never a value of a program; these serve dumps.
RUFF_IDENTITY(Cell)
RUFF_NO_KEYS(Cell, "a captured variable")
bool display_Cell(const Value&, Cursor&, DisplayDriver& out) {
    out.text("<cell>");
    return true;
}
Sendable sendable_Cell() { return Sendable::Copy; }
void children_Cell(Object* object, ValueVisitor& visitor) { visitor.visit(reinterpret_cast<CellObject*>(object)->value); }

void free_Cell(Object* object) {
    auto* cell = reinterpret_cast<CellObject*>(object);
    Heap& heap = current_heap();
    if (cell->links.next) heap.untrack(&cell->links);
    cell->value.~Value();
    heap.deallocate(cell, sizeof(CellObject));
}

// One module is one value, however often it was imported.
RUFF_ALWAYS_TRUTHY(Module)
RUFF_UNORDERED(Module)
RUFF_NO_KEYS(Module, "a module")
bool equals_Module(const Value& a, const Value& b, Cursor&, EqualityDriver& driver) {
    return a.as<ModuleObject>()->module == b.as<ModuleObject>()->module ? true : driver.unequal();
}
bool display_Module(const Value& value, Cursor&, DisplayDriver& out) {
    out.text("<module ");
    out.text(value.as<ModuleObject>()->name->view());
    out.text(">");
    return true;
}
Sendable sendable_Module() { return Sendable::Copy; }
void children_Module(Object*, ValueVisitor&) {}
void free_Module(Object* object) { current_heap().deallocate(object, sizeof(ModuleObject)); }

}  // namespace hooks
}  // namespace ruff::vm
