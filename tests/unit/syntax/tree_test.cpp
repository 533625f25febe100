// The tree as its users see it: casts, children, strings, documentation, positions.

#include <string>
#include <vector>

#include "core/syntax/dump.h"
#include "core/syntax/parser.h"
#include "core/syntax/walk.h"
#include "tests/support/catch.h"

using namespace ruff;
using namespace ruff::syntax;

namespace {

ParseResult parse(std::string text) { return parse_file(make_source("test.ruff", std::move(text))); }

const Expr& first_value(const SyntaxTree& tree) { return *tree.root->statements[0]->to<Assign>().value; }

}  // namespace

TEST_CASE("a node is cast to what it is and to nothing else", "[syntax]") {
    ParseResult tree = parse("x := 1 + 2");
    const Expr& value = first_value(*tree);
    CHECK(value.is<BinaryExpr>());
    CHECK(value.as<CallExpr>() == nullptr);
    REQUIRE(value.as<BinaryExpr>() != nullptr);
    CHECK(value.to<BinaryExpr>().left->to<IntLiteral>().value == 1);
    CHECK(tree->text(value) == "1 + 2");
    CHECK(tree->token_text(value.to<BinaryExpr>().operator_token) == "+");
}

TEST_CASE("children come in source order", "[syntax]") {
    ParseResult tree = parse("if a { b } else if c { d } else { e }");
    std::string names;
    walk(*tree->root, [&](const Node& node) {
        if (const auto* name = node.as<NameExpr>()) names += name->name.text();
        return true;
    });
    CHECK(names == "abcde");
}

TEST_CASE("walk leaves what it entered, and skips what it is told to", "[syntax]") {
    ParseResult tree = parse("f(a, b)\ng(c)");
    std::string trace;
    walk(
        *tree->root,
        [&](const Node& node) {
            if (node.is<CallExpr>()) trace += '(';
            if (const auto* name = node.as<NameExpr>()) trace += name->name.text();
            return true;
        },
        [&](const Node& node) {
            if (node.is<CallExpr>()) trace += ')';
        });
    CHECK(trace == "(fab)(gc)");
    int count = 0;
    walk(*tree->root, [&](const Node&) {
        ++count;
        return false;
    });
    CHECK(count == 1);
}

TEST_CASE("chains are walked down with leftmost_step", "[syntax]") {
    ParseResult tree = parse("x := a.b(c)[d][e:f]? + g |> h");
    std::string kinds;
    for (const Node* node = &first_value(*tree); node != nullptr; node = leftmost_step(*node)) {
        kinds += node_kind_name(node->kind);
        kinds += ' ';
    }
    CHECK(kinds == "pipe binary propagate slice index call member name ");
    CHECK(without_parens(first_value(*parse("x := ((a))"))).is<NameExpr>());
}

TEST_CASE("strings have their decoded value", "[syntax]") {
    auto value = [](std::string text) {
        ParseResult tree = parse("x := " + text);
        const auto& string = first_value(*tree).to<StringLiteral>();
        REQUIRE(string.is_plain());
        return std::string(string.value());
    };
    CHECK(value("\"\"") == "");
    CHECK(value("\"a\\tb\\u{e9}\"") == "a\tb\xC3\xA9");
    CHECK(value("r\"a\\t\"") == "a\\t");
    CHECK(value("\"\"\"a\"b\"\"\"") == "a\"b");
    CHECK(value("\"\"\"\n  a\n    b\n\n  c\n  \"\"\"") == "a\n  b\n\nc");
    CHECK(value("\"\"\"\r\n  a\r\n  b\r\n  \"\"\"") == "a\nb");
    CHECK(value("\"\"\"\n\ta\n\t\"\"\"") == "a");
    CHECK(value("\"\"\"\n\n\"\"\"") == "");
    CHECK(value("\"\"\"\n  a\\n\n  \"\"\"") == "a\n");
    CHECK(value("\"\"\"\n  a\n \n  b\n  \"\"\"") == "a\n\nb");
    CHECK(value("\"$ $a {\"") == "$ $a {");
}

