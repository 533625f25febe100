#include "core/bytecode/verifier.h"

#include "core/bytecode/operands.h"
#include "core/lang/builtins.h"

namespace ruff::bytecode {
namespace {

class Verifier {
public:
    explicit Verifier(const Program& program) : program_(program) {}

    std::string run() {
        for (const Function& function : program_.functions) {
            function_ = &function;
            check_function();
            if (!flaw_.empty()) return flaw_;
        }
        function_ = nullptr;
        check_modules();
        check_types();
        return flaw_;
    }

private:
    void fail(std::string text) {
        if (!flaw_.empty()) return;
        if (function_ != nullptr) {
            flaw_ = function_->name + " at " + std::to_string(pc_) + ": ";
            if (pc_ < function_->code.size()) flaw_ += std::string(op_info(function_->code[pc_].op).name) + ": ";
        }
        flaw_ += text;
    }

    void expect(bool holds, const char* text) {
        if (!holds) fail(text);
    }

    void check_function() {
        pc_ = 0;
        expect(!function_->code.empty(), "no code");
        expect(function_->module < program_.modules.size(), "module out of range");
        const std::uint32_t parameters = function_->parameter_count + (function_->has_rest ? 1u : 0u);
        expect(parameters <= function_->register_count, "parameters outside the frame");
        expect(function_->parameters.size() == parameters, "parameter list and count differ");
        expect(function_->required_count <= function_->parameter_count, "more parameters required than there are");
        if (!flaw_.empty()) return;
        for (pc_ = 0; pc_ < function_->code.size() && flaw_.empty(); ++pc_) check_instruction(function_->code[pc_]);
        if (!flaw_.empty()) return;
        pc_ = static_cast<std::uint32_t>(function_->code.size() - 1);
        expect(ends_code(function_->code.back().op), "code runs off its end");
        check_handlers();
        check_positions();
        for (const GlobalIndex global : function_->globals_used) {
            expect(global < program_.globals.size(), "global list out of range");
        }
        for (const FunctionIndex used : function_->functions_used) {
            expect(used < program_.functions.size(), "function list out of range");
        }
    }

    static bool ends_code(Op op) {
        return op == Op::Return || op == Op::ReturnNull || op == Op::Jump || op == Op::Loop || op == Op::Throw ||
               op == Op::Rethrow || op == Op::Raise;
    }

    void check_instruction(const Instruction& instruction) {
        expect(static_cast<int>(instruction.op) < kOpCount, "unknown opcode");
        if (!flaw_.empty()) return;
        const OpInfo& info = op_info(instruction.op);
        check_operand(info.a, instruction.a, instruction);
        check_operand(info.b, instruction.b, instruction);
        check_operand(info.c, instruction.c, instruction);
        check_take(info.a, instruction.flags & kTakeA);
        check_take(info.b, instruction.flags & kTakeB);
        check_take(info.c, instruction.flags & kTakeC);
        check_company(instruction);
    }

    void check_take(Operand operand, int flag) {
        if (flag != 0) expect(operand == Operand::Copy || operand == Operand::Read, "take flag on another operand");
    }

    void check_register(std::uint32_t reg) { expect(reg < function_->register_count, "register outside the frame"); }

    void check_range(RegisterRange range) {
        expect(range.first + range.count <= function_->register_count, "window outside the frame");
    }

