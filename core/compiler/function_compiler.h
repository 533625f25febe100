#pragma once
// Compiles one function: the tree of its body, with what the semantic model says about its names, to bytecode.
//
// Registers. Parameters come first, then variables and temporaries as a stack: a variable takes the register on top
// where it is declared and gives it back at the end of its block; a temporary lives within one statement. So whatever
// stands above the top is free, and a window of arguments can always be built there.
//
// Values. `compile_into(expression, target)` leaves the value in a given register; `operand(expression)` gives it where
// it is, which for a variable of this frame is its own register. An expression that writes its target before it has read
// all its operands does so only when the target is no variable (`is_variable`), else in a temporary.
//
// Handing on. Variables are handed on by copies (`Move`, `Return`, …); bytecode::assign_last_uses() makes moves of the last
// ones. Temporaries are always handed on for good, and flagged here.
//
// Leaving. `exits_` is the stack of what surrounds the current statement: loops, loop states that have to be closed,
// `finally` blocks. break, continue, return and `?` unwind it, innermost first.

#include <span>
#include <string>
#include <vector>

#include "core/bytecode/builder.h"
#include "core/compiler/program_compiler.h"
#include "core/lang/operators.h"

namespace ruff::compiler {

using bytecode::Label;
using bytecode::Op;
using Reg = std::uint32_t;
inline constexpr Reg kNoReg = 0xffffffff;

/// A value in a register, which is a temporary of the current statement or the register of a variable.
struct Operand {
    Reg reg = kNoReg;
    bool is_temporary = false;
};

/// `< <= > >= == != in not in`
[[nodiscard]] bool is_comparison(BinaryOp op);

class FunctionCompiler {
public:
    FunctionCompiler(ProgramCompiler& program, ModuleState& module, sema::FunctionId id, FunctionCompiler* parent);

    void compile_main(const syntax::File& file);
    /// FuncDecl, FuncExpr, LambdaExpr, Spawn, or the default of a StructField.
    void compile_callable(const syntax::Node& node);
    /// One test with the setups and teardowns around it, outermost first. Gives the index of its function.
    bytecode::FunctionIndex compile_test(const syntax::Test& test, std::span<const syntax::Test* const> setups,
                                         std::span<const syntax::Test* const> teardowns);

private:
    // --- registers (function_compiler.cpp)
    struct Mark { Reg next; };
    Reg allocate(std::uint32_t count = 1);
    [[nodiscard]] Mark mark() const { return {next_register_}; }
    void release(Mark mark) { next_register_ = mark.next; }
    [[nodiscard]] bool is_variable(Reg reg) const { return reg < is_variable_.size() && is_variable_[reg]; }
    void set_variable(Reg reg, bool is_variable);
    /// `reg` if it may be written before the operands have been read, else a new temporary.
    Reg scratch(Reg target);
    [[nodiscard]] bool is_dead();   ///< the next instruction cannot be reached
    void move(Reg target, Operand value);
    void clear(Reg first, Reg end);

    // --- emitting (function_compiler.cpp)
    std::uint32_t emit(Op op, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0, std::uint8_t flags = 0) {
        return builder_.emit(op, a, b, c, flags);
    }
    /// The flags that say which of the operands are temporaries.
    static std::uint8_t take(Operand a, Operand b = {}, Operand c = {});
    void at(const syntax::Node& node) {
        if (!is_foreign_) builder_.set_position(tree().span(node));
    }
    void at(const syntax::Name& name) {
        if (!is_foreign_ && !name.is_missing()) builder_.set_position(tree().span(name));
    }
    void at_token(std::uint32_t token) {
        if (!is_foreign_ && token != syntax::kNoToken) builder_.set_position(tree().tokens[token].span());
    }
    void raise(std::string_view kind, std::string message, std::string hint = {});
    void load_string(Reg target, std::string_view text);
    void load_function(Reg target, bytecode::FunctionIndex index);
    std::uint32_t name_constant(std::string_view name) { return builder_.constant(name); }
    void note_global(bytecode::GlobalIndex index) { function_.globals_used.push_back(index); }
    void note_function(bytecode::FunctionIndex index) { function_.functions_used.push_back(index); }

