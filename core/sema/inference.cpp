#include "core/sema/inference.h"

// Type inference in a few passes over the tree.
//
// What is hard is that a variable may hold different things at different times, that closures change variables behind
// the back of the code that reads them, and that functions call each other in circles. The answer has two layers.
//
//   1. Every variable has one type that holds everything it is ever given: `bindings_`. It only grows. So does the
//      result of every function. When one of them grows after it has been read, the pass is made again; after a few
//      passes what still grows becomes `any`. Straight code needs one pass. This layer is right whatever the order in
//      which the program runs.
//   2. On top, `known_` holds what tests and assignments say about a variable at this point of the code: after
//      `if x == null { return }`, after `x := 1`. It is kept only for variables that no other function assigns, put
//      back at the end of each block (`undo_`), and forgotten for what is assigned in a block that has ended. Loops and
//      functions begin with a wall, behind which lies what was known about variables that change.
//
// Values have no aliases in Ruff, so changing an array in place changes the type of one variable and of nothing else:
// `xs.push(1)` adds int to the elements of `xs`.
//
// A function's body is inferred where its first call stands, if that comes before its declaration, so that results
// are mostly there when they are asked for. The types of imported functions are those of their own file, which `Facts`
// infers when the first of them is called.

#include <algorithm>
#include <utility>