    void check_operand(Operand kind, std::uint16_t value, const Instruction& instruction) {
        const std::uint32_t wide = instruction.wide();
        switch (kind) {
            case Operand::None:
            case Operand::Int:
            case Operand::Count:
            case Operand::WideInt: break;
            case Operand::Write:
            case Operand::Read:
            case Operand::ReadWrite:
            case Operand::Take:
            case Operand::Copy: check_register(value); break;
            case Operand::Window:
                check_range(window_shape(instruction).consumed);
                check_range(window_shape(instruction).written);
                break;
            case Operand::Const: check_constant(value, instruction.op); break;
            case Operand::WideConst: check_constant(wide, instruction.op); break;
            case Operand::Site: expect(value < function_->sites.size(), "site out of range"); break;
            case Operand::Place: check_place(value); break;
            case Operand::Upvalue: expect(value < function_->captures.size(), "upvalue out of range"); break;
            case Operand::Builtin: expect(value < kBuiltinCount, "unknown builtin"); break;
            case Operand::Jump: check_target(static_cast<std::int64_t>(pc_) + 1 + instruction.signed_c()); break;
            case Operand::WideJump: check_target(static_cast<std::int64_t>(pc_) + 1 + instruction.wide_signed()); break;
            case Operand::WideGlobal: expect(wide < program_.globals.size(), "global out of range"); break;
            case Operand::WideFunction: check_closure(wide); break;
            case Operand::WideModule: expect(wide < program_.modules.size(), "module out of range"); break;
        }
    }

    void check_target(std::int64_t target) {
        expect(target >= 0 && target < static_cast<std::int64_t>(function_->code.size()), "jump out of the code");
    }

    void check_constant(std::uint32_t index, Op op) {
        if (index >= function_->constants.size()) return fail("constant out of range");
        const Constant& constant = function_->constants[index];
        const auto is = [&]<class T>(std::type_identity<T>) { return std::holds_alternative<T>(constant); };
        switch (op) {
            case Op::CallFunction: return check_known_call(constant);
            case Op::CallSpread:
            case Op::RestOfDict: return expect(is(std::type_identity<NameList>{}), "constant is no name list");
            case Op::NewStruct:
            case Op::NewStructSpread:
            case Op::TestStruct: return check_struct(constant);
            case Op::NewVariant:
            case Op::TestVariant: return check_variant(constant);
            case Op::Raise: return expect(is(std::type_identity<RaiseConstant>{}), "constant is no error");
            case Op::CheckSet:
            case Op::RequireSet: return expect(is(std::type_identity<std::string>{}), "constant is no name");
            case Op::TestNumberRange:
                return expect(index + 1 < function_->constants.size(), "range constants out of range");
            default: break;
        }
        if (const auto* function = std::get_if<FunctionConstant>(&constant)) {
            expect(function->function < program_.functions.size(), "function constant out of range");
        }
    }

    void check_known_call(const Constant& constant) {
        const auto* known = std::get_if<FunctionConstant>(&constant);
        if (known == nullptr || known->function >= program_.functions.size()) return fail("constant is no function");
        const Function& callee = program_.functions[known->function];
        expect(callee.captures.empty() || callee.uses_environment, "callee has captures");
        expect(!callee.has_rest && callee.parameter_count == function_->code[pc_].b,
               "arguments do not stand as the callee takes them");
    }

    void check_struct(const Constant& constant) {
        const auto* type = std::get_if<StructConstant>(&constant);
        if (type == nullptr || type->type >= program_.structs.size()) return fail("constant is no struct type");
        if (function_->code[pc_].op == Op::NewStruct) {
            const StructType& made = program_.structs[type->type];
            expect(made.fields.size() + made.has_environment == function_->code[pc_].b, "number of fields");
        }
    }

    void check_variant(const Constant& constant) {
        const auto* variant = std::get_if<VariantConstant>(&constant);
        expect(variant != nullptr && variant->type < program_.enums.size() &&
                   variant->variant < program_.enums[variant->type].variants.size(),
               "constant is no variant");
    }

    void check_place(std::uint32_t index) {
        if (index >= function_->places.size()) return fail("place out of range");
        const Place& place = function_->places[index];
        switch (place.root) {
            case PlaceRoot::Register:
            case PlaceRoot::CellRegister: check_register(place.index); break;
            case PlaceRoot::UpvalueCell:
            case PlaceRoot::Upvalue: expect(place.index < function_->captures.size(), "upvalue out of range"); break;
            case PlaceRoot::Global: expect(place.index < program_.globals.size(), "global out of range"); break;
        }
        for (const PlaceStep& step : place.steps) {
            if (step.kind == PlaceStep::Index) {
                check_register(step.reg);
            } else {
                expect(step.site < function_->sites.size(), "site out of range");
            }
        }
        const Op op = function_->code[pc_].op;
        if (op == Op::InvokePlace || op == Op::InvokePlaceSpread || op == Op::WriteBack) {
            expect(place.method < function_->sites.size(), "method site out of range");
        }
    }

