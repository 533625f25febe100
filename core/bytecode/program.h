#pragma once
// What the compiler produces and the VM loads: plain data without values, pointers or syntax, so that the VM never hears
// of a tree and a program can be shared by every isolate.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytecode/instruction.h"
#include "core/support/source_file.h"
#include "core/support/span.h"

namespace ruff::bytecode {

using FunctionIndex = std::uint32_t;
using ModuleIndex = std::uint32_t;
using GlobalIndex = std::uint32_t;
inline constexpr std::uint32_t kNoIndex = 0xffffffff;

/// A list of names: named arguments of a call, keys that a rest pattern leaves out.
struct NameList { std::vector<std::string> names; };
struct FunctionConstant { FunctionIndex function; };         ///< a function without captures
struct StructConstant { std::uint32_t type; };               ///< index in Program::structs
struct VariantConstant { std::uint32_t type, variant; };     ///< index in Program::enums; Ok Err Some None: see kBuiltinEnums
/// An error the compiler foresaw: `let` violations, undefined names, unknown fields.
struct RaiseConstant { std::string kind, message, hint; };
using Constant = std::variant<std::monostate, bool, std::int64_t, double, std::string, NameList, FunctionConstant,
                              StructConstant, VariantConstant, RaiseConstant>;

/// The first two entries of Program::enums are always these.
inline constexpr std::uint32_t kResultEnum = 0;   ///< variants Ok = 0, Err = 1
inline constexpr std::uint32_t kOptionEnum = 1;   ///< variants Some = 0, None = 1

/// One syntactic access by name: field, constant key, method call. Each has its own inline cache per isolate.
struct Site {
    std::string name;
    std::vector<std::string> argument_names;   ///< named arguments of InvokeSpread
};

enum class PlaceRoot : std::uint8_t { Register, CellRegister, UpvalueCell, Upvalue, Global };
enum class Mutability : std::uint8_t { Mutable, Let, Const, SelfReadOnly, Import, Function };

/// A path that can be assigned or changed in place: a root variable, then fields and indices.
struct PlaceStep {
    enum Kind : std::uint8_t { Field, Index } kind;
    std::uint16_t reg = 0;       ///< Index: register of the evaluated index
    std::uint16_t site = 0;      ///< Field: access site with the name
    bool is_optional = false;    ///< Field: `?.name`, reading a missing entry gives null
};
struct Place {
    PlaceRoot root;
    Mutability mutability = Mutability::Mutable;   ///< not Mutable: changing it raises the message of the kind
    std::uint32_t index = 0;                       ///< register, upvalue or global
    std::string name;                              ///< of the root variable, for messages; of the method for SelfReadOnly
    std::vector<PlaceStep> steps;
    std::uint16_t method = 0;                      ///< InvokePlace: access site of the method's name
};

struct Capture {
    enum Source : std::uint8_t { Register, Upvalue } source;
    bool by_value;          ///< the value itself (never assigned after the capture), not a cell
    std::uint16_t index;
    std::string name;
};

/// Where control goes when an instruction in [begin, end) raises. Innermost first. At the target no register above
/// `reg` is read before it is written: what they hold (variables of the block that was left, the state of its loops,
/// half-built argument windows) is released on the way.
struct Handler {
    enum Kind : std::uint8_t {
        Except,    ///< reg := the error; cancellation passes by
        Finally,   ///< reg := the error, cancellation too; ends in Rethrow
        Teardown,  ///< of a test, as Finally; entered with null in reg, too, when exit() or a deadlock stopped the test
        Cause,     ///< body of a finally: an error raised here gets the pending error in reg (if any) as its cause,
                   ///< and a pending cancellation is not replaced. Does not catch.
    } kind;
    std::uint16_t reg;
    std::uint32_t begin, end, target;
};

struct PositionEntry { std::uint32_t pc; Span span; };   ///< holds from pc to the next entry

struct Parameter {
    std::string name;        ///< empty for a pattern
    bool has_default = false;
};

struct Function {
    std::string name;                   ///< "deposit", "Account.deposit" is formed with `owner`; "<lambda>", "<main>"
    std::string owner;                  ///< struct name of a method
    ModuleIndex module = 0;
    Span span;                          ///< of the declaration
    std::uint16_t register_count = 0;
    std::uint16_t parameter_count = 0;  ///< without the rest parameter; `self` of a method counts, being register 0
    std::uint16_t required_count = 0;
    bool has_rest = false;              ///< register parameter_count receives an array
    bool is_async = false;
    bool is_generator = false;
    bool is_method = false;
    bool uses_environment = false;      ///< member of a struct that captures: its closure comes with register 0
    bool mutates_self = false;
    bool self_in_cell = false;          ///< a closure captures `self`: register 0 becomes a cell in the prologue
    bool is_hidden = false;             ///< prelude code: left out of stack traces
    bool is_main = false;               ///< top level of a file
    std::vector<Parameter> parameters;
    std::vector<Instruction> code;
    std::vector<Constant> constants;
    std::vector<Site> sites;
    std::vector<Place> places;
    std::vector<Capture> captures;
    std::vector<Handler> handlers;
    std::vector<PositionEntry> positions;
    std::vector<std::string> register_names;   ///< of named registers, for dumps; may be shorter than register_count

    /// What a sent copy must take along (isolates): globals it or a function it names can read, and functions it names.
    std::vector<GlobalIndex> globals_used;
    std::vector<FunctionIndex> functions_used;
};

struct StructField { std::string name; std::string type_text; bool has_default = false; };
struct StructType {
    std::string name;
    ModuleIndex module = 0;
    std::vector<StructField> fields;
    std::vector<FunctionIndex> methods;        ///< by Function::name
    bool has_environment = false;              ///< its values carry a closure: what methods and defaults capture
};
struct EnumVariant { std::string name; bool has_payload_list = false; std::uint16_t arity = 0; };
struct EnumType { std::string name; ModuleIndex module = 0; std::vector<EnumVariant> variants; };

struct Test {
    std::string name;
    enum Kind : std::uint8_t { Case, Group, Setup, Teardown } kind;
    FunctionIndex function = kNoIndex;
    std::vector<Test> children;                ///< of a group
    Span span;
};

struct Export { std::string name; enum Kind : std::uint8_t { Variable, Function, Struct, Enum } kind; std::uint32_t index; };
struct Module {
    std::string name;                          ///< as imported, "a.b"
    std::string path;
    FunctionIndex main = kNoIndex;             ///< kNoIndex: missing or broken, `failure` is raised where it is imported
    RaiseConstant failure;
    std::vector<Export> exports;
    std::vector<Test> tests;
    std::shared_ptr<const SourceFile> source;  ///< for excerpts
};

struct Program {
    std::vector<Function> functions;
    std::vector<StructType> structs;
    std::vector<EnumType> enums;
    std::vector<Module> modules;               ///< 0 is the file that was run
    std::vector<std::string> globals;          ///< names, for messages
    std::vector<bool> global_is_constant;      ///< file-level `const` plain data: shared between isolates
};

}  // namespace ruff::bytecode
