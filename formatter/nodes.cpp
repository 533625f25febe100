#include <algorithm>

#include "core/lang/operators.h"
#include "formatter/printer.h"

// One function a node. A node without choices in its layout has none drawn: its tokens stand in a row.

namespace ruff::formatter {

using namespace syntax;

/// Behind a head that is broken the block is, too:
///
///     while a { b }      or      while a
///                                    and b {
///                                    c
///                                }
template <class Head>
void Printer::head_and_body(const Block& block, Head head) {
    comments();
    document_.begin_group();
    head();
    body(block);
    document_.end_group();
}

// ---- Paths, parameters ---------------------------------------------------------------------------------------

void Printer::print(const Path& path) { take_tokens(path); }

/// `pattern: type = default`
void Printer::print(const Param& param) {
    node(param.pattern);
    if (param.type != nullptr) word(), node(param.type);
    if (param.default_value != nullptr) document_.space(), word(), node(param.default_value);
}

void Printer::print(const SelfParam& self) {
    if (self.is_mut) word();
    take();
}

void Printer::print(const RestParam& rest) { take_tokens(rest); }

/// `(a, b) -> type`, up to the blank before the body
void Printer::signature(Items params, const Node* result) {
    list(params, {});
    document_.space();
    if (result != nullptr) word(), node(result), document_.space();
}

/// `|a, b|`, `||`
void Printer::bars(Items params) {
    if (at(TokenKind::BarBar)) return take();
    take();
    if (params.empty()) document_.space();
    flat_list(params);
    take();
}

// ---- Declarations --------------------------------------------------------------------------------------------

void Printer::print(const File&) {}

void Printer::print(const Block& block) { grouped_body(block); }

/// `let p: type := value`
void Printer::print(const Binding& binding) {
    word();
    node(binding.pattern);
    if (binding.type != nullptr) word(), node(binding.type);
    document_.space(), take_assignment(), document_.space();
    node(binding.value);
}

void Printer::print(const Assign& assign) {
    node(assign.target);
    document_.space(), take_assignment(), document_.space();
    node(assign.value);
}

/// `async func* name(a, b) -> type { body }`
void Printer::print(const FuncDecl& func) {
    if (func.is_async) word();
    take();
    if (func.is_generator) take();
    document_.space();
    take();
    head_and_body(*func.body, [&] { signature(func.params, func.result); });
}

void Printer::print(const StructField& field) {
    take();
    if (field.type != nullptr) word(), node(field.type);
    if (field.default_value != nullptr) document_.space(), word(), node(field.default_value);
}

/// The braces of a struct or enum. Commas between members stay where the author has them.
///
///     { x: int, y: int }      or      {
///                                         x: int
///                                         y: int
///                                     }
void Printer::members(Items members, std::uint32_t closing, bool may_be_one_line) {
    bool is_one_line = may_be_one_line && is_on_one_line(next_, closing);
    for (std::uint32_t token = next_; is_one_line && token < closing; ++token) {
        is_one_line = tree_.tokens[token].kind != TokenKind::Semicolon;
    }
    // Who separates by commas gets one behind the last, too.
    bool wants_comma = members.size() > 1 && !members.back()->is<FuncDecl>();
    for (std::size_t i = 0; i + 1 < members.size(); ++i) {
        wants_comma = wants_comma && tree_.tokens[members[i]->last_token + 1].kind == TokenKind::Comma;
    }
    comments();
    document_.begin_group();
    take();
    if (members.empty() && closes_empty(closing)) return document_.end_group();
    trailing_comments();
    if (members.empty() && closes_empty(closing)) return document_.end_group();
    document_.indent();
    is_one_line ? document_.line() : document_.hard_line(false);
    items(members, {.has_commas = true, .is_one_line = is_one_line, .wants_comma = wants_comma}, closing);
    document_.dedent();
    is_one_line ? document_.line() : document_.hard_line(false);
    take();
    document_.end_group();
}

void Printer::print(const StructDecl& declaration) {
    word(), word();
    const bool has_methods = std::any_of(declaration.members.begin(), declaration.members.end(),
                                         [](const Node* member) { return member->is<FuncDecl>(); });
    members(declaration.members, declaration.last_token, !has_methods);
}

/// `Name(a, b)`
void Printer::print(const EnumVariant& variant) {
    take();
    if (!variant.has_payload) return;
    take();
    for (std::size_t i = 0; i < variant.payload.size(); ++i) {
        if (i > 0) word();
        take();
    }
    if (at(TokenKind::Comma)) {
        comments();
        ++next_;
    }
    take();
}

void Printer::print(const EnumDecl& declaration) {
    word(), word();
    const std::vector<const Node*> variants(declaration.variants.begin(), declaration.variants.end());
    members(variants, declaration.last_token, true);
}

void Printer::print(const Import& import) {
    word();
    node(import.path);
    if (import.alias) document_.space(), word(), take();
}

void Printer::print(const ImportItem& item) {
    take();
    if (item.alias) document_.space(), word(), take();
}

/// No comma is put behind the last name: with one the list would go on in the next line.
///
///     from path import a, b as c      or      from path import a,
///                                                 b as c
void Printer::print(const FromImport& import) {
    word();
    node(import.path);
    document_.space(), word();
    if (import.imports_all) return take();
    document_.begin_group();
    document_.indent();
    for (std::size_t i = 0; i < import.items.size(); ++i) {
        if (i > 0) take(), trailing_comments(), document_.line();
        node(import.items[i]);
    }
    document_.dedent();
    document_.end_group();
    if (next_ <= import.last_token) take();
}

void Printer::print(const Export& declaration) {
    word();
    node(declaration.declaration);
}

void Printer::print(const Test& test) {
    word();
    if (test.name != nullptr) node(test.name), document_.space();
    grouped_body(*test.body);
}

// ---- Statements ----------------------------------------------------------------------------------------------

void Printer::print(const While& loop) {
    word();
    head_and_body(*loop.body, [&] { node(loop.condition), document_.space(); });
}

void Printer::print(const Loop& loop) {
    word();
    grouped_body(*loop.body);
}

void Printer::print(const For& loop) {
    word();
    node(loop.pattern);
    if (loop.second != nullptr) word(), node(loop.second);
    document_.space(), word();
    head_and_body(*loop.body, [&] { node(loop.iterable), document_.space(); });
}

void Printer::print(const Return& statement) {
    take();
    if (statement.value != nullptr) document_.space(), node(statement.value);
}

void Printer::print(const Break&) { take(); }
void Printer::print(const Continue&) { take(); }
void Printer::print(const ExprStmt& statement) { node(statement.expression); }

/// All blocks on one line or none:
///
///     if a { b } else { c }      or      if a {
///                                            b
///                                        } else {
///                                            c
///                                        }
void Printer::print(const If& choice) {
    document_.begin_group();
    for (std::size_t i = 0; i < choice.branches.size(); ++i) {
        if (i > 0) document_.space(), word();
        node(choice.branches[i]);
    }
    if (choice.else_block != nullptr) document_.space(), word(), body(*choice.else_block);
    document_.end_group();
}

void Printer::print(const IfBranch& branch) {
    word();
    node(branch.condition);
    document_.space();
    body(*branch.body);
}

/// An arm a line.
void Printer::print(const Match& match) {
    word();
    node(match.subject);
    document_.space();
    take();
    if (match.arms.empty() && closes_empty(match.last_token)) return;
    document_.begin_group();
    trailing_comments();
    if (match.arms.empty() && closes_empty(match.last_token)) return document_.end_group();
    document_.indent(), document_.hard_line(false);
    items(match.arms, {}, match.last_token);
    document_.dedent(), document_.hard_line(false);
    take();
    document_.end_group();
}

/// `case pattern if guard: body`, `default: body`
void Printer::print(const MatchArm& arm) {
    take();
    if (!arm.is_default) document_.space(), node(arm.pattern);
    if (arm.guard != nullptr) document_.space(), word(), node(arm.guard);
    word();
    node(arm.body);
}

/// As an `if`: all blocks on one line or none.
void Printer::print(const Try& attempt) {
    document_.begin_group();
    word();
    body(*attempt.body);
    if (attempt.except_block != nullptr) {
        document_.space(), word();
        if (attempt.error_name) word();
        body(*attempt.except_block);
    }
    if (attempt.finally_block != nullptr) document_.space(), word(), body(*attempt.finally_block);
    document_.end_group();
}

void Printer::print(const Spawn& spawn) {
    word();
    grouped_body(*spawn.body);
}

// ---- Patterns ------------------------------------------------------------------------------------------------

void Printer::print(const NamePattern&) { take(); }
void Printer::print(const WildcardPattern&) { take(); }
void Printer::print(const ArrayPattern& pattern) { list(pattern.elements, {}); }
void Printer::print(const DictPattern& pattern) { list(pattern.entries, {}); }

void Printer::print(const DefaultPattern& pattern) {
    node(pattern.pattern);
    document_.space(), word();
    node(pattern.default_value);
}

void Printer::print(const RestPattern& pattern) { take_tokens(pattern); }

/// `name = value`, `key: pattern = value`
void Printer::print(const PatternField& field) {
    if (field.key != nullptr) node(field.key), word();
    node(field.pattern);
    if (field.default_value != nullptr) document_.space(), word(), node(field.default_value);
}

void Printer::print(const LiteralPattern& pattern) { node(pattern.literal); }

void Printer::print(const RangePattern& pattern) {
    node(pattern.start);
    take();
    node(pattern.end);
}

void Printer::print(const NonePattern&) { take(); }

void Printer::print(const WrapperPattern& pattern) {
    take(), take();
    node(pattern.inner);
    take();
}

void Printer::print(const VariantPattern& pattern) {
    node(pattern.path);
    take(), take();
    if (pattern.has_payload) list(pattern.elements, {});
}

void Printer::print(const StructPattern& pattern) {
    node(pattern.path);
    document_.space();
    list(pattern.entries, {.has_blanks = true});
}

/// Broken behind the `|`, which at the start of a line would begin a lambda:
///
///     a | b      or      a |
///                            b
void Printer::print(const OrPattern& pattern) {
    document_.begin_group();
    document_.indent();
    for (std::size_t i = 0; i < pattern.alternatives.size(); ++i) {
        if (i > 0) document_.space(), take(), document_.line();
        node(pattern.alternatives[i]);
    }
    document_.dedent();
    document_.end_group();
}

void Printer::print(const ParenPattern& pattern) {
    take();
    node(pattern.inner);
    take();
}

// ---- Literals and names --------------------------------------------------------------------------------------

void Printer::print(const IntLiteral&) { take(); }
void Printer::print(const FloatLiteral&) { take(); }
void Printer::print(const BoolLiteral&) { take(); }
void Printer::print(const NullLiteral&) { take(); }
/// Never touched, nor is what stands in `${ }`.
void Printer::print(const StringLiteral& string) { verbatim(string.last_token); }
void Printer::print(const NameExpr&) { take(); }
void Printer::print(const SelfExpr&) { take(); }
void Printer::print(const VariantExpr& variant) { take_tokens(variant); }

/// `(a)`      or      (
///                        a
///                    )
void Printer::print(const ParenExpr& paren) {
    document_.begin_group(can_hug(*paren.inner));
    take();
    trailing_comments();
    document_.indent();
    document_.soft_line();
    document_.begin_hugged();
    node(paren.inner);
    document_.end_hugged();
    comments();
    document_.dedent();
    document_.soft_line();
    take();
    document_.end_group();
}

// ---- Collections ---------------------------------------------------------------------------------------------

void Printer::print(const ArrayExpr& array) { list(array.elements, {}); }
void Printer::print(const DictExpr& dict) { list(dict.entries, {}); }

void Printer::print(const DictEntry& entry) {
    node(entry.key);
    word();
    node(entry.value);
}

/// `word`, `"string"`, `1`, `[computed]`
void Printer::print(const DictKey& key) {
    if (key.key_kind == KeyKind::Word) return take();
    if (key.key_kind == KeyKind::Computed) take();
    node(key.value);
    if (key.key_kind == KeyKind::Computed) take();
}

void Printer::print(const DictShorthand&) { take(); }

void Printer::print(const StructExpr& literal) {
    node(literal.path);
    document_.space();
    list(literal.entries, {.has_blanks = true});
}

void Printer::print(const FieldInit& field) {
    take();
    if (field.value != nullptr) word(), node(field.value);
}

void Printer::print(const Spread& spread) {
    take();
    node(spread.operand);
}

void Printer::print(const NamedArgument& argument) {
    take();
    document_.space(), word();
    node(argument.value);
}

// ---- Chains --------------------------------------------------------------------------------------------------

/// The links of a chain that leans to the left, from the first on. They lie on a stack that the chains inside share,
/// so that a chain, of which a program has very many, costs no memory of its own.
class Printer::Links {
public:
    template <class IsLink>
    Links(Printer& printer, const Node& last, IsLink is_link) : stack_(printer.links_), begin_(stack_.size()), first_(&last) {
        for (; is_link(*first_); first_ = leftmost_step(*first_)) stack_.push_back(first_);
        end_ = stack_.size();
        std::reverse(stack_.begin() + static_cast<std::ptrdiff_t>(begin_), stack_.end());
    }
    Links(const Links&) = delete;
    ~Links() { stack_.resize(begin_); }

