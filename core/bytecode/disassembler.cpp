#include "core/bytecode/disassembler.h"

#include <charconv>
#include <cstdio>

#include "core/bytecode/operands.h"
#include "core/lang/builtins.h"

namespace ruff::bytecode {
namespace {

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char byte : text) {
        if (byte == '\n') {
            out += "\\n";
        } else if (byte == '"' || byte == '\\') {
            out += '\\';
            out += byte;
        } else if (static_cast<unsigned char>(byte) < 0x20) {
            char buffer[8];
            std::snprintf(buffer, sizeof buffer, "\\x%02x", static_cast<unsigned char>(byte));
            out += buffer;
        } else {
            out += byte;
        }
    }
    return out + '"';
}

std::string number_text(double value) {
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    std::string text(buffer, end);
    if (text.find_first_of(".en") == std::string::npos) text += ".0";
    return text;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        if (!text.empty()) text += ", ";
        text += name;
    }
    return text;
}

const char* operator_text(std::uint8_t flags) {
    switch (static_cast<BinaryOperator>(flags >> 4)) {
        case BinaryOperator::Add: return "+=";
        case BinaryOperator::Sub: return "-=";
        case BinaryOperator::Mul: return "*=";
        case BinaryOperator::Div: return "/=";
        case BinaryOperator::Mod: return "%=";
    }
    return "?=";
}

const char* mutability_text(Mutability mutability) {
    switch (mutability) {
        case Mutability::Mutable: return "";
        case Mutability::Let: return " (let)";
        case Mutability::Const: return " (const)";
        case Mutability::SelfReadOnly: return " (self, read only)";
        case Mutability::Import: return " (import)";
        case Mutability::Function: return " (function)";
    }
    return "";
}

class Disassembler {
public:
    explicit Disassembler(const Program& program) : program_(program) {}

    std::string program() {
        for (std::size_t i = 0; i < program_.modules.size(); ++i) module(i);
        for (std::size_t i = 2; i < program_.enums.size(); ++i) enum_type(program_.enums[i]);
        for (const StructType& type : program_.structs) struct_type(type);
        if (!program_.globals.empty()) {
            text_ += "globals";
            for (std::size_t i = 0; i < program_.globals.size(); ++i) {
                text_ += " g" + std::to_string(i) + "=" + program_.globals[i];
                if (i < program_.global_is_constant.size() && program_.global_is_constant[i]) text_ += " (const)";
            }
            text_ += '\n';
        }
        for (const Function& function : program_.functions) {
            if (!text_.empty()) text_ += '\n';
            this->function(function);
        }
        return std::move(text_);
    }

    std::string one(const Function& function) {
        this->function(function);
        return std::move(text_);
    }

private:
    void module(std::size_t index) {
        const Module& module = program_.modules[index];
        if (index == 0 && module.exports.empty() && module.tests.empty()) return;
        text_ += "module " + std::to_string(index) + " " + module.name;
        if (module.main == kNoIndex) text_ += " fails: " + module.failure.message;
        for (const Export& exported : module.exports) {
            text_ += " " + exported.name + "=";
            switch (exported.kind) {
                case Export::Variable: text_ += "g"; break;
                case Export::Function: text_ += "#"; break;
                case Export::Struct: text_ += "struct "; break;
                case Export::Enum: text_ += "enum "; break;
            }
            text_ += std::to_string(exported.index);
        }
        text_ += '\n';
        for (const Test& test : module.tests) this->test(test, 1);
    }

    void test(const Test& test, std::size_t depth) {
        static constexpr const char* kKinds[] = {"test", "test_group", "test_setup", "test_teardown"};
        text_ += std::string(depth * 2, ' ') + kKinds[test.kind];
        if (test.kind == Test::Case || test.kind == Test::Group) text_ += " " + quoted(test.name);
        if (test.function != kNoIndex) text_ += " function " + std::to_string(test.function);
        text_ += '\n';
        for (const Test& child : test.children) this->test(child, depth + 1);
    }

    void enum_type(const EnumType& type) {
        text_ += "enum " + type.name + " {";
        for (std::size_t i = 0; i < type.variants.size(); ++i) {
            text_ += (i == 0 ? " " : ", ") + type.variants[i].name;
            if (type.variants[i].has_payload_list) text_ += "(" + std::to_string(type.variants[i].arity) + ")";
        }
        text_ += " }\n";
    }