TEST_CASE("strings with interpolation have parts with their places", "[syntax]") {
    ParseResult tree = parse("x := \"a${b}c\"");
    const auto& string = first_value(*tree).to<StringLiteral>();
    REQUIRE(string.parts.size() == 3);
    CHECK_FALSE(string.is_plain());
    CHECK(string.parts[0].text == "a");
    CHECK(tree->text(string.parts[1].span) == "${b}");
    CHECK(string.parts[1].expression->is<NameExpr>());
    CHECK(tree->text(string.parts[2].span) == "c");
}

TEST_CASE("numbers have their values", "[syntax]") {
    auto integer = [](std::string text) { return first_value(*parse("x := " + text)).to<IntLiteral>().value; };
    CHECK(integer("1_000") == 1000);
    CHECK(integer("0xFF") == 255);
    CHECK(integer("0o17") == 15);
    CHECK(integer("0b101") == 5);
    CHECK(integer("007") == 7);
    CHECK(integer("9223372036854775807") == INT64_MAX);
    ParseResult tree = parse("x := -9223372036854775808");
    CHECK(first_value(*tree).to<UnaryExpr>().operand->to<IntLiteral>().value == INT64_MIN);
    auto real = [](std::string text) { return first_value(*parse("x := " + text)).to<FloatLiteral>().value; };
    CHECK(real("1_0.2_5") == 10.25);
    CHECK(real("1e3") == 1000.0);
    CHECK(real("2.5E-1") == 0.25);
    CHECK(real("1e-400") == 0.0);
}

TEST_CASE("documentation is the comment above a declaration", "[syntax]") {
    ParseResult tree = parse("# no\n\n# one\n#  two\nfunc f() { }\n\n/// three\n\nstruct S {\n    // four\n    a: int\n"
                             "    # five\n    func m(self) { }\n}\nx := 1 # six\nfunc g() { }\n# seven\n"
                             "export let y := 1\n/* eight */\nenum E { A }\n");
    auto documentation = [&](std::size_t index) { return doc_comment(*tree, *tree->root->statements[index]); };
    CHECK(documentation(0) == "one\n two");
    CHECK(documentation(1) == "three");
    const auto& members = tree->root->statements[1]->to<StructDecl>().members;
    CHECK(doc_comment(*tree, *members[0]) == "four");
    CHECK(doc_comment(*tree, *members[1]) == "five");
    CHECK(documentation(3) == "");
    CHECK(documentation(4) == "seven");
    CHECK(doc_comment(*tree, *tree->root->statements[4]->to<Export>().declaration) == "seven");
    CHECK(documentation(5) == "eight");
}

TEST_CASE("tokens and comments are found by place", "[syntax]") {
    ParseResult tree = parse("a # b\n/* c */ d");
    CHECK(tree->token_at(0) == 0);
    CHECK(tree->token_at(5) == 0);
    CHECK(tree->token_text(tree->token_at(14)) == "d");
    REQUIRE(tree->comments_before(1).size() == 2);
    CHECK_FALSE(tree->comments_before(1)[0].starts_line);
    CHECK(tree->comments_before(1)[1].starts_line);
    CHECK(tree->comments_before(0).empty());
}

TEST_CASE("a tree outlives the parse and is shared", "[syntax]") {
    ParseResult tree = parse("x := \"a\\n${b}\"");
    std::string before = dump_ast(*tree);
    ParseResult other = tree;
    tree.reset();
    CHECK(dump_ast(*other) == before);
}

TEST_CASE("grammar errors, refusals and acceptance are told apart", "[syntax]") {
    CHECK_FALSE(parse("x := 1")->has_errors);
    CHECK(parse("x := ")->has_grammar_errors);
    ParseResult refused = parse("break");
    CHECK(refused->has_errors);
    CHECK_FALSE(refused->has_grammar_errors);
    // What depends on its surroundings is not said when they are broken.
    CHECK(parse("break\nx := ")->diagnostics.size() == 1);
}

TEST_CASE("invalid UTF-8 and NUL are reported with their byte", "[syntax]") {
    ParseResult tree = parse("x := \"\xC3(\"");
    REQUIRE(tree->diagnostics.size() == 1);
    CHECK(tree->diagnostics[0].message == "invalid UTF-8 at byte 6");
    tree = parse(std::string("x := 1\0", 7));
    REQUIRE(tree->diagnostics.size() == 1);
    CHECK(tree->diagnostics[0].message == "NUL byte at byte 6");
}
