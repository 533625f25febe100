#include "core/compiler/program_compiler.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/bytecode/verifier.h"
#include "core/compiler/function_compiler.h"
#include "core/sema/resolver.h"
#include "core/syntax/parser.h"

namespace ruff::compiler {

using namespace ruff::syntax;
using bytecode::kNoIndex;
using sema::BindingKind;

namespace {

bytecode::EnumType builtin_enum(std::string name, std::string first, std::string second, std::uint16_t second_arity) {
    bytecode::EnumType type;
    type.name = std::move(name);
    type.variants.push_back({std::move(first), true, 1});
    type.variants.push_back({std::move(second), second_arity > 0, second_arity});
    return type;
}

}  // namespace

CompileResult ProgramCompiler::compile(const sema::ModuleGraph& graph) {
    result_.program.enums.push_back(builtin_enum("Result", "Ok", "Err", 1));
    result_.program.enums.push_back(builtin_enum("Option", "Some", "None", 0));
    for (const auto& unit : graph.modules) {
        const bool is_usable = unit->failure.empty();
        module_of_unit_.push_back(is_usable ? static_cast<bytecode::ModuleIndex>(modules_.size()) : kNoIndex);
        if (is_usable) add_module(*unit->model, unit->name, unit->path);
    }
    return compile_modules();
}

CompileResult ProgramCompiler::compile_prelude(const sema::SemanticModel& model) {
    is_prelude_ = true;
    result_.program.enums.push_back(builtin_enum("Result", "Ok", "Err", 1));
    result_.program.enums.push_back(builtin_enum("Option", "Some", "None", 0));
    add_module(model, "prelude", model.tree->source->path());
    return compile_modules();
}

CompileResult ProgramCompiler::compile_modules() {
    collect_mutating_methods();
    for (auto& module : modules_) add_types(*module);
    for (auto& module : modules_) add_exports(*module);
    result_.diagnostics.resize(modules_.size());
    for (auto& module : modules_) {
        FunctionCompiler main(*this, *module, 0, nullptr);
        main.compile_main(*module->model->tree->root);
        add_tests(*module);
    }
    fill_unreached();
    check_program();
    return std::move(result_);
}

/// Functions inside an expression that raises before it reaches them were never compiled; nothing calls them.
void ProgramCompiler::fill_unreached() {
    for (const auto& module : modules_) {
        for (sema::FunctionId id = 0; id < module->functions.size(); ++id) {
            if (module->functions[id] == kNoIndex) continue;
            bytecode::Function& function = result_.program.functions[module->functions[id]];
            if (!function.code.empty()) continue;
            function.name = "<unreached>";
            function.module = module->index;
            function.is_method = module->model->functions[id].kind == sema::FunctionKind::Method;
            function.code.push_back({Op::ReturnNull});
        }
    }
}

/// Builds for testing stop at code that the VM could not trust.
void ProgramCompiler::check_program() {
#if !defined(NDEBUG) || defined(RUFF_SANITIZED)
    if (result_.has_errors()) return;
    const std::string flaw = bytecode::verify(result_.program);
    if (flaw.empty()) return;
    std::fprintf(stderr, "internal error: the compiler made bytecode that does not verify: %s\n", flaw.c_str());
    std::abort();
#endif
}

// --- modules and their tables

void ProgramCompiler::add_module(const sema::SemanticModel& model, std::string name, std::string path) {
    auto state = std::make_unique<ModuleState>();
    state->model = &model;
    state->index = static_cast<bytecode::ModuleIndex>(modules_.size());
    state->enums.assign(model.bindings.size(), kNoIndex);
    state->globals.assign(model.bindings.size(), kNoIndex);
    state->registers.assign(model.bindings.size(), kNoReg);
    add_function_slots(*state);
    add_globals(*state);

    bytecode::Module module;
    module.name = std::move(name);
    module.path = std::move(path);
    module.main = state->functions[0];
    module.source = model.tree->source;
    result_.program.modules.push_back(std::move(module));
    modules_.push_back(std::move(state));
}

/// Every function has its number before any is compiled: they name each other.
void ProgramCompiler::add_function_slots(ModuleState& module) {
    module.functions.assign(module.model->functions.size(), kNoIndex);
    for (std::size_t id = 0; id < module.model->functions.size(); ++id) {
        const sema::FunctionInfo& info = module.model->functions[id];
        if (info.kind == sema::FunctionKind::Tests) continue;
        if (info.kind == sema::FunctionKind::Environment && !info.needs_closure) continue;
        const auto* field = info.node->as<StructField>();
        if (field != nullptr && is_constant_expression(*field->default_value)) continue;
        module.functions[id] = static_cast<bytecode::FunctionIndex>(result_.program.functions.size());
        result_.program.functions.emplace_back();
    }
}

void ProgramCompiler::add_globals(ModuleState& module) {
    for (sema::BindingId id = 0; id < module.model->bindings.size(); ++id) {
        const sema::Binding& each = module.model->bindings[id];
        if (each.storage != sema::Storage::Global) continue;
        module.globals[id] = static_cast<bytecode::GlobalIndex>(result_.program.globals.size());
        result_.program.globals.emplace_back(module.model->name(id));
        result_.program.global_is_constant.push_back(each.declared_as == sema::DeclaredAs::Const);
    }
}

void ProgramCompiler::add_types(ModuleState& module) {
    for (const sema::StructInfo& info : module.model->structs) {
        module.structs.push_back(static_cast<std::uint32_t>(result_.program.structs.size()));
        result_.program.structs.push_back(struct_type(module, info));
    }
    for (sema::BindingId id = 0; id < module.model->bindings.size(); ++id) {
        const sema::Binding& each = module.model->bindings[id];
        if (each.kind != BindingKind::Enum) continue;
        module.enums[id] = static_cast<std::uint32_t>(result_.program.enums.size());
        result_.program.enums.push_back(enum_type(module, each.declaration->to<EnumDecl>()));
    }
}

bool ProgramCompiler::has_environment(const ModuleState& module, const sema::StructInfo& info) {
    return info.environment != sema::kNone && module.model->functions[info.environment].needs_closure;
}

bytecode::StructType ProgramCompiler::struct_type(ModuleState& module, const sema::StructInfo& info) {
    bytecode::StructType type;
    type.name = std::string(info.declaration->name.text());
    type.module = module.index;
    for (const StructField* field : info.fields) {
        type.fields.push_back({std::string(field->name.text()),
                               field->type == nullptr ? std::string() : std::string(module.model->tree->text(*field->type)),
                               field->default_value != nullptr});
    }
    for (const sema::FunctionId method : info.methods) type.methods.push_back(module.functions[method]);
    type.has_environment = has_environment(module, info);
    return type;
}

bytecode::EnumType ProgramCompiler::enum_type(ModuleState& module, const EnumDecl& declaration) {
    bytecode::EnumType type;
    type.name = std::string(declaration.name.text());
    type.module = module.index;
    for (const EnumVariant* variant : declaration.variants) {
        type.variants.push_back({std::string(variant->name.text()), variant->has_payload,
                                 static_cast<std::uint16_t>(variant->payload.size())});
    }
    return type;
}

void ProgramCompiler::add_exports(ModuleState& module) {
    bytecode::Module& target = result_.program.modules[module.index];
    for (sema::BindingId id = 0; id < module.model->bindings.size(); ++id) {
        const sema::Binding& each = module.model->bindings[id];
        if (!each.is_exported && !(is_prelude_ && each.kind == BindingKind::Function && each.scope == 0)) continue;
        bytecode::Export exported;
        exported.name = std::string(module.model->name(id));
        switch (each.kind) {
            case BindingKind::Function:
                exported.kind = bytecode::Export::Function;
                exported.index = module.functions[each.index];
                break;
            case BindingKind::Struct:
                exported.kind = bytecode::Export::Struct;
                exported.index = module.structs[each.index];
                break;
            case BindingKind::Enum:
                exported.kind = bytecode::Export::Enum;
                exported.index = module.enums[id];
                break;
            default:
                exported.kind = bytecode::Export::Variable;
                exported.index = module.globals[id];
                break;
        }
        target.exports.push_back(std::move(exported));
    }
}

// --- tests

namespace {

struct TestLevel { std::vector<const Test*> setups, teardowns; };

}  // namespace

void ProgramCompiler::add_tests(ModuleState& module) {
    sema::FunctionId frame = sema::kNone;
    for (sema::FunctionId id = 0; id < module.model->functions.size(); ++id) {
        if (module.model->functions[id].kind == sema::FunctionKind::Tests) frame = id;
    }
    if (frame == sema::kNone) return;
    std::vector<const Test*> setups, teardowns;
    std::vector<bytecode::Test> tests = tests_of(module, frame, module.model->tree->root->statements, setups, teardowns);
    result_.program.modules[module.index].tests = std::move(tests);
}

/// The tests of a file or group. Setups run from the outside in, teardowns from the inside out.
std::vector<bytecode::Test> ProgramCompiler::tests_of(ModuleState& module, sema::FunctionId frame, List<Stmt> statements,
                                                      std::vector<const Test*> setups,
                                                      std::vector<const Test*> teardowns) {
    std::vector<const Test*> own_teardowns;
    for (const Stmt* statement : statements) {
        const auto* test = statement->as<Test>();
        if (test == nullptr) continue;
        if (test->test_kind == TestKind::Setup) setups.push_back(test);
        if (test->test_kind == TestKind::Teardown) own_teardowns.push_back(test);
    }
    teardowns.insert(teardowns.begin(), own_teardowns.begin(), own_teardowns.end());
    std::vector<bytecode::Test> tests;
    for (const Stmt* statement : statements) {
        const auto* test = statement->as<Test>();
        if (test == nullptr || test->test_kind == TestKind::Setup || test->test_kind == TestKind::Teardown) continue;
        bytecode::Test made;
        made.name = test->name == nullptr ? std::string() : std::string(test->name->value());
        made.span = module.model->tree->span(*test);
        if (test->test_kind == TestKind::Group) {
            made.kind = bytecode::Test::Group;
            made.children = tests_of(module, frame, test->body->statements, setups, teardowns);
        } else {
            made.kind = bytecode::Test::Case;
            FunctionCompiler compiler(*this, module, frame, nullptr);
            made.function = compiler.compile_test(*test, setups, teardowns);
        }
        tests.push_back(std::move(made));
    }
    return tests;
}

// --- lookups

Declared ProgramCompiler::follow(const ModuleState& module, sema::BindingId binding) const {
    const sema::Binding& found = module.model->bindings[binding];
    if (found.kind != BindingKind::Imported) return {&module, binding};
    const sema::ModuleImport& import = module.model->imports[found.index];
    if (import.module == nullptr || found.target == sema::kNone) return {};
    return {modules_[module_of(import.module_index)].get(), found.target};
}

Declared ProgramCompiler::find_export(const ModuleState& module, sema::BindingId import_binding,
                                      std::string_view name) const {
    const sema::ModuleImport& import = module.model->imports[module.model->bindings[import_binding].index];
    if (import.module == nullptr) return {};
    const sema::BindingId found = import.module->find_export(name);
    if (found == sema::kNone) return {};
    return {modules_[module_of(import.module_index)].get(), found};
}

Declared ProgramCompiler::resolve_path(const ModuleState& module, const Path& path) const {
    const sema::BindingId first = module.model->binding_of(path);
    if (first == sema::kNone) return {};
    if (module.model->bindings[first].kind == BindingKind::Module) {
        if (path.names.size() != 2) return {};
        return find_export(module, first, path.names[1].text());
    }
    return path.names.size() == 1 ? follow(module, first) : Declared{};
}

bytecode::FunctionIndex ProgramCompiler::function_index(const Declared& declared) const {
    return declared.module->functions[declared.get().index];
}

bytecode::FunctionIndex ProgramCompiler::add_function(bytecode::Function function) {
    result_.program.functions.push_back(std::move(function));
    return static_cast<bytecode::FunctionIndex>(result_.program.functions.size() - 1);
}

bytecode::FunctionIndex ProgramCompiler::variant_function(bytecode::VariantConstant variant, std::string name,
                                                          std::vector<std::string> names) {
    for (const VariantFunction& each : variant_functions_) {
        if (each.variant.type == variant.type && each.variant.variant == variant.variant) return each.function;
    }
    bytecode::Function function;
    bytecode::FunctionBuilder builder(function);
    const auto count = static_cast<std::uint32_t>(names.size());
    function.name = std::move(name);
    function.is_hidden = true;
    function.parameter_count = function.required_count = static_cast<std::uint16_t>(count);
    for (std::string& each : names) function.parameters.push_back({std::move(each), false});
    builder.emit(Op::NewVariant, 0, count, builder.constant(variant));
    builder.emit(Op::Return, 0, 0, 0, bytecode::kTakeA);
    builder.finish(std::max(count, 1u));
    const bytecode::FunctionIndex made = add_function(std::move(function));
    variant_functions_.push_back({variant, made});
    return made;
}

void ProgramCompiler::collect_mutating_methods() {
    for (const auto& module : modules_) {
        for (const Symbol name : module->model->mutating_methods) mutating_methods_.emplace_back(module->model->text(name));
    }
    std::sort(mutating_methods_.begin(), mutating_methods_.end());
}

bool ProgramCompiler::may_mutate(std::string_view method) const {
    return is_mutating_method_name(method) ||
           std::binary_search(mutating_methods_.begin(), mutating_methods_.end(), method);
}

void ProgramCompiler::report_too_large(bytecode::ModuleIndex module, Span span, std::string what) {
    Diagnostic diagnostic;
    diagnostic.code = "too-large";
    diagnostic.span = {span.begin, span.begin};
    diagnostic.message = what + " is too large: it needs more than 65,000 variables, constants or accesses by name";
    diagnostic.help = "split it into functions";
    result_.diagnostics[module].push_back(std::move(diagnostic));
}

// --- entry points

CompileResult compile(const sema::ModuleGraph& graph) { return ProgramCompiler().compile(graph); }

CompileResult compile_prelude(std::shared_ptr<const SourceFile> source) {
    sema::ResolveOptions options;
    options.allows_internal = true;
    auto tree = parse_file(std::move(source));
    const std::vector<Diagnostic> syntax = tree->diagnostics;
    const auto model = sema::resolve(std::move(tree), std::move(options));
    if (!syntax.empty() || !model->diagnostics.empty() || !model->undefined.empty()) {
        CompileResult failed;
        failed.diagnostics.push_back(syntax);
        failed.diagnostics[0].insert(failed.diagnostics[0].end(), model->diagnostics.begin(), model->diagnostics.end());
        for (const sema::UndefinedName& name : model->undefined) {
            Diagnostic diagnostic;
            diagnostic.code = "undefined-variable";
            diagnostic.span = model->tree->tokens[name.token].span();
            diagnostic.message = "Undefined variable: " + std::string(model->text(name.name));
            failed.diagnostics[0].push_back(std::move(diagnostic));
        }
        return failed;
    }
    return ProgramCompiler().compile_prelude(*model);
}

}  // namespace ruff::compiler
