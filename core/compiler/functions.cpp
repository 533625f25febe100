#include <algorithm>

#include "core/compiler/function_compiler.h"

namespace ruff::compiler {

using namespace ruff::syntax;

namespace {

List<Node> params_of(const Node& node) {
    switch (node.kind) {
        case NodeKind::FuncDecl: return node.to<FuncDecl>().params;
        case NodeKind::FuncExpr: return node.to<FuncExpr>().params;
        case NodeKind::LambdaExpr: return node.to<LambdaExpr>().params;
        default: return {};
    }
}

std::string function_name(const Node& node) {
    switch (node.kind) {
        case NodeKind::FuncDecl: return std::string(node.to<FuncDecl>().name.text());
        case NodeKind::Spawn: return "<spawn>";
        case NodeKind::StructField: return "<default of " + std::string(node.to<StructField>().name.text()) + ">";
        case NodeKind::StructDecl: return "<environment of " + std::string(node.to<StructDecl>().name.text()) + ">";
        default: return "<lambda>";
    }
}

}  // namespace

void FunctionCompiler::compile_main(const File& file) {
    begin("<main>");
    function_.is_main = true;
    is_file_level_ = true;
    function_.span = {0, static_cast<std::uint32_t>(tree().text().size())};
    open_block(0);
    statements(file.statements);
    finish();
    program_.program().functions[module_.functions[0]] = std::move(function_);
}

void FunctionCompiler::compile_callable(const Node& node) {
    begin(function_name(node));
    function_.span = tree().span(node);
    at(node);
    function_.is_async = info().is_async;
    function_.is_generator = info().is_generator;
    if (info().kind == sema::FunctionKind::Method) {
        function_.is_method = true;
        function_.mutates_self = info().is_mutating;
        function_.owner = std::string(model().structs[info().struct_index].declaration->name.text());
        function_.self_in_cell = binding(info().self).storage == sema::Storage::Cell;
    }
    const bool is_member = info().kind == sema::FunctionKind::Method || info().kind == sema::FunctionKind::Default;
    function_.uses_environment = is_member && info().needs_closure;
    fill_captures(id_, function_);
    declare_parameters(params_of(node));
    if (function_.uses_environment) emit(Op::UseEnvironment, 0);
    parameter_prologue(params_of(node));
    switch (node.kind) {
        case NodeKind::FuncDecl: compile_body(*node.to<FuncDecl>().body, false); break;
        case NodeKind::FuncExpr: compile_body(*node.to<FuncExpr>().body, false); break;
        case NodeKind::LambdaExpr: compile_body(*node.to<LambdaExpr>().body, true); break;
        case NodeKind::Spawn: compile_body(*node.to<Spawn>().body, true); break;
        case NodeKind::StructDecl: struct_members(node.to<StructDecl>()); break;
        default: compile_body(*node.to<StructField>().default_value, true); break;
    }
    finish();
    program_.program().functions[module_.functions[id_]] = std::move(function_);
}

bytecode::FunctionIndex FunctionCompiler::compile_test(const Test& test, std::span<const Test* const> setups,
                                                       std::span<const Test* const> teardowns) {
    begin(test.name == nullptr ? "test" : "test \"" + std::string(test.name->value()) + "\"");
    is_file_level_ = true;
    function_.span = tree().span(test);
    at(test);
    for (const Test* setup : setups) {
        open_block(model().scope_of(*setup->body));
        statements(setup->body->statements);
    }
    test_and_teardowns(test, teardowns);
    finish();
    return program_.add_function(std::move(function_));
}

// The first registers are the parameters in order; those that are patterns stay nameless and are taken apart later.
void FunctionCompiler::declare_parameters(List<Node> params) {
    if (info().kind == sema::FunctionKind::Method) {
        const Reg self = allocate();
        declare_register(info().self, self);
        function_.parameters.push_back({"self", false});
        function_.parameter_count = function_.required_count = 1;
    } else if (function_.uses_environment) {
        allocate();
        function_.parameters.push_back({"", false});
        function_.parameter_count = function_.required_count = 1;
    }
    for (const Node* node : params) {
        if (node->is<SelfParam>()) continue;
        const Reg reg = allocate();
        set_variable(reg, true);
        if (const auto* rest = node->as<RestParam>()) {
            function_.has_rest = true;
            function_.parameters.push_back({std::string(rest->name.text()), false});
            if (const sema::BindingId id = model().binding_of(*rest); id != sema::kNone) declare_register(id, reg);
            continue;
        }
        const auto* param = node->as<Param>();
        if (param == nullptr) continue;
        const auto* name = param->pattern->as<NamePattern>();
        function_.parameters.push_back({name == nullptr ? std::string() : std::string(name->name.text()),
                                        param->default_value != nullptr});
        ++function_.parameter_count;
        if (param->default_value == nullptr) function_.required_count = function_.parameter_count;
        if (name != nullptr) {
            if (const sema::BindingId id = model().binding_of(*name); id != sema::kNone) declare_register(id, reg);
        }
    }
}

// Missing arguments arrive as unset. In order, because a default may use the parameters before it.
void FunctionCompiler::parameter_prologue(List<Node> params) {
    Reg reg = 0;
    if (info().kind == sema::FunctionKind::Method) {
        if (function_.self_in_cell) emit(Op::NewCell, 0);
        reg = 1;
    }
    for (const Node* node : params) {
        if (node->is<SelfParam>()) continue;
        const Reg here = reg++;
        const auto* param = node->as<Param>();
        if (param != nullptr && param->default_value != nullptr) {
            const Label is_set = builder_.new_label();
            builder_.emit_jump(Op::JumpIfSet, is_set, here);
            const Mark before = mark();
            compile_into(*param->default_value, here);
            release(before);
            builder_.bind(is_set);
        }
        const Node* declared = param != nullptr ? param->pattern : node;
        if (param != nullptr && !declared->is<NamePattern>() && !declared->is<WildcardPattern>()) {
            reserve_pattern(*declared);
            at(*declared);
            destructure(*declared, {here, false}, Binds::Declare);
            continue;
        }
        const sema::BindingId id = model().binding_of(*declared);
        if (id != sema::kNone && binding(id).storage == sema::Storage::Cell) emit(Op::NewCell, here);
    }
}

void FunctionCompiler::compile_body(const Node& body, bool gives_value) {
    const auto* block_body = body.as<Block>();
    if (!gives_value) {
        if (block_body == nullptr) return;
        open_block(model().scope_of(*block_body));
        return statements(block_body->statements);
    }
    if (block_body == nullptr) {
        const Operand value = operand(body);
        if (!is_dead()) emit(Op::Return, value.reg, 0, 0, take(value));
        return;
    }
    const Reg value = allocate();
    block_value(*block_body, value);
    if (!is_dead()) emit(Op::Return, value, 0, 0, bytecode::kTakeA);
}

bytecode::FunctionIndex FunctionCompiler::compile_nested(const Node& node) {
    const auto* type = node.as<StructDecl>();
    const sema::FunctionId id =
        type == nullptr ? model().function_of(node) : model().structs[model().struct_of(*type)].environment;
    const bytecode::FunctionIndex index = module_.functions[id];
    FunctionCompiler nested(program_, module_, id, this);
    nested.compile_callable(node);
    note_function(index);
    return index;
}

void FunctionCompiler::closure_into(const Node& node, Reg target) {
    const bytecode::FunctionIndex index = compile_nested(node);
    at(node);
    // A named function without captures is one value; an expression makes a new one each time.
    const bool is_constant = node.is<FuncDecl>() && !model().functions[model().function_of(node)].needs_closure;
    if (is_constant) return load_function(target, index);
    builder_.emit_wide(Op::Closure, target, index);
}

// Captured variables are where the parent keeps them: in a register (the value, or the cell that holds it) or among the
// parent's own captures.
void FunctionCompiler::fill_captures(sema::FunctionId id, bytecode::Function& function) {
    if (parent_ == nullptr) return;
    for (const sema::BindingId captured : model().functions[id].captures) {
        const Location location = parent_->locate(captured);
        bytecode::Capture capture{};
        capture.name = name_of(captured);
        capture.by_value = binding(captured).storage != sema::Storage::Cell;
        capture.source = bytecode::Capture::Register;
        switch (location.kind) {
            case Location::Upvalue:
            case Location::UpvalueCell: capture.source = bytecode::Capture::Upvalue; [[fallthrough]];
            case Location::Register:
            case Location::Cell: capture.index = static_cast<std::uint16_t>(location.index); break;
            case Location::OwnFunction:
            case Location::Global:
            case Location::Function:
            case Location::None: break;
        }
        function.captures.push_back(std::move(capture));
    }
}

}  // namespace ruff::compiler
