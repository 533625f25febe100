// How a program comes about.
//
// The text is written from left to right by one function a production, each of which marks the production it has taken.
// Three things decide what may stand somewhere, and are kept in `place_` while a production is written:
//
//   layout   whether a line break is a blank here (inside brackets), ends the statement (in a block), or is not allowed
//            at all (inside an interpolation). `blank()` and `gap()` are the only places where blanks, breaks and
//            comments come from.
//   heads    in the head of if, while, for and match a `{` outside brackets opens the body: what has braces is
//            parenthesised there.
//   meaning  what is refused before running: break outside a loop, yield outside a generator, unknown variants,
//            duplicate names. Every declaration makes up a new name, so that nothing is ever declared twice.
//
// Expressions come back with their precedence and with what their end allows: a lambda takes all to its right, so it is
// parenthesised anywhere but at the right end. Statements are checked for what their first token would mean: an
// expression that begins with `{` or `if` is parenthesised, one that begins with `||` would continue the line above.

#include "tests/support/generator/program_generator.h"

#include <algorithm>
#include <cctype>

#include "tests/support/generator/random.h"

namespace ruff::tests {
namespace {

constexpr std::string_view kNameStems[] = {"count", "total", "item", "name",  "size",  "index", "result", "größe",
                                           "x",     "y",     "acc",  "_tmp",  "value", "row",   "имя",    "node"};
constexpr std::string_view kContextual[] = {"from", "test", "default", "test_group", "test_setup", "test_teardown"};
constexpr std::string_view kMembers[] = {"len", "name", "x", "trim", "push", "map", "value", "next", "done", "kind"};
constexpr std::string_view kReservedMembers[] = {"match", "if", "in", "func", "import", "not", "self", "as", "test",
                                                 "async", "await", "loop", "enum"};
constexpr std::string_view kReservedKeys[] = {"if", "match", "for", "in", "func", "export", "as", "spawn", "not",
                                              "default", "self", "case", "return"};
constexpr std::string_view kComments[] = {"a note", "x := 1", "größer", "( [ {", "\"quoted\"", "TODO: later", ""};
constexpr std::string_view kTypeNames[] = {"int", "float", "string", "bool", "any", "bytes", "range", "array", "dict"};
constexpr std::string_view kOperatorMethods[] = {"op_add", "op_sub", "op_mul", "op_eq", "op_lt", "op_index"};
constexpr std::string_view kModules[] = {"shapes", "net", "tools", "report"};

// The precedence of docs/language.md, "Expressions"; a higher one binds tighter.
enum Precedence {
    kOpen,  // lambda, throw, yield
    kPipe,
    kCoalesce,
    kOr,
    kAnd,
    kNot,
    kCompare,
    kRange,
    kSum,
    kProduct,
    kUnary,
    kPostfix,
    kPrimary,
};

struct Expression {
    std::string text;
    int precedence = kPrimary;
    bool is_open = false;        // takes what stands to its right
    bool ends_question = false;  // may not be followed by `.`, `?` or a break before one
};

struct EnumInfo {
    std::string name;
    std::vector<std::pair<std::string, int>> variants;  // with the number of payload values, -1 for any
};

struct StructInfo {
    std::string name;
    std::vector<std::string> fields;
    std::vector<std::string> operators;  // the operator methods it has
};

enum class SelfUse : unsigned char { none, reads, changes };
enum class Breaks : unsigned char { end_statement, are_blanks, are_forbidden };

// What may stand here.
struct Place {
    Breaks breaks = Breaks::end_statement;
    bool is_head = false;        // `{` would open the body
    bool is_loop = false;        // break and continue
    bool may_return = true;      // not in a finally, a default or a test
    bool may_question = true;
    bool is_generator = false;   // yield
    SelfUse self = SelfUse::none;
    bool is_file_level = false;  // import, export, test
};

class Generator {
public:
    explicit Generator(const GeneratorOptions& options)
        : random_(options.seed), options_(options), budget_(static_cast<int>(options.statements)) {
        constexpr std::string_view kIndents[] = {"    ", "    ", "    ", "  ", "\t"};
        indent_unit_ = options.has_varied_layout ? random_.pick(kIndents) : kIndents[0];
    }

    GeneratedProgram run();

private:
    // --- marks, chances, names -------------------------------------------------------------------------------------
    void mark(Production production) { productions_.set(static_cast<std::size_t>(production)); }
    bool chance(unsigned percent) { return random_.percent(percent); }
    bool varies(unsigned percent) { return options_.has_varied_layout && random_.percent(percent); }
    bool is_deep() const { return depth_ >= options_.depth; }

    // Sets the place for the time of a scope.
    class Within {
    public:
        Within(Generator& generator, const Place& place) : generator_(generator), outer_(generator.place_) {
            generator.place_ = place;
        }
        ~Within() { generator_.place_ = outer_; }
        Within(const Within&) = delete;
        Within& operator=(const Within&) = delete;

    private:
        Generator& generator_;
        Place outer_;
    };
    class Deeper {
    public:
        explicit Deeper(Generator& generator) : generator_(generator) { ++generator.depth_; }
        ~Deeper() { --generator_.depth_; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;

    private:
        Generator& generator_;
    };

    Place in_brackets() const {
        Place inner = place_;
        inner.is_head = false;
        inner.is_file_level = false;
        if (inner.breaks == Breaks::end_statement) inner.breaks = Breaks::are_blanks;
        return inner;
    }
    Place in_head() const {
        Place inner = place_;
        inner.is_head = true;
        inner.is_file_level = false;
        return inner;
    }

    std::string new_name();
    std::string some_name();
    std::string member_word();
    std::string declare(std::string name) {
        scopes_.back().push_back(name);
        return name;
    }

    // --- layout ----------------------------------------------------------------------------------------------------
    std::string line_start() const {
        std::string text;
        for (unsigned i = 0; i < indent_; ++i) text += indent_unit_;
        return text;
    }
    std::string comment_text() { return std::string(random_.pick(kComments)); }
    std::string line_comment();
    std::string comments_above();
    std::string blank();                      // at least one blank
    std::string gap();                        // perhaps nothing
    std::string break_before(std::string_view operation);  // blank before an operator that may begin a line
    std::string joined(const std::vector<std::string>& items, bool may_trail);
    std::string bracketed(char open, const std::vector<std::string>& items, char close, bool may_trail = true);
    std::string definer();  // `:=` or `=`

    // --- statements ------------------------------------------------------------------------------------------------
    std::string statements(int count);
    std::string block(int count, const Place& place);
    std::string body(const Place& place) { return block(random_.between(0, 3), place); }
    std::string statement();
    std::string simple_statement();
    std::string compound_statement();
    std::string file_level_statement();
    std::string binding();
    std::string assignment(bool may_begin_with_brace = true);
    std::string compound_assignment();
    std::string place_expression();
    std::string pattern_assignment(bool may_begin_with_brace);
    std::string function();
    std::string function_tail(bool is_async, bool is_generator, const std::vector<std::string>& first_parameters,
                              SelfUse self);
    std::vector<std::string> parameters(bool allows_defaults);
    std::string structure();
    std::string method();
    std::string enumeration();
    std::string import_statement();
    std::string export_statement();
    std::string test_block(unsigned nesting);
    std::string if_chain(bool is_expression);
    std::string match_block();
    std::string match_arm(bool is_default);
    std::string try_block();
    std::string spawn_block();
    std::string loop_statement();
    std::string for_statement();
    std::string expression_statement();
    std::string jump();