    [[nodiscard]] const syntax::SyntaxTree& tree() const { return *module_.model->tree; }
    [[nodiscard]] const sema::SemanticModel& model() const { return *module_.model; }
    [[nodiscard]] const sema::FunctionInfo& info() const { return model().functions[id_]; }
    [[nodiscard]] const sema::Binding& binding(sema::BindingId id) const { return model().bindings[id]; }
    [[nodiscard]] std::string name_of(sema::BindingId id) const { return std::string(model().name(id)); }

    void begin(std::string name);
    void finish();
    void finish_cold_exits();

    // --- functions (functions.cpp)
    void declare_parameters(syntax::List<syntax::Node> params);
    void parameter_prologue(syntax::List<syntax::Node> params);
    void compile_body(const syntax::Node& body, bool gives_value);
    void closure_into(const syntax::Node& node, Reg target);
    bytecode::FunctionIndex compile_nested(const syntax::Node& node);
    void fill_captures(sema::FunctionId id, bytecode::Function& function);

    // --- variables (variables.cpp)
    /// How a variable is reached from this function.
    struct Location {
        enum Kind : std::uint8_t { Register, Cell, Upvalue, UpvalueCell, Global, Function, OwnFunction, None } kind = None;
        std::uint32_t index = 0;
    };
    [[nodiscard]] Location locate(const Declared& declared) const;
    [[nodiscard]] Location locate(sema::BindingId id) const;
    [[nodiscard]] Reg register_of(sema::BindingId id) const { return module_.registers[id]; }
    void declare_register(sema::BindingId id, Reg reg);
    /// Takes a register for the variable if it lives in one.
    void reserve(sema::BindingId id);
    /// The variable is now set: its value is in `value`, which may be its own register.
    void initialise(sema::BindingId id, Operand value);
    void declare_with_value(sema::BindingId id, const syntax::Expr& value);
    void assign_variable(sema::BindingId id, const syntax::Expr& value);
    void store_variable(sema::BindingId id, Operand value);
    void name_into(const syntax::Node& node, const syntax::Name& name, Reg target);
    void binding_into(const Declared& declared, Reg target);
    void location_into(Location location, Reg target);
    void use_into(const syntax::Node& node, sema::Use use, Reg target);
    void builtin_into(BuiltinId id, Reg target);
    void constructor_into(std::uint32_t constructor, Reg target);
    void self_field_into(Symbol name, Reg target);
    void undefined(std::uint32_t index);
    void raise_not_a_value(const Declared& declared);
    void raise_reassigned(sema::BindingId id);
    /// The register of the variable that a name means, if it is one of this frame.
    [[nodiscard]] Reg direct_register(const syntax::Node& expression) const;

    // --- expressions (expressions.cpp)
    void compile_into(const syntax::Expr& expression, Reg target);
    Operand operand(const syntax::Expr& expression);
    /// An operand that `later`, which is evaluated before it is used, cannot change.
    Operand stable_operand(const syntax::Expr& expression, const syntax::Expr& later);
    Operand in_temporary(const syntax::Expr& expression);
    void effect(const syntax::Expr& expression);
    [[nodiscard]] bool may_change(const syntax::Node& expression, sema::BindingId variable) const;
    void literal_string_into(const syntax::StringLiteral& literal, Reg target);
    void int_into(std::int64_t value, Reg target);
    void arithmetic_into(const syntax::BinaryExpr& expression, Reg target);
    void arithmetic_step(BinaryOp op, const syntax::Expr& right, std::uint32_t operator_token, Operand left, Reg target);
    void comparison_into(const syntax::BinaryExpr& expression, Reg target);
    void emit_comparison(BinaryOp comparison, Reg target, Operand left, Operand right);
    void assert_comparison(const syntax::BinaryExpr& compared, Span position, Reg window);
    void shown_into(Reg value, Reg target);
    void logic_into(const syntax::Expr& expression, Reg target);
    void coalesce_into(const syntax::BinaryExpr& expression, Reg target);
    void unary_into(const syntax::UnaryExpr& expression, Reg target);
    void array_into(const syntax::ArrayExpr& expression, Reg target);
    void dict_into(const syntax::DictExpr& expression, Reg target);
    void key_into(const syntax::DictKey& key, Reg target);
    void pipe_into(const syntax::PipeExpr& expression, Reg target);
    [[nodiscard]] bytecode::Constant literal_constant(const syntax::Expr& literal) const;
    std::uint32_t add_constant(const bytecode::Constant& constant);
    void throw_value(const syntax::Expr& value, const syntax::Node& at_node);
    /// Jumps to `target` when the truth of `condition` is `when`.
    void branch(const syntax::Expr& condition, bool when, Label target);
    void compare_branch(const syntax::BinaryExpr& condition, bool when, Label target);

