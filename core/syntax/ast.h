#pragma once

#include <cassert>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "core/lang/operators.h"
#include "core/syntax/token.h"

/// The syntax tree: what was written, and nothing about what it means.
///
/// A node is a plain struct in the arena of its `SyntaxTree` (syntax_tree.h), immutable once parsing is over.
/// The struct of each production has its parts as named members in source order, and a function `fields` that
/// hands them to a visitor; `for_each_child` and the dump are made from it. What names mean, types and the like
/// live beside the tree, in arrays indexed by `Node::id`.
///
/// Where the source is wrong: members that the grammar requires are never null; what is missing is an
/// `ErrorNode` without children and with `is_missing`, or a `Name` with `is_missing()`. An `ErrorNode` can stand
/// wherever a statement, expression, pattern or type can.
///
/// Depth: nesting is limited (256 expressions, 128 blocks), but the chains `a + b + c ...`, `a |> f |> g ...`
/// and `a.b(c)[d]? ...` have no limit and lean to the left: walk `left`, `object`, `callee` and `operand` of
/// PropagateExpr with a loop (see `leftmost_step`) or with `walk` (walk.h), which needs no recursion.
namespace ruff::syntax {

enum class NodeKind : std::uint8_t {
#define RUFF_NODE(Type, name) Type,
#include "core/syntax/nodes.def"
};

/// The name in nodes.def.
[[nodiscard]] std::string_view node_kind_name(NodeKind kind);

struct Node {
    NodeKind kind;
    /// It stands for what should be here and is not: `first_token` is the token it is missing before.
    bool is_missing = false;
    /// Dense, from 0 up within a tree, in the order of creation (children mostly before parents).
    std::uint32_t id = 0;
    /// Indices in `SyntaxTree::tokens`, both inclusive.
    std::uint32_t first_token = 0;
    std::uint32_t last_token = 0;

    template <class T>
    [[nodiscard]] bool is() const {
        return kind == T::kKind;
    }
    /// This as a `T`, or null if it is something else.
    template <class T>
    [[nodiscard]] const T* as() const {
        return is<T>() ? static_cast<const T*>(this) : nullptr;
    }
    /// This as a `T`, which it is.
    template <class T>
    [[nodiscard]] const T& to() const {
        assert(is<T>());
        return *static_cast<const T*>(this);
    }
};

// What a member may be. Only roles: one node can have several (`if` is a statement and an expression).
using Stmt = Node;
using Expr = Node;     ///< also `Spread` and `NamedArgument` where lists allow them, and `ErrorNode`
using Pattern = Node;
using Type = Node;

template <class T>
using List = std::span<const T* const>;

/// A name or word where it is written. Text points into the source.
struct Name {
    const char* data = nullptr;
    std::uint32_t length = 0;
    std::uint32_t token = kNoToken;

