#pragma once
// A compiled program as the VM runs it: bytecode::Program with its constants made into immortal values. Immutable once
// loaded and shared by every isolate; what changes while running (inline caches, globals) lives in the isolate.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/bytecode/program.h"
#include "core/vm/object.h"

namespace ruff::vm {

struct FunctionObject;

/// A place as the fast paths see it.
struct LoadedPlace {
    std::int32_t local;      ///< the register, when the place is a mutable variable in a register and nothing more; else -1
    std::int32_t field_of;   ///< the register, when the place is one field of a mutable variable in a register; else -1
    std::uint16_t field;     ///< access site of that field
    std::uint16_t method;    ///< access site of the method's name
};

/// One loaded function.
struct Code {
    const bytecode::Function* source = nullptr;   ///< names, handlers, positions, captures
    const bytecode::Instruction* instructions = nullptr;
    Value* constants = nullptr;                    ///< immortal; name lists are arrays of strings, RaiseConstants stay in source
    StringObject** site_names = nullptr;           ///< interned, by site
    LoadedPlace* places = nullptr;
    StringObject* name = nullptr;
    FunctionObject* constant = nullptr;            ///< the immortal function value, for functions without captures
    std::uint32_t index = 0;                       ///< in Image::codes
    std::uint32_t cache_base = 0;                  ///< first of its sites' inline caches in the isolate's table
    std::uint16_t register_count = 0;
    std::uint16_t parameter_count = 0;
    std::uint16_t required_count = 0;
    bool has_rest = false;
    bool is_async = false;
    bool is_generator = false;
    bool mutates_self = false;
    bool is_plain = false;                         ///< neither rest parameter nor async nor generator: a call enters it directly
    std::uint32_t program = 0;                     ///< index in Image::programs: the user's, or a prelude family
};

/// A struct type. Identity is the address.
struct StructInfo {
    StringObject* name = nullptr;
    std::vector<StringObject*> field_names;        ///< interned, declared order
    struct Method { StringObject* name; Code* code; };
    std::vector<Method> methods;
    /// Values have one slot more than fields: the closure that methods and defaults run in. It is no part of the value to
    /// display, equality, order and hash.
    bool has_environment = false;
    // Well-known methods, null when the struct has none.
    Code* to_string = nullptr;
    Code* op_eq = nullptr;
    Code* op_lt = nullptr;
    Code* iter = nullptr;

    [[nodiscard]] int field_index(const StringObject* interned_name) const;   ///< -1: no such field
    [[nodiscard]] Code* find_method(const StringObject* interned_name) const; ///< null: no such method
};

struct EnumInfo;
struct VariantInfo {
    StringObject* name = nullptr;
    const EnumInfo* type = nullptr;
    bool has_payload_list = false;
    std::uint16_t arity = 0;
    std::uint16_t index = 0;
    VariantObject* bare = nullptr;                 ///< the immortal value without payload
};
struct EnumInfo {
    StringObject* name = nullptr;                  ///< "Status", "Result", "Option"
    ValueKind kind = ValueKind::Enum;              ///< Enum, Result or Option
    std::vector<VariantInfo> variants;
};

/// Immortal infos of the two built-in enums: Ok Err, Some None.
[[nodiscard]] const EnumInfo& result_enum();
[[nodiscard]] const EnumInfo& option_enum();
[[nodiscard]] Value make_ok(Value value);
[[nodiscard]] Value make_err(Value error);
[[nodiscard]] Value make_some(Value value);
[[nodiscard]] Value make_none();
/// `count` payload values are moved from `payload`.
[[nodiscard]] Value make_variant(const VariantInfo& variant, Value* payload, std::uint32_t count);

[[nodiscard]] inline std::size_t slot_count(const StructInfo& info) { return info.field_names.size() + info.has_environment; }
/// The field values in declared order, and the environment of a type that has one, are moved from `fields`.
[[nodiscard]] Value make_struct(const StructInfo& info, Value* fields);
/// The struct in `slot`, unshared (one level copied when shared). Null: out of memory.
[[nodiscard]] StructObject* unshare_struct(Value& slot);

/// A struct type declared by the VM itself (ProcessResult …), made once and immortal.
[[nodiscard]] const StructInfo& declare_struct(std::string_view name, std::initializer_list<std::string_view> fields);

}  // namespace ruff::vm