    void struct_type(const StructType& type) {
        text_ += "struct " + type.name + " {";
        for (std::size_t i = 0; i < type.fields.size(); ++i) {
            text_ += (i == 0 ? " " : ", ") + type.fields[i].name;
            if (type.fields[i].has_default) text_ += " = …";
        }
        text_ += " }\n";
    }

    static std::string heading(const Function& function) {
        std::string text = function.is_async ? "async func" : "func";
        if (function.is_generator) text += '*';
        text += ' ';
        if (!function.owner.empty()) text += function.owner + ".";
        text += function.name + "(";
        for (std::size_t i = 0; i < function.parameters.size(); ++i) {
            if (i > 0) text += ", ";
            if (function.has_rest && i + 1 == function.parameters.size()) text += "...";
            text += function.parameters[i].name.empty() ? "_" : function.parameters[i].name;
            if (function.parameters[i].has_default) text += " = …";
        }
        text += ")";
        if (function.mutates_self) text += " mutating";
        if (function.self_in_cell) text += " self-in-cell";
        return text + "  " + std::to_string(function.register_count) + " registers";
    }

    void function(const Function& function) {
        text_ += heading(function) + "\n";
        for (std::size_t i = 0; i < function.captures.size(); ++i) {
            const Capture& capture = function.captures[i];
            text_ += "   u" + std::to_string(i) + " = " + (capture.source == Capture::Register ? "r" : "u") +
                     std::to_string(capture.index) + (capture.by_value ? "" : " cell") + " " + capture.name + "\n";
        }
        for (std::uint32_t pc = 0; pc < function.code.size(); ++pc) instruction(function, pc);
        for (const Handler& handler : function.handlers) {
            static constexpr const char* kKinds[] = {"except", "finally", "teardown", "cause"};
            text_ += "   " + std::string(kKinds[handler.kind]) + " r" + std::to_string(handler.reg) + "  " +
                     std::to_string(handler.begin) + " .. " + std::to_string(handler.end);
            if (handler.kind != Handler::Cause) text_ += " -> " + std::to_string(handler.target);
            text_ += '\n';
        }
    }

    void instruction(const Function& function, std::uint32_t pc) {
        const Instruction& instruction = function.code[pc];
        const OpInfo& info = op_info(instruction.op);
        char start[64];
        std::snprintf(start, sizeof start, "%4u  %-18s", pc, info.name);
        std::string line = start;
        operand(line, function, pc, info.a, 0, instruction.a);
        operand(line, function, pc, info.b, 1, instruction.b);
        operand(line, function, pc, info.c, 2, instruction.c);
        line += flags(instruction);
        while (line.back() == ' ') line.pop_back();
        text_ += line + '\n';
    }

    static std::string flags(const Instruction& instruction) {
        std::string text;
        if (instruction.op == Op::UpdatePlace) return std::string(" ") + operator_text(instruction.flags);
        const bool is_place_call = instruction.op == Op::InvokePlace || instruction.op == Op::InvokePlaceSpread;
        if ((instruction.flags & kNegate) != 0) text += is_place_call ? " discard" : " not";
        if ((instruction.flags & kInclusive) != 0) text += " inclusive";
        if ((instruction.flags & kAtLeast) != 0) {
            const bool is_equality = instruction.op == Op::JumpEqual || instruction.op == Op::JumpEqualI ||
                                     instruction.op == Op::JumpEqualK;
            text += is_equality ? " (!=)" : " at-least";
        }
        if ((instruction.flags & kAwaitCall) != 0) text += " await";
        if ((instruction.flags & kCheckArity) != 0) text += " check-arity";
        return text;
    }