    // --- postfix chains and calls (calls.cpp)
    struct Arguments {
        syntax::List<syntax::Node> list;
        Reg piped = kNoReg;   ///< value that stands before the first argument
        [[nodiscard]] bool is_plain() const;
    };
    struct Chain;
    /// `is_dropped`: nobody wants the value; the target is then free for temporary use and empty afterwards.
    void postfix_into(const syntax::Expr& expression, Reg target, bool is_awaited, bool is_dropped = false);
    void chain_into(Chain& chain, Reg target, bool is_awaited);
    void drop_result(Reg reg);
    bool start_static(Chain& chain);
    bool start_declared(Chain& chain, const Declared& declared);
    bool finish_start(Chain& chain, Reg window, Mark before);
    void start_place(Chain& chain);
    bool invoke_imported(Chain& chain, const Declared& declared);
    bool invoke_from(Chain& chain, bytecode::Place place, std::size_t first);
    void invoke_place(Chain& chain, bytecode::Place place, const syntax::MemberExpr& member,
                      const Arguments& arguments);
    void check_null(Chain& chain, const bytecode::Place& place, const syntax::Node& link);
    void jump_if_null(Chain& chain, Operand value);
    void call_link(Chain& chain);
    void method_link(Chain& chain);
    void member_link(Chain& chain);
    void index_link(Operand object, const syntax::Expr& index, Reg destination, std::uint8_t flags);
    void piped_call(const syntax::Expr& callee, const Arguments& arguments, Reg result);
    [[nodiscard]] Reg window_at(Reg result);
    static bool takes_await(Op op);
    [[nodiscard]] bool may_change_slice(const syntax::SliceExpr& slice, sema::BindingId id) const;
    void call_known_function(const Declared& callee, const Arguments& arguments, Reg window, bool is_awaited);
    void call_use(sema::Use use, const syntax::Expr& callee, const Arguments& arguments, Reg window, bool is_awaited);
    void call_variant(std::uint32_t type, std::uint32_t variant, const Arguments& arguments, Reg window);
    void spread_variant(std::uint32_t type, std::uint32_t variant, const Arguments& arguments, Reg window);
    void call_value(const Arguments& arguments, Reg window, bool is_awaited, Span position);
    std::uint32_t push_arguments(const Arguments& arguments);
    /// An array of the positional arguments, then the named values; gives their names.
    std::vector<std::string> spread_arguments(const Arguments& arguments);
    void question(Reg reg, const syntax::Node& node);
    void await(Reg reg);
    bool variant_of(const syntax::VariantExpr& expression, std::uint32_t& type, std::uint32_t& variant);
    bool variant_at(const syntax::Path& path, const syntax::Name& name, std::uint32_t& type, std::uint32_t& variant);
    void variant_into(const syntax::VariantExpr& expression, Reg target);