namespace ruff::sema {

using namespace ruff::syntax;

namespace {

constexpr int kWideningPass = 3;
constexpr int kMaxPasses = 6;
/// Calls that are followed into bodies not seen yet.
constexpr int kMaxCallDepth = 12;

}  // namespace

Declared followed(const SemanticModel& model, BindingId id) {
    if (id == kNone) return {};
    const Binding& binding = model.bindings[id];
    if (binding.kind != BindingKind::Imported) return {&model, id};
    const SemanticModel* module = model.imports[binding.index].module;
    return module == nullptr || binding.target == kNone ? Declared{} : Declared{module, binding.target};
}

Declared declared_by(const SemanticModel& model, const Path& path) {
    const BindingId first = model.binding_of(path);
    if (first == kNone || path.names.size() > 2) return {};
    if (path.names.size() == 1) return followed(model, first);
    if (model.bindings[first].kind != BindingKind::Module) return {};
    const SemanticModel* module = model.imports[model.bindings[first].index].module;
    if (module == nullptr) return {};
    const BindingId exported = module->find_export(path.names[1].text());
    return exported == kNone ? Declared{} : Declared{module, exported};
}

Inference::Inference(const SemanticModel& model, Facts& facts)
    : model_(model), facts_(facts), result_(std::make_unique<TypeModel>()), table_(result_->table_) {
    result_->model_ = &model;
    result_->types_.resize(model.tree->node_count, Type::Any);
    result_->leaves_.resize(model.tree->node_count, false);
    result_->bindings_.resize(model.bindings.size(), Type::Never);
    result_->results_.resize(model.functions.size(), Type::Never);
    known_.resize(model.bindings.size());
    read_in_.resize(model.bindings.size(), -1);
    called_in_.resize(model.functions.size(), -1);
    inferred_in_.resize(model.functions.size(), -1);
}

std::unique_ptr<const TypeModel> Inference::run() {
    for (pass_ = 0; pass_ < kMaxPasses; ++pass_) {
        has_changed_ = false;
        infer_file();
        if (!has_changed_) return std::move(result_);
    }
    std::fill(result_->types_.begin(), result_->types_.end(), Type::Any);  // what does not settle is not known
    std::fill(result_->bindings_.begin(), result_->bindings_.end(), Type::Any);
    std::fill(result_->results_.begin(), result_->results_.end(), Type::Any);
    return std::move(result_);
}

// --- variables ---------------------------------------------------------------------------------------------

void Inference::grow(BindingId id, Type type) {
    Type& all = result_->bindings_[id];
    Type joined = table_.join(all, type);
    if (joined == all) return;
    if (pass_ >= kWideningPass) joined = Type::Any;
    all = joined;
    if (read_in_[id] == pass_) has_changed_ = true;
}

/// Whether what this code knows of a variable cannot be undone behind its back.
bool Inference::is_followed(BindingId id) const {
    const Binding& binding = model_.bindings[id];
    return binding.is_variable() && !(binding.is_captured && (binding.is_reassigned || binding.is_changed));
}

void Inference::know(BindingId id, Type type) {
    if (!is_followed(id)) return;
    undo_.push_back({id, known_[id]});
    known_[id] = {static_cast<std::uint32_t>(type), wall_count_};
}

void Inference::forget(BindingId id) {
    if (known_[id].type == kUnknownType) return;
    undo_.push_back({id, known_[id]});
    known_[id] = {};
}

/// The end of a block: what was known before it is known again, but for what the block has assigned.
void Inference::restore(const Mark& at) {
    for (std::size_t i = undo_.size(); i > at.undo; --i) known_[undo_[i - 1].binding] = undo_[i - 1].before;
    undo_.resize(at.undo);
    wall_ = at.wall;
    for (std::size_t i = at.assigned; i < assigned_.size(); ++i) forget(assigned_[i]);
}

/// Before the body of a loop or function, which may run after itself: what is known about variables that change does not
/// hold in it. It holds again after restore(), so it is not taken away but put behind a wall.
void Inference::begin_repeated() { wall_ = ++wall_count_; }

bool Inference::is_known(BindingId id) const {
    const Knowledge& known = known_[id];
    if (known.type == kUnknownType || known.learnt_at < high_wall_) return false;
    const Binding& binding = model_.bindings[id];
    return known.learnt_at >= wall_ || !(binding.is_reassigned || binding.is_changed);
}

void Inference::assign(BindingId id, Type type) {
    if (id == kNone) return;
    grow(id, type);
    assigned_.push_back(id);
    know(id, type);
}

Type Inference::read(BindingId id) {
    const Declared declared = followed(model_, id);
    const Binding* binding = declared.binding();
    if (binding == nullptr) return Type::Any;
    switch (binding->kind) {
        case BindingKind::Function: return function_type(*declared.model, binding->index);
        case BindingKind::Struct:
        case BindingKind::Enum: return Type::Any;
        case BindingKind::Module:
            return table_.make({kind_bit(ValueKind::Module), Type::Any, Type::Any,
                                declared.model->imports[binding->index].module});
        default: break;
    }
    if (declared.model != &model_) return imported_variable(declared);
    if (is_known(id)) return static_cast<Type>(known_[id].type);
    read_in_[id] = pass_;
    return result_->bindings_[id];
}

// --- functions ---------------------------------------------------------------------------------------------

Type Inference::function_type(const SemanticModel& owner, FunctionId id) {
    return table_.make({kind_bit(ValueKind::Function), call_result(owner, id), Type::Any, &owner, id});
}

Type Inference::builtin_type(const BuiltinRow& row) {
    return table_.make({kind_bit(ValueKind::Function), Type::Any, Type::Any, nullptr,
                        static_cast<std::uint32_t>(row.id)});
}

/// What a call of a function of any file gives.
Type Inference::call_result(const SemanticModel& owner, FunctionId id) {
    if (&owner != &model_) return imported_result(owner, id);
    infer_ahead(id);
    called_in_[id] = pass_;
    return result_->results_[id];
}

Type Inference::imported_result(const SemanticModel& owner, FunctionId id) {
    if (const TypeModel* types = types_of_module(owner)) return table_.adopt(types->table(), types->result_of(id));
    return wrapped(owner.functions[id], Type::Any);
}

Type Inference::imported_variable(const Declared& declared) {
    const TypeModel* types = types_of_module(*declared.model);
    return types == nullptr ? Type::Any : table_.adopt(types->table(), types->type_of_binding(declared.id));
}

const TypeModel* Inference::types_of_module(const SemanticModel& module) {
    if (module.import_depth > kMaxImportDepth) return nullptr;
    const TypeModel*& types = modules_[&module];
    if (types == nullptr) types = &facts_.types_of(module);
    return types;
}

/// The result of a call whose body gives `value`.
Type Inference::wrapped(const FunctionInfo& function, Type value) {
    if (function.is_generator) return table_.with_element(ValueKind::Generator, value);
    if (!function.is_async) return value;
    // A promise of a promise is not looked into: it may be awaited along.
    return table_.promise_of(table_.may_be(value, kPromiseKinds) ? Type::Any : value);
}

/// A named function that is called before its declaration has been reached.
void Inference::infer_ahead(FunctionId id) {
    if (inferred_in_[id] == pass_ || call_depth_ >= kMaxCallDepth) return;
    const auto* declaration = model_.functions[id].node->as<FuncDecl>();
    if (declaration == nullptr) return;
    const std::uint32_t before = std::exchange(high_wall_, ++wall_count_);
    ++call_depth_;
    infer_function(id, declaration->params, declaration->result, *declaration->body, {});
    --call_depth_;
    high_wall_ = before;
}

void Inference::infer_function(FunctionId id, List<Node> params, const syntax::Type* result, const Node& body,
                               const std::vector<Type>& param_types) {
    if (inferred_in_[id] == pass_) return;
    inferred_in_[id] = pass_;
    Frame frame;
    frame.id = id;
    std::swap(frame, frame_);
    const Mark start = mark();
    begin_repeated();
    const FunctionInfo& info = model_.functions[id];
    if (info.self != kNone) assign(info.self, struct_type(model_, info.struct_index));
    for (std::size_t i = 0; i < params.size(); ++i) {
        infer_parameter(*params[i], i < param_types.size() ? param_types[i] : Type::Any);
    }
    Type value = infer_body(info, body);
    if (result != nullptr) value = annotation(model_, *result);
    else if (info.is_generator) value = frame_.yielded;
    restore(start);
    std::swap(frame, frame_);
    grow_result(id, wrapped(info, value));
}

Type Inference::infer_body(const FunctionInfo& info, const Node& body) {
    const auto* block = body.as<Block>();
    if (block == nullptr) return table_.join(frame_.returned, infer(body));
    const bool gives_last = info.kind == FunctionKind::Lambda || info.kind == FunctionKind::Spawn;
    const Flow flow = infer_block(*block);
    if (gives_last) return table_.join(frame_.returned, flow.value);
    return flow.leaves ? frame_.returned : table_.join(frame_.returned, null_type());
}

void Inference::grow_result(FunctionId id, Type type) {
    Type& all = result_->results_[id];
    Type joined = table_.join(all, type);
    if (joined == all) return;
    if (pass_ >= kWideningPass) joined = wrapped(model_.functions[id], Type::Any);
    has_changed_ = has_changed_ || (called_in_[id] == pass_ && joined != all);
    all = joined;
}

void Inference::infer_parameter(const Node& node, Type given) {
    if (const auto* rest = node.as<RestParam>()) {
        if (const BindingId id = model_.binding_of(*rest); id != kNone) assign(id, table_.array_of(Type::Any));
        return;
    }
    const auto* param = node.as<Param>();
    if (param == nullptr) return;
    if (param->default_value != nullptr) infer(*param->default_value);
    const Type type = param->type != nullptr ? annotation(model_, *param->type) : given;
    bind(*param->pattern, type);
}

std::unique_ptr<const TypeModel> infer_types(const SemanticModel& model, Facts& facts) {
    return Inference(model, facts).run();
}

}  // namespace ruff::sema
