#include "core/sema/builtin_types.h"
#include "core/sema/type_model.h"

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
//      back at the end of each block (`undo_`), and forgotten for what is assigned in a block that has ended, or
//      before a loop whose body assigns it.
//
// Values have no aliases in Ruff, so changing an array in place changes the type of one variable and of nothing else:
// `xs.push(1)` adds int to the elements of `xs`.
//
// A function's body is inferred where its first call stands, if that comes before its declaration, so that results
// are mostly there when they are asked for. The types of imported functions are those of their own file, inferred when
// the first of them is called.

#include <algorithm>
#include <map>

namespace ruff::sema {

using namespace ruff::syntax;

namespace {

constexpr int kWideningPass = 3;
constexpr int kMaxPasses = 6;
/// Calls that are followed into bodies not seen yet.
constexpr int kMaxCallDepth = 12;
constexpr std::uint32_t kUnknownType = kNone;

constexpr KindMask mask_of(std::initializer_list<ValueKind> kinds) {
    KindMask mask = 0;
    for (const ValueKind kind : kinds) mask |= kind_bit(kind);
    return mask;
}

/// What `is_int(x)` and the like say about `x`; 0 for every other name.
KindMask tested_kinds(std::string_view name) {
    constexpr std::pair<std::string_view, KindMask> kTests[] = {
        {"is_int", kind_bit(ValueKind::Int)},       {"is_float", kind_bit(ValueKind::Float)},
        {"is_number", kNumberKinds},                {"is_string", kind_bit(ValueKind::String)},
        {"is_bool", kind_bit(ValueKind::Bool)},     {"is_null", kind_bit(ValueKind::Null)},
        {"is_array", kind_bit(ValueKind::Array)},   {"is_dict", kind_bit(ValueKind::Dict)},
        {"is_set", kind_bit(ValueKind::Set)},       {"is_function", kind_bit(ValueKind::Function)},
        {"is_struct", kind_bit(ValueKind::Struct)}, {"is_error", kind_bit(ValueKind::Error)},
    };
    for (const auto& [test, kinds] : kTests) {
        if (test == name) return kinds;
    }
    return 0;
}

KindMask kinds_named(std::string_view name) {
    for (int kind = 0; kind < kValueKindCount; ++kind) {
        if (value_kind_name(static_cast<ValueKind>(kind)) == name) return kind_bit(static_cast<ValueKind>(kind)) & kAllKinds;
    }
    return 0;
}

/// The struct, enum or function behind a name, followed through an import.
struct Declared {
    const SemanticModel* model = nullptr;
    BindingId id = kNone;

    [[nodiscard]] const Binding* binding() const { return id == kNone ? nullptr : &model->bindings[id]; }
};

Declared followed(const SemanticModel& model, BindingId id) {
    if (id == kNone) return {};
    const Binding& binding = model.bindings[id];
    if (binding.kind != BindingKind::Imported) return {&model, id};
    const SemanticModel* module = model.imports[binding.index].module;
    return module == nullptr || binding.target == kNone ? Declared{} : Declared{module, binding.target};
}

/// What a path of one or two names declares.
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

bool is_true_literal(const Node& node) {
    const auto* literal = without_parens(node).as<BoolLiteral>();
    return literal != nullptr && literal->value;
}

}  // namespace

class Inference {
public:
    Inference(const SemanticModel& model, bool follows_imports)
        : model_(model), follows_imports_(follows_imports), result_(std::make_unique<TypeModel>()), table_(result_->table_) {
        result_->model_ = &model;
        result_->types_.resize(model.tree->node_count, Type::Any);
        result_->leaves_.resize(model.tree->node_count, false);
        result_->bindings_.resize(model.bindings.size(), Type::Never);
        result_->results_.resize(model.functions.size(), Type::Never);
        known_.resize(model.bindings.size(), kUnknownType);
        read_in_.resize(model.bindings.size(), -1);
        called_in_.resize(model.functions.size(), -1);
        inferred_in_.resize(model.functions.size(), -1);
    }

