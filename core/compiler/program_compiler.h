#pragma once
// What the functions of a program share while they are compiled: the tables of the program and, per module, which number
// a function, type or variable of the semantic model has in them.

#include <string>
#include <vector>

#include "core/bytecode/program.h"
#include "core/compiler/compiler.h"
#include "core/sema/semantic_model.h"

namespace ruff::compiler {

/// One module of the program. Tables indexed by an id of its semantic model hold kNoIndex where nothing is assigned yet.
struct ModuleState {
    const sema::SemanticModel* model = nullptr;
    bytecode::ModuleIndex index = 0;
    std::vector<bytecode::FunctionIndex> functions;   ///< by FunctionId
    std::vector<std::uint32_t> structs;               ///< by index in SemanticModel::structs
    std::vector<std::uint32_t> enums;                 ///< by BindingId
    std::vector<bytecode::GlobalIndex> globals;       ///< by BindingId
    std::vector<std::uint32_t> registers;             ///< by BindingId: in the frame of its function
};

/// A declaration and the module it stands in: what an imported name leads to.
struct Declared {
    const ModuleState* module = nullptr;
    sema::BindingId binding = sema::kNone;

    explicit operator bool() const { return binding != sema::kNone; }
    [[nodiscard]] const sema::Binding& get() const { return module->model->bindings[binding]; }
};

class ProgramCompiler {
public:
    ProgramCompiler() = default;
    ProgramCompiler(const ProgramCompiler&) = delete;

    CompileResult compile(const sema::ModuleGraph& graph);
    CompileResult compile_prelude(const sema::SemanticModel& model);

    [[nodiscard]] bytecode::Program& program() { return result_.program; }
    [[nodiscard]] ModuleState& module(bytecode::ModuleIndex index) { return *modules_[index]; }
    [[nodiscard]] bool is_prelude() const { return is_prelude_; }

    /// Follows an imported name to its declaration; false if the import cannot be had.
    [[nodiscard]] Declared follow(const ModuleState& module, sema::BindingId binding) const;
    /// The exported declaration `name` of what a Module binding imports.
    [[nodiscard]] Declared find_export(const ModuleState& module, sema::BindingId import, std::string_view name) const;
    /// `Point`, `geo.Point`, `Status`, `geo.Status`.
    [[nodiscard]] Declared resolve_path(const ModuleState& module, const syntax::Path& path) const;

    [[nodiscard]] bytecode::FunctionIndex function_index(const Declared& declared) const;
    [[nodiscard]] bytecode::GlobalIndex global_index(const Declared& declared) const {
        return declared.module->globals[declared.binding];
    }
    /// Values of the struct carry a closure: what its methods and defaults capture.
    [[nodiscard]] static bool has_environment(const ModuleState& module, const sema::StructInfo& info);
    [[nodiscard]] std::uint32_t struct_index(const Declared& declared) const {
        return declared.module->structs[declared.get().index];
    }
    [[nodiscard]] std::uint32_t enum_index(const Declared& declared) const {
        return declared.module->enums[declared.binding];
    }

    /// A function that gives the variant of its arguments: for `Ok`, `Err`, `Some` as values, and for calls of variants
    /// with spread arguments. `names` are those of the payload.
    [[nodiscard]] bytecode::FunctionIndex variant_function(bytecode::VariantConstant variant, std::string name,
                                                           std::vector<std::string> names);
    /// Adds a function that no node stands for.
    bytecode::FunctionIndex add_function(bytecode::Function function);

    /// True if a method of that name may change its receiver: a mutating builtin method or one of some struct here.
    [[nodiscard]] bool may_mutate(std::string_view method) const;

    void report_too_large(bytecode::ModuleIndex module, Span span, std::string what);

    /// The number in the program of a module of the graph.
    [[nodiscard]] bytecode::ModuleIndex module_of(std::uint32_t unit) const { return module_of_unit_[unit]; }

private:
    CompileResult compile_modules();
    void fill_unreached();
    void check_program();
    void add_tests(ModuleState& module);
    std::vector<bytecode::Test> tests_of(ModuleState& module, sema::FunctionId frame,
                                         syntax::List<syntax::Stmt> statements, std::vector<const syntax::Test*> setups,
                                         std::vector<const syntax::Test*> teardowns);
    void add_module(const sema::SemanticModel& model, std::string name, std::string path);
    void add_function_slots(ModuleState& module);
    void add_types(ModuleState& module);
    void add_globals(ModuleState& module);
    void add_exports(ModuleState& module);
    void collect_mutating_methods();
    bytecode::StructType struct_type(ModuleState& module, const sema::StructInfo& info);
    bytecode::EnumType enum_type(ModuleState& module, const syntax::EnumDecl& declaration);

    CompileResult result_;
    std::vector<std::unique_ptr<ModuleState>> modules_;
    std::vector<bytecode::ModuleIndex> module_of_unit_;   // of the graph -> of the program
    std::vector<std::string> mutating_methods_;           // sorted
    struct VariantFunction { bytecode::VariantConstant variant; bytecode::FunctionIndex function; };
    std::vector<VariantFunction> variant_functions_;
    bool is_prelude_ = false;
};

/// True if the value of `expression` can be made anywhere: literals and containers of them.
[[nodiscard]] bool is_constant_expression(const syntax::Expr& expression);

}  // namespace ruff::compiler
