#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/lang/foreign_words.h"
#include "core/syntax/lexer.h"
#include "core/syntax/parser.h"
#include "core/syntax/report.h"

/// The parser's state and its productions, spread over parser_*.cpp; no other room includes this.
namespace ruff::syntax {

/// An opening bracket that is being parsed.
struct Opening {
    std::uint32_t token = 0;
    bool is_unclosed = false;
};

/// The text of one token of a string, between its quotes or braces.
struct StringPiece {
    Span span;
    bool has_escape = false;
    const Expr* expression = nullptr;  ///< of the interpolation behind it, if there is one
    Span hole;                         ///< that interpolation, from `${` to `}`
};

/// How a string goes over lines.
struct Layout {
    bool is_multi_line = false;
    std::string_view indentation;  ///< of the closing quotes
};

/// What `break`, `yield` and the like may do here.
struct Context {
    enum class Border : std::uint8_t { None, Finally, Spawn };

    bool in_loop = false;
    /// What stands between here and the loop that `break` would leave.
    Border border = Border::None;
    bool in_finally = false;
    bool in_generator = false;
    /// The generator is outside a `spawn` block.
    bool generator_behind_spawn = false;
    bool at_file_level = false;
    bool at_test_level = false;
};

class Parser {
public:
    Parser(SyntaxTree& tree, bool is_balanced, Report& report);

    /// Parses everything. Offsets of tokens that have to be split before a second try are in `splits()`.
    const File* file();
    [[nodiscard]] const std::vector<std::uint32_t>& splits() const { return splits_; }
    [[nodiscard]] std::uint32_t node_count() const { return next_id_; }

private:
    // parser.cpp: tokens, nodes, lists
    [[nodiscard]] const Token& token() const { return tokens_[at_]; }
    [[nodiscard]] TokenKind kind() const { return tokens_[at_].kind; }
    [[nodiscard]] TokenKind kind(std::uint32_t ahead) const { return tokens_[ahead_of(ahead)].kind; }
    [[nodiscard]] const Token& token(std::uint32_t ahead) const { return tokens_[ahead_of(ahead)]; }
    [[nodiscard]] std::uint32_t ahead_of(std::uint32_t ahead) const {
        return ahead < eof_ - at_ ? at_ + ahead : eof_;
    }
    [[nodiscard]] bool at(TokenKind wanted) const { return kind() == wanted; }
    [[nodiscard]] std::string_view text() const { return source_.substr(token().begin, token().span().size()); }
    [[nodiscard]] std::string_view text_of(std::uint32_t index) const {
        const Token& t = tokens_[index];
        return source_.substr(t.begin, t.end - t.begin);
    }
    [[nodiscard]] bool at_word(std::string_view word) const { return at(TokenKind::Name) && text() == word; }
    /// The token before begins in another line than this one.
    [[nodiscard]] bool on_new_line() const { return token().newline_before(); }
    [[nodiscard]] bool on_same_line(std::uint32_t ahead) const { return !token(ahead).newline_before(); }
    void advance() { at_ += at_ < eof_; }
    bool take(TokenKind wanted) {
        if (!at(wanted)) return false;
        advance();
        return true;
    }
    bool expect(TokenKind wanted);
    bool expect(TokenKind wanted, std::string_view what);
    [[nodiscard]] bool line_ends_here() const;
    void split();

    template <class T>
    T* make(std::uint32_t first) {
        T* node = arena_.make<T>();
        node->id = next_id_++;
        node->first_token = first;
        return node;
    }
    template <class T>
    const T* finish(T* node) {
        node->is_missing = at_ == node->first_token;
        node->last_token = node->is_missing ? at_ : at_ - 1;
        return node;
    }
    const ErrorNode* missing();
    const ErrorNode* error_node(std::uint32_t first, std::initializer_list<const Node*> children = {});

    template <class T>
    List<T> list_from(std::size_t mark) {
        std::span<const Node*> nodes = arena_.copy(std::span<const Node* const>(scratch_).subspan(mark));
        scratch_.resize(mark);
        // Every T derives from Node alone, so the pointers are the same.
        return {reinterpret_cast<const T* const*>(nodes.data()), nodes.size()};
    }

    Name name_here();
    Name expect_name(std::string_view what);
    Name expect_word(std::string_view what);

    // recovery.cpp
    Diagnostic& report(DiagnosticId id, Span span, std::initializer_list<std::string_view> arguments = {});
    Diagnostic& report_here(DiagnosticId id, std::initializer_list<std::string_view> arguments = {});
    void refuse(DiagnosticId id, Span span, std::initializer_list<std::string_view> arguments = {},
                std::string help = {});
    bool expected(std::string_view what, std::string_view help = {});
    bool expected_here(std::string_view what, std::string_view help = {});
    [[nodiscard]] std::string found() const;
    [[nodiscard]] Span span_here() const;
    [[nodiscard]] Span span_of(const Node& node) const;
    [[nodiscard]] bool may_report() const { return at_ != error_at_ && !token().was_reported(); }