    [[nodiscard]] std::string_view text() const { return {data, length}; }
    /// Not there, be it optional or an error.
    [[nodiscard]] bool is_missing() const { return token == kNoToken; }
    explicit operator bool() const { return token != kNoToken; }
};

template <NodeKind K>
struct NodeOf : Node {
    static constexpr NodeKind kKind = K;
    NodeOf() : Node{K} {}
};

struct Block;
struct StringLiteral;

// ---- Parameters, paths ---------------------------------------------------------------------------------------

/// `a.b.c`; never empty.
struct Path : NodeOf<NodeKind::Path> {
    std::span<const Name> names;
    template <class V> void fields(V&& v) const { v("names", names); }
};

/// `pattern [ ":" type ] [ "=" expr ]`, of a function or between bars.
struct Param : NodeOf<NodeKind::Param> {
    const Pattern* pattern = nullptr;
    const Type* type = nullptr;           ///< may be null
    const Expr* default_value = nullptr;  ///< may be null
    template <class V> void fields(V&& v) const { v("pattern", pattern), v("type", type), v("default", default_value); }
};

/// `self`, `mut self`
struct SelfParam : NodeOf<NodeKind::SelfParam> {
    bool is_mut = false;
    template <class V> void fields(V&& v) const { v("mut", is_mut); }
};

/// `...name`
struct RestParam : NodeOf<NodeKind::RestParam> {
    Name name;
    template <class V> void fields(V&& v) const { v("name", name); }
};

// ---- Files, blocks, statements -------------------------------------------------------------------------------

struct File : NodeOf<NodeKind::File> {
    List<Stmt> statements;
    template <class V> void fields(V&& v) const { v("body", statements); }
};

/// `{ ... }`; the first and last token are the braces, unless they are missing.
struct Block : NodeOf<NodeKind::Block> {
    List<Stmt> statements;
    template <class V> void fields(V&& v) const { v("body", statements); }
};

enum class BindingKeyword : std::uint8_t { Let, Mut, Const };

/// `let p: type := value`
struct Binding : NodeOf<NodeKind::Binding> {
    BindingKeyword keyword = BindingKeyword::Let;
    const Pattern* pattern = nullptr;
    const Type* type = nullptr;  ///< may be null
    std::uint32_t operator_token = kNoToken;  ///< `:=` or `=`
    const Expr* value = nullptr;
    template <class V> void fields(V&& v) const {
        v("keyword", keyword), v("pattern", pattern), v("type", type), v("value", value);
    }
};

/// `place := value`, `place += value`, `[a, b] := value`, `{a, b} := value`. A bare `name := value` may declare.
struct Assign : NodeOf<NodeKind::Assign> {
    /// A place: NameExpr, SelfExpr, MemberExpr, IndexExpr; or an ArrayPattern or DictPattern whose targets are
    /// names. After a refused assignment it may be any other expression.
    const Node* target = nullptr;
    AssignOp op = AssignOp::Set;
    std::uint32_t operator_token = kNoToken;
    const Expr* value = nullptr;
    template <class V> void fields(V&& v) const { v("target", target), v("operator", op), v("value", value); }
};

/// A function with a name, at any place for declarations and as a method in a struct.
struct FuncDecl : NodeOf<NodeKind::FuncDecl> {
    bool is_async = false;
    bool is_generator = false;
    Name name;
    List<Node> params;  ///< Param, SelfParam, RestParam
    const Type* result = nullptr;  ///< may be null
    const Block* body = nullptr;
    template <class V> void fields(V&& v) const {
        v("async", is_async), v("generator", is_generator), v("name", name), v("params", params);
        v("result", result), v("body", body);
    }
};

/// `name: type = default` in a struct
struct StructField : NodeOf<NodeKind::StructField> {
    Name name;
    const Type* type = nullptr;           ///< may be null
    const Expr* default_value = nullptr;  ///< may be null
    template <class V> void fields(V&& v) const { v("name", name), v("type", type), v("default", default_value); }
};

struct StructDecl : NodeOf<NodeKind::StructDecl> {
    Name name;
    List<Node> members;  ///< StructField, FuncDecl, ErrorNode in the order written
    template <class V> void fields(V&& v) const { v("name", name), v("members", members); }
};

/// `Name` or `Name(a, b)`
struct EnumVariant : NodeOf<NodeKind::EnumVariant> {
    Name name;
    bool has_payload = false;  ///< parentheses were written
    std::span<const Name> payload;
    template <class V> void fields(V&& v) const {
        v("name", name), v("has_payload", has_payload), v("payload", payload);
    }
};

struct EnumDecl : NodeOf<NodeKind::EnumDecl> {
    Name name;
    List<EnumVariant> variants;
    template <class V> void fields(V&& v) const { v("name", name), v("variants", variants); }
};

/// `import a.b as c`
struct Import : NodeOf<NodeKind::Import> {
    const Path* path = nullptr;
    Name alias;  ///< optional
    template <class V> void fields(V&& v) const { v("path", path), v("alias", alias); }
};

/// `x as y`
struct ImportItem : NodeOf<NodeKind::ImportItem> {
    Name name;
    Name alias;  ///< optional
    template <class V> void fields(V&& v) const { v("name", name), v("alias", alias); }
};

/// `from a.b import x, y as z`, `from m import *`
struct FromImport : NodeOf<NodeKind::FromImport> {
    const Path* path = nullptr;
    bool imports_all = false;
    std::uint32_t star_token = kNoToken;
    List<ImportItem> items;
    template <class V> void fields(V&& v) const { v("path", path), v("all", imports_all), v("items", items); }
};

/// `export` before a FuncDecl, StructDecl, EnumDecl or Binding (or an ErrorNode)
struct Export : NodeOf<NodeKind::Export> {
    const Stmt* declaration = nullptr;
    template <class V> void fields(V&& v) const { v("declaration", declaration); }
};

enum class TestKind : std::uint8_t { Test, Group, Setup, Teardown };

struct Test : NodeOf<NodeKind::Test> {
    TestKind test_kind = TestKind::Test;
    const StringLiteral* name = nullptr;  ///< of a test or group only; null in a setup or teardown
    const Block* body = nullptr;
    template <class V> void fields(V&& v) const { v("kind", test_kind), v("name", name), v("body", body); }
};

struct While : NodeOf<NodeKind::While> {
    const Expr* condition = nullptr;
    const Block* body = nullptr;
    template <class V> void fields(V&& v) const { v("condition", condition), v("body", body); }
};

struct Loop : NodeOf<NodeKind::Loop> {
    const Block* body = nullptr;
    template <class V> void fields(V&& v) const { v("body", body); }
};

/// `for x in it { }`, `for k, v in it { }`
struct For : NodeOf<NodeKind::For> {
    const Pattern* pattern = nullptr;
    const Pattern* second = nullptr;  ///< may be null
    const Expr* iterable = nullptr;
    const Block* body = nullptr;
    template <class V> void fields(V&& v) const {
        v("pattern", pattern), v("second", second), v("iterable", iterable), v("body", body);
    }
};

struct Return : NodeOf<NodeKind::Return> {
    const Expr* value = nullptr;  ///< may be null
    template <class V> void fields(V&& v) const { v("value", value); }
};

struct Break : NodeOf<NodeKind::Break> {
    template <class V> void fields(V&&) const {}
};

struct Continue : NodeOf<NodeKind::Continue> {
    template <class V> void fields(V&&) const {}
};

/// An expression as a statement. If, Match, Try and Spawn that begin a statement stand there themselves.
struct ExprStmt : NodeOf<NodeKind::ExprStmt> {
    const Expr* expression = nullptr;
    template <class V> void fields(V&& v) const { v("expression", expression); }
};

// ---- Statements that are expressions too ---------------------------------------------------------------------

/// `if condition block`, also of an `else if`
struct IfBranch : NodeOf<NodeKind::IfBranch> {
    const Expr* condition = nullptr;
    const Block* body = nullptr;
    template <class V> void fields(V&& v) const { v("condition", condition), v("body", body); }
};

/// A whole chain: `else if` does not nest.
struct If : NodeOf<NodeKind::If> {
    List<IfBranch> branches;  ///< at least one
    const Block* else_block = nullptr;  ///< may be null
    template <class V> void fields(V&& v) const { v("branches", branches), v("else", else_block); }
};

/// `case pattern if guard: body` or `default: body`
struct MatchArm : NodeOf<NodeKind::MatchArm> {
    bool is_default = false;
    const Pattern* pattern = nullptr;  ///< null in `default`
    const Expr* guard = nullptr;       ///< may be null
    const Node* body = nullptr;        ///< Block or one statement
    template <class V> void fields(V&& v) const {
        v("default", is_default), v("pattern", pattern), v("guard", guard), v("body", body);
    }
};

struct Match : NodeOf<NodeKind::Match> {
    const Expr* subject = nullptr;
    List<Node> arms;  ///< MatchArm, ErrorNode
    template <class V> void fields(V&& v) const { v("subject", subject), v("arms", arms); }
};

struct Try : NodeOf<NodeKind::Try> {
    const Block* body = nullptr;
    Name error_name;                       ///< optional
    const Block* except_block = nullptr;   ///< may be null
    const Block* finally_block = nullptr;  ///< may be null
    template <class V> void fields(V&& v) const {
        v("body", body), v("error_name", error_name), v("except", except_block), v("finally", finally_block);
    }
};

struct Spawn : NodeOf<NodeKind::Spawn> {
    const Block* body = nullptr;
    template <class V> void fields(V&& v) const { v("body", body); }
};

// ---- Patterns ------------------------------------------------------------------------------------------------

/// Binds a name, in bindings, parameters and arms.
struct NamePattern : NodeOf<NodeKind::NamePattern> {
    Name name;
    template <class V> void fields(V&& v) const { v("name", name); }
};

/// `_`
struct WildcardPattern : NodeOf<NodeKind::WildcardPattern> {
    template <class V> void fields(V&&) const {}
};

/// `[a, b = 0, ...rest]`; elements are patterns, DefaultPattern and RestPattern.
struct ArrayPattern : NodeOf<NodeKind::ArrayPattern> {
    List<Pattern> elements;
    template <class V> void fields(V&& v) const { v("elements", elements); }
};

/// `{name, age: years, port = 8080, ...others}`; fields are PatternField and RestPattern.
struct DictPattern : NodeOf<NodeKind::DictPattern> {
    List<Node> entries;
    template <class V> void fields(V&& v) const { v("entries", entries); }
};

/// `pattern = value` inside an array pattern
struct DefaultPattern : NodeOf<NodeKind::DefaultPattern> {
    const Pattern* pattern = nullptr;
    const Expr* default_value = nullptr;
    template <class V> void fields(V&& v) const { v("pattern", pattern), v("default", default_value); }
};

/// `...rest`; the name is `_` where nothing is bound.
struct RestPattern : NodeOf<NodeKind::RestPattern> {
    Name name;
    template <class V> void fields(V&& v) const { v("name", name); }
};

struct DictKey;

/// `name`, `name = value`, `key: pattern`, `key: pattern = value` in a DictPattern or StructPattern.
struct PatternField : NodeOf<NodeKind::PatternField> {
    const DictKey* key = nullptr;         ///< null in the short form, whose key is the name of the pattern
    const Pattern* pattern = nullptr;     ///< in the short form a NamePattern or WildcardPattern
    const Expr* default_value = nullptr;  ///< may be null
    template <class V> void fields(V&& v) const;
};

/// A number (a Negate UnaryExpr of one), string, bool or null in an arm
struct LiteralPattern : NodeOf<NodeKind::LiteralPattern> {
    const Expr* literal = nullptr;
    template <class V> void fields(V&& v) const { v("literal", literal); }
};

/// `1..9`, `-1..=9`; both ends are IntLiteral or FloatLiteral or a Negate UnaryExpr of one.
struct RangePattern : NodeOf<NodeKind::RangePattern> {
    const Expr* start = nullptr;
    bool is_inclusive = false;
    std::uint32_t operator_token = kNoToken;
    const Expr* end = nullptr;
    template <class V> void fields(V&& v) const { v("start", start), v("inclusive", is_inclusive), v("end", end); }
};

/// `None`
struct NonePattern : NodeOf<NodeKind::NonePattern> {
    template <class V> void fields(V&&) const {}
};

/// `Ok(p)`, `Err(p)`, `Some(p)`
struct WrapperPattern : NodeOf<NodeKind::WrapperPattern> {
    Name name;
    const Pattern* inner = nullptr;
    template <class V> void fields(V&& v) const { v("name", name), v("inner", inner); }
};

/// `Status::Error(code, ...rest)`, `module.Status::Ready`
struct VariantPattern : NodeOf<NodeKind::VariantPattern> {
    const Path* path = nullptr;
    Name variant;
    bool has_payload = false;  ///< parentheses were written; without them any payload fits
    List<Pattern> elements;    ///< patterns and RestPattern
    template <class V> void fields(V&& v) const {
        v("path", path), v("variant", variant), v("has_payload", has_payload), v("elements", elements);
    }
};

/// `Point { x: 0, y }`
struct StructPattern : NodeOf<NodeKind::StructPattern> {
    const Path* path = nullptr;
    List<Node> entries;  ///< PatternField and RestPattern
    template <class V> void fields(V&& v) const { v("path", path), v("entries", entries); }
};

/// `a | b`; at least two.
struct OrPattern : NodeOf<NodeKind::OrPattern> {
    List<Pattern> alternatives;
    template <class V> void fields(V&& v) const { v("alternatives", alternatives); }
};

struct ParenPattern : NodeOf<NodeKind::ParenPattern> {
    const Pattern* inner = nullptr;
    template <class V> void fields(V&& v) const { v("inner", inner); }
};

// ---- Expressions ---------------------------------------------------------------------------------------------

struct IntLiteral : NodeOf<NodeKind::IntLiteral> {
    /// 0 to 2^63-1. The literal 9223372036854775808, legal only under a Negate, has -2^63 here, so that wrapping
    /// negation gives the right value.
    std::int64_t value = 0;
    template <class V> void fields(V&& v) const { v("value", value); }
};

struct FloatLiteral : NodeOf<NodeKind::FloatLiteral> {
    double value = 0;  ///< finite
    template <class V> void fields(V&& v) const { v("value", value); }
};

struct BoolLiteral : NodeOf<NodeKind::BoolLiteral> {
    bool value = false;
    template <class V> void fields(V&& v) const { v("value", value); }
};

struct NullLiteral : NodeOf<NodeKind::NullLiteral> {
    template <class V> void fields(V&&) const {}
};

/// A piece of a string: text, or what stands in `${ }`.
struct StringPart {
    Span span;                         ///< as written; of an interpolation from `${` to `}`
    std::string_view text;             ///< decoded: escapes, indentation and CRLF are dealt with
    const Expr* expression = nullptr;  ///< null for text
};

struct StringLiteral : NodeOf<NodeKind::StringLiteral> {
    bool is_raw = false;        ///< `r"..."`
    bool is_triple = false;     ///< `"""..."""`
    bool is_multi_line = false; ///< `"""` followed by a line break
    /// Pieces in order; two texts never follow each other, empty texts are left out.
    std::span<const StringPart> parts;