    std::unique_ptr<const TypeModel> run() {
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

private:
    // --- state ----------------------------------------------------------------------------------------------------

    struct Known { BindingId binding; std::uint32_t before; };
    struct Frame {
        FunctionId id = 0;
        Type returned = Type::Never;
        Type yielded = Type::Never;
        std::vector<bool> loop_breaks;  // of the loops around: whether a `break` leaves it
    };
    struct Mark { std::size_t undo, assigned; };
    /// What a block comes to.
    struct Flow { Type value = Type::Never; bool leaves = false; };

    Type of_kind(ValueKind kind) { return table_.of_kind(kind); }
    Type null_type() { return of_kind(ValueKind::Null); }
    Type set(const Node& node, Type type) { return result_->types_[node.id] = type; }
    [[nodiscard]] Type type_of(const Node& node) const { return result_->types_[node.id]; }

    // --- variables ------------------------------------------------------------------------------------------------

    void grow(BindingId id, Type type) {
        Type& all = result_->bindings_[id];
        Type joined = table_.join(all, type);
        if (joined == all) return;
        if (pass_ >= kWideningPass) joined = Type::Any;
        all = joined;
        if (read_in_[id] == pass_) has_changed_ = true;
    }

    /// Whether what this code knows of a variable cannot be undone behind its back.
    [[nodiscard]] bool is_followed(BindingId id) const {
        const Binding& binding = model_.bindings[id];
        return binding.is_variable() && !(binding.is_captured && (binding.is_reassigned || binding.is_changed));
    }

    void know(BindingId id, Type type) {
        if (!is_followed(id)) return;
        undo_.push_back({id, known_[id]});
        known_[id] = static_cast<std::uint32_t>(type);
    }

    void forget(BindingId id) {
        if (known_[id] == kUnknownType) return;
        undo_.push_back({id, known_[id]});
        known_[id] = kUnknownType;
    }

    [[nodiscard]] Mark mark() const { return {undo_.size(), assigned_.size()}; }

    /// The end of a block: what was known before it is known again, but for what the block has assigned.
    void restore(const Mark& at) {
        for (std::size_t i = undo_.size(); i > at.undo; --i) known_[undo_[i - 1].binding] = undo_[i - 1].before;
        undo_.resize(at.undo);
        for (std::size_t i = at.assigned; i < assigned_.size(); ++i) forget(assigned_[i]);
    }

    /// Before a loop: the body may run after itself.
    void forget_assigned_later() {
        for (std::size_t i = 0, count = undo_.size(); i < count; ++i) {
            const Binding& binding = model_.bindings[undo_[i].binding];
            if (binding.is_reassigned || binding.is_changed) forget(undo_[i].binding);
        }
    }

    void assign(BindingId id, Type type) {
        if (id == kNone) return;
        grow(id, type);
        assigned_.push_back(id);
        know(id, type);
    }

    Type read(BindingId id) {
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
        if (known_[id] != kUnknownType) return static_cast<Type>(known_[id]);
        read_in_[id] = pass_;
        return result_->bindings_[id];
    }

    // --- functions ------------------------------------------------------------------------------------------------

    Type function_type(const SemanticModel& owner, FunctionId id) {
        return table_.make({kind_bit(ValueKind::Function), call_result(owner, id), Type::Any, &owner, id});
    }

    Type builtin_type(const BuiltinRow& row) {
        return table_.make({kind_bit(ValueKind::Function), Type::Any, Type::Any, nullptr,
                            static_cast<std::uint32_t>(row.id)});
    }

    /// What a call of a function of any file gives.
    Type call_result(const SemanticModel& owner, FunctionId id) {
        if (&owner != &model_) return imported_result(owner, id);
        infer_ahead(id);
        called_in_[id] = pass_;
        return result_->results_[id];
    }

    Type imported_result(const SemanticModel& owner, FunctionId id) {
        if (const TypeModel* types = types_of_module(owner)) return table_.adopt(types->table(), types->result_of(id));
        return wrapped(owner.functions[id], Type::Any);
    }

    Type imported_variable(const Declared& declared) {
        const TypeModel* types = types_of_module(*declared.model);
        return types == nullptr ? Type::Any : table_.adopt(types->table(), types->type_of_binding(declared.id));
    }

    const TypeModel* types_of_module(const SemanticModel& module) {
        if (!follows_imports_) return nullptr;
        std::unique_ptr<const TypeModel>& types = modules_[&module];
        if (types == nullptr) types = Inference(module, false).run();
        return types.get();
    }

    /// The result of a call whose body gives `value`.
    Type wrapped(const FunctionInfo& function, Type value) {
        if (function.is_generator) return table_.with_element(ValueKind::Generator, value);
        if (!function.is_async) return value;
        // A promise of a promise is not looked into: it may be awaited along.
        return table_.promise_of(table_.may_be(value, kPromiseKinds) ? Type::Any : value);
    }

    /// A named function that is called before its declaration has been reached.
    void infer_ahead(FunctionId id) {
        if (inferred_in_[id] == pass_ || call_depth_ >= kMaxCallDepth) return;
        const auto* declaration = model_.functions[id].node->as<FuncDecl>();
        if (declaration == nullptr) return;
        std::vector<Known> hidden;
        for (const Known& each : undo_) {
            if (known_[each.binding] != kUnknownType) hidden.push_back({each.binding, known_[each.binding]});
            known_[each.binding] = kUnknownType;
        }
        ++call_depth_;
        infer_function(id, declaration->params, declaration->result, *declaration->body, {});
        --call_depth_;
        for (const Known& each : hidden) known_[each.binding] = each.before;
    }

    void infer_function(FunctionId id, List<Node> params, const syntax::Type* result, const Node& body,
                        const std::vector<Type>& param_types) {
        if (inferred_in_[id] == pass_) return;
        inferred_in_[id] = pass_;
        Frame frame;
        frame.id = id;
        std::swap(frame, frame_);
        const Mark start = mark();
        forget_assigned_later();
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

    Type infer_body(const FunctionInfo& info, const Node& body) {
        const auto* block = body.as<Block>();
        if (block == nullptr) return table_.join(frame_.returned, infer(body));
        const bool gives_last = info.kind == FunctionKind::Lambda || info.kind == FunctionKind::Spawn;
        const Flow flow = infer_block(*block);
        if (gives_last) return table_.join(frame_.returned, flow.value);
        return flow.leaves ? frame_.returned : table_.join(frame_.returned, null_type());
    }

    void grow_result(FunctionId id, Type type) {
        Type& all = result_->results_[id];
        Type joined = table_.join(all, type);
        if (joined == all) return;
        if (pass_ >= kWideningPass) joined = wrapped(model_.functions[id], Type::Any);
        has_changed_ = has_changed_ || (called_in_[id] == pass_ && joined != all);
        all = joined;
    }

    void infer_parameter(const Node& node, Type given) {
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

    // --- annotations ----------------------------------------------------------------------------------------------

    Type struct_type(const SemanticModel& owner, std::uint32_t index) {
        return table_.make({kind_bit(ValueKind::Struct), Type::Any, Type::Any, &owner, index});
    }

    Type named(const Declared& declared) {
        const Binding* binding = declared.binding();
        if (binding == nullptr) return Type::Any;
        if (binding->kind == BindingKind::Struct) {
            return struct_type(*declared.model, declared.model->struct_of(*binding->declaration));
        }
        if (binding->kind != BindingKind::Enum) return Type::Any;
        return table_.make({kind_bit(ValueKind::Enum), Type::Any, Type::Any, declared.model, declared.id});
    }

    Type annotation(const SemanticModel& owner, const Node& type) {
        switch (type.kind) {
            case NodeKind::NullType: return null_type();
            case NodeKind::ParenType: return annotation(owner, *type.to<ParenType>().inner);
            case NodeKind::OptionalType: return table_.optional(annotation(owner, *type.to<OptionalType>().inner));
            case NodeKind::FuncType: {
                const auto* result = type.to<FuncType>().result;
                return table_.with_element(ValueKind::Function, result == nullptr ? Type::Any : annotation(owner, *result));
            }
            case NodeKind::UnionType: {
                Type all = Type::Never;
                for (const Node* member : type.to<UnionType>().members) all = table_.join(all, annotation(owner, *member));
                return all;
            }
            case NodeKind::NamedType: return named_annotation(owner, type.to<NamedType>());
            default: return Type::Any;
        }
    }

    Type named_annotation(const SemanticModel& owner, const NamedType& type) {
        if (owner.binding_of(*type.path) != kNone) return named(declared_by(owner, *type.path));
        if (type.path->names.size() != 1) return Type::Any;
        constexpr std::pair<std::string_view, ValueKind> kHandles[] = {
            {"Promise", ValueKind::Promise}, {"Task", ValueKind::TaskHandle}, {"Channel", ValueKind::Channel},
            {"Result", ValueKind::Result},   {"Option", ValueKind::Option},   {"Generator", ValueKind::Generator},
        };
        const std::string_view word = type.path->names[0].text();
        TypeData data{kinds_named(word)};
        for (const auto& [name, kind] : kHandles) {
            if (name == word) data.kinds = kind_bit(kind);
        }
        if (data.kinds == 0) return Type::Any;
        const auto argument = [&](std::size_t i) {
            return i < type.arguments.size() ? annotation(owner, *type.arguments[i]) : Type::Any;
        };
        const bool is_dict = word == "dict";
        data.element = argument(is_dict ? 1 : 0);
        if (is_dict || word == "Result") data.key = argument(is_dict ? 0 : 1);
        return table_.make(data);
    }

    Type field_type(const SemanticModel& owner, const StructInfo& type, std::string_view name) {
        for (const StructField* field : type.fields) {
            if (field->name.text() == name) return field->type == nullptr ? Type::Any : annotation(owner, *field->type);
        }
        return Type::Any;
    }

    // --- patterns -------------------------------------------------------------------------------------------------

    /// Takes `type` apart and gives the names of the pattern their types.
    void bind(const Node& pattern, Type type) {
        set(pattern, type);
        switch (pattern.kind) {
            case NodeKind::NamePattern:
            case NodeKind::NameExpr: return assign(model_.binding_of(pattern), type);
            case NodeKind::ArrayPattern: {
                const Type element = table_.is(type, ValueKind::Array) ? table_.data(type).element : Type::Any;
                for (const Node* each : pattern.to<ArrayPattern>().elements) bind_element(*each, element);
                return;
            }
            case NodeKind::DictPattern:
                for (const Node* each : pattern.to<DictPattern>().entries) bind_entry(*each, type);
                return;
            case NodeKind::StructPattern: {
                const Type known = named(declared_by(model_, *pattern.to<StructPattern>().path));
                for (const Node* each : pattern.to<StructPattern>().entries) bind_entry(*each, known);
                return;
            }
            case NodeKind::DefaultPattern: {
                const auto& with_default = pattern.to<DefaultPattern>();
                return bind(*with_default.pattern, table_.join(type, infer(*with_default.default_value)));
            }
            case NodeKind::ParenPattern: return bind(*pattern.to<ParenPattern>().inner, type);
            case NodeKind::OrPattern:
                for (const Node* each : pattern.to<OrPattern>().alternatives) bind(*each, narrowed_by(*each, type));
                return;
            case NodeKind::WrapperPattern: return bind_wrapper(pattern.to<WrapperPattern>(), type);
            case NodeKind::VariantPattern:
                for (const Node* each : pattern.to<VariantPattern>().elements) bind_element(*each, Type::Any);
                return;
            case NodeKind::LiteralPattern: infer(*pattern.to<LiteralPattern>().literal); return;
            case NodeKind::RangePattern:
                infer(*pattern.to<RangePattern>().start);
                infer(*pattern.to<RangePattern>().end);
                return;
            default: return;
        }
    }

    void bind_element(const Node& element, Type type) {
        if (!element.is<RestPattern>()) return bind(element, type);
        set(element, table_.array_of(type));
        if (const BindingId id = model_.binding_of(element); id != kNone) assign(id, table_.array_of(type));
    }

    void bind_entry(const Node& entry, Type whole) {
        if (entry.is<RestPattern>()) {
            const Type rest = of_kind(ValueKind::Dict);
            set(entry, rest);
            if (const BindingId id = model_.binding_of(entry); id != kNone) assign(id, rest);
            return;
        }
        const auto* field = entry.as<PatternField>();
        if (field == nullptr) return;
        std::string_view name;
        if (field->key == nullptr && field->pattern->is<NamePattern>()) name = field->pattern->to<NamePattern>().name.text();
        if (field->key != nullptr && field->key->key_kind == KeyKind::Word) name = field->key->word.text();
        if (field->key != nullptr && field->key->key_kind == KeyKind::Computed) infer(*field->key->value);
        Type type = Type::Any;
        if (table_.is(whole, ValueKind::Dict)) type = table_.data(whole).element;
        if (const StructInfo* known = result_->struct_of(whole)) type = field_type(*table_.data(whole).owner, *known, name);
        if (type == Type::Never) type = Type::Any;
        if (field->default_value != nullptr) type = table_.join(type, infer(*field->default_value));
        bind(*field->pattern, type);
    }

    void bind_wrapper(const WrapperPattern& pattern, Type type) {
        const std::string_view name = pattern.name.text();
        const bool is_option = name == "Some";
        const TypeData data = table_.data(type);
        const ValueKind kind = is_option ? ValueKind::Option : ValueKind::Result;
        Type inner = table_.single_kind(type) == kind ? (name == "Err" ? data.key : data.element) : Type::Any;
        if (inner == Type::Never) inner = Type::Any;
        bind(*pattern.inner, inner);
    }

    /// What is left of the subject's type where the pattern fits.
    Type narrowed_by(const Node& pattern, Type type) {
        switch (pattern.kind) {
            case NodeKind::ParenPattern: return narrowed_by(*pattern.to<ParenPattern>().inner, type);
            case NodeKind::OrPattern: {
                Type all = Type::Never;
                for (const Node* each : pattern.to<OrPattern>().alternatives) all = table_.join(all, narrowed_by(*each, type));
                return all;
            }
            case NodeKind::ArrayPattern: return table_.narrow(type, kind_bit(ValueKind::Array));
            case NodeKind::DictPattern: return table_.narrow(type, mask_of({ValueKind::Dict, ValueKind::Struct, ValueKind::Error}));
            case NodeKind::WrapperPattern:
                return table_.narrow(type, kind_bit(pattern.to<WrapperPattern>().name.text() == "Some" ? ValueKind::Option : ValueKind::Result));
            case NodeKind::NonePattern: return table_.narrow(type, kind_bit(ValueKind::Option));
            case NodeKind::StructPattern: return named(declared_by(model_, *pattern.to<StructPattern>().path));
            case NodeKind::VariantPattern: return narrowed_by_variant(pattern.to<VariantPattern>(), type);
            case NodeKind::RangePattern: return table_.narrow(type, kNumberKinds);
            case NodeKind::LiteralPattern: return narrowed_by_literal(*pattern.to<LiteralPattern>().literal, type);
            default: return type;
        }
    }

    Type narrowed_by_variant(const VariantPattern& pattern, Type type) {
        const Declared declared = declared_by(model_, *pattern.path);
        if (declared.binding() != nullptr) return named(declared);
        return table_.narrow(type, mask_of({ValueKind::Result, ValueKind::Option, ValueKind::Enum}));
    }

    Type narrowed_by_literal(const Node& literal, Type type) {
        const KindMask structs = kind_bit(ValueKind::Struct);  // whose op_eq may say anything
        switch (literal.kind) {
            case NodeKind::StringLiteral: return table_.narrow(type, kind_bit(ValueKind::String) | structs);
            case NodeKind::BoolLiteral: return table_.narrow(type, kind_bit(ValueKind::Bool) | structs);
            case NodeKind::NullLiteral: return table_.narrow(type, kind_bit(ValueKind::Null) | structs);
            default: return table_.narrow(type, kNumberKinds | structs);
        }
    }

    // --- conditions -----------------------------------------------------------------------------------------------

    /// Notes what a condition that came out as `truth` says about variables.
    void learn(const Node& condition, bool truth) {
        const Node& test = without_parens(condition);
        if (test.is<NameExpr>()) {
            if (truth) learn_kinds(test, kAllKinds & ~kind_bit(ValueKind::Null));
            return;
        }
        if (const auto* unary = test.as<UnaryExpr>()) {
            if (unary->op == UnaryOp::Not) learn(*unary->operand, !truth);
            return;
        }
        if (const auto* call = test.as<CallExpr>()) return learn_call(*call, truth);
        const auto* binary = test.as<BinaryExpr>();
        if (binary == nullptr) return;
        switch (binary->op) {
            case BinaryOp::And:
                if (truth) learn(*binary->left, true), learn(*binary->right, true);
                return;
            case BinaryOp::Or:
                if (!truth) learn(*binary->left, false), learn(*binary->right, false);
                return;
            case BinaryOp::Equal: return learn_equal(*binary, truth);
            case BinaryOp::NotEqual: return learn_equal(*binary, !truth);
            default: return;
        }
    }

    void learn_kinds(const Node& name, KindMask kinds) {
        const BindingId id = model_.binding_of(name);
        if (id == kNone || !name.is<NameExpr>() || !model_.bindings[id].is_variable()) return;
        know(id, table_.narrow(read(id), kinds));
    }

    [[nodiscard]] const BuiltinRow* builtin_named(const Node& name) const {
        if (!name.is<NameExpr>()) return nullptr;
        const Use use = model_.use_of(name);
        return use.kind == UseKind::Builtin ? &builtin_row(static_cast<BuiltinId>(use.index)) : nullptr;
    }

    void learn_call(const CallExpr& call, bool truth) {
        const BuiltinRow* test = builtin_named(*call.callee);
        const KindMask kinds = test == nullptr || call.arguments.size() != 1 ? 0 : tested_kinds(test->name);
        if (kinds != 0) learn_kinds(*call.arguments[0], truth ? kinds : kAllKinds & ~kinds);
    }

    void learn_equal(const BinaryExpr& test, bool is_equal) {
        const Node* left = &without_parens(*test.left);
        const Node* right = &without_parens(*test.right);
        if (left->is<NullLiteral>() || left->is<StringLiteral>()) std::swap(left, right);
        const KindMask null = kind_bit(ValueKind::Null);
        if (right->is<NullLiteral>()) {
            return learn_kinds(*left, is_equal ? null | kind_bit(ValueKind::Struct) : kAllKinds & ~null);
        }
        const auto* text = right->as<StringLiteral>();
        const auto* call = left->as<CallExpr>();
        if (text == nullptr || !text->is_plain() || call == nullptr || call->arguments.size() != 1) return;
        const BuiltinRow* builtin = builtin_named(*call->callee);
        const KindMask kinds = kinds_named(text->value());
        if (builtin == nullptr || builtin->name != "type" || kinds == 0) return;
        learn_kinds(*call->arguments[0], is_equal ? kinds : kAllKinds & ~kinds);
    }

    // --- statements -----------------------------------------------------------------------------------------------

    void infer_file() {
        frame_ = {};
        undo_.clear();
        assigned_.clear();
        std::fill(known_.begin(), known_.end(), kUnknownType);
        infer_statements(model_.tree->root->statements);
    }

    Flow infer_block(const Block& block) {
        const Mark start = mark();
        const Flow flow = infer_statements(block.statements);
        restore(start);
        result_->leaves_[block.id] = flow.leaves;
        return flow;
    }

    /// A block in which a condition holds.
    Flow infer_block_where(const Block& block, const Node& condition, bool truth) {
        const Mark start = mark();
        learn(condition, truth);
        const Flow flow = infer_block(block);
        restore(start);
        return flow;
    }

    Flow infer_statements(List<Stmt> statements) {
        bool leaves = false;
        Type value = null_type();
        for (const Node* statement : statements) {
            const Flow flow = infer_statement(*statement);
            leaves = leaves || flow.leaves;
            value = flow.value;
        }
        return {leaves ? Type::Never : value, leaves};
    }

    /// The value is that of a statement that is an expression, else null.
    Flow infer_statement(const Node& statement) {
        switch (statement.kind) {
            case NodeKind::Export: return infer_statement(*statement.to<Export>().declaration);
            case NodeKind::Binding: infer_binding(statement.to<syntax::Binding>()); break;
            case NodeKind::Assign: infer_assign(statement.to<Assign>()); break;
            case NodeKind::FuncDecl: {
                const auto& declared = statement.to<FuncDecl>();
                const FunctionId id = model_.function_of(declared);
                if (id != kNone) infer_function(id, declared.params, declared.result, *declared.body, {});
                break;
            }
            case NodeKind::StructDecl: infer_struct(statement.to<StructDecl>()); break;
            case NodeKind::Test: infer_block(*statement.to<Test>().body); break;
            case NodeKind::While: return infer_while(statement.to<While>());
            case NodeKind::Loop: return infer_loop(*statement.to<Loop>().body, nullptr);
            case NodeKind::For: infer_for(statement.to<For>()); break;
            case NodeKind::Return: {
                const auto* value = statement.to<Return>().value;
                frame_.returned = table_.join(frame_.returned, value == nullptr ? null_type() : infer(*value));
                return {Type::Never, true};
            }
            case NodeKind::Break:
                if (!frame_.loop_breaks.empty()) frame_.loop_breaks.back() = true;
                return {Type::Never, true};
            case NodeKind::Continue: return {Type::Never, true};
            case NodeKind::ExprStmt: {
                const Node& expression = *statement.to<ExprStmt>().expression;
                const Type value = infer(expression);
                return {value, without_parens(expression).is<ThrowExpr>()};
            }
            case NodeKind::If: return infer_if(statement.to<If>());
            case NodeKind::Match: return infer_match(statement.to<Match>());
            case NodeKind::Try: return infer_try(statement.to<Try>());
            case NodeKind::Spawn: return {infer(statement), false};
            case NodeKind::EnumDecl:
            case NodeKind::Import:
            case NodeKind::FromImport: break;
            default: infer(statement); break;
        }
        return {null_type(), false};
    }

    void infer_binding(const syntax::Binding& statement) {
        Type type = infer(*statement.value);
        if (statement.type != nullptr) type = annotation(model_, *statement.type);
        bind(*statement.pattern, type);
    }

    void infer_assign(const Assign& statement) {
        const Node& target = *statement.target;
        if (statement.op == AssignOp::Set) {
            const Type type = infer(*statement.value);
            if (target.is<NameExpr>() || target.is<ArrayPattern>() || target.is<DictPattern>()) return bind(target, type);
            infer(target);
            return change_place(target, type);
        }
        const Type before = infer(target);
        const Type type = operated(compound_operation(statement.op), before, infer(*statement.value));
        if (target.is<NameExpr>()) return assign(model_.binding_of(target), type);
        change_place(target, type);
    }

    /// `place[i] := v`, `place.f := v`: the variable at its root holds something new.
    void change_place(const Node& place, Type value) {
        const Node* below = &place;
        int steps = 0;
        for (;; ++steps) {
            if (const auto* member = below->as<MemberExpr>()) below = member->object;
            else if (const auto* index = below->as<IndexExpr>()) below = index->object;
            else break;
        }
        const BindingId id = model_.binding_of(*below);
        if (id == kNone || steps == 0) return;
        change(id, steps == 1 ? holding(read(id), place, value) : loosened(read(id)));
    }

    void change(BindingId id, Type added) {
        if (!model_.bindings[id].is_variable()) return;
        const Type now = table_.join(read(id), added);
        grow(id, added);
        assigned_.push_back(id);
        know(id, now);
    }

    /// A container like `whole` that holds `value` behind one index or name.
    Type holding(Type whole, const Node& place, Type value) {
        const auto* index = place.as<IndexExpr>();
        const Type key = index == nullptr ? of_kind(ValueKind::String) : type_of(*index->index);
        switch (table_.single_kind(whole)) {
            case ValueKind::Array: return table_.array_of(value);
            case ValueKind::Dict: return table_.dict_of(key, value);
            default: return Type::Never;
        }
    }

    /// What `whole` may be after something deeper in it has changed.
    Type loosened(Type whole) {
        switch (table_.single_kind(whole)) {
            case ValueKind::Array: return of_kind(ValueKind::Array);
            case ValueKind::Dict: return of_kind(ValueKind::Dict);
            default: return Type::Never;
        }
    }

    void infer_struct(const StructDecl& declaration) {
        const std::uint32_t index = model_.struct_of(declaration);
        if (index == kNone) return;
        for (const Node* member : declaration.members) {
            if (const auto* field = member->as<StructField>()) {
                if (field->default_value != nullptr) infer(*field->default_value);
            } else if (const auto* method = member->as<FuncDecl>()) {
                infer_function(model_.function_of(*method), method->params, method->result, *method->body, {});
            }
        }
    }

    Flow infer_while(const While& loop) {
        return infer_loop(*loop.body, loop.condition);
    }

    Flow infer_loop(const Block& body, const Expr* condition) {
        const Mark start = mark();
        forget_assigned_later();
        if (condition != nullptr) infer(*condition);
        frame_.loop_breaks.push_back(false);
        if (condition != nullptr) infer_block_where(body, *condition, true);
        else infer_block(body);
        const bool can_end = frame_.loop_breaks.back() || (condition != nullptr && !is_true_literal(*condition));
        frame_.loop_breaks.pop_back();
        restore(start);
        return {null_type(), !can_end};
    }

    void infer_for(const For& loop) {
        const Type walked = infer(*loop.iterable);
        const Mark start = mark();
        forget_assigned_later();
        const Type element = iterated(table_, walked);
        if (loop.second == nullptr) {
            bind(*loop.pattern, element);
        } else {
            const bool is_dict = table_.is(walked, ValueKind::Dict);
            const Type inner = table_.is(element, ValueKind::Array) ? table_.data(element).element : Type::Any;
            bind(*loop.pattern, is_dict ? table_.data(walked).key : inner);
            bind(*loop.second, is_dict ? table_.data(walked).element : inner);
        }
        frame_.loop_breaks.push_back(false);
        infer_block(*loop.body);
        frame_.loop_breaks.pop_back();
        restore(start);
    }

    Flow infer_if(const If& choice) {
        const Mark start = mark();
        Flow all{Type::Never, true};
        bool branches_leave = true;
        for (const IfBranch* branch : choice.branches) {
            infer(*branch->condition);
            const Flow flow = infer_block_where(*branch->body, *branch->condition, true);
            all.value = table_.join(all.value, flow.value);
            branches_leave = branches_leave && flow.leaves;
            learn(*branch->condition, false);
        }
        all.leaves = branches_leave && choice.else_block != nullptr;
        if (choice.else_block != nullptr) {
            const Flow flow = infer_block(*choice.else_block);
            all.value = table_.join(all.value, flow.value);
            all.leaves = all.leaves && flow.leaves;
        } else {
            all.value = table_.join(all.value, null_type());
        }
        // Where every branch has left, what goes on knows that no condition held.
        const bool goes_on_below = branches_leave && choice.else_block == nullptr && assigned_.size() == start.assigned;
        if (!goes_on_below) restore(start);
        set(choice, all.value);
        return all;
    }

    Flow infer_match(const Match& match) {
        const Type subject = infer(*match.subject);
        const Node& name = without_parens(*match.subject);
        const BindingId id = name.is<NameExpr>() ? model_.binding_of(name) : kNone;
        Flow all{Type::Never, true};
        bool is_complete = false;
        for (const Node* node : match.arms) {
            const auto* arm = node->as<MatchArm>();
            if (arm == nullptr) continue;
            const Mark start = mark();
            if (arm->pattern != nullptr) {
                const Type narrowed = narrowed_by(*arm->pattern, subject);
                if (id != kNone) know(id, narrowed);
                bind(*arm->pattern, narrowed);
            }
            if (arm->guard != nullptr) infer(*arm->guard), learn(*arm->guard, true);
            const auto* block = arm->body->as<Block>();
            const Flow flow = block != nullptr ? infer_block(*block) : infer_statement(*arm->body);
            restore(start);
            all.value = table_.join(all.value, flow.value);
            all.leaves = all.leaves && flow.leaves;
            is_complete = is_complete || fits_all(*arm);
        }
        if (!is_complete) all = {table_.join(all.value, null_type()), false};
        set(match, all.value);
        return all;
    }

    static bool fits_all(const MatchArm& arm) {
        if (arm.is_default || arm.pattern == nullptr) return true;
        return arm.guard == nullptr && (arm.pattern->is<NamePattern>() || arm.pattern->is<WildcardPattern>());
    }

    Flow infer_try(const Try& attempt) {
        Flow all = infer_block(*attempt.body);
        if (attempt.except_block != nullptr) {
            if (const BindingId id = model_.binding_of(attempt); id != kNone) assign(id, of_kind(ValueKind::Error));
            const Flow caught = infer_block(*attempt.except_block);
            all = {table_.join(all.value, caught.value), all.leaves && caught.leaves};
        }
        if (attempt.finally_block != nullptr) all.leaves = infer_block(*attempt.finally_block).leaves || all.leaves;
        set(attempt, all.value);
        return all;
    }

    // --- expressions ----------------------------------------------------------------------------------------------

    Type infer(const Node& expression) {
        // Chains lean to the left and have no depth limit: down to their start, then up again.
        const std::size_t base = chain_.size();
        const Node* at = &expression;
        for (const Expr* next; (next = leftmost_step(*at)) != nullptr; at = next) chain_.push_back(at);
        Type type = set(*at, infer_single(*at));
        while (chain_.size() > base) {
            const Node* link = chain_.back();
            chain_.pop_back();
            type = set(*link, infer_link(*link, type));
        }
        return type;
    }

    /// A node with its leftmost part known to be `left`.
    Type infer_link(const Node& node, Type left) {
        switch (node.kind) {
            case NodeKind::BinaryExpr: return infer_binary(node.to<BinaryExpr>(), left);
            case NodeKind::PipeExpr: return infer_pipe(node.to<PipeExpr>(), left);
            case NodeKind::CallExpr: return infer_call(node.to<CallExpr>(), nullptr);
            case NodeKind::MemberExpr: return infer_member(node.to<MemberExpr>(), left);
            case NodeKind::IndexExpr: return infer_index(node.to<IndexExpr>(), left);
            case NodeKind::SliceExpr: {
                const auto& slice = node.to<SliceExpr>();
                if (slice.low != nullptr) infer(*slice.low);
                if (slice.high != nullptr) infer(*slice.high);
                const ValueKind kind = table_.single_kind(left);
                const bool keeps = kind == ValueKind::Array || kind == ValueKind::String || kind == ValueKind::Bytes;
                return keeps ? table_.narrow(left, kind_bit(kind)) : Type::Any;
            }
            case NodeKind::PropagateExpr: return infer_propagate(left);
            default: return Type::Any;
        }
    }

    Type infer_single(const Node& node) {
        switch (node.kind) {
            case NodeKind::IntLiteral: return of_kind(ValueKind::Int);
            case NodeKind::FloatLiteral: return of_kind(ValueKind::Float);
            case NodeKind::BoolLiteral: return of_kind(ValueKind::Bool);
            case NodeKind::NullLiteral: return null_type();
            case NodeKind::StringLiteral:
                for (const StringPart& part : node.to<StringLiteral>().parts) {
                    if (part.expression != nullptr) infer(*part.expression);
                }
                return of_kind(ValueKind::String);
            case NodeKind::NameExpr:
            case NodeKind::DictShorthand:
            case NodeKind::SelfExpr: return infer_name(node);
            case NodeKind::VariantExpr: return infer_variant(node.to<VariantExpr>());
            case NodeKind::ParenExpr: return infer(*node.to<ParenExpr>().inner);
            case NodeKind::ArrayExpr: return infer_array(node.to<ArrayExpr>());
            case NodeKind::DictExpr: return infer_dict(node.to<DictExpr>());
            case NodeKind::StructExpr: return infer_struct_expr(node.to<StructExpr>());
            case NodeKind::UnaryExpr: return infer_unary(node.to<UnaryExpr>());
            case NodeKind::AwaitExpr: return result_->awaited(infer(*node.to<AwaitExpr>().operand));
            case NodeKind::RangeExpr:
                infer(*node.to<RangeExpr>().start);
                infer(*node.to<RangeExpr>().end);
                return of_kind(ValueKind::Range);
            case NodeKind::ThrowExpr: infer(*node.to<ThrowExpr>().value); return Type::Never;
            case NodeKind::YieldExpr:
                frame_.yielded = table_.join(frame_.yielded, infer(*node.to<YieldExpr>().value));
                return Type::Any;
            case NodeKind::LambdaExpr: return infer_lambda(node.to<LambdaExpr>(), {});
            case NodeKind::FuncExpr: {
                const auto& function = node.to<FuncExpr>();
                const FunctionId id = model_.function_of(function);
                infer_function(id, function.params, function.result, *function.body, {});
                return function_type(model_, id);
            }
            case NodeKind::If: return infer_if(node.to<If>()).value;
            case NodeKind::Match: return infer_match(node.to<Match>()).value;
            case NodeKind::Try: return infer_try(node.to<Try>()).value;
            case NodeKind::Spawn: {
                const FunctionId id = model_.function_of(node);
                infer_function(id, {}, nullptr, *node.to<Spawn>().body, {});
                return table_.with_element(ValueKind::TaskHandle, result_->results_[id]);
            }
            case NodeKind::Block: return infer_block(node.to<Block>()).value;
            case NodeKind::NamedArgument: return infer(*node.to<NamedArgument>().value);
            case NodeKind::Spread: infer(*node.to<Spread>().operand); return Type::Any;
            case NodeKind::ErrorNode:
                for (const Node* child : node.to<ErrorNode>().children) infer_statement(*child);
                return Type::Any;
            default: return Type::Any;
        }
    }

    Type infer_name(const Node& node) {
        const Use use = model_.use_of(node);
        switch (use.kind) {
            case UseKind::Binding: return read(use.index);
            case UseKind::Builtin: {
                const BuiltinRow& row = builtin_row(static_cast<BuiltinId>(use.index));
                return row.form == BuiltinForm::Constant ? of_kind(ValueKind::Float) : builtin_type(row);
            }
            case UseKind::Constructor:
                if (use.index == 3) return table_.with_element(ValueKind::Option, Type::Never);
                return of_kind(ValueKind::Function);
            default: return Type::Any;
        }
    }

    Type infer_variant(const VariantExpr& variant) {
        const Declared declared = declared_by(model_, *variant.path);
        const Binding* binding = declared.binding();
        if (binding == nullptr || binding->kind != BindingKind::Enum) {
            return table_.of_kinds(mask_of({ValueKind::Option, ValueKind::Result, ValueKind::Function, ValueKind::Enum}));
        }
        for (const EnumVariant* each : binding->declaration->to<EnumDecl>().variants) {
            if (each->name.text() == variant.variant.text() && each->has_payload) {
                return table_.with_element(ValueKind::Function, named(declared));
            }
        }
        return named(declared);
    }

    Type infer_array(const ArrayExpr& array) {
        Type element = Type::Never;
        for (const Node* each : array.elements) {
            const auto* spread = each->as<Spread>();
            const Type type = spread == nullptr ? infer(*each) : iterated(table_, infer(*spread->operand));
            element = table_.join(element, type == Type::Never ? Type::Any : type);
        }
        return table_.array_of(element);
    }

    Type infer_dict(const DictExpr& dict) {
        Type key = Type::Never, value = Type::Never;
        for (const Node* each : dict.entries) {
            if (const auto* entry = each->as<DictEntry>()) {
                key = table_.join(key, key_type(*entry->key));
                value = table_.join(value, infer(*entry->value));
            } else if (each->is<DictShorthand>()) {
                key = table_.join(key, of_kind(ValueKind::String));
                value = table_.join(value, infer(*each));
            } else if (const auto* spread = each->as<Spread>()) {
                const Type type = infer(*spread->operand);
                const bool is_dict = table_.is(type, ValueKind::Dict);
                key = table_.join(key, is_dict ? table_.data(type).key : Type::Any);
                value = table_.join(value, is_dict ? table_.data(type).element : Type::Any);
            }
        }
        return table_.dict_of(key, value);
    }

    Type key_type(const DictKey& key) {
        switch (key.key_kind) {
            case KeyKind::Word:
            case KeyKind::String: return of_kind(ValueKind::String);
            default: return infer(*key.value);
        }
    }

    Type infer_struct_expr(const StructExpr& literal) {
        for (const Node* entry : literal.entries) {
            if (const auto* field = entry->as<FieldInit>()) {
                set(*field, field->value != nullptr ? infer(*field->value) : infer_name(*field));
            } else {
                infer(*entry);
            }
        }
        const Type type = named(declared_by(model_, *literal.path));
        return type == Type::Any ? of_kind(ValueKind::Struct) : type;
    }

    Type infer_unary(const UnaryExpr& unary) {
        const Type operand = infer(*unary.operand);
        if (table_.may_be(operand, kind_bit(ValueKind::Struct))) return Type::Any;
        if (unary.op == UnaryOp::Not) return of_kind(ValueKind::Bool);
        return table_.is_only(operand, kNumberKinds) ? operand : table_.of_kinds(kNumberKinds);
    }

    Type infer_binary(const BinaryExpr& binary, Type left) {
        if (binary.op == BinaryOp::And || binary.op == BinaryOp::Or) {
            const Mark start = mark();
            learn(*binary.left, binary.op == BinaryOp::And);
            infer(*binary.right);
            restore(start);
            return of_kind(ValueKind::Bool);
        }
        const Type right = infer(*binary.right);
        if (binary.op == BinaryOp::Coalesce) {
            return table_.join(table_.narrow(left, kAllKinds & ~kind_bit(ValueKind::Null)), right);
        }
        return operated(binary.op, left, right);
    }

    Type operated(BinaryOp op, Type left, Type right) {
        if (op == BinaryOp::In || op == BinaryOp::NotIn) return of_kind(ValueKind::Bool);
        if (left == Type::Never || right == Type::Never) return Type::Never;
        const bool may_overload = table_.may_be(left, kind_bit(ValueKind::Struct));
        switch (op) {
            case BinaryOp::Add:
            case BinaryOp::Subtract:
            case BinaryOp::Multiply:
            case BinaryOp::Divide:
            case BinaryOp::Modulo: break;
            default: return may_overload ? Type::Any : of_kind(ValueKind::Bool);
        }
        if (table_.is_only(left, kNumberKinds) && table_.is_only(right, kNumberKinds)) return number_of(left, right);
        const KindMask text = kind_bit(ValueKind::String);
        if (op == BinaryOp::Add) {
            const KindMask joinable = text | kNumberKinds | kind_bit(ValueKind::Bool);
            if (table_.is_only(left, joinable) && table_.is_only(right, joinable) &&
                (table_.is_only(left, text) || table_.is_only(right, text))) {
                return of_kind(ValueKind::String);
            }
            if (table_.is(left, ValueKind::Array) && table_.is(right, ValueKind::Array)) return table_.join(left, right);
        }
        const bool repeats = table_.is(left, ValueKind::String) || table_.is(left, ValueKind::Array);
        if (op == BinaryOp::Multiply && repeats && table_.is(right, ValueKind::Int)) return left;
        return Type::Any;
    }

    Type number_of(Type left, Type right) {
        const KindMask whole = kind_bit(ValueKind::Int);
        if (table_.is_only(left, whole) && table_.is_only(right, whole)) return of_kind(ValueKind::Int);
        const bool is_float = table_.is(left, ValueKind::Float) || table_.is(right, ValueKind::Float);
        return is_float ? of_kind(ValueKind::Float) : table_.of_kinds(kNumberKinds);
    }

    Type infer_propagate(Type operand) {
        const TypeData data = table_.data(operand);
        switch (table_.single_kind(operand)) {
            case ValueKind::Result: {
                TypeData left{kind_bit(ValueKind::Result), Type::Never, data.key};
                frame_.returned = table_.join(frame_.returned, table_.make(left));
                return data.element == Type::Never ? Type::Any : data.element;
            }
            case ValueKind::Option:
                frame_.returned = table_.join(frame_.returned, table_.with_element(ValueKind::Option, Type::Never));
                return data.element == Type::Never ? Type::Any : data.element;
            default:
                frame_.returned =
                    table_.join(frame_.returned, table_.of_kinds(mask_of({ValueKind::Result, ValueKind::Option})));
                return Type::Any;
        }
    }

    Type infer_index(const IndexExpr& index, Type object) {
        infer(*index.index);
        const TypeData data = table_.data(object);
        switch (table_.single_kind(object)) {
            case ValueKind::Array:
            case ValueKind::Dict: return data.element == Type::Never ? Type::Any : data.element;
            case ValueKind::String: return of_kind(ValueKind::String);
            case ValueKind::Bytes:
            case ValueKind::Range: return of_kind(ValueKind::Int);
            default: return Type::Any;
        }
    }

    Type infer_member(const MemberExpr& member, Type object) {
        const Type type = member_type(member, object);
        // Of a callee the function is what matters; the call adds the null.
        const bool is_called = !chain_.empty() && chain_.back()->is<CallExpr>() && chain_.back()->to<CallExpr>().callee == &member;
        return member.is_optional && !is_called ? table_.optional(type) : type;
    }

    /// Of `object.name`, whether or not it is called.
    Type member_type(const MemberExpr& member, Type object) {
        const TypeData data = table_.data(object);
        const std::string_view name = member.name.text();
        const ValueKind kind = table_.single_kind(object);
        if (kind == ValueKind::Struct && data.owner != nullptr) {
            const StructInfo& type = data.owner->structs[data.index];
            for (const FunctionId id : type.methods) {
                if (data.owner->functions[id].node->to<FuncDecl>().name.text() == name) return function_type(*data.owner, id);
            }
            return field_type(*data.owner, type, name);
        }
        if (kind == ValueKind::Module && data.owner != nullptr) {
            const BindingId exported = data.owner->find_export(name);
            if (exported == kNone) return Type::Any;
            const Binding& binding = data.owner->bindings[exported];
            if (binding.kind == BindingKind::Function) return function_type(*data.owner, binding.index);
            return imported_variable({data.owner, exported});
        }
        if (kind == ValueKind::Unset || kind == ValueKind::Null) return Type::Any;
        const BuiltinRow* row = find_builtin_method(kind, name);
        if (kind == ValueKind::Dict) {
            // An entry of that name comes first when it is called; without a call it is all there is.
            if (row != nullptr && !table_.may_be(data.element, kind_bit(ValueKind::Function))) return builtin_type(*row);
            return data.element == Type::Never ? Type::Any : data.element;
        }
        return row == nullptr ? Type::Any : builtin_type(*row);
    }

    // --- calls ----------------------------------------------------------------------------------------------------

    /// `piped` stands before the arguments: the left side of `|>`.
    Type infer_call(const CallExpr& call, const Type* piped) {
        const Type callee = type_of(*call.callee);
        const TypeData data = table_.data(callee);
        const bool is_builtin = table_.single_kind(callee) == ValueKind::Function && data.owner == nullptr && data.index != kNone;
        if (is_builtin) return infer_builtin_call(call, builtin_row(static_cast<BuiltinId>(data.index)), piped);
        Type first = piped != nullptr ? *piped : Type::Any;
        for (const Node* argument : call.arguments) {
            const Type type = set(*argument, infer(*argument));
            if (piped == nullptr && argument == call.arguments[0]) first = type;
        }
        const Type result = infer_plain_call(call, callee, table_.data(callee), first);
        const bool is_cut = is_optional_chain(call);
        return is_cut ? table_.optional(result) : result;
    }

    /// `a?.m()`: the call is left out when `a` is null.
    [[nodiscard]] static bool is_optional_chain(const CallExpr& call) {
        const auto* member = call.callee->as<MemberExpr>();
        return member != nullptr && member->is_optional;
    }

    Type infer_plain_call(const CallExpr& call, Type callee, const TypeData& data, Type first) {
        if (call.callee->is<NameExpr>()) {
            const Use use = model_.use_of(*call.callee);
            if (use.kind == UseKind::Constructor) return constructed(use.index, first);
        }
        if (const auto* variant = call.callee->as<VariantExpr>()) {
            const Type made = named(declared_by(model_, *variant->path));
            if (made != Type::Any) return made;
            const std::string_view name = variant->variant.text();
            if (name == "Ok") return constructed(0, first);
            if (name == "Err") return constructed(1, first);
            return name == "Some" ? constructed(2, first) : Type::Any;
        }
        if (callee == Type::Never) return Type::Never;
        return table_.single_kind(callee) == ValueKind::Function ? data.element : Type::Any;
    }

    /// `Ok(v)`, `Err(e)`, `Some(v)`.
    Type constructed(std::uint32_t constructor, Type value) {
        switch (constructor) {
            case 0: return table_.make({kind_bit(ValueKind::Result), value, Type::Never});
            case 1: return table_.make({kind_bit(ValueKind::Result), Type::Never, value});
            default: return table_.with_element(ValueKind::Option, value);
        }
    }

    Type infer_pipe(const PipeExpr& pipe, Type left) {
        const Node* right = pipe.right;
        const auto* propagate = right->as<PropagateExpr>();
        if (propagate != nullptr) right = propagate->operand;
        Type result = Type::Any;
        if (const auto* call = right->as<CallExpr>()) {
            infer(*call->callee);
            result = infer_call(*call, &left);
        } else {
            const Type callee = infer(*right);
            const TypeData data = table_.data(callee);
            const bool is_function = table_.single_kind(callee) == ValueKind::Function;
            if (is_function && data.owner == nullptr && data.index != kNone) {
                TypeLetters letters;
                const BuiltinRow& row = row_for(builtin_row(static_cast<BuiltinId>(data.index)), left);
                match_parameter(table_, row, 0, left, letters);
                result = builtin_result(table_, row, letters);
            } else if (is_function) {
                result = data.element;
            }
        }
        set(*right, result);
        return propagate == nullptr ? result : set(*propagate, infer_propagate(result));
    }

    /// The row of an overloaded name that takes such a first argument.
    const BuiltinRow& row_for(const BuiltinRow& row, Type first) {
        const ValueKind kind = table_.single_kind(first);
        if (kind == ValueKind::Unset || !row.is_function()) return row;
        return select_builtin(row, kind);
    }

    Type infer_builtin_call(const CallExpr& call, const BuiltinRow& first_row, const Type* piped) {
        // The receiver and what is piped stand before the arguments.
        const auto* member = call.callee->as<MemberExpr>();
        Type before[2];
        std::size_t count = 0;
        if (member != nullptr) before[count++] = table_.narrow(type_of(*member->object), kAllKinds & ~kind_bit(ValueKind::Null));
        if (piped != nullptr) before[count++] = *piped;
        const bool takes_first = count == 0 && !call.arguments.empty();
        if (takes_first) before[count++] = set(*call.arguments[0], infer(*call.arguments[0]));
        const Type first = count == 0 ? Type::Never : before[0];
        const bool is_certain = member != nullptr || !is_overloaded(first_row) || table_.single_kind(first) != ValueKind::Unset;
        const BuiltinRow& row = member != nullptr ? first_row : row_for(first_row, first);

        TypeLetters letters;
        for (std::size_t i = 0; i < count; ++i) match_parameter(table_, row, i, before[i], letters);
        for (std::size_t i = takes_first ? 1 : 0; i < call.arguments.size(); ++i, ++count) {
            const Node& argument = *call.arguments[i];
            const Type type = set(argument, infer_argument(argument, row, count, first, letters));
            match_parameter(table_, row, count, type, letters);
        }
        if (member != nullptr && row.is_mutating()) change_receiver(*member, letters);
        if (!is_certain) return Type::Any;
        if (count > 2 && row.name == "get") return Type::Any;  // may be the default
        const Type result = cached_result(row, letters);
        return member != nullptr && member->is_optional ? table_.optional(result) : result;
    }

    /// Results without letters are the same at every call.
    Type cached_result(const BuiltinRow& row, const TypeLetters& letters) {
        if (builtin_results_.empty()) builtin_results_.resize(kBuiltinCount, kUnknownType);
        std::uint32_t& known = builtin_results_[static_cast<std::size_t>(row.id)];
        if (known != kUnknownType) return static_cast<Type>(known);
        const Type result = builtin_result(table_, row, letters);
        if (!has_letters(row)) known = static_cast<std::uint32_t>(result);
        return result;
    }

    /// A lambda that is written as an argument is called with what the signature says.
    Type infer_argument(const Node& argument, const BuiltinRow& row, std::size_t position, Type first, const TypeLetters& letters) {
        const auto* lambda = argument.as<LambdaExpr>();
        const KindMask walkable = mask_of({ValueKind::Array, ValueKind::Set, ValueKind::Range, ValueKind::String, ValueKind::Generator});
        if (lambda == nullptr || !table_.is_only(first, walkable) || position >= row.parameters.size()) return infer(argument);
        return infer_lambda(*lambda, callback_types(table_, row.parameters[position].type, letters));
    }

    Type infer_lambda(const LambdaExpr& lambda, const std::vector<Type>& param_types) {
        const FunctionId id = model_.function_of(lambda);
        infer_function(id, lambda.params, nullptr, *lambda.body, param_types);
        return function_type(model_, id);
    }

    /// `xs.push(v)`: the variable at the root of the place holds something new.
    void change_receiver(const MemberExpr& member, const TypeLetters& letters) {
        const Node& place = *member.object;
        if (!place.is<NameExpr>()) return change_place(place, Type::Never);
        const BindingId id = model_.binding_of(place);
        if (id == kNone || !model_.bindings[id].is_variable()) return;
        const Type now = read(id);
        TypeData data = table_.data(now);
        const auto letter = [&](char name) { return letters.types[static_cast<std::size_t>(name - 'A')]; };
        switch (table_.single_kind(now)) {
            case ValueKind::Array:
            case ValueKind::Set: data.element = table_.join(data.element, letter('T')); break;
            case ValueKind::Dict:
                data.key = table_.join(data.key, letter('K'));
                data.element = table_.join(data.element, letter('V'));
                break;
            default: return;
        }
        change(id, table_.make(data));
    }

    const SemanticModel& model_;
    bool follows_imports_;
    std::unique_ptr<TypeModel> result_;
    TypeTable& table_;

    int pass_ = 0;
    int call_depth_ = 0;
    bool has_changed_ = false;
    Frame frame_;
    std::vector<std::uint32_t> known_;        // by BindingId: a Type, or kUnknownType
    std::vector<Known> undo_;
    std::vector<BindingId> assigned_;         // in the order of the code, for restore()
    std::vector<int> read_in_, called_in_, inferred_in_;  // the pass, or -1
    std::vector<const Node*> chain_;
    std::vector<std::uint32_t> builtin_results_;
    std::map<const SemanticModel*, std::unique_ptr<const TypeModel>> modules_;
};

std::unique_ptr<const TypeModel> infer_types(const SemanticModel& model) {
    return Inference(model, true).run();
}

}  // namespace ruff::sema
