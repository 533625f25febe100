#include "core/syntax/parser_internal.h"

namespace ruff::syntax {
namespace {

AssignOp assign_operator(TokenKind kind) {
    switch (kind) {
        case TokenKind::PlusEqual: return AssignOp::Add;
        case TokenKind::MinusEqual: return AssignOp::Subtract;
        case TokenKind::StarEqual: return AssignOp::Multiply;
        case TokenKind::SlashEqual: return AssignOp::Divide;
        case TokenKind::PercentEqual: return AssignOp::Modulo;
        default: return AssignOp::Set;
    }
}

bool is_assign_operator(TokenKind kind) {
    return kind >= TokenKind::ColonEqual && kind <= TokenKind::PercentEqual;
}
static_assert(static_cast<int>(TokenKind::PercentEqual) - static_cast<int>(TokenKind::ColonEqual) == 6);

bool is_set(TokenKind kind) { return kind == TokenKind::ColonEqual || kind == TokenKind::Equal; }

/// The statement ends at a `}` of its own: what follows need not be separated.
bool ends_at_brace(const Node& statement) {
    switch (statement.kind) {
        case NodeKind::If:
        case NodeKind::Match:
        case NodeKind::Try:
        case NodeKind::Spawn:
        case NodeKind::While:
        case NodeKind::Loop:
        case NodeKind::For:
        case NodeKind::FuncDecl:
        case NodeKind::StructDecl:
        case NodeKind::EnumDecl:
        case NodeKind::Test: return true;
        case NodeKind::Export: return ends_at_brace(*statement.to<Export>().declaration);
        default: return false;
    }
}

bool is_declaration(const Node& statement) {
    switch (statement.kind) {
        case NodeKind::Binding:
        case NodeKind::FuncDecl:
        case NodeKind::StructDecl:
        case NodeKind::EnumDecl:
        case NodeKind::Import:
        case NodeKind::FromImport:
        case NodeKind::Export:
        case NodeKind::Test: return true;
        default: return false;
    }
}

/// Tokens that go on with the expression before them on their line, whatever else they could begin.
bool goes_on(TokenKind kind) {
    switch (kind) {
        case TokenKind::Dot:
        case TokenKind::QuestionDot:
        case TokenKind::Question:
        case TokenKind::QuestionQuestion:
        case TokenKind::BarGreater:
        case TokenKind::AmpersandAmpersand:
        case TokenKind::KwAnd:
        case TokenKind::KwOr:
        case TokenKind::KwIn:
        case TokenKind::BarBar:
        case TokenKind::Plus:
        case TokenKind::Minus:
        case TokenKind::Star:
        case TokenKind::Slash:
        case TokenKind::Percent:
        case TokenKind::Less:
        case TokenKind::LessEqual:
        case TokenKind::Greater:
        case TokenKind::GreaterEqual:
        case TokenKind::EqualEqual:
        case TokenKind::BangEqual:
        case TokenKind::DotDot:
        case TokenKind::DotDotEqual:
        case TokenKind::LeftParen:
        case TokenKind::LeftBracket: return true;
        default: return false;
    }
}

}  // namespace

// ---- Lists of statements -------------------------------------------------------------------------------------

// The body of `file` and `block`, up to the end of the file or the `}` of `opening`.
List<Stmt> Parser::statements(const Opening* opening) {
    std::size_t mark = scratch_.size();
    while (true) {
        while (at(TokenKind::Semicolon)) advance();
        if (at(TokenKind::Eof)) break;
        if (opening != nullptr && at_end_of(*opening, TokenKind::RightBrace)) break;
        scratch_.push_back(statement_in_list());
    }
    return list_from<Stmt>(mark);
}

// One statement and the end that it needs. What was broken in it stays in it.
const Stmt* Parser::statement_in_list() {
    std::uint32_t start = at_;
    Damage damage(*this);
    const Stmt* node = statement();
    if (!broken_ && (!ends_at_brace(*node) || goes_on_here())) after_statement(*node, start);
    if (broken_) {
        skip_statement(start);
        node = error_node(start, {node});
    }
    return node;
}

// Whether the current token goes on with what stands before it, which ended at a `}`.
bool Parser::goes_on_here() const {
    if (on_new_line()) return !line_ends_here();
    return goes_on(kind()) || (at(TokenKind::KwNot) && kind(1) == TokenKind::KwIn);
}

// stmt ::= binding | assign | func | struct | enum | import | "export" (func | struct | enum | binding) | test
//        | if | match | try | spawn | while | loop | for | "return" [ expr ] | "break" | "continue" | expr
const Stmt* Parser::statement() {
    switch (kind()) {
        case TokenKind::Name: {
            if (kind(1) == TokenKind::ColonEqual && on_same_line(1)) break;
            if (starts_test()) return test();
            if (at_word("from") && kind(1) == TokenKind::Name && on_same_line(1)) return from_import();
            if (const Stmt* foreign = foreign_statement()) return foreign;
            break;
        }
        case TokenKind::KwLet:
        case TokenKind::KwMut:
        case TokenKind::KwConst: return binding();
        case TokenKind::KwFunc:
        case TokenKind::KwAsync:
            if (starts_func_decl()) return func_decl(false);
            break;
        case TokenKind::KwStruct: return struct_decl();
        case TokenKind::KwEnum: return enum_decl();
        case TokenKind::KwImport: return import();
        case TokenKind::KwExport: return export_();
        case TokenKind::KwIf: return if_();
        case TokenKind::KwMatch: return match();
        case TokenKind::KwTry: return try_();
        case TokenKind::KwSpawn: return spawn();
        case TokenKind::KwWhile: return while_();
        case TokenKind::KwLoop: return loop();
        case TokenKind::KwFor: return for_();
        case TokenKind::KwReturn: return return_();
        case TokenKind::KwBreak:
        case TokenKind::KwContinue: return leave_loop();
        case TokenKind::LeftBrace: return pattern_assign();
        case TokenKind::LeftBracket:
            if (starts_array_pattern()) return pattern_assign();
            break;
        case TokenKind::RightParen:
        case TokenKind::RightBracket:
        case TokenKind::RightBrace: return stray_closers();
        case TokenKind::KwElse:
        case TokenKind::KwExcept:
        case TokenKind::KwFinally:
        case TokenKind::KwCase: return lost_clause();
        default: break;
    }
    return simple_statement();
}

// `else` and the like where nothing is open that they belong to
const Stmt* Parser::lost_clause() {
    std::uint32_t first = at_;
    std::string_view owner = at(TokenKind::KwElse) ? "an `if`" : at(TokenKind::KwCase) ? "a `match`" : "a `try`";
    report(DiagnosticId::Expected, token().span(), {"a statement", "`" + std::string(text()) + "`"}).help =
        "it belongs to " + std::string(owner);
    advance();
    return error_node(first);
}

// block ::= "{" file "}"
const Block* Parser::block(bool is_test_level) {
    auto* node = make<Block>(at_);
    if (!at(TokenKind::LeftBrace)) {
        if (const Block* body = missing_block()) return body;
        node->first_token = at_;
    }
    if (block_nesting_ == kMaxBlockNesting) {
        too_deep("blocks", kMaxBlockNesting);
        return finish(node);
    }
    ++block_nesting_;
    Opening opening = open();
    Mode mode(*this, true, false);
    Context inside = context_;
    inside.at_file_level = false;
    inside.at_test_level = is_test_level;
    ContextScope scope(*this, inside);
    node->statements = statements(&opening);
    close(opening, TokenKind::RightBrace);
    --block_nesting_;
    return finish(node);
}

// The body of a function, in which nothing outside can be left.
const Block* Parser::function_block(bool is_generator) {
    Context inside;
    inside.in_generator = is_generator;
    ContextScope scope(*this, inside);
    return block();
}

// head ::= expr          in its no-brace form
const Expr* Parser::head() {
    Mode mode(*this, false, true);
    std::uint32_t first = at_;
    if (on_new_line() && at(TokenKind::Name) && kind(1) == TokenKind::ColonEqual) {
        expected("an expression");
        return missing();
    }
    if (at(TokenKind::LeftBrace)) {
        if (literal_in_head("a dict")) return error_node(first);
        expected("an expression before the `{`");
        return missing();
    }
    const Expr* condition = expression();
    bool is_behind_name = at(TokenKind::LeftBrace) && tokens_[at_ - 1].kind == TokenKind::Name;
    if (is_behind_name && literal_in_head("a struct literal")) return error_node(first, {condition});
    return condition;
}

// `if {a: 1} == d {`, `if p == Point { x: 1 } {`: at a `{` in a head. Reports a literal there, and skips the head.
bool Parser::literal_in_head(std::string_view what) {
    // `match x { default: … }` begins with the last arm.
    bool is_default = kind(1) == TokenKind::Name && text_of(at_ + 1) == "default";
    bool has_key = (is_word(kind(1)) || kind(1) == TokenKind::String) && kind(2) == TokenKind::Colon && !is_default;
    if (!has_key || partner(at_) == kNoToken) return false;
    const Token& after = tokens_[partner(at_) + 1];
    if (after.newline_before() || !(after.kind == TokenKind::LeftBrace || goes_on(after.kind))) return false;
    report_here(DiagnosticId::BraceInHead, {what}).help = "put it in parentheses";
    at_ = partner(at_);
    advance();
    while (!at(TokenKind::LeftBrace) && !at(TokenKind::RightBrace) && !at(TokenKind::Eof) && !on_new_line()) {
        bool is_jump = at(TokenKind::LeftParen) || at(TokenKind::LeftBracket) || at(TokenKind::StringHead);
        if (is_jump && partner(at_) != kNoToken) at_ = partner(at_);
        advance();
    }
    return true;
}

// ---- Bindings, assignments, expressions ----------------------------------------------------------------------

// binding ::= ("let" | "mut" | "const") pattern [ ":" type ] (":=" | "=") expr
const Stmt* Parser::binding() {
    auto* node = make<Binding>(at_);
    node->keyword = at(TokenKind::KwLet)     ? BindingKeyword::Let
                    : at(TokenKind::KwConst) ? BindingKeyword::Const
                                             : BindingKeyword::Mut;  // also for a reported `var`
    advance();
    node->pattern = pattern();
    if (take(TokenKind::Colon)) {
        Mode mode(*this, false, in_head_);
        node->type = type();
    }
    if (!is_set(kind())) {
        if (at(TokenKind::Comma)) {
            report_here(DiagnosticId::ForeignTuple).help = "write `let [a, b] := [1, 2]`";
        } else if (!broken_) {
            expected("`:=`", on_new_line() || at(TokenKind::Eof) ? "a variable gets its first value where it is declared"
                                                                 : "");
        }
        node->value = missing();
        return finish(node);
    }
    node->operator_token = at_;
    advance();
    node->value = expression();
    return finish(node);
}

// assign ::= place (":=" | "=" | "+=" | "-=" | "*=" | "/=" | "%=") expr
const Stmt* Parser::simple_statement() {
    std::uint32_t first = at_;
    const Expr* value = expression();
    bool is_assignment = is_assign_operator(kind()) && !line_ends_here() && !value->is_missing &&
                         !at_arrow();
    if (is_assignment) return assign(*value, first);
    auto* node = make<ExprStmt>(first);
    node->expression = value;
    return finish(node);
}

const Stmt* Parser::assign(const Node& target, std::uint32_t first) {
    auto* node = make<Assign>(first);
    node->target = &target;
    node->op = assign_operator(kind());
    node->operator_token = at_;
    check_place(target);
    advance();
    node->value = expression();
    if (is_assign_operator(kind()) && !line_ends_here() && !at_arrow()) {
        report_here(DiagnosticId::ChainedAssignment).help = "write one assignment a statement";
    }
    return finish(node);
}

// place ::= NAME | "self" | postfix "." WORD | postfix "[" expr "]"
// Of a place that is a part of something, that something has to be a place too.
void Parser::check_place(const Node& target) {
    if (broken_) return;
    if (target.is<ArrayExpr>() && !is_set(kind())) {
        report_here(DiagnosticId::PatternCompound, {text()});
        return;
    }
    const Node* node = &target;
    while (true) {
        if (const auto* index = node->as<IndexExpr>()) {
            node = index->object;
        } else if (const auto* member = node->as<MemberExpr>(); member != nullptr && !member->is_optional) {
            node = member->object;
        } else {
            break;
        }
    }
    if (node->is<NameExpr>() || node->is<SelfExpr>() || node->is<ErrorNode>()) return;
    std::string_view what = node->is<CallExpr>()                                     ? "the result of a call"
                            : node->is<StringLiteral>() || node->is<IntLiteral>()    ? "a literal"
                            : node->is<FloatLiteral>() || node->is<BoolLiteral>()    ? "a literal"
                            : node->is<NullLiteral>()                                ? "null"
                            : node->is<SliceExpr>()                                  ? "a slice"
                            : node->is<VariantExpr>()                                ? "an enum variant"
                            : node->is<MemberExpr>()                                 ? "`?.`"
                                                                                     : "an expression";
    if (node->is<BinaryExpr>() && node == &target && at(TokenKind::Equal)) {
        report(DiagnosticId::NotAPlace, span_of(*node), {what}).help = "values are compared with `==`";
    } else if (node == &target) {
        report(DiagnosticId::NotAPlace, span_of(*node), {what}).help =
            "the left side is a variable, an entry `a[i]` or a field `a.f`";
    } else {
        refuse(DiagnosticId::NotAPlaceRoot, span_of(*node), {what}, "give it a name first, then change that");
    }
}

// assign ::= (arrpat | dictpat) (":=" | "=") expr
const Stmt* Parser::pattern_assign() {
    std::uint32_t first = at_;
    bool is_dict = at(TokenKind::LeftBrace);
    const Pattern* target = nullptr;
    if (is_dict) {
        std::uint32_t close = partner(at_);
        std::uint32_t after = close == kNoToken ? eof_ : std::min(close + 1, eof_);
        if (!is_assign_operator(tokens_[after].kind)) {
            bool is_empty = close == at_ + 1;
            bool looks_like_dict =
                is_empty || kind(1) == TokenKind::String ||
                (is_word(kind(1)) && (kind(2) == TokenKind::Colon || kind(2) == TokenKind::Comma));
            Diagnostic& diagnostic = report_here(DiagnosticId::BraceStatement);
            if (close == kNoToken) {
                // Only typed so far.
            } else if (looks_like_dict) {
                Span span = {token().begin, tokens_[close].end};
                diagnostic.help = "put a dict in parentheses";
                diagnostic.fixes.push_back({"Add parentheses",
                                            FixSafety::Unsafe,
                                            {{{span.begin, span.begin}, "("}, {{span.end, span.end}, ")"}}});
            } else {
                diagnostic.help = "a block belongs to a statement such as `if` or `loop`";
            }
            if (!looks_like_dict) return block();
            return simple_statement();
        }
        target = dict_pattern();
    } else {
        target = array_pattern();
    }
    check_pattern_targets(*target);
    if (!is_set(kind())) {
        if (is_assign_operator(kind())) {
            report_here(DiagnosticId::PatternCompound, {text()});
        } else {
            expected("`:=`");
        }
        return error_node(first, {target});
    }
    auto* node = make<Assign>(first);
    node->target = target;
    node->op = AssignOp::Set;
    node->operator_token = at_;
    advance();
    node->value = expression();
    if (is_assign_operator(kind()) && !line_ends_here() && !at_arrow()) {
        report_here(DiagnosticId::ChainedAssignment).help = "write one assignment a statement";
    }
    return finish(node);
}

// At the start of a statement `[` is a pattern when `:=` follows its `]`.
bool Parser::starts_array_pattern() {
    std::uint32_t close = partner(at_);
    if (close == kNoToken || close + 1 > eof_) return false;
    const Token& after = tokens_[close + 1];
    return is_set(after.kind) && !(newlines_end_ && after.newline_before());
}

// ---- Control flow --------------------------------------------------------------------------------------------

// if ::= "if" head block { "else" "if" head block } [ "else" block ]
const Node* Parser::if_() {
    auto* node = make<If>(at_);
    std::size_t mark = scratch_.size();
    bool goes_on = true;
    while (goes_on) {
        auto* branch = make<IfBranch>(at_);
        advance();
        branch->condition = head();
        branch->body = block();
        scratch_.push_back(finish(branch));
        goes_on = false;
        if (at(TokenKind::KwElse)) {
            advance();
            if (at(TokenKind::KwIf)) {
                goes_on = true;
            } else {
                node->else_block = block();
            }
        } else if (const ForeignWord* word = at(TokenKind::Name) ? find_foreign_word(text()) : nullptr;
                   word != nullptr && word->role == ForeignRole::ElseIf) {
            replace_word(*word, FixSafety::Safe);
            goes_on = true;
        }
    }
    node->branches = list_from<IfBranch>(mark);
    return finish(node);
}

// match ::= "match" head "{" { sep } { arm { sep } } "}"
const Node* Parser::match() {
    auto* node = make<Match>(at_);
    advance();
    node->subject = head();
    if (!at(TokenKind::LeftBrace) && missing_block() != nullptr) return finish(node);
    if (block_nesting_ == kMaxBlockNesting) {
        too_deep("blocks", kMaxBlockNesting);
        return finish(node);
    }
    ++block_nesting_;
    Opening opening = open();
    Mode mode(*this, true, false);
    std::size_t mark = scratch_.size();
    while (true) {
        while (at(TokenKind::Semicolon)) advance();
        if (at_end_of(opening, TokenKind::RightBrace) || at(TokenKind::Eof)) break;
        scratch_.push_back(arm());
    }
    node->arms = list_from<Node>(mark);
    close(opening, TokenKind::RightBrace);
    --block_nesting_;
    for (const Node* arm : node->arms) {
        const auto* typed = arm->as<MatchArm>();
        if (typed != nullptr && typed->is_default && arm != node->arms.back()) {
            refuse(DiagnosticId::DefaultNotLast, tokens_[arm->first_token].span());
        }
    }
    return finish(node);
}

// `default` is a name like any other, but before the colon of an arm.
bool Parser::at_default() const {
    return at_word("default") && (kind(1) == TokenKind::Colon || kind(1) == TokenKind::LeftBrace);
}

bool Parser::at_arm() const { return at(TokenKind::KwCase) || at_default(); }

// arm ::= ("case" cpat { "|" cpat } [ "if" expr ] | "default") ":" (block | stmt)
const Node* Parser::arm() {
    std::uint32_t start = at_;
    Damage damage(*this);
    auto* node = make<MatchArm>(at_);
    if (at_default()) {
        advance();
        node->is_default = true;
    } else if (take(TokenKind::KwCase)) {
        node->pattern = alternatives();
        if (take(TokenKind::KwIf)) {
            Mode mode(*this, false, false);
            node->guard = expression();
        }
    } else {
        bool is_else = at(TokenKind::KwElse) || at_word("_");
        expected_here("`case` or `default`", is_else ? "write `default: ...`" : "");
        skip_statement(start);
        return error_node(start);
    }
    if (at_arrow()) {
        Span arrow = {token().begin, token(1).end};
        Diagnostic& diagnostic = report(DiagnosticId::ForeignArrow, arrow);
        diagnostic.help = "write `:`";
        diagnostic.fixes.push_back({"Replace `=>` by `:`", FixSafety::Safe, {{arrow, ":"}}});
        at_ += 2;
    } else if (!(broken_ && line_ends_here())) {
        expect(TokenKind::Colon);
    }
    if (at(TokenKind::LeftBrace)) {
        node->body = block();
    } else if (broken_ && (at(TokenKind::RightBrace) || at_arm() || at(TokenKind::Eof) || on_new_line())) {
        node->body = missing();
    } else if (at(TokenKind::RightBrace) || at_arm() || at(TokenKind::Eof) || at(TokenKind::Semicolon)) {
        expected("a statement or a block");
        node->body = missing();
    } else {
        if (on_new_line()) refuse(DiagnosticId::ArmOnNextLine, span_here(), {}, "put the statement in braces");
        Context inside = context_;
        inside.at_file_level = inside.at_test_level = false;
        ContextScope scope(*this, inside);
        std::uint32_t body_start = at_;
        const Stmt* body = statement();
        if (!broken_ && is_declaration(*body)) {
            refuse(DiagnosticId::DeclarationInArm, span_of(*body), {}, "write `{ ... }` after the `:`");
        }
        if (!broken_ && !at_arm() && !ends_at_brace(*body)) after_statement(*body, body_start);
        node->body = body;
    }
    const Node* result = finish(node);
    if (broken_) {
        skip_statement(start);
        result = error_node(start, {node});
    }
    return result;
}

// try ::= "try" block [ "except" [ NAME ] block ] [ "finally" block ]
const Node* Parser::try_() {
    auto* node = make<Try>(at_);
    advance();
    node->body = block();
    const ForeignWord* word = at(TokenKind::Name) ? find_foreign_word(text()) : nullptr;
    bool is_foreign = word != nullptr && word->role == ForeignRole::Catch;
    if (is_foreign) replace_word(*word, FixSafety::Safe);
    if (is_foreign || at(TokenKind::KwExcept)) {
        advance();
        if (at(TokenKind::LeftParen) && kind(1) == TokenKind::Name && kind(2) == TokenKind::RightParen) {
            if (!is_foreign) {
                Diagnostic& diagnostic = report_here(DiagnosticId::ForeignCatch, {"parentheses"});
                diagnostic.help = "write `except " + std::string(text_of(at_ + 1)) + " { }`";
                diagnostic.fixes.push_back({"Remove the parentheses",
                                            FixSafety::Safe,
                                            {{token().span(), ""}, {token(2).span(), ""}}});
            }
            advance();
            node->error_name = name_here();
            advance();
        } else if (at(TokenKind::Name)) {
            node->error_name = name_here();
            bool has_type = at(TokenKind::KwAs) || at(TokenKind::Name) || at(TokenKind::Colon);
            if (has_type) {
                report_here(DiagnosticId::ForeignCatch, {"a type"}).help =
                    "write `except e { }` and look at `e.kind` or `e.value`";
                while (!at(TokenKind::LeftBrace) && !at(TokenKind::Eof) && !on_new_line()) advance();
            }
        } else if (!at(TokenKind::LeftBrace) && is_keyword(kind())) {
            node->error_name = expect_name("a name or `{`");
        }
        node->except_block = block();
    }
    if (take(TokenKind::KwFinally)) {
        Context inside = context_;
        if (inside.in_loop) inside.border = Context::Border::Finally;
        inside.in_loop = false;
        inside.in_finally = true;
        ContextScope scope(*this, inside);
        node->finally_block = block();
    }
    if (node->except_block == nullptr && node->finally_block == nullptr && !broken_) {
        refuse(DiagnosticId::TryAlone, tokens_[node->first_token].span(), {}, "add `except e { }`");
    }
    return finish(node);
}

// spawn ::= "spawn" block
const Node* Parser::spawn() {
    auto* node = make<Spawn>(at_);
    advance();
    if (!at(TokenKind::LeftBrace) && !on_new_line() && !at(TokenKind::Eof) && may_report()) {
        std::uint32_t first = at_;
        const Expr* task = expression();
        if (!broken_) {
            Span span = span_of(*task);
            Diagnostic& diagnostic = report(DiagnosticId::SpawnWithoutBlock, span);
            diagnostic.help = "write `spawn { ... }`";
            diagnostic.fixes.push_back(
                {"Put it in braces", FixSafety::Unsafe, {{{span.begin, span.begin}, "{ "}, {{span.end, span.end}, " }"}}});
        }
        auto* body = make<Block>(first);
        scratch_.push_back(task);
        body->statements = list_from<Stmt>(scratch_.size() - 1);
        node->body = finish(body);
        return finish(node);
    }
    Context inside = context_;
    if (inside.in_loop) inside.border = Context::Border::Spawn;
    inside.in_loop = false;
    inside.in_finally = false;
    inside.generator_behind_spawn = inside.in_generator || inside.generator_behind_spawn;
    inside.in_generator = false;
    ContextScope scope(*this, inside);
    node->body = block();
    return finish(node);
}

// while ::= "while" head block
const Stmt* Parser::while_() {
    auto* node = make<While>(at_);
    advance();
    node->condition = head();
    Context inside = context_;
    inside.in_loop = true;
    ContextScope scope(*this, inside);
    node->body = block();
    return finish(node);
}

// loop ::= "loop" block
const Stmt* Parser::loop() {
    auto* node = make<Loop>(at_);
    advance();
    Context inside = context_;
    inside.in_loop = true;
    ContextScope scope(*this, inside);
    node->body = block();
    return finish(node);
}

// for ::= "for" pattern [ "," pattern ] "in" head block
const Stmt* Parser::for_() {
    std::uint32_t first = at_;
    advance();
    if (at(TokenKind::LeftParen) || (at(TokenKind::Name) && kind(1) == TokenKind::ColonEqual) ||
        at(TokenKind::KwLet) || at(TokenKind::KwMut)) {
        return foreign_for(first);
    }
    auto* node = make<For>(first);
    node->pattern = pattern();
    if (take(TokenKind::Comma)) node->second = pattern();
    if (expect(TokenKind::KwIn)) {
        node->iterable = head();
    } else {
        node->iterable = missing();
    }
    Context inside = context_;
    inside.in_loop = true;
    ContextScope scope(*this, inside);
    node->body = block();
    return finish(node);
}

// "return" [ expr ]          the operand begins on its line
const Stmt* Parser::return_() {
    auto* node = make<Return>(at_);
    if (context_.in_finally) report_here(DiagnosticId::LeavesFinally, {"return"});
    advance();
    bool is_alone = on_new_line() || at(TokenKind::Semicolon) || at(TokenKind::RightBrace) || at(TokenKind::Eof) ||
                    at(TokenKind::KwCase) || at(TokenKind::RightParen) || at(TokenKind::RightBracket) ||
                    at(TokenKind::Comma) || at(TokenKind::StringMiddle) || at(TokenKind::StringTail);
    if (!is_alone) node->value = expression();
    return finish(node);
}

// "break" | "continue"
const Stmt* Parser::leave_loop() {
    bool is_break = at(TokenKind::KwBreak);
    if (!context_.in_loop) {
        DiagnosticId id = context_.border == Context::Border::Finally ? DiagnosticId::LeavesFinally
                          : context_.border == Context::Border::Spawn ? DiagnosticId::LeavesSpawn
                                                                      : DiagnosticId::BreakOutsideLoop;
        report_here(id, {text()});
    }
    std::uint32_t first = at_;
    advance();
    if (is_break) return finish(make<Break>(first));
    return finish(make<Continue>(first));
}

}  // namespace ruff::syntax
