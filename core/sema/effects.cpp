#include "core/sema/effects.h"

// One walk over the code of each function notes what it does itself and which functions of the file it calls; then the
// effects flow along the calls until nothing changes any more. What an imported function does is known from its own file,
// which cannot call back into this one but through what it is given.

#include "core/sema/facts.h"
#include "core/syntax/walk.h"

namespace ruff::sema {

using namespace ruff::syntax;

namespace {

/// What a piece of code does itself, and what it calls in its own file.
struct Summary {
    Effects effects;
    std::vector<FunctionId> calls;
};

class Collector {
public:
    Collector(const TypeModel& types, Facts& facts, FunctionId function)
        : types_(types), facts_(facts), model_(types.model()), function_(function) {}

    /// `node` and what is below it, but for the bodies of functions.
    Summary collect(const Node& root) {
        walk(root, [&](const Node& node) {
            look_at(node);
            return &node == &root || !makes_function(node);
        });
        return std::move(summary_);
    }

private:
    static bool makes_function(const Node& node) {
        return node.is<FuncDecl>() || node.is<FuncExpr>() || node.is<LambdaExpr>() || node.is<Spawn>() || node.is<StructDecl>();
    }

    void look_at(const Node& node) {
        switch (node.kind) {
            case NodeKind::NameExpr:
            case NodeKind::DictShorthand:
            case NodeKind::SelfExpr: return look_at_name(node);
            case NodeKind::MemberExpr: return look_at_member(node.to<MemberExpr>());
            case NodeKind::StructExpr: return look_at_construction(node);
            case NodeKind::Assign: return look_at_assign(node.to<Assign>());
            case NodeKind::CallExpr: return look_at_call(node.to<CallExpr>(), nullptr);
            case NodeKind::PipeExpr: return look_at_pipe(node.to<PipeExpr>());
            case NodeKind::AwaitExpr: summary_.effects.suspends = true; return;
            case NodeKind::YieldExpr:
            case NodeKind::Spawn: summary_.effects.writes = true; return;
            case NodeKind::For: {
                // A generator's body runs, and a struct's `iter` is called.
                constexpr KindMask kPlain = kind_bit(ValueKind::Int) | kind_bit(ValueKind::String) | kind_bit(ValueKind::Bytes) |
                                            kind_bit(ValueKind::Array) | kind_bit(ValueKind::Dict) | kind_bit(ValueKind::Set) |
                                            kind_bit(ValueKind::Range);
                if (!types_.is_only(types_.type_of(*node.to<For>().iterable), kPlain)) summary_.effects.unknown = true;
                return;
            }
            default: return;
        }
    }

    [[nodiscard]] bool is_own(BindingId id) const { return model_.bindings[id].function == function_; }

    void look_at_name(const Node& node) {
        const BindingId id = model_.binding_of(node);
        if (id == kNone || is_own(id)) return;
        const Binding& binding = model_.bindings[id];
        if (binding.is_variable()) return read_variable(binding);
        if (binding.kind != BindingKind::Imported) return;
        const SemanticModel* module = model_.imports[binding.index].module;
        if (module != nullptr && binding.target != kNone) read_variable(module->bindings[binding.target]);
    }

    void read_variable(const Binding& binding) {
        if (binding.is_variable() && (binding.is_reassigned || binding.is_changed)) summary_.effects.reads = true;
    }

    /// `m.count`
    void look_at_member(const MemberExpr& member) {
        const Type object = types_.type_of(*member.object);
        const SemanticModel* module = types_.table().data(object).owner;
        if (types_.table().single_kind(object) != ValueKind::Module || module == nullptr) return;
        const BindingId exported = module->find_export(member.name.text());
        if (exported != kNone) read_variable(module->bindings[exported]);
    }

    /// The defaults of the fields are evaluated.
    void look_at_construction(const Node& literal) {
        const Type type = types_.type_of(literal);
        const StructInfo* known = types_.struct_of(type);
        if (known == nullptr) {
            summary_.effects.unknown = true;
            return;
        }
        for (const FunctionId id : known->defaults) {
            if (id != kNone) call(*types_.table().data(type).owner, id);
        }
    }

    void look_at_assign(const Assign& statement) {
        if (statement.target->is<ArrayPattern>() || statement.target->is<DictPattern>()) {
            walk(*statement.target, [&](const Node& node) {
                if (node.is<NamePattern>() || node.is<RestPattern>()) change(node);
                return true;
            });
            return;
        }
        change(root_of(*statement.target));
    }

    static const Node& root_of(const Node& place) {
        const Node* at = &place;
        while (at->is<MemberExpr>() || at->is<IndexExpr>()) {
            at = at->is<MemberExpr>() ? at->to<MemberExpr>().object : at->to<IndexExpr>().object;
        }
        return *at;
    }

    /// The variable that the node names changes.
    void change(const Node& root) {
        const BindingId id = model_.binding_of(root);
        if (id == kNone) return;
        if (root.is<SelfExpr>() || !is_own(id)) summary_.effects.writes = true;
    }

    void look_at_call(const CallExpr& call, const Node* piped) {
        call_value(*call.callee);
        const BuiltinRow* builtin = builtin_of(*call.callee);
        if (builtin == nullptr) return;
        if (builtin->is_mutating() && call.callee->is<MemberExpr>()) change(root_of(*call.callee->to<MemberExpr>().object));
        if (!builtin->has_effect(effects::CallsBack)) return;
        // Only the combinators of promises call what is in an array: their jobs may be functions.
        const bool calls_elements = builtin->family == BuiltinFamily::async;
        if (piped != nullptr) call_back(*piped, calls_elements);
        for (const Node* argument : call.arguments) call_back(*argument, calls_elements);
        if (const auto* member = call.callee->as<MemberExpr>()) call_back(*member->object, calls_elements);
    }

