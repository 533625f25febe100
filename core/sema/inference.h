#pragma once
// The state of type inference and its steps, spread over inference*.cpp: inference.cpp says how it works.

#include <initializer_list>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "core/sema/builtin_types.h"
#include "core/sema/facts.h"
#include "core/sema/type_model.h"

namespace ruff::sema {

constexpr KindMask mask_of(std::initializer_list<ValueKind> kinds) {
    KindMask mask = 0;
    for (const ValueKind kind : kinds) mask |= kind_bit(kind);
    return mask;
}

/// The struct, enum or function behind a name, followed through an import.
struct Declared {
    const SemanticModel* model = nullptr;
    BindingId id = kNone;

    [[nodiscard]] const Binding* binding() const { return id == kNone ? nullptr : &model->bindings[id]; }
};
[[nodiscard]] Declared followed(const SemanticModel& model, BindingId id);
/// What a path of one or two names declares.
[[nodiscard]] Declared declared_by(const SemanticModel& model, const syntax::Path& path);

class Inference {
public:
    Inference(const SemanticModel& model, Facts& facts);
    std::unique_ptr<const TypeModel> run();

private:
    static constexpr std::uint32_t kUnknownType = kNone;

    /// What is known about a variable here, and how many walls stood when it was learnt.
    struct Knowledge { std::uint32_t type = kUnknownType, learnt_at = 0; };
    struct Undo { BindingId binding; Knowledge before; };
    struct Frame {
        FunctionId id = 0;
        Type returned = Type::Never;
        Type yielded = Type::Never;
        std::vector<bool> loop_breaks;  // of the loops around: whether a `break` leaves it
    };
    struct Mark { std::size_t undo, assigned; std::uint32_t wall; };
    /// What a block comes to.
    struct Flow { Type value = Type::Never; bool leaves = false; };

    Type of_kind(ValueKind kind) { return table_.of_kind(kind); }
    Type null_type() { return of_kind(ValueKind::Null); }
    Type set(const syntax::Node& node, Type type) { return result_->types_[node.id] = type; }
    [[nodiscard]] Type type_of(const syntax::Node& node) const { return result_->types_[node.id]; }

    // inference.cpp: variables
    void grow(BindingId id, Type type);
    [[nodiscard]] bool is_followed(BindingId id) const;
    void know(BindingId id, Type type);
    void forget(BindingId id);
    [[nodiscard]] Mark mark() const { return {undo_.size(), assigned_.size(), wall_}; }
    void restore(const Mark& at);
    void begin_repeated();
    [[nodiscard]] bool is_known(BindingId id) const;
    void assign(BindingId id, Type type);
    Type read(BindingId id);

    // inference.cpp: functions
    Type function_type(const SemanticModel& owner, FunctionId id);
    Type builtin_type(const BuiltinRow& row);
    Type call_result(const SemanticModel& owner, FunctionId id);
    Type imported_result(const SemanticModel& owner, FunctionId id);
    Type imported_variable(const Declared& declared);
    const TypeModel* types_of_module(const SemanticModel& module);
    Type wrapped(const FunctionInfo& function, Type value);
    void infer_ahead(FunctionId id);
    void infer_function(FunctionId id, syntax::List<syntax::Node> params, const syntax::Type* result, const syntax::Node& body,
                        const std::vector<Type>& param_types);
    Type infer_body(const FunctionInfo& info, const syntax::Node& body);
    void grow_result(FunctionId id, Type type);
    void infer_parameter(const syntax::Node& node, Type given);

    // inference_patterns.cpp: annotations
    Type struct_type(const SemanticModel& owner, std::uint32_t index);
    Type named(const Declared& declared);
    Type annotation(const SemanticModel& owner, const syntax::Node& type);
    Type named_annotation(const SemanticModel& owner, const syntax::NamedType& type);
    Type field_type(const SemanticModel& owner, const StructInfo& type, std::string_view name);

    // inference_patterns.cpp: patterns
    void bind(const syntax::Node& pattern, Type type);
    void bind_element(const syntax::Node& element, Type type);
    void bind_entry(const syntax::Node& entry, Type whole);
    void bind_wrapper(const syntax::WrapperPattern& pattern, Type type);
    Type narrowed_by(const syntax::Node& pattern, Type type);
    Type narrowed_by_variant(const syntax::VariantPattern& pattern, Type type);
    Type narrowed_by_literal(const syntax::Node& literal, Type type);

