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
    COMMA_NEWLINE,
    SAME_LINE,
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

enum {
    /* Deeper than the 256 brackets that the language allows is not needed, and it must fit the buffer. */
    kMaxOpenStrings = 250,
    /* The indentation of a block string, in characters. */
    kMaxIndentation = 512,
};

/* Kinds of strings, as bits. */
enum {
    TRIPLE = 1,          /* """ */
    BLOCK = 2,           /* """ and a line break */
    RAW = 4,             /* r" */
    BAD_INDENTATION = 8, /* a line does not begin with the blanks before the closing """ */
};

typedef struct {
    uint8_t open_strings; /* how many of `kinds` are in use */
    bool in_text;         /* in the text of the innermost string, not in an interpolation */
    bool at_closing;      /* the closing """ of a block string is next */
    bool comment_decided; /* LINE_BREAK was given for the line break in the block comment that is next */
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

static int hex_value(int32_t c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

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
    bool may_end = valid[NEWLINE] && !scanner->comment_decided && !valid[ERROR_SENTINEL];
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
    /* The end stands before the comment: both tokens below are empty. */
    switch (next_over_lines(lexer)) {
        case ENDS: return give_marked(lexer, NEWLINE);
        case CONTINUES:
            if (valid[CLOSED_END] || valid[SAME_LINE]) return give(lexer, REFUSED);
            break;
        case CLAUSE: break;
    }
    scanner->comment_decided = true;
    return give_marked(lexer, LINE_BREAK);
}

/* Numbers. */

/* Digits of `base` with single underscores between them; at least one. */
static bool pass_digits(TSLexer *lexer, int base) {
    bool has_digit = false;
    for (;;) {
        int value = hex_value(lexer->lookahead);
        if (value >= 0 && value < base) {
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
    scanner->at_closing = false;
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

static bool pass_interpolation(TSLexer *lexer, int depth);

/* Passes a string, at its first quote. False if it does not end. */
static bool pass_string(TSLexer *lexer, bool is_raw, int depth) {
    advance(lexer);
    bool is_triple = false;
    if (lexer->lookahead == '"') {
        advance(lexer);
        if (lexer->lookahead != '"') return true;
        advance(lexer);
        is_triple = true;
    }
    while (!at_bad_byte(lexer) && (is_triple || lexer->lookahead != '\n')) {
        int32_t c = lexer->lookahead;
        if (c == '"') {
            if (is_triple ? pass_quotes(lexer, 3) : pass_quotes(lexer, 1)) return true;
            continue;
        }
        advance(lexer);
        if (is_raw) continue;
        if (c == '\\' && lexer->lookahead != '\n') advance(lexer);
        if (c == '$' && lexer->lookahead == '{' && !pass_interpolation(lexer, depth)) return false;
    }
    return false;
}

/* Passes the code of an interpolation and its "}", at its "{". */
static bool pass_interpolation(TSLexer *lexer, int depth) {
    if (depth == 0) return false;
    advance(lexer);
    int braces = 0;
    int32_t before = 0;
    while (!at_bad_byte(lexer)) {
        int32_t c = lexer->lookahead;
        if (c == '"') {
            if (!pass_string(lexer, before == 'r', depth - 1)) return false;
            before = c;
            continue;
        }
        advance(lexer);
        if (c == '{') braces++;
        if (c == '}' && braces-- == 0) return true;
        before = c == 'r' && is_word(before) ? 0 : c;
    }
    return false;
}

/*
 * At the line break behind the opening of a block string. Looks ahead to its end, since only the closing """ tells
 * the indentation: BAD_INDENTATION, 0, or -1 if there is no end.
 */
static int check_indentation(TSLexer *lexer, bool is_raw) {
    char common[kMaxIndentation]; /* the blanks that all lines with text begin with */
    char line[kMaxIndentation];
    int common_length = -1; /* no such line yet */
    while (lexer->lookahead == '\n') {
        advance(lexer);
        int length = 0;
        while (lexer->lookahead == ' ' || lexer->lookahead == '\t') {
            if (length < kMaxIndentation) line[length++] = (char)lexer->lookahead;
            advance(lexer);
        }
        if (lexer->lookahead == '"' && pass_quotes(lexer, 3)) {
            bool fits = common_length < 0 || (length <= common_length && memcmp(line, common, (size_t)length) == 0);
            return fits ? 0 : BAD_INDENTATION;
        }
        if (lexer->lookahead == '\r') advance(lexer);
        if (lexer->lookahead != '\n') {
            if (common_length < 0) {
                memcpy(common, line, (size_t)length);
                common_length = length;
            }
            int same = 0;
            while (same < length && same < common_length && line[same] == common[same]) same++;
            common_length = same;
        }
        while (lexer->lookahead != '\n' && !at_bad_byte(lexer)) {
            int32_t c = lexer->lookahead;
            if (c == '"') {
                if (pass_quotes(lexer, 3)) return 0; /* scan_text refuses it */
                continue;
            }
            advance(lexer);
            if (is_raw) continue;
            if (c == '\\' && lexer->lookahead != '\n') advance(lexer);
            if (c == '$' && lexer->lookahead == '{' && !pass_interpolation(lexer, kMaxOpenStrings)) return 0;
        }
    }
    return -1;
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
            if (lexer->lookahead == '\r') advance(lexer);
            if (lexer->lookahead == '\n' && !is_on_one_line(scanner)) {
                int indentation = check_indentation(lexer, kind & RAW);
                if (indentation < 0) return give_marked(lexer, REFUSED);
                kind |= BLOCK | indentation;
            }
        }
    }
    scanner->kinds[scanner->open_strings++] = (uint8_t)kind;
    scanner->in_text = true;
    return give_marked(lexer, STRING_START);
}

static bool give_string_end(Scanner *scanner, TSLexer *lexer, int kind) {
    if (scanner->open_strings > 0) scanner->open_strings--;
    scanner->in_text = false;
    scanner->at_closing = false;
    return give(lexer, kind & BAD_INDENTATION ? REFUSED : STRING_END);
}

static bool pass_code_point(TSLexer *lexer) {
    if (lexer->lookahead != '{') return false;
    advance(lexer);
    int32_t value = 0;
    bool has_digit = false;
    for (int digit; (digit = hex_value(lexer->lookahead)) >= 0; advance(lexer)) {
        has_digit = true;
        if (value <= 0x10FFFF) value = value * 16 + digit;
    }
    if (!has_digit || lexer->lookahead != '}') return false;
    advance(lexer);
    return value <= 0x10FFFF && !(value >= 0xD800 && value <= 0xDFFF);
}

/* At a backslash. */
static bool scan_escape(TSLexer *lexer) {
    advance(lexer);
    switch (lexer->lookahead) {
        case 'n': case 't': case 'r': case '\\': case '"': case '$': case '0': case 'e':
            advance(lexer);
            return give(lexer, ESCAPE_SEQUENCE);
        case 'x': {
            advance(lexer);
            bool fits = lexer->lookahead >= '0' && lexer->lookahead <= '7';
            for (int i = 0; i < 2; i++) {
                if (hex_value(lexer->lookahead) < 0) return give(lexer, REFUSED);
                advance(lexer);
            }
            return give(lexer, fits ? ESCAPE_SEQUENCE : REFUSED);
        }
        case 'u':
            advance(lexer);
            return give(lexer, pass_code_point(lexer) ? ESCAPE_SEQUENCE : REFUSED);
        default:
            if (lexer->lookahead != '\n' && lexer->lookahead != '\r' && !at_bad_byte(lexer)) advance(lexer);
            return give(lexer, REFUSED);
    }
}

/* At the end of a line, or of the file, with a string open that should have ended. */
static bool scan_unclosed(Scanner *scanner, TSLexer *lexer) {
    drop_strings(scanner);
    if (at_end(lexer)) return false;
    advance(lexer);
    return give(lexer, NEWLINE);
}

/* In the text of a string: content, an escape, `${` or the end. */
static bool scan_text(Scanner *scanner, TSLexer *lexer) {
    int kind = scanner->kinds[scanner->open_strings - 1];
    if (scanner->at_closing) {
        pass_quotes(lexer, 3);
        return give_string_end(scanner, lexer, kind);
    }
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
            if (has_content) return give_marked(lexer, STRING_CONTENT);
            /* The end of a block string is found at its line break, below; here it stands behind text. */
            return give_string_end(scanner, lexer, kind & BLOCK ? BAD_INDENTATION : kind);
        }
        if (c == '\n') {
            if (!(kind & BLOCK)) {
                return has_content ? give_marked(lexer, STRING_CONTENT) : scan_unclosed(scanner, lexer);
            }
            advance(lexer);
            while (lexer->lookahead == ' ' || lexer->lookahead == '\t') advance(lexer);
            lexer->mark_end(lexer);
            if (lexer->lookahead == '"' && pass_quotes(lexer, 3)) {
                scanner->at_closing = true;
                return give_marked(lexer, STRING_CONTENT);
            }
            continue;
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
    if (at_end(lexer)) return false;
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
    buffer[0] = (char)(scanner->in_text | scanner->at_closing << 1 | scanner->comment_decided << 2);
    memcpy(buffer + 1, scanner->kinds, scanner->open_strings);
    /* The common state, no string open, is no bytes: then tokens can be reused wherever they stand. */
    return buffer[0] == 0 && scanner->open_strings == 0 ? 0 : 1 + (unsigned)scanner->open_strings;
}

void tree_sitter_ruff_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    Scanner *scanner = payload;
    *scanner = (Scanner){0};
    if (length == 0 || length > kMaxOpenStrings + 1) return;
    scanner->in_text = buffer[0] & 1;
    scanner->at_closing = buffer[0] & 2;
    scanner->comment_decided = buffer[0] & 4;
    scanner->open_strings = (uint8_t)(length - 1);
    memcpy(scanner->kinds, buffer + 1, length - 1);
}

bool tree_sitter_ruff_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    Scanner *scanner = payload;
    /* Only the parser knows that an interpolation is over and the text of its string goes on. */
    if (valid[STRING_CONTENT] && !valid[ERROR_SENTINEL] && scanner->open_strings > 0) scanner->in_text = true;
    return scanner->in_text ? scan_text(scanner, lexer) : scan_code(scanner, lexer, valid);
}
