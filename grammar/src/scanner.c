/*
 * The part of Ruff's lexer that regular expressions cannot do: ends of statements, strings, numbers and comments.
 *
 * Where a statement may end the parser asks for NEWLINE. A line break is then an end unless the next token goes on
 * with the statement (an operator, `.`, `else`, ...), so the scanner looks over blanks and comments at that token.
 * Where NEWLINE is not asked for, inside brackets or behind an operator, a line break is a blank.
 *
 * A statement that ends at its "}" may be followed by another on its line. There the parser asks for CLOSED_END, an
 * empty token, and gets REFUSED if what follows would go on with an expression: REFUSED stands nowhere in the grammar.
 *
 * State: a stack of the strings that are open, by kind, and whether the position is in the text of the innermost or
 * in the code of its interpolation. A string on one line stays on it with its interpolations. At a line break with
 * such a string on the stack something was not closed: the stack is dropped and parsing goes on with the next
 * statement.
 *
 * The state is one flat struct; at most kMaxOpenStrings + 1 bytes of it are serialized.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tree_sitter/parser.h"

/* In the order of `externals` in grammar.js. */
enum Token {
    NEWLINE,
    CLOSED_END,
    REFUSED,
    MEMBER_NEWLINE,
    COMMA_NEWLINE,
    SAME_LINE,
    END_OF_FILE,
    LINE_BREAK,
    COMMENT,
    DOC_COMMENT,
    BRACE,
    INT,
    FLOAT,
    STRING_START,
    STRING_CONTENT,
    ESCAPE_SEQUENCE,
    INTERPOLATION_START,
    STRING_END,
    NEVER,
    ERROR_SENTINEL,
};

/* Deeper than the 256 brackets that the language allows is not needed, and it must fit the buffer. */
enum { kMaxOpenStrings = 250 };

/* Kinds of strings, as bits. */
enum {
    TRIPLE = 1, /* """ */
    BLOCK = 2,  /* """ and a line break */
    RAW = 4,    /* r" */
};

typedef struct {
    uint8_t open_strings; /* how many of `kinds` are in use */
    bool in_text;         /* in the text of the innermost string, not in an interpolation */
    bool comment_decided; /* the line break in the block comment that is next was given */
    bool is_over;         /* END_OF_FILE was given */
    uint8_t kinds[kMaxOpenStrings];
} Scanner;

