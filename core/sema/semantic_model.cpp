#include "core/sema/semantic_model.h"

#include <algorithm>

#include "core/support/edit_distance.h"

namespace ruff::sema {

using namespace ruff::syntax;

ScopeId SemanticModel::scope_at(std::uint32_t offset) const {
    // Scopes come in order of their beginning, an inner one after its parent: the last that holds is the innermost.
    ScopeId found = 0;
    for (ScopeId id = 0; id < scopes.size(); ++id) {
        if (scopes[id].span.begin > offset) continue;
        if (scopes[id].span.touches(offset)) found = id;
    }
    return found;
}

BindingId SemanticModel::lookup(std::string_view name, std::uint32_t offset) const {
    Symbol symbol{};
    if (!names.find(name, symbol)) return kNone;
    for (ScopeId scope = scope_at(offset); scope != kNone; scope = scopes[scope].parent) {
        BindingId found = kNone;
        for (BindingId id = scopes[scope].first; id != kNone; id = bindings[id].next_in_scope) {
            if (bindings[id].name == symbol && bindings[id].visible_from <= offset) found = id;
        }
        if (found != kNone) return found;
    }
    return kNone;
}

std::vector<BindingId> SemanticModel::visible_at(std::uint32_t offset) const {
    std::vector<BindingId> visible;
    std::vector<bool> is_seen(names.size(), false);
    for (ScopeId scope = scope_at(offset); scope != kNone; scope = scopes[scope].parent) {
        for (BindingId id = scopes[scope].first; id != kNone; id = bindings[id].next_in_scope) {
            const Binding& each = bindings[id];
            if (each.visible_from > offset || is_seen[static_cast<std::size_t>(each.name)]) continue;
            is_seen[static_cast<std::size_t>(each.name)] = true;
            visible.push_back(id);
        }
    }
    return visible;
}

BindingId SemanticModel::find_export(std::string_view name) const {
    for (const BindingId id : exports) {
        if (names.text(bindings[id].name) == name) return id;
    }
    return kNone;
}

namespace {

/// What programs of other languages write, and the Ruff form.
struct ForeignName { std::string_view name, hint; };
constexpr ForeignName kForeignNames[] = {
    {"nil", "write `null`"},
    {"undefined", "write `null`"},
    {"None_", "write `None`"},
    {"True", "write `true`"},
    {"False", "write `false`"},
    {"this", "write `self`"},
    {"pass", "a block may be empty: write `{ }`"},
    {"Promise", "names with a dot are not functions: call `promise_all(xs)`"},
    {"console", "write `print(…)`"},
    {"Math", "its functions are builtins: write `floor(x)`"},
    {"JSON", "write `parse_json(s)` or `to_json(v)`"},
};

bool is_ancestor(const SemanticModel& model, ScopeId ancestor, ScopeId scope) {
    for (; scope != kNone; scope = model.scopes[scope].parent) {
        if (scope == ancestor) return true;
    }
    return false;
}

std::string line_text(const SemanticModel& model, const Binding& binding) {
    const std::uint32_t offset = model.tree->tokens[binding.name_token].begin;
    return std::to_string(1 + std::count(model.tree->text().begin(), model.tree->text().begin() + offset, '\n'));
}

std::string ended_block_hint(const SemanticModel& model, const UndefinedName& name) {
    const std::uint32_t at = model.tree->tokens[name.token].begin;
    const Binding* found = nullptr;
    for (const Binding& each : model.bindings) {
        if (each.name != name.name || each.name_token == kNoToken || !each.is_variable()) continue;
        const Scope& scope = model.scopes[each.scope];
        const bool has_ended = scope.span.end <= at && !is_ancestor(model, each.scope, name.scope);
        if (!has_ended || each.kind == BindingKind::Parameter) continue;
        if (model.scopes[name.scope].function != each.function && each.function != 0) continue;
        found = &each;
    }
    if (found == nullptr) return {};
    return "`" + std::string(model.text(name.name)) + "` was set at line " + line_text(model, *found) +
           " in a block that has ended; set it before the block to use it here";
}

/// For a variable of a block around the name that is declared below it.
std::string set_later_hint(const SemanticModel& model, const UndefinedName& name) {
    const std::uint32_t at = model.tree->tokens[name.token].begin;
    for (ScopeId scope = name.scope; scope != kNone; scope = model.scopes[scope].parent) {
        for (BindingId id = model.scopes[scope].first; id != kNone; id = model.bindings[id].next_in_scope) {
            const Binding& each = model.bindings[id];
            if (each.name != name.name || each.name_token == kNoToken || each.visible_from <= at) continue;
            return "`" + std::string(model.text(name.name)) + "` is only set at line " + line_text(model, each) + ", below";
        }
    }
    return {};
}

std::string module_member_hint(const SemanticModel& model, const UndefinedName& name) {
    const std::string_view text = model.text(name.name);
    for (const Binding& each : model.bindings) {
        if (each.kind != BindingKind::Module) continue;
        const SemanticModel* module = model.imports[each.index].module;
        if (module == nullptr || module->find_export(text) == kNone) continue;
        return "write `" + std::string(model.text(each.name)) + "." + std::string(text) + "`";
    }
    return {};
}

std::string near_name_hint(const SemanticModel& model, const UndefinedName& name) {
    std::vector<std::string_view> candidates;
    const std::uint32_t at = model.tree->tokens[name.token].begin;
    for (ScopeId scope = name.scope; scope != kNone; scope = model.scopes[scope].parent) {
        for (BindingId id = model.scopes[scope].first; id != kNone; id = model.bindings[id].next_in_scope) {
            if (model.bindings[id].visible_from <= at || scope == 0) candidates.push_back(model.name(id));
        }
    }
    for (const BuiltinRow& row : all_builtins()) {
        if (row.is_function() || row.form == BuiltinForm::Constant) candidates.push_back(row.name);
    }
    for (const std::string_view word : {"Ok", "Err", "Some", "None"}) candidates.push_back(word);
    const std::string_view near = nearest_name(model.text(name.name), candidates);
    if (near.empty() || near == model.text(name.name)) return {};
    return "did you mean `" + std::string(near) + "`?";
}

}  // namespace

std::string undefined_hint(const SemanticModel& model, const UndefinedName& name) {
    const std::string_view text = model.text(name.name);
    if (text == "self") return "`self` is there only in a method that has it as its first parameter";
    for (const ForeignName& foreign : kForeignNames) {
        if (foreign.name == text) return std::string(foreign.hint);
    }
    if (std::string hint = ended_block_hint(model, name); !hint.empty()) return hint;
    if (std::string hint = set_later_hint(model, name); !hint.empty()) return hint;
    if (std::string hint = module_member_hint(model, name); !hint.empty()) return hint;
    if (const AbsentBuiltin* absent = find_absent_builtin(text); absent != nullptr) {
        return "`" + std::string(text) + "` is not part of Ruff; use " + std::string(absent->replacement);
    }
    return near_name_hint(model, name);
}

}  // namespace ruff::sema
