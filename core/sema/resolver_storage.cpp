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

/// Functions that capture nothing but functions without captures need none, and are not captured; nor are structs
/// whose members capture nothing.
void Resolver::finish_captures() {
    const auto is_constant = [&](BindingId id) {
        const FunctionId made = closure_of(binding(id));
        const bool has_closure = binding(id).kind == BindingKind::Function || binding(id).kind == BindingKind::Struct;
        return has_closure && (made == kNone || !function(made).needs_closure);
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
    for (FunctionInfo& info : model_->functions) std::erase_if(info.captures, is_constant);
    for (const StructInfo& type : model_->structs) {
        if (type.environment != kNone) share_captures(type);
    }
}

/// The members of a struct run with its environment: what one of them captures stands there at the same place for all.
void Resolver::share_captures(const StructInfo& type) {
    const FunctionInfo& environment = function(type.environment);
    const auto share = [&](FunctionId member) {
        if (member == kNone) return;
        function(member).captures = environment.captures;
        function(member).needs_closure = environment.needs_closure;
    };
    std::for_each(type.methods.begin(), type.methods.end(), share);
    std::for_each(type.defaults.begin(), type.defaults.end(), share);
}

/// The function whose closure is the value of a declared function, or of a struct; kNone: it has none.
FunctionId Resolver::closure_of(const Binding& declared) const {
    if (declared.kind == BindingKind::Function) return declared.index;
    return declared.kind == BindingKind::Struct ? model_->structs[declared.index].environment : kNone;
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
        case BindingKind::Enum:
        case BindingKind::Imported: return Storage::Static;
        case BindingKind::Struct:
        case BindingKind::Function: {
            const FunctionId made = closure_of(each);
            if (made == kNone || !model_->functions[made].needs_closure) return Storage::Static;
            return each.is_captured && each.is_captured_early ? Storage::Cell : Storage::Register;
        }
        default: break;
    }
    if (each.scope == 0) return each.is_captured || each.is_exported ? Storage::Global : Storage::Register;
    if (!each.is_captured) return Storage::Register;
    // Changing an immutable variable raises, so it keeps its value.
    const bool may_change = !each.is_immutable() && (each.is_reassigned || each.is_changed);
    return may_change || each.is_captured_early ? Storage::Cell : Storage::Register;
}

}  // namespace ruff::sema