/* Characters. */

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }
static void skip(TSLexer *lexer) { lexer->advance(lexer, true); }
static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r'; }
static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }
static bool is_ascii_letter(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/* What is not ASCII is a letter or cannot stand in code anyway. */
static bool is_word(int32_t c) { return is_ascii_letter(c) || is_digit(c) || c == '_' || c >= 0x80; }
static bool at_end(TSLexer *lexer) { return lexer->eof(lexer); }
/* NUL or a byte that is not UTF-8; neither is allowed anywhere. */
static bool at_bad_byte(TSLexer *lexer) { return lexer->lookahead <= 0; }

static bool is_hex_digit(int32_t c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* Gives `token`, which ends here. */
static bool give(TSLexer *lexer, enum Token token) {
    lexer->mark_end(lexer);
    lexer->result_symbol = token;
    return true;
}

/* Gives `token`, which ends where `mark_end` was called last. */
static bool give_marked(TSLexer *lexer, enum Token token) {
    lexer->result_symbol = token;
    return true;
}

/* Given once, wherever the parser is: an end of the file that nothing asks for is found out at once. */
static bool give_end_of_file(Scanner *scanner, TSLexer *lexer) {
    if (scanner->is_over) return false;
    scanner->is_over = true;
    return give(lexer, END_OF_FILE);
}

/* Comments. */

static void pass_line_comment(TSLexer *lexer) {
    while (lexer->lookahead != '\n' && !at_bad_byte(lexer)) advance(lexer);
}

enum BlockComment { UNCLOSED, ON_ONE_LINE, OVER_LINES };

/* Behind the opening sign. */
static enum BlockComment pass_block_comment(TSLexer *lexer) {
    enum BlockComment comment = ON_ONE_LINE;
    bool after_star = false;
    while (!at_bad_byte(lexer)) {
        int32_t c = lexer->lookahead;
        advance(lexer);
        if (after_star && c == '/') return comment;
        after_star = c == '*';
        if (c == '\n') comment = OVER_LINES;
    }
    return UNCLOSED;
}

/* Ends of statements. */

enum Next {
    ENDS,      /* a token that begins a statement or ends a block */
    CONTINUES, /* a token that goes on with the statement before it */
    CLAUSE,    /* `else`, `except`, `finally` */
};

/* Passes blanks, line breaks and comments. False if an operator `/` was passed, which the caller cannot take back. */
static bool pass_gap(TSLexer *lexer) {
    for (;;) {
        if (is_blank(lexer->lookahead) || lexer->lookahead == '\n') {
            advance(lexer);
        } else if (lexer->lookahead == '#') {
            pass_line_comment(lexer);
        } else if (lexer->lookahead == '/') {
            advance(lexer);
            if (lexer->lookahead == '/') {
                pass_line_comment(lexer);
            } else if (lexer->lookahead == '*') {
                advance(lexer);
                pass_block_comment(lexer);
            } else {
                return false;
            }
        } else {
            return true;
        }
    }
}

/* Reads a word of at most `size` - 1 ASCII letters; others come out as "". */
static void read_word(TSLexer *lexer, char *word, size_t size) {
    size_t length = 0;
    bool is_short = true;
    while (is_word(lexer->lookahead)) {
        if (is_ascii_letter(lexer->lookahead) && length + 1 < size) {
            word[length++] = (char)lexer->lookahead;
        } else {
            is_short = false;
            break;
        }
        advance(lexer);
    }
    word[is_short ? length : 0] = '\0';
}

static enum Next classify_word(TSLexer *lexer) {
    char word[9];
    read_word(lexer, word, sizeof word);
    if (strcmp(word, "and") == 0 || strcmp(word, "or") == 0 || strcmp(word, "in") == 0) return CONTINUES;
    if (strcmp(word, "else") == 0 || strcmp(word, "except") == 0 || strcmp(word, "finally") == 0) return CLAUSE;
    if (strcmp(word, "not") != 0 || !pass_gap(lexer)) return ENDS;
    read_word(lexer, word, sizeof word);
    return strcmp(word, "in") == 0 ? CONTINUES : ENDS;
}

static bool is_reserved(const char *word) {
    static const char *const words[] = {
        "let", "mut", "const", "func", "return", "if", "else", "match", "case", "loop", "while", "for", "in",
        "break", "continue", "try", "except", "finally", "throw", "import", "export", "as", "enum", "struct",
        "spawn", "yield", "async", "await", "true", "false", "null", "self", "and", "or", "not",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i]) == 0) return true;
    }
    return false;
}

/* What the token does that begins here; `begins_line` or stands on the line of the statement before it. */
static enum Next classify_token(TSLexer *lexer, bool begins_line) {
    int32_t c = lexer->lookahead;
    if (is_ascii_letter(c)) return classify_word(lexer);
    if (at_bad_byte(lexer)) return ENDS;
    advance(lexer);
    int32_t next = lexer->lookahead;
    switch (c) {
        case '<': case '>': return CONTINUES;
        case '+': case '*': case '%': return next == '=' && begins_line ? ENDS : CONTINUES;
        case '-':
            if (!begins_line) return CONTINUES;
            return is_blank(next) || next == '\n' || at_end(lexer) ? CONTINUES : ENDS;
        case '=': return next == '=' || !begins_line ? CONTINUES : ENDS;
        case '!': return next == '=' ? CONTINUES : ENDS;
        case '|': return next == '|' || next == '>' ? CONTINUES : ENDS;
        case '&': return next == '&' ? CONTINUES : ENDS;
        case '?': return next == '?' || next == '.' || !begins_line ? CONTINUES : ENDS;
        case '(': case '[': return begins_line ? ENDS : CONTINUES;
        case '.':
            if (next != '.') return CONTINUES;
            advance(lexer);
            return lexer->lookahead == '.' && begins_line ? ENDS : CONTINUES;
        default: return ENDS;
    }
}

