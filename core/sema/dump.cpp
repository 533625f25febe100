#include "core/sema/dump.h"

namespace ruff::sema {
namespace {

const char* kind_text(const Binding& binding) {
    switch (binding.kind) {
        case BindingKind::Variable: break;
        case BindingKind::Parameter: return "parameter";
        case BindingKind::Self: return "self";
        case BindingKind::Loop: return "loop variable";
        case BindingKind::Pattern: return "pattern variable";
        case BindingKind::Except: return "error";
        case BindingKind::Function: return "func";
        case BindingKind::Struct: return "struct";
        case BindingKind::Enum: return "enum";
        case BindingKind::Module: return "module";
        case BindingKind::Imported: return "imported";
    }
    switch (binding.declared_as) {
        case DeclaredAs::Bare: return "variable";
        case DeclaredAs::Mut: return "mut";
        case DeclaredAs::Let: return "let";
        case DeclaredAs::Const: return "const";
    }
    return "";
}

const char* storage_text(Storage storage) {
    switch (storage) {
        case Storage::Register: return "register";
        case Storage::Cell: return "cell";
        case Storage::Global: return "global";
        case Storage::Static: return "static";
    }
    return "";
}

const char* scope_text(ScopeKind kind) {
    switch (kind) {
        case ScopeKind::File: return "file";
        case ScopeKind::Block: return "block";
        case ScopeKind::Parameters: return "function";
        case ScopeKind::Loop: return "loop";
        case ScopeKind::Arm: return "arm";
        case ScopeKind::Except: return "except";
        case ScopeKind::Struct: return "struct";
    }
    return "";
}

class ScopeDump {
public:
    explicit ScopeDump(const SemanticModel& model) : model_(model), children_(model.scopes.size()) {
        for (ScopeId id = 1; id < model.scopes.size(); ++id) children_[model.scopes[id].parent].push_back(id);
    }

    std::string run() {
        scope(0, 0);
        for (const UndefinedName& name : model_.undefined) {
            text_ += "undefined " + std::string(model_.text(name.name)) + " " +
                     place(model_.tree->tokens[name.token].begin) + "\n";
        }
        return std::move(text_);
    }

private:
    std::string place(std::uint32_t offset) const {
        const LineColumn at = model_.tree->source->lines().position(offset, PositionEncoding::Utf32);
        return std::to_string(at.line + 1) + ":" + std::to_string(at.column + 1);
    }

    void scope(ScopeId id, std::size_t depth) {
        const Scope& each = model_.scopes[id];
        text_ += std::string(depth * 2, ' ') + scope_text(each.kind) + " " + place(each.span.begin);
        if (each.kind == ScopeKind::Parameters) function(model_.functions[each.function]);
        text_ += '\n';
        for (BindingId binding_id = each.first; binding_id != kNone; binding_id = model_.bindings[binding_id].next_in_scope) {
            binding(model_.bindings[binding_id], depth + 1);
        }
        for (const ScopeId child : children_[id]) scope(child, depth + 1);
    }

    void function(const FunctionInfo& info) {
        if (info.is_async) text_ += " async";
        if (info.is_generator) text_ += " generator";
        if (info.is_mutating) text_ += " mutating";
        if (info.captures.empty()) return;
        text_ += " captures";
        for (const BindingId id : info.captures) text_ += " " + std::string(model_.name(id));
    }

    void binding(const Binding& each, std::size_t depth) {
        text_ += std::string(depth * 2, ' ') + std::string(model_.text(each.name)) + ": " + kind_text(each) + " (" +
                 storage_text(each.storage) + ")";
        if (each.is_read) text_ += " read";
        if (each.is_reassigned) text_ += " reassigned";
        if (each.is_changed) text_ += " changed";
        if (each.is_captured) text_ += " captured";
        if (each.is_captured_early) text_ += " early";
        if (each.is_exported) text_ += " exported";
        text_ += '\n';
    }

    const SemanticModel& model_;
    std::vector<std::vector<ScopeId>> children_;
    std::string text_;
};

}  // namespace

std::string dump_scopes(const SemanticModel& model) { return ScopeDump(model).run(); }

}  // namespace ruff::sema
