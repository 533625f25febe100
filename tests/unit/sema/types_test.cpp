// Each program shows types with `show(e)`; the expectation lists them in order of position.

#include "tests/support/catch.h"

#include "core/sema/resolver.h"
#include "core/sema/facts.h"
#include "core/syntax/parser.h"
#include "core/syntax/walk.h"

namespace ruff::sema {
namespace {

std::vector<std::string> shown(const std::string& text) {
    auto tree = syntax::parse_file(make_source("types.ruff", text));
    REQUIRE_FALSE(tree->has_grammar_errors);
    const std::unique_ptr<SemanticModel> model = resolve(tree);
    ProgramFacts facts;
    const TypeModel* types = &facts.types_of(*model);
    std::vector<std::pair<std::uint32_t, std::string>> found;
    syntax::walk(*tree->root, [&](const syntax::Node& node) {
        const auto* call = node.as<syntax::CallExpr>();
        if (call == nullptr || tree->text(*call->callee) != "show") return true;
        found.emplace_back(call->first_token, types->text(types->type_of(*call->arguments[0])));
        return true;
    });
    std::vector<std::string> texts;
    for (auto& [at, type] : found) texts.push_back(std::move(type));
    return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("literals and operators have the types of their values") {
    CHECK(shown(R"(show(1)
show(1.5)
show("a${1}")
show([1, 2])
show([])
show([1, "a"])
show({a: 1, b: 2})
show(1 + 2)
show(1 / 2.0)
show("n" + 1)
show([1] + ["a"])
show(1 < 2)
show("ab" * 3)
show(0..3)
show(not 1))") == Texts{"int", "float", "string", "array<int>", "array", "array<int | string>", "dict<string, int>", "int", "float",
                        "string", "array<int | string>", "bool", "string", "range", "bool"});
}

TEST_CASE("a variable is what was last assigned, or all it can be where that is not known") {
    CHECK(shown(R"(x := 1
show(x)
x := "a"
show(x)
if len("a") > 0 { x := null }
show(x)
mut n := 0
for i in 0..3 { n += i; show(n) }
show(n))") == Texts{"int", "string", "int | string | null", "int", "int"});
}

TEST_CASE("variables that a closure assigns have one type everywhere") {
    CHECK(shown(R"(mut x := 1
f := || { x := "a" }
show(x)
f()
show(x))") == Texts{"int | string", "int | string"});
}

TEST_CASE("tests narrow") {
    CHECK(shown(R"(func f(x, y: int?) {
    if is_string(x) { show(x) }
    if type(x) == "int" { show(x) } else { show(x) }
    if y == null { return 0 }
    show(y)
    if x != null and is_array(x) { show(x) }
    match x {
        case [a, ...rest]: show(rest)
        case "a": show(x)
        case Ok(v): show(x)
    }
    return y
}
show(f(1, 2)))") == Texts{"string", "int", "any", "int", "array", "array", "string | struct", "Result<any, any>", "int"});
}

TEST_CASE("calls give what the functions return") {
    CHECK(shown(R"(show(add(1))
func add(n) { return [n, 1] }
func none() { print(1) }
func some(n) { if n == 1 { return 1 } }
async func later() { return "a" }
func* count() { yield 1 }
show(none())
show(some(1))
show(later())
show(await later())
show(count())
show(later)
func forever(n) { if n == 0 { return 0 }; return forever(n - 1) }
show(forever(3)))") == Texts{"array", "null", "int?", "Promise<string>", "string", "Generator<int>",
                                      "func() -> Promise<string>", "int"});
}

TEST_CASE("builtins fill in the letters of their signatures") {
    CHECK(shown(R"(show(map([1], |x| "a"))
show([1].map(|x| x * 1.5))
show("a b".split(" "))
show({a: 1}.keys())
show({a: 1}.values())
show([3].first())
show(len([1]))
show(await promise_all([1]))
show(Ok(1).unwrap())
show([1, 2] |> filter(|x| x > 1))
["a"].each(|x| show(x)))") == Texts{"array<string>", "array<float>", "array<string>", "array<string>", "array<int>", "int?", "int",
                                  "array", "int", "array<int>", "string"});
}

TEST_CASE("changing a container in place widens what it holds") {
    CHECK(shown(R"(mut xs := []
xs.push(1)
show(xs)
mut d := {}
d["a"] := 1.5
show(d)
func f() { xs.push("a") }
show(xs))") == Texts{"array<int | string>", "dict<string, float>", "array<int | string>"});
}

TEST_CASE("structs and enums") {
    CHECK(shown(R"(struct Point {
    x: int
    y: float = 0.0
    tag
    func moved(self, by: int) { show(self); return Point { ...self, x: self.x + by } }
}
enum Status { Ready, Failed(reason) }
p := Point { x: 1, tag: "a" }
show(p)
show(p.x)
show(p.tag)
show(p.moved(1).y)
show(Status::Ready)
show(Status::Failed("a"))
let q: Point? := null
show(q?.x))") == Texts{"Point", "Point", "int", "any", "float", "Status", "Status", "int?"});
}

TEST_CASE("tasks, options and what is awaited or propagated") {
    CHECK(shown(R"(task := spawn { 1 + 1 }
show(task)
show(await task)
func f(x) { return Some(x)? }
show(None)
show(Some(1))
show(await 1)
func g() { v := Ok(1)?; show(v); return v }
show(g()))") == Texts{"Task<int>", "int", "Option<any>", "Option<int>", "int", "int", "int | Result<any, any>"});
}

TEST_CASE("types that keep growing settle as any") {
    CHECK(shown(R"(mut x := [1]
while len(x) > 0 { x := [x] }
show(x)
func deep(n) { return [deep(n)] }
show(deep(1)))").size() == 2);
}

}  // namespace
}  // namespace ruff::sema