/* What the next token does to the statement that ended on a line before. */
static enum Next next_over_lines(TSLexer *lexer) {
    if (pass_gap(lexer)) return classify_token(lexer, true);
    return lexer->lookahead == '=' ? ENDS : CONTINUES; /* `/=` and `/` */
}

/* At a line break where a statement may end. Where no operator may go on in the next line, it is refused. */
static bool scan_line_break(TSLexer *lexer, const bool *valid) {
    bool is_strict = (valid[CLOSED_END] || valid[SAME_LINE]) && !valid[ERROR_SENTINEL];
    advance(lexer);
    lexer->mark_end(lexer);
    switch (next_over_lines(lexer)) {
        case ENDS: return give_marked(lexer, NEWLINE);
        case CONTINUES: return give_marked(lexer, is_strict ? REFUSED : LINE_BREAK);
        case CLAUSE: break;
    }
    return give_marked(lexer, LINE_BREAK);
}

/* At a line break behind a field without a default. A word is the next one. */
static bool scan_member_line_break(TSLexer *lexer) {
    advance(lexer);
    lexer->mark_end(lexer);
    bool ends = !pass_gap(lexer) || is_word(lexer->lookahead) || classify_token(lexer, true) == ENDS;
    return give_marked(lexer, ends ? MEMBER_NEWLINE : LINE_BREAK);
}

/* At a line break behind a comma that may end its list. */
static bool scan_comma_line_break(TSLexer *lexer) {
    advance(lexer);
    lexer->mark_end(lexer);
    bool is_name = pass_gap(lexer) && is_word(lexer->lookahead) && !is_digit(lexer->lookahead);
    if (is_name) {
        char word[9];
        read_word(lexer, word, sizeof word);
        is_name = !is_reserved(word);
    }
    return give_marked(lexer, is_name ? LINE_BREAK : COMMA_NEWLINE);
}

/* Behind `return`, at another token on its line. */
static bool scan_same_line(TSLexer *lexer) {
    lexer->mark_end(lexer);
    switch (lexer->lookahead) {
        case '}': case ')': case ']': case ',': case ';': return false;
        default: break;
    }
    char word[9];
    read_word(lexer, word, sizeof word);
    return strcmp(word, "case") == 0 ? false : give_marked(lexer, SAME_LINE);
}

/* Behind a statement that is closed, at another token on its line. */
static bool scan_closed_end(TSLexer *lexer) {
    lexer->mark_end(lexer);
    switch (lexer->lookahead) {
        case '}': case ')': case ']': case ',': case ';': return false;
        default: break;
    }
    switch (classify_token(lexer, false)) {
        case ENDS: return give_marked(lexer, CLOSED_END);
        case CONTINUES: return give(lexer, REFUSED);
        case CLAUSE: break;
    }
    return false;
}

