#include "core/syntax/parser_internal.h"

namespace ruff::syntax {

// ---- Functions -----------------------------------------------------------------------------------------------

// Whether `func` or `async func` here declares: without a name it is an expression.
bool Parser::starts_func_decl() const {
    std::uint32_t ahead = 0;
    if (kind(ahead) == TokenKind::KwAsync) ++ahead;
    if (kind(ahead) != TokenKind::KwFunc) return false;
    ++ahead;
    if (kind(ahead) == TokenKind::Star) ++ahead;
    return kind(ahead) != TokenKind::LeftParen;
}

// func ::= [ "async" ] "func" [ "*" ] NAME params [ "->" type ] block
const Node* Parser::func_decl(bool is_method) {
    auto* node = make<FuncDecl>(at_);
    node->is_async = take(TokenKind::KwAsync);
    advance();  // `func`, or a word of another language that was reported
    node->is_generator = take(TokenKind::Star);
    node->name = is_method && is_word(kind()) ? name_here() : expect_name("the name of the function");
    node->params = params(is_method);
    node->result = result_type();
    if (at(TokenKind::Equal)) {
        bool is_arrow = at_adjacent(at_, TokenKind::Equal, TokenKind::Greater);
        expected("`{`", "the body of a function stands in braces; a lambda is written `|x| expression`");
        at_ += is_arrow ? 2 : 1;
        node->body = finish(make<Block>(at_));
        expression();
        return finish(node);
    }
    node->body = function_block(node->is_generator);
    return finish(node);
}

// params ::= "(" param,* ")"
List<Node> Parser::params(bool is_method) {
    if (!at(TokenKind::LeftParen)) {
        expected("`(`");
        return {};
    }
    Opening opening = open();
    Mode mode(*this, false, false);
    List<Node> params = comma_list(opening, TokenKind::RightParen, [&] { return param(); });
    close(opening, TokenKind::RightParen);
    check_rest_last(params);
    for (const Node* param : params) {
        if (param->is<SelfParam>() && (param != params.front() || !is_method)) {
            refuse(DiagnosticId::SelfNotFirst, span_of(*param));
        }
    }
    return params;
}

// param ::= ["mut"] "self" | pattern [ ":" type ] [ "=" expr ] | "..." NAME
const Node* Parser::param() {
    std::uint32_t first = at_;
    if (at(TokenKind::KwSelf) || (at(TokenKind::KwMut) && kind(1) == TokenKind::KwSelf)) {
        auto* self = make<SelfParam>(first);
        self->is_mut = take(TokenKind::KwMut);
        advance();
        return finish(self);
    }
    if (take(TokenKind::Ellipsis)) {
        auto* rest = make<RestParam>(first);
        rest->name = expect_name("a name after `...`");
        return finish(rest);
    }
    auto* node = make<Param>(first);
    bool has_keyword = (at(TokenKind::KwMut) || at(TokenKind::KwLet) || at(TokenKind::KwConst)) &&
                       kind(1) == TokenKind::Name;
    if (has_keyword) {
        Diagnostic& diagnostic = report_here(DiagnosticId::Expected, {"a parameter", "`" + std::string(text()) + "`"});
        diagnostic.help = "parameters are variables of the function: write only the name";
        advance();
    }
    node->pattern = pattern();
    if (take(TokenKind::Colon)) node->type = type();
    if (at(TokenKind::ColonEqual)) {
        expected("`=`", "a default is given with `=`");
        advance();
        node->default_value = expression();
    } else if (take(TokenKind::Equal)) {
        // Evaluated in the function, but before its body.
        ContextScope scope(*this, Context{});
        node->default_value = expression();
    }
    return finish(node);
}

// "->" type
const Type* Parser::result_type() {
    if (!take(TokenKind::Arrow)) {
        if (!at(TokenKind::Colon)) return nullptr;
        std::uint32_t after = ahead_of(1);
        if (tokens_[after].kind == TokenKind::LeftBrace || tokens_[after].newline_before()) return nullptr;
        expected("`->` or `{`", "the type of the result is written `-> type`");
        advance();
    }
    Mode mode(*this, false, in_head_);
    if (at(TokenKind::LeftBrace)) {
        expected("a type after `->`");
        return missing();
    }
    return type();
}

// ---- Structs and enums ---------------------------------------------------------------------------------------

// struct ::= "struct" NAME "{" { field | func | sep | "," } "}"
const Stmt* Parser::struct_decl() {
    auto* node = make<StructDecl>(at_);
    advance();
    node->name = expect_name("the name of the struct");
    bool has_base = at(TokenKind::Colon) || at(TokenKind::LeftParen) || at(TokenKind::Less) || at(TokenKind::Name);
    if (!at(TokenKind::LeftBrace)) {
        expected("`{`", has_base ? "there is no inheritance; share code with functions" : "");
        if (missing_block() != nullptr) return finish(node);
    }
    if (block_nesting_ == kMaxBlockNesting) {
        too_deep("blocks", kMaxBlockNesting);
        return finish(node);
    }
    ++block_nesting_;
    Opening opening = open();
    Mode mode(*this, true, false);
    ContextScope scope(*this, Context{});
    std::size_t mark = scratch_.size();
    bool is_separated = true;
    while (true) {
        while (at(TokenKind::Semicolon) || at(TokenKind::Comma)) {
            advance();
            is_separated = true;
        }
        if (at_end_of(opening, TokenKind::RightBrace)) break;
        if (!is_separated && !on_new_line() && may_report()) refuse(DiagnosticId::FieldSeparator, token().span());
        scratch_.push_back(struct_member());
        is_separated = scratch_.back()->is<FuncDecl>() || scratch_.back()->is<ErrorNode>();
    }
    node->members = list_from<Node>(mark);
    close(opening, TokenKind::RightBrace);
    --block_nesting_;
    return finish(node);
}

// field ::= WORD [ ":" type ] [ "=" expr ]
const Node* Parser::struct_member() {
    std::uint32_t start = at_;
    Damage damage(*this);
    const Node* member = nullptr;
    std::uint32_t func = at(TokenKind::KwAsync) && kind(1) == TokenKind::KwFunc ? 1 : 0;
    bool is_method = kind(func) == TokenKind::KwFunc &&
                     (is_word(kind(func + 1)) || kind(func + 1) == TokenKind::Star) && on_same_line(func + 1);
    const ForeignWord* word = at(TokenKind::Name) && is_word(kind(1)) && on_same_line(1) ? find_foreign_word(text())
                                                                                         : nullptr;
    bool has_keyword = (at(TokenKind::KwLet) || at(TokenKind::KwMut) || at(TokenKind::KwConst)) &&
                       kind(1) == TokenKind::Name && on_same_line(1);
    if (is_method) {
        member = func_decl(true);
    } else if (word != nullptr && word->role == ForeignRole::Function) {
        replace_word(*word, FixSafety::Safe);
        member = func_decl(true);
    } else {
        if (has_keyword || (word != nullptr && word->role == ForeignRole::Variable)) {
            expected_here("a field or `func`", "a field is written without a keyword: `name: type = default`");
            advance();
        }
        auto* field = make<StructField>(at_);
        field->name = expect_word("a field or `func`");
        if (field->name) {
            if (!line_ends_here() && take(TokenKind::Colon)) field->type = type();
            if (at(TokenKind::ColonEqual)) {
                expected("`=`", "the default of a field is given with `=`");
                advance();
                field->default_value = expression();
            } else if (at(TokenKind::Equal) && !line_ends_here()) {
                advance();
                field->default_value = expression();
            }
        }
        member = finish(field);
        bool goes_on = at(TokenKind::LeftParen) && !on_new_line() && !broken_;
        if (goes_on) expected("`:`, `=` or a newline", "a method is written `func name(self) { }`");
    }
    if (broken_) {
        skip_statement(start);
        member = error_node(start, {member});
    }
    return member;
}

// enum ::= "enum" NAME "{" { variant ("," | sep) } "}"
const Stmt* Parser::enum_decl() {
    auto* node = make<EnumDecl>(at_);
    advance();
    node->name = expect_name("the name of the enum");
    if (!at(TokenKind::LeftBrace)) {
        if (missing_block() != nullptr) return finish(node);
    }
    Opening opening = open();
    Mode mode(*this, true, false);
    std::size_t mark = scratch_.size();
    while (true) {
        while (at(TokenKind::Semicolon) || at(TokenKind::Comma)) advance();
        if (at_end_of(opening, TokenKind::RightBrace)) break;
        std::uint32_t start = at_;
        scratch_.push_back(enum_variant());
        bool is_separated = at(TokenKind::Comma) || at(TokenKind::Semicolon) || on_new_line() ||
                            at_end_of(opening, TokenKind::RightBrace);
        if (is_separated && at_ > start) continue;
        expected("`,` or a newline", at(TokenKind::Equal) ? "a variant has no number" : "");
        while (!at(TokenKind::Comma) && !at_end_of(opening, TokenKind::RightBrace) &&
               !(on_new_line() && at_ > start)) {
            skip_in_list(opening, TokenKind::RightBrace);
            if (at(TokenKind::Comma) || at_end_of(opening, TokenKind::RightBrace)) break;
            advance();
        }
        if (at_ == start) advance();
    }
    node->variants = list_from<EnumVariant>(mark);
    close(opening, TokenKind::RightBrace);
    return finish(node);
}

// variant ::= NAME [ "(" NAME,* ")" ]
const EnumVariant* Parser::enum_variant() {
    auto* node = make<EnumVariant>(at_);
    node->name = expect_name("the name of a variant");
    if (!node->name || !at(TokenKind::LeftParen) || line_ends_here()) return finish(node);
    node->has_payload = true;
    Opening opening = open();
    Mode mode(*this, false, false);
    std::vector<Name> names;
    comma_list(opening, TokenKind::RightParen, [&]() -> const Node* {
        std::uint32_t first = at_;
        if (Name name = expect_name("a name")) names.push_back(name);
        if (at(TokenKind::Colon)) {
            expected("`,` or `)`", "what a variant carries is named without a type");
            skip_in_list(opening, TokenKind::RightParen);
        }
        return error_node(first);
    });
    close(opening, TokenKind::RightParen);
    node->payload = arena_.copy(std::span<const Name>(names));
    return finish(node);
}

// ---- Modules -------------------------------------------------------------------------------------------------

// path ::= NAME { "." NAME }
const Path* Parser::path() {
    auto* node = make<Path>(at_);
    std::vector<Name> more;
    Name first = expect_name("a name");
    while (at(TokenKind::Dot) && first) {
        if (more.empty()) more.push_back(first);
        advance();
        Name name = expect_name("a name after `.`");
        if (!name) break;
        more.push_back(name);
    }
    node->names = arena_.copy(more.empty() ? std::span<const Name>(&first, 1) : std::span<const Name>(more));
    return finish(node);
}

// import ::= "import" path [ "as" NAME ]
const Stmt* Parser::import() {
    if (!context_.at_file_level) report_here(DiagnosticId::ImportNotAtFileLevel, {"import"});
    auto* node = make<Import>(at_);
    advance();
    if (at(TokenKind::String)) {
        std::string_view name = text();
        expected("the name of a module", "a module is named without quotes: `import a.b` reads `a/b.ruff`");
        node->path = path();
        if (name.size() > 1) advance();
        return finish(node);
    }
    node->path = path();
    if (at(TokenKind::KwAs) && !line_ends_here()) {
        advance();
        node->alias = expect_name("a name after `as`");
    }
    return finish(node);
}

// "from" path "import" ("*" | (NAME [ "as" NAME ]),*)
const Stmt* Parser::from_import() {
    if (!context_.at_file_level) report_here(DiagnosticId::ImportNotAtFileLevel, {"import"});
    auto* node = make<FromImport>(at_);
    advance();
    node->path = path();
    if (!expect(TokenKind::KwImport)) return finish(node);
    if (at(TokenKind::Star)) {
        node->imports_all = true;
        node->star_token = at_;
        advance();
        return finish(node);
    }
    std::size_t mark = scratch_.size();
    bool has_parens = at(TokenKind::LeftParen) || at(TokenKind::LeftBrace);
    if (has_parens) expected("a name", "the names stand without brackets: `from m import a, b`");
    // Behind a comma the list goes on in the next line if a name stands there.
    while (!has_parens && (mark == scratch_.size() || at(TokenKind::Name))) {
        auto* item = make<ImportItem>(at_);
        item->name = expect_name("a name");
        if (!item->name) break;
        if (at(TokenKind::KwAs) && !line_ends_here()) {
            advance();
            item->alias = expect_name("a name after `as`");
        }
        scratch_.push_back(finish(item));
        if (!take(TokenKind::Comma)) break;
    }
    node->items = list_from<ImportItem>(mark);
    return finish(node);
}

// "export" (func | struct | enum | binding)
const Stmt* Parser::export_() {
    if (!context_.at_file_level) report_here(DiagnosticId::ImportNotAtFileLevel, {"export"});
    auto* node = make<Export>(at_);
    advance();
    switch (kind()) {
        case TokenKind::KwFunc:
        case TokenKind::KwAsync: node->declaration = func_decl(false); break;
        case TokenKind::KwStruct: node->declaration = struct_decl(); break;
        case TokenKind::KwEnum: node->declaration = enum_decl(); break;
        case TokenKind::KwLet:
        case TokenKind::KwMut:
        case TokenKind::KwConst: node->declaration = binding(); break;
        default: {
            const ForeignWord* word = at(TokenKind::Name) ? find_foreign_word(text()) : nullptr;
            bool is_name = at(TokenKind::Name) && word == nullptr;
            if (word != nullptr && foreign_statement() != nullptr) {
                node->declaration = error_node(node->first_token + 1);
                break;
            }
            expected("a declaration after `export`",
                     is_name ? "write `export` before `func`, `struct`, `enum`, `let`, `mut` or `const`" : "");
            node->declaration = missing();
        }
    }
    return finish(node);
}

// ---- Tests ---------------------------------------------------------------------------------------------------

// `test` and its kin are plain names but for these forms.
bool Parser::starts_test() const {
    std::string_view word = text();
    if (!word.starts_with("test") || !on_same_line(1)) return false;
    if (word == "test" || word == "test_group") return kind(1) == TokenKind::String || kind(1) == TokenKind::StringHead;
    return (word == "test_setup" || word == "test_teardown") && kind(1) == TokenKind::LeftBrace;
}

// test ::= ("test" | "test_group") STRING block | ("test_setup" | "test_teardown") block
const Stmt* Parser::test() {
    auto* node = make<Test>(at_);
    std::string_view word = text();
    if (!context_.at_test_level) report_here(DiagnosticId::TestNotAtFileLevel, {word});
    node->test_kind = word == "test"         ? TestKind::Test
                      : word == "test_group" ? TestKind::Group
                      : word == "test_setup" ? TestKind::Setup
                                             : TestKind::Teardown;
    advance();
    if (node->test_kind == TestKind::Test || node->test_kind == TestKind::Group) {
        node->name = plain_string("the name of a test");
    }
    // A test runs as a function of its own; nothing around it can be left.
    ContextScope scope(*this, Context{});
    node->body = block(node->test_kind == TestKind::Group);
    return finish(node);
}

}  // namespace ruff::syntax