    [[nodiscard]] std::uint32_t partner(std::uint32_t index);
    void match_brackets();
    [[nodiscard]] std::uint32_t line_indent(std::uint32_t index);
    void measure_lines();
    Opening open();
    [[nodiscard]] bool lost_closer_on_line() const;
    [[nodiscard]] bool at_end_of(const Opening& opening, TokenKind closer);
    void close(const Opening& opening, TokenKind closer);
    [[nodiscard]] bool is_dedented(const Opening& opening);
    void skip_in_list(const Opening& opening, TokenKind closer);
    void skip_statement(std::uint32_t start);
    void skip_expression();
    const ErrorNode* too_deep(std::string_view what, int limit);
    const ErrorNode* stray_closers();

    // foreign.cpp: words and signs of other languages
    void after_statement(const Node& statement, std::uint32_t first);
    bool foreign_after(const Node& statement, std::uint32_t first);
    const Stmt* foreign_statement();
    bool foreign_word_between();
    const Expr* foreign_operand();
    void foreign_tuple(const Node& statement, std::uint32_t first);
    void foreign_call(std::uint32_t word);
    const Expr* foreign_increment(std::uint32_t first_sign);
    const Stmt* foreign_for(std::uint32_t first);
    [[nodiscard]] bool at_arrow() const { return at_arrow(at_); }
    [[nodiscard]] bool at_arrow(std::uint32_t index) const;
    [[nodiscard]] bool at_adjacent(std::uint32_t index, TokenKind first, TokenKind second) const;
    void replace_word(const ForeignWord& word, FixSafety safety);
    const Block* missing_block();
    const Block* colon_block();
    void missing_separator(TokenKind closer);

    // parser_stmt.cpp
    List<Stmt> statements(const Opening* opening);
    const Stmt* statement_in_list();
    [[nodiscard]] bool goes_on_here() const;
    const Stmt* statement();
    const Block* block(bool is_test_level = false);
    const Block* function_block(bool is_generator);
    const Expr* head();
    bool literal_in_head(std::string_view what);
    const Stmt* binding();
    const Stmt* simple_statement();
    const Stmt* assign(const Node& target, std::uint32_t first);
    void check_place(const Node& target);
    const Stmt* pattern_assign();
    [[nodiscard]] bool starts_array_pattern();
    const Node* if_();
    const Node* match();
    const Node* arm();
    [[nodiscard]] bool at_default() const;
    [[nodiscard]] bool at_arm() const;
    const Node* try_();
    const Node* spawn();
    const Stmt* while_();
    const Stmt* loop();
    const Stmt* for_();
    const Stmt* return_();
    const Stmt* leave_loop();
    const Stmt* lost_clause();

    // parser_decl.cpp
    [[nodiscard]] bool starts_func_decl() const;
    const Node* func_decl(bool is_method);
    List<Node> params(bool is_method);
    const Node* param();
    const Type* result_type();
    const Stmt* struct_decl();
    const Node* struct_member();
    const Stmt* enum_decl();
    const EnumVariant* enum_variant();
    const Path* path();
    const Stmt* import();
    const Stmt* from_import();
    const Stmt* export_();
    const Stmt* test();
    [[nodiscard]] bool starts_test() const;

    // parser_expr.cpp
    const Expr* expression() { return binary(Precedence::Pipe); }
    const Expr* binary(Precedence least);
    const Expr* binary_rest(const Expr* left, Precedence least);
    const Expr* pipe_rest(const Expr* left);
    const Expr* range_rest(const Expr* left);
    const Expr* unary();
    const Expr* prefix(UnaryOp op);
    const Expr* not_();
    bool is_decrement();
    const Expr* await();
    template <class T> const Expr* take_all();
    const Expr* postfix();
    const Expr* postfix_rest(const Expr* left);
    const Expr* call(const Expr* callee);
    const Node* argument();
    const Expr* index(const Expr* object);
    const Expr* member(const Expr* object);
    const Expr* propagate(const Expr* operand);
    const Expr* primary();
    const Expr* name_or_path();
    const Expr* struct_expr(std::uint32_t first, const Path* path);
    const Node* field_init();
    const Expr* paren();
    const Expr* array();
    const Node* spread_or_expression();
    const Expr* dict();
    const Node* dict_entry();
    const DictKey* key();
    [[nodiscard]] bool starts_key() const;
    const Expr* brace_operand(std::string_view what, const Node* (Parser::*parse)());
    const Expr* func_expr();
    const Expr* async_expr();
    const Expr* lambda();
    List<Node> lambda_params();
    void check_lambda_assignment(std::uint32_t body_first, const Node& body);
    const Expr* int_literal();
    const Expr* float_literal();
    const Expr* number();
    const Expr* signed_number();
    template <class T> const Expr* word_literal();
    const Expr* bool_literal(bool value);

