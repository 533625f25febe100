// Programs that run to their end and print what they compute.
//
// There is nothing to compare the output with, but the same program must print the same under every build, with a heap
// that collects at every allocation, after formatting, and in another isolate. So what is written is chosen to touch
// what such things can get wrong (sharing and copying, captured variables, holding, suspension, unwinding), and kept
// from failing by construction:
//   ints        stay below 1000: every sum and product is taken modulo 997
//   arrays      are never empty; an index is taken modulo the length
//   loops       have few rounds, and functions call only those above them, never from a loop: time stays bounded
//   values      have one of four types, so every operation fits

#include <algorithm>

#include "tests/support/generator/program_generator.h"
#include "tests/support/generator/random.h"

namespace ruff::tests {
namespace {

enum class Type : unsigned char { integer, text, truth, array };

struct Variable {
    std::string name;
    Type type;
    bool is_mutable;
};

class RunnableGenerator {
public:
    explicit RunnableGenerator(const GeneratorOptions& options)
        : random_(options.seed ^ 0x52554646), options_(options), budget_(static_cast<int>(options.statements)) {}

    std::string run();

private:
    bool chance(unsigned percent) { return random_.percent(percent); }
    std::string fresh(std::string_view stem) { return std::string(stem) + std::to_string(++name_count_); }
    void declare(const std::string& name, Type type, bool is_mutable) {
        scopes_.back().push_back({name, type, is_mutable});
    }
    const Variable* find(Type type, bool must_be_mutable = false);

    void line(const std::string& text) { text_ += std::string(indent_ * 4, ' ') + text + "\n"; }
    void open(const std::string& text) {
        line(text + " {");
        ++indent_;
        scopes_.emplace_back();
    }
    void close(const std::string& tail = "}") {
        scopes_.pop_back();
        --indent_;
        line(tail);
    }

    std::string integer(unsigned depth);
    std::string text(unsigned depth);
    std::string truth(unsigned depth);
    std::string array(unsigned depth);
    std::string value(Type type, unsigned depth);
    Type some_type() { return static_cast<Type>(random_.below(4)); }

    void statements(int count);
    void statement();
    void binding();
    void assignment();
    void branch();
    void loop();
    void matching();
    void failing();
    void sharing();
    void capturing();
    void dictionary();
    void counters();
    void generators();
    void promises();
    void destructuring();
    void print() { line("print(" + value(some_type(), 2) + ", " + value(some_type(), 2) + ")"); }

    void declarations();
    void function();