    [[nodiscard]] std::size_t size() const { return end_ - begin_; }
    [[nodiscard]] const Node& operator[](std::size_t i) const { return *stack_[begin_ + i]; }
    /// What the first link stands behind.
    [[nodiscard]] const Node& first() const { return *first_; }

private:
    std::vector<const Node*>& stack_;
    std::size_t begin_, end_ = 0;
    const Node* first_;
};

// ---- Postfix chains ------------------------------------------------------------------------------------------

void Printer::print(const CallExpr& call) { postfix_chain(call); }
void Printer::print(const IndexExpr& index) { postfix_chain(index); }
void Printer::print(const SliceExpr& slice) { postfix_chain(slice); }
void Printer::print(const MemberExpr& member) { postfix_chain(member); }
void Printer::print(const PropagateExpr& propagate) { postfix_chain(propagate); }

/// What may begin on the line of the call's `(` and go on below.
bool Printer::can_hug(const Node& argument) const {
    switch (argument.kind) {
        case NodeKind::FuncExpr: case NodeKind::DictExpr: case NodeKind::ArrayExpr: case NodeKind::StructExpr:
        case NodeKind::Match: case NodeKind::If: case NodeKind::Try: case NodeKind::Spawn: case NodeKind::Block:
            return true;
        case NodeKind::NamedArgument: return can_hug(*argument.to<NamedArgument>().value);
        case NodeKind::LambdaExpr: {
            const Node& body = *argument.to<LambdaExpr>().body;
            return body.is<CallExpr>() || can_hug(body);
        }
        default: return false;
    }
}

/// `e? ?` and `e? ..b` are written with a blank: together the two would be another sign.
void Printer::keep_from_question_mark() {
    if (next_ > 0 && tree_.tokens[next_ - 1].kind == TokenKind::Question) document_.space();
}

/// One step behind its operand.
void Printer::postfix_step(const Node& step) {
    if (const auto* call = step.as<CallExpr>()) {
        // Nothing is won by a line break around a string, however long it is.
        const bool is_string = call->arguments.size() == 1 && call->arguments[0]->is<StringLiteral>();
        const std::uint32_t closing = step.last_token;
        if (is_string && call->arguments[0]->last_token + 1 == closing && !has_comment() &&
            tree_.comments_before(closing).empty() && tree_.comments_before(closing - 1).empty()) {
            take(), node(call->arguments[0]), take();
            return;
        }
        list(call->arguments, {.may_hug = true});
    } else if (const auto* index = step.as<IndexExpr>()) {
        take(), node(index->index), take();
    } else if (const auto* slice = step.as<SliceExpr>()) {
        take(), node(slice->low), take(), node(slice->high), take();
    } else if (step.is<MemberExpr>()) {
        take(), take();
    } else {
        keep_from_question_mark();
        take();
    }
}

/// Two method calls or more are broken before each, but for one behind a short name; if only the last argument of
/// the last call has lines of its own, the chain stays on its line:
///
///     a.b().c()      or      first
///                                .b()
///                                .c()
void Printer::postfix_chain(const Node& last) {
    const auto is_step = [](const Node& node) {
        return node.is<CallExpr>() || node.is<IndexExpr>() || node.is<SliceExpr>() || node.is<MemberExpr>() ||
               node.is<PropagateExpr>();
    };
    const Links steps(*this, last, is_step);
    const Node& base = steps.first();
    const auto is_method = [&](std::size_t i) {
        return steps[i].is<MemberExpr>() && i + 1 < steps.size() && steps[i + 1].is<CallExpr>();
    };
    std::size_t first_method = steps.size();
    std::size_t method_count = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (!is_method(i)) continue;
        if (method_count++ == 0) first_method = i;
    }
    const bool is_short = base.first_token == base.last_token && tree_.text(base).size() <= options_.indent;
    if (is_short && first_method == 0 && method_count > 0) {
        --method_count;
        for (++first_method; first_method < steps.size() && !is_method(first_method);) ++first_method;
    }
    const auto* last_call = last.as<CallExpr>();
    const bool may_break = method_count > (is_short ? 0U : 1U) && first_method < steps.size();
    const bool may_hug = last_call != nullptr && !last_call->arguments.empty() && can_hug(*last_call->arguments.back());