    // --- places (places.cpp)
    struct PlaceRoot { bool is_place = false; bytecode::Place place; sema::BindingId binding = sema::kNone; };
    /// The variable that a path starts at.
    [[nodiscard]] PlaceRoot place_root(const syntax::Node& node);
    /// Adds `.name` or `[index]` to a path. An index is read in place only if nothing that is evaluated before the place is
    /// looked up (later links, arguments, the assigned value) changes it.
    void add_step(bytecode::Place& place, const syntax::Node& link, std::span<const syntax::Node* const> links,
                  std::size_t from, std::size_t to, const Arguments* arguments, const syntax::Node* value = nullptr);
    void build_place(const syntax::Node& target, const syntax::Node& value, bytecode::Place& place);
    bool imported_place(const syntax::Node& root, std::span<const syntax::Node* const> links, bytecode::Place& place,
                        std::size_t& first);
    void assign(const syntax::Assign& statement);
    void assign_place(const syntax::Assign& statement);
    void update_variable(const syntax::Assign& statement, const syntax::Node& target);
    void update_place(const syntax::Assign& statement, bytecode::Place place);
    void emit_update(bytecode::Place place, BinaryOp op, Operand value, std::uint32_t operator_token);
    bool append_in_place(const syntax::Assign& statement, sema::BindingId id);
    bool rebuild_in_place(const syntax::Assign& statement, const bytecode::Place& target);
    bool is_same_place(const syntax::Node& a, const syntax::Node& b);

    // --- statements and control flow (statements.cpp, loops.cpp, errors.cpp)
    void statements(syntax::List<syntax::Stmt> list);
    void hoist(syntax::List<syntax::Stmt> list);
    void statement(const syntax::Stmt& statement);
    void declaration(const syntax::Stmt& declaration);
    void binding_statement(const syntax::Binding& statement);
    void return_statement(const syntax::Return& statement);
    void import_statement(const syntax::Node& statement);
    void check_imported_names(const syntax::FromImport& statement, const sema::ModuleImport& import);
    void hoist_closure(sema::BindingId id, const syntax::Node& declaration);
    void struct_members(const syntax::StructDecl& declaration);
    void block(const syntax::Block& block);
    void open_block(sema::ScopeId scope);
    void close_block(Mark before);
    void block_value(const syntax::Block& block, Reg target);
    void statements_value(syntax::List<syntax::Stmt> list, Reg target);
    void statement_value(const syntax::Stmt& statement, Reg target);
    void if_into(const syntax::If& expression, Reg target);
    void while_loop(const syntax::While& loop);
    void endless_loop(const syntax::Loop& loop);
    void for_loop(const syntax::For& loop);
    bool for_range(const syntax::For& loop, Reg state);
    void prepare_loop(const syntax::For& loop, Reg state);
    void for_body(const syntax::For& loop, Reg first_variable, Label next, Label end, bool has_state);
    void bind_loop_variable(const syntax::Pattern& pattern, Reg value);
    void spawn_into(const syntax::Spawn& spawn, Reg target);
    void try_into(const syntax::Try& expression, Reg target);
    void try_except_into(const syntax::Try& expression, Reg target);
    template <typename Body, typename Closing>
    void with_closing(bytecode::Handler::Kind kind, Body body, Closing closing);
    void try_finally_into(const syntax::Try& expression, Reg target);
    /// The test inside of its teardowns, of which the first is the innermost.
    void test_and_teardowns(const syntax::Test& test, std::span<const syntax::Test* const> teardowns);

    // --- leaving (errors.cpp)
    enum class Leave : std::uint8_t { Break, Continue, Return };
    struct PendingLeave { Leave leave; Label label; };
    struct Exit {
        enum Kind : std::uint8_t { Loop, LoopState, Finally } kind;
        Label break_label{}, continue_label{}, entry{};
        Reg base = 0;           ///< Loop: first register of the body; LoopState: the state; Finally: the state register
        std::vector<PendingLeave> pending;   ///< Finally: what goes on behind it
        bool has_state = false;              ///< Loop: the exit below it is its state
    };
    /// Emits the way out, from the innermost surrounding that is below `depth` on. `value`: of a return.
    void leave(Leave how, Reg value, std::size_t depth);
    void leave_through_finally(Exit& exit, Leave how, Reg value);
    void leave_loop(Leave how);
    [[nodiscard]] bool returns_directly() const;

