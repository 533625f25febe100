// What is known only once the whole file is: which methods are mutating, which functions need a closure, and where each
// variable is kept.

#include <algorithm>

#include "core/sema/resolver_internal.h"

namespace ruff::sema {

using namespace ruff::syntax;

namespace {

bool is_builtin_method_name(std::string_view name) {
    for (int kind = 0; kind < kValueKindCount; ++kind) {
        if (find_builtin_method(static_cast<ValueKind>(kind), name) != nullptr) return true;
    }
    return false;
}

}  // namespace

/// A method is mutating if it changes self, says so, or calls one on self that is: to a fixed point.
void Resolver::finish_methods() {
    for (FunctionInfo& info : model_->functions) info.is_mutating = info.changes_self || info.is_declared_mut;
    for (StructInfo& type : model_->structs) {
        for (bool has_changed = true; has_changed;) {
            has_changed = false;
            for (const FunctionId id : type.methods) {
                if (function(id).is_mutating || !calls_mutating(type, function(id))) continue;
                function(id).is_mutating = has_changed = true;
            }
        }
        for (const FunctionId id : type.methods) {
            FunctionInfo& info = function(id);
            // What runs detached from its receiver, or on its left operand, cannot change it.
            if (info.is_async || info.is_generator || is_operator_method(info.node->to<FuncDecl>().name.text())) {
                info.is_mutating = false;
            }
            if (!info.is_mutating) continue;
            binding(info.self).is_changed = true;
            model_->mutating_methods.push_back(symbol(info.node->to<FuncDecl>().name));
        }
    }
    std::sort(model_->mutating_methods.begin(), model_->mutating_methods.end());
    model_->mutating_methods.erase(
        std::unique(model_->mutating_methods.begin(), model_->mutating_methods.end()),
        model_->mutating_methods.end());
}

bool Resolver::calls_mutating(const StructInfo& type, const FunctionInfo& caller) {
    for (const FunctionId id : type.methods) {
        if (!function(id).is_mutating) continue;
        const Symbol name = symbol(function(id).node->to<FuncDecl>().name);
        if (std::find(caller.self_calls.begin(), caller.self_calls.end(), name) != caller.self_calls.end()) return true;
    }
    return false;
}

/// Functions that capture nothing but functions without captures need none, and are not captured.
void Resolver::finish_captures() {
    const auto is_constant = [&](BindingId id) {
        return binding(id).kind == BindingKind::Function && !function(binding(id).index).needs_closure;
    };
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        for (FunctionInfo& info : model_->functions) {
            if (info.needs_closure) continue;
            const bool needs = !std::all_of(info.captures.begin(), info.captures.end(), is_constant);
            if (!needs) continue;
            info.needs_closure = has_changed = true;
        }
    }
    for (FunctionInfo& info : model_->functions) {
        std::erase_if(info.captures, is_constant);
        if (info.captures.empty() || info.kind == FunctionKind::Function || info.kind == FunctionKind::Lambda ||
            info.kind == FunctionKind::Spawn) {
            continue;
        }
        report_captured_by_struct(info);
    }
}

void Resolver::report_captured_by_struct(const FunctionInfo& info) {
    const Node* node = info.node;
    Span span = span_of(*node);
    if (const auto* method = node->as<FuncDecl>()) span = model_->tree->span(method->name);
    report("local-struct-capture", span,
           "a struct inside a function cannot use the local variable " +
               quoted_name(model_->name(info.captures.front())))
        .help = "pass the value to the method, or keep it in a field";
}

void Resolver::finish_storage() {
    for (const MethodCall& call : method_calls_) {
        Binding& called = binding(call.binding);
        if (called.is_changed || !called.is_captured) continue;
        called.is_changed = may_mutate(call.name);
    }
    for (Binding& each : model_->bindings) each.storage = storage_of(each);
}

/// True if a method of that name may be a mutating one of some struct.
bool Resolver::may_mutate(Symbol name) {
    const std::string_view text = model_->text(name);
    if (!is_builtin_method_name(text)) return true;
    if (std::binary_search(model_->mutating_methods.begin(), model_->mutating_methods.end(), name)) return true;
    for (const ModuleImport& import : model_->imports) {
        if (import.module == nullptr) continue;
        for (const Symbol mutating : import.module->mutating_methods) {
            if (import.module->text(mutating) == text) return true;
        }
    }
    return false;
}

Storage Resolver::storage_of(const Binding& each) const {
    switch (each.kind) {
        case BindingKind::Struct:
        case BindingKind::Enum:
        case BindingKind::Imported: return Storage::Static;
        case BindingKind::Function:
            if (!model_->functions[each.index].needs_closure) return Storage::Static;
            return each.is_captured && each.is_captured_early ? Storage::Cell : Storage::Register;
        default: break;
    }
    if (each.scope == 0) return each.is_captured || each.is_exported ? Storage::Global : Storage::Register;
    if (!each.is_captured) return Storage::Register;
    // Changing an immutable variable raises, so it keeps its value.
    const bool may_change = !each.is_immutable() && (each.is_reassigned || each.is_changed);
    return may_change || each.is_captured_early ? Storage::Cell : Storage::Register;
}

}  // namespace ruff::sema
