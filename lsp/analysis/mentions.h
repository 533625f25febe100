#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lsp/analysis/analysis.h"

namespace ruff::lsp {

enum class EntityKind : std::uint8_t {
    None,
    Variable,   ///< also loop, pattern and `except` variables
    Parameter,
    Self,
    Function,
    Struct,
    Enum,
    Field,
    Method,
    Variant,
    Module,     ///< the name an `import` binds, and the module itself
    Builtin,    ///< a function, constant or method of the language
    Constructor,///< `Ok`, `Err`, `Some`, `None`
};

/// What a name means. Two mentions mean the same when `is_same` says so, whichever analysis they come from.
struct Entity {
    EntityKind kind = EntityKind::None;
    /// The file that declares it, held by the analysis that mentions it; null for what the language has.
    const Analysis* file = nullptr;
    std::uint32_t token = syntax::kNoToken;      ///< of its name in `file`; none for a module's file
    const syntax::Node* declaration = nullptr;   ///< as in sema::Binding; StructField, FuncDecl, EnumVariant
    sema::BindingId binding = sema::kNone;       ///< in `file`; none for members
    const BuiltinRow* row = nullptr;
    std::string_view word;                       ///< of a constructor

    explicit operator bool() const { return kind != EntityKind::None; }
    /// The text of its name.
    [[nodiscard]] std::string_view name() const;
};

[[nodiscard]] bool is_same(const Entity& left, const Entity& right);

/// A name where it stands.
struct Mention {
    std::uint32_t token = 0;
    sema::Access access = sema::Access::Read;
    /// DictShorthand, FieldInit or PatternField when the name is the short form of `name: name`; else null.
    const syntax::Node* shorthand = nullptr;
    Entity entity;
};

/// The names of one file and what they mean, in order of position. A short form has two mentions at one token: the
/// variable, then the field.
class Mentions {
public:
    explicit Mentions(const Analysis& analysis);

    [[nodiscard]] std::span<const Mention> all() const { return mentions_; }
    [[nodiscard]] std::span<const Mention> at_token(std::uint32_t token) const;
    /// The first mention at the token that a cursor at `offset` points at; null if there is none.
    [[nodiscard]] const Mention* at_offset(const Analysis& analysis, std::uint32_t offset) const;

private:
    std::vector<Mention> mentions_;
};

/// The entity of a binding of `file`: of an imported name the one it stands for in its module, if that is known.
[[nodiscard]] Entity entity_of(const Analysis& file, sema::BindingId binding);
/// The same without following imports.
[[nodiscard]] Entity local_entity_of(const Analysis& file, sema::BindingId binding);
/// The file of a module that an Import or FromImport names, or null.
[[nodiscard]] const Analysis* imported_file(const Analysis& file, const syntax::Node& import);
/// The struct or enum that a path (`Point`, `geo.Point`) names.
[[nodiscard]] Entity type_entity_of(const Analysis& file, const syntax::Path& path);

/// A member of a struct, or nothing. Fields before methods.
[[nodiscard]] Entity member_of(const Analysis& file, const syntax::StructDecl& type, std::string_view name);
[[nodiscard]] Entity variant_of(const Analysis& file, const syntax::EnumDecl& type, std::string_view name);

}  // namespace ruff::lsp