    /// No interpolation: `value()` is all there is.
    [[nodiscard]] bool is_plain() const {
        return parts.empty() || (parts.size() == 1 && parts[0].expression == nullptr);
    }
    /// The decoded text of a plain string.
    [[nodiscard]] std::string_view value() const { return parts.empty() ? std::string_view{} : parts[0].text; }

    template <class V> void fields(V&& v) const { v("raw", is_raw), v("parts", parts); }
};

struct NameExpr : NodeOf<NodeKind::NameExpr> {
    Name name;
    template <class V> void fields(V&& v) const { v("name", name); }
};

struct SelfExpr : NodeOf<NodeKind::SelfExpr> {
    template <class V> void fields(V&&) const {}
};

/// `Status::Error`, `module.Status::Ready`; with a payload it is the callee of a CallExpr.
struct VariantExpr : NodeOf<NodeKind::VariantExpr> {
    const Path* path = nullptr;
    Name variant;
    template <class V> void fields(V&& v) const { v("path", path), v("variant", variant); }
};

struct ParenExpr : NodeOf<NodeKind::ParenExpr> {
    const Expr* inner = nullptr;
    template <class V> void fields(V&& v) const { v("inner", inner); }
};

struct ArrayExpr : NodeOf<NodeKind::ArrayExpr> {
    List<Expr> elements;  ///< expressions and Spread
    template <class V> void fields(V&& v) const { v("elements", elements); }
};

enum class KeyKind : std::uint8_t { Word, String, Number, Computed };

/// What stands before the `:` of an entry.
struct DictKey : NodeOf<NodeKind::DictKey> {
    KeyKind key_kind = KeyKind::Word;
    Name word;                    ///< of a Word only
    const Expr* value = nullptr;  ///< of the others: StringLiteral (plain), number or Negate of one, any expression
    template <class V> void fields(V&& v) const { v("kind", key_kind), v("word", word), v("value", value); }
};

template <class V> void PatternField::fields(V&& v) const {
    v("key", key), v("pattern", pattern), v("default", default_value);
}

/// `key: value`
struct DictEntry : NodeOf<NodeKind::DictEntry> {
    const DictKey* key = nullptr;
    const Expr* value = nullptr;
    template <class V> void fields(V&& v) const { v("key", key), v("value", value); }
};

/// `name`, short for `name: name`
struct DictShorthand : NodeOf<NodeKind::DictShorthand> {
    Name name;
    template <class V> void fields(V&& v) const { v("name", name); }
};

struct DictExpr : NodeOf<NodeKind::DictExpr> {
    List<Node> entries;  ///< DictEntry, DictShorthand, Spread
    template <class V> void fields(V&& v) const { v("entries", entries); }
};

/// `name: value`, or `name` which is short for `name: name`
struct FieldInit : NodeOf<NodeKind::FieldInit> {
    Name name;
    const Expr* value = nullptr;  ///< null in the short form
    template <class V> void fields(V&& v) const { v("name", name), v("value", value); }
};

/// `Point { x: 1, y, ...p }`
struct StructExpr : NodeOf<NodeKind::StructExpr> {
    const Path* path = nullptr;
    List<Node> entries;  ///< FieldInit, Spread
    template <class V> void fields(V&& v) const { v("path", path), v("entries", entries); }
};

/// `...e` in an array, a dict, a struct literal or a call
struct Spread : NodeOf<NodeKind::Spread> {
    const Expr* operand = nullptr;
    template <class V> void fields(V&& v) const { v("operand", operand); }
};

struct CallExpr : NodeOf<NodeKind::CallExpr> {
    const Expr* callee = nullptr;
    List<Node> arguments;  ///< expressions, Spread, NamedArgument
    template <class V> void fields(V&& v) const { v("callee", callee), v("arguments", arguments); }
};

/// `name = value` in a call
struct NamedArgument : NodeOf<NodeKind::NamedArgument> {
    Name name;
    const Expr* value = nullptr;
    template <class V> void fields(V&& v) const { v("name", name), v("value", value); }
};

struct IndexExpr : NodeOf<NodeKind::IndexExpr> {
    const Expr* object = nullptr;
    const Expr* index = nullptr;
    template <class V> void fields(V&& v) const { v("object", object), v("index", index); }
};

struct SliceExpr : NodeOf<NodeKind::SliceExpr> {
    const Expr* object = nullptr;
    const Expr* low = nullptr;   ///< may be null
    const Expr* high = nullptr;  ///< may be null
    template <class V> void fields(V&& v) const { v("object", object), v("low", low), v("high", high); }
};

/// `object.name`, `object?.name`
struct MemberExpr : NodeOf<NodeKind::MemberExpr> {
    const Expr* object = nullptr;
    bool is_optional = false;
    Name name;
    template <class V> void fields(V&& v) const { v("object", object), v("optional", is_optional), v("name", name); }
};

/// `operand?`
struct PropagateExpr : NodeOf<NodeKind::PropagateExpr> {
    const Expr* operand = nullptr;
    template <class V> void fields(V&& v) const { v("operand", operand); }
};

/// `-e`, `!e`, `not e`; the operator is the first token.
struct UnaryExpr : NodeOf<NodeKind::UnaryExpr> {
    UnaryOp op = UnaryOp::Negate;
    const Expr* operand = nullptr;
    template <class V> void fields(V&& v) const { v("operator", op), v("operand", operand); }
};

struct AwaitExpr : NodeOf<NodeKind::AwaitExpr> {
    const Expr* operand = nullptr;
    template <class V> void fields(V&& v) const { v("operand", operand); }
};

struct BinaryExpr : NodeOf<NodeKind::BinaryExpr> {
    const Expr* left = nullptr;
    BinaryOp op = BinaryOp::Add;
    std::uint32_t operator_token = kNoToken;  ///< of `not in` the `not`
    const Expr* right = nullptr;
    template <class V> void fields(V&& v) const { v("left", left), v("operator", op), v("right", right); }
};

/// `a..b`, `a..=b`
struct RangeExpr : NodeOf<NodeKind::RangeExpr> {
    const Expr* start = nullptr;
    bool is_inclusive = false;
    std::uint32_t operator_token = kNoToken;
    const Expr* end = nullptr;
    template <class V> void fields(V&& v) const { v("start", start), v("inclusive", is_inclusive), v("end", end); }
};

/// `left |> right`; the right side is a LambdaExpr, ParenExpr, NameExpr, MemberExpr (a field path), CallExpr, or a
/// PropagateExpr around one of these, which then applies to the result.
struct PipeExpr : NodeOf<NodeKind::PipeExpr> {
    const Expr* left = nullptr;
    std::uint32_t operator_token = kNoToken;
    const Expr* right = nullptr;
    template <class V> void fields(V&& v) const { v("left", left), v("right", right); }
};

struct ThrowExpr : NodeOf<NodeKind::ThrowExpr> {
    const Expr* value = nullptr;
    template <class V> void fields(V&& v) const { v("value", value); }
};

struct YieldExpr : NodeOf<NodeKind::YieldExpr> {
    const Expr* value = nullptr;
    template <class V> void fields(V&& v) const { v("value", value); }
};

/// `async func*(a, b) -> type { ... }`
struct FuncExpr : NodeOf<NodeKind::FuncExpr> {
    bool is_async = false;
    bool is_generator = false;
    List<Node> params;  ///< Param, SelfParam, RestParam
    const Type* result = nullptr;  ///< may be null
    const Block* body = nullptr;
    template <class V> void fields(V&& v) const {
        v("async", is_async), v("generator", is_generator), v("params", params), v("result", result);
        v("body", body);
    }
};

/// `|x| e`, `async |x| { ... }`
struct LambdaExpr : NodeOf<NodeKind::LambdaExpr> {
    bool is_async = false;
    List<Node> params;  ///< Param without default, RestParam
    const Node* body = nullptr;  ///< Block or expression
    template <class V> void fields(V&& v) const { v("async", is_async), v("params", params), v("body", body); }
};

// ---- Types ---------------------------------------------------------------------------------------------------

/// `int`, `array<T>`, `module.Point`
struct NamedType : NodeOf<NodeKind::NamedType> {
    const Path* path = nullptr;
    List<Type> arguments;
    template <class V> void fields(V&& v) const { v("path", path), v("arguments", arguments); }
};

struct NullType : NodeOf<NodeKind::NullType> {
    template <class V> void fields(V&&) const {}
};

/// `func(A, B) -> R`
struct FuncType : NodeOf<NodeKind::FuncType> {
    List<Type> params;
    const Type* result = nullptr;  ///< may be null
    template <class V> void fields(V&& v) const { v("params", params), v("result", result); }
};

struct ParenType : NodeOf<NodeKind::ParenType> {
    const Type* inner = nullptr;
    template <class V> void fields(V&& v) const { v("inner", inner); }
};

/// `T?`
struct OptionalType : NodeOf<NodeKind::OptionalType> {
    const Type* inner = nullptr;
    template <class V> void fields(V&& v) const { v("inner", inner); }
};

/// `A | B`; at least two.
struct UnionType : NodeOf<NodeKind::UnionType> {
    List<Type> members;
    template <class V> void fields(V&& v) const { v("alternatives", members); }
};

// ---- Errors --------------------------------------------------------------------------------------------------

/// Tokens that fit nowhere (from first to last), and those parts of them that could be understood.
struct ErrorNode : NodeOf<NodeKind::ErrorNode> {
    List<Node> children;
    template <class V> void fields(V&& v) const { v("children", children); }
};

// ---- Visiting ------------------------------------------------------------------------------------------------

/// Calls `visitor` with the node as what it is: `visit(node, [](const auto& typed) { ... })`.
template <class Visitor>
decltype(auto) visit(const Node& node, Visitor&& visitor) {
    switch (node.kind) {
#define RUFF_NODE(Type, name) \
    case NodeKind::Type: return visitor(static_cast<const Type&>(node));
#include "core/syntax/nodes.def"
    }
    assert(false && "a node of no kind");
    return visitor(static_cast<const ErrorNode&>(node));
}

/// A visitor of `fields` that looks at child nodes only.
template <class Function>
struct ChildVisitor {
    Function& function;