    void look_at_pipe(const PipeExpr& pipe) {
        const Node* right = pipe.right;
        if (const auto* propagate = right->as<PropagateExpr>()) right = propagate->operand;
        if (const auto* call = right->as<CallExpr>()) return look_at_call(*call, pipe.left);
        if (const auto* lambda = right->as<LambdaExpr>()) {
            summary_.calls.push_back(model_.function_of(*lambda));
            return;
        }
        call_value(*right);
        const BuiltinRow* builtin = builtin_of(*right);
        if (builtin == nullptr || !builtin->has_effect(effects::CallsBack)) return;
        call_back(*pipe.left, builtin->family == BuiltinFamily::async);
    }

    [[nodiscard]] const BuiltinRow* builtin_of(const Node& callee) const {
        const Type type = types_.type_of(callee);
        const TypeData& data = types_.table().data(type);
        const bool is_builtin = types_.table().single_kind(type) == ValueKind::Function && data.owner == nullptr && data.index != kNone;
        return is_builtin ? &builtin_row(static_cast<BuiltinId>(data.index)) : nullptr;
    }

    /// A value is called.
    void call_value(const Node& callee) {
        if (model_.use_of(callee).kind == UseKind::Constructor || callee.is<VariantExpr>()) return;
        if (const BuiltinRow* builtin = builtin_of(callee)) {
            summary_.effects.reads |= builtin->has_effect(effects::Reads);
            summary_.effects.suspends |= builtin->has_effect(effects::Suspends);
            // What a mutating method changes is its receiver, which is looked at by itself.
            summary_.effects.writes |= builtin->has_effect(effects::Writes) && !builtin->is_mutating();
            return;
        }
        call_type(types_.type_of(callee));
    }

    void call_type(Type type) {
        const TypeData& data = types_.table().data(type);
        const bool is_function = types_.table().single_kind(type) == ValueKind::Function;
        if (is_function && data.owner != nullptr) call(*data.owner, data.index);
        else if (type != Type::Never) summary_.effects.unknown = true;
    }

    void call(const SemanticModel& owner, FunctionId id) {
        if (&owner == &model_) summary_.calls.push_back(id);
        else if (owner.import_depth > kMaxImportDepth) summary_.effects.unknown = true;
        else summary_.effects |= facts_.effects_of(owner).of(id);
    }

    /// A builtin may call what it was given.
    void call_back(const Node& argument, bool calls_elements) {
        const Node& given = argument.is<NamedArgument>() ? *argument.to<NamedArgument>().value : argument;
        const Type type = types_.type_of(given);
        const KindMask function = kind_bit(ValueKind::Function);
        if (types_.table().may_be(type, function) && builtin_of(given) == nullptr) return call_type(type);
        if (types_.table().is(type, ValueKind::Array) || types_.table().is(type, ValueKind::Set)) {
            const Type element = types_.table().data(type).element;
            if (calls_elements && types_.table().may_be(element, function)) call_type(element);
        } else if (types_.table().may_be(type, kind_bit(ValueKind::Generator) | kind_bit(ValueKind::Struct))) {
            summary_.effects.unknown = true;
        }
    }

    const TypeModel& types_;
    Facts& facts_;
    const SemanticModel& model_;
    FunctionId function_;
    Summary summary_;
};

const Node* body_of(const FunctionInfo& function) {
    const Node* node = function.node;
    if (node == nullptr) return nullptr;
    switch (node->kind) {
        case NodeKind::FuncDecl: return node->to<FuncDecl>().body;
        case NodeKind::FuncExpr: return node->to<FuncExpr>().body;
        case NodeKind::LambdaExpr: return node->to<LambdaExpr>().body;
        case NodeKind::Spawn: return node->to<Spawn>().body;
        case NodeKind::StructField: return node->to<StructField>().default_value;
        default: return nullptr;
    }
}

}  // namespace

Effects EffectModel::of(const Node& node, FunctionId function) const {
    const Summary summary = Collector(*types_, *facts_, function).collect(node);
    Effects all = summary.effects;
    for (const FunctionId callee : summary.calls) all |= functions_[callee];
    return all;
}

std::unique_ptr<const EffectModel> infer_effects(const TypeModel& types, Facts& facts) {
    const SemanticModel& model = types.model();
    auto effects = std::make_unique<EffectModel>();
    effects->types_ = &types;
    effects->facts_ = &facts;
    effects->functions_.resize(model.functions.size());
    std::vector<std::vector<FunctionId>> callers(model.functions.size());
    std::vector<FunctionId> changed;
    for (FunctionId id = 0; id < model.functions.size(); ++id) {
        const Node* body = body_of(model.functions[id]);
        if (body == nullptr) continue;
        Summary summary = Collector(types, facts, id).collect(*body);
        effects->functions_[id] = summary.effects;
        for (const FunctionId callee : summary.calls) callers[callee].push_back(id);
        changed.push_back(id);
    }
    while (!changed.empty()) {
        const FunctionId callee = changed.back();
        changed.pop_back();
        for (const FunctionId caller : callers[callee]) {
            const Effects before = effects->functions_[caller];
            effects->functions_[caller] |= effects->functions_[callee];
            if (!(before == effects->functions_[caller])) changed.push_back(caller);
        }
    }
    return effects;
}

}  // namespace ruff::sema