    // --- patterns --------------------------------------------------------------------------------------------------
    std::string pattern();
    std::string array_pattern(bool only_names);
    std::string dict_pattern(bool only_names);
    std::string pattern_target(bool only_names);
    std::string default_value();
    std::string case_pattern(bool may_bind);
    std::string case_items(bool may_bind);
    std::string case_fields(const std::vector<std::string>& fields, bool may_bind);
    std::string case_number();

    // --- types -----------------------------------------------------------------------------------------------------
    std::string type(bool allows_union = true);
    std::string type_primary();

    // --- expressions -----------------------------------------------------------------------------------------------
    std::string expression() { return full_expression().text; }
    std::string expression_in(const Place& place) {
        Within within(*this, place);
        return expression();
    }
    Expression full_expression();
    Expression operand(int least, bool is_last);
    Expression binary();
    Expression unary();
    Expression postfix();
    Expression pipe();
    Expression open_expression();
    Expression leaf();
    Expression compound_primary();
    std::string lambda();
    std::string arguments();
    std::string array_literal();
    std::string dict_literal();
    std::string struct_literal();
    std::string variant();
    std::string parenthesised(const std::string& text) {
        mark(Production::parentheses);
        return "(" + text + ")";
    }
    std::string number();
    std::string string();
    std::string string_piece(bool is_raw, bool may_escape_quotes);
    std::string interpolation();
    std::string lines_string(bool is_raw);