    // --- structs (structs.cpp)
    void struct_into(const syntax::StructExpr& expression, Reg target);
    void raise_no_struct(const syntax::Path& path);
    void struct_fields_into(const syntax::StructExpr& expression, const Declared& type, Reg target);
    void struct_spread_into(const syntax::StructExpr& expression, const Declared& type, Reg target);
    void struct_entries_into(const syntax::StructExpr& expression, const Declared& type, Reg target);
    void environment_into(const Declared& type, Reg target);
    [[nodiscard]] std::uint32_t environment_pair(const Declared& type);
    void foreign_defaults(const Declared& type, const std::vector<bool>& is_given, Reg value, std::uint32_t constant);
    void field_value_into(const syntax::FieldInit& field, Reg target);
    void default_into(const Declared& type, std::size_t field, Reg target);
    bool check_fields(const syntax::StructExpr& expression, const Declared& type, bool has_spread);

    // --- patterns (patterns.cpp)
    enum class Binds : std::uint8_t { Declare, Assign };
    template <class Visit> void for_each_target(const syntax::Node& pattern, Visit&& visit);
    void reserve_pattern(const syntax::Pattern& pattern);
    void reserve_assigned(const syntax::Pattern& pattern);
    void destructure(const syntax::Pattern& pattern, Operand value, Binds binds);
    void destructure_array(const syntax::ArrayPattern& pattern, Operand value, Binds binds);
    void destructure_dict(const syntax::DictPattern& pattern, Operand value, Binds binds);
    void destructure_part(const syntax::Pattern& pattern, const syntax::Expr* default_value, Reg part,
                          std::string_view missing, Binds binds);
    void bind_name(const syntax::Node& node, Operand value, Binds binds);
    Reg part_register(const syntax::Pattern& pattern, Binds binds);
    /// Keys of a dict pattern whose `...rest` is wanted: names, and registers with those that are not.
    struct TakenKeys {
        bool is_kept = false;
        std::vector<std::string> names;
        std::vector<Reg> others;
        std::size_t other_count = 0;   ///< registers that hold a key by now
    };
    [[nodiscard]] TakenKeys taken_keys(syntax::List<syntax::Node> entries);
    [[nodiscard]] static bool has_name_key(const syntax::PatternField& field);
    [[nodiscard]] std::string pattern_key_text(const syntax::PatternField& field) const;
    void entry_into(const syntax::PatternField& field, Operand value, Reg part, TakenKeys& taken);
    void rest_into(Operand value, const TakenKeys& taken, Reg part);
    void match_into(const syntax::Match& match, Reg target);
    void match_arm(const syntax::MatchArm& arm, Operand subject, Reg target, Label end);
    [[nodiscard]] bool is_changed_by_guards(const syntax::Match& match) const;
    void test_pattern(const syntax::Pattern& pattern, Operand value, Label fail);
    template <class Load>
    void test_part(const syntax::Pattern& pattern, Label fail, Load&& load, bool may_be_missing = false);
    void test_literal(const syntax::Expr& literal, Operand value, Label fail);
    void test_variant(std::uint32_t type, std::uint32_t variant, Operand value, Label fail);
    void test_variant_pattern(const syntax::VariantPattern& pattern, Operand value, Label fail);
    void test_array(const syntax::ArrayPattern& pattern, Operand value, Label fail);
    void test_struct(const syntax::StructPattern& pattern, Operand value, Label fail);
    void test_entries(syntax::List<syntax::Node> entries, Operand value, Label fail);
    void test_alternatives(const syntax::OrPattern& pattern, Operand value, Label fail);

    ProgramCompiler& program_;
    ModuleState& module_;
    sema::FunctionId id_;
    FunctionCompiler* parent_;
    bytecode::Function function_;
    bytecode::FunctionBuilder builder_;
    bool is_file_level_ = false;       ///< `return` ends a file, `?` raises

    Reg next_register_ = 0;
    Reg register_count_ = 0;
    Reg held_registers_ = 0;           ///< file-level variables, which are never given up
    std::vector<bool> is_variable_;
    std::vector<Exit> exits_;
    struct ColdExit { Label label; Reg reg; Span span; };
    std::vector<ColdExit> cold_exits_;
    bool is_foreign_ = false;          ///< the nodes are another file's: they have no position here
    std::uint8_t range_flags_ = 0;     ///< of the `for` over a range that is being started
    int handler_depth_ = 0;            ///< inside how many `try` the current instruction is
};

}  // namespace ruff::compiler