    // inference_patterns.cpp: conditions
    void learn(const syntax::Node& condition, bool truth);
    void learn_kinds(const syntax::Node& name, KindMask kinds);
    [[nodiscard]] const BuiltinRow* builtin_named(const syntax::Node& name) const;
    void learn_call(const syntax::CallExpr& call, bool truth);
    void learn_equal(const syntax::BinaryExpr& test, bool is_equal);

    // inference_statements.cpp: statements
    void infer_file();
    Flow infer_block(const syntax::Block& block);
    Flow infer_block_where(const syntax::Block& block, const syntax::Node& condition, bool truth);
    Flow infer_statements(syntax::List<syntax::Stmt> statements);
    Flow infer_statement(const syntax::Node& statement);
    void infer_binding(const syntax::Binding& statement);
    void infer_assign(const syntax::Assign& statement);
    void change_place(const syntax::Node& place, Type value);
    void change(BindingId id, Type added);
    Type holding(Type whole, const syntax::Node& place, Type value);
    Type loosened(Type whole);
    void infer_struct(const syntax::StructDecl& declaration);
    Flow infer_while(const syntax::While& loop);
    Flow infer_loop(const syntax::Block& body, const syntax::Expr* condition);
    void infer_for(const syntax::For& loop);
    Flow infer_if(const syntax::If& choice);
    Flow infer_match(const syntax::Match& match);
    static bool fits_all(const syntax::MatchArm& arm);
    Flow infer_try(const syntax::Try& attempt);

    // inference_expressions.cpp: expressions
    Type infer(const syntax::Node& expression);
    Type infer_link(const syntax::Node& node, Type left);
    Type infer_single(const syntax::Node& node);
    Type infer_name(const syntax::Node& node);
    Type infer_variant(const syntax::VariantExpr& variant);
    Type infer_array(const syntax::ArrayExpr& array);
    Type infer_dict(const syntax::DictExpr& dict);
    Type key_type(const syntax::DictKey& key);
    Type infer_struct_expr(const syntax::StructExpr& literal);
    Type infer_unary(const syntax::UnaryExpr& unary);
    Type infer_binary(const syntax::BinaryExpr& binary, Type left);
    Type operated(BinaryOp op, Type left, Type right);
    Type number_of(Type left, Type right);
    Type infer_propagate(Type operand);
    Type infer_index(const syntax::IndexExpr& index, Type object);
    Type infer_member(const syntax::MemberExpr& member, Type object);
    Type member_type(const syntax::MemberExpr& member, Type object);

    // inference_expressions.cpp: calls
    Type infer_call(const syntax::CallExpr& call, const Type* piped);
    [[nodiscard]] static bool is_optional_chain(const syntax::CallExpr& call);
    Type infer_plain_call(const syntax::CallExpr& call, Type callee, const TypeData& data, Type first);
    Type constructed(std::uint32_t constructor, Type value);
    Type infer_pipe(const syntax::PipeExpr& pipe, Type left);
    const BuiltinRow& row_for(const BuiltinRow& row, Type first);
    Type infer_builtin_call(const syntax::CallExpr& call, const BuiltinRow& first_row, const Type* piped);
    Type cached_result(const BuiltinRow& row, const TypeLetters& letters);
    Type infer_argument(const syntax::Node& argument, const BuiltinRow& row, std::size_t position, Type first,
                        const TypeLetters& letters);
    Type infer_lambda(const syntax::LambdaExpr& lambda, const std::vector<Type>& param_types);
    void change_receiver(const syntax::MemberExpr& member, const TypeLetters& letters);

    const SemanticModel& model_;
    Facts& facts_;
    std::unique_ptr<TypeModel> result_;
    TypeTable& table_;

    int pass_ = 0;
    int call_depth_ = 0;
    bool has_changed_ = false;
    Frame frame_;
    std::vector<Knowledge> known_;            // by BindingId
    std::vector<Undo> undo_;
    std::uint32_t wall_count_ = 0;
    std::uint32_t wall_ = 0;                  // what was learnt before it may have changed since, of variables that change
    std::uint32_t high_wall_ = 0;             // what was learnt before it does not hold here at all
    std::vector<BindingId> assigned_;         // in the order of the code, for restore()
    std::vector<int> read_in_, called_in_, inferred_in_;  // the pass, or -1
    std::vector<const syntax::Node*> chain_;
    std::vector<std::uint32_t> builtin_results_;
    std::map<const SemanticModel*, const TypeModel*> modules_;
};

}  // namespace ruff::sema