    Random random_;
    GeneratorOptions options_;
    int budget_;
    unsigned depth_ = 0;
    unsigned indent_ = 0;
    unsigned name_count_ = 0;
    std::string indent_unit_;
    Place place_;
    Productions productions_;
    std::vector<std::vector<std::string>> scopes_{{}};
    std::vector<std::string> functions_;
    std::vector<StructInfo> structs_;
    std::vector<EnumInfo> enums_;
    std::vector<std::string_view> unused_contextual_{std::begin(kContextual), std::end(kContextual)};
};

// ------------------------------------------------------------------------------------------------------------ names

std::string Generator::new_name() {
    if (!unused_contextual_.empty() && chance(2)) {
        mark(Production::contextual_word_as_name);
        std::string name(unused_contextual_.back());
        unused_contextual_.pop_back();
        return name;
    }
    return std::string(random_.pick(kNameStems)) + std::to_string(++name_count_);
}

std::string Generator::some_name() {
    std::size_t scope = random_.below(scopes_.size());
    for (std::size_t i = 0; i < scopes_.size(); ++i) {
        const std::vector<std::string>& names = scopes_[(scope + i) % scopes_.size()];
        if (!names.empty()) return random_.pick(std::span(names));
    }
    return "print";
}

std::string Generator::member_word() {
    if (!chance(6)) return std::string(random_.pick(kMembers));
    mark(Production::reserved_word_as_key);
    return std::string(random_.pick(kReservedMembers));
}

// ----------------------------------------------------------------------------------------------------------- layout

std::string Generator::line_comment() {
    if (chance(70)) {
        mark(Production::line_comment);
        return "# " + comment_text();
    }
    mark(Production::slash_comment);
    return "// " + comment_text();
}

std::string Generator::blank() {
    if (place_.breaks == Breaks::are_forbidden) return " ";
    if (varies(2)) {
        mark(Production::block_comment);
        return " /* " + comment_text() + " */ ";
    }
    if (place_.breaks == Breaks::are_blanks && varies(4)) {
        std::string comment = chance(30) ? " " + line_comment() : "";
        return comment + "\n" + line_start() + indent_unit_;
    }
    return varies(3) ? "  " : " ";
}

std::string Generator::gap() {
    if (place_.breaks == Breaks::are_blanks && varies(4)) return blank();
    return varies(2) ? " " : "";
}

std::string Generator::break_before(std::string_view operation) {
    constexpr std::string_view kContinues[] = {"|>", "??", "&&", "||", "and", "or", "in", "+", "*", "/", "%",
                                               "<",  "<=", ">",  ">=", "==",  "!=", "..", "..="};
    bool continues = std::ranges::find(kContinues, operation) != std::end(kContinues);
    if (continues && place_.breaks == Breaks::end_statement && varies(6)) {
        mark(Production::continued_line);
        return "\n" + line_start() + indent_unit_;
    }
    return blank();
}

std::string Generator::joined(const std::vector<std::string>& items, bool may_trail) {
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i) {
        text += items[i];
        bool is_last = i + 1 == items.size();
        if (!is_last) text += gap() + "," + blank();
        else if (may_trail && varies(10)) text += ",";
    }
    return text;
}

std::string Generator::bracketed(char open, const std::vector<std::string>& items, char close, bool may_trail) {
    Within within(*this, in_brackets());
    std::string padding = open == '{' && !items.empty() ? (varies(20) ? "" : " ") : "";
    return open + padding + gap() + joined(items, may_trail) + gap() + padding + close;
}

std::string Generator::definer() {
    if (!varies(25)) return ":=";
    mark(Production::assign_with_equals);
    return "=";
}

// ------------------------------------------------------------------------------------------------------- statements

std::string_view first_word(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) ++end;
    return text.substr(0, end);
}

// What an expression may not begin with where a statement begins.
bool begins_like_statement(std::string_view text) {
    constexpr std::string_view kWords[] = {"if", "match", "try", "spawn", "func", "async", "test", "from",
                                           "test_group", "test_setup", "test_teardown", "default"};
    if (text.starts_with('{') || text.starts_with("||")) return true;
    return std::ranges::find(kWords, first_word(text)) != std::end(kWords);
}

// Whether a statement ends with its `}`, so that another may follow on the line.
bool ends_at_its_brace(std::string_view text) {
    constexpr std::string_view kWords[] = {"if", "match", "try", "spawn", "func", "while", "loop", "for", "struct", "enum"};
    return text.ends_with('}') && std::ranges::find(kWords, first_word(text)) != std::end(kWords);
}

GeneratedProgram Generator::run() {
    std::string text;
    if (varies(5)) {
        mark(Production::shebang);
        text += "#!/usr/bin/env ruff\n";
    }
    place_.is_file_level = true;
    while (budget_ > 0) text += statements(random_.between(1, 6));
    if (varies(5)) {
        while (text.ends_with('\n')) text.pop_back();
    }
    if (varies(4)) {
        mark(Production::carriage_returns);
        std::string converted;
        for (char c : text) converted += c == '\n' ? std::string("\r\n") : std::string(1, c);
        text = converted;
    }
    if (varies(3)) {
        mark(Production::byte_order_mark);
        text = "\xEF\xBB\xBF" + text;
    }
    return {text, productions_};
}

// Whole lines at the present indentation.
std::string Generator::statements(int count) {
    std::string text;
    bool is_at_line_start = true;
    bool must_bind = false;  // behind a `}` on the same line only what begins with a word may follow
    for (int i = 0; i < count; ++i) {
        if (is_at_line_start) text += comments_above() + line_start();
        --budget_;
        std::string written = must_bind ? binding() : statement();
        text += written;
        bool is_last = i + 1 == count;
        is_at_line_start = true;
        must_bind = false;
        if (varies(6)) {
            mark(Production::semicolon);
            text += ";";
            if (varies(20)) {
                mark(Production::empty_statement);
                text += " ;";
            }
            is_at_line_start = is_last || chance(50);
        } else if (!is_last && varies(10) && ends_at_its_brace(written)) {
            mark(Production::no_separator_after_brace);
            is_at_line_start = false;
            must_bind = true;
        }
        if (!is_at_line_start) text += " ";
        else text += (varies(10) ? "  " + line_comment() : "") + "\n";
    }
    return text;
}

std::string Generator::comments_above() {
    std::string text;
    if (varies(10)) text += "\n";
    if (varies(10)) text += line_start() + line_comment() + "\n";
    if (varies(3)) {
        mark(Production::documentation_comment);
        text += line_start() + "/// " + comment_text() + "\n";
    }
    return text;
}

std::string Generator::block(int count, const Place& place) {
    Deeper deeper(*this);
    Place outer_place = place_;
    Place inner = place;
    inner.is_head = false;
    inner.is_file_level = false;
    bool is_one_line = outer_place.breaks == Breaks::are_forbidden || chance(15);
    inner.breaks = outer_place.breaks == Breaks::are_forbidden ? Breaks::are_forbidden : Breaks::end_statement;
    Within within(*this, inner);
    scopes_.emplace_back();
    std::size_t function_count = functions_.size(), struct_count = structs_.size(), enum_count = enums_.size();
    std::string text;
    if (count == 0) {
        mark(Production::empty_block);
        text = varies(30) ? "{ }" : "{}";
    } else if (is_one_line) {
        mark(Production::one_line_block);
        place_.breaks = Breaks::are_forbidden;
        std::string first = simple_statement();
        text = "{ " + first + (count > 1 ? "; " + simple_statement() : "") + (varies(10) ? ";" : "") + " }";
    } else {
        ++indent_;
        text = "{\n" + statements(count);
        --indent_;
        text += line_start() + "}";
    }
    scopes_.pop_back();
    functions_.resize(function_count);
    structs_.resize(struct_count);
    enums_.resize(enum_count);
    return text;
}

std::string Generator::statement() {
    if (place_.is_file_level && chance(15)) return file_level_statement();
    if (is_deep() || budget_ < 0 || chance(55)) return simple_statement();
    return compound_statement();
}

std::string Generator::simple_statement() {
    switch (random_.below(8)) {
        case 0:
        case 1: return binding();
        case 2:
        case 3: return assignment();
        case 4: return jump();
        default: return expression_statement();
    }
}

std::string Generator::compound_statement() {
    switch (random_.below(12)) {
        case 0: return if_chain(false);
        case 1: mark(Production::match_statement); return match_block();
        case 2: return try_block();
        case 3: mark(Production::spawn_statement); return spawn_block();
        case 4:
        case 5: return loop_statement();
        case 6: return for_statement();
        case 7: return structure();
        case 8: return enumeration();
        case 9:
        case 10: return function();
        default: return if_chain(false);
    }
}

std::string Generator::file_level_statement() {
    switch (random_.below(3)) {
        case 0: return import_statement();
        case 1: return export_statement();
        default: return test_block(0);
    }
}

// binding ::= ("let" | "mut" | "const") pattern [":" type] (":=" | "=") expr
std::string Generator::binding() {
    constexpr std::pair<std::string_view, Production> kWords[] = {{"let", Production::binding_let},
                                                                  {"mut", Production::binding_mut},
                                                                  {"const", Production::binding_const}};
    auto [word, production] = random_.pick(kWords);
    mark(production);
    std::string value = expression();
    bool is_pattern = chance(15);
    if (is_pattern) mark(Production::binding_pattern);
    std::string target = is_pattern ? pattern() : declare(new_name());
    std::string annotation;
    if (chance(25)) {
        mark(Production::binding_type);
        annotation = ": " + type();
    }
    return std::string(word) + blank() + target + annotation + " " + definer() + blank() + value;
}

std::string Generator::assignment(bool may_begin_with_brace) {
    if (chance(15)) return pattern_assignment(may_begin_with_brace);
    if (chance(25)) return compound_assignment();
    if (chance(40)) {
        std::string target = place_expression();
        return target + " " + definer() + blank() + expression();
    }
    mark(Production::assign_name);
    std::string value = expression();
    std::string name = chance(50) && some_name() != "print" ? some_name() : declare(new_name());
    return name + " " + definer() + blank() + value;
}

std::string Generator::compound_assignment() {
    constexpr std::string_view kOperators[] = {"+=", "-=", "*=", "/=", "%="};
    mark(Production::assign_compound);
    std::string target = place_expression();
    return target + " " + std::string(random_.pick(kOperators)) + blank() + expression();
}

// place ::= NAME | "self" | postfix "." WORD | postfix "[" expr "]"
std::string Generator::place_expression() {
    std::string text = some_name();
    if (text == "print") text = declare(new_name());
    if (place_.self == SelfUse::changes && chance(60)) {
        mark(Production::assign_self_member);
        text = "self";
    }
    int count = random_.between(text == "self" ? 1 : 0, 2);
    for (int i = 0; i < count; ++i) {
        if (chance(50)) {
            mark(Production::assign_member);
            text += "." + member_word();
        } else {
            mark(Production::assign_index);
            text += "[" + expression_in(in_brackets()) + "]";
        }
    }
    return text;
}

// (arrpat | dictpat) (":=" | "=") expr, with names only
std::string Generator::pattern_assignment(bool may_begin_with_brace) {
    std::string value = expression();
    bool is_array = !may_begin_with_brace || chance(60);
    mark(is_array ? Production::assign_array_pattern : Production::assign_dict_pattern);
    std::string target = is_array ? array_pattern(true) : dict_pattern(true);
    // `[a, b] = x` would be taken for a comparison of nothing: the pattern is known by its `:=`.
    return target + " " + (is_array ? ":=" : definer()) + blank() + value;
}

// func ::= ["async"] "func" ["*"] NAME params ["->" type] block
std::string Generator::function() {
    bool is_async = chance(25);
    bool is_generator = !is_async && chance(20);
    mark(is_async ? Production::func_async : is_generator ? Production::func_generator : Production::func_plain);
    std::string name = new_name();
    functions_.push_back(name);
    return std::string(is_async ? "async func " : is_generator ? "func* " : "func ") + name + gap() +
           function_tail(is_async, is_generator, {}, SelfUse::none);
}

// params ["->" type] block
std::string Generator::function_tail(bool is_async, bool is_generator, const std::vector<std::string>& first,
                                     SelfUse self) {
    scopes_.emplace_back();
    std::vector<std::string> items = first;
    for (std::string& parameter : parameters(true)) items.push_back(std::move(parameter));
    std::string text = bracketed('(', items, ')');
    if (chance(20)) {
        mark(Production::func_return_type);
        text += " -> " + type();
    }
    Place inner;
    inner.breaks = place_.breaks;
    inner.is_generator = is_generator;
    inner.self = self == SelfUse::changes && (is_async || is_generator) ? SelfUse::reads : self;
    text += blank() + body(inner);
    scopes_.pop_back();
    return text;
}

std::vector<std::string> Generator::parameters(bool allows_defaults) {
    std::vector<std::string> items;
    int count = random_.between(0, 3);
    bool has_default = false;
    for (int i = 0; i < count; ++i) {
        bool is_pattern = chance(12);
        if (is_pattern) mark(Production::param_pattern);
        std::string text = is_pattern ? pattern() : declare(new_name());
        if (chance(20)) {
            mark(Production::param_type);
            text += ": " + type(allows_defaults);
        }
        if (allows_defaults && (has_default || chance(20))) {
            mark(Production::param_default);
            has_default = true;
            text += " = " + default_value();
        }
        items.push_back(std::move(text));
    }
    if (chance(12)) {
        mark(Production::param_rest);
        items.push_back("..." + declare(new_name()));
    }
    return items;
}

// struct ::= "struct" NAME "{" { field | func | sep | "," } "}"
std::string Generator::structure() {
    Deeper deeper(*this);
    mark(Production::struct_declaration);
    StructInfo info{"Shape" + std::to_string(++name_count_), {}, {}};
    std::string text = "struct " + info.name + " {\n";
    ++indent_;
    int count = random_.between(0, 4);
    bool uses_commas = chance(25);
    for (int i = 0; i < count; ++i) {
        std::string field = "field" + std::to_string(++name_count_);
        info.fields.push_back(field);
        text += line_start() + field;
        if (chance(50)) {
            mark(Production::struct_field_type);
            text += ": " + type();
        }
        if (chance(40)) {
            mark(Production::struct_field_default);
            text += " = " + default_value();
        }
        if (uses_commas) mark(Production::struct_commas), text += ",";
        text += varies(8) ? "  " + line_comment() + "\n" : "\n";
    }
    structs_.push_back(std::move(info));
    int methods = is_deep() ? 0 : random_.between(0, 2);
    for (int i = 0; i < methods; ++i) text += line_start() + method() + "\n";
    --indent_;
    return text + line_start() + "}";
}

std::string Generator::method() {
    mark(Production::struct_method);
    bool is_async = chance(10);
    bool is_generator = !is_async && chance(10);
    std::string words = is_async ? "async func " : is_generator ? "func* " : "func ";
    std::string name = "method" + std::to_string(++name_count_);
    std::vector<std::string> first;
    SelfUse self = SelfUse::none;
    std::vector<std::string>& operators = structs_.back().operators;
    std::string operation(random_.pick(kOperatorMethods));
    bool is_new = std::ranges::find(operators, operation) == operators.end();
    if (chance(20) && !is_async && !is_generator && is_new) {
        mark(Production::struct_operator_method);
        operators.push_back(operation);
        Place inner;
        inner.self = SelfUse::reads;
        scopes_.emplace_back();
        std::string text = "func " + operation + "(self, " + declare(new_name()) + ") ";
        text += body(inner);
        scopes_.pop_back();
        return text;
    }
    if (chance(80)) {
        bool is_mut = !is_async && !is_generator && chance(30);
        mark(is_mut ? Production::param_mut_self : Production::param_self);
        first.emplace_back(is_mut ? "mut self" : "self");
        self = SelfUse::changes;
    }
    return words + name + function_tail(is_async, is_generator, first, self);
}

// enum ::= "enum" NAME "{" { NAME ["(" NAME,* ")"] ("," | sep) } "}"
std::string Generator::enumeration() {
    mark(Production::enum_declaration);
    EnumInfo info{"Kind" + std::to_string(++name_count_), {}};
    std::vector<std::string> items;
    int count = random_.between(1, 4);
    for (int i = 0; i < count; ++i) {
        std::string variant = "Case" + std::to_string(++name_count_);
        int payload = chance(40) ? random_.between(1, 2) : -1;
        info.variants.emplace_back(variant, payload);
        if (payload > 0) {
            mark(Production::enum_payload);
            variant += payload == 1 ? "(a)" : "(a, b)";
        }
        items.push_back(variant);
    }
    std::string text = "enum " + info.name + " {";
    enums_.push_back(std::move(info));
    if (chance(50)) return text + " " + joined(items, true) + " }";
    mark(Production::enum_newlines);
    for (const std::string& item : items) {
        text += "\n" + line_start() + indent_unit_ + item + (varies(50) ? "," : "") + (varies(8) ? "  " + line_comment() : "");
    }
    return text + "\n" + line_start() + "}";
}

std::string Generator::import_statement() {
    std::string path(random_.pick(kModules));
    if (chance(40)) path += "." + std::string(random_.pick(kModules));
    // An imported name may not be declared twice either.
    std::string name = "module" + std::to_string(++name_count_);
    switch (random_.below(4)) {
        case 0: mark(Production::import_star); return "from " + path + " import *";
        case 1:
            mark(Production::import_from);
            return "from " + path + " import item" + std::to_string(++name_count_) + ", thing as " + name;
        case 2:
            mark(Production::import_path);
            return "import pack" + std::string(chance(30) ? ".part" : "") + std::to_string(++name_count_);
        default: mark(Production::import_as); return "import " + path + " as " + name;
    }
}

std::string Generator::export_statement() {
    mark(Production::export_declaration);
    switch (random_.below(4)) {
        case 0: return "export " + function();
        case 1: return "export " + structure();
        case 2: return "export " + enumeration();
        default: return "export " + binding();
    }
}

std::string Generator::test_block(unsigned nesting) {
    Deeper deeper(*this);
    Place inner;
    inner.may_return = false;
    inner.may_question = false;
    switch (random_.below(nesting < 2 ? 4 : 3)) {
        case 0: mark(Production::test_setup); return "test_setup " + body(inner);
        case 1: mark(Production::test_teardown); return "test_teardown " + body(inner);
        case 2: mark(Production::test_block); return "test \"does " + std::to_string(++name_count_) + "\" " + body(inner);
        default: break;
    }
    mark(Production::test_group);
    std::string text = "test_group \"group " + std::to_string(++name_count_) + "\" {\n";
    ++indent_;
    Within within(*this, Place());
    scopes_.emplace_back();
    int count = random_.between(0, 2);
    for (int i = 0; i < count; ++i) text += line_start() + test_block(nesting + 1) + "\n";
    scopes_.pop_back();
    --indent_;
    return text + line_start() + "}";
}

// if ::= "if" head block { "else" "if" head block } ["else" block]
std::string Generator::if_chain(bool is_expression) {
    Deeper deeper(*this);
    mark(is_expression ? Production::if_expression : Production::if_statement);
    auto head = [&] { return "if " + expression_in(in_head()) + " " + body(place_); };
    auto else_start = [&] {
        bool is_broken = place_.breaks != Breaks::are_forbidden && varies(15);
        if (is_broken) mark(Production::continued_line);
        return is_broken ? "\n" + line_start() + "else " : std::string(" else ");
    };
    std::string text = head();
    int count = chance(25) ? random_.between(1, 2) : 0;
    for (int i = 0; i < count; ++i) {
        mark(Production::if_else_if);
        text += else_start() + head();
    }
    if (chance(40)) {
        mark(Production::if_else);
        text += else_start() + body(place_);
    }
    return text;
}

// match ::= "match" head "{" { sep } { arm { sep } } "}"
std::string Generator::match_block() {
    Deeper deeper(*this);
    std::string text = "match " + expression_in(in_head()) + " {";
    Place inner = place_;
    inner.is_head = false;
    inner.is_file_level = false;
    bool is_one_line = place_.breaks == Breaks::are_forbidden;
    if (!is_one_line) inner.breaks = Breaks::end_statement;
    Within within(*this, inner);
    ++indent_;
    int count = random_.between(0, 3);
    bool has_default = chance(40);
    std::vector<std::string> arms;
    for (int i = 0; i < count + (has_default ? 1 : 0); ++i) arms.push_back(match_arm(i == count));
    if (is_one_line) {
        for (const std::string& arm : arms) text += " " + arm + ";";
        text += " ";
    } else {
        for (const std::string& arm : arms) text += "\n" + line_start() + arm + (varies(8) ? "  " + line_comment() : "");
    }
    --indent_;
    return text + (is_one_line ? "}" : "\n" + line_start() + "}");
}

// arm ::= ("case" cpat { "|" cpat } ["if" expr] | "default") ":" (block | stmt)
std::string Generator::match_arm(bool is_default) {
    scopes_.emplace_back();
    std::string text;
    if (is_default) {
        mark(Production::match_default);
        text = "default";
    } else {
        bool has_alternatives = chance(20);
        text = "case " + case_pattern(!has_alternatives);
        if (has_alternatives) {
            mark(Production::match_alternatives);
            text += " | " + case_pattern(false);
        }
        if (chance(20)) {
            mark(Production::match_guard);
            Expression guard = full_expression();
            text += " if " + (guard.is_open ? parenthesised(guard.text) : guard.text);
        }
    }
    text += ": ";
    if (chance(45)) {
        mark(Production::match_arm_block);
        text += body(place_);
    } else {
        mark(Production::match_arm_statement);
        // `{` would begin a block.
        text += chance(25) ? assignment(false) : chance(20) ? jump() : expression_statement();
    }
    scopes_.pop_back();
    return text;
}

// try ::= "try" block ["except" [NAME] block] ["finally" block]
std::string Generator::try_block() {
    Deeper deeper(*this);
    std::string text = "try " + body(place_);
    bool has_except = chance(75);
    auto word = [&](std::string_view name) {
        bool is_broken = place_.breaks != Breaks::are_forbidden && varies(15);
        return (is_broken ? "\n" + line_start() : std::string(" ")) + std::string(name) + " ";
    };
    if (has_except) {
        scopes_.emplace_back();
        bool has_name = chance(60);
        mark(has_name ? Production::try_except_name : Production::try_except);
        text += word("except") + (has_name ? declare(new_name()) + " " : "");
        text += body(place_);
        scopes_.pop_back();
    }
    if (!has_except || chance(30)) {
        mark(Production::try_finally);
        Place inner = place_;
        inner.may_return = inner.may_question = inner.is_loop = inner.is_generator = false;
        text += word("finally") + body(inner);
    }
    return text;
}

std::string Generator::spawn_block() {
    Place inner;
    inner.breaks = place_.breaks;
    inner.self = place_.self == SelfUse::none ? SelfUse::none : SelfUse::reads;
    return "spawn " + body(inner);
}

std::string Generator::loop_statement() {
    Place inner = place_;
    inner.is_loop = true;
    if (chance(30)) {
        mark(Production::endless_loop);
        return "loop " + body(inner);
    }
    mark(Production::while_loop);
    return "while " + expression_in(in_head()) + " " + body(inner);
}

// for ::= "for" pattern ["," pattern] "in" head block
std::string Generator::for_statement() {
    std::string iterable = expression_in(in_head());
    scopes_.emplace_back();
    std::string text = "for ";
    if (chance(20)) mark(Production::for_pattern), text += pattern();
    else text += declare(new_name());
    bool has_two = chance(30);
    mark(has_two ? Production::for_two : Production::for_one);
    if (has_two) text += ", " + pattern();
    Place inner = place_;
    inner.is_loop = true;
    text += " in " + iterable + " " + body(inner);
    scopes_.pop_back();
    return text;
}

std::string Generator::expression_statement() {
    mark(Production::expression_statement);
    std::string text = expression();
    return begins_like_statement(text) ? parenthesised(text) : text;
}

std::string Generator::jump() {
    if (place_.is_loop && chance(60)) {
        bool is_break = chance(50);
        mark(is_break ? Production::break_statement : Production::continue_statement);
        return is_break ? "break" : "continue";
    }
    if (!place_.may_return) return expression_statement();
    if (chance(25)) {
        mark(Production::return_nothing);
        return "return";
    }
    mark(Production::return_value);
    return "return " + expression();
}

// --------------------------------------------------------------------------------------------------------- patterns

// pattern ::= NAME | "_" | arrpat | dictpat
std::string Generator::pattern() {
    Deeper deeper(*this);
    if (is_deep() || chance(30)) return pattern_target(true);
    return chance(60) ? array_pattern(false) : dict_pattern(false);
}

std::string Generator::pattern_target(bool only_names) {
    if (!only_names && !is_deep() && chance(15)) return pattern();
    if (chance(10)) {
        mark(Production::pattern_wildcard);
        return "_";
    }
    return declare(new_name());
}

// arrpat ::= "[" (pattern ["=" expr] | "..." NAME),* "]"
std::string Generator::array_pattern(bool only_names) {
    mark(Production::pattern_array);
    std::vector<std::string> items;
    int count = random_.between(1, 3);
    for (int i = 0; i < count; ++i) {
        std::string text = pattern_target(only_names);
        if (chance(15)) {
            mark(Production::pattern_default);
            text += " = " + default_value();
        }
        items.push_back(std::move(text));
    }
    bool has_rest = chance(25);
    if (has_rest) {
        mark(Production::pattern_rest);
        items.push_back("..." + (chance(10) ? "_" : declare(new_name())));
    }
    return bracketed('[', items, ']');
}

// dictpat ::= "{" (NAME ["=" expr] | key ":" pattern ["=" expr] | "..." NAME),* "}"
std::string Generator::dict_pattern(bool only_names) {
    mark(Production::pattern_dict);
    std::vector<std::string> items;
    int count = random_.between(1, 3);
    for (int i = 0; i < count; ++i) {
        std::string text;
        if (chance(60)) {
            text = declare(new_name());
        } else {
            mark(Production::pattern_dict_key);
            std::string key = chance(70) ? "key" + std::to_string(++name_count_) : "\"a key\"";
            text = key + ": " + pattern_target(only_names);
        }
        if (chance(15)) {
            mark(Production::pattern_default);
            text += " = " + default_value();
        }
        items.push_back(std::move(text));
    }
    if (chance(20)) {
        mark(Production::pattern_rest);
        items.push_back("..." + declare(new_name()));
    }
    return bracketed('{', items, '}');
}

std::string Generator::default_value() {
    Place inner = in_brackets();
    inner.may_return = inner.may_question = inner.is_generator = inner.is_loop = false;
    inner.self = SelfUse::none;
    if (place_.breaks == Breaks::end_statement) inner.breaks = Breaks::are_forbidden;
    Within within(*this, inner);
    return operand(kOr, false).text;
}

std::string Generator::case_number() {
    std::string text = std::to_string(random_.below(20));
    if (chance(15)) text += ".5";
    return text;
}

// cpat; names only where all alternatives bind the same, so never in one of several
std::string Generator::case_pattern(bool may_bind) {
    Deeper deeper(*this);
    constexpr std::string_view kWords[] = {"true", "false", "null", "None"};
    switch (random_.below(is_deep() ? 7 : 13)) {
        case 0:
            if (!may_bind) break;
            mark(Production::case_name);
            return declare(new_name());
        case 1: mark(Production::case_wildcard); return "_";
        case 2: mark(Production::case_number); return case_number();
        case 3: mark(Production::case_negative_number); return "-" + case_number();
        case 4: {
            mark(Production::case_range);
            int low = random_.between(-5, 5);
            return std::to_string(low) + (chance(50) ? ".." : "..=") + std::to_string(low + random_.between(1, 9));
        }
        case 5: mark(Production::case_string); return "\"" + string_piece(false, false) + "\"";
        case 6: mark(Production::case_word); return std::string(random_.pick(kWords));
        case 7: {
            if (enums_.empty()) break;
            const EnumInfo& info = random_.pick(std::span<const EnumInfo>(enums_));
            auto [variant, payload] = random_.pick(std::span(info.variants));
            std::string text = info.name + "::" + variant;
            mark(Production::case_variant);
            if (payload < 1 || chance(20)) return text;
            mark(Production::case_variant_payload);
            std::vector<std::string> items;
            for (int i = 0; i < payload; ++i) items.push_back(case_pattern(may_bind));
            return text + bracketed('(', items, ')');
        }
        case 8: {
            constexpr std::string_view kMakers[] = {"Ok", "Err", "Some"};
            mark(Production::case_result);
            return std::string(random_.pick(kMakers)) + "(" + case_pattern(may_bind) + ")";
        }
        case 9: {
            if (structs_.empty()) break;
            mark(Production::case_struct);
            const StructInfo info = random_.pick(std::span<const StructInfo>(structs_));
            return info.name + " " + case_fields(info.fields, may_bind);
        }
        case 10: mark(Production::case_array); return case_items(may_bind);
        case 11: mark(Production::case_dict); return case_fields({}, may_bind);
        case 12: {
            mark(Production::case_group);
            std::string first = case_pattern(false);
            return "(" + first + " | " + case_pattern(false) + ")";
        }
        default: break;
    }
    mark(Production::case_number);
    return case_number();
}

std::string Generator::case_items(bool may_bind) {
    std::vector<std::string> items;
    int count = random_.between(0, 3);
    for (int i = 0; i < count; ++i) items.push_back(case_pattern(may_bind));
    if (may_bind && chance(25)) {
        mark(Production::case_rest);
        items.push_back("..." + declare(new_name()));
    }
    return bracketed('[', items, ']');
}

// cfields ::= (NAME | key ":" cpat | "..." NAME),*
std::string Generator::case_fields(const std::vector<std::string>& fields, bool may_bind) {
    std::vector<std::string> items;
    for (const std::string& field : fields) {
        if (!chance(60)) continue;
        const std::vector<std::string>& bound = scopes_.back();
        bool is_bare = may_bind && chance(40) && std::ranges::find(bound, field) == bound.end();
        items.push_back(is_bare ? declare(field) : field + ": " + case_pattern(may_bind));
    }
    if (fields.empty()) {
        int count = random_.between(1, 2);
        for (int i = 0; i < count; ++i) {
            if (may_bind && chance(40)) items.push_back(declare(new_name()));
            else items.push_back("key" + std::to_string(++name_count_) + ": " + case_pattern(may_bind));
        }
    }
    return bracketed('{', items, '}');
}

// ------------------------------------------------------------------------------------------------------------ types

// type ::= tprim { "|" tprim }
std::string Generator::type(bool allows_union) {
    Deeper deeper(*this);
    std::string text = type_primary();
    if (allows_union && chance(15)) {
        mark(Production::type_union);
        text += " | " + type_primary();
    }
    return text;
}

std::string Generator::type_primary() {
    Deeper deeper(*this);
    std::string text;
    switch (is_deep() ? 0 : random_.below(8)) {
        case 0:
        case 1:
        case 2: mark(Production::type_name); text = std::string(random_.pick(kTypeNames)); break;
        case 3: mark(Production::type_path); text = "shapes.Point"; break;
        case 4: mark(Production::type_arguments); text = "dict<string, " + type() + ">"; break;
        case 5:
            mark(Production::type_func);
            text = "func(" + type() + ")" + (chance(70) ? " -> " + type_primary() : "");
            break;
        case 6: mark(Production::type_group); text = "(" + type() + ")"; break;
        case 7: mark(Production::type_null); text = "null"; break;
        default: break;
    }
    if (chance(12)) mark(Production::type_optional), text += "?";
    return text;
}

// ------------------------------------------------------------------------------------------------------ expressions

Expression Generator::full_expression() {
    return operand(kPipe, true);
}

// An expression that may stand where at least this precedence is asked for, in parentheses if it has to be. Only the
// last operand may take what stands to its right.
Expression Generator::operand(int least, bool is_last) {
    Deeper deeper(*this);
    Expression made;
    if (is_deep()) {
        made = leaf();
    } else {
        switch (random_.below(16)) {
            case 0:
            case 1:
            case 2: made = binary(); break;
            case 3: made = unary(); break;
            case 4:
            case 5:
            case 6: made = postfix(); break;
            case 7: made = open_expression(); break;
            case 8: made = pipe(); break;
            case 9:
            case 10:
            case 11: made = compound_primary(); break;
            default: made = leaf(); break;
        }
    }
    bool fits = made.is_open && made.precedence == kOpen ? is_last : made.precedence >= least && (!made.is_open || is_last);
    if (fits) return made;
    return {parenthesised(made.text)};
}

struct BinaryForm {
    Precedence precedence;
    Production production;
    std::string_view operators[6];
    bool is_chain;  // associates to the left; the others have one operator at most
};

constexpr BinaryForm kBinaryForms[] = {
    {kCoalesce, Production::coalesce, {"??"}, true},
    {kOr, Production::or_operator, {"||", "or"}, true},
    {kAnd, Production::and_operator, {"&&", "and"}, true},
    {kCompare, Production::comparison, {"<", "<=", ">", ">=", "==", "!="}, false},
    {kCompare, Production::in_operator, {"in"}, false},
    {kCompare, Production::not_in_operator, {"not in"}, false},
    {kRange, Production::range, {"..", "..="}, false},
    {kSum, Production::sum, {"+", "-"}, true},
    {kProduct, Production::product, {"*", "/", "%"}, true},
};

Expression Generator::binary() {
    const BinaryForm& form = random_.pick(kBinaryForms);
    mark(form.production);
    std::size_t operator_count = 0;
    while (operator_count < 6 && !form.operators[operator_count].empty()) ++operator_count;
    std::string_view operation = form.operators[random_.below(operator_count)];
    Expression left = operand(form.is_chain ? form.precedence : form.precedence + 1, false);
    bool is_tight = form.precedence == kRange && !left.ends_question && chance(70);
    std::string before = is_tight ? "" : break_before(operation);
    std::string after = is_tight ? "" : blank();
    Expression right = operand(form.precedence + 1, true);
    return {left.text + before + std::string(operation) + after + right.text, form.precedence, right.is_open,
            right.ends_question};
}

// unary ::= ("-" | "!" | "await") unary; not ::= "not" not
Expression Generator::unary() {
    switch (random_.below(4)) {
        case 0: {
            mark(Production::negation);
            Expression inner = operand(kUnary, true);
            // `--` is a word of other languages.
            std::string text = inner.text.starts_with('-') ? parenthesised(inner.text) : inner.text;
            bool is_wrapped = text != inner.text;
            return {"-" + text, kUnary, inner.is_open && !is_wrapped, inner.ends_question && !is_wrapped};
        }
        case 1: {
            mark(Production::exclamation);
            Expression inner = operand(kUnary, true);
            return {"!" + inner.text, kUnary, inner.is_open, inner.ends_question};
        }
        case 2: {
            mark(Production::await);
            Expression inner = operand(kUnary, true);
            return {"await" + blank() + inner.text, kUnary, inner.is_open, inner.ends_question};
        }
        default: {
            mark(Production::not_word);
            Expression inner = operand(kNot, true);
            return {"not" + blank() + inner.text, kNot, inner.is_open, inner.ends_question};
        }
    }
}

// postfix ::= primary { call | index | slice | member | "?" }
Expression Generator::postfix() {
    Expression made = operand(kPostfix, false);
    if (made.is_open) made = {parenthesised(made.text)};
    // A number before a point reads badly and a block's value is rarely called; both are legal, but rare.
    bool is_number = !made.text.empty() && made.text[0] >= '0' && made.text[0] <= '9';
    if (is_number || made.text.ends_with('}')) made = {parenthesised(made.text)};
    int count = random_.between(1, 3);
    for (int i = 0; i < count; ++i) {
        unsigned kind = static_cast<unsigned>(random_.below(made.ends_question ? 3 : 7));
        made.ends_question = false;
        switch (kind) {
            case 0: mark(Production::call); made.text += arguments(); break;
            case 1:
                mark(Production::index);
                made.text += "[" + expression_in(in_brackets()) + "]";
                break;
            case 2: {
                mark(Production::slice);
                Within within(*this, in_brackets());
                std::string low = chance(60) ? operand(kOr, false).text : "";
                std::string high = chance(60) ? operand(kOr, false).text : "";
                made.text += "[" + low + ":" + high + "]";
                break;
            }
            case 3:
            case 4: {
                mark(Production::member);
                bool is_broken = place_.breaks != Breaks::are_forbidden && varies(8);
                if (is_broken) mark(Production::continued_line), made.text += "\n" + line_start() + indent_unit_;
                made.text += "." + member_word();
                break;
            }
            case 5: mark(Production::safe_member); made.text += "?." + member_word(); break;
            default:
                if (!place_.may_question) break;
                mark(Production::question);
                made.text += "?";
                made.ends_question = true;
                break;
        }
    }
    made.precedence = kPostfix;
    return made;
}

// The right side of a pipe is a lambda, a parenthesised expression, a name, field path or call.
Expression Generator::pipe() {
    mark(Production::pipe);
    Expression left = operand(kPipe, false);
    std::string text = left.text + break_before("|>") + "|> ";
    switch (random_.below(4)) {
        case 0: return {text + some_name(), kPipe};
        case 1: return {text + some_name() + arguments(), kPipe};
        case 2: return {text + some_name() + "." + member_word(), kPipe};
        default: return {text + parenthesised(expression_in(in_brackets())), kPipe};
    }
}

Expression Generator::open_expression() {
    if (place_.is_generator && chance(50)) {
        mark(Production::yield_expression);
        return {"yield " + full_expression().text, kOpen, true};
    }
    if (chance(20)) {
        mark(Production::throw_expression);
        return {"throw " + full_expression().text, kOpen, true};
    }
    return {lambda(), kOpen, true};
}

// lambda ::= ["async"] ("||" | "|" lparam,* "|") (block | expr)
std::string Generator::lambda() {
    scopes_.emplace_back();
    std::string text;
    if (chance(15)) mark(Production::lambda_async), text += "async ";
    std::vector<std::string> items;
    if (chance(80)) {
        Within within(*this, in_brackets());
        if (place_.breaks == Breaks::are_blanks) place_.breaks = Breaks::are_forbidden;
        items = parameters(false);
        text += items.empty() ? "||" : "|" + joined(items, false) + "|";
    } else {
        text += "||";
    }
    if (items.empty()) mark(Production::lambda_no_parameters);
    text += " ";
    Place inner;
    inner.breaks = place_.breaks;
    inner.is_head = place_.is_head;
    inner.self = place_.self == SelfUse::none ? SelfUse::none : SelfUse::reads;
    bool has_block = chance(40) && !place_.is_head;
    mark(has_block ? Production::lambda_block : Production::lambda_expression);
    Within within(*this, inner);
    if (has_block) {
        text += body(inner);
    } else {
        // After the bars a `{` would be a block.
        std::string value = expression();
        text += value.starts_with('{') ? parenthesised(value) : value;
    }
    scopes_.pop_back();
    return text;
}

// "(" (expr | "..." expr | WORD "=" expr),* ")"
std::string Generator::arguments() {
    std::vector<std::string> items;
    Within within(*this, in_brackets());
    int count = random_.between(0, 2);
    for (int i = 0; i < count; ++i) {
        bool is_spread = chance(8);
        if (is_spread) mark(Production::spread_argument);
        items.push_back((is_spread ? "..." : "") + expression());
    }
    if (chance(15)) {
        mark(Production::named_argument);
        std::string word = chance(10) ? std::string(random_.pick(kReservedKeys)) : "name" + std::to_string(++name_count_);
        items.push_back(word + " = " + expression());
    }
    return bracketed('(', items, ')');
}

// Primaries with something inside.
Expression Generator::compound_primary() {
    std::uint64_t kind = random_.below(11);
    bool has_braces = kind >= 2;
    bool is_wrapped = has_braces && place_.is_head;
    Place inner = is_wrapped ? in_brackets() : place_;
    Within within(*this, inner);
    std::string text;
    switch (kind) {
        case 0: return {array_literal()};
        case 1: return {parenthesised(expression_in(in_brackets()))};
        case 2:
        case 3: text = dict_literal(); break;
        case 4: text = struct_literal(); break;
        case 5: text = variant(); break;
        case 6: text = if_chain(true); break;
        case 7: mark(Production::match_expression), text = match_block(); break;
        case 8: mark(Production::try_expression), text = try_block(); break;
        case 9: mark(Production::spawn_expression), text = spawn_block(); break;
        default: {
            mark(Production::func_expression);
            bool is_async = chance(20);
            text = std::string(is_async ? "async func" : "func") + function_tail(is_async, false, {}, SelfUse::none);
            break;
        }
    }
    return {is_wrapped ? parenthesised(text) : text};
}

std::string Generator::array_literal() {
    mark(Production::array);
    Within within(*this, in_brackets());
    std::vector<std::string> items;
    int count = random_.between(0, 4);
    for (int i = 0; i < count; ++i) {
        bool is_spread = chance(8);
        if (is_spread) mark(Production::array_spread);
        items.push_back((is_spread ? "..." : "") + expression());
    }
    return bracketed('[', items, ']');
}

// dict ::= "{" (key ":" expr | NAME | "..." expr),* "}"
std::string Generator::dict_literal() {
    mark(Production::dict);
    Within within(*this, in_brackets());
    std::vector<std::string> items;
    int count = random_.between(0, 4);
    for (int i = 0; i < count; ++i) {
        switch (random_.below(8)) {
            case 0: mark(Production::dict_spread); items.push_back("..." + expression()); continue;
            case 1: mark(Production::dict_shorthand); items.push_back(some_name()); continue;
            case 2:
                mark(Production::dict_computed_key);
                items.push_back("[" + expression() + "]: " + expression());
                continue;
            case 3: items.push_back((chance(30) ? "-" : "") + std::to_string(random_.below(99)) + ": " + expression()); continue;
            case 4: items.push_back("\"" + string_piece(false, false) + "\": " + expression()); continue;
            case 5:
                mark(Production::reserved_word_as_key);
                items.push_back(std::string(random_.pick(kReservedKeys)) + ": " + expression());
                continue;
            default: items.push_back("key" + std::to_string(random_.below(50)) + ": " + expression()); continue;
        }
    }
    return bracketed('{', items, '}');
}

// path "{" (WORD ":" expr | NAME | "..." expr),* "}"
std::string Generator::struct_literal() {
    if (structs_.empty()) return dict_literal();
    mark(Production::struct_literal);
    const StructInfo info = random_.pick(std::span<const StructInfo>(structs_));
    Within within(*this, in_brackets());
    std::vector<std::string> items;
    if (chance(15)) mark(Production::struct_spread), items.push_back("..." + some_name());
    for (const std::string& field : info.fields) {
        if (chance(10)) mark(Production::struct_shorthand), items.push_back(field);
        else items.push_back(field + ": " + expression());
    }
    return info.name + " " + bracketed('{', items, '}');
}

std::string Generator::variant() {
    if (enums_.empty()) return "None";
    mark(Production::variant);
    const EnumInfo& info = random_.pick(std::span<const EnumInfo>(enums_));
    auto [name, payload] = random_.pick(std::span(info.variants));
    std::string text = info.name + "::" + name;
    if (payload < 1) return text;
    Within within(*this, in_brackets());
    std::vector<std::string> items;
    for (int i = 0; i < payload; ++i) items.push_back(expression());
    return text + bracketed('(', items, ')');
}

Expression Generator::leaf() {
    constexpr std::string_view kWords[] = {"true", "false", "null", "None"};
    switch (random_.below(10)) {
        case 0:
        case 1: return {number()};
        case 2:
        case 3: return {string()};
        case 4: mark(Production::word_literal); return {std::string(random_.pick(kWords))};
        case 5:
            if (place_.self == SelfUse::none) break;
            mark(Production::self);
            return {"self." + member_word(), kPostfix};
        case 6:
            if (functions_.empty()) break;
            mark(Production::call);
            return {random_.pick(std::span<const std::string>(functions_)) + "()", kPostfix};
        case 7:
            if (!chance(5)) break;
            mark(Production::negation);
            return {"-9223372036854775808", kUnary};
        default: break;
    }
    mark(Production::name);
    return {some_name()};
}

std::string Generator::number() {
    constexpr std::string_view kBased[] = {"0xff", "0x7FFF_FFFF", "0o755", "0b1010", "0b1111_0000", "0xDEAD_beef"};
    constexpr std::string_view kFloats[] = {"1.5", "0.25", "1e9", "2.5e-3", "1_000.5", "3.0", "6.02E+23"};
    constexpr std::string_view kIntegers[] = {"0", "1_000_000", "9223372036854775807", "42"};
    if (chance(15)) mark(Production::integer_base);
    else if (chance(25)) return mark(Production::float_number), std::string(random_.pick(kFloats));
    else {
        mark(Production::integer);
        return chance(70) ? std::to_string(random_.below(100)) : std::string(random_.pick(kIntegers));
    }
    return std::string(random_.pick(kBased));
}

std::string Generator::string_piece(bool is_raw, bool may_escape) {
    constexpr std::string_view kPieces[] = {"hello", "größer", "a b", "$5", "#no comment", "// nor this", "日本", "{}", "é", "'"};
    constexpr std::string_view kEscapes[] = {"\\n", "\\t", "\\\"", "\\\\", "\\$", "\\0", "\\e", "\\x41", "\\u{1F600}", "\\r"};
    std::string text;
    int count = random_.between(0, 3);
    for (int i = 0; i < count; ++i) {
        if (!is_raw && may_escape && chance(25)) {
            mark(Production::string_escape);
            text += random_.pick(kEscapes);
        } else {
            text += random_.pick(kPieces);
        }
    }
    // `$` before what comes next must not begin an interpolation.
    if (text.ends_with('$')) text += "1";
    for (std::size_t at; (at = text.find("${")) != std::string::npos;) text.insert(at + 1, " ");
    return text;
}

std::string Generator::interpolation() {
    mark(Production::string_interpolation);
    Place inner = in_brackets();
    inner.breaks = Breaks::are_forbidden;
    return "${" + expression_in(inner) + "}";
}

std::string Generator::string() {
    switch (random_.below(12)) {
        case 0: mark(Production::string_raw); return "r\"" + string_piece(true, false) + "\\d\"";
        case 1:
            if (place_.breaks == Breaks::are_forbidden) break;
            return lines_string(false);
        case 2:
            if (place_.breaks == Breaks::are_forbidden) break;
            return lines_string(true);
        case 3:
            mark(Production::string_triple_on_one_line);
            return "\"\"\"" + string_piece(false, true) + " say \"hi\" \"\"\"";
        case 4:
        case 5:
        case 6: {
            std::string text = "\"" + string_piece(false, true);
            if (!is_deep()) {
                Deeper deeper(*this);
                text += interpolation() + string_piece(false, true);
            }
            return text + "\"";
        }
        default: break;
    }
    mark(Production::string_plain);
    return "\"" + string_piece(false, true) + "\"";
}

// """ and a line break; every line begins with the indentation of the closing quotes.
std::string Generator::lines_string(bool is_raw) {
    mark(is_raw ? Production::string_raw_lines : Production::string_lines);
    std::string start = line_start() + indent_unit_;
    std::string text = is_raw ? "r\"\"\"\n" : "\"\"\"\n";
    int count = random_.between(0, 3);
    for (int i = 0; i < count; ++i) {
        if (chance(10)) {
            text += "\n";
            continue;
        }
        std::string line = string_piece(is_raw, !is_raw);
        if (!is_raw && chance(20) && !is_deep()) {
            Deeper deeper(*this);
            line += interpolation();
        }
        text += start + "line " + line + "\n";
    }
    return text + start + "\"\"\"";
}

}  // namespace

std::string_view production_name(Production production) {
    static constexpr std::string_view kNames[] = {
#define RUFF_PRODUCTION(name) #name,
#include "tests/support/generator/productions.def"
    };
    return kNames[static_cast<std::size_t>(production)];
}

GeneratedProgram generate_program(const GeneratorOptions& options) {
    return Generator(options).run();
}

}  // namespace ruff::tests