/* At `/`. Gives a comment, or the end of the statement that a line break in it makes. */
static bool scan_slash(Scanner *scanner, TSLexer *lexer, const bool *valid) {
    bool is_member = valid[MEMBER_NEWLINE] && !valid[NEWLINE];
    bool may_end = (valid[NEWLINE] || is_member) && !scanner->comment_decided && !valid[ERROR_SENTINEL];
    lexer->mark_end(lexer);
    advance(lexer);
    if (lexer->lookahead == '/') {
        advance(lexer);
        bool is_doc = lexer->lookahead == '/';
        pass_line_comment(lexer);
        return give(lexer, is_doc ? DOC_COMMENT : COMMENT);
    }
    if (lexer->lookahead != '*') {
        return valid[CLOSED_END] && !valid[ERROR_SENTINEL] ? give(lexer, REFUSED) : false;
    }
    advance(lexer);
    enum BlockComment comment = pass_block_comment(lexer);
    if (comment == UNCLOSED) return give(lexer, REFUSED);
    if (comment == ON_ONE_LINE || !may_end) {
        scanner->comment_decided = false;
        return give(lexer, COMMENT);
    }
    /* The line break stands before the comment, as an empty token; the state keeps it from being given again. */
    enum Next next = next_over_lines(lexer);
    if (next == CONTINUES && (valid[CLOSED_END] || valid[SAME_LINE])) return give(lexer, REFUSED);
    scanner->comment_decided = true;
    if (is_member) return give_marked(lexer, MEMBER_NEWLINE);
    return give_marked(lexer, next == ENDS ? NEWLINE : LINE_BREAK);
}

/* Numbers. */

/* Digits of `base` with single underscores between them; at least one. */
static bool pass_digits(TSLexer *lexer, int base) {
    bool has_digit = false;
    for (;;) {
        bool is_in_base = base == 16 ? is_hex_digit(lexer->lookahead)
                                     : lexer->lookahead >= '0' && lexer->lookahead < '0' + base;
        if (is_in_base) {
            has_digit = true;
            advance(lexer);
        } else if (has_digit && lexer->lookahead == '_') {
            advance(lexer);
            has_digit = false;
        } else {
            return has_digit;
        }
    }
}

/* A number that runs into a letter, or lacks digits, is refused with all that belongs to it. */
static bool give_number(TSLexer *lexer, enum Token token, bool is_whole) {
    if (is_whole && !is_word(lexer->lookahead)) return give(lexer, token);
    while (is_word(lexer->lookahead)) advance(lexer);
    return give(lexer, REFUSED);
}

static bool scan_exponent(TSLexer *lexer) {
    advance(lexer);
    if (lexer->lookahead == '+' || lexer->lookahead == '-') advance(lexer);
    return give_number(lexer, FLOAT, pass_digits(lexer, 10));
}

static bool scan_number(TSLexer *lexer) {
    if (lexer->lookahead == '0') {
        advance(lexer);
        int base = lexer->lookahead == 'x' ? 16 : lexer->lookahead == 'o' ? 8 : lexer->lookahead == 'b' ? 2 : 0;
        if (base != 0) {
            advance(lexer);
            return give_number(lexer, INT, pass_digits(lexer, base));
        }
        if (lexer->lookahead == '_') {
            advance(lexer);
            if (!pass_digits(lexer, 10)) return give_number(lexer, INT, false);
        } else if (is_digit(lexer->lookahead) && !pass_digits(lexer, 10)) {
            return give_number(lexer, INT, false);
        }
    } else if (!pass_digits(lexer, 10)) {
        return give_number(lexer, INT, false);
    }
    if (lexer->lookahead == 'e' || lexer->lookahead == 'E') return scan_exponent(lexer);
    if (is_word(lexer->lookahead)) return give_number(lexer, INT, false);

    lexer->mark_end(lexer);
    if (lexer->lookahead != '.') return give_marked(lexer, INT);
    advance(lexer);
    if (!is_digit(lexer->lookahead)) return give_marked(lexer, INT); /* `1.name`, `1..2` */
    if (!pass_digits(lexer, 10)) return give_number(lexer, FLOAT, false);
    if (lexer->lookahead == 'e' || lexer->lookahead == 'E') return scan_exponent(lexer);
    return give_number(lexer, FLOAT, true);
}

/* Strings. */

static void drop_strings(Scanner *scanner) {
    scanner->open_strings = 0;
    scanner->in_text = false;
}