    Random random_;
    GeneratorOptions options_;
    int budget_;
    unsigned indent_ = 0;
    unsigned loop_depth_ = 0;
    bool is_in_function_ = false;
    unsigned name_count_ = 0;
    std::string text_;
    std::vector<std::vector<Variable>> scopes_{{}};
    std::vector<std::pair<std::string, int>> functions_;  // with the number of parameters, all ints
};

const Variable* RunnableGenerator::find(Type type, bool must_be_mutable) {
    std::vector<const Variable*> fitting;
    for (const std::vector<Variable>& scope : scopes_) {
        for (const Variable& variable : scope) {
            if (variable.type == type && (variable.is_mutable || !must_be_mutable)) fitting.push_back(&variable);
        }
    }
    return fitting.empty() ? nullptr : random_.pick(std::span<const Variable* const>(fitting));
}

// ------------------------------------------------------------------------------------------------------ expressions

std::string RunnableGenerator::integer(unsigned depth) {
    const Variable* variable = find(Type::integer);
    if (depth == 0 || chance(20)) {
        return variable && chance(75) ? variable->name : std::to_string(random_.below(100));
    }
    switch (random_.below(10)) {
        case 0: return "(" + integer(depth - 1) + " + " + integer(depth - 1) + ") % 997";
        case 1: return "(" + integer(depth - 1) + " * " + integer(depth - 1) + ") % 997";
        case 2: return "(" + integer(depth - 1) + " - " + integer(depth - 1) + ") % 997";
        case 3: return integer(depth - 1) + " / " + std::to_string(random_.between(1, 9));
        case 4: return "len(" + text(depth - 1) + ")";
        case 5: return "sum(" + array(depth - 1) + ") % 997";
        case 6: {
            const Variable* items = find(Type::array);
            if (items) return items->name + "[" + integer(depth - 1) + " % len(" + items->name + ")]";
            break;
        }
        case 7: return "(if " + truth(depth - 1) + " { " + integer(depth - 1) + " } else { " + integer(depth - 1) + " })";
        case 8: {
            if (functions_.empty() || loop_depth_ > 0) break;
            auto [name, count] = random_.pick(std::span<const std::pair<std::string, int>>(functions_));
            std::string call = name + "(";
            for (int i = 0; i < count; ++i) call += (i ? ", " : "") + integer(depth - 1);
            return call + ")";
        }
        default: break;
    }
    return "(|n| (n + " + integer(0) + ") % 997)(" + integer(depth - 1) + ")";
}

std::string RunnableGenerator::text(unsigned depth) {
    constexpr std::string_view kTexts[] = {"\"ruff\"", "\"größer\"", "\"日本\"", "\"\"", "\"a\\tb\"", "r\"\\d+\""};
    const Variable* variable = find(Type::text);
    if (depth == 0 || chance(25)) return variable && chance(60) ? variable->name : std::string(random_.pick(kTexts));
    switch (random_.below(5)) {
        case 0: return "\"<${" + integer(depth - 1) + "}|${" + truth(0) + "}>\"";
        case 1: return "(" + text(0) + " + " + integer(depth - 1) + ")";
        case 2: return "to_upper(" + text(depth - 1) + ")[0:12]";
        case 3: return "\"${" + array(depth - 1) + "}\"[:20]";
        default: return text(0) + " * " + std::to_string(random_.between(0, 2));
    }
}

std::string RunnableGenerator::truth(unsigned depth) {
    if (depth == 0) {
        const Variable* variable = find(Type::truth);
        return variable && chance(60) ? variable->name : chance(50) ? "true" : "false";
    }
    constexpr std::string_view kComparisons[] = {"<", "<=", ">", ">=", "==", "!="};
    switch (random_.below(6)) {
        case 0: return "(not " + truth(depth - 1) + ")";
        case 1: return "(" + truth(depth - 1) + (chance(50) ? " and " : " or ") + truth(depth - 1) + ")";
        case 2: return "(" + integer(depth - 1) + " in " + array(depth - 1) + ")";
        case 3: return "(" + text(depth - 1) + " == " + text(depth - 1) + ")";
        default:
            return "(" + integer(depth - 1) + " " + std::string(random_.pick(kComparisons)) + " " + integer(depth - 1) + ")";
    }
}

std::string RunnableGenerator::array(unsigned depth) {
    const Variable* variable = find(Type::array);
    if (variable && (depth == 0 || chance(40))) return variable->name;
    if (depth == 0) return "[" + integer(0) + "]";
    switch (random_.below(5)) {
        case 0: return array(depth - 1) + ".map(|n| (n * " + std::to_string(random_.between(1, 9)) + ") % 997)";
        case 1: return "[" + integer(depth - 1) + ", ..." + array(depth - 1) + "][0:8]";
        case 2: return "push(" + array(depth - 1) + ", " + integer(depth - 1) + ")";
        case 3: return "reverse(" + array(depth - 1) + ")";
        default: return "[" + integer(depth - 1) + ", " + integer(depth - 1) + "]";
    }
}

std::string RunnableGenerator::value(Type type, unsigned depth) {
    switch (type) {
        case Type::integer: return integer(depth);
        case Type::text: return text(depth);
        case Type::truth: return truth(depth);
        case Type::array: return array(depth);
    }
    return "";
}

// ------------------------------------------------------------------------------------------------------- statements

std::string RunnableGenerator::run() {
    declarations();
    while (budget_ > 0) statement();
    for (const Variable& variable : scopes_.front()) line("print(\"" + variable.name + "\", " + variable.name + ")");
    return text_;
}

void RunnableGenerator::statements(int count) {
    for (int i = 0; i < count; ++i) statement();
}

void RunnableGenerator::statement() {
    --budget_;
    bool is_deep = indent_ >= 4 || budget_ < 0;
    switch (random_.below(is_deep ? 7 : 16)) {
        case 0:
        case 1:
        case 2: binding(); return;
        case 3:
        case 4: assignment(); return;
        case 5: print(); return;
        case 6: destructuring(); return;
        case 7:
        case 8: branch(); return;
        case 9: loop(); return;
        case 10: matching(); return;
        case 11: failing(); return;
        case 12: sharing(); return;
        case 13: chance(50) ? capturing() : dictionary(); return;
        case 14: chance(50) ? counters() : generators(); return;
        default: promises(); return;
    }
}

void RunnableGenerator::binding() {
    Type type = some_type();
    bool is_mutable = chance(70);
    std::string written = value(type, options_.depth > 3 ? 3 : options_.depth);
    std::string name = fresh(type == Type::array ? "xs" : type == Type::text ? "s" : type == Type::truth ? "ok" : "n");
    line((is_mutable ? "mut " : "let ") + name + " := " + written);
    declare(name, type, is_mutable);
}

void RunnableGenerator::assignment() {
    Type type = some_type();
    const Variable* target = find(type, true);
    if (!target) return binding();
    std::string name = target->name;
    if (type == Type::array && chance(60)) {
        if (chance(50)) line("if len(" + name + ") < 40 { " + name + ".push(" + integer(2) + ") }");
        else line(name + "[" + integer(1) + " % len(" + name + ")] := " + integer(2));
    } else if (type == Type::integer && chance(50)) {
        line(name + " += " + integer(2));
        line(name + " %= 997");
    } else {
        std::string written = value(type, 2);
        // Kept from growing with every round of a loop.
        if (type == Type::array) written = "(" + written + ")[0:12]";
        if (type == Type::text) written = "(" + written + ")[0:30]";
        line(name + " := " + written);
    }
}

void RunnableGenerator::destructuring() {
    std::string first = fresh("a"), rest = fresh("rest");
    line("let [" + first + ", ..." + rest + "] := " + array(2));
    declare(first, Type::integer, false);
    line("print(" + first + ", len(" + rest + "))");
}

void RunnableGenerator::branch() {
    open("if " + truth(2));
    statements(random_.between(1, 3));
    close(chance(50) ? "} else {" : "}");
    if (!text_.ends_with("else {\n")) return;
    ++indent_;
    scopes_.emplace_back();
    statements(random_.between(1, 2));
    close();
}

void RunnableGenerator::loop() {
    if (loop_depth_ >= 2) return print();
    std::string name = fresh("i");
    std::string rounds = std::to_string(random_.between(1, 5));
    std::string counter = fresh("left");
    bool counts_down = chance(30);
    if (counts_down) {
        line("mut " + counter + " := " + rounds);
        open("while " + counter + " > 0");
        line(counter + " -= 1");
    } else {
        open("for " + name + " in " + (chance(60) ? "0.." + rounds : "(" + array(1) + ")[0:6]"));
        declare(name, Type::integer, false);
    }
    ++loop_depth_;
    if (chance(25)) line(std::string("if ") + truth(1) + (chance(50) ? " { continue }" : " { break }"));
    statements(random_.between(1, 3));
    --loop_depth_;
    close();
}

void RunnableGenerator::matching() {
    line("match " + integer(2) + " {");
    ++indent_;
    line("case 0 | 1: print(\"few\")");
    line("case 2..=50: print(\"some\", " + integer(1) + ")");
    std::string name = fresh("m");
    line("case " + name + " if " + name + " < 0: print(\"negative\", " + name + ")");
    line("default: print(\"many\")");
    --indent_;
    line("}");
    std::string bound = fresh("v");
    line("print(match Step::Turn(" + integer(1) + ") { case Step::Turn(" + bound + "): " + bound + "; case Step::Stop: -1 })");
}

void RunnableGenerator::failing() {
    std::string name = fresh("e");
    open("try");
    statements(random_.between(0, 2));
    switch (random_.below(4)) {
        case 0: line("if " + truth(1) + " { throw " + text(1) + " }"); break;
        case 1: line("print(" + array(1) + "[999])"); break;
        case 2: line("print(1 / 0)"); break;
        default: line("let failed" + std::to_string(++name_count_) + " := " + integer(1) + " + null"); break;
    }
    close("} except " + name + " {");
    ++indent_;
    scopes_.emplace_back();
    line("print(\"caught\", " + name + ".kind, " + name + ".message)");
    close(chance(50) ? "}" : "} finally { print(\"finally\") }");
}

// Two names for one array, changed through one of them.
void RunnableGenerator::sharing() {
    std::string one = fresh("one"), two = fresh("two");
    line("mut " + one + " := " + array(2));
    line("mut " + two + " := [" + one + ", " + one + "]");
    line(two + "[0][0] := " + integer(1));
    line(one + ".push(" + integer(1) + ")");
    line("print(" + one + ", " + two + ")");
}

void RunnableGenerator::capturing() {
    std::string count = fresh("count"), add = fresh("add"), fs = fresh("fs"), i = fresh("i");
    line("mut " + count + " := " + integer(1));
    line("let " + add + " := |n| { " + count + " := (" + count + " + n) % 997; " + count + " }");
    line("print(" + add + "(1), " + add + "(" + integer(1) + "), " + count + ")");
    line("mut " + fs + " := []");
    line("for " + i + " in 0..3 { " + fs + ".push(|| " + i + " * 10) }");
    line("print(" + fs + ".map(|f| f()))");
}

void RunnableGenerator::dictionary() {
    std::string name = fresh("d"), k = fresh("k"), v = fresh("v");
    line("mut " + name + " := {a: " + integer(1) + ", \"b c\": " + array(1) + ", [" + integer(1) + "]: " + text(1) + "}");
    line(name + ".a := " + integer(1));
    line(name + "[\"new\"] := {inner: " + array(1) + "}");
    line(name + ".new.inner.push(" + integer(1) + ")");
    line("for " + k + ", " + v + " in " + name + " { print(" + k + ", " + v + ") }");
}

// Mutating methods, on a variable and through an array.
void RunnableGenerator::counters() {
    std::string one = fresh("counter"), many = fresh("counters");
    line("mut " + one + " := Counter { count: " + integer(1) + " }");
    line("mut " + many + " := [" + one + ", " + one + "]");
    line(one + ".add(" + integer(1) + ")");
    line(many + "[1].add(" + integer(1) + ")");
    line("print(" + one + ", " + many + ", " + one + ".doubled())");
}

void RunnableGenerator::generators() {
    std::string g = fresh("g"), x = fresh("x");
    line("let " + g + " := steps(" + std::to_string(random_.between(1, 5)) + ")");
    line("print(" + g + ".next())");
    line("for " + x + " in " + g + " { print(\"step\", " + x + ") }");
}

void RunnableGenerator::promises() {
    if (is_in_function_) return print();
    std::string p = fresh("p");
    line("let " + p + " := [later(" + integer(1) + ", 2), later(" + integer(1) + ", 1), later(" + integer(1) + ", 0)]");
    line("print(await promise_all(" + p + "))");
}

// ----------------------------------------------------------------------------------------------------- declarations

void RunnableGenerator::declarations() {
    text_ +=
        "struct Counter {\n"
        "    count: int = 0\n"
        "    func add(self, n) { self.count := (self.count + n) % 997 }\n"
        "    func doubled(self) { return self.count * 2 }\n"
        "}\n"
        "enum Step { Turn(by), Stop }\n"
        "func* steps(n) {\n"
        "    for i in 0..n { yield i * i }\n"
        "}\n"
        "async func later(n, ms) {\n"
        "    await async_sleep(ms)\n"
        "    return (n + 1) % 997\n"
        "}\n";
    int count = random_.between(1, 3);
    for (int i = 0; i < count; ++i) function();
}

void RunnableGenerator::function() {
    std::string name = fresh("f");
    int count = random_.between(1, 3);
    std::string head = "func " + name + "(";
    std::vector<std::string> parameters;
    for (int i = 0; i < count; ++i) {
        parameters.push_back(fresh("p"));
        head += (i ? ", " : "") + parameters.back();
    }
    std::vector<std::vector<Variable>> outer{{}};
    std::swap(outer, scopes_);
    open(head + ")");
    is_in_function_ = true;
    for (const std::string& parameter : parameters) declare(parameter, Type::integer, true);
    statements(random_.between(1, 3));
    line("return " + integer(2));
    is_in_function_ = false;
    close();
    std::swap(outer, scopes_);
    functions_.emplace_back(name, count);
}

}  // namespace

std::string generate_runnable_program(const GeneratorOptions& options) {
    return RunnableGenerator(options).run();
}

}  // namespace ruff::tests