    if (may_break) document_.begin_group(may_hug);
    node(&base);
    if (may_break) document_.indent();
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (may_break && i >= first_method && steps[i].is<MemberExpr>()) {
            trailing_comments();
            document_.soft_line();
        }
        const bool is_hugged = may_break && may_hug && i + 1 == steps.size();
        if (is_hugged) document_.begin_hugged();
        postfix_step(steps[i]);
        if (is_hugged) document_.end_hugged();
    }
    if (may_break) document_.dedent(), document_.end_group();
}

// ---- Operators -----------------------------------------------------------------------------------------------

/// `-e`, `!e`, `not e`. `--e` and `-/* c */ e` have no blank: at the start of a line `- ` would go on with the line above.
void Printer::print(const UnaryExpr& unary) {
    const bool is_word = at(TokenKind::KwNot);
    take();
    if (is_word) document_.space();
    else document_.join_comment();
    node(unary.operand);
}

void Printer::print(const AwaitExpr& await) {
    word();
    node(await.operand);
}

void Printer::print(const BinaryExpr& binary) { chain(binary); }
void Printer::print(const PipeExpr& pipe) { chain(pipe); }

/// Operators of one precedence, broken before each of them or none:
///
///     a + b - c      or      a
///                                + b
///                                - c
void Printer::chain(const Node& last) {
    const auto level_of = [](const Node& node) {
        if (const auto* binary = node.as<BinaryExpr>()) return operator_precedence(binary->op);
        return node.is<PipeExpr>() ? Precedence::Pipe : Precedence::Lowest;
    };
    const Links links(*this, last, [&](const Node& node) { return level_of(node) == level_of(last); });
    document_.begin_group();
    node(&links.first());
    document_.indent();
    for (std::size_t i = 0; i < links.size(); ++i) {
        trailing_comments();
        document_.line();
        word();
        const auto* binary = links[i].as<BinaryExpr>();
        if (binary != nullptr && binary->op == BinaryOp::NotIn) word();
        node(binary != nullptr ? binary->right : links[i].to<PipeExpr>().right);
    }
    document_.dedent();
    document_.end_group();
}