    void operand(std::string& line, const Function& function, std::uint32_t pc, Operand kind, int position,
                 std::uint16_t value) {
        if (kind == Operand::None) return;
        const Instruction& instruction = function.code[pc];
        line += ' ';
        const bool is_taken = (instruction.flags & (1 << position)) != 0;
        switch (kind) {
            case Operand::None: break;
            case Operand::Copy:
            case Operand::Take:
            case Operand::Read:
                if (is_taken || kind == Operand::Take) line += kind == Operand::Read ? "last " : "take ";
                [[fallthrough]];
            case Operand::Write:
            case Operand::ReadWrite: line += "r" + std::to_string(value); break;
            case Operand::Window: line += "r" + std::to_string(value); break;
            case Operand::Int: line += std::to_string(static_cast<std::int16_t>(value)); break;
            case Operand::Count: line += std::to_string(value); break;
            case Operand::Const: line += constant(function, value); break;
            case Operand::Site: line += site(function, value); break;
            case Operand::Place: line += place(function, value); break;
            case Operand::Upvalue: line += "u" + std::to_string(value); break;
            case Operand::Builtin: line += builtin_row(static_cast<BuiltinId>(value)).name; break;
            case Operand::Jump:
                line += "-> " + std::to_string(pc + 1 + static_cast<std::int32_t>(instruction.signed_c()));
                break;
            case Operand::WideInt: line += std::to_string(instruction.wide_signed()); break;
            case Operand::WideConst: line += constant(function, instruction.wide()); break;
            case Operand::WideGlobal:
                line += "g" + std::to_string(instruction.wide());
                if (instruction.wide() < program_.globals.size()) line += " " + program_.globals[instruction.wide()];
                break;
            case Operand::WideFunction:
                line += "#" + std::to_string(instruction.wide());
                if (instruction.wide() < program_.functions.size()) {
                    line += " " + program_.functions[instruction.wide()].name;
                }
                break;
            case Operand::WideJump:
                line += "-> " + std::to_string(static_cast<std::int64_t>(pc) + 1 + instruction.wide_signed());
                break;
            case Operand::WideModule:
                line += instruction.wide() < program_.modules.size() ? program_.modules[instruction.wide()].name : "?";
                break;
        }
    }

    std::string constant(const Function& function, std::uint32_t index) const {
        if (index >= function.constants.size()) return "k" + std::to_string(index) + "?";
        const Constant& constant = function.constants[index];
        if (const auto* value = std::get_if<bool>(&constant)) return *value ? "true" : "false";
        if (const auto* value = std::get_if<std::int64_t>(&constant)) return std::to_string(*value);
        if (const auto* value = std::get_if<double>(&constant)) return number_text(*value);
        if (const auto* value = std::get_if<std::string>(&constant)) return quoted(*value);
        if (const auto* value = std::get_if<NameList>(&constant)) return "(" + joined(value->names) + ")";
        if (const auto* value = std::get_if<FunctionConstant>(&constant)) {
            const std::uint32_t target = value->function;
            return "#" + std::to_string(target) +
                   (target < program_.functions.size() ? " " + program_.functions[target].name : "");
        }
        if (const auto* value = std::get_if<StructConstant>(&constant)) {
            return value->type < program_.structs.size() ? program_.structs[value->type].name : "struct?";
        }
        if (const auto* value = std::get_if<VariantConstant>(&constant)) {
            if (value->type >= program_.enums.size()) return "enum?";
            const EnumType& type = program_.enums[value->type];
            return type.name + "::" + (value->variant < type.variants.size() ? type.variants[value->variant].name : "?");
        }
        if (const auto* value = std::get_if<RaiseConstant>(&constant)) {
            return value->kind + ": " + value->message + (value->hint.empty() ? "" : " (" + value->hint + ")");
        }
        return "null";
    }

    static std::string site(const Function& function, std::uint32_t index) {
        if (index >= function.sites.size()) return "site?";
        const Site& site = function.sites[index];
        return "." + site.name + (site.argument_names.empty() ? "" : "(" + joined(site.argument_names) + ")");
    }

    static std::string place(const Function& function, std::uint32_t index) {
        if (index >= function.places.size()) return "place?";
        const Place& place = function.places[index];
        std::string text;
        switch (place.root) {
            case PlaceRoot::Register: text = "r"; break;
            case PlaceRoot::CellRegister: text = "cell r"; break;
            case PlaceRoot::UpvalueCell: text = "cell u"; break;
            case PlaceRoot::Upvalue: text = "u"; break;
            case PlaceRoot::Global: text = "g"; break;
        }
        text += std::to_string(place.index);
        for (const PlaceStep& step : place.steps) {
            text += step.kind == PlaceStep::Index ? "[r" + std::to_string(step.reg) + "]" : site(function, step.site);
        }
        return text + " " + place.name + mutability_text(place.mutability);
    }

    const Program& program_;
    std::string text_;
};

}  // namespace

std::string disassemble(const Program& program) { return Disassembler(program).program(); }

std::string disassemble(const Program& program, const Function& function) {
    return Disassembler(program).one(function);
}

}  // namespace ruff::bytecode