static bool pass_quotes(TSLexer *lexer, int count) {
    for (int i = 0; i < count; i++) {
        if (lexer->lookahead != '"') return false;
        advance(lexer);
    }
    return true;
}

/* Whether a string is open that has to end on its line. */
static bool is_on_one_line(const Scanner *scanner) {
    for (int i = 0; i < scanner->open_strings; i++) {
        if (!(scanner->kinds[i] & BLOCK)) return true;
    }
    return false;
}

/* At the quote that opens a string. */
static bool scan_string_start(Scanner *scanner, TSLexer *lexer, int kind) {
    if (scanner->open_strings == kMaxOpenStrings) return false;
    advance(lexer);
    lexer->mark_end(lexer);
    if (lexer->lookahead == '"') {
        advance(lexer);
        if (lexer->lookahead == '"') {
            advance(lexer);
            lexer->mark_end(lexer);
            kind |= TRIPLE;
            while (lexer->lookahead == ' ' || lexer->lookahead == '\t') advance(lexer);
            if (lexer->lookahead == '\r') advance(lexer);
            if (lexer->lookahead == '\n' && !is_on_one_line(scanner)) kind |= BLOCK;
        }
    }
    scanner->kinds[scanner->open_strings++] = (uint8_t)kind;
    scanner->in_text = true;
    return give_marked(lexer, STRING_START);
}

static bool give_string_end(Scanner *scanner, TSLexer *lexer) {
    scanner->open_strings--;
    scanner->in_text = false;
    return give(lexer, STRING_END);
}

/* At a backslash. Which values an escape may have is not a matter of the grammar. */
static bool scan_escape(TSLexer *lexer) {
    advance(lexer);
    int32_t c = lexer->lookahead;
    if (at_bad_byte(lexer) || c == '\n' || c == '\r') return give(lexer, REFUSED);
    advance(lexer);
    if (c >= 0x80 || strchr("ntr\\\"$0exu", (int)c) == NULL) return give(lexer, REFUSED);
    if (c == 'x') {
        for (int i = 0; i < 2 && is_hex_digit(lexer->lookahead); i++) advance(lexer);
    }
    if (c == 'u' && lexer->lookahead == '{') {
        advance(lexer);
        while (is_hex_digit(lexer->lookahead)) advance(lexer);
        if (lexer->lookahead == '}') advance(lexer);
    }
    return give(lexer, ESCAPE_SEQUENCE);
}

/* At the end of a line, or of the file, with a string open that should have ended. */
static bool scan_unclosed(Scanner *scanner, TSLexer *lexer) {
    drop_strings(scanner);
    if (at_end(lexer)) return give_end_of_file(scanner, lexer);
    advance(lexer);
    return give(lexer, NEWLINE);
}

/* In the text of a string: content, an escape, `${` or the end. */
static bool scan_text(Scanner *scanner, TSLexer *lexer) {
    int kind = scanner->kinds[scanner->open_strings - 1];
    bool has_content = false;
    for (;; has_content = true) {
        int32_t c = lexer->lookahead;
        lexer->mark_end(lexer);
        if (at_bad_byte(lexer)) {
            if (has_content) return give_marked(lexer, STRING_CONTENT);
            if (at_end(lexer)) return scan_unclosed(scanner, lexer);
            advance(lexer);
            return give(lexer, REFUSED);
        }
        if (c == '"') {
            bool ends = pass_quotes(lexer, kind & TRIPLE ? 3 : 1);
            if (!ends) continue;
            return has_content ? give_marked(lexer, STRING_CONTENT) : give_string_end(scanner, lexer);
        }
        if (c == '\n' && !(kind & BLOCK)) {
            return has_content ? give_marked(lexer, STRING_CONTENT) : scan_unclosed(scanner, lexer);
        }
        if (c == '\\' && !(kind & RAW)) {
            return has_content ? give_marked(lexer, STRING_CONTENT) : scan_escape(lexer);
        }
        advance(lexer);
        if (c == '$' && !(kind & RAW) && lexer->lookahead == '{') {
            if (has_content) return give_marked(lexer, STRING_CONTENT);
            advance(lexer);
            scanner->in_text = false;
            return give(lexer, INTERPOLATION_START);
        }
    }
}