    void operator()(const char*, const Node* child) const {
        if (child != nullptr) function(*child);
    }
    template <class T>
    void operator()(const char*, List<T> children) const {
        for (const T* child : children) function(static_cast<const Node&>(*child));
    }
    void operator()(const char*, std::span<const StringPart> parts) const {
        for (const StringPart& part : parts) {
            if (part.expression != nullptr) function(*part.expression);
        }
    }
    void operator()(const char*, std::span<const Name>) const {}
    /// Names, numbers, flags and operators.
    template <class T>
        requires(!std::is_pointer_v<T>)
    void operator()(const char*, const T&) const {}
};

/// Calls `function(const Node&)` for each child in source order.
template <class Function>
void for_each_child(const Node& node, Function&& function) {
    visit(node, [&](const auto& typed) { typed.fields(ChildVisitor<std::remove_reference_t<Function>>{function}); });
}

/// The child a left-leaning chain continues in: `left` of BinaryExpr and PipeExpr, `callee` of CallExpr,
/// `object` of IndexExpr, SliceExpr and MemberExpr, `operand` of PropagateExpr; null for every other node.
[[nodiscard]] const Expr* leftmost_step(const Node& node);

/// `node` without the parentheses around it.
[[nodiscard]] const Expr& without_parens(const Expr& node);

}  // namespace ruff::syntax