    // parser_string.cpp
    const StringLiteral* string();
    bool string_pieces(std::vector<StringPiece>& pieces, std::uint32_t text_begin, std::string_view quotes);
    const Expr* interpolation(std::uint32_t hole);
    bool lay_out_lines(std::vector<StringPiece>& pieces, std::string_view& indentation);
    std::span<const StringPart> decode_pieces(const std::vector<StringPiece>& pieces, bool is_raw, const Layout& layout);
    const StringLiteral* plain_string(std::string_view what);

    // parser_pattern.cpp
    const Pattern* pattern();
    const Pattern* array_pattern();
    const Pattern* dict_pattern();
    const Node* pattern_field(bool in_arm);
    const Pattern* rest_pattern(std::string_view what);
    void check_rest_last(List<Node> elements);
    const Pattern* name_or_wildcard();
    const Pattern* alternatives();
    const Pattern* arm_pattern();
    const Pattern* arm_name();
    const Pattern* arm_number();
    const Pattern* arm_literal();
    const Pattern* arm_array();
    const Pattern* arm_dict();
    const Pattern* arm_paren();
    List<Node> arm_elements(const Opening& opening, TokenKind closer);
    List<Node> arm_fields(const Opening& opening);
    void check_pattern_targets(const Node& pattern);

    // parser_type.cpp
    const Type* type();
    const Type* simple_type(bool is_between_bars = false);
    const Type* named_type();
    const Type* func_type(bool is_between_bars);

    template <class Element>
    List<Node> comma_list(const Opening& opening, TokenKind closer, Element&& element) {
        std::size_t mark = scratch_.size();
        while (!at_end_of(opening, closer)) {
            scratch_.push_back(element());
            if (take(TokenKind::Comma)) continue;
            if (at_end_of(opening, closer)) break;
            missing_separator(closer);
            skip_in_list(opening, closer);
            if (!take(TokenKind::Comma)) break;
        }
        return list_from<Node>(mark);
    }

    /// How line breaks and braces are read; restored at the end of the scope.
    class Mode {
    public:
        Mode(Parser& parser, bool newlines_end, bool in_head)
            : parser_(parser), newlines_end_(parser.newlines_end_), in_head_(parser.in_head_) {
            parser.newlines_end_ = newlines_end;
            parser.in_head_ = in_head;
        }
        Mode(const Mode&) = delete;
        ~Mode() {
            parser_.newlines_end_ = newlines_end_;
            parser_.in_head_ = in_head_;
        }

    private:
        Parser& parser_;
        bool newlines_end_;
        bool in_head_;
    };
    /// A statement, arm or member: the unit that a mistake breaks. What was broken around it is restored at the end.
    class Damage {
    public:
        explicit Damage(Parser& parser)
            : parser_(parser), broken_(std::exchange(parser.broken_, false)),
              muted_(std::exchange(parser.muted_, false)) {}
        Damage(const Damage&) = delete;
        ~Damage() {
            parser_.broken_ = broken_;
            parser_.muted_ = muted_;
        }

    private:
        Parser& parser_;
        bool broken_;
        bool muted_;
    };
    /// One level deeper; `is_too_deep` beyond the limit.
    class Nesting {
    public:
        explicit Nesting(Parser& parser) : parser_(parser) { ++parser.nesting_; }
        Nesting(const Nesting&) = delete;
        ~Nesting() { --parser_.nesting_; }
        [[nodiscard]] bool is_too_deep() const { return parser_.nesting_ > kMaxNesting; }

    private:
        Parser& parser_;
    };
    /// Replaces the context until the end of the scope.
    class ContextScope {
    public:
        ContextScope(Parser& parser, Context context) : parser_(parser), saved_(parser.context_) {
            parser.context_ = context;
        }
        ContextScope(const ContextScope&) = delete;
        ~ContextScope() { parser_.context_ = saved_; }

    private:
        Parser& parser_;
        Context saved_;
    };

    SyntaxTree& tree_;
    Arena& arena_;
    std::string_view source_;
    Token* tokens_;
    std::uint32_t eof_;
    std::uint32_t at_ = 0;
    std::uint32_t next_id_ = 0;

    /// A line break ends a statement here: the innermost bracket is a block, or there is none.
    bool newlines_end_ = true;
    /// `{` opens the body of the statement and no literal.
    bool in_head_ = false;
    Context context_;
    int nesting_ = 0;
    int block_nesting_ = 0;
    /// The int token that a `-` stands directly before.
    std::uint32_t negated_ = kNoToken;

    Report& report_;
    /// A grammar error was met in the innermost statement.
    bool broken_ = false;
    /// An unclosed bracket was met in it: what else seems wrong there is likely to come from that.
    bool muted_ = false;
    /// Where the last one was: nobody complains about the same token again.
    std::uint32_t error_at_ = kNoToken;
    bool is_balanced_;
    int unclosed_around_ = 0;
    Diagnostic silenced_;

    std::vector<const Node*> scratch_;
    std::vector<std::uint32_t> splits_;
    std::vector<std::uint32_t> partners_;      // by token; empty until needed
    std::vector<std::uint32_t> line_indents_;  // by token; empty until needed
};

}  // namespace ruff::syntax