void Printer::print(const RangeExpr& range) {
    node(range.start);
    keep_from_question_mark();
    take();
    node(range.end);
}

void Printer::print(const ThrowExpr& expression) {
    word();
    node(expression.value);
}

void Printer::print(const YieldExpr& expression) {
    word();
    node(expression.value);
}

/// `async func*(a, b) -> type { body }`
void Printer::print(const FuncExpr& func) {
    if (func.is_async) word();
    take();
    if (func.is_generator) take();
    head_and_body(*func.body, [&] { signature(func.params, func.result); });
}

/// `async |a, b| body`
void Printer::print(const LambdaExpr& lambda) {
    if (lambda.is_async) word();
    bars(lambda.params);
    document_.space();
    node(lambda.body);
}

// ---- Types ---------------------------------------------------------------------------------------------------

void Printer::print(const NamedType& type) {
    node(type.path);
    if (type.arguments.empty() && next_ > type.last_token) return;
    take();
    flat_list(type.arguments);
    take();
}

void Printer::print(const NullType&) { take(); }

void Printer::print(const FuncType& type) {
    take(), take();
    flat_list(type.params);
    take();
    if (type.result != nullptr) document_.space(), word(), node(type.result);
}

void Printer::print(const ParenType& type) {
    take();
    node(type.inner);
    take();
}

void Printer::print(const OptionalType& type) {
    node(type.inner);
    take();
}

void Printer::print(const UnionType& type) {
    for (std::size_t i = 0; i < type.members.size(); ++i) {
        if (i > 0) document_.space(), word();
        node(type.members[i]);
    }
}

// ---- Errors --------------------------------------------------------------------------------------------------

void Printer::print(const ErrorNode& error) { verbatim(error.last_token); }

}  // namespace ruff::formatter