/* Code. */

static bool scan_code(Scanner *scanner, TSLexer *lexer, const bool *valid) {
    bool is_recovering = valid[ERROR_SENTINEL];
    while (is_blank(lexer->lookahead)) skip(lexer);

    if (lexer->lookahead == '\n') {
        if (is_on_one_line(scanner)) return scan_unclosed(scanner, lexer);
        if (valid[NEWLINE]) return scan_line_break(lexer, valid);
        if (valid[MEMBER_NEWLINE]) return scan_member_line_break(lexer);
        if (valid[COMMA_NEWLINE]) return scan_comma_line_break(lexer);
        while (is_blank(lexer->lookahead) || lexer->lookahead == '\n') skip(lexer);
    }

    if (lexer->lookahead == '#') {
        if (scanner->open_strings > 0) return false;
        pass_line_comment(lexer);
        return give(lexer, COMMENT);
    }
    if (lexer->lookahead == '/') {
        return scanner->open_strings > 0 ? false : scan_slash(scanner, lexer, valid);
    }
    if (at_end(lexer)) return give_end_of_file(scanner, lexer);
    if (valid[CLOSED_END] && !is_recovering) return scan_closed_end(lexer);
    if (valid[SAME_LINE] && !is_recovering) return scan_same_line(lexer);

    if (lexer->lookahead == '{' && valid[BRACE] && !is_recovering) {
        advance(lexer);
        return give(lexer, BRACE);
    }
    if (is_digit(lexer->lookahead) && valid[INT]) return scan_number(lexer);
    if (!valid[STRING_START]) return false;
    if (lexer->lookahead == '"') return scan_string_start(scanner, lexer, 0);
    if (lexer->lookahead == 'r') {
        advance(lexer);
        if (lexer->lookahead == '"') return scan_string_start(scanner, lexer, RAW);
    }
    return false;
}

/* What tree-sitter calls. */

void *tree_sitter_ruff_external_scanner_create(void) { return calloc(1, sizeof(Scanner)); }

void tree_sitter_ruff_external_scanner_destroy(void *payload) { free(payload); }

unsigned tree_sitter_ruff_external_scanner_serialize(void *payload, char *buffer) {
    const Scanner *scanner = payload;
    buffer[0] = (char)(scanner->in_text | scanner->comment_decided << 1 | scanner->is_over << 2);
    memcpy(buffer + 1, scanner->kinds, scanner->open_strings);
    /* The common state, no string open, is no bytes: then tokens can be reused wherever they stand. */
    return buffer[0] == 0 && scanner->open_strings == 0 ? 0 : 1 + (unsigned)scanner->open_strings;
}

void tree_sitter_ruff_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    Scanner *scanner = payload;
    *scanner = (Scanner){0};
    if (length == 0 || length > kMaxOpenStrings + 1) return;
    scanner->in_text = buffer[0] & 1;
    scanner->comment_decided = buffer[0] & 2;
    scanner->is_over = buffer[0] & 4;
    scanner->open_strings = (uint8_t)(length - 1);
    memcpy(scanner->kinds, buffer + 1, length - 1);
}

bool tree_sitter_ruff_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    Scanner *scanner = payload;
    /* Only the parser knows that an interpolation is over and the text of its string goes on. */
    if (valid[STRING_CONTENT] && !valid[ERROR_SENTINEL] && scanner->open_strings > 0) scanner->in_text = true;
    return scanner->in_text ? scan_text(scanner, lexer) : scan_code(scanner, lexer, valid);
}
