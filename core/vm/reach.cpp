#include "core/vm/reach.h"

#include <algorithm>
#include <unordered_set>

#include "core/vm/image.h"

namespace ruff::vm {

namespace bc = bytecode;

namespace {

bool is_called_unnamed(std::string_view method) { return method.starts_with("op_") || method == "to_string" || method == "iter"; }

bool is_state(const bc::Place& place) { return place.root == bc::PlaceRoot::Global || place.root == bc::PlaceRoot::UpvalueCell; }

bool changes_state(const bc::Function& function) {
    return std::any_of(function.code.begin(), function.code.end(), [&](const bc::Instruction& ins) {
        switch (ins.op) {
            case bc::Op::SetGlobal:
            case bc::Op::DeclareGlobal:
            case bc::Op::SetUpvalueCell: return true;
            case bc::Op::SetPlace:
            case bc::Op::UpdatePlace: return is_state(function.places[ins.b]);
            case bc::Op::InvokePlace:
            case bc::Op::InvokePlaceSpread:
            case bc::Op::WriteBack: return is_state(function.places[ins.c]);
            default: return false;
        }
    });
}

void sort_unique(std::vector<bc::GlobalIndex>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

void ReachTable::find_methods(Image& image) {
    has_methods_ = true;
    for (const bc::StructType& type : image.program().structs) {
        for (const bc::FunctionIndex method : type.methods) {
            const Code* code = image.main_program_code(method);
            const std::string_view name = code->source->name;
            methods_[name].push_back(code);
            if (is_called_unnamed(name)) operators_.push_back(code);
        }
    }
}

std::unique_ptr<Reach> ReachTable::find(Image& image, const Code& start) const {
    auto reach = std::make_unique<Reach>();
    if (start.program != 0) return reach;   // the prelude has no state
    std::unordered_set<const Code*> seen{&start};
    std::vector<const Code*> pending{&start};
    auto add = [&](const Code* code) {
        if (seen.insert(code).second) pending.push_back(code);
    };
    for (const Code* code : operators_) add(code);
    const Span text = start.source->span;
    while (!pending.empty()) {
        const Code& code = *pending.back();
        pending.pop_back();
        const bc::Function& function = *code.source;
        const bool is_own = function.module == start.source->module && function.span.begin >= text.begin && function.span.end <= text.end;
        reach->globals.insert(reach->globals.end(), function.globals_used.begin(), function.globals_used.end());
        if (is_own) reach->own_globals.insert(reach->own_globals.end(), function.globals_used.begin(), function.globals_used.end());
        reach->changes_state = reach->changes_state || changes_state(function);
        for (const bc::FunctionIndex used : function.functions_used) add(image.sibling(code, used));
        for (const bc::Constant& constant : function.constants) {
            if (const auto* named = std::get_if<bc::FunctionConstant>(&constant)) add(image.sibling(code, named->function));
        }
        for (const bc::Site& site : function.sites) {
            const auto found = methods_.find(site.name);
            if (found == methods_.end()) continue;
            for (const Code* method : found->second) add(method);
        }
    }
    sort_unique(reach->globals);
    sort_unique(reach->own_globals);
    return reach;
}

const Reach& ReachTable::of(Image& image, const Code& code) {
    const std::lock_guard lock(lock_);
    if (!has_methods_) find_methods(image);
    std::unique_ptr<Reach>& reach = reaches_[&code];
    if (reach == nullptr) reach = find(image, code);
    return *reach;
}

}  // namespace ruff::vm
