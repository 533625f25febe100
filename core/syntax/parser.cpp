#include "core/syntax/parser.h"

#include <algorithm>

#include "core/syntax/parser_internal.h"

// A recursive descent parser over the token array: one function a production, the production above it, the functions of
// a construct together in one of parser_{stmt,decl,expr,string,pattern,type}.cpp. Errors are data: a function that
// misses something reports it, puts a missing node in its place and goes on (recovery.cpp says how it finds its way).
//
// Line ends. No token stands for the end of a line; tokens know whether a line break is before them. `newlines_end_` is
// true where a break can end a statement, which is what the innermost open bracket decides: `Mode` sets it at each
// bracket. Where it is true, the loops for operators and postfixes stop at a token on a new line that cannot continue
// an expression; an operand is taken from the next line without asking, because what stands before it is incomplete.
//
// Heads. After `if`, `while`, `for` and `match` a `{` opens the body: `in_head_` says so, and brackets clear it.

namespace ruff::syntax {

Parser::Parser(SyntaxTree& tree, bool is_balanced, Report& report)
    : tree_(tree), arena_(tree.arena), source_(tree.source->text()), tokens_(tree.tokens.data()),
      eof_(static_cast<std::uint32_t>(tree.tokens.size()) - 1), report_(report), is_balanced_(is_balanced) {
    if (!is_balanced_) match_brackets();
}

// ---- Tokens --------------------------------------------------------------------------------------------------

bool Parser::expect(TokenKind wanted) { return expect(wanted, token_description(wanted)); }

bool Parser::expect(TokenKind wanted, std::string_view what) {
    if (take(wanted)) return true;
    expected(what);
    return false;
}

// Whether what stands before the current token, complete as it is, ends with its line.
bool Parser::line_ends_here() const {
    if (!newlines_end_ || !on_new_line()) return false;
    switch (kind()) {
        case TokenKind::Dot:
        case TokenKind::QuestionDot:
        case TokenKind::BarGreater:
        case TokenKind::QuestionQuestion:
        case TokenKind::AmpersandAmpersand:
        case TokenKind::BarBar:
        case TokenKind::KwAnd:
        case TokenKind::KwOr:
        case TokenKind::KwIn:
        case TokenKind::Plus:
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
        case TokenKind::KwElse:
        case TokenKind::KwExcept:
        case TokenKind::KwFinally: return false;
        case TokenKind::KwNot: return kind(1) != TokenKind::KwIn;
        case TokenKind::Minus: {
            std::uint32_t next = token().end;
            char c = next < source_.size() ? source_[next] : '\n';
            return c != ' ' && c != '\t' && c != '\n' && c != '\r';
        }
        default: return true;
    }
}

// Takes the first character of a two-character operator. The token array cannot grow in the middle, so the rest takes
// the token's place for now, and parse_file begins again with this offset in the lexer's `splits`.
void Parser::split() {
    Token& whole = tokens_[at_];
    splits_.push_back(whole.begin);
    switch (whole.kind) {
        case TokenKind::GreaterEqual: whole.kind = TokenKind::Equal; break;
        case TokenKind::QuestionQuestion: whole.kind = TokenKind::Question; break;
        default: whole.kind = TokenKind::Bar; break;
    }
    ++whole.begin;
    whole.flags = 0;
}

// ---- Nodes ---------------------------------------------------------------------------------------------------

const ErrorNode* Parser::missing() { return finish(make<ErrorNode>(at_)); }

const ErrorNode* Parser::error_node(std::uint32_t first, std::initializer_list<const Node*> children) {
    auto* node = make<ErrorNode>(first);
    std::span<const Node*> copies =
        arena_.copy(std::span<const Node* const>(children.begin(), children.size()));
    node->children = {copies.data(), copies.size()};
    return finish(node);
}

// ---- Names ---------------------------------------------------------------------------------------------------

// The current token as a name; takes it.
Name Parser::name_here() {
    Name name{source_.data() + token().begin, token().span().size(), at_};
    advance();
    return name;
}

Name Parser::expect_name(std::string_view what) {
    if (at(TokenKind::Name)) return name_here();
    if (is_keyword(kind()) && !on_new_line()) {
        report_here(DiagnosticId::ReservedWord, {text()});
        return name_here();
    }
    expected(what);
    return {};
}

Name Parser::expect_word(std::string_view what) {
    if (is_word(kind())) return name_here();
    expected(what);
    return {};
}

// ---- The file ------------------------------------------------------------------------------------------------

// file ::= { sep } [ stmt { sep { sep } stmt } ] { sep }
const File* Parser::file() {
    context_.at_file_level = true;
    context_.at_test_level = true;
    auto* node = make<File>(0);
    node->statements = statements(nullptr);
    node->last_token = eof_;
    return node;
}

namespace {

std::shared_ptr<SyntaxTree> refuse_large(std::shared_ptr<SyntaxTree> tree) {
    static const File kEmptyFile;
    tree->tokens.push_back({});
    tree->root = &kEmptyFile;
    tree->node_count = 1;
    tree->has_errors = true;
    tree->diagnostics.push_back(make_diagnostic(DiagnosticId::SourceTooLarge, {0, 0}));
    return tree;
}

}  // namespace

ParseResult parse_file(std::shared_ptr<const SourceFile> source) { return parse_owned(std::move(source)); }

std::shared_ptr<SyntaxTree> parse_owned(std::shared_ptr<const SourceFile> source) {
    std::vector<std::uint32_t> splits;
    while (true) {
        auto tree = std::make_shared<SyntaxTree>();
        tree->source = source;
        if (source->text().size() > kMaxSourceSize) return refuse_large(std::move(tree));
        Report report;
        LexResult lexed = lex(source->text(), report, splits);
        tree->tokens = std::move(lexed.tokens);
        tree->comments = std::move(lexed.comments);
        Parser parser(*tree, lexed.is_balanced, report);
        tree->root = parser.file();
        if (parser.splits().size() > splits.size() ||
            (splits.empty() && !parser.splits().empty())) {
            splits = parser.splits();
            continue;
        }
        tree->node_count = parser.node_count();
        tree->has_grammar_errors = report.has_grammar_errors();
        tree->diagnostics = report.take();
        tree->has_errors = !tree->diagnostics.empty();
        return tree;
    }
}

}  // namespace ruff::syntax