    void check_closure(std::uint32_t index) {
        if (index >= program_.functions.size()) return fail("function out of range");
        for (const Capture& capture : program_.functions[index].captures) {
            if (capture.source == Capture::Register) {
                check_register(capture.index);
            } else {
                expect(capture.index < function_->captures.size(), "captured upvalue out of range");
            }
        }
    }

    // Instructions that the VM executes as a group.
    void check_company(const Instruction& instruction) {
        const auto op_at = [&](std::uint32_t pc) {
            return pc < function_->code.size() ? function_->code[pc].op : Op::ReturnNull;
        };
        if (instruction.op == Op::InvokePlace || instruction.op == Op::InvokePlaceSpread) {
            expect(instruction.a > 0, "no keeper register");
            expect(op_at(pc_ + 1) == Op::WriteBack && function_->code[pc_ + 1].a == instruction.a &&
                       function_->code[pc_ + 1].c == instruction.c,
                   "no WriteBack behind it");
        }
        if (instruction.op == Op::UpdatePlace) {
            expect(op_at(pc_ + 2) == Op::SetPlace && function_->code[pc_ + 2].b == instruction.b,
                   "no SetPlace two instructions behind it");
        }
        if (instruction.op == Op::InvokePlace || instruction.op == Op::Invoke) {
            expect(instruction.b >= 1, "a call without a receiver");
        }
    }

    void check_handlers() {
        for (const Handler& handler : function_->handlers) {
            pc_ = handler.begin;
            expect(handler.begin < handler.end && handler.end <= function_->code.size(), "handler range");
            expect(handler.kind == Handler::Cause || handler.target < function_->code.size(), "handler target");
            check_register(handler.reg);
        }
        // Innermost first: a later range holds an earlier one, or lies apart from it.
        for (std::size_t i = 1; i < function_->handlers.size(); ++i) {
            for (std::size_t k = i > 16 ? i - 16 : 0; k < i; ++k) {
                const Handler& inner = function_->handlers[k];
                const Handler& outer = function_->handlers[i];
                pc_ = outer.begin;
                const bool is_apart = inner.end <= outer.begin || outer.end <= inner.begin;
                expect(is_apart || (outer.begin <= inner.begin && inner.end <= outer.end), "handlers overlap");
            }
        }
    }

    void check_positions() {
        for (std::size_t i = 0; i < function_->positions.size(); ++i) {
            pc_ = function_->positions[i].pc;
            expect(pc_ < function_->code.size(), "position out of the code");
            if (i > 0) expect(function_->positions[i - 1].pc < pc_, "positions out of order");
        }
    }

    void check_modules() {
        for (const Module& module : program_.modules) {
            expect(module.main == kNoIndex || module.main < program_.functions.size(), "main function out of range");
            for (const Export& exported : module.exports) {
                const std::size_t count = exported.kind == Export::Variable   ? program_.globals.size()
                                          : exported.kind == Export::Function ? program_.functions.size()
                                          : exported.kind == Export::Struct   ? program_.structs.size()
                                                                              : program_.enums.size();
                expect(exported.index < count, "export out of range");
            }
        }
    }

    void check_types() {
        for (const StructType& type : program_.structs) {
            for (const FunctionIndex method : type.methods) {
                expect(method < program_.functions.size(), "method out of range");
                if (method < program_.functions.size()) {
                    expect(program_.functions[method].is_method, "method is no method");
                }
            }
        }
    }

    const Program& program_;
    const Function* function_ = nullptr;
    std::uint32_t pc_ = 0;
    std::string flaw_;
};

}  // namespace

std::string verify(const Program& program) { return Verifier(program).run(); }

}  // namespace ruff::bytecode
