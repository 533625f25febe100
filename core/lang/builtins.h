#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/lang/capability.h"
#include "core/lang/value_kind.h"

// The builtins: one table (core/lang/builtins/*.def), from which the VM takes arity and argument checks, the checker and
// the editor names, types and docs, and the reference its pages. Everything here is static data: looking up costs no
// allocation and no start-up time.
namespace ruff {

/// One row of the table; dense, in table order. The enumerator is the name of the row's body.
enum class BuiltinId : std::uint16_t {
#define NATIVE(id, ...) id,
#define PRELUDE(id, ...) id,
#define CONSTANT(id, ...) id,
#define INTERNAL(id, ...) id,
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"
};

inline constexpr int kBuiltinCount = 0
#define NATIVE(...) +1
#define PRELUDE(...) +1
#define CONSTANT(...) +1
#define INTERNAL(...) +1
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"
    ;

enum class BuiltinFamily : std::uint8_t {
#define FAMILY(id, ...) id,
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"
};

struct BuiltinFamilyInfo {
    BuiltinFamily family;
    std::string_view id;     // `dict_set`: the stem of its files
    std::string_view title;  // `Dict and set`
    std::string_view doc;
};

/// How a row is reached: `f(x)`, `x.f()`, both, or as a name that is a value.
enum class BuiltinForm : std::uint8_t { Function, Method, MethodOnly, MutatingMethod, Constant, Internal };

/// What a row's body is written in.
enum class BuiltinBody : std::uint8_t { Native, Prelude, Constant };

/// Bits of `BuiltinRow::effects`.
namespace effects {
enum Effect : std::uint8_t {
    Pure = 0,
    Reads = 1,      // the result depends on more than the arguments
    Writes = 2,     // something outside the result changes
    Suspends = 4,   // the fiber may wait
    CallsBack = 8,  // runs a function it was given, whose effects come on top
};
}  // namespace effects

enum class DefaultKind : std::uint8_t { Required, Null, Bool, Int, Float, String };

struct BuiltinParameter {
    std::string_view name;
    std::string_view type;          // as written: `array<T>`, `string?`
    KindMask kinds = 0;             // what is accepted (of each argument, for a rest parameter)
    std::string_view default_text;  // the literal as written, a string without its quotes
    DefaultKind default_kind = DefaultKind::Required;
    bool is_rest = false;
    bool is_mutable = false;   // the receiver of a mutating method
    bool is_iterable = false;  // `iterable<T>`: whatever `for` can walk

    [[nodiscard]] constexpr bool is_required() const { return default_kind == DefaultKind::Required && !is_rest; }
    /// The default as a value; only for the matching `default_kind`.
    [[nodiscard]] bool default_bool() const { return default_text == "true"; }
    [[nodiscard]] std::int64_t default_int() const;
    [[nodiscard]] double default_float() const;
};

struct BuiltinRow {
    BuiltinId id;
    BuiltinFamily family;
    BuiltinForm form;
    BuiltinBody body;
    std::uint8_t effects;  // of effects::Effect
    Capability capability;
    bool has_rest;                    // the last parameter takes any number of arguments
    bool walks_arguments;             // a native row with an iterable parameter: generators are collected for it
    std::uint8_t required_count;      // parameters without a default
    std::uint8_t positional_count;    // parameters without the rest parameter
    std::int16_t next_with_name;      // the next row of this name, or -1
    std::string_view body_name;       // the identifier of the row
    std::string_view name;
    std::string_view signature;       // whole, as written
    std::span<const BuiltinParameter> parameters;
    std::string_view result_type;
    std::string_view constant_text;  // of a constant: `3.14`, `inf`, `nan`
    std::string_view doc;            // Markdown
    std::string_view example;        // a program with `# expect:` comments

    /// The name that messages use: of a row that only the prelude names, that of the builtin it is a part of.
    [[nodiscard]] std::string_view shown_name() const;
    [[nodiscard]] bool is_function() const { return form == BuiltinForm::Function || form == BuiltinForm::Method; }
    [[nodiscard]] bool is_method() const {
        return form == BuiltinForm::Method || form == BuiltinForm::MethodOnly || is_mutating();
    }
    [[nodiscard]] bool is_mutating() const { return form == BuiltinForm::MutatingMethod; }
    [[nodiscard]] bool has_effect(effects::Effect effect) const { return (effects & effect) != 0; }
    /// The value of a constant.
    [[nodiscard]] double constant_value() const;
    /// True if a first argument (or receiver) of `kind` is one this row is for.
    [[nodiscard]] bool accepts_first(ValueKind kind) const {
        return parameters.empty() || (parameters[0].kinds & kind_bit(kind)) != 0;
    }
};

struct BuiltinAlias {
    std::string_view name;
    std::string_view main;
};

/// A well-known name that Ruff leaves out, and what to write instead.
struct AbsentBuiltin {
    std::string_view name;
    std::string_view replacement;
};

[[nodiscard]] std::span<const BuiltinRow> all_builtins();
[[nodiscard]] std::span<const BuiltinFamilyInfo> all_builtin_families();
[[nodiscard]] std::span<const BuiltinAlias> all_builtin_aliases();
[[nodiscard]] const BuiltinRow& builtin_row(BuiltinId id);

/// The function or constant that the name means, or null. Aliases are followed. Where several rows share the name this
/// is the first; `select_builtin` picks by the first argument.
[[nodiscard]] const BuiltinRow* find_builtin(std::string_view name);

/// The row of `first`'s name for a first argument of `kind`; `first` itself when none fits, so that its argument check
/// reports the mistake (`expected_first_argument` has the kinds of all of them).
[[nodiscard]] const BuiltinRow& select_builtin(const BuiltinRow& first, ValueKind kind);

/// The same for a call without arguments.
[[nodiscard]] const BuiltinRow& select_builtin_without_arguments(const BuiltinRow& first);

/// True if `select_builtin` can give something other than `first`.
[[nodiscard]] bool is_overloaded(const BuiltinRow& first);

/// The method that `receiver.name(…)` means, or null; a mutating method hides the plain one. Aliases are followed.
[[nodiscard]] const BuiltinRow* find_builtin_method(ValueKind receiver, std::string_view name);

/// True if some kind, or a struct of the prelude, has a mutating method of this name: then a call by that name on a place may change it.
[[nodiscard]] bool is_mutating_method_name(std::string_view name);

/// Rows that only the prelude may name.
[[nodiscard]] const BuiltinRow* find_internal_builtin(std::string_view name);

/// The entry for an alias, or null for a main name.
[[nodiscard]] const BuiltinAlias* find_builtin_alias(std::string_view name);

/// The entry for a name that is left out on purpose, or null.
[[nodiscard]] const AbsentBuiltin* find_absent_builtin(std::string_view name);

/// A type text as words for ``parameter `p` expects …``: `array<T>?` is "array or null", `func(T) -> U` "function".
[[nodiscard]] std::string expected_kinds_text(std::string_view type);

/// The same for the first argument of an overloaded name: every row's type, "string, array or dict".
[[nodiscard]] std::string expected_first_argument(const BuiltinRow& first);

}  // namespace ruff
